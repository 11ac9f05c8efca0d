package check

import (
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
)

// policyGlobs are the places of a security policy.
var policyGlobs = []string{
	"security{,.md,.markdown,.rst,.txt,.adoc,.html}",
	".{github,gitlab,gitea,forgejo}/security{,.md,.markdown,.rst,.txt,.adoc}",
	"{,doc/,docs/,documentation/,.github/}{security,vulnerab,disclosure,responsible,coordinated}[-_]*.{md,rst,txt,adoc}",
	"{doc,docs,documentation}/security.{md,rst,txt,adoc}",
}

// partGlobs are the documents in which a part may be the security policy.
var partGlobs = []string{
	readmeGlob,
	"{,.github/,docs/}{contributing,contribute}{,.md,.rst,.txt,.adoc}",
}

// policySentence is a sentence of what a project says about its own vulnerabilities.
type policySentence struct {
	document.Sentence
	doc   *Doc
	block *document.Block
	// ours reports that it is an item of a list of what the project does, as the words above the list say.
	ours bool
}

// policySentences returns the sentences of the security policy, and of the parts of other documents that are about security.
func policySentences(v *View) []policySentence {
	var out []policySentence
	lead := "" // what stands above the list around a block
	add := func(d *Doc, b *document.Block) {
		if b.Kind != document.Item {
			lead = b.Text
		}
		if b.Kind == document.Code {
			return
		}
		ours := b.Kind == document.Item && strings.HasSuffix(lead, ":") && ourDuties.MatchString(lead)
		for _, s := range b.Sentences() {
			out = append(out, policySentence{s, d, b, ours})
		}
	}
	for _, d := range v.Matching(policyGlobs...) {
		doc := d.Document()
		for i := range doc.Blocks {
			add(d, &doc.Blocks[i])
		}
	}
	for _, d := range v.Matching(partGlobs...) {
		doc := d.Document()
		for _, i := range doc.About(document.Reporting) {
			for _, b := range doc.Under(i) {
				add(d, b)
			}
		}
	}
	return out
}

// ourDuties matches the words above a list of what the project does about a report.
var ourDuties = pattern.New(`(?i)\b(?:we|the (?:maintainers?|developers|team|project))(?: then)?(?:['’](?:ll|d)\b` +
	`| (?:will|would|shall|aim|commit|promise|try)\b)`)

// promisesAdvisory reports whether a sentence says that the project publishes advisories.
func (s *policySentence) promisesAdvisory() bool {
	if document.Denies(s.Text, "advisor*", "ghsa*") {
		return false
	}
	return s.ours && document.HasWords(s.Text, "advisor*", "ghsa*") && !document.HasWords(s.Text, "privately", "private", "draft", "report*") ||
		promises.MatchString(s.Text) && !invites.MatchString(s.Text)
}

func (s *policySentence) evidence(note string) []Evidence {
	return []Evidence{at(s.doc, s.Line, s.Line, note)}
}
