package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fields are the columns of a vector file after type and value: meaning, forge, reference, revision, subpath, pinned.
func fields(t Target) string {
	ref, pinned := "", ""
	if !t.Ref.IsZero() {
		ref = t.Ref.String()
	}
	if t.Pinned {
		pinned = "pinned"
	}
	return strings.Join([]string{t.Meaning.String(), t.Forge, ref, t.Revision, t.Subpath, pinned}, "\t")
}

// vectors reads a file of tab-separated rows; "#" starts a comment line.
func vectors(t testing.TB, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row := append(strings.Split(line, "\t"), "", "", "", "", "", "")
		rows = append(rows, row[:8])
	}
	return rows
}

// TestReferenceVectors runs the rows that need neither a package's ecosystem nor a product's name, which are read
// elsewhere.
func TestReferenceVectors(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "reference-vectors.tsv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no reference vectors beside the module")
	}
	h := builtinHosts(t)
	for _, row := range vectors(t, path) {
		if row[0] == "cpe" || row[2] == "package" || strings.HasPrefix(row[1], "pkg:") || strings.Contains(row[1], "//pkg.go.dev/") {
			continue
		}
		got := h.Parse(row[0], row[1])
		got.Pinned = false // the rows do not tell
		if got, want := fields(got), strings.Join(row[2:], "\t"); got != want {
			t.Errorf("%s %q\n got %s\nwant %s", row[0], row[1], got, want)
		}
	}
}

func TestVectors(t *testing.T) {
	h := builtinHosts(t)
	for _, row := range vectors(t, filepath.Join("testdata", "vectors.tsv")) {
		if got, want := fields(h.Parse(row[0], row[1])), strings.Join(row[2:], "\t"); got != want {
			t.Errorf("%s %q\n got %s\nwant %s", row[0], row[1], got, want)
		}
	}
}

func builtinHosts(tb testing.TB) *Hosts {
	tb.Helper()
	h, err := NewHosts()
	if err != nil {
		tb.Fatal(err)
	}
	return h
}
