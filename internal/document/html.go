package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlReader reads a text tag by tag, as browsers do with tags that are not closed, and so without a tree.
type htmlReader struct {
	*builder
	run      *run
	first    int  // line on which the block begins, 0 before its first word
	line     int  // where the reader is
	base     Kind // of running text
	item     bool // the block is the first of a list item
	quotes   int
	heading  int // level of the heading that is open
	row      bool
	cells    int
	pre      bool
	verbatim strings.Builder
	preLine  int
}

// readHTML reads HTML that begins on a line; base is the kind of its running text.
func readHTML(b *builder, source string, line int, base Kind) {
	h := &htmlReader{builder: b, run: &run{}, line: line, base: base}
	z := html.NewTokenizer(strings.NewReader(source))
	hidden := atom.Atom(0) // the element whose text is not shown
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		lines := strings.Count(string(z.Raw()), "\n")
		switch kind {
		case html.TextToken:
			if hidden == 0 {
				h.text(string(z.Raw()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw())
			t := z.Token()
			if hidden == 0 && hides(t.DataAtom) && kind == html.StartTagToken {
				hidden = t.DataAtom
			} else if hidden == 0 {
				h.start(t, raw)
			}
		case html.EndTagToken:
			t := z.Token()
			if hidden == t.DataAtom {
				hidden = 0
			} else if hidden == 0 {
				h.end(t.DataAtom)
			}
		}
		h.line += lines
	}
	h.flush()
}

func hides(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Head, atom.Svg, atom.Iframe, atom.Textarea:
		return true
	}
	return false
}

func headingLevel(a atom.Atom) int {
	switch a {
	case atom.H1:
		return 1
	case atom.H2:
		return 2
	case atom.H3:
		return 3
	case atom.H4:
		return 4
	case atom.H5:
		return 5
	case atom.H6:
		return 6
	}
	return 0
}

func inlineElement(a atom.Atom) bool {
	switch a {
	case 0, atom.A, atom.Abbr, atom.B, atom.Big, atom.Cite, atom.Code, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I, atom.Ins, atom.Kbd,
		atom.Mark, atom.Picture, atom.Q, atom.S, atom.Samp, atom.Small, atom.Source, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Tt, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

func (h *htmlReader) text(raw string) {
	text := html.UnescapeString(raw)
	if h.pre {
		h.verbatim.WriteString(text)
		return
	}
	if h.first == 0 {
		trimmed := strings.TrimLeft(raw, " \t\n")
		if trimmed != "" {
			h.first = h.line + strings.Count(raw[:len(raw)-len(trimmed)], "\n")
		}
	}
	h.run.write(text, h.line)
}

func (h *htmlReader) start(t html.Token, raw string) {
	switch a := t.DataAtom; {
	case a == atom.A:
		h.begin()
		h.run.begin(strings.TrimSpace(attr(t, "href")), h.line)
	case a == atom.Img:
		h.begin()
		h.run.image(attr(t, "alt"), strings.TrimSpace(attr(t, "src")), h.line)
	case a == atom.Br:
		h.run.space = true
	case a == 0 && Placeholder(raw) != "":
		h.begin()
		h.run.write(raw, h.line) // <project name> is no element
	case inlineElement(a):
	case a == atom.Pre:
		h.flush()
		h.pre, h.preLine = true, h.line
	case h.row && (a == atom.Td || a == atom.Th):
		h.cell()
	case h.row && a != atom.Tr && a != atom.Table, h.heading > 0 && headingLevel(a) == 0:
		h.run.space = true
	case a == atom.Tr || a == atom.Td || a == atom.Th:
		h.flush()
		h.row, h.cells = true, 0
		if a != atom.Tr {
			h.cell()
		}
	default:
		h.flush()
		if level := headingLevel(a); level > 0 {
			h.heading, h.first = level, h.line
		}
		switch a {
		case atom.Li, atom.Dt, atom.Dd:
			h.item = true
		case atom.Blockquote:
			h.quotes++
		}
	}
}

func (h *htmlReader) end(a atom.Atom) {
	switch {
	case a == atom.A:
		h.run.end()
	case inlineElement(a):
	case a == atom.Pre:
		h.flush()
	case h.row && a != atom.Tr && a != atom.Table && a != atom.Tbody, h.heading > 0 && headingLevel(a) == 0:
		h.run.space = true
	default:
		h.flush()
		switch {
		case a == atom.Blockquote:
			h.quotes = max(0, h.quotes-1)
		case a != atom.P && a != atom.Div:
			h.heading, h.item, h.row = 0, false, false
		}
	}
}

func (h *htmlReader) begin() {
	if h.first == 0 {
		h.first = h.line
	}
}

func (h *htmlReader) cell() {
	h.begin()
	if h.cells > 0 {
		h.run.space = true
		h.run.write("| ", h.line)
	}
	h.cells++
}

// flush ends the block that is open.
func (h *htmlReader) flush() {
	r, first := h.run, h.first
	h.run, h.first = &run{}, 0
	switch {
	case h.pre:
		h.pre = false
		h.code(strings.Split(h.verbatim.String(), "\n"), h.preLine)
		h.verbatim.Reset()
	case first == 0:
		return // an element around others: what it is still holds
	case h.heading > 0 && h.base == Paragraph && h.quotes == 0:
		h.builder.heading(h.heading, r, first, first)
	case h.row:
		if strings.Trim(string(r.text), "| ") == "" {
			r.text = nil
		}
		h.add(Cell, r, first, first)
	case h.quotes > 0:
		h.add(Quote, r, first, first)
	case h.item:
		h.add(Item, r, first, first)
	default:
		h.add(h.base, r, first, first)
	}
	h.heading, h.item, h.row = 0, false, false
}

// inlineTag reads a tag within a paragraph of Markdown.
func inlineTag(r *run, raw string, line int) {
	z := html.NewTokenizer(strings.NewReader(raw))
	kind := z.Next()
	if kind != html.StartTagToken && kind != html.SelfClosingTagToken && kind != html.EndTagToken {
		return
	}
	switch t := z.Token(); {
	case t.DataAtom == atom.A && kind == html.StartTagToken:
		r.begin(strings.TrimSpace(attr(t, "href")), line)
	case t.DataAtom == atom.A && kind == html.EndTagToken:
		r.end()
	case t.DataAtom == atom.Img:
		r.image(attr(t, "alt"), strings.TrimSpace(attr(t, "src")), line)
	case t.DataAtom == 0 && Placeholder(raw) != "":
		r.write(raw, line) // <project name> is no element
	case !inlineElement(t.DataAtom):
		r.space = true
	}
}

func attr(t html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
