package forge

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// Limits on what is read of a git directory besides its objects.
const (
	maxHead       = 4 << 10  // bytes of HEAD, .git, commondir or one loose ref
	maxPackedRefs = 32 << 20 // bytes of packed-refs
	maxShallow    = 8 << 20  // bytes of the list of shallow commits
	maxRefs       = 100_000  // branches and tags
	maxSymbolic   = 5        // symbolic refs from one to the next, as in git
)

var objectID = pattern.New(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)

// gitDir is a git directory, read without git so that its configuration means nothing.
type gitDir struct {
	name    string // what the work tree, or else the directory, is called
	common  string // where objects and refs are
	branch  string // what HEAD names, empty if it is detached
	head    string // object id of HEAD, empty if it is unborn
	shallow string // the list of shallow commits, as in the file
	sha256  bool   // objects are named by SHA-256
	refs    refs   // branches and tags
}

// refs maps full ref names to object ids.
type refs map[string]string

// tags returns the tags by their short names.
func (r refs) tags() map[string]string {
	tags := map[string]string{}
	for name, oid := range r {
		if short, ok := strings.CutPrefix(name, "refs/tags/"); ok {
			tags[short] = oid
		}
	}
	return tags
}

// openDir opens the git directory of a path: a work tree, linked or not, a folder in one, or a bare repository.
func openDir(path string) (*gitDir, error) {
	dir, root, err := findGitDir(path)
	if err != nil {
		return nil, err
	}
	g := &gitDir{name: repo.Ref{Path: valid(root)}.Name(), common: dir, refs: refs{}}
	if common, err := readSmall(filepath.Join(dir, "commondir"), maxHead); err == nil {
		g.common = join(dir, strings.TrimSpace(common))
	}
	if _, err := os.Stat(filepath.Join(g.common, "reftable")); err == nil {
		return nil, &Error{Kind: ErrDamaged, Detail: "its refs are kept as reftable, which is not supported"}
	}
	if g.shallow, err = readSmall(filepath.Join(g.common, "shallow"), maxShallow); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{Kind: ErrDamaged, Detail: "its list of shallow commits cannot be read", Cause: err}
	}
	if err := g.readRefs(); errors.Is(err, ErrTooLarge) {
		return nil, err
	} else if err != nil {
		return nil, &Error{Kind: ErrDamaged, Detail: "its refs cannot be read", Cause: err}
	}
	if err := g.readHead(dir); err != nil {
		return nil, err
	}
	g.sha256 = len(g.head) == 64
	for _, oid := range g.refs {
		g.sha256 = len(oid) == 64
		break
	}
	return g, nil
}

// findGitDir looks for a git directory at the path and at its parents, as git does, and returns it with the directory whose
// name is the repository's.
func findGitDir(path string) (dir, root string, err error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", "", &Error{Kind: ErrNotFound, Cause: err}
	}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		return "", "", &Error{Kind: ErrNotFound, Detail: "no such directory", Cause: err}
	}
	for root = abs; ; root = filepath.Dir(root) {
		inner := filepath.Join(root, ".git")
		if isGitDir(inner) {
			return inner, root, nil
		}
		if text, err := readSmall(inner, maxHead); err == nil {
			to, ok := strings.CutPrefix(text, "gitdir: ")
			if dir = join(root, strings.TrimRight(to, "\r\n")); ok && isGitDir(dir) {
				return dir, root, nil
			}
		}
		switch {
		case isGitDir(root) && filepath.Base(root) == ".git":
			return root, filepath.Dir(root), nil
		case isGitDir(root):
			return root, root, nil
		case root == filepath.Dir(root):
			return "", "", &Error{Kind: ErrNotFound, Detail: "neither the directory nor one above it is a git repository"}
		}
	}
}

// isGitDir reports whether git would take dir for a git directory: HEAD, and objects and refs there or in the common directory.
func isGitDir(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(dir, "commondir")); err == nil {
		return true
	}
	for _, name := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

func join(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// readHead reads HEAD, through symbolic refs.
func (g *gitDir) readHead(dir string) error {
	text, err := readSmall(filepath.Join(dir, "HEAD"), maxHead)
	if err != nil {
		return &Error{Kind: ErrDamaged, Detail: "HEAD cannot be read", Cause: err}
	}
	text = strings.TrimSpace(text)
	name, symbolic := strings.CutPrefix(text, "ref:")
	if !symbolic {
		if !objectID.MatchString(text) {
			return &Error{Kind: ErrDamaged, Detail: "HEAD names nothing"}
		}
		g.head = text
		return nil
	}
	name = strings.TrimSpace(name)
	if short := strings.TrimPrefix(name, "refs/heads/"); isRevision(short) {
		g.branch = valid(short)
	}
	g.head = g.refs[name]
	return nil
}

// refKinds are the refs that are read.
var refKinds = []string{"refs/heads/", "refs/tags/", "refs/remotes/origin/"}

var tooManyRefs = &Error{Kind: ErrTooLarge, Detail: fmt.Sprintf("it has more than %d branches and tags", maxRefs)}

// readRefs reads branches and tags: those that are packed, then those that stand in a file of their own and win.
func (g *gitDir) readRefs() error {
	packed, err := readSmall(filepath.Join(g.common, "packed-refs"), maxPackedRefs)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for line := range strings.Lines(packed) {
		oid, name, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		wanted := slices.ContainsFunc(refKinds, func(kind string) bool { return strings.HasPrefix(name, kind) })
		if wanted && isRevision(name) && objectID.MatchString(oid) {
			g.refs[name] = oid
		}
		if len(g.refs) > maxRefs {
			return tooManyRefs
		}
	}
	symbolic := map[string]string{}
	for _, kind := range refKinds {
		if err := g.readLoose(kind, symbolic); err != nil {
			return err
		}
	}
	for range maxSymbolic {
		for name, to := range symbolic {
			if oid, ok := g.refs[to]; ok {
				g.refs[name] = oid
			}
		}
	}
	return nil
}

func (g *gitDir) readLoose(kind string, symbolic map[string]string) error {
	return filepath.WalkDir(filepath.Join(g.common, kind), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		name, err := filepath.Rel(g.common, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if !d.Type().IsRegular() || !isRevision(name) {
			return nil
		}
		text, err := readSmall(path, maxHead)
		if err != nil {
			return nil // it vanished, or it is no ref
		}
		text = strings.TrimSpace(text)
		if to, ok := strings.CutPrefix(text, "ref:"); ok {
			symbolic[name] = strings.TrimSpace(to)
		} else if objectID.MatchString(text) {
			g.refs[name] = text
		}
		if len(g.refs)+len(symbolic) > maxRefs {
			return tooManyRefs
		}
		return nil
	})
}

var abbreviated = pattern.New(`^[0-9a-f]{4,64}$`)

// resolve returns the commit that a revision means, HEAD if it is empty: a full commit id, a tag, a branch or the beginning
// of a commit id, in git's order. No other notation of git is understood.
func (g *gitDir) resolve(o *objects, revision string) (string, error) {
	oid := g.head
	if revision != "" {
		for _, prefix := range []string{"", "refs/tags/", "refs/heads/", "refs/remotes/origin/"} {
			if oid = g.refs[prefix+revision]; oid != "" {
				break
			}
		}
		if lower := strings.ToLower(revision); abbreviated.MatchString(lower) && (oid == "" || objectID.MatchString(lower)) {
			oid = lower
		}
		if oid == "" {
			return "", &Error{Kind: ErrRevision, Detail: fmt.Sprintf("%q is neither a tag nor a branch nor a commit", revision)}
		}
	} else if oid == "" {
		if len(g.refs) == 0 {
			return "", &Error{Kind: ErrEmpty}
		}
		return "", &Error{Kind: ErrEmpty, Detail: fmt.Sprintf("the branch %q, which HEAD names, is not there", g.branch)}
	}
	commit, err := o.peel(oid)
	if err != nil {
		return "", err
	}
	if commit == "" {
		if revision == "" {
			return "", &Error{Kind: ErrDamaged, Detail: "the commit that HEAD names is missing"}
		}
		return "", &Error{Kind: ErrRevision, Detail: fmt.Sprintf("%q does not lead to a commit", revision)}
	}
	return commit, nil
}

// isRevision reports whether a text can be the name of a ref or a commit id (git-check-ref-format), and nothing else in a refspec.
func isRevision(text string) bool {
	return text != "" && len(text) < 1024 && text[0] != '-' && text[0] != '/' &&
		!strings.ContainsAny(text, " ~^:?*[\\\x7F") && !strings.Contains(text, "..") && !strings.Contains(text, "@{") &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' })
}

// readSmall reads a regular file of at most limit bytes. It never waits, as opening a pipe would.
func readSmall(path string, limit int64) (string, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if int64(len(text)) > limit {
		return "", fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return string(text), err
}
