package manifest

import (
	"encoding/json"
	"strings"
)

// platform reports whether a requirement of Composer is PHP itself or an extension of it.
func platform(name string) bool {
	return name == "php" || name == "hhvm" || strings.HasPrefix(name, "ext-") || strings.HasPrefix(name, "lib-") || strings.HasPrefix(name, "php-")
}

func composer(d *Dependencies, text string) {
	var f struct {
		Require map[string]string
		Dev     map[string]string `json:"require-dev"`
	}
	if json.Unmarshal([]byte(text), &f) != nil {
		return
	}
	for i, m := range []map[string]string{f.Require, f.Dev} {
		for _, name := range sorted(m) {
			line := lineOf(text, `"`+name+`"`)
			if name == "php" {
				d.Runtime = Runtime{"php", m[name], line}
			}
			if !platform(name) {
				d.add(Dependency{Name: name, Version: m[name], Exact: exactVersion(m[name]), Dev: i == 1, Line: line})
			}
		}
	}
}

func composerLock(d *Dependencies, text string) {
	type entry struct {
		Name, Version string
		License       any
	}
	var f struct {
		Packages []entry
		Dev      []entry `json:"packages-dev"`
	}
	if json.Unmarshal([]byte(text), &f) != nil {
		return
	}
	for i, list := range [][]entry{f.Packages, f.Dev} {
		for _, p := range list {
			d.add(Dependency{Name: p.Name, Version: p.Version, Exact: true, Dev: i == 1, Licenses: licenseValues(p.License)})
		}
	}
}
