package check

import (
	"path"
	"regexp"
	"strings"
)

// manifests are the files in which a project declares what it needs.
const manifests = "**/{*requirements*.txt,*requirements*.in,pyproject.toml,setup.py,setup.cfg,pipfile,environment.yml,package.json,go.mod,cargo.toml,pom.xml," +
	"build.gradle,build.gradle.kts,build.sbt,dependencies.scala,gemfile,composer.json,*.gemspec,*.csproj}"

var packageName = regexp.MustCompile(`@?[A-Za-z0-9][A-Za-z0-9._/-]*[A-Za-z0-9]`)

// forDevelopment marks files, sections and lists of what is needed to work on a program, not to run it.
var forDevelopment = regexp.MustCompile(`(?i)(^|[^a-z])(dev|develop|development|devdependencies|tests?|testing|lint|docs?|scripts|build|ci|tools)([^a-z]|$)`)

// packages maps what the manifests name to the first place, in the form of packageForm: packages as a whole and by the last
// element of their path. Which field a name stands in is not told, so ask only for names that mean nothing but a package.
// The project's own name is left out, and so is what serves its development.
func (v *View) packages() map[string]Evidence {
	own := packageForm(path.Base(v.Name))
	found := map[string]Evidence{}
	for _, d := range v.Matching(manifests) {
		if isHidden(d.Path) || forDevelopment.MatchString(strings.TrimSuffix(d.Path, path.Base(d.Path))) ||
			strings.Contains(strings.ToLower(path.Base(d.Path)), "requirements") && forDevelopment.MatchString(path.Base(d.Path)) {
			continue
		}
		line, inSection, inList := 0, false, false
		for text := range strings.Lines(d.Content()) {
			line++
			t := strings.TrimSpace(text)
			switch {
			case strings.HasPrefix(t, "#"), strings.HasPrefix(t, "//"):
				continue
			case strings.HasPrefix(t, "[") && strings.HasSuffix(t, "]"): // a section of TOML or of an INI file
				inSection, inList = forDevelopment.MatchString(t), false
			case strings.HasSuffix(t, "[") || strings.HasSuffix(t, "{"):
				inList = inList || forDevelopment.MatchString(t)
			case strings.HasPrefix(t, "]") || strings.HasPrefix(t, "}"):
				inList = false
			}
			if inSection || inList {
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
