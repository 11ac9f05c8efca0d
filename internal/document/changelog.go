package document

import (
	"iter"
	"misp-csirt-tooling/internal/pattern"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Release is the part of a changelog that is about one release.
type Release struct {
	Version    string    // as written, without a leading v; empty where a date or "unreleased" alone names the part
	Date       time.Time // the day, or the first of the month, that is stated; zero if none is
	Unreleased bool      // the part collects what is to be released
	Line, End  int       // from its heading to its last line, counted from 1

	body  string // what follows the heading
	first int    // the line on which that starts
}

// Body returns what follows the heading, as it is written.
func (r *Release) Body() string { return r.body }

// Note is one entry of a release: an item of a list or a paragraph.
type Note struct {
	Section   string // the heading within the release, such as "Fixed" or "Security", empty if none
	Text      string // white space folded, markup kept
	Above     string // the text of the item within which this one stands, empty if none
	Line, End int
}

// Releases reads a changelog from the top, newest release first as such files are kept: Markdown, reStructuredText,
// AsciiDoc and plain text with versions or dates as headings, Debian's (deb-changelog(5)) and GNU's. It reads lazily:
// a caller that stops after the first release pays for that release only.
func Releases(text string) iter.Seq[Release] {
	return func(yield func(Release) bool) {
		r := changelogReader{lines: lineReader{rest: text}}
		var open *Release
		start := 0
		for r.next() {
			found, ok := r.heading()
			if !ok {
				continue
			}
			if open != nil {
				open.close(text[start:r.at], r.line-1)
				if !yield(*open) {
					return
				}
			}
			head := found // apart from the lines that are no heading, which need not be kept
			head.first = r.lines.line + 1
			open, start = &head, r.lines.pos
		}
		if open != nil {
			open.close(text[start:], r.lines.line)
			yield(*open)
		}
	}
}

func (r *Release) close(body string, end int) {
	r.body, r.End = body, max(end, r.Line)
	if r.Date.IsZero() {
		r.Date = statedDate(body)
	}
}

// lineReader walks the lines of a text without splitting it.
type lineReader struct {
	rest string
	pos  int // offset of rest
	line int // number of the line read last
}

func (l *lineReader) next() (line string, at int, ok bool) {
	if l.rest == "" {
		return "", l.pos, false
	}
	at = l.pos
	line, rest, found := strings.Cut(l.rest, "\n")
	l.pos += len(line)
	if found {
		l.pos++
	}
	l.rest = rest
	l.line++
	return strings.TrimRight(line, "\r \t"), at, true
}

func (l *lineReader) peek() string {
	line, _, _ := strings.Cut(l.rest, "\n")
	return strings.TrimRight(line, "\r \t")
}

// changelogReader finds the headings of releases.
type changelogReader struct {
	lines  lineReader
	text   string // the current line
	at     int    // its offset
	line   int    // its number
	fence  string // the mark that ends the code block around the line
	inside bool   // within an HTML comment
	level  int    // the outermost level that headed a release so far, 0 before the first
}

// Lengths in bytes beyond which a line is no heading, and none that names neither version nor day.
const (
	headingLength = 200
	shortHeading  = 60
)

func (r *changelogReader) next() bool {
	for {
		text, at, ok := r.lines.next()
		if !ok {
			return false
		}
		r.text, r.at, r.line = text, at, r.lines.line
		trimmed := strings.TrimSpace(text)
		switch {
		case r.inside:
			r.inside = !strings.Contains(text, "-->")
			continue
		case r.fence != "":
			if strings.HasPrefix(trimmed, r.fence) {
				r.fence = ""
			}
			continue
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~") && !changelogRule.MatchString(trimmed):
			r.fence = trimmed[:3]
			continue
		case strings.HasPrefix(trimmed, "<!--"):
			r.inside = !strings.Contains(text, "-->")
			continue
		}
		return true
	}
}

var (
	// atxHeading is a heading with marks before it, of Markdown or of AsciiDoc.
	atxHeading = pattern.New(`^(#{1,5}|={1,5})\s*(\S.*?)[\s#=]*$`)
	// ruled is a heading between two rules on one line: "----- VERSION 2.1 -----".
	ruled = pattern.New(`^(?:-{3,}|={6,}|\*{3,}|~{3,}) *([^\s=*~-].*?) *(?:-{3,}|={6,}|\*{3,}|~{3,})$`)
	// boldHeading is a line that begins in bold, which stands for a heading.
	boldHeading = pattern.New(`^(?:\*\*|__)([^*_].*?)(?:\*\*|__)(.*)$`)
	// changelogRule is a line that underlines a heading, or separates two releases.
	changelogRule = pattern.New("^(?:={3,}|-{3,}|~{3,}|\\^{3,}|\"{3,}|'{3,}|`{3,}|\\*{3,}|\\+{3,}|#{3,})$")
	// debian begins an entry of a Debian changelog (deb-changelog(5)) and captures the version.
	debian = pattern.New(`^[\w.+-]+ \(([^)\s]+)\) [\w. -]+; ?urgency=`)
	// gnuDate begins an entry of a GNU ChangeLog (GNU coding standards, section 6.8) and captures the date.
	gnuDate = pattern.New(`^(\d{4}-\d{2}-\d{2})\s+\S.*[<(].*@`)
)

// Levels of headings: those of Markdown count from 1, underlined ones by their mark, unmarked lines come last.
const (
	underlined = 2
	bold       = 8
	unmarked   = 9
)

// heading reads the current line as the heading of a release.
func (r *changelogReader) heading() (Release, bool) {
	text := r.text
	if text == "" || len(text) > headingLength || strings.IndexByte(" \t-|>", text[0]) >= 0 && !strings.HasPrefix(text, "---") ||
		!strings.ContainsAny(text, "0123456789") && (len(text) > shortHeading || !unreleased.MatchString(text)) {
		return Release{}, false // most lines end here, cheaply
	}
	if m := debian.FindStringSubmatch(text); m != nil {
		return Release{Version: m[1], Unreleased: strings.Contains(text, "UNRELEASED"), Line: r.line}, true
	}
	if m := gnuDate.FindStringSubmatch(text); m != nil {
		return Release{Date: FirstDate(m[1]), Line: r.line}, true
	}
	level := unmarked
	if m := ruled.FindStringSubmatch(text); m != nil {
		level, text = underlined, m[1]
	} else if m := atxHeading.FindStringSubmatch(text); m != nil {
		level, text = len(m[1]), m[2]
	} else if under := r.lines.peek(); changelogRule.MatchString(under) {
		level = underlined
		if under[0] != '=' {
			level++
		}
	} else if m := boldHeading.FindStringSubmatch(text); m != nil {
		level, text = bold, m[1]+m[2]
	}
	if literal := strings.TrimSuffix(text, "``"); literal != text {
		text = strings.TrimPrefix(literal, "``") // a title in a literal of reStructuredText
	}
	found, bare, ok := readHeading(text, level < unmarked)
	if !ok || r.level != 0 && level > r.level && !(bare && !found.Date.IsZero()) {
		return Release{}, false
	}
	if r.level == 0 || level < r.level {
		r.level = level
	}
	if level == underlined || level == underlined+1 {
		r.skipRuler()
	}
	found.Line = r.line
	return found, true
}

// skipRuler steps over the line below an underlined heading.
func (r *changelogReader) skipRuler() {
	if changelogRule.MatchString(r.lines.peek()) {
		r.lines.next()
	}
}

var (
	// linkMarkup is a link of Markdown or reStructuredText in a heading, of which the text stays.
	linkMarkup = pattern.New(`\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])?|` + "`([^`<]+)(?: ?<[^>]*>)?`_?_?")
	// unreleased is a heading of what is not released yet.
	unreleased = pattern.New(`(?i)^\W*(?:unreleased|upcoming(?: release)?|next(?: release| version)?|head|in development|development version)\b` +
		`|\b(?:unreleased|not yet released|in development)\b`)
	// leadWords may stand before the version of a marked heading, beside the name of the project.
	leadWords = pattern.New(`(?i)^(?:(?:version|release|released|rel\.?|changes|changelog|new|what'?s new|news|notes|release notes|in` +
		`|for|of|the|since|and|[-–—:*#]) *)*`)
	// strictLead may stand before the version of an unmarked line.
	strictLead = pattern.New(`(?i)^(?:[*+] )?(?:(?:version|release|noteworthy|changes|what'?s new|new|in|for|since) )*`)
	// projectName may stand before a version: up to three words.
	projectName = pattern.New(`^(?:[\p{L}][\w.+-]{0,40}[ @/]){1,3}`)
	// versionText captures a version, or a date that stands for one, and what follows.
	versionText = pattern.New(`^[vVrR]?\.?(\d+(?:[._]\d+)+(?:[-._+]?[A-Za-z]+[-._]?\d*)*(?:\+[\w.]+)?|\d{4}-\d{2}-\d{2}|\d{6,8}|\d{4}-\d{2})(.*)$`)
	// inBrackets is a version in brackets after a name, and not a date.
	inBrackets = pattern.New(`^[(\[][vV]?\d+(?:\.\d+)+[)\]]`)
	// wholeNumber captures a version of a single number, which needs a word before it.
	wholeNumber = pattern.New(`(?i)^(?:version |release |v)(\d{1,4})\b(.*)$`)
	// dayFirstVersion is a date as 28.12.2022, which looks like a version.
	dayFirstVersion = pattern.New(`^\d{1,2}\.\d{1,2}\.(?:19|20)\d{2}$`)
	// afterVersion is what may follow a version; anything else makes it a part of a word.
	afterVersion = pattern.New(`^(?:$|[\s\-–—:,()/\[\].!|]|"|“)`)
)

// readHeading reads the text of a heading: version and date in either order. bare tells that nothing but those stands in it.
func readHeading(text string, marked bool) (found Release, bare, ok bool) {
	text = strings.TrimSpace(linkMarkup.ReplaceAllString(text, "$1$2"))
	found.Unreleased = unreleased.MatchString(text)
	found.Date = FirstDate(text)
	lead := strictLead.FindString(text)
	if marked {
		lead = leadWords.FindString(text)
	}
	rest := text[len(lead):]
	several := false // words of a name, which may as well be those of a sentence
	if (marked || !found.Date.IsZero()) && !versionText.MatchString(rest) {
		if name := projectName.FindString(rest); name != "" && !aboutOther.MatchString(name) {
			several = len(slices.DeleteFunc(strings.Fields(name), func(w string) bool { return leadWords.FindString(w) == w })) > 1
			rest = strings.TrimLeft(rest[len(name):], " -–—:")
			if inBrackets.MatchString(rest) {
				rest = rest[1:]
			}
			rest = rest[len(leadWords.FindString(rest)):]
		}
	}
	if m := versionText.FindStringSubmatch(rest); m != nil && afterVersion.MatchString(m[2]) {
		if (!marked || several) && !plainTail(m[2]) {
			return found, false, false
		}
		found.Version = m[1]
		if dayFirstVersion.MatchString(m[1]) && !found.Date.IsZero() {
			found.Version = ""
		}
		if d := FirstDate(m[1]); strings.Count(m[1], "-") > 0 && !d.IsZero() && len(m[1]) <= len(time.DateOnly) {
			found.Version, found.Date = "", d
			if next := versionText.FindStringSubmatch(strings.TrimLeft(m[2], " -–—:,()[]|/")); next != nil {
				found.Version = next[1]
			}
		}
		return found, strings.TrimSpace(lead) == "" && len(rest) == len(text), true
	}
	if m := wholeNumber.FindStringSubmatch(text); m != nil && marked {
		found.Version = m[1]
		return found, false, true
	}
	if marked && !found.Date.IsZero() && len(text) < shortHeading && dateOnly.MatchString(text) {
		return found, true, true
	}
	return found, false, marked && found.Unreleased && len(text) < shortHeading
}

// aboutOther matches words before a version that is not the project's.
var aboutOther = pattern.New(`(?i)^(?:upgrad\w*|updat\w*|migrat\w*|requir\w*|support\w*|python|php|java|node|ruby|go|from|to|drop\w*` +
	`|bump\w*|breaking|install\w*)[ @/]`)

// plainTail reports whether what follows the version on an unmarked line may end a heading: nothing, a date, a few words.
func plainTail(tail string) bool {
	tail = strings.TrimSpace(tail)
	return tail == "" || tail == ":" ||
		len(tail) < shortHeading && (tail[0] == '(' && strings.HasSuffix(tail, ")") || !FirstDate(tail).IsZero()) ||
		unreleased.MatchString(strings.Trim(tail, "()[]:- "))
}

var (
	// itemMark is the mark of an item of a list.
	itemMark = pattern.New(`^(\s*)(?:[-*+•]|\d{1,3}[.)])\s+(.*)$`)
	// sectionLine is a heading within a release: marked, bold, or a line that ends with a colon.
	sectionLine = pattern.New(`^(?:#{1,6}\s+(.+?)[\s#]*|(?:\*\*|__)([^*_]+?):?(?:\*\*|__):?|([\p{Lu}][\w /&-]{2,30}):)$`)
)

// Notes reads the entries of the release, in order and lazily.
func (r *Release) Notes() iter.Seq[Note] {
	return func(yield func(Note) bool) {
		lines := lineReader{rest: r.body, line: r.first - 1}
		var note Note
		section := ""
		var above []outerItem
		flush := func() bool {
			done := note
			note = Note{}
			return done.Text == "" || yield(done)
		}
		for {
			line, _, ok := lines.next()
			if !ok {
				flush()
				return
			}
			trimmed := strings.TrimSpace(line)
			heading, under := sectionHeading(line, lines.peek())
			var item []string
			if trimmed != "" && !unicode.IsLetter(rune(trimmed[0])) {
				item = itemMark.FindStringSubmatch(line)
			}
			if (trimmed == "" || heading != "" || item != nil) && !flush() {
				return
			}
			switch {
			case trimmed == "" || strings.IndexByte("=-~^", trimmed[0]) >= 0 && changelogRule.MatchString(trimmed):
			case heading != "":
				above = nil
				if section = heading; under {
					lines.next()
				}
			case item != nil:
				text := strings.Join(strings.Fields(item[2]), " ")
				indent := len(line) - len(strings.TrimLeft(line, " \t"))
				for len(above) > 0 && above[len(above)-1].indent >= indent {
					above = above[:len(above)-1]
				}
				note = Note{Section: section, Text: text, Line: lines.line, End: lines.line}
				if len(above) > 0 {
					note.Above = above[len(above)-1].text
				}
				above = append(above, outerItem{indent, text})
			case note.Text == "":
				note = Note{Section: section, Text: strings.Join(strings.Fields(trimmed), " "), Line: lines.line, End: lines.line}
			case len(note.Text) < noteLength:
				note.Text += " " + strings.Join(strings.Fields(trimmed), " ")
				note.End = lines.line
			}
		}
	}
}

// outerItem is an item of a list, by the columns before it, within which others may stand.
type outerItem struct {
	indent int
	text   string
}

// noteLength is the length in bytes beyond which a note is not joined further.
const noteLength = 4096

// sectionHeading returns the heading that a line of a release is, and whether the line below underlines it.
func sectionHeading(line, below string) (heading string, under bool) {
	if line == "" || strings.IndexByte(" \t-", line[0]) >= 0 || len(line) > headingLength {
		return "", false
	}
	if strings.IndexByte("#*_:", line[0]) >= 0 || strings.HasSuffix(line, ":") {
		if m := sectionLine.FindStringSubmatch(line); m != nil {
			return strings.TrimSpace(m[1] + m[2] + m[3]), false
		}
	}
	if below != "" && strings.IndexByte("=-~^\"'`*+#", below[0]) >= 0 &&
		changelogRule.MatchString(below) && !changelogRule.MatchString(line) && !itemMark.MatchString(line) {
		return strings.TrimSpace(line), true
	}
	return "", false
}
