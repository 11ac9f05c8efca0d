package check

import (
	"slices"
	"strings"

	"github.com/google/licensecheck"
	"misp-csirt-tooling/internal/pattern"
)

// maxLicenseText is how much of a text is looked at: the longest licence has 52 kB.
const maxLicenseText = 256 << 10

// licenseText is what a text says as a licence.
type licenseText struct {
	found     []textMatch // licences whose text or notice stands in it, in order
	before    string      // what stands before the first, the whole text if there is none
	rest      string      // what stands around and between them
	covered   float64     // share of the words that belong to them, 0 to 1
	truncated bool
}

// textMatch is a licence whose text or notice was recognised.
type textMatch struct {
	id          string
	first, last int // lines
}

// readLicenseText recognises the texts of licences, and the notices that grant one ("This program is free software: …").
func readLicenseText(text string) licenseText {
	t := licenseText{truncated: len(text) > maxLicenseText}
	if t.truncated {
		text = text[:maxLicenseText]
	}
	var coverage licensecheck.Coverage
	if scanner := scannerFor(text); scanner != nil {
		coverage = scanner.Scan([]byte(text))
	}
	t.covered = coverage.Percent / 100
	end := 0
	var rest strings.Builder
	for _, m := range coverage.Match {
		if m.IsURL || m.Start < end {
			continue
		}
		if end == 0 {
			t.before = text[:m.Start]
		}
		rest.WriteString(text[end:m.Start])
		rest.WriteByte('\n')
		end = m.End
		t.found = append(t.found, textMatch{m.ID, 1 + strings.Count(text[:m.Start], "\n"), 1 + strings.Count(strings.TrimRight(text[:m.End], "\n"), "\n")})
	}
	rest.WriteString(text[end:])
	t.rest = rest.String()
	if len(t.found) == 0 {
		t.before = text
	}
	return t
}

// ids returns the licences, each once. The LGPL is a supplement to the GPL, so beside it the GPL's text is no licence of its own.
func (t *licenseText) ids() []string {
	var ids []string
	for _, m := range t.found {
		if !slices.Contains(ids, m.id) {
			ids = append(ids, m.id)
		}
	}
	return withoutSupplement(ids)
}

func withoutSupplement(ids []string) []string {
	lesser := slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(id, "LGPL-3.0") })
	if !lesser {
		return ids
	}
	return slices.DeleteFunc(ids, func(id string) bool { return strings.HasPrefix(id, "GPL-3.0") })
}

// restriction is a limit to use that an open source licence does not know.
type restriction struct {
	form *pattern.Pattern
	says string
}

// restrictions are the limits that are known, each by the words that lay it down.
var restrictions = []restriction{
	{pattern.New(`(?i)\bcommons clause\b`), "the Commons Clause"},
	{pattern.New(`(?i)\bfor good,? (?:and )?not (?:for )?evil\b`), `"for Good, not Evil"`},
	{pattern.New(`(?i)\bnon-?\s?commercial(?:ly)? (?:use|purposes?|only|basis|licen[sc]e|research)` +
		`|\b(?:free|licen[cs]ed|available|permitted|allowed)(?: of charge)? (?:only )?for non-?\s?commercial\b`), "a limit to non-commercial use"},
	{pattern.New(`(?i)\b(?:no|not (?:be )?(?:used )?(?:for|allow(?:ed)?)|prohibits?|forbidden|excludes?) (?:any )?commercial (?:use` +
		`|purposes?|exploitation)|` +
		`\bcommercial (?:use|usage|exploitation)[^.]{0,60}\b(?:prohibited|forbidden|not (?:allowed|permitted)|requires? (?:a|an|prior|written|our|the))`),
		"a limit to commercial use"},
	{pattern.New(`(?i)\bfor (?:research|academic|educational|personal|evaluation` +
		`|internal)(?:[ ,]+(?:and|or|research|academic|educational|personal|evaluation))* (?:use|purposes?) only\b|` +
		`\bonly for (?:research|academic|educational|personal|evaluation) (?:use|purposes?)`), "a limit to research or personal use"},
	{pattern.New(`(?i)\b(?:may|must|shall|can)(?: ?not| never) be used (?:for|by|to|in)\b[^.]{0,80}\b(?:military|weapons?|surveillance` +
		`|government|law enforcement|harm|illegal|unlawful|human rights|competing)`), "a field of use that is excluded"},
	{pattern.New(`(?i)\bwe (?:consider|interpret|construe)\b[^.]{0,120}\bderiv(?:ative|ed) works?\b`), "a reading of its own of what a derived work is"},
	{pattern.New(`(?i)\b(?:hosted or managed service|as a managed service|competing (?:product|service)|competitive offering)`),
		"a ban on competing services"},
}

// restrictionIn returns the first restriction that a text lays down and the offset where, "" if there is none.
func restrictionIn(text string) (says string, at int) {
	text = strings.ReplaceAll(text, "\n", " ") // lines are wrapped anywhere
	for _, r := range restrictions {
		if m := r.form.FindStringIndex(text); m != nil {
			return r.says, m[0]
		}
	}
	return "", 0
}

// copyrightLine is a line that names a holder or the title of a licence, which is no term of its own.
var copyrightLine = pattern.New(`(?i)copyright|\(c\)|©|all rights reserved|spdx-|^\s*(?:the )?[\w .,:()-]{0,60}\blicen[sc]e\b[\w .,:()-]{0,30}$|^\W*$`)

// ownTerms counts the words of a text that are neither the naming of holders nor a title.
func ownTerms(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		if !copyrightLine.MatchString(strings.TrimSpace(line)) {
			n += len(strings.Fields(line))
		}
	}
	return n
}
