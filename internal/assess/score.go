package assess

import (
	"fmt"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/practice"
)

// Score counts a list of findings.
type Score struct {
	// Percent is the weighted share of the judged criteria that are met, 0 to 100, partial as one half, rounded half up.
	// It means nothing unless Judged is above 0.
	Percent int
	// Judged is the number of criteria that are neither unknown nor not-applicable.
	Judged int
	// Musts counts the musts that apply.
	Musts Musts
}

// Musts counts the musts that apply to a repository.
type Musts struct {
	Met     int // partial is not met
	Total   int // not-applicable ones left out
	Unknown int // could not be judged
}

// Unmet returns the number of musts that were judged and are not met.
func (m Musts) Unmet() int { return m.Total - m.Met - m.Unknown }

// ScoreOf counts findings.
func ScoreOf(findings []check.Finding) Score {
	var s Score
	var got, of int // in halves of a weight
	for i := range findings {
		f := &findings[i]
		strength := f.Check.Strength()
		if strength == practice.Must && f.Status != check.NotApplicable {
			s.Musts.Total++
			switch f.Status {
			case check.Met:
				s.Musts.Met++
			case check.Unknown:
				s.Musts.Unknown++
			}
		}
		if !f.Status.Judged() {
			continue
		}
		s.Judged++
		of += 2 * strength.Weight()
		switch f.Status {
		case check.Met:
			got += 2 * strength.Weight()
		case check.Partial:
			got += strength.Weight()
		}
	}
	if of > 0 {
		s.Percent = (200*got + of) / (2 * of)
	}
	return s
}

// Grade says how many of the practices are visible. It says nothing about the safety of the software.
type Grade uint8

// The grades. Undetermined is the zero value.
const (
	Undetermined Grade = iota
	Initial
	Progressing
	Conformant
	Exemplary
)

var gradeText = [...]string{"undetermined", "initial", "progressing", "conformant", "exemplary"}

// String returns the grade as machine tags and object values spell it.
func (g Grade) String() string {
	if int(g) < len(gradeText) {
		return gradeText[g]
	}
	return fmt.Sprintf("grade(%d)", uint8(g))
}

// GradeOf grades findings: undetermined if more than a third of the musts are unknown; exemplary if every must and every
// should that applies is met; conformant if every must is; progressing if at least half of the judged musts are met and
// neither the licence nor the security contact is unmet; else initial.
func GradeOf(findings []check.Finding, s Score) Grade {
	m := s.Musts
	switch {
	case m.Total == 0 || 3*m.Unknown > m.Total:
		return Undetermined
	case m.Met == m.Total && allMet(findings, practice.Should):
		return Exemplary
	case m.Met == m.Total:
		return Conformant
	case 2*m.Met >= m.Total-m.Unknown && !unmet(findings, "license-approved") && !unmet(findings, "security-contact"):
		return Progressing
	}
	return Initial
}

func allMet(findings []check.Finding, s practice.Strength) bool {
	for i := range findings {
		if f := &findings[i]; f.Check.Strength() == s && f.Status != check.Met && f.Status != check.NotApplicable {
			return false
		}
	}
	return true
}

func unmet(findings []check.Finding, id string) bool {
	for i := range findings {
		if findings[i].Check.ID == id {
			return findings[i].Status == check.Unmet
		}
	}
	return false
}
