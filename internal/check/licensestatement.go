package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/pattern"
)

var (
	// licenseHeading is how headings and file names call the licence, in the languages that are read.
	licenseHeading = pattern.New(`(?i)\blicen[cs](?:e|es|ing)\b|\bcopyright\b|\blizenz|\blicencja|\blicencia`)
	// grantForm is how a sentence outside a section on the licence speaks of the project's own.
	grantForm = pattern.New(`(?i)\b(?:this|the) (?:project|software|program|tool|repository|code|source code|content|framework|library` +
		`|package)s?\b[^.]{0,60}` +
		`\b(?:licen[cs]ed|released|distributed|available|published|provided)\b[^.]{0,20}\b(?:under|with|by)\b`)
	// promiseForm is a sentence that leaves the licences of parts to files in their folders.
	promiseForm = pattern.New(`(?i)\b(?:sub-?folders?|sub-?director(?:y|ies)|respective|each) [^.]{0,80}\b(?:LICEN[CS]E|COPYING)\b[^.]{0,10}\bfile` +
		`|\bfile LICEN[CS]E in (?:each|the respective)`)
	// badgeForm tells a badge on the licence from others.
	badgeForm = pattern.New(`(?i)licen[cs]e`)
)

// readProse reads a README or a page on the licence.
func (l *licensing) readProse(d *Doc) {
	doc := d.Document()
	for _, m := range readLicenseText(d.Content()).found {
		l.statements = append(l.statements, statement{doc: d, line: m.first, end: m.last, source: byNotice, ids: []string{canonical(m.id)}})
	}
	page := licenseHeading.MatchString(path.Base(d.Path))
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		for _, link := range b.Links {
			if link.Image && badgeForm.MatchString(link.Text+" "+link.Target) {
				l.name(d, link.Line, link.Line, byBadge, link.Text)
			}
		}
		if b.Kind == document.Code || b.Kind == document.Heading || strings.Contains(b.Text, "SPDX-License-Identifier") {
			continue // a tag speaks of the file that it stands in
		}
		if listsLicenses([]*document.Block{b}) {
			continue // of other people's code
		}
		own := page || licenseHeading.MatchString(sectionPath(doc, b.Section))
		if own || grantForm.MatchString(b.Text) {
			l.name(d, b.Line, b.End, bySentence, b.Text)
			l.choice = l.choice || choiceForm.MatchString(b.Text)
			if l.promise == nil && promiseForm.MatchString(b.Text) {
				l.promise = &statement{doc: d, line: b.Line, end: b.End}
			}
		}
		if !own {
			continue
		}
		if says, _ := restrictionIn(b.Text); says != "" {
			l.limits = append(l.limits, limit{d, b.Line, says})
		}
	}
}

// sectionPath joins the headings that lead to a section, but for the title of the document.
func sectionPath(doc *document.Document, section int) string {
	var headings []string
	for i := section; i > 0 && i < len(doc.Sections); i = doc.Sections[i].Parent {
		if s := &doc.Sections[i]; s.Level > 1 || s.Parent > 0 || len(headings) == 0 {
			headings = append(headings, s.Heading)
		}
	}
	return strings.Join(headings, "\n")
}

var (
	// sourceFile matches the programs of sourceEnds by their names.
	sourceFile = pattern.New(`\.(?:` + strings.ReplaceAll(strings.Trim(sourceEnds, "{}"), ",", "|") + `)$`)
	// tagForm matches the tag of SPDX and captures the expression.
	tagForm = pattern.New(`(?m)SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+() -]+)`)
	// softwareForm is a header that speaks of the software, not of the file that it stands in.
	softwareForm = pattern.New(`(?i)\b(?:software|program|project) is (?:free software )?(?:released|licen[cs]ed|distributed|published) under[^\n]*`)
)

// headerSize is how much of a source file can be its header.
const headerSize = 3 << 10

// header returns the beginning of a source file, where its licence and its holders stand.
func header(d *Doc) string {
	text := d.Content()
	return text[:min(len(text), headerSize)]
}

// readHeader reads the head of a source file.
func (l *licensing) readHeader(d *Doc) {
	text := header(d)
	if l.readTags(d) {
		return
	}
	if m := softwareForm.FindStringIndex(text); m != nil {
		line := lineAt(text, m[0])
		l.name(d, line, line, bySentence, text[m[0]:m[1]])
	}
	if !strings.Contains(strings.ToLower(text), "licen") {
		return
	}
	found := readLicenseText(text).found
	for _, m := range found {
		l.statements = append(l.statements, statement{doc: d, line: m.first, end: m.last, source: byHeader, ids: []string{canonical(m.id)}})
	}
	if m := underForm.FindStringIndex(text); len(found) == 0 && m != nil {
		line := lineAt(text, m[0])
		l.name(d, line, line, byHeader, marginForm.ReplaceAllString(text[m[0]:m[1]], " "))
	}
}

var (
	// underForm is a header that says under which licence its file is, without a notice that a licence proposes.
	underForm = pattern.New(`(?i)\blicen[cs]ed under (?:the |an? )?[^\n]*(?:\n[^\n]*)?`)
	// marginForm is where a comment goes on in the next line.
	marginForm = pattern.New(`\s*\n[\s#/*;-]*`)
)

// readTags reads the SPDX tags at the head of a file, or in a list of REUSE, and reports whether there are any.
func (l *licensing) readTags(d *Doc) bool {
	text := header(d)
	found := false
	for _, m := range tagForm.FindAllStringSubmatchIndex(text, -1) {
		line := lineAt(text, m[0])
		l.name(d, line, line, byTag, text[m[2]:m[3]])
		found = true
	}
	return found
}

// readStanzas reads what a machine-readable copyright file says of all files.
func (l *licensing) readStanzas(d *Doc) {
	if !isStanzas(d.Path) {
		return
	}
	for _, s := range stanzas(d.Content()) {
		if s.files == "*" {
			l.name(d, s.first, s.last, byTag, s.license)
		}
	}
}

// readMetadata reads what a manifest says of its package.
func (l *licensing) readMetadata(d *Doc) {
	p := manifest.Describe(d.Place(), d.Content())
	for _, f := range p.Licenses {
		l.name(d, f.Line, f.Line, byMetadata, f.Value)
	}
	for _, f := range p.Classifiers {
		l.name(d, f.Line, f.Line, byClassifier, f.Value)
	}
}

// name adds what a text names, if it names any licence.
func (l *licensing) name(d *Doc, line, end int, source source, text string) {
	s := statement{doc: d, line: line, end: end, source: source, text: text}
	for _, m := range namedLicenses(text) {
		if !slices.Contains(s.ids, m.id) {
			s.ids = append(s.ids, m.id)
		}
	}
	if len(s.ids) > 0 {
		l.statements = append(l.statements, s)
	}
}
