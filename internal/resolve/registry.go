package resolve

import (
	"net/url"
	"strings"

	"misp-csirt-tooling/internal/repo"
)

// pkg names a package as a package URL does.
type pkg struct {
	ecosystem string // type of its package URL
	name      string // namespace/name
	version   string // empty for a page: it is about the package, whichever version it shows
}

// registries are the web pages of the main package registries: host, ecosystem, and the patterns of their paths. A pattern
// is matched element by element and may be followed by more; ":namespace" and ":name" take an element, "*" any one. A
// fixed namespace stands before "=".
var registries = []struct {
	host, ecosystem string
	paths           []string
}{
	{"pypi.org", "pypi", []string{"project/:name", "simple/:name", "pypi/:name"}},
	{"pypi.python.org", "pypi", []string{"pypi/:name", "simple/:name"}},
	{"npmjs.com", "npm", []string{"package/:name"}},
	{"registry.npmjs.org", "npm", []string{":name"}},
	{"crates.io", "cargo", []string{"crates/:name"}},
	{"lib.rs", "cargo", []string{"crates/:name"}},
	{"docs.rs", "cargo", []string{"crate/:name", ":name"}},
	{"central.sonatype.com", "maven", []string{"artifact/:namespace/:name"}},
	{"search.maven.org", "maven", []string{"artifact/:namespace/:name"}},
	{"mvnrepository.com", "maven", []string{"artifact/:namespace/:name"}},
	{"rubygems.org", "gem", []string{"gems/:name"}},
	{"nuget.org", "nuget", []string{"packages/:name"}},
	{"packagist.org", "composer", []string{"packages/:namespace/:name"}},
	{"hackage.haskell.org", "hackage", []string{"package/:name"}},
	{"metacpan.org", "cpan", []string{"dist/:name", "release/:name"}},
	{"cran.r-project.org", "cran", []string{"web/packages/:name"}},
	{"hex.pm", "hex", []string{"packages/:name"}},
	{"pub.dev", "pub", []string{"packages/:name"}},
	{"anaconda.org", "conda", []string{":namespace/:name"}},
	{"hub.docker.com", "docker", []string{"r/:namespace/:name", "library=_/:name"}},
	{"packages.debian.org", "deb", []string{"debian=source/*/:name", "debian=*/:name"}},
	{"tracker.debian.org", "deb", []string{"debian=pkg/:name"}},
	{"packages.ubuntu.com", "deb", []string{"ubuntu=source/*/:name", "ubuntu=*/:name"}},
	{"pkgs.alpinelinux.org", "apk", []string{"alpine=package/*/*/*/:name"}},
	{"archlinux.org", "alpm", []string{"arch=packages/*/*/:name"}},
	{"packages.fedoraproject.org", "rpm", []string{"fedora=pkgs/*/:name"}},
	{"src.fedoraproject.org", "rpm", []string{"fedora=rpms/:name"}},
}

// registryPage returns the package that a page is about. It is not ok for any other page.
func registryPage(ref repo.Ref) (pkg, bool) {
	switch ref.Host {
	case "pkg.go.dev", "godoc.org":
		path, _, _ := strings.Cut(unescape(ref.Path), "@")
		domain, _, _ := strings.Cut(path, "/")
		return pkg{ecosystem: "golang", name: path}, strings.Contains(domain, ".") // others are of the standard library
	case "repo1.maven.org", "repo.maven.apache.org":
		return mavenDirectory(ref.Path)
	}
	for i := range registries {
		if r := &registries[i]; r.host == ref.Host {
			for _, pattern := range r.paths {
				if name, ok := match(pattern, ref.Path); ok {
					return pkg{ecosystem: r.ecosystem, name: name}, true
				}
			}
		}
	}
	return pkg{}, false
}

// match returns the namespace/name in a path that a pattern fits.
func match(pattern, path string) (string, bool) {
	namespace, rest, fixed := strings.Cut(pattern, "=")
	if !fixed {
		namespace, rest = "", pattern
	}
	name := ""
	for want := range strings.SplitSeq(rest, "/") {
		var element string
		element, path, _ = strings.Cut(path, "/")
		element = unescape(element)
		switch want {
		case "*":
		case ":namespace":
			namespace = element
		case ":name":
			if name = element; strings.HasPrefix(name, "@") { // a scope of npm, its slash encoded or not
				scope, scoped, encoded := strings.Cut(name, "/")
				if !encoded {
					scoped, _, _ = strings.Cut(path, "/")
				}
				namespace, name = scope, scoped
			}
		default:
			if element != want {
				return "", false
			}
		}
	}
	switch {
	case !isPart(name):
		return "", false
	case namespace == "":
		return name, true
	}
	return namespace + "/" + name, isPart(strings.TrimPrefix(namespace, "@"))
}

// mavenDirectory reads maven2/GROUP/AS/PATH/ARTIFACT/VERSION/...: only a version shows where the group ends.
func mavenDirectory(path string) (pkg, bool) {
	rest, ok := strings.CutPrefix(path, "maven2/")
	if !ok {
		return pkg{}, false
	}
	elements := strings.Split(rest, "/")
	for i, e := range elements {
		if !isPart(e) {
			break
		}
		if i >= 2 && e[0] >= '0' && e[0] <= '9' {
			return pkg{"maven", strings.Join(elements[:i-1], ".") + "/" + elements[i-1], ""}, true
		}
	}
	return pkg{}, false
}

// isPart reports whether s can be a namespace or name of a package.
func isPart(s string) bool {
	const maxPart = 214 // npm's limit, the strictest that does not cut real names elsewhere
	if s == "" || len(s) > maxPart {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~+:", c) >= 0:
		default:
			return false
		}
	}
	return s != "." && s != ".."
}

func unescape(s string) string {
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	return s
}
