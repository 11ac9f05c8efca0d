package module

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/practice"
)

// maxRow is how many characters a row of a pop-up holds.
const maxRow = 250

// rows are the lines of a pop-up, at most twelve. What has nothing to say leaves its row out.
var rows = []struct {
	title, kind string
	text        func(p *page) string
}{
	{"verdict", "text", func(p *page) string { return p.grade() + ": " + p.musts() }},
	{"musts not met", "text", func(p *page) string { return shorts(p.lacking(practice.Must), "; ") }},
	{"musts undecided", "text", (*page).undecidedMusts},
	{"report a vulnerability", "text", (*page).reportTo},
	{"licence", "text", (*page).licence},
	{"activity", "text", func(p *page) string { return p.why("activity") }},
	{"release", "text", (*page).release},
	{"shoulds not met", "text", func(p *page) string { return shorts(p.lacking(practice.Should), ", ") }},
	{"next step", "text", (*page).nextStep},
	{"assessed", "text", (*page).assessed},
	{"repository", "link", (*page).home},
	{"security policy", "link", (*page).policy},
	{"licence text", "link", func(p *page) string {
		if p.policy() != "" {
			return "" // one document is enough
		}
		return p.document("license-approved")
	}},
}

// Summary returns the object that a pop-up shows: words, not saved by anybody.
func (r *Renderer) Summary(report *assess.Report) misp.Object { return r.summary(report, origin{}) }

func (r *Renderer) summary(report *assess.Report, found origin) misp.Object {
	p := r.page(report)
	p.origin = found
	o := r.object("Summary, not saved.")
	for _, row := range rows {
		text := row.text(p)
		if row.kind == "text" {
			text = misp.Text(text, maxRow)
		}
		if text == "" {
			continue
		}
		category := otherCategory
		if row.kind == "link" {
			category = linkCategory
		}
		o.Attributes = append(o.Attributes, misp.Attribute{
			UUID: misp.NewUUID(), Relation: row.title, Type: row.kind, Category: category, Value: text,
			DisableCorrelation: true, Distribution: misp.Inherit,
		})
	}
	return o
}

// shorts names findings within a sentence.
func shorts(findings []*check.Finding, separator string) string {
	var names []string
	for _, f := range findings {
		name := f.Check.Short
		if f.Status == check.Partial {
			name += " (partly)"
		}
		names = append(names, name)
	}
	return strings.Join(names, separator)
}

func (p *page) undecidedMusts() string {
	var parts []string
	for _, g := range p.undecided(func(f *check.Finding) bool {
		return f.Status == check.Unknown && f.Check.Strength() == practice.Must
	}) {
		parts = append(parts, fmt.Sprintf("%s (%s)", shorts(g.findings, ", "), g.reason))
	}
	return strings.Join(parts, "; ")
}

// why is the reason of a finding that was judged.
func (p *page) why(id string) string {
	if f := p.Finding(id); f != nil && f.Status.Judged() {
		return f.Reason
	}
	return ""
}

// reportTo says to whom a vulnerability is reported, and what happens then.
func (p *page) reportTo() string {
	contact := p.Finding("security-contact")
	if contact == nil || !contact.Status.Judged() {
		return ""
	}
	parts := []string{misp.Text(contact.Reason, maxRow/3)}
	if contact.Status == check.Unmet {
		parts = append(parts, "read "+places(contact.Evidence))
	}
	for _, id := range []string{"security-contact-key", "disclosure-policy"} {
		if f := p.Finding(id); f != nil && (f.Status == check.Met || f.Status == check.Partial) {
			parts = append(parts, misp.Text(f.Reason, maxRow/3))
		}
	}
	return strings.Join(parts, "; ")
}

func (p *page) licence() string {
	f, names := p.Finding("license-approved"), strings.Join(p.licenses(), ", ")
	if f == nil || !f.Status.Judged() || names == "" {
		return p.why("license-approved")
	}
	return names + map[check.Status]string{
		check.Met: ", approved", check.Partial: ", approved in part", check.Unmet: ", not approved",
	}[f.Status]
}

func (p *page) release() string {
	why := p.why("release-practice")
	if p.Version == "" || strings.Contains(why, p.Version) {
		return why
	}
	return strings.TrimSuffix(p.Version+"; "+why, "; ")
}

// nextStep says what helps most.
func (p *page) nextStep() string {
	next := p.next()
	if len(next) == 0 {
		return ""
	}
	step := lowerFirst(strings.TrimSuffix(next[0].Remediation(), "."))
	if next[0].Check.Strength() == practice.Must {
		step += ": +1 must"
	}
	return step
}

func lowerFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// dayForm is how dates are written.
const dayForm = "2006-01-02"

func (p *page) assessed() string {
	s := p.Snapshot
	text := "commit " + s.Commit[:min(len(s.Commit), 12)]
	if !s.CommitTime.IsZero() {
		text += " of " + s.CommitTime.Format(dayForm)
	}
	text += ", criteria " + check.Version
	if !s.Time.IsZero() {
		text += ", as of " + s.Time.Format(dayForm)
	}
	if found := p.origin.found; found != "" {
		text += "; " + lowerFirst(strings.TrimSuffix(found, "."))
	}
	return text
}

func (p *page) policy() string { return p.document("disclosure-policy", "security-contact") }

// document is the permanent address of the first file that speaks for one of the criteria.
func (p *page) document(ids ...string) string {
	for _, id := range ids {
		f := p.Finding(id)
		if f == nil || f.Status != check.Met && f.Status != check.Partial {
			continue
		}
		if i := slices.IndexFunc(f.Evidence, func(e check.Evidence) bool { return e.Path != "" }); i >= 0 {
			if link := p.link(f.Evidence[i]); short(link) {
				return link
			}
		}
	}
	return ""
}
