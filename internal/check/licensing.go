package check

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/manifest"
	"misp-csirt-tooling/internal/repo"
)

// Where a project says under which licence it is, by the strength of the word.
var (
	licenseTexts = []string{
		"{licen[cs]e,licen[cs]es,copying,unlicen[cs]e,lizenz,licencja,licencia}{,.*,-*,_*}", "*{-,_,.}licen[cs]e{,.txt,.md,.rst}", "copyright{,.*}",
		"{licen[cs]e,copying}/*", "{.github,docs,doc,legal}/{licen[cs]e,copying}{,.*,-*,_*}", "licenses/*",
	}
	licenseProse    = []string{"readme*", "docs/{,source/}{index,readme}.*", "docs/**/licen[cs]e.{md,rst,txt}"}
	licenseMetadata = []string{
		"**/pyproject.toml", "**/setup.{cfg,py}", "**/package.json", "**/composer.json", "**/cargo.toml", "{,*/}pom.xml", "build.sbt", "*.gemspec",
		"publiccode.y*ml", "codemeta.json", "citation.cff", "reuse.toml", ".reuse/dep5", "debian/copyright",
	}
	licenseParts = []string{"**/{licen[cs]e,copying}{,.*,-*}"}
	// sourceSample are programs whose headers are read: those near the root and those that stand for a part.
	sourceSample = []string{"{*,*/*}." + sourceEnds, "**/{__init__,__main__,main,version,app,lib}." + sourceEnds, "{src,source,lib*,*/src}/**/*." + sourceEnds}
)

const sourceEnds = "{py,go,rs,c,h,cc,cpp,java,scala,kt,php,rb,pl,js,mjs,cjs,ts,sh}"

// reuseFolder holds by REUSE the texts of all licences that a file of the tree is under, each named by its identifier.
const reuseFolder = "LICENSES/"

const publicDomain = "LicenseRef-public-domain"

// source is the kind of a statement on the licence.
type source uint8

const (
	byNotice     source = iota // a notice that grants a licence, as the GNU licences propose it
	bySentence                 // a sentence that names it
	byMetadata                 // a field of a package's metadata
	byClassifier               // a trove classifier, whose list has gaps
	byTag                      // an SPDX tag of a file or of a REUSE list
	byHeader                   // a notice at the head of a source file
	byBadge                    // a picture
)

// licensing is all that a project says about its licence.
type licensing struct {
	terms      []terms       // the texts that hold for the project
	parts      []licensePart // texts for parts of the tree
	statements []statement   // who names which licence
	limits     []limit       // what forbids a use
	choice     bool          // a user may choose among the licences
	empty      *Doc          // a licence file without text
	promise    *statement    // a sentence that leaves the licences of parts to files in their folders
}

// terms is what one licence file of the project lays down.
type terms struct {
	doc     *Doc
	ids     []string // licences whose text it is, or which it names
	lines   []int    // where
	some    []string // those of ids that are added for some files only
	own     bool     // it begins with terms of its own
	altered bool     // it has the title of a licence and not its text
}

// limit is a place that forbids a use.
type limit struct {
	doc  *Doc
	line int
	says string
}

// licensePart is a licence file for a part of the tree.
type licensePart struct {
	doc  *Doc
	ids  []string
	line int
	says string // the terms that forbid a use
}

// statement is a place that names licences.
type statement struct {
	doc       *Doc
	line, end int
	source    source
	ids       []string
	text      string
}

func (s *statement) evidence() Evidence { return at(s.doc, s.line, s.end, "names the licence") }

// thirdParty are the names of files that hold the licences of other people's code.
var thirdParty = regexp.MustCompile(`(?i)third|3rd|depend|vendor|bundled|notice|external`)

// choiceForm are the words that leave a user the choice.
var choiceForm = regexp.MustCompile(`(?i)\bdual(?:ly)?[- ]licen[cs]|\blicen[cs]es?,? at your (?:option|choice)\b|\bof your choice\b|\beither (?:under )?(?:the )?(?:MIT|Apache|BSD|GPL|LGPL|AGPL|MPL|EUPL|ISC|CC0)\b[^.]{0,60} or |\bchoose (?:between|either|one)|\bmulti-?licen[cs]ed`)

func licensingOf(v *View) *licensing {
	return memo(v, "licensing", repo.Files, v.Docs, func() *licensing { return readLicensing(v) })
}

func readLicensing(v *View) *licensing {
	l := &licensing{}
	texts := v.Matching(licenseTexts...)
	root := slices.ContainsFunc(texts, func(d *Doc) bool {
		return !strings.Contains(d.Path, "/") && !sidecar(d) && strings.TrimSpace(d.Content()) != ""
	})
	for _, d := range v.distinct() {
		base := strings.ToLower(path.Base(d.Path))
		switch {
		case sidecar(d), slices.Contains(texts, d) && thirdParty.MatchString(base):
		case strings.HasPrefix(base, "copyright") && len(l.terms) > 0:
			l.readProse(d) // a list of holders beside the licence
		case slices.Contains(texts, d) && strings.TrimSpace(d.Content()) == "":
			l.empty = d
		case slices.Contains(texts, d) && (!root || !strings.Contains(d.Path, "/")):
			l.readText(d)
		case slices.Contains(texts, d) && strings.HasPrefix(d.Path, reuseFolder):
			l.readPart(d)
		case strings.HasPrefix(base, "readme") || strings.HasPrefix(base, "index.") || prose(d):
			l.readProse(d)
		case strings.HasPrefix(base, "licen") || strings.HasPrefix(base, "copying"):
			if strings.Contains(d.Path, "/") && !slices.Contains(texts, d) {
				l.readPart(d)
			}
		case base != "setup.py" && sourceFile.MatchString(base):
			l.readHeader(d)
		default:
			l.readMetadata(d)
			l.readTags(d)
			l.readStanzas(d)
		}
	}
	l.settle()
	if len(l.terms) > 1 { // a page about the licence beside its text
		recognised := slices.ContainsFunc(l.terms, func(t terms) bool { return !t.altered && len(t.ids) > 0 })
		l.terms = slices.DeleteFunc(l.terms, func(t terms) bool { return t.altered && recognised })
	}
	return l
}

// settle finds the project's licence among the texts of a folder LICENSES, which by REUSE holds those of all files: the one
// that metadata and tags name most often. The others are of parts.
func (l *licensing) settle() {
	if len(l.terms) < 2 || !strings.HasPrefix(l.terms[0].doc.Path, reuseFolder) {
		return
	}
	count := func(t *terms) (n int) {
		for i := range l.statements {
			s := &l.statements[i]
			list := strings.HasPrefix(s.doc.Path, ".reuse/") || strings.HasPrefix(s.doc.Path, "debian/")
			if list || !slices.ContainsFunc(s.ids, func(id string) bool { return len(t.ids) > 0 && alike(id, t.ids[0]) }) {
				continue
			}
			switch s.source {
			case byTag, byHeader:
				n++
			case byMetadata:
				n += 100 // a word on the whole weighs more than the files that are read
			}
		}
		return n
	}
	main := &l.terms[0]
	for i := range l.terms {
		if count(&l.terms[i]) > count(main) {
			main = &l.terms[i]
		}
	}
	if count(main) == 0 {
		return
	}
	for i := range l.terms {
		if t := &l.terms[i]; t != main {
			l.readPart(t.doc)
		}
	}
	l.terms = []terms{*main}
}

// sidecar reports whether a file holds by REUSE the tags of the file beside it, such as a picture, which it is named after.
func sidecar(d *Doc) bool {
	return strings.HasSuffix(d.Path, ".license") && tagForm.MatchString(d.Content())
}

// prose reports whether a licence page is a page of the documentation.
func prose(d *Doc) bool {
	return strings.HasPrefix(strings.ToLower(d.Path), "doc") && d.Document().Format != document.Text
}

// shortText is how many words a licence file may have that only names a licence.
const shortText = 400

// pointerWords is how many words a licence file may have that only points to another one.
const pointerWords = 40

// pointerForm is a sentence that leads to another licence file.
var pointerForm = regexp.MustCompile(`(?i)\b(?:see|refer to|in|under)\b.*\b(?:licen[cs]es?|copying)\b`)

// readText reads a licence file of the project.
func (l *licensing) readText(d *Doc) {
	content := d.Content()
	text := readLicenseText(content)
	t := terms{doc: d}
	for _, id := range text.ids() {
		i := slices.IndexFunc(text.found, func(m textMatch) bool { return m.id == id })
		line := text.found[i].first
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
		short := len(strings.Fields(content)) <= shortText
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
	if says, offset := restrictionIn(text.rest); says != "" {
		l.limits = append(l.limits, limit{d, lineAt(content, max(0, strings.Index(content, firstLine(text.rest[offset:])))), says})
	}
	t.own = !named && text.covered < 0.9 && ownTerms(text.before) > 120 && !commonsPreface.MatchString(text.before)
	if id := copyOfGNU(content); id != "" && (t.own || t.altered) {
		t.ids, t.lines, t.own, t.altered = []string{id}, []int{1}, false, false
	}
	if countWords(text.before) <= shortText && choiceForm.MatchString(text.before) {
		l.choice = true
		for _, m := range namedLicenses(text.before) { // one of the choice may be named only
			if m.id != publicDomain && !slices.Contains(t.ids, m.id) {
				t.ids, t.lines = append(t.ids, m.id), append(t.lines, lineAt(content, m.start))
			}
		}
	}
	if len(t.ids) == 0 && countWords(content) <= pointerWords && pointerForm.MatchString(content) {
		return // it points to another licence file
	}
	if len(t.ids) > 0 || !strings.HasPrefix(strings.ToLower(path.Base(d.Path)), "copyright") {
		l.terms = append(l.terms, t)
	}
}

// introduction is over how many lines a licence that is added to another one may be introduced.
const introduction = 4

// someFiles are the words that introduce a licence of some files only, after the project's own.
var someFiles = regexp.MustCompile(`(?i)\b(?:files?|folders?|director(?:y|ies)|portions?|components?|icons?|fonts?|images?)\b(?:[^.]|\.\w)*\b(?:licen[cs]e|copyright)`)

// linesBefore returns the n lines before a line as one.
func linesBefore(text string, line, n int) string {
	lines := strings.SplitN(text, "\n", line)
	return strings.Join(lines[max(0, line-1-n):min(len(lines), line-1)], " ")
}

// copyOfGNU recognises the text of a GNU licence whose copy has flaws, by its title, its preamble and its end.
func copyOfGNU(text string) string {
	named := namedLicenses(text[:min(len(text), 200)])
	if len(named) > 0 && gnuForm.MatchString(named[0].id) && strings.Contains(text, "is a free, copyleft license for") && strings.Contains(text, "END OF TERMS AND CONDITIONS") {
		return named[0].id
	}
	return ""
}

// commonsPreface stands in the words with which Creative Commons introduces its licences, which are no terms.
var commonsPreface = regexp.MustCompile(`(?i)Creative Commons(?:\W+\w+){0,6}\W+is not a law firm`)

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func lineAt(text string, offset int) int { return 1 + strings.Count(text[:offset], "\n") }

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

var (
	// licenseHeading is how headings and file names call the licence, in the languages that are read.
	licenseHeading = regexp.MustCompile(`(?i)\blicen[cs](?:e|es|ing)\b|\bcopyright\b|\blizenz|\blicencja|\blicencia`)
	// grantForm is how a sentence outside a section on the licence speaks of the project's own.
	grantForm = regexp.MustCompile(`(?i)\b(?:this|the) (?:project|software|program|tool|repository|code|source code|content|framework|library|package)s?\b[^.]{0,60}` +
		`\b(?:licen[cs]ed|released|distributed|available|published|provided)\b[^.]{0,20}\b(?:under|with|by)\b`)
	// promiseForm is a sentence that leaves the licences of parts to files in their folders.
	promiseForm = regexp.MustCompile(`(?i)\b(?:sub-?folders?|sub-?director(?:y|ies)|respective|each) [^.]{0,80}\b(?:LICEN[CS]E|COPYING)\b[^.]{0,10}\bfile|\bfile LICEN[CS]E in (?:each|the respective)`)
	// badgeForm tells a badge on the licence from others.
	badgeForm = regexp.MustCompile(`(?i)licen[cs]e`)
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
		own := page || licenseHeading.MatchString(sectionPath(doc, b.Section))
		if own || grantForm.MatchString(b.Text) {
			l.name(d, b.Line, b.End, bySentence, b.Text)
			l.choice = l.choice || choiceForm.MatchString(b.Text)
			if l.promise == nil && promiseForm.MatchString(b.Text) {
				l.promise = &statement{doc: d, line: b.Line, end: b.End}
			}
		}
		if says, _ := restrictionIn(b.Text); own && says != "" {
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
	sourceFile = regexp.MustCompile(`\.(?:py|go|rs|c|h|cc|cpp|java|scala|kt|php|rb|pl|js|ts|sh)$`)
	// tagForm matches the tag of SPDX and captures the expression.
	tagForm = regexp.MustCompile(`(?m)SPDX-License-Identifier:[ \t]*([A-Za-z0-9.+() -]+)`)
	// softwareForm is a header that speaks of the software, not of the file that it stands in.
	softwareForm = regexp.MustCompile(`(?i)\b(?:software|program|project) is (?:free software )?(?:released|licen[cs]ed|distributed|published) under[^\n]*`)
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
	for _, m := range readLicenseText(text).found {
		l.statements = append(l.statements, statement{doc: d, line: m.first, end: m.last, source: byHeader, ids: []string{canonical(m.id)}})
	}
}

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
