package check

import (
	"testing"
	"time"

	"misp-csirt-tooling/internal/repo"
)

// TestReadingOfWhatWasOnItsWay judges a snapshot before it is whole, and then when it is, with the same reading: the second
// verdicts are those of a fresh one.
func TestReadingOfWhatWasOnItsWay(t *testing.T) {
	whole := &repo.Snapshot{
		Ref: repo.Ref{Scheme: "https", Host: "github.com", Path: "owner/project"}, Name: "Owner/Project",
		Time: time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC),
		Files: repo.Known([]repo.File{{Path: "CHANGELOG.md", Text: repo.Known(
			"# Changelog\n\n## 1.2\n\n### Security\n\n- Fixed CVE-2026-0001, an injection in our parser\n")}}),
		Tags: repo.Known([]repo.Tag{{Name: "1.2", Time: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)}}),
	}
	whole.SetGap(repo.OfForge, repo.Unasked, "")
	early := *whole
	early.Name = "owner/project"
	early.SetGap(repo.Tags|repo.Commits, repo.Late, "still on its way")

	reading := new(Reading)
	if f := reading.Run(&early); f[8].Check != fixTimeliness || f[8].Status != Unknown {
		t.Errorf("early: %s: %s", f[8].Check.ID, f[8].Reason)
	}
	fresh := Run(whole)
	for i, f := range reading.Run(whole) {
		if f.Status != fresh[i].Status || f.Reason != fresh[i].Reason {
			t.Errorf("%s: %s: %s, want %s: %s", f.Check.ID, f.Status, f.Reason, fresh[i].Status, fresh[i].Reason)
		}
	}
	if fresh[8].Status != Met {
		t.Errorf("%s: %s", fresh[8].Check.ID, fresh[8].Reason)
	}
}

// TestCheckThatFails has a check fail on a file: the others go on.
func TestCheckThatFails(t *testing.T) {
	all := All
	defer func() { All = all }()
	All = []*Check{
		{ID: "fails", Reads: []string{"README.md"}, Judge: func(v *View) Finding { panic("no such thing: " + v.Docs[0].Path) }},
		{ID: "goes-on", Reads: []string{"README.md"}, Judge: func(v *View) Finding { return met(nil, "%s is there", v.Docs[0].Path) }},
	}
	s := &repo.Snapshot{Files: repo.Known([]repo.File{{Path: "README.md", Text: repo.Known("# Tool\n")}})}
	r := new(Reading)
	if wanted := r.Wanted(s.Files.Value); len(wanted) != 1 {
		t.Errorf("wanted: %q", wanted)
	}
	findings := r.Run(s)
	for i, want := range []string{"the check itself failed, please report it: no such thing: README.md", "README.md is there"} {
		if findings[i].Reason != want {
			t.Errorf("%s: %s, want %s", findings[i].Check.ID, findings[i].Reason, want)
		}
	}
}
