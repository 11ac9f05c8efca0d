package forge

import (
	"testing"
	"time"

	"misp-csirt-tooling/internal/repo"
)

func TestLocal(t *testing.T) {
	f := newFixture(t)
	f.write("README.md", "# Tool\n")
	f.write("run.sh", "#!/bin/sh\n")
	first := f.commit("Begin")
	f.write("docs/SECURITY.md", "Mail us.\n")
	f.link("SECURITY.md", "docs/SECURITY.md")
	f.git("tag", "v1.0")
	head := f.commit("Add a policy\nof security\n\nIt says how to report.\n\nSigned-off-by: Example Author <author@example.org>")
	f.git("tag", "--annotate", "--message", "Second release\n\nNotes.", "v2.0")

	for _, dir := range []string{f.dir, f.dir + "/.git", f.dir + "/docs"} {
		s := collect(t, here(dir), only("README.md", "SECURITY.md", "absent"))
		if s.Commit != head || s.Branch != "main" || s.Revision != "" || s.Public.Gap != repo.Unasked {
			t.Errorf("%s: commit %s of branch %q", dir, s.Commit, s.Branch)
		}
		if !s.CommitTime.Equal(time.Unix(1700003600, 0)) || s.CommitTime.Format("-0700") != "+0100" {
			t.Errorf("%s: commit time %v", dir, s.CommitTime)
		}
		if got := file(t, s, "README.md"); got.Text != repo.Known("# Tool\n") {
			t.Errorf("README.md: %+v", got)
		}
		if got := file(t, s, "SECURITY.md"); got.Mode != repo.Symlink || got.Target != "docs/SECURITY.md" || got.Text != repo.Known("Mail us.\n") {
			t.Errorf("SECURITY.md: %+v", got)
		}
		if got := file(t, s, "run.sh"); got.Text.Gap != repo.Unasked {
			t.Errorf("run.sh, which nobody wants: %+v", got)
		}
		commits := s.Commits.Value
		if len(commits.Commits) != 2 || commits.Truncated || commits.Commits[1].OID != first {
			t.Fatalf("commits: %+v", commits)
		}
		got, want := commits.Commits[0], repo.Commit{
			OID: head, Time: commits.Commits[0].Time, AuthorName: "Example Author", AuthorEmail: "author@example.org", Committer: "Example Committer",
			Parents: 1, Subject: "Add a policy of security",
			Body: "It says how to report.\n\nSigned-off-by: Example Author <author@example.org>",
		}
		if got != want || got.Time.Unix() != 1700003600 {
			t.Errorf("commit: %+v, want %+v", got, want)
		}
		if tags := s.Tags.Value; len(tags) != 2 ||
			tags[0].Name != "v2.0" || tags[0].Commit != head || !tags[0].Annotated || tags[0].Message != "Second release\n\nNotes." ||
			tags[1].Name != "v1.0" || tags[1].Commit != first || tags[1].Annotated {
			t.Errorf("tags: %+v", tags)
		}
	}
}
