package check

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// large returns a repository of documents and manifests that together hold some bytes, all of which some check reads.
func large(bytes int) *repo.Snapshot {
	page := strings.Repeat("a report of a security vulnerability\n", maxProse/37)
	list := "[project]\ndependencies = [" + strings.Repeat("{a = 1},\n", maxProse/9)
	files := []repo.File{{Path: "README.md", Text: repo.Known("# Tool\n\nIt reads feeds.\n")}}
	for i := 0; bytes > 0; i++ {
		for _, f := range []repo.File{
			{Path: fmt.Sprintf("docs/security-%d.md", i), Text: repo.Known(page)},
			{Path: fmt.Sprintf("docs/privacy-%d.md", i), Text: repo.Known(strings.Repeat("a\n", maxProse/2))},
			{Path: fmt.Sprintf("part-%d/pyproject.toml", i), Text: repo.Known(list)},
			{Path: fmt.Sprintf("part-%d/README.md", i), Text: repo.Known(strings.Repeat("a b\n", maxProse/4))},
		} {
			files = append(files, f)
			bytes -= len(f.Text.Value)
		}
	}
	return &repo.Snapshot{Files: repo.Known(files), Commits: repo.Known(repo.History{}), Tags: repo.Known([]repo.Tag(nil))}
}

// TestJudgedIsBounded counts what is judged of a repository that is larger than the limit, and looks for verdicts on what was not read.
func TestJudgedIsBounded(t *testing.T) {
	const limit = 1 << 20
	s := large(4 << 20)
	r := new(Reading)
	r.begin(s.Files.Value)
	r.lib.beyond = r.beyond(limit)
	judged, most := 0, 0
	unread := map[*Check]bool{}
	for i, picks := range r.picks() {
		for _, p := range picks {
			f := &s.Files.Value[p.file]
			if most = max(most, size(f)); r.lib.beyond[portion{All[i], p.file}] {
				unread[All[i]] = true
				continue
			}
			judged += size(f)
		}
	}
	if judged > limit || judged < limit-most {
		t.Errorf("%d bytes are judged, want some %d", judged, limit)
	}
	if len(unread) == 0 {
		t.Fatal("nothing is left out")
	}
	named := 0
	for _, c := range All {
		f := judge(s, r.tree, r.lib, c)
		if f.Status == Unmet && unread[c] {
			t.Errorf("%s is unmet, although not all was read: %s", c.ID, f.Reason)
		}
		if f.Status == Unknown && strings.Contains(f.Reason, "too-large, "+unjudged) {
			named++
		}
	}
	if named == 0 {
		t.Error("no finding says what was not read")
	}
	if r.beyond(maxJudged<<4) != nil {
		t.Error("a repository within the limit is not judged as a whole")
	}
}

// BenchmarkHostile judges as much as can be collected of texts that are slow to judge.
func BenchmarkHostile(b *testing.B) {
	if os.Getenv("LOAD") == "" {
		b.Skip("LOAD is not set")
	}
	s := large(16 << 20)
	b.ReportAllocs()
	for b.Loop() {
		Run(s)
	}
}
