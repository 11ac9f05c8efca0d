// Package assess turns a reference to a repository into a report: it has the evidence collected, once for all who ask
// at the same time, keeps the snapshot, has it judged, and adds score and grade.
package assess

import (
	"fmt"
	"slices"
	"time"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/repo"
)

// Report is the assessment of one repository at one commit. The same snapshot gives the same report.
type Report struct {
	Target   repo.Target     // what was asked for
	Snapshot *repo.Snapshot  // the evidence
	Findings []check.Finding // in the order of the table
	Score    Score
	Grade    Grade
	Version  string // nearest version: the newest version tag dated at or before the commit, empty for none
	Early    bool   // the collection went on when the report was made: it is about the tree alone
	Gaps     []Gap  // whole kinds of facts first, then the files that were wanted and could not be read
	Packages check.OwnPackages
}

// Judge assesses a snapshot.
func Judge(target repo.Target, s *repo.Snapshot) *Report { return judge(new(check.Reading), target, s) }

func judge(reading *check.Reading, target repo.Target, s *repo.Snapshot) *Report {
	findings := reading.Run(s)
	score := ScoreOf(findings)
	return &Report{
		Target: target, Snapshot: s, Findings: findings,
		Score: score, Grade: GradeOf(findings, score), Version: nearestVersion(s), Gaps: gaps(s),
		Packages: reading.OwnPackages(s),
	}
}

// Passing reports whether a fact is missing that may be had a while later.
func (r *Report) Passing() bool { return passing(r.Gaps) }

// TakenOver says in a sentence that the forge shows another repository under the name than it did before, empty if it does not.
// The name may have been given up and registered by somebody else, so that what points at it no longer means the same.
func (r *Report) TakenOver() string {
	f := r.Snapshot.Forge
	if !f.Known() || f.Value.PreviousID == "" {
		return ""
	}
	return fmt.Sprintf("the forge numbers this repository %s; before, another one, %s, had the name", f.Value.ID, f.Value.PreviousID)
}

// Finding returns the finding of one criterion, nil if there is no such criterion.
func (r *Report) Finding(id string) *check.Finding {
	for i := range r.Findings {
		if r.Findings[i].Check.ID == id {
			return &r.Findings[i]
		}
	}
	return nil
}

// Licenses returns the SPDX expressions of the project's licences.
func (r *Report) Licenses() []string {
	var out []string
	for i := range r.Findings {
		out = append(out, r.Findings[i].Licenses...)
	}
	return out
}

// Gap is a fact that was not known when the report was made.
type Gap struct {
	Fact   string // a kind of fact, or the path of a file
	Gap    repo.Gap
	Detail string
}

func passing(gaps []Gap) bool {
	return slices.ContainsFunc(gaps, func(g Gap) bool { return g.Gap.Passing() })
}

func gaps(s *repo.Snapshot) []Gap {
	var out []Gap
	for _, k := range repo.Kinds {
		if g, detail := s.Gap(k.Kind); s.Lacks(k.Kind) {
			out = append(out, Gap{k.Name, g, detail})
		}
	}
	for i := range s.Files.Value {
		f := &s.Files.Value[i]
		if !f.Text.Known() && f.Text.Gap != repo.Unasked {
			out = append(out, Gap{f.Path, f.Text.Gap, f.Text.Detail})
		}
	}
	return out
}

func nearestVersion(s *repo.Snapshot) string {
	var name string
	var at time.Time
	for _, t := range s.Tags.Value {
		if check.IsVersion(t.Name) && !t.Time.After(s.CommitTime) && (name == "" || t.Time.After(at)) {
			name, at = t.Name, t.Time
		}
	}
	return name
}
