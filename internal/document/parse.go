package document

import (
	"path"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxText is how many bytes of a text are read. What is longer is a changelog, nearly always, whose newest part comes first.
const maxText = 1 << 18

// Parse reads text in the format that the name of the file and, where the name does not tell, the text itself suggest.
// It never fails: what it cannot make sense of is a paragraph. Time and memory grow linearly with the text, of which the
// first 256 KiB are read. Lines are counted as forges do, by line feeds.
func Parse(name, text string) *Document {
	lines := splitLines(decode(text))
	b := newBuilder(formatOf(name, lines))
	b.doc.Cut = len(text) > maxText
	switch b.doc.Format {
	case Markdown:
		readMarkdown(b, lines)
	case ReStructuredText:
		readRST(b, lines)
	case AsciiDoc:
		readAsciiDoc(b, lines)
	case HTML:
		readHTML(b, strings.Join(lines, "\n"), 1, Paragraph)
	default:
		readText(b, lines, isChangelog(name))
	}
	return b.finish()
}

// decode returns text as UTF-8 without byte-order mark and control characters: UTF-16 with a mark is converted, and a byte
// that is not UTF-8 is taken as Latin-1.
func decode(text string) string {
	text = text[:min(len(text), maxText)]
	switch {
	case strings.HasPrefix(text, "\xef\xbb\xbf"):
		text = text[3:]
	case strings.HasPrefix(text, "\xff\xfe"):
		text = decodeUTF16(text[2:], 0, 1)
	case strings.HasPrefix(text, "\xfe\xff"):
		text = decodeUTF16(text[2:], 1, 0)
	}
	if utf8.ValidString(text) && !strings.ContainsAny(text, "\x00\r\f\v") {
		return text
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var out strings.Builder
	out.Grow(len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			r = rune(text[i])
		case r == 0 || r == '\r' || r == '\f' || r == '\v':
			r = ' '
		}
		out.WriteRune(r)
		i += size
	}
	return out.String()
}

func decodeUTF16(text string, low, high int) string {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = uint16(text[2*i+low]) | uint16(text[2*i+high])<<8
	}
	return string(utf16.Decode(units))
}

func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// formatOf tells the format by the extension. A text without a telling one is read as what it looks like.
func formatOf(name string, lines []string) Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mdown", ".mkd", ".mdx":
		return Markdown
	case ".rst", ".rest":
		return ReStructuredText
	case ".adoc", ".asciidoc", ".asc":
		if len(lines) > 0 && strings.HasPrefix(lines[0], "-----BEGIN ") {
			return Text // an armoured key
		}
		return AsciiDoc
	case ".html", ".htm", ".xhtml":
		return HTML
	}
	if prose(path.Base(name)) {
		return sniff(lines, path.Ext(name) != "")
	}
	return Text
}

// prose reports whether a file of this name holds prose rather than code or data: it has no extension, or one that says so.
func prose(base string) bool {
	switch strings.ToLower(path.Ext(base)) {
	case "", ".txt", ".text", ".tmpl", ".in", ".template":
		return true
	}
	return strings.ToUpper(base) == base // CHANGELOG.1, README.DEBIAN
}

// sniffed is how many lines are looked at to tell a format.
const sniffed = 400

// sniff tells the format by the text. In a file that calls itself text, lines that begin with # are more often comments of
// a script than headings.
func sniff(lines []string, plain bool) Format {
	lines = lines[:min(len(lines), sniffed)]
	headings, markdown, rst := 0, 0, 0
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		lower := strings.ToLower(trimmed[:min(len(trimmed), 15)])
		blankBefore, blankAfter := i == 0 || blank(lines[i-1]), i+1 == len(lines) || blank(lines[i+1])
		switch {
		case headings+markdown+rst == 0 && (strings.HasPrefix(lower, "<!doctype html") || strings.HasPrefix(lower, "<html")):
			return HTML
		case i == 0 && strings.HasPrefix(line, "= ") && blankAfter:
			return AsciiDoc
		case atxLevel(line) > 0 && blankBefore && blankAfter:
			if headings++; atxLevel(line) > 1 && headings > 1 {
				plain = false
			}
		case strings.HasPrefix(trimmed, "```") || strings.Contains(trimmed, "](http") || strings.Contains(trimmed, "]: http"):
			markdown++
		case strings.HasPrefix(line, ".. ") && strings.Contains(line, "::"), strings.HasPrefix(line, ".. _"), strings.Contains(line, ">`_"):
			rst++
		}
	}
	switch {
	case rst > 0 && rst >= markdown:
		return ReStructuredText
	case headings > 1 && !plain, headings > 0 && markdown > 0, markdown > 1:
		return Markdown
	}
	return Text
}

// atxLevel returns the level of a Markdown heading in one line, 0 if it is none.
func atxLevel(line string) int {
	n := 0
	for n < len(line) && line[n] == '#' {
		n++
	}
	if n > 6 || n == len(line) || line[n] != ' ' {
		return 0
	}
	return n
}

// cut returns the first n bytes of a text, fewer where a character would be broken.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }

// indentOf returns the width of the white space before a line; a tab reaches to the next multiple of eight.
func indentOf(line string) int {
	n := 0
	for i := range len(line) {
		switch line[i] {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		default:
			return n
		}
	}
	return n
}
