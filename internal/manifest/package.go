package manifest

import (
	"encoding/json"
	"encoding/xml"
	"path"
	"strings"
)

// Package is what a manifest says of the package that it describes.
type Package struct {
	Licenses    []Field // licences, as SPDX expressions or by name, as they are written
	Classifiers []Field // trove classifiers of licences (https://pypi.org/classifiers/)
	Authors     []Field // authors, without their addresses where the format keeps them apart
}

// Field is a value with the line on which it stands, 1 if that is not known.
type Field struct {
	Value string
	Line  int
}

// Describe reads the package that a manifest describes: pyproject.toml, setup.cfg, setup.py, package.json, composer.json,
// bower.json, Cargo.toml, pom.xml, publiccode.yml, codemeta.json, CITATION.cff. A file of another name or one that does not
// parse describes nothing; the package is never nil.
func Describe(name, text string) *Package {
	p := &describer{text: text, out: &Package{}}
	if read := p.reader(strings.ToLower(path.Base(name))); read != nil && len(text) <= maxManifest {
		read()
	}
	return p.out
}

// maxManifest is the size in bytes of the largest manifest that is read.
const maxManifest = 1 << 20

func (p *describer) reader(base string) func() {
	switch base {
	case "pyproject.toml":
		return p.pyproject
	case "cargo.toml":
		return p.cargo
	case "package.json", "composer.json", "codemeta.json", "bower.json":
		return p.json
	case "setup.cfg":
		return p.setupCfg
	case "setup.py":
		return p.setupPy
	case "pom.xml":
		return p.pom
	case "publiccode.yml", "publiccode.yaml", "citation.cff":
		return p.yaml
	}
	return nil
}

type describer struct {
	text string
	out  *Package
}

// line finds the first line that holds all the words.
func (p *describer) line(words ...string) int { return lineOf(p.text, words...) }

// lineOf is asked for every dependency, so it leaves large files aside.
func lineOf(text string, words ...string) int {
	if len(text) > 64<<10 {
		return 1
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		holds := true
		for _, w := range words {
			holds = holds && strings.Contains(line, w)
		}
		if holds {
			return n
		}
	}
	return 1
}

func (p *describer) license(value string, words ...string) {
	if value != "" {
		p.out.Licenses = append(p.out.Licenses, Field{value, p.line(append(words, firstLine(value))...)})
	}
}

func (p *describer) classifiers(list []string) {
	for _, c := range list {
		if strings.HasPrefix(c, "License ::") {
			p.out.Classifiers = append(p.out.Classifiers, Field{c, p.line(c)})
		}
	}
}

func (p *describer) author(name string) {
	if name = strings.TrimSpace(name); name != "" {
		p.out.Authors = append(p.out.Authors, Field{name, p.line(name)})
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

func (p *describer) pyproject() {
	var f struct {
		Project struct {
			License     any
			Classifiers []string
			Authors     []any
		}
		Tool struct {
			Poetry struct {
				License     string
				Classifiers []string
				Authors     []string
			}
			Flit struct{ Metadata struct{ License string } }
		}
	}
	if err := decodeTOML(p.text, &f); err != nil {
		return
	}
	switch l := f.Project.License.(type) {
	case string:
		p.license(l, "license")
	case map[string]any: // the form before PEP 639
		text, _ := l["text"].(string)
		p.license(text)
	}
	p.license(f.Tool.Poetry.License, "license")
	p.license(f.Tool.Flit.Metadata.License, "license")
	p.classifiers(f.Project.Classifiers)
	p.classifiers(f.Tool.Poetry.Classifiers)
	for _, a := range f.Project.Authors {
		switch a := a.(type) {
		case map[string]any:
			name, _ := a["name"].(string)
			p.author(name)
		case string:
			p.author(a)
		}
	}
	for _, a := range f.Tool.Poetry.Authors {
		name, _, _ := strings.Cut(a, "<")
		p.author(name)
	}
}

func (p *describer) cargo() {
	var f struct {
		Package   struct{ License any }
		Workspace struct{ Package struct{ License string } }
	}
	if err := decodeTOML(p.text, &f); err != nil {
		return
	}
	if l, ok := f.Package.License.(string); ok { // else it is inherited from the workspace
		p.out.Licenses = append(p.out.Licenses, Field{strings.ReplaceAll(l, "/", " OR "), p.line("license")}) // the slash is of old
	}
	p.license(f.Workspace.Package.License, "license")
}

func (p *describer) json() {
	var f struct {
		License, Licenses any
		Author            any
	}
	if err := json.Unmarshal([]byte(p.text), &f); err != nil {
		return
	}
	for _, l := range []any{f.License, f.Licenses} {
		for _, s := range licenseValues(l) {
			p.license(s)
		}
	}
	switch a := f.Author.(type) {
	case string:
		name, _, _ := strings.Cut(a, "<")
		p.author(name)
	case map[string]any:
		name, _ := a["name"].(string)
		p.author(name)
	}
}

// licenseValues reads the forms in which JSON manifests give a licence: an expression, an object with a type, id or
// name, a URL of SPDX, or a list of these.
func licenseValues(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{strings.TrimPrefix(strings.TrimPrefix(v, "https://spdx.org/licenses/"), "http://spdx.org/licenses/")}
	case map[string]any:
		for _, key := range []string{"type", "id", "identifier", "name", "expression", "@id", "url"} {
			if s, ok := v[key].(string); ok && s != "CreativeWork" {
				return licenseValues(s)
			}
		}
		return licenseValues(v["license"])
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, licenseValues(e)...)
		}
		return out
	}
	return nil
}

func (p *describer) yaml() {
	for _, root := range parseYAML(p.text) {
		for _, v := range append(root.get("license").list(), root.get("legal").get("license")) {
			if text := v.text(); text != "" {
				p.out.Licenses = append(p.out.Licenses, Field{text, v.line()})
			}
		}
	}
}

func (p *describer) pom() {
	var f struct {
		Licenses []struct {
			Name string `xml:"name"`
		} `xml:"licenses>license"`
	}
	if err := xml.Unmarshal([]byte(p.text), &f); err != nil {
		return
	}
	for _, l := range f.Licenses {
		p.license(strings.TrimSpace(l.Name), "name")
	}
}

func (p *describer) setupCfg() {
	for _, e := range readINI(p.text) {
		if e.section != "metadata" {
			continue
		}
		switch e.key {
		case "license":
			p.out.Licenses = append(p.out.Licenses, Field{e.value, e.line})
		case "author":
			p.out.Authors = append(p.out.Authors, Field{e.value, e.line})
		case "classifiers", "classifier":
			p.classifiers(strings.Split(e.value, "\n"))
		}
	}
}

func (p *describer) setupPy() {
	for _, a := range setupArguments(p.text) {
		switch a.name {
		case "license":
			for _, v := range a.values {
				p.out.Licenses = append(p.out.Licenses, Field{v, a.line})
			}
		case "author":
			for _, v := range a.values {
				p.author(v)
			}
		case "classifiers":
			p.classifiers(a.values)
		}
	}
}
