package check

import (
	"path"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
)

// thirdPartyWords tell a notice on other people's work from one on the project itself.
var thirdPartyWords = pattern.New(`(?i)\b(?:this product includes|includes (?:software|data|code)|third[- ]part(?:y|ies)` +
	`|licen[cs]e terms of (?:each|the listed|all))\b`)

// licensesIn counts the places of a document at which licences are named or stand.
func licensesIn(d *Doc) int {
	content := d.Content()
	content = content[:min(len(content), maxLicenseText)]
	n := len(readLicenseText(content).found)
	if strings.HasPrefix(strings.ToLower(path.Base(d.Path)), "notice") && n < 2 && !thirdPartyWords.MatchString(content) {
		return 0 // a notice on the project's own licence
	}
	for line := range strings.Lines(content) {
		if len(line) < 400 && len(namedLicenses(line)) > 0 {
			n++
		}
	}
	return n
}

// onThirdParties is a heading of a part about other people's code.
var onThirdParties = pattern.New(`(?i)\b(?:dependenc\w+|librar\w+|third[- ]part\w+|components?` +
	`|open[- ]source (?:software|components|projects|licen\w+)|bundled|acknowledge?ments?|credits|software (?:we |it )?use[sd]?|built (?:with|on))\b`)

// inventoryIn returns the part of a document in which the licences of other people's code are listed.
func inventoryIn(d *Doc) *document.Section {
	doc := d.Document()
	for i := 1; i < len(doc.Sections); i++ {
		s := &doc.Sections[i]
		third := onThirdParties.MatchString(s.Heading)
		if isTitle(doc, i) || !third && !document.HasWords(s.Heading, "licenses", "licences") {
			continue
		}
		if blocks := doc.Under(i); third && entriesLicensed(blocks) || listsLicenses(blocks) {
			return s
		}
	}
	return nil
}

// entriesLicensed reports whether most entries of a table or list name a licence, at least three.
func entriesLicensed(blocks []*document.Block) bool {
	listed, licensed := 0, 0
	for _, b := range blocks {
		if b.Kind != document.Item && b.Kind != document.Cell {
			continue
		}
		listed++
		if len(namedLicenses(b.Text)) > 0 {
			licensed++
		}
	}
	return licensed >= 3 && licensed*2 > listed
}

// listsLicenses reports whether a section names several licences beside links to what is under them.
func listsLicenses(blocks []*document.Block) bool {
	links := 0
	for _, b := range blocks {
		for _, l := range b.Links {
			if !l.Image && strings.Contains(l.Target, "://") {
				links++
			}
		}
	}
	if links < 5 {
		return false
	}
	named := map[string]bool{}
	for _, b := range blocks {
		for _, m := range namedLicenses(b.Text) {
			named[m.id] = true
		}
	}
	return len(named) >= 3
}
