package resolve

import (
	"path"
	"strings"

	"github.com/package-url/packageurl-go"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// readPackageURL reads a package URL (ECMA-427). The repository is, best first: the one that its vcs_url names, the one
// that it downloads from, or the one that is the package's name. A broken URL means nothing.
func (r *Resolver) readPackageURL(value string) reading {
	const maxURL = 2048
	if len(value) > maxURL {
		return reading{}
	}
	u, err := packageurl.FromString(value)
	if err != nil || !isText(u.Namespace+u.Name+u.Version) {
		return reading{}
	}
	qualifiers := u.Qualifiers.Map()
	if t := r.Hosts.Parse("url", qualifiers["vcs_url"]); t.Meaning == repo.Repository {
		t.SetVersion(t.Revision)
		return reading{Target: t, source: FromPackage}
	}
	if t := r.Hosts.Parse("url", qualifiers["download_url"]); t.Meaning == repo.Repository {
		return reading{Target: t, source: FromPackage}
	}
	name := u.Name
	if u.Namespace != "" {
		name = u.Namespace + "/" + u.Name
	}
	return r.readPackage(pkg{u.Type, name, u.Version})
}

// readPackage reads a package whose name may be the address of its repository.
func (r *Resolver) readPackage(p pkg) reading {
	address, source := "", FromPackage
	switch p.ecosystem {
	case "github":
		address = "https://github.com/" + p.name
	case "gitlab":
		address = "https://gitlab.com/" + p.name
	case "bitbucket":
		address = "https://bitbucket.org/" + p.name
	case "git", "swift":
		address = "https://" + p.name
	case "golang":
		address, source = "https://"+goRepository(p.name), FromGoModule
	case "pypi":
		p.name = pypiName(p.name)
	}
	if t := r.Hosts.Parse("url", address); t.Meaning == repo.Repository {
		version := p.version
		if source == FromGoModule {
			version = goTag(p)
		}
		t.Revision, t.Subpath, t.Pinned = "", "", false
		t.SetVersion(version)
		return reading{Target: t, source: source}
	}
	switch p.ecosystem {
	case "github", "gitlab", "bitbucket":
		return reading{} // no such repository can be
	}
	t := repo.Target{Meaning: repo.Package, Forge: p.ecosystem, Name: p.name}
	t.SetVersion(p.version)
	return reading{Target: t, version: p.version}
}

// goRepository returns the host and path where the repository of a Go package is, if that can be told from the path.
func goRepository(importPath string) string {
	rest, ok := strings.CutPrefix(importPath, "gopkg.in/")
	if !ok {
		return importPath
	}
	// gopkg.in/NAME.vN is github.com/go-NAME/NAME, gopkg.in/USER/NAME.vN is github.com/USER/NAME.
	owner, name, found := strings.Cut(rest, "/")
	if !found || gopkgVersion.MatchString(owner) {
		name = gopkgVersion.ReplaceAllString(owner, "")
		owner = "go-" + name
	}
	name, _, _ = strings.Cut(name, "/")
	return "github.com/" + owner + "/" + gopkgVersion.ReplaceAllString(name, "")
}

var (
	gopkgVersion = pattern.New(`\.v[0-9]+$`)
	goMajor      = pattern.New(`^v[0-9]+$`)
	goPseudo     = pattern.New(`^v.*[0-9]{14}-([0-9a-f]{12})$`)
)

// Tag returns the tag that the version of a package has in its repository, as far as the ecosystem tells; empty without a version.
func Tag(t repo.Target) string {
	if t.Forge == "golang" {
		return goTag(pkg{t.Forge, t.Name, t.Revision})
	}
	return t.Revision
}

// goTag returns the revision of a module's version (Go modules reference, "Mapping versions to commits"): a pseudo-version
// ends in the commit, and the tags of a module below the root begin with its directory.
func goTag(p pkg) string {
	version := strings.TrimSuffix(p.version, "+incompatible")
	if m := goPseudo.FindStringSubmatch(version); m != nil {
		return m[1]
	}
	if version == "" || strings.HasPrefix(p.name, "gopkg.in/") {
		return version
	}
	const root = 3 // host, owner and name
	elements := strings.Split(p.name, "/")
	directory := elements[min(root, len(elements)):]
	if n := len(directory); n > 0 && goMajor.MatchString(directory[n-1]) {
		directory = directory[:n-1]
	}
	return path.Join(path.Join(directory...), version)
}

var pypiSeparators = pattern.New(`[-_.]+`)

// pypiName normalises the name of a Python project (PEP 503).
func pypiName(name string) string {
	return strings.ToLower(pypiSeparators.ReplaceAllString(name, "-"))
}

func isText(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) < 0
}
