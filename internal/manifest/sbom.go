package manifest

import (
	"encoding/json"
	"encoding/xml"
	"strings"
)

// SBOMGlobs are the names under which inventories of a software's components are kept.
var SBOMGlobs = []string{"**/*.{spdx,spdx.json,spdx.yaml,cdx.json,cdx.xml}", "**/{bom,sbom}{,-*,_*,.*}.{json,xml}", "**/*{-,_,.}{bom,sbom}.{json,xml}"}

// ReadSBOM reads an inventory in the formats SPDX (JSON or tag-value) and CycloneDX (JSON or XML) with the licences that it
// states; nil if the text is neither. Licences that it leaves open (NOASSERTION, NONE) are left out.
func ReadSBOM(text string) *Dependencies {
	if len(text) > maxLock {
		return nil
	}
	d := &Dependencies{Ecosystem: "SBOM", Lock: true}
	switch start := strings.TrimSpace(text); {
	case strings.HasPrefix(start, "{"):
		if !d.sbomJSON(start) {
			return nil
		}
	case strings.HasPrefix(start, "<"):
		if !d.sbomXML(start) {
			return nil
		}
	case strings.HasPrefix(start, "SPDXVersion:"):
		d.tagValue(start)
	default:
		return nil
	}
	return d
}

// ofImage are the types of package URLs of what a base image brings along, which is no dependency of the program.
var ofImage = []string{"pkg:apk/", "pkg:deb/", "pkg:rpm/", "pkg:alpm/", "pkg:oci/", "pkg:docker/"}

func (d *Dependencies) component(name, version, purl string, licenses ...string) {
	dep := Dependency{Name: name, Version: version, Exact: true}
	for _, p := range ofImage {
		dep.Dev = dep.Dev || strings.HasPrefix(purl, p)
	}
	for _, l := range licenses {
		if l != "" && l != "NOASSERTION" && l != "NONE" {
			dep.Licenses = append(dep.Licenses, l)
			break // concluded before declared
		}
	}
	d.add(dep)
}

func (d *Dependencies) sbomJSON(text string) bool {
	var f struct {
		SPDXVersion string
		Packages    []struct {
			Name, VersionInfo, LicenseConcluded, LicenseDeclared string
			ExternalRefs                                         []struct{ ReferenceLocator string }
		}
		BomFormat  string
		Components []struct {
			Name, Version, Purl string
			Licenses            []struct {
				Expression string
				License    struct{ ID, Name string }
			}
		}
	}
	if json.Unmarshal([]byte(text), &f) != nil || f.SPDXVersion == "" && f.BomFormat != "CycloneDX" {
		return false
	}
	for _, p := range f.Packages {
		purl := ""
		for _, r := range p.ExternalRefs {
			if strings.HasPrefix(r.ReferenceLocator, "pkg:") {
				purl = r.ReferenceLocator
			}
		}
		d.component(p.Name, p.VersionInfo, purl, p.LicenseConcluded, p.LicenseDeclared)
	}
	for _, c := range f.Components {
		licenses := []string{}
		for _, l := range c.Licenses {
			licenses = append(licenses, l.Expression, l.License.ID, l.License.Name)
		}
		d.component(c.Name, c.Version, c.Purl, licenses...)
	}
	return true
}

func (d *Dependencies) sbomXML(text string) bool {
	var f struct {
		XMLName    xml.Name
		Components []struct {
			Name       string   `xml:"name"`
			Version    string   `xml:"version"`
			Purl       string   `xml:"purl"`
			Expression []string `xml:"licenses>expression"`
			ID         []string `xml:"licenses>license>id"`
			Named      []string `xml:"licenses>license>name"`
		} `xml:"components>component"`
	}
	if xml.Unmarshal([]byte(text), &f) != nil || f.XMLName.Local != "bom" {
		return false
	}
	for _, c := range f.Components {
		d.component(c.Name, c.Version, c.Purl, append(append(c.Expression, c.ID...), c.Named...)...)
	}
	return true
}

func (d *Dependencies) tagValue(text string) {
	var name, version, purl, concluded, declared string
	flush := func() {
		if name != "" {
			d.component(name, version, purl, concluded, declared)
		}
		name, version, purl, concluded, declared = "", "", "", "", ""
	}
	for line := range strings.Lines(text) {
		tag, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch tag {
		case "PackageName":
			flush()
			name = value
		case "PackageVersion":
			version = value
		case "ExternalRef":
			if fields := strings.Fields(value); len(fields) == 3 && fields[1] == "purl" {
				purl = fields[2]
			}
		case "PackageLicenseConcluded":
			concluded = value
		case "PackageLicenseDeclared":
			declared = value
		}
	}
	flush()
}
