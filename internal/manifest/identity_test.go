package manifest

import (
	"strings"
	"testing"
)

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		file, text string
		want       Identity
	}{
		{"pyproject.toml", "[project]\nname = \"Example_Tool\"\n", Identity{Name: "Example_Tool"}},
		{"pyproject.toml", "[tool.poetry]\nname = \"tool\"\n", Identity{Name: "tool"}},
		{"pyproject.toml", "[tool.flit.metadata]\nmodule = \"tool\"\ndist-name = \"the-tool\"\n", Identity{Name: "the-tool"}},
		{"pyproject.toml", "[tool.ruff]\nline-length = 100\n", Identity{}},
		{"pyproject.toml", "[build-system]\nrequires = [\"maturin\"]\n", Identity{Computed: true}},
		{"pyproject.toml", "{% if cookiecutter %}", Identity{Computed: true}},
		{"a/setup.cfg", "[metadata]\nname = tool\n", Identity{Name: "tool"}},
		{"setup.cfg", "[metadata]\nname = attr: tool.__name__\n", Identity{Name: "attr: tool.__name__", Computed: true}},
		{"setup.cfg", "[flake8]\nname = x\n", Identity{}},
		{"setup.py", "from setuptools import setup\nsetup(\n  name='tool',\n  version='1')\n", Identity{Name: "tool"}},
		{"setup.py", "setup(name='tool' + suffix)", Identity{Computed: true}},
		{"setup.py", "setup(name=NAME)", Identity{Computed: true}},
		{"setup.py", "setup()", Identity{Computed: true}},
		{"package.json", `{"name":"@scope/tool"}`, Identity{Name: "@scope/tool"}},
		{"package.json", `{"private":true,"name":{"x":1}}`, Identity{}},
		{"package.json", `{{name}}`, Identity{Computed: true}},
		{"composer.json", `{"name":"vendor/tool"}`, Identity{Name: "vendor/tool"}},
		{"Cargo.toml", "[package]\nname = \"tool\"\n", Identity{Name: "tool"}},
		{"Cargo.toml", "[workspace]\nmembers = [\"a\"]\n", Identity{}},
		{"go.mod", "module example.org/tool/v2\n\ngo 1.26\n", Identity{Name: "example.org/tool/v2"}},
		{"go.mod", "go 1.26\n", Identity{Computed: true}},
		{"tool.gemspec", "Gem::Specification.new do |spec|\n  spec.name = \"tool\"\nend\n", Identity{Name: "tool"}},
		{"tool.gemspec", "Gem::Specification.new do |s|\n  s.name = NAME\nend\n", Identity{Computed: true}},
		{"pom.xml", "<project><parent><groupId>org.example</groupId><artifactId>p</artifactId></parent><artifactId>tool</artifactId></project>", Identity{Name: "org.example/tool"}},
		{"pom.xml", "<project><groupId>org.example</groupId><artifactId>tool-${scala}</artifactId></project>", Identity{Name: "org.example/tool-${scala}", Computed: true}},
		{"pom.xml", "<project>", Identity{Computed: true}},
		{"build.gradle", "group = 'org.example'", Identity{Computed: true}},
		{"src/Tool.csproj", "<Project><PropertyGroup><PackageId>Example.Tool</PackageId></PropertyGroup></Project>", Identity{Name: "Example.Tool"}},
		{"src/Tool.csproj", "<Project><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>", Identity{Name: "Tool", Computed: true}},
		{"package.json", `{"name":"tool","x":"` + strings.Repeat("x", maxManifest) + `"}`, Identity{Computed: true}},
	} {
		if got := Identify(c.file, c.text); got != c.want {
			t.Errorf("%s %.80q: %+v, want %+v", c.file, c.text, got, c.want)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	for name := range IdentityFiles() {
		f.Add(name, "[project]\nname = 'x'\n")
		f.Add(name, "<project><groupId>a</groupId><artifactId>b</artifactId></project>")
		f.Add(name, `{"name":"x"}`)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if got := Identify(name, text); len(got.Name) > len(name)+len(text)+1 || !strings.Contains(name, ".") && got != (Identity{Computed: true}) {
			t.Errorf("%q, %q: %+v", name, text, got)
		}
	})
}
