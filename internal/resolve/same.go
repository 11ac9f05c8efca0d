package resolve

import (
	"strings"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// Likeness is how a package's name stands to another one.
type Likeness uint8

// The likenesses.
const (
	Different Likeness = iota
	Alike              // one may be the other under a former or shorter name
	Same               // the registry takes them for one
)

// Compare says how the name that a manifest declares stands to that of a package, both as package URLs of the ecosystem have
// them: namespace/name.
func Compare(ecosystem, declared, name string) Likeness {
	a, b := fold(ecosystem, declared), fold(ecosystem, name)
	baseA, baseB := a[strings.LastIndexByte(a, '/')+1:], b[strings.LastIndexByte(b, '/')+1:]
	switch {
	case a == b, ecosystem == "golang" && strings.HasPrefix(b, a+"/"): // a package below the module
		return Same
	case ecosystem == "golang" && strings.HasPrefix(a, b+"/"), baseA == baseB: // another scope, group, vendor or host
		return Alike
	}
	return Different
}

// goVersion matches the major version at the end of a module's path.
var goVersion = pattern.New(`(?:/v[0-9]+|\.v[0-9]+)$`)

// fold returns the form in which the registry of an ecosystem compares names.
func fold(ecosystem, name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	switch ecosystem {
	case "pypi":
		return pypiName(name)
	case "cargo": // https://doc.rust-lang.org/cargo/reference/registry-index.html, "Name restrictions"
		return strings.ReplaceAll(name, "_", "-")
	case "golang":
		return goVersion.ReplaceAllString(name, "")
	case "maven":
		return strings.Replace(name, ":", "/", 1)
	}
	return name
}

// Resembles reports whether a name of a repository or package is like the name of a product: one holds the other, whatever
// stands between their letters. Shorter names than three letters are like none.
func Resembles(name, product string) bool {
	const shortest = 3
	a, b := nameKey(name), nameKey(product)
	if len(a) < shortest || len(b) < shortest {
		return a == b && a != ""
	}
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// BearsName reports whether a name of a repository or package is that of a product, whatever stands between their letters.
func BearsName(name, product string) bool {
	return nameKey(name) != "" && nameKey(name) == nameKey(product)
}

// Product returns the vendor and product that a CPE name means, empty for another meaning.
func Product(t repo.Target) (vendor, product string) {
	if t.Meaning != repo.CPE {
		return "", ""
	}
	vendor, product, _ = strings.Cut(t.Name, ":")
	return vendor, product
}
