package check

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/tools/txtar"

	"misp-csirt-tooling/internal/repo"
)

// TestGlobsMatch has all globs of the checks match the paths of all cases as doublestar does that looks at each of them.
func TestGlobsMatch(t *testing.T) {
	cases, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(cases) < 100 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	var files []repo.File
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			file := repo.File{Path: f.Name}
			if !slices.ContainsFunc(files, func(known repo.File) bool { return known.Path == file.Path }) {
				files = append(files, file)
			}
		}
	}
	tree := newTree(files)
	for _, c := range All {
		for _, p := range slices.Concat(c.Reads, c.Lists) {
			globs, err := compile([]string{p})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, f := range files {
				lower := strings.ToLower(f.Path)
				if doublestar.MatchUnvalidated(strings.ToLower(p), lower) && (globs[0].foreign || !foreign(lower)) {
					want = append(want, f.Path)
				}
			}
			var got []string
			for _, i := range tree.matching(globs[0]) {
				got = append(got, files[i].Path)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s: got %q, want %q", c.ID, p, got, want)
			}
		}
	}
}

func TestInside(t *testing.T) {
	for glob, want := range map[string]string{
		"readme.md": "readme.md", "*contribut*agreement*": "contribut", "licen[cs]e*": "licen", "[!c]*": "", `a\*bc*`: "bc", "?": "", "*": "",
	} {
		if got := inside(glob); got != want {
			t.Errorf("%s: got %q, want %q", glob, got, want)
		}
	}
}
