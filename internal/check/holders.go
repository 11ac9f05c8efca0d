package check

import (
	"misp-csirt-tooling/internal/pattern"
	"path"
	"slices"
	"strings"
)

// holderFiles name the holders of the copyright. ruleSample are detection rules, each of which may name its author.
var (
	holderFiles = []string{
		"{authors,contributors,credits,maintainers}{,.*}", "copyright{,.*}", "{licen[cs]e,copying}{,.*,-*}", ".reuse/dep5", "reuse.toml",
		"debian/copyright", "docs/authors.*", componentTexts,
	}
	// componentTexts are licence files in folders at the root, which count where they are the whole's.
	componentTexts = "*/{licen[cs]e,copying}{,.*,-*}"
	ruleSample     = []string{"{rules,rules[-_]*}/**/*.{yml,yaml,yar,yara}", "{yara,signatures}/**/*.{yar,yara}"}
)

// party is somebody whom the tree names as a holder of the copyright, or as an author.
type party struct {
	name       string
	key        string // for comparing
	collective bool   // "the authors of …"
	files      int    // source files that name it
	stated     bool   // a document names it, not just the header of a file
	at         Evidence
}

// holders is who is named where.
type holders struct {
	list    []party
	authors []party   // of a list of authors
	keep    *Evidence // a sentence by which contributors keep their rights
}

var (
	// copyrightForm matches a notice of copyright and captures what follows: years and holders.
	copyrightForm = pattern.New(`(?i)^[\W_]*(?:this \w+ is (?:(?:a )?part of [^,.;:]{1,60}[,.;:]\s*)?)?(?:SPDX-FileCopyrightText:|__copyright__\s*=\W*(?:copyright\b)?|licensor:` +
		`|copyright\s*=\s*[a-z]{0,2}["']|(?:portions )?copyright\b(?: by\b)?|(?:[\w.-]+ ){1,4}(?:is|are) copyright\b|©|\(c\)\s*(?:copyright\b)?)\s*:?(.*)$`)
	// ofProduct is a notice that names the product first: "Example Sandbox (C) 2019-2023 Example Institute".
	ofProduct = pattern.New(`^[\W_]*([A-Z][\w. -]{1,40}) (\([Cc]\) (?:19|20)\d\d)`)
	// yearsForm are the years and signs of a notice, which are dropped to find the name.
	yearsForm = pattern.New(`(?i)\(c\)|©|&copy;|\b(?:19|20)\d\d\b(?:\s*[-–,/]\s*(?:(?:19|20)?\d\d\b|present|now|today))*|\bpresent\b`)
	// noticeForm tells a notice from a sentence about copyright: by a year, a sign, the tag of SPDX, or what the file is part of.
	noticeForm = pattern.New(`(?i)\b(?:19|20)\d\d\b|SPDX-FileCopyrightText|^\W*licensor:|\bcopyright\s*(?:\(c\)|©|&copy;|:)` +
		`|\bis (?:a )?part of [^,.;:]{1,60}[,.;:]\s*copyright\b`)
	// bareForm is a notice without year or sign: nothing but a name follows.
	bareForm = pattern.New(`^\W*Copyright(?: [A-Z][\w.&-]*,?){2,5}(?:\W*| and/or licensed to .*)$`)
	// grantedForm is what a notice says of those to whom contributors grant a licence.
	grantedForm = pattern.New(`(?i)\s+and/or licensed to\b.*`)
	// tailForm is what may follow a name in a notice: rights, licences, addresses, "et al".
	tailForm = pattern.New(`(?i)\ball rights reserved.*|[.;]\s+(?:see|this|that|it|licen[cs]ed|released|distributed|published)\b.*` +
		`|\s*[<(\[].*$|\s+-\s+(?:https?:|\S+@).*|,?\s*https?:.*|\s+\S+@\S+.*|\bet al\b.*|\band (?:other )?contributors\b.*|\b(?:is |are )?(?:licen[cs]ed|released) under\b.*`)
	// legalForm are legal forms at the end of a name, without which names are compared.
	legalForm = pattern.New(`(?i)[,.]?\s+\b(?:inc|llc|ltd|gmbh|ag|sa|sas|sarl|bv|corp|corporation|co|foundation|g\.?i\.?e|team|project)\b\.?`)
	// dotted is a legal form in letters with full stops, of which the last was taken for the end of the sentence.
	dotted = pattern.New(`\s\p{L}\.\p{L}$`)
	// suffixForm are legal forms after a comma, which separate no holders.
	suffixForm = pattern.New(`(?i),\s*(?:inc|llc|ltd|gmbh|l\.?p|s\.?a\.?s?|co|corp|b\.?v|s\.?r\.?o|e\.?v)\b\.?`)
	// collectiveOf are the words of a holder that stands for many: "The Example Authors".
	collectiveOf = pattern.New(`(?i)\b(?:authors|contributors|developers|maintainers|community)\b|^others$`)
	// remark stands in parentheses after a holder and lists more on it: where it is, its legal form.
	remark = pattern.New(`\([^()]*,[^()]*(?:\)|$)`)
	// others are the authors of licences and what a template left open.
	others = pattern.New(`(?i)free software foundation|linux foundation and its contributors|\$\{|creative commons|european union` +
		`|[{<\[]\s*(?:yyyy|year|full ?name|name|your|copyright|author|organi[sz]ation|company|insert)` +
		`|name of (?:the )?(?:author|copyright)|python software foundation|apache software|yyyy|holders?\b|\bnotice|\blaws?\b|\blicen[cs]e|\bowner` +
		`|\bthe following|\bprotect`)
	// keepForm is a sentence by which contributors keep their rights.
	keepForm = pattern.New(`(?i)\b(?:contributors?|authors?|you) (?:will |shall |still )?(?:retain|keep|own|hold)s? (?:the |their |your ` +
		`|all )*(?:full )?(?:copyright|rights|ownership)|\bcopyright (?:remains|stays|is retained|is held) (?:with|by) (?:the |their ` +
		`|its )?(?:respective |original |individual )?(?:contributors?|authors?|owners?)|\bcredit to the authors file must be always retained`)
	// ruleBy is the field of a detection rule that names its author, in Sigma and in YARA.
	ruleBy = pattern.New(`(?im)^\s*author\s*[:=]\s*["']?([^"'\n,;/]{3,60})`)
)

// ruleFile matches the places of detection rules.
var ruleFile = pattern.New(`(?i)^rules|^(?:yara|signatures)/.*\.yara?$`)

func readHolders(v *View) *holders {
	h := &holders{}
	rooted := slices.ContainsFunc(v.Docs, func(d *Doc) bool { return isLicense(d.Path) && !strings.Contains(d.Path, "/") })
	ofParts := slices.DeleteFunc(v.Matching(componentTexts), func(d *Doc) bool { return prose(d) })
	if !rooted {
		whole := componentLicenses(ofParts)
		ofParts = slices.DeleteFunc(ofParts, func(d *Doc) bool { return slices.Contains(whole, d) })
	}
	for _, d := range v.distinct() {
		base := strings.ToLower(path.Base(d.Path))
		switch {
		case thirdParty.MatchString(base) && !sourceFile.MatchString(base): // the holders of other people's code
		case slices.Contains(ofParts, d): // nor those of a part
		case ruleFile.MatchString(d.Path):
			h.readRule(d)
		case sourceFile.MatchString(base):
			if head := header(d); !madeByProgram.MatchString(head) {
				h.readLines(d, head, false)
			}
		case strings.HasPrefix(base, "authors") || strings.HasPrefix(base, "contributors") || strings.HasPrefix(base, "credits") ||
			strings.HasPrefix(base, "copyright"):
			h.readLines(d, d.Content(), true)
			h.readAuthors(d)
		default:
			content := h.ownPart(base, d.Content())
			if isStanzas(d.Path) {
				content = withoutOthers(content)
			}
			h.readLines(d, content, true)
		}
		if rightsGuide.MatchString(base) {
			h.readKeep(d)
		}
	}
	return h
}

// madeByProgram is a header of a file that a program wrote, from what may be somebody else's.
var madeByProgram = pattern.New(`(?i)\bgenerated\b.{0,40}\b(?:do not edit|edit with care)\b` +
	`|\b(?:file|code) (?:is|was) (?:machine|auto(?:matically)?)[- ]generated\b|@generated\b`)

// othersPart are the words with which a licence file comes to the code of others: what the project builds on, or single files.
var othersPart = pattern.New(`(?i)\b(?:third[- ]party|3rd[- ]party|bundled|production|runtime) (?:dependenc(?:y|ies)|librar(?:y|ies)` +
	`|components?|software|licen[cs]es|packages|code)\b` +
	`|\bcontains? (?:\w+ ){0,3}code (?:from|of|by)\b` +
	`|\bfiles?\b.{0,60}\b(?:is|are) (?:licen[cs]ed|distributed|released) under\b|` + underFollowing)

// underFollowing is how a licence file announces the licence of a part: "The code in static/jquery is covered by the following license:".
const underFollowing = `\b(?:code|files?|software|director(?:y|ies)|folders?|components?|librar(?:y|ies)|scripts?|parts?)\b.{0,100}` +
	`\b(?:is|are) (?:covered|governed|licen[cs]ed|distributed|released) (?:by|under) (?:the )?following\b`

// ownPart returns what a text says of the project: a licence file may go on with the licences of what it builds on, whose
// holders are none of its own. Words before the first holder only announce that.
func (h *holders) ownPart(base, text string) string {
	text = text[:min(len(text), maxLicenseText)]
	license := isLicense(base)
	if !license && !strings.HasPrefix(base, "readme") {
		return text
	}
	for _, m := range inLines(othersPart, text) {
		if license && len(h.list) > 0 || noticeForm.MatchString(text[:m[0]]) {
			return text[:m[0]]
		}
	}
	return text
}

// isLicense tells a licence file by its name.
func isLicense(p string) bool {
	base := strings.ToLower(path.Base(p))
	return strings.HasPrefix(base, "licen") || strings.HasPrefix(base, "copying")
}

// rightsGuide are the documents that tell contributors what becomes of their rights.
var rightsGuide = pattern.New(`^(?:contribut|readme|authors|copyright|notice|code|coding)`)

// readKeep looks for a sentence by which contributors keep their rights, without an agreement that takes them.
func (h *holders) readKeep(d *Doc) {
	for _, b := range d.Document().Prose() {
		if h.keep == nil && keepForm.MatchString(b.Text) && !agreementIn.MatchString(b.Text) {
			h.keep = &Evidence{Path: d.Place(), Line: b.Line, End: b.End, Note: "contributors keep their rights"}
		}
	}
}

// readLines reads the lines of a text that say who holds the copyright.
func (h *holders) readLines(d *Doc, text string, stated bool) {
	lines := strings.Split(text, "\n")
	for n := 1; n <= len(lines); n++ {
		line := lines[n-1]
		if len(line) > 300 {
			continue
		}
		if m := ofProduct.FindStringSubmatch(line); stated && m != nil && !others.MatchString(m[1]) && !strings.Contains(strings.ToLower(m[1]), "copyright") {
			line = m[2] + line[len(m[0]):]
		}
		m := copyrightForm.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		m[1] = grantedForm.ReplaceAllString(m[1], "")
		if !noticeForm.MatchString(line) && (stated || !bareForm.MatchString(line)) || others.MatchString(m[1]) {
			continue // without a year or a sign it is a sentence about copyright more often than a notice
		}
		notice := m[1]
		if stated {
			notice += continuation(lines[n:])
		}
		notice = suffixForm.ReplaceAllString(remark.ReplaceAllString(notice, " "), "")
		notice = crownForm.ReplaceAllString(notice, "")
		notice = besideForm.ReplaceAllString(notice, ", $1")
		for name := range strings.SplitSeq(strings.ReplaceAll(notice, " and the ", ", "), ", ") {
			h.add(name, stated, at(d, n, 0, "names a holder"))
		}
	}
}

// crownForm is the kind of copyright that a government has, before the name of the government.
var crownForm = pattern.New(`(?i)\bcrown copyright, +`)

// besideForm matches the contributors, or others, who hold the copyright beside whom a notice names.
var besideForm = pattern.New(`(?i)\s+(?:and|&) (?:other |its |all )?(contributors|others)\b`)

// nameLink is a name that is a link, in Markdown or in reStructuredText.
var nameLink = pattern.New("\\[([^\\]]+)\\]\\([^)]*\\)|`([^`<]+?) *<[^>]*>`__?")

// maxContinued is over how many more lines a notice may run.
const maxContinued = 3

// continuation returns the lines on which the list of holders that a notice begins goes on: the first word is a small one.
func continuation(lines []string) string {
	text := ""
	for _, line := range lines[:min(len(lines), maxContinued)] {
		line = strings.TrimSpace(line)
		if !continuedForm.MatchString(line) && !strings.HasSuffix(text, " and the") {
			break
		}
		text += " " + line
	}
	return text
}

// continuedForm matches such a line.
var continuedForm = pattern.New(`^(?:and|&|through|of|by) \S`)

func (h *holders) add(name string, stated bool, where Evidence) {
	name = nameLink.ReplaceAllString(name, "$1$2")
	name = yearsForm.ReplaceAllString(name, " ")
	name = tailForm.ReplaceAllString(name, "")
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .,;:-–*#/|\"'`")
	name, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, "by "), "- "), " - ") // what it stands for, or does
	if dotted.MatchString(name) {
		name += "."
	}
	if len(name) < 3 || len(name) > 120 || others.MatchString(name) || !strings.ContainsAny(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		return
	}
	key := strings.ToLower(legalForm.ReplaceAllString(name, ""))
	key = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, key)
	for i := range h.list {
		if o := &h.list[i]; o.key == key || len(key) > 4 && strings.Contains(o.key, key) || len(o.key) > 4 && strings.Contains(key, o.key) {
			o.files++
			o.stated = o.stated || stated
			return
		}
	}
	h.list = append(h.list, party{name: name, key: key, collective: collectiveOf.MatchString(name), files: 1, stated: stated, at: where})
}

// independent returns the holders that count: those that a document states, and those whom more than one header and at least one
// in twenty names, since a few files may be somebody else's. Collective ones come last.
func (h *holders) independent() []party {
	var out []party
	named := 0
	for _, o := range h.list {
		named += o.files
	}
	for _, o := range h.list {
		if o.stated || o.files > 1 && o.files*20 >= named {
			out = append(out, o)
		}
	}
	if len(out) == 0 {
		out = slices.Clone(h.list)
	}
	slices.SortStableFunc(out, func(a, b party) int {
		switch {
		case a.collective == b.collective:
			return 0
		case a.collective:
			return 1
		}
		return -1
	})
	return out
}

// personForm is a line that is nothing but the name of a person.
var personForm = pattern.New(`^\p{Lu}[\p{L}.'’-]*(?: (?:d[aeiu]|del|van|von|der|den|la|le|\p{Lu}[\p{L}.'’-]*)){1,4}$`)

// plainNames reports whether every line of a list of authors, comments aside, is a name.
func plainNames(text string) bool {
	names := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !personForm.MatchString(line) {
			return false
		}
		names++
	}
	return names > 0
}

// readAuthors reads a list of authors: one a line, as an item or not, with an address or not.
func (h *holders) readAuthors(d *Doc) {
	n, plain := 0, plainNames(d.Content())
	for line := range strings.Lines(d.Content()) {
		n++
		line = strings.TrimSpace(line)
		item := strings.HasPrefix(line, "* ") || strings.HasPrefix(line, "- ")
		if line == "" || strings.HasPrefix(line, "#") || copyrightForm.MatchString(line) {
			continue
		}
		name, _, address := strings.Cut(strings.TrimLeft(line, "*- "), "<")
		name, rest, _ := strings.Cut(name, "(")
		address = address || strings.Contains(rest, "@")
		name, _, _ = strings.Cut(name, " - ")
		if name = strings.TrimSpace(name); (item || address || plain) && len(strings.Fields(name)) <= 6 && len(name) > 2 && !strings.HasSuffix(name, ".") {
			h.authors = append(h.authors, party{name: name, at: at(d, n, 0, "names an author")})
		}
	}
}

// readRule reads the author of a detection rule.
func (h *holders) readRule(d *Doc) {
	text := header(d)
	if m := ruleBy.FindStringSubmatchIndex(text); m != nil {
		h.add(text[m[2]:m[3]], true, at(d, lineAt(text, m[2]), 0, "names its author"))
	}
}
