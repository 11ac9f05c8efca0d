package module

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// origin is how a repository was found where the value does not name it itself, and what the repository says to that. It is
// told by the sources and the snapshot alone, so it stays the same as long as they do.
type origin struct {
	found string // a sentence; empty where the value names the repository
	doubt string // what speaks against the repository, in a few words; empty for nothing
	other string // what it names instead
}

// originOf checks what was found against the repository: its manifests must name the package that was asked for. That they
// name another one is said only if all manifests of the ecosystem were read and tell their packages, and one of them stands at
// the root: those below may be copies of what others made.
func originOf(report *assess.Report, s subject) origin {
	if s.By == "" || s.By == resolve.FromAddress || s.By == resolve.FromName {
		return origin{}
	}
	o := origin{found: "The repository was found by " + string(s.By)}
	confirmed := ""
	switch s.Target.Meaning {
	case repo.Package:
		confirmed, o.doubt, o.other = makes(report, s.Target)
	case repo.CPE:
		if confirmed = bears(report, s.Target); confirmed == "" && s.Agreed && !resembles(report, s.Target) {
			o.doubt = fmt.Sprintf("nothing in it bears the name of %s", misp.Text(s.Target.Name, maxName))
		}
	default:
		o.found += "."
		return o
	}
	switch {
	case confirmed != "":
		o.found += "; " + confirmed + "."
	case o.doubt != "":
		o.found += "; but " + o.doubt + "."
	case s.By == resolve.FromCatalogue:
		o.found += "." // somebody looked
	default:
		o.found += "; nothing in it confirms that."
	}
	return o
}

// makes says which manifest names a package, or that they all name others, and which.
func makes(report *assess.Report, t repo.Target) (confirmed, doubt, other string) {
	unsure := slices.Contains(report.Packages.Unsure, t.Forge)
	var others []string
	root := false
	for _, p := range report.Packages.List {
		if p.Ecosystem != t.Forge {
			continue
		}
		switch resolve.Compare(t.Forge, p.Name, t.Name) {
		case resolve.Same:
			return "its " + misp.Text(p.Path, maxWhy) + " names the package", "", ""
		case resolve.Alike:
			unsure = true
		default:
			root = root || !strings.Contains(p.Path, "/")
			if len(others) < maxPlaces {
				others = append(others, fmt.Sprintf("%s names %s", misp.Text(p.Path, maxWhy), misp.Text(p.Name, maxName/2)))
			}
		}
	}
	if unsure || !root {
		return "", "", ""
	}
	return "", fmt.Sprintf("its manifests name another package than the %s package %s", t.Forge, misp.Text(t.Name, maxName)), strings.Join(others, ", ")
}

// bears says what in the repository has the name of a product.
func bears(report *assess.Report, t repo.Target) string {
	_, product := resolve.Product(t)
	for _, p := range report.Packages.List {
		if resolve.BearsName(path.Base(p.Name), product) {
			return "its " + misp.Text(p.Path, maxWhy) + " has the product's name"
		}
	}
	if resolve.BearsName(report.Snapshot.Ref.Name(), product) {
		return "it has the product's name"
	}
	return ""
}

// resembles reports whether anything in the repository is called like a product or its vendor.
func resembles(report *assess.Report, t repo.Target) bool {
	vendor, product := resolve.Product(t)
	names := strings.Split(report.Snapshot.Ref.Path, "/")
	for _, p := range report.Packages.List {
		names = append(names, strings.Split(p.Name, "/")...)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return resolve.Resembles(name, product) || resolve.Resembles(name, vendor)
	})
}

// doubtful names the repositories that sources agreed on, where the repository itself speaks against it.
func doubtful(s subject, o origin) []resolve.Candidate {
	out := slices.Clone(s.Candidates)
	for i := range out {
		if out[i].Target.Ref == s.Chosen.Ref {
			out[i].Evidence += "; but " + o.doubt
		}
	}
	return out
}
