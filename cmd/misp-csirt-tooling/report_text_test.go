package main

import (
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/repo"
)

// TestTextSaysWhatToMind names what a reader must know of the evidence: a name that was taken over, facts from before, facts that lack.
func TestTextSaysWhatToMind(t *testing.T) {
	s := &repo.Snapshot{
		Name: "owner/tool", Forge: repo.Known(repo.ForgeFacts{ID: "666", PreviousID: "7"}),
		Since: map[repo.Kind]time.Time{repo.Releases: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)},
	}
	s.SetGap(repo.Advisories|repo.Components, repo.Limited, "used up")
	var out strings.Builder
	printText(&out, assess.Judge(repo.Target{}, s))
	for _, want := range []string{
		"\nCaution: the forge numbers this repository 666; before, another one, 7, had the name\n",
		"\nKnown from before\n  releases: of 2026-08-01\n",
		"\nNot known\n  advisories, components: limited, used up\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}
