package document

import (
	"html"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"misp-csirt-tooling/internal/pattern"
)

var commonmark = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Linkify, extension.Strikethrough, extension.TaskList)).Parser()

// markdownReader walks the tree of a parsed text.
type markdownReader struct {
	*builder
	source []byte
	starts []int // offsets of the lines
}

func readMarkdown(b *builder, lines []string) {
	source := tame(lines)
	m := &markdownReader{builder: b, source: []byte(source), starts: make([]int, 0, len(lines))}
	for offset := 0; offset <= len(source); {
		m.starts = append(m.starts, offset)
		n := strings.IndexByte(source[offset:], '\n')
		if n < 0 {
			break
		}
		offset += n + 1
	}
	m.blocks(commonmark.Parse(text.NewReader(m.source)), Paragraph)
}

// line returns the number of the line that holds an offset.
func (m *markdownReader) line(offset int) int {
	i, found := slices.BinarySearch(m.starts, offset)
	if found {
		return i + 1
	}
	return i
}

// span returns the first and the last line of a node that has lines.
func (m *markdownReader) span(n ast.Node) (first, last int, ok bool) {
	lines := n.Lines()
	if lines == nil || lines.Len() == 0 {
		return 0, 0, false
	}
	return m.line(lines.At(0).Start), m.line(lines.At(lines.Len() - 1).Start), true
}

// blocks reads the children of a container, whose paragraphs are of a kind.
func (m *markdownReader) blocks(parent ast.Node, kind Kind) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n.Kind() {
		case ast.KindHeading:
			m.heading(n.(*ast.Heading), kind)
		case ast.KindParagraph, ast.KindTextBlock:
			m.paragraph(n, kind)
			if kind == Item {
				kind = Paragraph // what follows in the item is not another one
			}
		case ast.KindBlockquote:
			if m.isAlert(n) {
				m.blocks(n, Paragraph)
			} else {
				m.blocks(n, Quote)
			}
		case ast.KindList:
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				if kind == Quote {
					m.blocks(item, Quote)
				} else {
					m.blocks(item, Item)
				}
			}
		case ast.KindCodeBlock, ast.KindFencedCodeBlock:
			m.codeBlock(n)
		case ast.KindHTMLBlock:
			m.htmlBlock(n.(*ast.HTMLBlock), kind)
		case east.KindTable:
			for row := n.FirstChild(); row != nil; row = row.NextSibling() {
				m.row(row)
			}
		}
	}
}

// alertStart is how an author begins a quotation that is a note to the reader: GitHub's alerts, or a word and what it stands for.
var alertStart = pattern.New(`(?i)^\W*(?:note|tip|important|warning|caution|attention|danger|security)\b\W{0,6}(?:\n|[:*_!-]|$)`)

// isAlert reports whether a quotation is the author's own note.
func (m *markdownReader) isAlert(n ast.Node) bool {
	first := n.FirstChild()
	if first == nil || first.Lines() == nil || first.Lines().Len() == 0 {
		return false
	}
	line := first.Lines().At(0)
	return alertStart.Match(line.Value(m.source))
}

func (m *markdownReader) heading(n *ast.Heading, kind Kind) {
	first, last, ok := m.span(n)
	if !ok {
		return
	}
	r := m.inline(n)
	if start := n.Lines().At(0).Start; !strings.Contains(string(m.source[m.starts[first-1]:start]), "#") {
		last = min(last+1, len(m.starts)) // the underline
	}
	if kind != Paragraph || n.Parent().Kind() == ast.KindBlockquote {
		m.add(kind, r, first, last)
		return
	}
	m.builder.heading(n.Level, r, first, last)
}

func (m *markdownReader) paragraph(n ast.Node, kind Kind) {
	first, last, ok := m.span(n)
	if !ok {
		return
	}
	r := m.inline(n)
	if kind == Paragraph && n.Kind() == ast.KindParagraph && n.Parent().Kind() == ast.KindDocument && allBold(n, m.source) && len(r.text) <= 80 {
		m.builder.heading(boldLevel, r, first, last)
		return
	}
	m.add(kind, r, first, last)
}

// allBold reports whether a paragraph is one strong emphasis, as people write instead of a heading, and something follows.
func allBold(n ast.Node, source []byte) bool {
	strong, ok := n.FirstChild().(*ast.Emphasis)
	if !ok || strong.Level != 2 || n.NextSibling() == nil || n.NextSibling().Kind() == ast.KindHeading {
		return false
	}
	if strong.NextSibling() != nil {
		t, ok := strong.NextSibling().(*ast.Text)
		if !ok || t.NextSibling() != nil || strings.TrimSpace(string(t.Value(source))) != ":" {
			return false
		}
	}
	t, ok := strong.LastChild().(*ast.Text)
	return ok && !strings.HasSuffix(string(t.Value(source)), ".")
}

func (m *markdownReader) codeBlock(n ast.Node) {
	first, _, ok := m.span(n)
	if !ok {
		return
	}
	var lines []string
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		lines = append(lines, strings.TrimRight(string(s.Value(m.source)), "\n"))
	}
	m.code(lines, first)
}

func (m *markdownReader) htmlBlock(n *ast.HTMLBlock, kind Kind) {
	first, _, ok := m.span(n)
	if !ok {
		return
	}
	var raw strings.Builder
	for i := range n.Lines().Len() {
		s := n.Lines().At(i)
		raw.Write(s.Value(m.source))
	}
	if n.HasClosure() {
		raw.Write(n.ClosureLine.Value(m.source))
	}
	readHTML(m.builder, raw.String(), first, kind)
}

func (m *markdownReader) row(n ast.Node) {
	r := &run{}
	first := 0
	for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
		line := first
		if l, _, ok := m.span(cell); ok {
			line = l
		}
		if first == 0 {
			first = line
		} else {
			r.write(" | ", line)
			r.space = true
		}
		m.inlines(r, cell, line)
	}
	if first > 0 && strings.Trim(string(r.text), "| ") == "" {
		r.text = nil
	}
	if first > 0 {
		m.add(Cell, r, first, first)
	}
}

func (m *markdownReader) inline(n ast.Node) *run {
	r := &run{}
	first, _, _ := m.span(n)
	m.inlines(r, n, first)
	return r
}

// inlines reads the children of a node into r and returns the line that it has come to.
func (m *markdownReader) inlines(r *run, parent ast.Node, line int) int {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			line = m.line(n.Segment.Start)
			value := string(n.Segment.Value(m.source))
			if !n.IsRaw() && parent.Kind() != ast.KindCodeSpan {
				value = unescape(value)
			}
			r.write(value, line)
			if n.SoftLineBreak() || n.HardLineBreak() {
				r.space = true
				line++
			}
		case *ast.String:
			r.write(string(n.Value), line)
		case *ast.Link:
			r.begin(unescape(string(n.Destination)), m.firstLine(n, line))
			line = m.inlines(r, n, line)
			r.end()
		case *ast.Image:
			alt := &run{}
			at := m.firstLine(n, line)
			line = m.inlines(alt, n, line)
			r.image(string(alt.text), unescape(string(n.Destination)), at)
		case *ast.AutoLink:
			label := string(n.Label(m.source))
			target, end := label, len(label)
			if n.AutoLinkType == ast.AutoLinkURL { // the extension takes the punctuation after an address for a part of it
				end = urlEnd(label, 0)
				target = label[:end]
			} else if !strings.HasPrefix(strings.ToLower(label), "mailto:") {
				target = "mailto:" + label
			}
			r.link(label[:end], target, line)
			r.write(label[end:], line)
		case *ast.RawHTML:
			var raw strings.Builder
			for i := range n.Segments.Len() {
				s := n.Segments.At(i)
				if i == 0 {
					line = m.line(s.Start)
				}
				raw.Write(s.Value(m.source))
			}
			inlineTag(r, raw.String(), line)
		case *east.TaskCheckBox:
		default:
			line = m.inlines(r, n, line)
		}
	}
	return line
}

// firstLine returns the line of the first text in an inline node.
func (m *markdownReader) firstLine(n ast.Node, line int) int {
	for c := n.FirstChild(); c != nil; c = c.FirstChild() {
		if t, ok := c.(*ast.Text); ok {
			return m.line(t.Segment.Start)
		}
	}
	return line
}

// unescape resolves backslashes and character references.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') >= 0 {
		s = string(util.UnescapePunctuations([]byte(s)))
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	return s
}
