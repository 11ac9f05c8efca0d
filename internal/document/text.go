package document

import (
	"misp-csirt-tooling/internal/pattern"
	"path"
	"strings"
	"unicode"
)

// textReader reads text without markup, by the conventions that people follow in it: paragraphs between blank lines, titles
// that are underlined, numbered or in capitals, items that begin with a mark, versions in a changelog.
type textReader struct {
	*builder
	lines     []string
	changelog bool
	styles    titleStyles
}

var (
	// changelogName matches the base names of changelogs, whose lines with a version are headings.
	changelogName = pattern.New(`(?i)^(change-?_?logs?|changes|news|history|release[-_ ]?notes|releases)\b`)
	// textItem is the mark of an item of a list.
	textItem = pattern.New(`^(?:[-*+•‣–]|\(?\d{1,3}[.)]|\(?[a-z]\))\s+`)
	// numberedTitle is a line with the number of a section before it.
	numberedTitle = pattern.New(`^(?:\d{1,2}[.)]|\d{1,2}(?:\.\d{1,2})+\.?|[IVX]{1,5}\.|(?:Section|Chapter|Part|Appendix|Article) [\dA-Z]+[.:]?)\s+\pL`)
	// dateForm is a date, or what stands in its place before the release.
	dateForm = `(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ][A-Za-z0-9]{1,9}[-/. ]\d{4}|` +
		`[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th)?,? \d{4}|[A-Z][a-z]+,? \d{4}|unreleased|Unreleased|UNRELEASED|TBD)`
	// versionLine is the line of a changelog that begins the part of a version.
	versionLine = pattern.New(`^(?:[*=-]+\s+)?(?:[A-Za-z][\w.-]*\s+)?(?:(?i:version|release|ver\.?)\s+)?\[?[vV]?\d+(?:\.\d+)+[\w.+-]*\]?` +
		`(?:\s*[-–—:/(,;]?\s*\(?(?i:released\s+(?:on\s+)?)?` + dateForm + `\)?)?\s*(?:\([^()]*\)|:)?\s*[=*-]*$`)
	// debianLine begins an entry of a Debian changelog (deb-changelog(5)).
	debianLine = pattern.New(`^[a-z0-9][a-z0-9+.-]+ \([^() ]+\)[A-Za-z0-9 .+-]*;\s*urgency=`)
	// dateLine is a line of a changelog with nothing but a date, and perhaps the author.
	dateLine = pattern.New(`^` + dateForm + `(?:\s+\S.*<\S+@\S+>)?:?$`)
)

func isChangelog(name string) bool { return changelogName.MatchString(path.Base(name)) }

func readText(b *builder, lines []string, changelog bool) {
	t := &textReader{builder: b, lines: make([]string, len(lines)), changelog: changelog}
	for i, line := range lines {
		t.lines[i] = strings.TrimRight(cut(line, maxLine), " \t\r")
	}
	for i := 0; i < len(t.lines); {
		i = t.block(i)
	}
}

// at returns a line, empty beyond the ends.
func (t *textReader) at(i int) string {
	if i < 0 || i >= len(t.lines) {
		return ""
	}
	return t.lines[i]
}

// block reads the block that begins at line i and returns the line after it.
func (t *textReader) block(i int) int {
	line := t.lines[i]
	text := strings.TrimSpace(line)
	switch {
	case text == "":
		return i + 1
	case strings.HasPrefix(text, "-----BEGIN ") && strings.HasSuffix(text, "-----"):
		return t.armor(i)
	case ruler(text) && t.at(i+1) != "" && !ruler(t.at(i+1)) && ruler(strings.TrimSpace(t.at(i+2))): // overlined, or in a box
		title := strings.TrimSpace(strings.Trim(strings.TrimSpace(t.lines[i+1]), text[:1]))
		t.title(title, text[:1]+"over", i+1, i, i+2)
		return i + 3
	case ruler(text):
		return i + 1
	case t.underlined(i):
		t.title(text, strings.TrimSpace(t.lines[i+1])[:1], i, i, i+1)
		return i + 2
	case t.version(i):
		t.title(strings.Trim(text, "*=- \t:"), "version", i, i, i)
		return i + 1
	case t.numbered(i):
		t.title(text, "numbered "+strings.Repeat(".", strings.Count(strings.Trim(text[:strings.IndexAny(text, " \t")], ".)"), ".")), i, i, i)
		return i + 1
	case t.capitals(i):
		t.title(text, "capitals", i, i, i)
		return i + 1
	}
	return t.paragraph(i)
}

// title opens a section whose title stands on line at; that and its rules reach from line first to last.
func (t *textReader) title(text, style string, at, first, last int) {
	in := &run{}
	in.write(text, at+1)
	t.heading(t.styles.level(style), in, first+1, last+1)
}

// armor reads a key or signature.
func (t *textReader) armor(i int) int {
	first := i
	for i++; i < len(t.lines) && !strings.HasPrefix(strings.TrimSpace(t.lines[i-1]), "-----END "); i++ {
	}
	t.code(t.lines[first:i], first+1)
	return i
}

// paragraph reads running text or an item of a list, which end where a line is blank or begins an item.
func (t *textReader) paragraph(i int) int {
	first, kind := i, Paragraph
	text := strings.TrimSpace(t.lines[i])
	if m := textItem.FindString(text); m != "" {
		kind, text = Item, text[len(m):]
	} else if strings.HasPrefix(text, "> ") {
		kind = Quote
	}
	in := &run{}
	in.write(text+"\n", i+1)
	for i++; i < len(t.lines); i++ {
		text = strings.TrimSpace(t.lines[i])
		if text == "" || textItem.MatchString(text) || ruler(text) || t.version(i) || t.underlined(i) || strings.HasPrefix(text, "-----BEGIN ") {
			break
		}
		if kind == Quote {
			text = strings.TrimPrefix(text, ">")
		}
		in.write(text+"\n", i+1)
	}
	if kind == Quote {
		in.text, in.marks = trimQuote(in.text, in.marks)
	}
	t.add(kind, in, first+1, first+1)
	return i
}

// trimQuote removes the mark before the first line of a quotation.
func trimQuote(text []byte, marks []mark) ([]byte, []mark) {
	for i := range marks {
		marks[i].offset = max(0, marks[i].offset-2)
	}
	return text[2:], marks
}

// ruler reports whether a line is drawn of one character.
func ruler(text string) bool {
	return len(text) >= 3 && strings.IndexByte("=-~^*#_+", text[0]) >= 0 && strings.Trim(text, text[:1]) == ""
}

// maxTitle is how long a title of plain text is at most.
const maxTitle = 100

// underlined reports whether line i is a title with a line drawn below it that is about as long.
func (t *textReader) underlined(i int) bool {
	title, under := strings.TrimSpace(t.lines[i]), strings.TrimSpace(t.at(i+1))
	return ruler(under) && title != "" && len(title) <= maxTitle && !ruler(title) && strings.IndexByte("=-~^*#+", under[0]) >= 0 &&
		len(under)*3 >= len([]rune(title))*2 && (len(under) <= len(title)+4 || len(under) >= 40)
}

// version reports whether line i begins the part of a version: in a changelog by its form, elsewhere only with a date.
func (t *textReader) version(i int) bool {
	line := t.lines[i]
	if strings.Contains(line, "urgency=") && debianLine.MatchString(line) {
		return true
	}
	if line == "" || len(line) > maxTitle || line[0] == ' ' || line[0] == '\t' || !strings.ContainsAny(line, "0123456789") {
		return false
	}
	return t.changelog && (versionLine.MatchString(line) || dateLine.MatchString(line))
}

// alone reports whether line i stands between blank lines and something follows.
func (t *textReader) alone(i int) bool {
	return t.at(i-1) == "" && t.at(i+1) == "" && i+2 < len(t.lines)
}

// numbered reports whether line i is a numbered title: it stands alone, does not end like a sentence, and what follows is
// not numbered too, as the items of a list would be.
func (t *textReader) numbered(i int) bool {
	text := strings.TrimSpace(t.lines[i])
	if len(text) > maxTitle || !t.alone(i) || strings.IndexByte(".,;:!?", text[len(text)-1]) >= 0 || !numberedTitle.MatchString(text) {
		return false
	}
	for n := i + 1; n < min(i+5, len(t.lines)); n++ {
		if next := strings.TrimSpace(t.lines[n]); next != "" {
			return !numberedTitle.MatchString(next) || strings.Count(next[:strings.IndexAny(next, " \t")],
				".") > strings.Count(text[:strings.IndexAny(text, " \t")], ".")
		}
	}
	return false
}

// capitals reports whether line i stands alone and is written in capitals.
func (t *textReader) capitals(i int) bool {
	text := strings.TrimSpace(t.lines[i])
	if len(text) > maxTitle || !t.alone(i) || strings.HasSuffix(text, ".") {
		return false
	}
	letters := 0
	for _, r := range text {
		switch {
		case unicode.IsUpper(r):
			letters++
		case unicode.IsLetter(r), strings.ContainsRune("@=<>{}|$`\\", r):
			return false
		}
	}
	return letters >= 4
}
