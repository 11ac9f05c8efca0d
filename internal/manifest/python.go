package manifest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// requirements reads a requirements file of pip: a requirement of PEP 508, a path or a URL a line, options after hyphens
// (https://pip.pypa.io/en/stable/reference/requirements-file-format/).
func requirements(d *Dependencies, text string) {
	n, start := 0, 0
	var joined strings.Builder
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if joined.Len() == 0 {
			start = n
		}
		if strings.HasSuffix(line, "\\") {
			joined.WriteString(strings.TrimSuffix(line, "\\") + " ")
			continue
		}
		line = joined.String() + line
		joined.Reset()
		if i := strings.Index(line, "#"); i == 0 || i > 0 && line[i-1] == ' ' {
			line = line[:i]
		}
		line = strings.TrimSpace(line)
		editable, isEditable := strings.CutPrefix(line, "-e ")
		if isEditable {
			line = editable
		}
		if line == "" || strings.HasPrefix(line, "-") || line == "." {
			continue
		}
		dep := requirement(line)
		dep.Line = start
		d.add(dep)
	}
}

// requirement reads a dependency specifier (PEP 508), or a URL of a version control system or archive.
func requirement(spec string) Dependency {
	var dep Dependency
	spec, hashes, _ := strings.Cut(spec, " --hash")
	spec, _, _ = strings.Cut(spec, ";")
	spec = strings.TrimSpace(spec)
	if name, url, ok := strings.Cut(spec, " @ "); ok {
		return Dependency{Name: baseName(name), Version: url, Exact: pinnedURL(url)}
	}
	if strings.Contains(spec, "://") || strings.HasPrefix(spec, "./") || strings.HasPrefix(spec, "/") || strings.HasSuffix(spec, ".whl") {
		_, name, _ := strings.Cut(spec, "#egg=")
		if name == "" {
			name = spec[strings.LastIndexByte(spec, '/')+1:]
		}
		return Dependency{Name: name, Version: spec, Exact: pinnedURL(spec) || !strings.Contains(spec, "://")}
	}
	end := strings.IndexAny(spec, "=<>!~ (")
	if end < 0 {
		dep.Name = baseName(spec)
	} else {
		dep.Name, dep.Version = baseName(spec[:end]), strings.Trim(strings.TrimSpace(spec[end:]), "()")
	}
	dep.Exact = hashes != "" || exactPython(dep.Version)
	return dep
}

func baseName(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return strings.TrimSpace(name)
}

// exactPython reports whether a version specifier admits one version.
func exactPython(version string) bool {
	return strings.HasPrefix(version, "==") && !strings.Contains(version, "*") && !strings.Contains(version, ",")
}

// pinnedURL reports whether a URL names a tag or commit, or an archive.
func pinnedURL(url string) bool {
	rest := url[strings.LastIndexByte(url, '/')+1:]
	rest, _, _ = strings.Cut(rest, "#")
	_, ref, ok := strings.Cut(rest, "@")
	return ok && ref != "master" && ref != "main" && ref != "develop" || strings.HasSuffix(rest, ".tar.gz") ||
		strings.HasSuffix(rest, ".zip") || strings.HasSuffix(rest, ".whl")
}

func pyproject(d *Dependencies, text string) {
	var f struct {
		Project struct {
			Dependencies []string
			Optional     map[string][]string `toml:"optional-dependencies"`
			Python       string              `toml:"requires-python"`
		}
		Groups map[string][]any `toml:"dependency-groups"`
		Tool   struct {
			Poetry struct {
				Dependencies map[string]any
				Dev          map[string]any `toml:"dev-dependencies"`
				Group        map[string]struct{ Dependencies map[string]any }
			}
		}
	}
	if err := decodeTOML(text, &f); err != nil {
		return
	}
	list := func(specs []string, dev bool) {
		for _, s := range specs {
			dep := requirement(s)
			dep.Dev, dep.Line = dev, lineOf(text, s)
			d.add(dep)
		}
	}
	list(f.Project.Dependencies, false)
	for _, extra := range sorted(f.Project.Optional) {
		list(f.Project.Optional[extra], developmentExtras[strings.ToLower(extra)])
	}
	for _, group := range sorted(f.Groups) {
		for _, s := range f.Groups[group] {
			if s, ok := s.(string); ok {
				list([]string{s}, true)
			}
		}
	}
	poetry := f.Tool.Poetry
	if f.Project.Python != "" {
		d.Runtime = Runtime{"python", f.Project.Python, lineOf(text, "requires-python")}
	} else if v := tomlVersion(poetry.Dependencies["python"]); v != "" {
		d.Runtime = Runtime{"python", v, lineOf(text, "python", v)}
	}
	delete(poetry.Dependencies, "python")
	d.table(text, poetry.Dependencies, false)
	d.table(text, poetry.Dev, true)
	for _, group := range sorted(poetry.Group) {
		d.table(text, poetry.Group[group].Dependencies, true)
	}
}

// developmentExtras are the names under which projects that know no other place list what their development needs.
var developmentExtras = map[string]bool{
	"dev": true, "devel": true, "develop": true, "development": true, "test": true, "tests": true, "testing": true, "doc": true, "docs": true, "lint": true,
	"linting": true, "build": true, "ci": true, "typing": true, "scripts": true,
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// table adds the dependencies of a TOML table from names to versions or tables with a version.
func (d *Dependencies) table(text string, t map[string]any, dev bool) {
	for _, name := range sorted(t) {
		v := tomlVersion(t[name])
		d.add(Dependency{Name: name, Version: v, Exact: exactVersion(v), Dev: dev, Line: lineOf(text, name)})
	}
}

func tomlVersion(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		for _, key := range []string{"version", "rev", "tag", "url", "git", "path"} {
			if s, ok := v[key].(string); ok {
				return s
			}
		}
	}
	return ""
}

// exactVersion reports whether a version of Poetry, npm or Composer admits one version: no operator but =, and no wildcard.
func exactVersion(v string) bool {
	v = strings.TrimLeft(v, "=v ")
	return v != "" && v[0] >= '0' && v[0] <= '9' && strings.Count(v, ".") >= 1 && !strings.ContainsAny(v, "*x^~<>|, ")
}

func tomlLock(d *Dependencies, text string) {
	var f struct {
		Package []struct{ Name, Version string }
	}
	if err := decodeTOML(text, &f); err != nil {
		return
	}
	for _, p := range f.Package {
		d.add(Dependency{Name: p.Name, Version: p.Version, Exact: true})
	}
}

func pipfile(d *Dependencies, text string) {
	var f struct {
		Packages map[string]any
		Dev      map[string]any `toml:"dev-packages"`
		Requires map[string]any
	}
	if err := decodeTOML(text, &f); err != nil {
		return
	}
	d.table(text, f.Packages, false)
	d.table(text, f.Dev, true)
	if v, ok := f.Requires["python_version"].(string); ok {
		d.Runtime = Runtime{"python", v, lineOf(text, "python_version")}
	}
}

func pipfileLock(d *Dependencies, text string) {
	var f struct {
		Default, Develop map[string]struct{ Version string }
	}
	if json.Unmarshal([]byte(text), &f) != nil {
		return
	}
	for _, name := range sorted(f.Default) {
		d.add(Dependency{Name: name, Version: f.Default[name].Version, Exact: true})
	}
	for _, name := range sorted(f.Develop) {
		d.add(Dependency{Name: name, Version: f.Develop[name].Version, Exact: true, Dev: true})
	}
}

func setupCfg(d *Dependencies, text string) {
	for _, s := range readINI(text) {
		switch {
		case s.section == "options" && s.key == "python_requires":
			d.Runtime = Runtime{"python", s.value, s.line}
		case s.section == "options" && (s.key == "install_requires" || s.key == "tests_require"), s.section == "options.extras_require":
			for i, spec := range strings.Split(s.value, "\n") {
				dep := requirement(spec)
				dep.Line = s.line + i
				d.add(dep)
			}
		}
	}
}

func setupPy(d *Dependencies, text string) {
	for _, a := range setupArguments(text) {
		switch a.name {
		case "python_requires":
			d.Runtime = Runtime{"python", strings.Join(a.values, ","), a.line}
		case "install_requires", "extras_require", "tests_require", "setup_requires":
			for _, spec := range a.values {
				dep := requirement(spec)
				dep.Line = a.line
				d.add(dep)
			}
		case "classifiers":
			if d.Runtime.Version == "" && slices.Contains(a.values, "Programming Language :: Python :: 2.7") &&
				!slices.ContainsFunc(a.values, func(c string) bool { return strings.HasPrefix(c, "Programming Language :: Python :: 3") }) {
				d.Runtime = Runtime{"python", "2.7", max(a.line, lineOf(text, "Python :: 2.7"))}
			}
		}
	}
}

func conda(d *Dependencies, text string) {
	for _, root := range parseYAML(text) {
		for _, v := range root.get("dependencies").list() {
			for _, spec := range append(v.texts(), v.get("pip").texts()...) {
				name, version, _ := strings.Cut(spec, "=")
				if strings.TrimSpace(name) == "python" {
					d.Runtime = Runtime{"python", strings.TrimLeft(version, "="), v.line()}
					continue
				}
				d.add(Dependency{Name: baseName(name), Version: version, Exact: version != "", Line: v.line()})
			}
		}
	}
}
