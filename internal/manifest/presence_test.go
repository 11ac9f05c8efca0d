package manifest

import "testing"

func TestReadPresence(t *testing.T) {
	for name, tt := range map[string]struct{ file, text, homepage, pkg string }{
		"project":      {"pyproject.toml", "[project]\nname = \"Tool\"\n[project.urls]\nSource = \"https://git.example.org/tool\"\nHomepage = \"https://tool.example.org\"\n", "https://tool.example.org", "pkg:pypi/tool"},
		"poetry":       {"pyproject.toml", "[tool.poetry]\nname = \"tool\"\nhomepage = \"https://tool.example.org\"\n", "https://tool.example.org", "pkg:pypi/tool"},
		"broken":       {"pyproject.toml", "[project\n", "", ""},
		"settings":     {"setup.cfg", "[metadata]\nname = tool\nurl = https://tool.example.org\n", "https://tool.example.org", "pkg:pypi/tool"},
		"other part":   {"setup.cfg", "[tool]\nname = tool\nurl = https://tool.example.org\n", "", ""},
		"setup":        {"setup.py", "from setuptools import setup\nsetup(name='tool', url='https://tool.example.org', packages=['a', 'b'])\n", "https://tool.example.org", "pkg:pypi/tool"},
		"npm":          {"package.json", `{"name": "@scope/tool", "homepage": "https://tool.example.org"}`, "https://tool.example.org", "pkg:npm/%40scope/tool"},
		"npm, private": {"package.json", `{"name": "tool", "private": true}`, "", ""},
		"npm, odd":     {"package.json", `{"name": 7, "homepage": ["x"]}`, "", ""},
		"composer":     {"composer.json", `{"name": "owner/tool", "homepage": "https://tool.example.org"}`, "https://tool.example.org", "pkg:composer/owner/tool"},
		"codemeta":     {"codemeta.json", `{"name": "Tool", "url": "https://tool.example.org"}`, "https://tool.example.org", ""},
		"cargo":        {"Cargo.toml", "[package]\nname = \"tool\"\nhomepage = \"https://tool.example.org\"\n", "https://tool.example.org", "pkg:cargo/tool"},
		"cargo, kept":  {"Cargo.toml", "[package]\nname = \"tool\"\npublish = false\n", "", ""},
		"cargo, inherited": {
			"Cargo.toml", "[package]\nname = \"tool\"\nhomepage.workspace = true\n", "", "pkg:cargo/tool",
		},
		"go":           {"go.mod", "module example.org/owner/tool/v2\n\ngo 1.24\n", "", "pkg:golang/example.org/owner/tool/v2"},
		"maven":        {"pom.xml", "<project><groupId>org.example</groupId><artifactId>tool</artifactId><url>https://tool.example.org</url></project>", "https://tool.example.org", "pkg:maven/org.example/tool"},
		"maven, blank": {"pom.xml", "<project><groupId>${group}</groupId><artifactId>tool</artifactId></project>", "", ""},
		"public code":  {"publiccode.yml", "name: Tool\nlandingURL: https://tool.example.org\n", "https://tool.example.org", ""},
		"another file": {"README.md", "homepage: https://tool.example.org\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got, want := ReadPresence("sub/"+tt.file, tt.text), (Presence{tt.homepage, tt.pkg}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func FuzzReadPresence(f *testing.F) {
	for name := range presences {
		f.Add(name, "[project]\nname = 'x'")
		f.Add(name, `{"name": "x"}`)
	}
	f.Fuzz(func(_ *testing.T, name, text string) { ReadPresence(name, text) })
}
