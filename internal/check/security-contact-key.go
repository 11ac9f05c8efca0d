package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var securityContactKey = &Check{
	ID:      "security-contact-key",
	Name:    "OpenPGP key of the security contact",
	Short:   "OpenPGP key of the security contact",
	Asks:    "Is a usable OpenPGP key tied to the security contact?",
	Clause:  practice.PointOfContact,
	Why:     "A report of a vulnerability should not cross the network in the clear.",
	Fix:     "State the full fingerprint of the security contact's OpenPGP key in SECURITY.md and keep the key beside it.",
	Met:     "A valid key or its full fingerprint stands with the contact.",
	Partial: "A link to a page said to hold the key, or a key that is not tied to the contact.",
	Unmet:   "No key, or only one that is expired, revoked or made for signing releases.",

	Needs:    repo.Files,
	Uses:     repo.Inherited | repo.Keys | repo.SecurityText,
	Inherits: []repo.Community{repo.SecurityPolicy, repo.Contributing},
	Reads:    slices.Concat(reportReads, keyReads),
	Follow:   slices.Concat(reportFollows, keyFollows),
	Judge:    judgeSecurityContactKey,
}

// foundKey is a key in the tree, with what ties it to the contact for reports.
type foundKey struct {
	publicKey
	*Doc
	tie     string // how it is tied, empty if it is not
	release bool   // it is there to verify releases
}

func judgeSecurityContactKey(v *View) Finding {
	passages := v.reportTexts()
	contacts := v.reportAddresses()
	mentions := v.keyMentions(passages, contacts)
	keys := v.foundKeys(passages, contacts, mentions)
	served := v.servedKeys()

	for _, k := range keys {
		if k.tie != "" && k.Flaw == "" && !k.release {
			if s := revoked(served, k.publicKey); s != nil {
				return unmet([]Evidence{at(k.Doc, k.Line, 0, "OpenPGP key"), s.evidence()}, "the OpenPGP key in %s is revoked, by the copy at %s", k.label(), s.host())
			}
			return met([]Evidence{at(k.Doc, k.Line, 0, "OpenPGP key")}, "the OpenPGP key in %s is valid and %s", k.label(), k.tie)
		}
	}
	var flawed *Finding
	for _, m := range mentions {
		if m.tied && m.fingerprint != "" && holder(keys, m.fingerprint) == nil {
			f := m.stated(served)
			if f.Status == Met {
				return f
			}
			flawed = &f
		}
	}
	if f, found := inDirectory(served, contacts); found {
		return f
	}
	if flawed != nil {
		return *flawed
	}
	for _, k := range keys {
		if k.tie != "" && k.Flaw != "" {
			return unmet([]Evidence{at(k.Doc, k.Line, 0, "OpenPGP key")}, "the OpenPGP key of the security contact, in %s, %s", k.label(), k.Flaw)
		}
	}
	for _, m := range mentions {
		evidence := []Evidence{at(m.Doc, m.line, 0, "mention of a key")}
		switch {
		case m.fingerprint != "":
			return partial(evidence, "%s states a fingerprint that is not tied to a contact for vulnerability reports", m.label())
		case m.cut:
			return partial(evidence, "%s states a fingerprint that is not complete; a full one has 40 digits, or 64", m.label())
		case m.link != "":
			return partial(evidence, "%s only links a place said to hold the OpenPGP key, without its fingerprint", m.label())
		case m.keyID != "":
			return partial(evidence, "%s gives the key id %s, which does not identify a key, and no fingerprint", m.label(), m.keyID)
		}
	}
	return untied(keys, contacts)
}

// untied judges by the keys in the tree that no text ties to reports.
func untied(keys []foundKey, contacts []string) Finding {
	for _, k := range keys {
		if k.Flaw != "" || k.release {
			continue
		}
		evidence := []Evidence{at(k.Doc, k.Line, 0, "OpenPGP key")}
		switch {
		case len(k.Addresses) > 0 && len(contacts) > 0:
			return partial(evidence, "the OpenPGP key in %s is for %s, not for the contact %s", k.label(), k.Addresses[0], contacts[0])
		default:
			return partial(evidence, "no text ties the OpenPGP key in %s to vulnerability reports", k.label())
		}
	}
	if len(keys) > 0 {
		k := keys[0]
		evidence := []Evidence{at(k.Doc, k.Line, 0, "OpenPGP key")}
		if k.release {
			return unmet(evidence, "the OpenPGP key in %s verifies releases and is not for reports", k.label())
		}
		return unmet(evidence, "the OpenPGP key in %s %s and is not tied to the security contact", k.label(), k.Flaw)
	}
	if len(contacts) == 0 {
		return unmet(nil, "no OpenPGP key for vulnerability reports is named")
	}
	return unmet(nil, "no OpenPGP key is given for the contact %s", contacts[0])
}

// reportAddresses returns the addresses to which reports go.
func (v *View) reportAddresses() []string {
	var out []string
	for _, c := range v.reportChannels() {
		if c.kind == mailbox && !slices.Contains(out, c.name) {
			out = append(out, c.name)
		}
	}
	texts, _ := v.securityTexts()
	for _, t := range texts {
		for _, c := range t.Contacts {
			if mail := strings.ToLower(c.value); strings.Contains(mail, "@") && !slices.Contains(out, mail) {
				out = append(out, mail)
			}
		}
	}
	return out
}

// keyMentions returns what passages, security.txt and README say of keys, in this order.
func (v *View) keyMentions(passages []reportText, contacts []string) []keyMention {
	var out []keyMention
	for i := range passages {
		for _, m := range passages[i].keyMentions() {
			m.tied = true
			out = append(out, m)
		}
	}
	texts, docs := v.securityTexts()
	for i, t := range texts {
		for _, e := range t.Encryption {
			m := (&reportText{Doc: docs[i]}).mention(document.Link{Target: e.value, Line: e.line})
			m.tied = !t.expired(v.Time)
			out = append(out, m)
		}
	}
	for _, d := range v.Matching("{,.github/,docs/}readme*") {
		whole := &reportText{Doc: d, blocks: part(d.Document(), 0)}
		for _, m := range whole.keyMentions() {
			seen := slices.ContainsFunc(out, func(o keyMention) bool { return o.Doc == m.Doc && o.line == m.line })
			if m.fingerprint != "" && !seen {
				m.tied = d.besideContact(m.line, contacts)
				out = append(out, m)
			}
		}
	}
	return out
}

// besideContact reports whether the section around a line holds one of the addresses.
func (d *Doc) besideContact(line int, contacts []string) bool {
	doc := d.Document()
	for i := range doc.Blocks {
		if b := &doc.Blocks[i]; b.Line <= line && line <= b.End {
			for _, beside := range doc.Under(b.Section) {
				for _, a := range beside.Addresses() {
					if slices.Contains(contacts, a.Mail) {
						return true
					}
				}
			}
		}
	}
	return false
}

// foundKeys parses the keys in the tree and finds what ties each to the contact.
func (v *View) foundKeys(passages []reportText, contacts []string, mentions []keyMention) []foundKey {
	var out []foundKey
	for _, d := range v.Docs {
		if !strings.Contains(d.Content(), armorHead) {
			continue
		}
		base := strings.ToLower(path.Base(d.Path))
		inText := slices.IndexFunc(passages, func(p reportText) bool { return p.Doc == d })
		if inText < 0 && !keyFile(base) {
			continue
		}
		for _, k := range publicKeys(d.Content(), v.Time) {
			found := foundKey{publicKey: k, Doc: d}
			switch {
			case inText >= 0:
				found.release = passages[inText].verifies(k.Line)
				found.tie = "stands with the contact for reports"
			case slices.ContainsFunc(mentions, func(m keyMention) bool { return m.tied && slices.Contains(k.Fingerprints, m.fingerprint) }):
				found.tie = "has the fingerprint that the security policy states"
			case slices.ContainsFunc(k.Addresses, func(a string) bool { return slices.Contains(contacts, a) }):
				found.tie = "is for the contact " + k.Addresses[slices.IndexFunc(k.Addresses, func(a string) bool { return slices.Contains(contacts, a) })]
			case pointedTo(d, passages, mentions):
				found.tie = "is the one that the text about reports points to"
			default:
				found.release = releaseFile.MatchString(base)
			}
			out = append(out, found)
		}
	}
	return out
}

// pointedTo reports whether a text about reports names or links the file.
func pointedTo(d *Doc, passages []reportText, mentions []keyMention) bool {
	base := path.Base(d.Path)
	if slices.ContainsFunc(mentions, func(m keyMention) bool { return m.tied && path.Base(m.link) == base }) {
		return true
	}
	for _, p := range passages {
		for _, b := range p.blocks {
			if b.Kind != document.Code && strings.Contains(b.Text, base) && !document.HasWords(b.Text, releaseKeyWords...) {
				return true
			}
		}
	}
	return false
}

// verifies reports whether the key on a line of the text is introduced as one that verifies releases.
func (p *reportText) verifies(line int) bool {
	var before *document.Block
	for _, b := range p.blocks {
		if b.Line >= line {
			break
		}
		if b.Kind != document.Code {
			before = b
		}
	}
	return before != nil && document.HasWords(before.Text, releaseKeyWords...) && !document.HasWords(before.Text, encryptWords...)
}

// holder returns the key in the tree with a fingerprint, nil if there is none.
func holder(keys []foundKey, fingerprint string) *foundKey {
	for i := range keys {
		if slices.Contains(keys[i].Fingerprints, fingerprint) {
			return &keys[i]
		}
	}
	return nil
}
