package manifest

import (
	"encoding/json"
	"strings"
)

func packageJSON(d *Dependencies, text string) {
	var f struct {
		Dependencies, DevDependencies, PeerDependencies, OptionalDependencies map[string]any
		Engines                                                               any
	}
	if json.Unmarshal([]byte(text), &f) != nil {
		return
	}
	for i, m := range []map[string]any{f.Dependencies, f.OptionalDependencies, f.PeerDependencies, f.DevDependencies} {
		for _, name := range sorted(m) {
			v, _ := m[name].(string)
			d.add(Dependency{Name: name, Version: v, Exact: exactVersion(v), Dev: i == 3, Line: lineOf(text, `"`+name+`"`)})
		}
	}
	if engines, ok := f.Engines.(map[string]any); ok {
		if v, ok := engines["node"].(string); ok {
			d.Runtime = Runtime{"node", v, lineOf(text, `"node"`)}
		}
	}
}

func packageLock(d *Dependencies, text string) {
	type entry struct {
		Version  string
		License  any
		Licenses any
		Dev      bool
	}
	var f struct {
		Packages     map[string]entry // versions 2 and 3
		Dependencies map[string]entry // version 1
	}
	if json.Unmarshal([]byte(text), &f) != nil {
		return
	}
	packages := f.Packages
	if len(packages) == 0 {
		packages = f.Dependencies
	}
	for _, name := range sorted(packages) {
		p := packages[name]
		if name == "" {
			continue // the project itself
		}
		if i := strings.LastIndex(name, "node_modules/"); i >= 0 {
			name = name[i+len("node_modules/"):]
		}
		d.add(Dependency{
			Name: name, Version: p.Version, Exact: true, Dev: p.Dev,
			Licenses: append(licenseValues(p.License), licenseValues(p.Licenses)...),
		})
	}
}
