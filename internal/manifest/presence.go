package manifest

import (
	"encoding/json"
	"encoding/xml"
	"path"
	"strings"

	"github.com/package-url/packageurl-go"
	"golang.org/x/mod/modfile"
)

// Presence is where a project is on the web, as its manifest says.
type Presence struct {
	Homepage string // address of its site as it is written, empty if there is none
	Package  string // package URL under which it is published, without a version; empty if the manifest names none
}

// ReadPresence reads pyproject.toml, setup.cfg, setup.py, package.json, composer.json, codemeta.json, Cargo.toml, go.mod, pom.xml and
// publiccode.yml. Another file, or one that does not parse, says nothing. That a registry has a package of the name does not make it
// the project's.
func ReadPresence(name, text string) Presence {
	read := presences[strings.ToLower(path.Base(name))]
	if read == nil || len(text) > maxManifest {
		return Presence{}
	}
	return read(text)
}

var presences = map[string]func(string) Presence{
	"pyproject.toml": pyprojectPresence,
	"setup.cfg":      setupCfgPresence,
	"setup.py":       setupPyPresence,
	"package.json":   func(text string) Presence { return jsonPresence(text, packageurl.TypeNPM) },
	"composer.json":  func(text string) Presence { return jsonPresence(text, packageurl.TypeComposer) },
	"codemeta.json":  func(text string) Presence { return jsonPresence(text, "") },
	"cargo.toml":     cargoPresence,
	"go.mod": func(text string) Presence {
		return Presence{Package: packageURL(packageurl.TypeGolang, modfile.ModulePath([]byte(text)))}
	},
	"pom.xml":        pomPresence,
	"publiccode.yml": publicCodePresence, "publiccode.yaml": publicCodePresence,
}

// packageURL returns the package URL of a name, whose namespace stands before the last slash.
func packageURL(ecosystem, name string) string {
	if name = strings.TrimSpace(name); name == "" || ecosystem == "" {
		return ""
	}
	i := strings.LastIndexByte(name, '/')
	u := packageurl.NewPackageURL(ecosystem, name[:max(i, 0)], name[i+1:], "", nil, "")
	if u.Normalize() != nil {
		return ""
	}
	return u.ToString()
}

// homepageLabel reports whether a label of a list of links means the project's site.
func homepageLabel(label string) bool {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(label)) {
	case "homepage", "home", "website":
		return true
	}
	return false
}

func pyprojectPresence(text string) Presence {
	var f struct {
		Project struct {
			Name string
			URLs map[string]string
		}
		Tool struct {
			Poetry struct{ Name, Homepage string }
		}
	}
	if err := decodeTOML(text, &f); err != nil {
		return Presence{}
	}
	p := Presence{Homepage: f.Tool.Poetry.Homepage, Package: packageURL(packageurl.TypePyPi, f.Project.Name)}
	if p.Package == "" {
		p.Package = packageURL(packageurl.TypePyPi, f.Tool.Poetry.Name)
	}
	least := ""
	for label, address := range f.Project.URLs {
		if homepageLabel(label) && (least == "" || label < least) {
			least, p.Homepage = label, address
		}
	}
	return p
}

func setupCfgPresence(text string) Presence {
	var p Presence
	for _, e := range readINI(text) {
		if e.section != "metadata" {
			continue
		}
		switch e.key {
		case "name":
			p.Package = packageURL(packageurl.TypePyPi, e.value)
		case "url", "home-page", "home_page":
			p.Homepage = e.value
		}
	}
	return p
}

func setupPyPresence(text string) Presence {
	var p Presence
	for _, a := range setupArguments(text) {
		if len(a.values) != 1 {
			continue
		}
		switch a.name {
		case "name":
			p.Package = packageURL(packageurl.TypePyPi, a.values[0])
		case "url":
			p.Homepage = a.values[0]
		}
	}
	return p
}

func jsonPresence(text, ecosystem string) Presence {
	var f struct {
		Name, Homepage, URL any
		Private             any
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return Presence{}
	}
	var p Presence
	if p.Homepage, _ = f.Homepage.(string); ecosystem == "" {
		p.Homepage, _ = f.URL.(string)
	}
	if name, _ := f.Name.(string); f.Private != true {
		p.Package = packageURL(ecosystem, name)
	}
	return p
}

func cargoPresence(text string) Presence {
	var f struct {
		Package struct{ Name, Homepage, Publish any }
	}
	if err := decodeTOML(text, &f); err != nil {
		return Presence{}
	}
	var p Presence
	p.Homepage, _ = f.Package.Homepage.(string) // else it is inherited from the workspace
	if name, _ := f.Package.Name.(string); f.Package.Publish != false {
		p.Package = packageURL(packageurl.TypeCargo, name)
	}
	return p
}

func pomPresence(text string) Presence {
	var f struct {
		Group    string `xml:"groupId"`
		Artifact string `xml:"artifactId"`
		URL      string `xml:"url"`
	}
	if err := xml.Unmarshal([]byte(text), &f); err != nil {
		return Presence{}
	}
	p := Presence{Homepage: strings.TrimSpace(f.URL)}
	if group := strings.TrimSpace(f.Group); group != "" && f.Artifact != "" && !strings.Contains(group+f.Artifact, "${") {
		p.Package = packageURL(packageurl.TypeMaven, group+"/"+strings.TrimSpace(f.Artifact))
	}
	return p
}

func publicCodePresence(text string) Presence {
	var p Presence
	for _, root := range parseYAML(text) {
		p.Homepage = root.get("landingURL").text()
	}
	return p
}
