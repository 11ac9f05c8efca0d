package check

import (
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func TestOwner(t *testing.T) {
	readme := &Doc{File: &repo.File{Path: "README.md", Text: repo.Known("[clone](https://github.com/Group/Project.git) of [base](https://github.com/others/base)\n")}, lib: new(library)}
	for name, want := range map[string]string{"owner/project": "owner", "project": "Group", "else": ""} {
		if got := (&View{Name: name, Docs: []*Doc{readme}}).owner(); got != want {
			t.Errorf("owner of %s = %q, want %q", name, got, want)
		}
	}
}
