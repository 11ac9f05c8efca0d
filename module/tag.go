package module

import (
	"fmt"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/practice"
)

// Namespace is that of our taxonomy.
const Namespace = "csirt-tooling"

// Tags says which machine tags the repository gets.
type Tags uint8

// The amounts of tags. MustTags is the zero value.
const (
	MustTags  Tags = iota // the grade, and each must that is unmet or partial
	GradeTags             // the grade alone
	AllTags               // the grade, and each criterion that was judged
)

var tagsText = [...]string{"musts", "grade", "all"}

// String returns the amount as the command line spells it.
func (t Tags) String() string {
	if int(t) < len(tagsText) {
		return tagsText[t]
	}
	return fmt.Sprintf("tags(%d)", uint8(t))
}

// ParseTags returns the amount that String spells as text.
func ParseTags(text string) (Tags, error) {
	for i, t := range tagsText {
		if t == text {
			return Tags(i), nil
		}
	}
	return 0, fmt.Errorf("tags %q: want grade, musts or all", text)
}

// Colour is how a verdict is shown, distinguishable without telling red from green.
type Colour string

// The colours.
const (
	Blue   Colour = "#0072B2"
	Green  Colour = "#009E73"
	Amber  Colour = "#E69F00"
	Red    Colour = "#D55E00"
	Grey   Colour = "#777777"
	noMark Colour = ""
)

// GradeColour returns the colour of a grade.
func GradeColour(g assess.Grade) Colour {
	switch g {
	case assess.Exemplary:
		return Blue
	case assess.Conformant:
		return Green
	case assess.Progressing:
		return Amber
	case assess.Initial:
		return Red
	}
	return Grey
}

// StatusColour returns the colour of a status, "" for one that is never a tag.
func StatusColour(s check.Status) Colour {
	switch s {
	case check.Met:
		return Green
	case check.Partial:
		return Amber
	case check.Unmet:
		return Red
	}
	return noMark
}

// Machinetag spells a tag of our taxonomy.
func Machinetag(predicate, value string) string {
	return Namespace + ":" + predicate + `="` + value + `"`
}

// tags returns the tags of the repository, at most one of each exclusive predicate.
func (t Tags) tags(r *assess.Report) []misp.Tag {
	out := []misp.Tag{{Name: Machinetag("grade", r.Grade.String()), Colour: string(GradeColour(r.Grade))}}
	for i := range r.Findings {
		f := &r.Findings[i]
		lacking := f.Check.Strength() == practice.Must && f.Status != check.Met
		if f.Status.Judged() && (t == AllTags || t == MustTags && lacking) {
			out = append(out, misp.Tag{Name: Machinetag(f.Check.ID, f.Status.String()), Colour: string(StatusColour(f.Status))})
		}
	}
	return out
}
