package repo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ParseArgument says which repository an argument of the command line names: a directory if there is one of that name,
// else an address as Parse reads it in a "url" attribute. The operator names the host, so that any path at a host that is
// not listed is taken for a repository; owner/name is a path and nothing else. The error tells the operator what to do.
func (h *Hosts) ParseArgument(arg string) (Target, error) {
	if info, err := os.Stat(arg); err == nil {
		return localTarget(arg, info)
	}
	t := h.parse(arg, bare|named)
	switch t.Meaning {
	case Repository:
		return t, nil
	case Owner:
		return Target{}, fmt.Errorf("%s is an owner: name one of its repositories, or have those that it was last active in assessed with --owner-limit", t.Ref)
	case Gist:
		return Target{}, fmt.Errorf("%s is a snippet and no repository", arg)
	case Refused:
		if strings.HasPrefix(arg, "-") {
			return Target{}, fmt.Errorf("%q reads like an option: write ./%s for a directory", arg, arg)
		}
		return Target{}, fmt.Errorf("the address %q is not contacted: use https, and allow a host of this network with --allow-host", arg)
	}
	return Target{}, fmt.Errorf("%q is neither a directory nor the address of a repository", arg)
}

func localTarget(path string, info os.FileInfo) (Target, error) {
	if !info.IsDir() {
		return Target{}, fmt.Errorf("%s is a file: name the directory of a repository", path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Target{}, fmt.Errorf("find directory %s: %w", path, err)
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	ref := Ref{Scheme: "file", Path: abs}
	return Target{Meaning: Repository, Ref: ref, Name: ref.Name(), Forge: PlainGit}, nil
}
