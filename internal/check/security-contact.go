package check

import (
	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var securityContact = &Check{
	ID:      "security-contact",
	Name:    "Security contact",
	Short:   "security contact",
	Asks:    "Is a specific contact for vulnerability reports named?",
	Clause:  practice.PointOfContact,
	Why:     "Who finds a vulnerability must know whom to tell in private.",
	Fix:     "Add SECURITY.md that names a private contact for vulnerability reports, and a security.txt (RFC 9116) on the project's site.",
	Met:     "A private contact is named for vulnerability reports.",
	Partial: "A page is linked, or only social media is named.",
	Unmet:   "No contact for vulnerability reports; a general address or the public tracker does not count.",

	Needs:    repo.Files,
	Uses:     repo.Inherited | repo.Reporting | repo.SecurityText,
	Inherits: []repo.Community{repo.SecurityPolicy, repo.Contributing},
	Reads:    reportReads,
	Follow:   reportFollows,
	Judge:    judgeSecurityContact,
}

func judgeSecurityContact(v *View) Finding {
	channels := v.reportChannels()
	best := bestChannel(channels)
	if best != nil && best.kind.private() {
		return met([]Evidence{at(best.Doc, best.line, 0, "contact for vulnerability reports")}, "%s %s", best.label(), channelTexts[best.kind](best.name))
	}
	if v.Reporting.Known() && v.Reporting.Value {
		return met([]Evidence{v.page("/security", "the forge's form for private reports is on")}, "the forge takes private reports of vulnerabilities for the repository")
	}
	texts, docs := v.securityTexts()
	for i, t := range texts {
		c := t.Contacts[0]
		evidence := []Evidence{at(docs[i], c.line, 0, "Contact field")}
		if !t.expired(v.Time) {
			return met(evidence, "%s names %s for vulnerability reports", docs[i].label(), c.value)
		}
	}
	if len(texts) > 0 {
		return partial([]Evidence{at(docs[0], texts[0].Contacts[0].line, 0, "Contact field")},
			"only %s names a contact, and its Expires date has passed", docs[0].label())
	}
	if c := v.declaredContact(); c != nil {
		return partial([]Evidence{at(c.Doc, c.line, 0, "declared contact")}, "only %s names %s; there is no security policy for people to read", c.label(), c.name)
	}
	if best == nil {
		return noContact(v)
	}
	evidence := []Evidence{at(best.Doc, best.line, 0, "where reports are sent")}
	switch best.kind {
	case personal:
		f := partial(evidence, "%s names only social media or a handle for vulnerability reports, no private contact", best.label())
		f.Fix = "Name a private contact for vulnerability reports, such as a mail address, in " + best.label() + "."
		return f
	case policyLink:
		f := partial(evidence, "%s only links another page on vulnerability reports and names no contact", best.label())
		f.Fix = "Name the private contact for vulnerability reports in " + best.label() + " itself, beside the link."
		return f
	default:
		return unmet(evidence, "%s sends vulnerability reports to the public tracker", best.label())
	}
}

// channelTexts say what a document does with reports, by the kind of channel.
var channelTexts = map[channelKind]func(name string) string{
	mailbox:     func(name string) string { return "names " + name + " for vulnerability reports" },
	privateForm: func(string) string { return "sends vulnerability reports to the forge's private form" },
	programme:   func(name string) string { return "sends vulnerability reports to " + name },
	contactPage: func(name string) string { return "sends vulnerability reports to the contact page " + name },
}

// reportChannels returns the ways to report vulnerabilities that the documents and the issue forms name.
func (v *View) reportChannels() []channel {
	var out []channel
	for _, p := range v.reportTexts() {
		out = append(out, p.channels()...)
	}
	for _, d := range v.Matching(".github/issue_template/config.{yml,yaml}") {
		p := &reportText{Doc: d}
		for _, l := range manifest.ContactLinks(d.Content()) {
			text := l.Name + ". " + l.About
			if !document.HasWords(text, flawWords...) && !document.HasWords(text, "security") {
				continue
			}
			if mail := (&document.Block{Text: l.URL, Links: []document.Link{{Target: l.URL}}}).Addresses(); len(mail) > 0 {
				out = append(out, channel{mailbox, mail[0].Mail, l.Line, p})
			} else if kind, ok := linkKind(document.Link{Text: l.Name, Target: l.URL, Line: l.Line}, text, true); ok {
				out = append(out, channel{kind, linkName(document.Link{Target: l.URL}), l.Line, p})
			}
		}
	}
	return out
}

// declaredContact returns the contact that a declaration for machines names.
func (v *View) declaredContact() *channel {
	for _, d := range v.Matching("**/security-insights.{yml,yaml}") {
		for _, c := range manifest.SecurityContacts(d.Content()) {
			if !madeUp(c.Value) {
				return &channel{mailbox, c.Value, c.Line, &reportText{Doc: d}}
			}
		}
	}
	return nil
}

// noContact says what stands in the place of a contact.
func noContact(v *View) Finding {
	for _, p := range v.reportTexts() {
		if !p.policy {
			continue
		}
		evidence := []Evidence{whole(p.Doc, "read")}
		if p.isTemplate() {
			return unmet(evidence, "%s is the forge's template, not filled in", p.label())
		}
		if blanks := p.Document().Placeholders(); len(blanks) > 0 {
			f := unmet([]Evidence{at(p.Doc, blanks[0].Line, 0, "not filled in")}, "%s leaves the contact to be filled in", p.label())
			f.Fix = "Fill in a private contact for vulnerability reports in " + p.label() + "."
			return f
		}
		for _, a := range p.Document().Addresses() {
			if madeUp(a.Mail) {
				return unmet([]Evidence{at(p.Doc, a.Line, 0, "example address")}, "%s names an example's address as the contact", p.label())
			}
		}
		return unmet(evidence, "%s names no contact for vulnerability reports", p.label())
	}
	return unmet(nil, "no document names a contact for vulnerability reports")
}
