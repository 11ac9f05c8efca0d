package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
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
	licenseParts = []string{"**/{licen[cs]e,copying}{,.*,-*}", documentationTexts}
	// documentationTexts are the texts that the documentation includes, as a rule those of its own licence and the program's.
	documentationTexts = "{doc,docs,documentation}/**/licen[cs]es/*.{md,rst,txt}"
	// sourceSample are programs whose headers are read: those near the root and those that stand for a part.
	sourceSample = []string{"{*,*/*}." + sourceEnds, "**/{__init__,__main__,main,version,app,lib}." + sourceEnds, "{src,source,lib*,*/src}/**/*." + sourceEnds}
)

// licensingFiles are all of them, and licensingFollows what they may point to; the checks that read them share one reading.
var (
	licensingFiles   = slices.Concat(licenseTexts, licenseProse, licenseMetadata, licenseParts, sourceSample)
	licensingFollows = []string{"**/*licen[cs]e*", "**/copying*"}
)

// sourceEnds are the ends of the names of programs whose headers are read.
const sourceEnds = "{py,go,rs,c,h,cc,cpp,hpp,cs,java,scala,kt,php,rb,pl,js,mjs,cjs,ts,sh,ps1}"

// reuseFolder holds by REUSE the texts of all licences that a file of the tree is under, each named by its identifier.
const reuseFolder = "LICENSES/"

// publicDomain stands for a waiver of all rights, for which SPDX has no identifier.
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

// evidence is the licence file, at the first licence in it.
func (t *terms) evidence() Evidence {
	if len(t.lines) == 0 {
		return titled(t.doc, "licence")
	}
	return at(t.doc, t.lines[0], t.lines[0], "licence")
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
var thirdParty = pattern.New(`(?i)third|3rd|depend|vendor|bundled|notice|external`)

// choiceForm are the words that leave a user the choice.
var choiceForm = pattern.New(`(?i)\bdual(?:ly)?[- ]licen[cs]|\blicen[cs]es?,? at your (?:option|choice)\b|\bof your choice\b` +
	`|\beither (?:under )?(?:the )?(?:MIT|Apache|BSD|GPL|LGPL|AGPL|MPL|EUPL|ISC|CC0)\b[^.]{0,60} or |\bchoose (?:between|either|one)|\bmulti-?licen[cs]ed`)

func licensingOf(v *View) *licensing {
	return memo(v, "licensing", repo.Files, v.Docs, func() *licensing { return readLicensing(v) })
}

// ofDocumentation reports whether a file is one of documentationTexts.
func ofDocumentation(file string) bool {
	first, _, _ := strings.Cut(strings.ToLower(file), "/")
	folder := strings.ToLower(path.Base(path.Dir(file)))
	return slices.Contains([]string{"doc", "docs", "documentation"}, first) && (folder == "licenses" || folder == "licences")
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
		case slices.Contains(texts, d) && strings.HasPrefix(d.Path, reuseFolder), ofDocumentation(d.Path) && !strings.HasPrefix(base, "index."):
			l.readPart(d)
		case strings.HasPrefix(base, "readme") || strings.HasPrefix(base, "index.") || prose(d):
			l.readProse(d)
		case isLicense(d.Path):
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
	if len(l.terms) == 0 {
		l.promote()
	}
	if len(l.terms) == 0 && len(l.formal()) == 0 {
		l.compose()
	}
	if len(l.terms) > 1 { // a page about the licence beside its text
		recognised := slices.ContainsFunc(l.terms, func(t terms) bool { return !t.altered && len(t.ids) > 0 })
		l.terms = slices.DeleteFunc(l.terms, func(t terms) bool { return t.altered && recognised })
	}
	return l
}

// promote takes a text that stands below the root, beside the sources or in a folder with the README, for the project's where no
// other is there and the project names this licence for the whole.
func (l *licensing) promote() {
	for i, p := range l.parts {
		named := slices.ContainsFunc(l.statements, func(s statement) bool {
			return (s.source == byMetadata || s.source == bySentence || s.source == byNotice) && slices.ContainsFunc(s.ids, func(id string) bool {
				return len(p.ids) > 0 && alike(id, p.ids[0])
			})
		})
		if named && p.says == "" {
			l.parts = slices.Delete(l.parts, i, i+1)
			l.readText(p.doc)
			return
		}
	}
}

// compose takes the texts in the folders that a project consists of, such as backend and frontend, for its own where nothing speaks
// for the whole.
func (l *licensing) compose() {
	var docs []*Doc
	for i := range l.parts {
		docs = append(docs, l.parts[i].doc)
	}
	ofAll := componentLicenses(docs)
	l.parts = slices.DeleteFunc(l.parts, func(p licensePart) bool { return slices.Contains(ofAll, p.doc) })
	for _, d := range ofAll {
		l.readText(d)
	}
}

// componentLicenses returns those of some licence files that stand in folders at the root, if there are several such folders and
// they are all under the same licence: then it is that of the whole. A single one may be of somebody else's code.
func componentLicenses(docs []*Doc) []*Doc {
	var out []*Doc
	id := ""
	for _, d := range docs {
		if strings.Count(d.Path, "/") != 1 {
			continue
		}
		text := readLicenseText(d.Content())
		ids := text.ids()
		if len(ids) == 0 || id != "" && !alike(ids[0], id) {
			return nil
		}
		id = ids[0]
		out = append(out, d)
	}
	if len(out) < 2 || path.Dir(out[0].Path) == path.Dir(out[len(out)-1].Path) {
		return nil
	}
	return out
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
