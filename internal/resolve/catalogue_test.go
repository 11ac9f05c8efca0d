package resolve

import (
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func TestReadCatalogue(t *testing.T) {
	r := builtinResolver(t)
	for _, tt := range []struct{ name, text, err string }{
		{name: "empty", text: ""},
		{name: "JSON", text: `[{"name": "Tool", "repository": "https://github.com/o/r", "cpes": ["o:r"]}]`},
		{name: "unknown key", text: "- name: Tool\n  repositry: x", err: "repositry"},
		{name: "no name", text: "- repository: https://github.com/o/r", err: "name is missing"},
		{name: "no repository", text: "- name: Tool", err: "not the address of a repository"},
		{name: "owner", text: "- {name: Tool, repository: 'https://github.com/o'}", err: "not the address of a repository"},
		{name: "unknown former address", text: "- {name: T, repository: 'https://github.com/o/r', former: ['x']}", err: "not the address of a repository"},
		{name: "bad site", text: "- {name: T, repository: 'https://github.com/o/r', sites: ['ftp://x']}", err: "not the address of a web page"},
		{name: "CPE name", text: "- {name: T, repository: 'https://github.com/o/r', cpes: ['cpe:/a:o:r']}", err: "not vendor:product"},
		{name: "capital CPE", text: "- {name: T, repository: 'https://github.com/o/r', cpes: ['O:r']}", err: "not vendor:product"},
		{name: "bad package", text: "- {name: T, repository: 'https://github.com/o/r', packages: ['pypi/x']}", err: "pypi/x"},
		{name: "null", text: "- ~", err: "tool 1 is empty"},
		{name: "no list", text: "name: Tool", err: "read catalogue"},
		{name: "too large", text: "# " + strings.Repeat("x", maxCatalogue), err: "larger than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadCatalogue(r.Hosts, strings.NewReader(tt.text))
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("got %v, want %q", err, tt.err)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	r := builtinResolver(t)
	own, err := ReadCatalogue(r.Hosts, strings.NewReader(`
- {name: AIL, repository: https://codeberg.org/o/ail}
- {name: Own tool, repository: https://codeberg.org/o/tool, aliases: [MISP]}
`))
	if err != nil {
		t.Fatal(err)
	}
	r.Catalogue = Merge(r.Catalogue, own)
	for _, tt := range []struct{ value, chosen, candidates string }{
		{"AIL", "o/ail", "o/ail"},
		{"cpe:/a:circl:ail_framework", "", ""}, // the operator's entry replaces the whole tool
		{"own-tool", "o/tool", "o/tool"},
		{"IntelMQ", "certtools/intelmq", "certtools/intelmq"},
		{"MISP", "", "misp/misp o/tool"}, // two say that they are it
	} {
		got := r.Resolve("text", tt.value)
		var candidates []string
		for _, c := range got.Candidates {
			candidates = append(candidates, c.Target.Ref.Path)
		}
		if got.Chosen.Ref.Path != tt.chosen || strings.Join(candidates, " ") != tt.candidates {
			t.Errorf("%s: chosen %q, candidates %v", tt.value, got.Chosen.Ref.Path, candidates)
		}
	}
}

// A tool that two keys lead to is one candidate, and the built-in tools do not stand in each other's way.
func TestBuiltinCatalogueIsUnambiguous(t *testing.T) {
	for key, tools := range builtinResolver(t).Catalogue.keys {
		if len(tools) > 1 && !strings.HasPrefix(key, byOwner) {
			t.Errorf("%q leads to %s and %s", key, tools[0].Name, tools[1].Name)
		}
	}
}

// TestOf finds what is known of a repository, at its present address alone.
func TestOf(t *testing.T) {
	r := builtinResolver(t)
	c, err := ReadCatalogue(r.Hosts, strings.NewReader(`
- {name: Tool, repository: https://github.com/O/R, former: [https://github.com/p/r], sites: [https://tool.example.org/], cpes: ["o:r"], packages: ["pkg:pypi/r"]}`))
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"https://github.com/o/r": "o:r pkg:pypi/r", "https://github.com/p/r": " ", "https://tool.example.org/": " ", "https://github.com/o/other": " ",
	} {
		products, packages := c.Of(r.Hosts.Parse("url", address).Ref)
		if got := strings.Join(products, ",") + " " + strings.Join(packages, ","); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if products, packages := (*Catalogue)(nil).Of(repo.Ref{}); products != nil || packages != nil {
		t.Error("no catalogue knows something")
	}
}

func TestNoCatalogue(t *testing.T) {
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	r := &Resolver{Hosts: hosts}
	if got := r.Resolve("text", "MISP"); got.Target.Meaning != repo.Name || got.Chosen.Meaning != repo.Nothing {
		t.Errorf("got %+v", got)
	}
}

// TestRepositoryBeforeFormerAddress takes an address for the repository that is there now, not for one that was there before.
func TestRepositoryBeforeFormerAddress(t *testing.T) {
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range [][2]string{
		{"- {name: Moved, repository: https://github.com/example/r, former: [https://github.com/o/r]}", "- {name: Here, repository: https://github.com/o/r}"},
		{"- {name: Here, repository: https://github.com/o/r}", "- {name: Moved, repository: https://github.com/example/r, former: [https://github.com/o/r]}"},
	} {
		c, err := ReadCatalogue(hosts, strings.NewReader(order[0]+"\n"+order[1]))
		if err != nil {
			t.Fatal(err)
		}
		found := (&Resolver{Hosts: hosts, Catalogue: c}).Resolve("url", "https://github.com/O/R/tree/main")
		if found.Chosen.Ref.Path != "o/r" || found.By != FromAddress || len(found.Candidates) > 0 {
			t.Errorf("%s first: %+v", order[0][:14], found)
		}
	}
}
