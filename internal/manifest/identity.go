package manifest

import (
	"encoding/json"
	"encoding/xml"
	"path"
	"strings"

	"github.com/tidwall/gjson"
	"golang.org/x/mod/modfile"
	"misp-csirt-tooling/internal/pattern"
)

// Identity is the name that a manifest gives the package that it describes.
type Identity struct {
	Name     string // namespace/name as in a package URL, in the manifest's spelling; empty if it tells none
	Computed bool   // the package may have another name than this: a program, another file or nobody that is read here tells it
}

// identifier reads the identity that a manifest gives; its ecosystem is the type of the package's URL.
type identifier struct {
	ecosystem string
	read      func(base, text string) Identity // nil: the file describes a package and its name is not read
}

// identifiers are the manifests of packages by their lower-case name, or, beginning with a dot, by its ending.
var identifiers = map[string]identifier{
	"pyproject.toml": {"pypi", identifyPyproject}, "setup.cfg": {"pypi", identifySetupCfg}, "setup.py": {"pypi", identifySetupPy},
	"package.json": {"npm", identifyJSON}, "composer.json": {"composer", identifyJSON}, "cargo.toml": {"cargo", identifyCargo},
	"go.mod": {"golang", identifyGoMod}, ".gemspec": {"gem", identifyGemspec},
	"pom.xml": {"maven", identifyPOM}, "build.gradle": {"maven", nil}, "build.gradle.kts": {"maven", nil}, "build.sbt": {"maven", nil},
	"project.clj": {"maven", nil}, "ivy.xml": {"maven", nil},
	".csproj": {"nuget", identifyProject}, ".fsproj": {"nuget", identifyProject}, ".vbproj": {"nuget", identifyProject}, ".nuspec": {"nuget", nil},
}

// IdentityFiles lists the lower-case names of the files that Identify knows for packages of an ecosystem, those that begin with
// a dot being endings of names.
func IdentityFiles() map[string]string {
	out := make(map[string]string, len(identifiers))
	for name, i := range identifiers {
		out[name] = i.ecosystem
	}
	return out
}

// Identify reads which package a manifest describes, by the name of its file, one of IdentityFiles. What does not parse is
// computed by somebody who knows how.
func Identify(name, text string) Identity {
	base := path.Base(name)
	lower := strings.ToLower(base)
	i, ok := identifiers[lower]
	if !ok {
		i = identifiers[path.Ext(lower)]
	}
	if i.read == nil || len(text) > maxManifest {
		return Identity{Computed: true}
	}
	return i.read(base, text)
}

func identifyPyproject(_, text string) Identity {
	var f struct {
		BuildSystem map[string]any `toml:"build-system"`
		Project     struct{ Name string }
		Tool        struct {
			Poetry struct{ Name string }
			Flit   struct {
				Metadata struct {
					Dist   string `toml:"dist-name"`
					Module string
				}
			}
		}
	}
	if err := decodeTOML(text, &f); err != nil {
		return Identity{Computed: true}
	}
	for _, name := range []string{f.Project.Name, f.Tool.Poetry.Name, f.Tool.Flit.Metadata.Dist, f.Tool.Flit.Metadata.Module} {
		if name != "" {
			return Identity{Name: name}
		}
	}
	return Identity{Computed: f.BuildSystem != nil} // else it configures tools
}

func identifySetupCfg(_, text string) Identity {
	for _, e := range readINI(text) {
		if e.section == "metadata" && e.key == "name" {
			return Identity{Name: e.value, Computed: strings.Contains(e.value, ":")} // attr: and file: name a place
		}
	}
	return Identity{}
}

// pythonName matches a name that a setup.py writes out.
var pythonName = pattern.New(`\bname\s*=\s*["']([A-Za-z0-9._-]+)["']\s*[,)]`)

func identifySetupPy(_, text string) Identity {
	for _, a := range setupArguments(text) {
		if a.name != "name" || len(a.values) != 1 {
			continue
		}
		for _, m := range pythonName.FindAllStringSubmatch(text, -1) {
			if m[1] == a.values[0] {
				return Identity{Name: m[1]}
			}
		}
	}
	return Identity{Computed: true}
}

func identifyJSON(_, text string) Identity {
	if !json.Valid([]byte(text)) { // gjson's own check takes half a gigabyte of stack for a file of brackets
		return Identity{Computed: true}
	}
	if name := gjson.Get(text, "name"); name.Type == gjson.String {
		return Identity{Name: name.Str}
	}
	return Identity{} // an application
}

func identifyCargo(_, text string) Identity {
	var f struct{ Package struct{ Name string } }
	if err := decodeTOML(text, &f); err != nil {
		return Identity{Computed: true}
	}
	return Identity{Name: f.Package.Name}
}

func identifyGoMod(_, text string) Identity {
	name := modfile.ModulePath([]byte(text))
	return Identity{Name: name, Computed: name == ""}
}

// gemName matches the name that a gemspec writes out.
var gemName = pattern.New(`(?m)^\s*\w+\.name\s*=\s*["']([A-Za-z0-9._-]+)["']`)

func identifyGemspec(_, text string) Identity {
	if m := gemName.FindStringSubmatch(text); m != nil {
		return Identity{Name: m[1]}
	}
	return Identity{Computed: true}
}

func identifyPOM(_, text string) Identity {
	var f struct {
		Group    string `xml:"groupId"`
		Parent   string `xml:"parent>groupId"`
		Artifact string `xml:"artifactId"`
	}
	if err := xml.Unmarshal([]byte(text), &f); err != nil || f.Artifact == "" {
		return Identity{Computed: true}
	}
	group := strings.TrimSpace(f.Group)
	if group == "" {
		group = strings.TrimSpace(f.Parent)
	}
	name := group + "/" + strings.TrimSpace(f.Artifact)
	return Identity{Name: name, Computed: group == "" || strings.Contains(name, "${")}
}

// identifyProject reads a project of MSBuild. Without a name of its own the package has that of the file, unless a file that
// all projects import says otherwise.
func identifyProject(base, text string) Identity {
	var f struct {
		Package  []string `xml:"PropertyGroup>PackageId"`
		Assembly []string `xml:"PropertyGroup>AssemblyName"`
	}
	if err := xml.Unmarshal([]byte(text), &f); err != nil {
		return Identity{Computed: true}
	}
	for _, name := range append(f.Package, f.Assembly...) {
		return Identity{Name: strings.TrimSpace(name), Computed: strings.Contains(name, "$(")}
	}
	return Identity{Name: strings.TrimSuffix(base, path.Ext(base)), Computed: true}
}
