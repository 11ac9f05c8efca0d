package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// TestOwnPackages reads which packages a repository makes, and of which ecosystems there may be more.
func TestOwnPackages(t *testing.T) {
	many := map[string]string{}
	for i := range maxOwnPackages + 1 {
		many[fmt.Sprintf("packages/p%03d/package.json", i)] = fmt.Sprintf(`{"name":"p%03d"}`, i)
	}
	const unread = "\x00"
	for name, c := range map[string]struct {
		files  map[string]string
		want   string // ecosystem/name of the manifests
		unsure string
	}{
		"one": {map[string]string{"pyproject.toml": "[project]\nname = \"tool\"\n", "README.md": "x"}, "pypi/tool pyproject.toml", ""},
		"setup.py helps": {map[string]string{"setup.py": "setup()", "setup.cfg": "[metadata]\nname = tool\n", "pyproject.toml": "[build-system]\nrequires = []\n"},
			"pypi/tool setup.cfg", ""},
		"setup.py alone": {map[string]string{"setup.py": "setup(name=NAME)"}, "", "pypi"},
		"monorepo": {map[string]string{"package.json": `{"private":true}`, "packages/b/package.json": `{"name":"@s/b"}`, "packages/a/package.json": `{"name":"@s/a"}`},
			"npm/@s/a packages/a/package.json npm/@s/b packages/b/package.json", ""},
		"one is not read": {map[string]string{"Cargo.toml": "[package]\nname = \"tool\"\n", "derive/Cargo.toml": unread}, "cargo/tool Cargo.toml", "cargo"},
		"in tests":        {map[string]string{"go.mod": "module example.org/tool\n", "tests/x/go.mod": "module example.org/other\n"}, "golang/example.org/tool go.mod", "golang"},
		"other people's":  {map[string]string{"package.json": `{"name":"tool"}`, "node_modules/x/package.json": unread, "a/vendor/b/package.json": `{"name":"other"}`}, "npm/tool package.json", ""},
		"gradle":          {map[string]string{"build.gradle": "", "web/package.json": `{"name":"web"}`}, "npm/web web/package.json", "maven"},
		"too many":        {many, "", "npm"},
		"hostile name":    {map[string]string{"package.json": `{"name":"` + strings.Repeat("x", 10_000) + `"}`}, "", ""},
		"none":            {map[string]string{"main.c": "int main;"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var files []repo.File
			for path, text := range c.files {
				f := repo.File{Path: path, Text: repo.Known(text)}
				if text == unread {
					f.Text = repo.Missing[string](repo.Unasked, "")
				}
				files = append(files, f)
			}
			slices.SortFunc(files, func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) })
			got := new(Reading).OwnPackages(&repo.Snapshot{Files: repo.Known(files)})
			var list []string
			for _, p := range got.List {
				list = append(list, p.Ecosystem+"/"+p.Name+" "+p.Path)
			}
			if name == "too many" && len(list) == maxOwnPackages {
				list = nil
			}
			if strings.Join(list, " ") != c.want || strings.Join(got.Unsure, " ") != c.unsure {
				t.Errorf("%q, unsure %q, want %q, %q", list, got.Unsure, c.want, c.unsure)
			}
		})
	}
}
