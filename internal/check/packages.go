package check

import (
	"path"
	"regexp"
	"strings"
)

// manifests are the files in which a project declares what it needs.
const manifests = "**/{requirements*.txt,requirements*.in,pyproject.toml,setup.py,setup.cfg,pipfile,environment.yml,package.json,go.mod,cargo.toml,pom.xml," +
	"build.gradle,build.gradle.kts,build.sbt,dependencies.scala,gemfile,composer.json,*.gemspec,*.csproj}"

var packageName = regexp.MustCompile(`@?[A-Za-z0-9][A-Za-z0-9._/-]*[A-Za-z0-9]`)

// packages maps what the manifests name to the first place, in the form of packageForm: packages as a whole and by the last
// element of their path. Which field a name stands in is not told, so ask only for names that mean nothing but a package.
// The project's own name is left out.
func (v *View) packages() map[string]Evidence {
	own := packageForm(path.Base(v.Name))
	found := map[string]Evidence{}
	for _, d := range v.Matching(manifests) {
		line := 0
		for text := range strings.Lines(d.Content()) {
			line++
			if t := strings.TrimSpace(text); strings.HasPrefix(t, "#") || strings.HasPrefix(t, "//") {
				continue
			}
			for _, word := range packageName.FindAllString(text, -1) {
				for _, form := range []string{packageForm(word), packageForm(path.Base(word))} {
					if _, known := found[form]; !known && form != own {
						found[form] = at(d, line, line, form)
					}
				}
			}
		}
	}
	return found
}

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
	return strings.TrimSuffix(strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name)), "-git")
}
