package check

import (
	"misp-csirt-tooling/internal/pattern"
	"path"
	"slices"
	"strings"
)

// shortText is how many words a licence file may have that only names a licence.
const shortText = 400

// shortSize is how many bytes it has at most; more are no words.
const shortSize = 32 << 10

// pointerWords is how many words a licence file may have that only points to another one.
const pointerWords = 40

// pointerForm is a sentence that leads to another licence file.
var pointerForm = pattern.New(`(?i)\b(?:see|refer to|in|under)\b.*\b(?:licen[cs]es?|copying)\b`)

// readText reads a licence file of the project.
func (l *licensing) readText(d *Doc) {
	content := d.Content()
	text := readLicenseText(content)
	t := terms{doc: d}
	others := len(content)
	if head := othersHead.FindStringIndex(content); head != nil {
		others = head[0]
	}
	for _, id := range text.ids() {
		i := slices.IndexFunc(text.found, func(m textMatch) bool { return m.id == id })
		line := text.found[i].first
		if len(t.ids) > 0 && line > lineAt(content, others) && approvedBy(canonical(id)) != "" {
			continue // the project's own stands above
		}
		switch id {
		case "CommonsClause":
			l.limits = append(l.limits, limit{d, line, "the Commons Clause"})
		case "JSON":
			t.ids, t.lines = append(t.ids, "MIT"), append(t.lines, line)
			says, offset := restrictionIn(content)
			l.limits = append(l.limits, limit{d, lineAt(content, offset), says})
		default:
			if len(t.ids) > 0 && someFiles.MatchString(linesBefore(content, line, introduction)) {
				t.some = append(t.some, canonical(id))
			}
			t.ids, t.lines = append(t.ids, canonical(id)), append(t.lines, line)
		}
	}
	named := len(t.ids) == 0
	if named {
		short := len(content) <= shortSize && len(strings.Fields(content)) <= shortText
		head := content
		if !short {
			head = content[:min(len(content), 300)]
		}
		for _, m := range namedLicenses(head) {
			if !slices.Contains(t.ids, m.id) {
				t.ids, t.lines = append(t.ids, m.id), append(t.lines, lineAt(content, m.start))
			}
		}
		free := len(t.ids) > 0 && approvedBy(t.ids[0]) != ""
		t.altered = !short && free && !strings.HasPrefix(t.ids[0], "EUPL") // which is in force in every language of the Union
	}
	grant := mitGrant.FindStringIndex(content)
	if grant != nil && (len(t.ids) == 0 || named && t.ids[0] == "MIT") {
		t.ids, t.lines, t.own, t.altered = []string{"MIT"}, []int{lineAt(content, grant[0])}, true, false
	}
	if says, offset := restrictionIn(text.rest); says != "" {
		l.limits = append(l.limits, limit{d, lineAt(content, max(0, strings.Index(content, firstLine(text.rest[offset:])))), says})
	}
	t.own = t.own || !named && text.covered < 0.9 && ownTerms(text.before) > 120 && !commonsPreface.MatchString(text.before)
	if id := flawedCopy(content); id != "" && (t.own || t.altered) {
		t.ids, t.lines, t.own, t.altered = []string{id}, []int{1}, false, false
	}
	if len(strings.Fields(text.before)) <= shortText && choiceForm.MatchString(text.before) {
		l.choice = true
		for _, m := range namedLicenses(text.before) { // one of the choice may be named only
			if m.id != publicDomain && !slices.Contains(t.ids, m.id) {
				t.ids, t.lines = append(t.ids, m.id), append(t.lines, lineAt(content, m.start))
			}
		}
	}
	if len(t.ids) == 0 && len(strings.Fields(content)) <= pointerWords && pointerForm.MatchString(content) {
		return // it points to another licence file
	}
	if len(t.ids) > 0 || !strings.HasPrefix(strings.ToLower(path.Base(d.Path)), "copyright") {
		l.terms = append(l.terms, t)
	}
}

// mitGrant is the grant of the MIT licence, which some institutes put among notices of their own.
var mitGrant = pattern.New(`(?i)\bpermission is hereby granted,? free of charge,? to any person obtaining a copy\b[^.]{0,200}\bwithout restriction\b`)

// othersHead is a heading under which a licence file lists the licences of what the project depends on, after its own.
var othersHead = pattern.New(`(?im)^[ \t#*=-]*(?:third|3rd)[- ]party\b[^.\n]{0,30}\b(?:licen[cs]es?|notices?|software|components?|librar(?:y|ies)|code|dependencies)[ \t:*#=-]*\r?$`)

// introduction is over how many lines a licence that is added to another one may be introduced.
const introduction = 4

// someFiles are the words that introduce a licence of some files only, after the project's own.
var someFiles = pattern.New(`(?i)\b(?:files?|folders?|director(?:y|ies)|portions?|components?|icons?|fonts?|images?)\b(?:[^.]` +
	`|\.\w)*\b(?:licen[cs]e|copyright)`)

// flawedCopy recognises the text of a licence whose copy has flaws, "" for any other: a GNU licence by its title, its preamble
// and its end, Apache's by its title, its end and the number of words between, which leaves no room for terms of others.
func flawedCopy(text string) string {
	named := namedLicenses(text[:min(len(text), 200)])
	body, _, whole := strings.Cut(text, "END OF TERMS AND CONDITIONS")
	switch {
	case len(named) == 0 || !whole:
	case gnuForm.MatchString(named[0].id) && strings.Contains(body, "is a free, copyleft license for"):
		return named[0].id
	case named[0].id == "Apache-2.0" && strings.Contains(body, "Grant of Patent License"):
		if n := len(strings.Fields(body)); apacheWords-fewerWords <= n && n <= apacheWords {
			return named[0].id
		}
	}
	return ""
}

// apacheWords is how many words Apache's licence 2.0 has up to the end of its terms, fewerWords how many a copy may lack by
// contractions or for want of its title.
const (
	apacheWords = 1408
	fewerWords  = 20
)

// commonsPreface stands in the words with which Creative Commons introduces its licences, which are no terms.
var commonsPreface = pattern.New(`(?i)Creative Commons(?:\W+\w+){0,6}\W+is not a law firm`)

// readPart reads a licence file below the root.
func (l *licensing) readPart(d *Doc) {
	text := readLicenseText(d.Content())
	p := licensePart{doc: d, ids: text.ids(), line: 1}
	for _, m := range text.found {
		if id := m.id; strings.Contains(id, "-NC") || strings.Contains(id, "-ND") || slices.Contains([]string{"SSPL-1.0", "CommonsClause", "JSON"}, id) ||
			strings.HasPrefix(id, "PolyForm") || strings.HasPrefix(id, "Prosperity") {
			p.says, p.line = id, m.first
		}
	}
	if len(text.found) == 0 {
		content := d.Content()
		for _, m := range namedLicenses(content[:min(len(content), 300)]) {
			p.ids = append(p.ids, m.id)
			if strings.Contains(m.id, "-NC") || strings.Contains(m.id, "-ND") {
				p.says = m.id
			}
			switch m.id {
			case "SSPL-1.0", "BUSL-1.1", "Elastic-2.0", "LicenseRef-PolyForm", "LicenseRef-Proprietary", "LicenseRef-Community", "LicenseRef-FSL":
				p.says = licenseTitle(m.id)
			}
		}
		if says, _ := restrictionIn(content); says != "" && p.says == "" {
			p.says = "terms with " + says
		}
	}
	l.parts = append(l.parts, p)
}
