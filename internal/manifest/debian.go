package manifest

import (
	"misp-csirt-tooling/internal/pattern"
	"strings"
)

// relation is a package in a field of dependencies: its name, before the version, the architectures and the alternatives.
var relation = pattern.New(`^[a-z0-9][a-z0-9+.-]+`)

// debianControl reads the fields of Debian's control file by which a package says what it is built with and needs
// (Debian Policy, 7.1 and 7.7). Substitution variables, which the build fills in, are left out.
func debianControl(d *Dependencies, text string) {
	dev, open, n := false, false, 0
	for line := range strings.Lines(text) {
		n++
		if strings.HasPrefix(line, "#") {
			continue
		}
		list := line
		if line[0] != ' ' && line[0] != '\t' {
			field, value, _ := strings.Cut(line, ":")
			field = strings.ToLower(field)
			dev = strings.HasPrefix(field, "build-depends")
			open = dev || field == "depends" || field == "pre-depends"
			list = value
		}
		if !open {
			continue
		}
		for item := range strings.SplitSeq(list, ",") {
			if name := relation.FindString(strings.TrimSpace(item)); name != "" {
				d.add(Dependency{Name: name, Dev: dev, Line: n})
			}
		}
	}
}
