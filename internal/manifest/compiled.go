package manifest

import (
	"encoding/json"
	"encoding/xml"
	"strings"

	"golang.org/x/mod/modfile"
)

func goMod(d *Dependencies, text string) {
	f, err := modfile.ParseLax("go.mod", []byte(text), nil)
	if err != nil {
		return
	}
	for _, r := range f.Require {
		if r.Indirect {
			continue // what others need
		}
		line := 0
		if r.Syntax != nil {
			line = r.Syntax.Start.Line
		}
		d.add(Dependency{Name: r.Mod.Path, Version: r.Mod.Version, Exact: true, Line: line}) // minimal version selection builds with just this
	}
	if f.Go != nil {
		d.Runtime = Runtime{"go", f.Go.Version, f.Go.Syntax.Start.Line}
	}
}

func cargo(d *Dependencies, text string) {
	var f struct {
		Dependencies map[string]any
		Dev          map[string]any `toml:"dev-dependencies"`
		Build        map[string]any `toml:"build-dependencies"`
		Workspace    struct{ Dependencies map[string]any }
	}
	if err := decodeTOML(text, &f); err != nil {
		return
	}
	d.table(text, f.Dependencies, false)
	d.table(text, f.Workspace.Dependencies, false)
	d.table(text, f.Build, true)
	d.table(text, f.Dev, true)
}

func pom(d *Dependencies, text string) {
	type dependency struct {
		Group    string `xml:"groupId"`
		Artifact string `xml:"artifactId"`
		Version  string `xml:"version"`
		Scope    string `xml:"scope"`
	}
	var f struct {
		Dependencies []dependency `xml:"dependencies>dependency"`
		Managed      []dependency `xml:"dependencyManagement>dependencies>dependency"`
		Properties   struct {
			Source  string `xml:"maven.compiler.source"`
			Release string `xml:"maven.compiler.release"`
			Java    string `xml:"java.version"`
		} `xml:"properties"`
	}
	if xml.Unmarshal([]byte(text), &f) != nil {
		return
	}
	for _, p := range append(f.Dependencies, f.Managed...) {
		d.add(Dependency{ // without a version, it is the one that the parent or an imported list fixes
			Name: p.Group + ":" + p.Artifact, Version: p.Version, Dev: p.Scope == "test", Line: lineOf(text, p.Artifact),
			Exact: !strings.ContainsAny(p.Version, "[(,") && p.Version != "LATEST" && p.Version != "RELEASE",
		})
	}
	for _, v := range []string{f.Properties.Release, f.Properties.Source, f.Properties.Java} {
		if v != "" && d.Runtime.Version == "" {
			d.Runtime = Runtime{"java", strings.TrimPrefix(v, "1."), lineOf(text, ">"+v+"<")}
		}
	}
}

func ivy(d *Dependencies, text string) {
	var f struct {
		Dependencies []struct {
			Org  string `xml:"org,attr"`
			Name string `xml:"name,attr"`
			Rev  string `xml:"rev,attr"`
		} `xml:"dependencies>dependency"`
	}
	if xml.Unmarshal([]byte(text), &f) != nil {
		return
	}
	for _, p := range f.Dependencies {
		d.add(Dependency{Name: p.Org + ":" + p.Name, Version: p.Rev, Exact: exactVersion(p.Rev), Line: lineOf(text, p.Name)})
	}
}

func msbuild(d *Dependencies, text string) {
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		tok, err := dec.Token()
		if err != nil {
			return
		}
		element, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		var dep Dependency
		switch element.Name.Local {
		case "PackageReference", "PackageVersion", "package":
			for _, a := range element.Attr {
				switch a.Name.Local {
				case "Include", "id":
					dep.Name = a.Value
				case "Version", "version":
					dep.Version, dep.Exact = a.Value, !strings.ContainsAny(a.Value, "*[(,")
				}
			}
			dep.Line, _ = dec.InputPos()
			d.add(dep)
		}
	}
}

func versionCatalog(d *Dependencies, text string) {
	var f struct{ Libraries map[string]any }
	if err := decodeTOML(text, &f); err != nil {
		return
	}
	d.table(text, f.Libraries, false)
}

func vcpkg(d *Dependencies, text string) {
	var f struct{ Dependencies []any }
	if json.Unmarshal([]byte(text), &f) != nil {
		return
	}
	for _, v := range f.Dependencies {
		switch v := v.(type) {
		case string:
			d.add(Dependency{Name: v, Line: lineOf(text, `"`+v+`"`)})
		case map[string]any:
			name, _ := v["name"].(string)
			d.add(Dependency{Name: name, Line: lineOf(text, `"`+name+`"`)})
		}
	}
}

func conanfile(d *Dependencies, text string) {
	section := ""
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
		} else if line != "" && strings.HasSuffix(section, "requires") {
			name, version, _ := strings.Cut(line, "/")
			d.add(Dependency{Name: name, Version: version, Exact: exactVersion(version), Line: n})
		}
	}
}
