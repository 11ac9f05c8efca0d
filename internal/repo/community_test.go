package repo

import "testing"

func TestCommunityFile(t *testing.T) {
	for _, tt := range []struct {
		path string
		kind Community
		rank int
	}{
		{".github/SECURITY.md", SecurityPolicy, 0},
		{"security.md", SecurityPolicy, 1},
		{"docs/Security.rst", SecurityPolicy, 2},
		{"SECURITY", SecurityPolicy, 1},
		{"CODE-OF-CONDUCT.md", CodeOfConduct, 1},
		{"CONTRIBUTING.adoc", Contributing, 1},
		{".github/ISSUE_TEMPLATE/bug.yml", IssueTemplate, 0},
		{".github/ISSUE_TEMPLATE.md", IssueTemplate, 0},
		{"docs/PULL_REQUEST_TEMPLATE/change.md", PullRequestTemplate, 2},
		{"pull_request_template.md", PullRequestTemplate, 1},
		{"LICENSE", "", 0},
		{".github/CODEOWNERS", "", 0},
		{"src/SECURITY.md", "", 0},
		{".github/ISSUE_TEMPLATE/deep/bug.yml", "", 0},
		{"security/notes.md", "", 0},
		{"README.md", "", 0},
		{"", "", 0},
	} {
		if kind, rank := CommunityFile(tt.path); kind != tt.kind || rank != tt.rank {
			t.Errorf("%s: %q of rank %d, want %q of rank %d", tt.path, kind, rank, tt.kind, tt.rank)
		}
	}
}

func TestSetGap(t *testing.T) {
	var s Snapshot
	s.SetGap(OfForge&^Reporting, Limited, "no budget")
	for _, k := range Kinds {
		want := None
		switch {
		case k.Kind&OfForge != 0 && k.Kind != Reporting:
			want = Limited
		case k.Kind&OfElsewhere != 0:
			want = Unasked
		}
		if gap, _ := s.Gap(k.Kind); gap != want {
			t.Errorf("%s: %v, want %v", k.Name, gap, want)
		}
	}
	if s.Lacks(Keys) || !s.Lacks(Releases) || s.Lacks(Reporting) {
		t.Error("what nobody wanted is no lack, what was limited is one")
	}
	if s.SetGap(Keys, Late, ""); !s.Lacks(Keys) || s.Services() != s.Elsewhere {
		t.Errorf("elsewhere: %+v", s.Elsewhere)
	}
	if s.Releases.Known() || s.Releases.Detail != "no budget" || !s.Reporting.Known() {
		t.Errorf("releases %+v, reporting %+v", s.Releases, s.Reporting)
	}
	if gap, _ := s.Gap(1 << 15); gap != Unsupported {
		t.Errorf("a kind that is none: %v", gap)
	}
}
