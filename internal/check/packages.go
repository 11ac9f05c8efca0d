package check

import (
	"path"
	"regexp"
	"strings"

	"misp-csirt-tooling/internal/manifest"
)

// forDevelopment marks folders and files of what is needed to work on a program, not to run it.
var forDevelopment = regexp.MustCompile(`(?i)(^|[^a-z])(dev|develop|development|tests?|testing|lint|docs?|ci)([^a-z]|$)`)

// packages maps the packages that the program needs, in the form of packageForm, to the place where a manifest declares them
// first: by their whole name and by the last element of its path. The project itself is left out, and what serves its development.
func (v *View) packages() map[string]Evidence {
	own := packageForm(path.Base(v.Name))
	found := map[string]Evidence{}
	for _, d := range v.Matching(manifest.ManifestGlobs...) {
		if isHidden(d.Path) || forDevelopment.MatchString(path.Dir(d.Path)) || isList(d.Path) && forDevelopment.MatchString(path.Base(d.Path)) {
			continue
		}
		deps := manifest.ReadDependencies(d.Path, d.Content())
		if deps == nil {
			continue
		}
		for _, dep := range deps.List {
			for _, form := range []string{packageForm(dep.Name), packageForm(path.Base(strings.ReplaceAll(dep.Name, ":", "/")))} {
				if _, known := found[form]; !known && !dep.Dev && form != own {
					found[form] = at(d, dep.Line, dep.Line, form)
				}
			}
		}
	}
	return found
}

// isList tells a plain list of packages, whose name says what it is for.
func isList(p string) bool { return strings.Contains(strings.ToLower(path.Base(p)), "requirements") }

// firstOf returns the first of the packages that is among those that were found.
func firstOf(found map[string]Evidence, packages []string) (string, *Evidence) {
	for _, name := range packages {
		if e, ok := found[name]; ok {
			return name, &e
		}
	}
	return "", nil
}

// packageForm is a package's name as registries compare names: in lower case, with hyphens.
func packageForm(name string) string {
	return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
}
