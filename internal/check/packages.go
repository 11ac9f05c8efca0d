package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
)

// forDevelopment marks folders and files of what is needed to work on a program, not to run it.
var forDevelopment = pattern.New(`(?i)(^|[^a-z])(dev|develop|development|tests?|testing|lint|docs?|ci)([^a-z]|$)`)

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

// dropUnused deletes the packages of traces that a manifest declares and no source file of the program names. It deletes none
// unless all source files were read, so the check must read sourceSample and list everything.
func (v *View) dropUnused(found map[string]Evidence, traces []trace) {
	sources := v.Matching(sourceSample...)
	read := map[string]bool{}
	for _, d := range sources {
		read[d.Path] = true
	}
	for _, p := range v.Listed {
		if lower := strings.ToLower(p); sourceFile.MatchString(lower) && !read[p] && !foreign(lower) && !isHidden(p) {
			return
		}
	}
	for i := range traces {
		for _, name := range traces[i].packages {
			module := []string{name, strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "-", "")}
			if len(sources) > 0 && !slices.ContainsFunc(sources, func(d *Doc) bool { return d.holds(append(module, traces[i].files...)) }) {
				delete(found, name)
			}
		}
	}
}
