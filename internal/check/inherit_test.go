package check

import (
	"slices"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// TestInherited hands over the owner's default files: of the kinds that a check takes and the repository lacks, never a licence.
func TestInherited(t *testing.T) {
	defaults := repo.Defaults{Ref: repo.Ref{Scheme: "https", Host: "github.com", Path: "owner/.github"}}
	for _, p := range []string{".github/SECURITY.md", "SECURITY.md", "docs/SECURITY.md", "CONTRIBUTING.md", "LICENSE", "CODE_OF_CONDUCT.md", "README.md"} {
		defaults.Files = append(defaults.Files, repo.File{Path: p, Text: repo.Known("From " + p)})
	}
	policy := &Check{
		ID: "policy", Needs: repo.Files, Uses: repo.Inherited, Reads: []string{"**/security.md", "**/contributing.md", "license", "readme.md"},
		Inherits: []repo.Community{repo.SecurityPolicy, repo.Contributing},
	}
	for _, tt := range []struct {
		name string
		own  []string
		want []string
	}{
		{"none of its own", []string{"main.go"}, []string{"inherited .github/SECURITY.md", "inherited CONTRIBUTING.md"}},
		{"one of its own in another place", []string{"docs/security.rst"}, []string{"inherited CONTRIBUTING.md"}},
		{"both of its own", []string{"SECURITY.md", ".github/CONTRIBUTING.md"}, []string{"SECURITY.md", ".github/CONTRIBUTING.md"}},
	} {
		s := &repo.Snapshot{Inherited: repo.Known(defaults)}
		for _, p := range tt.own {
			s.Files.Value = append(s.Files.Value, repo.File{Path: p, Text: repo.Known("Own.")})
		}
		var got []string
		v := view(s, newTree(s.Files.Value), new(library), policy)
		for _, d := range v.Docs {
			e := whole(d, "")
			if e.Inherited {
				e.Path = "inherited " + e.Path
			}
			got = append(got, e.Path)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestInheritedGap holds an absence back while the owner's defaults may still come.
func TestInheritedGap(t *testing.T) {
	c := &Check{
		Needs: repo.Files, Uses: repo.Inherited, Reads: []string{"security.md"}, Inherits: []repo.Community{repo.SecurityPolicy},
		Judge: func(*View) Finding { return unmet(nil, "no policy") },
	}
	for gap, want := range map[repo.Gap]Status{repo.Late: Unknown, repo.Limited: Unknown, repo.Failed: Unknown, repo.Unasked: Unmet, repo.None: Unmet} {
		s := &repo.Snapshot{}
		s.SetGap(repo.Inherited, gap, "")
		if f := judge(s, newTree(nil), new(library), c); f.Status != want {
			t.Errorf("%v: %v, want %v", gap, f.Status, want)
		}
	}
}
