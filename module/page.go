package module

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

// Limits of what an answer says, in characters.
const (
	maxWhy      = 160 // a reason
	maxComment  = 500 // three lines
	maxName     = 200
	maxPlaces   = 3 // places read in vain that are named
	maxLicenses = 20
)

// page is a report with what is needed to word it.
type page struct {
	*assess.Report
	links    repo.Links
	defaults repo.Links // of the repository with the owner's defaults
	origin   origin     // how the repository was found
}

// path is owner/name as the asker or the forge spells it.
func (p *page) path() string {
	if s := p.Snapshot; strings.EqualFold(s.Name, s.Ref.Path) {
		return s.Name
	}
	return p.Snapshot.Ref.Path
}

// name is how sentences call the repository.
func (p *page) name() string {
	return misp.Text(cmp.Or(p.Snapshot.Name, p.Snapshot.Ref.Name()), maxName)
}

// home is the repository's address in the spelling of its owner, empty for a local directory.
func (p *page) home() string {
	ref := p.Snapshot.Ref
	if ref.Local() {
		return ""
	}
	u := url.URL{Scheme: ref.Scheme, Host: ref.Host, Path: "/" + p.path()} // MISP takes no link with characters to be escaped
	return u.String()
}

// verdict is the sentence that leads.
func (p *page) verdict() string { return p.name() + ": " + p.grade() + "; " + p.musts() }

// grade words grade and score.
func (p *page) grade() string {
	text := "practices " + p.Grade.String()
	if p.Score.Judged > 0 {
		text += fmt.Sprintf(", %d/100", p.Score.Percent)
	}
	return text
}

// musts words how the musts stand.
func (p *page) musts() string {
	m := p.Score.Musts
	text := fmt.Sprintf("%d of %d musts met", m.Met, m.Total)
	if n := m.Unmet(); n > 0 {
		text += fmt.Sprintf(", %d not met", n)
	}
	if m.Unknown > 0 {
		text += fmt.Sprintf(", %d undecided", m.Unknown)
	}
	return text
}

// spdxForm is what an SPDX expression is made of; a header of a file may claim anything else to be one.
var spdxForm = pattern.New(`^[A-Za-z0-9(][A-Za-z0-9.:+() -]*$`)

// licenses are the SPDX expressions, each once.
func (p *page) licenses() []string {
	var out []string
	for _, l := range p.Licenses() {
		if l = misp.Text(l, maxName); spdxForm.MatchString(l) && !slices.Contains(out, l) && len(out) < maxLicenses {
			out = append(out, l)
		}
	}
	return out
}

// lacking returns the findings of one strength that are unmet or partial.
func (p *page) lacking(strength practice.Strength) []*check.Finding {
	var out []*check.Finding
	for i := range p.Findings {
		if f := &p.Findings[i]; f.Check.Strength() == strength && (f.Status == check.Unmet || f.Status == check.Partial) {
			out = append(out, f)
		}
	}
	return out
}

// next returns the musts and shoulds that are not met, the weightiest first, what is unmet before what is partly met.
func (p *page) next() []*check.Finding {
	next := slices.Concat(p.lacking(practice.Must), p.lacking(practice.Should))
	slices.SortStableFunc(next, func(a, b *check.Finding) int {
		return cmp.Or(
			cmp.Compare(b.Check.Strength().Weight(), a.Check.Strength().Weight()),
			cmp.Compare(a.Status, b.Status), // Unmet before Partial
		)
	})
	return next
}

func (p *page) remediations() []entry {
	var out []entry
	for _, f := range p.next() {
		out = append(out, entry{value: misp.Text(f.Remediation(), maxComment)})
	}
	return out
}

// documents are the files that answer what an analyst asks first.
func (p *page) documents() []entry {
	var out []entry
	for _, id := range []string{"security-contact", "contribution-path", "license-approved", "code-of-conduct", "privacy-document", "documented-api"} {
		f := p.Finding(id)
		if f == nil || f.Status != check.Met {
			continue
		}
		i := slices.IndexFunc(f.Evidence, func(e check.Evidence) bool { return e.Path != "" })
		if i < 0 {
			continue
		}
		e := f.Evidence[i]
		newest, fixed := p.links.Newest(p.Snapshot.Branch, e.Path), p.link(e)
		if e.Inherited {
			newest = p.defaults.Newest("", e.Path)
		}
		known := slices.ContainsFunc(out, func(o entry) bool { return o.value == newest })
		if newest == "" || known || !short(newest) || !short(fixed) {
			continue
		}
		out = append(out, entry{newest, f.Check.Name + ": " + fixed})
	}
	return out
}

// short reports whether an address is one that a comment can hold, as it must not be cut.
func short(url string) bool { return utf8.RuneCountInString(url) <= maxComment-100 }

// link is the permanent address of a piece of evidence, empty if there is none.
func (p *page) link(e check.Evidence) string {
	switch {
	case e.Inherited:
		return p.defaults.File(p.Snapshot.Inherited.Value.Commit, e.Path, e.Line, e.End)
	case e.Path != "":
		return p.links.File(p.Snapshot.Commit, e.Path, e.Line, e.End)
	case e.Tag != "":
		return p.links.Tag(e.Tag)
	case e.Commit != "":
		return p.links.Commit(e.Commit)
	}
	return e.URL
}

// place names a piece of evidence in words.
func place(e check.Evidence) string {
	if e.Inherited {
		e.Inherited = false
		return "the owner's " + place(e)
	}
	switch {
	case e.Path != "" && e.Line > 0:
		return fmt.Sprintf("%s:%d", e.Path, e.Line)
	case e.Path != "":
		return e.Path
	case e.Tag != "":
		return "tag " + e.Tag
	case e.Commit != "":
		return "commit " + e.Commit
	}
	return e.Note
}
