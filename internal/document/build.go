package document

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// boldLevel is the level of a paragraph in bold that stands for a heading: below every real one.
const boldLevel = 7

// builder puts a document together from what a reader of a format finds, in the order of the text.
type builder struct {
	doc  *Document
	open []int // the sections that are open, outermost first
}

func newBuilder(f Format) *builder {
	return &builder{doc: &Document{Format: f, Sections: []Section{{Parent: -1, Line: 1}}}}
}

// section returns the index of the innermost open section.
func (b *builder) section() int {
	if len(b.open) == 0 {
		return 0
	}
	return b.open[len(b.open)-1]
}

// line returns where the last block begins. No block is put before it, even where a parser was misled about the order.
func (b *builder) line() int {
	if n := len(b.doc.Blocks); n > 0 {
		return b.doc.Blocks[n-1].Line
	}
	return 1
}

// order returns the line on which a block may begin that is said to begin on line first, and sets its parts right.
func (b *builder) order(r *run, first int) int {
	line := b.line()
	if first >= line {
		return first
	}
	r.marks = nil
	for i := range r.links {
		r.links[i].Line = line
	}
	return line
}

// heading opens a section. A heading that shows an image only is named by its alternative text; one that shows nothing is none.
func (b *builder) heading(level int, r *run, first, last int) {
	if len(r.text) == 0 {
		for _, l := range r.links {
			if l.Image {
				r.write(l.Text+" ", first)
			}
		}
	}
	if len(r.text) == 0 {
		return
	}
	for len(b.open) > 0 && b.doc.Sections[b.section()].Level >= level {
		b.open = b.open[:len(b.open)-1]
	}
	parent := -1
	if len(b.open) > 0 {
		parent = b.section()
	}
	first = b.order(r, first)
	b.open = append(b.open, len(b.doc.Sections))
	b.doc.Sections = append(b.doc.Sections, Section{Heading: string(r.text), Level: level, Line: first, Parent: parent})
	b.add(Heading, r, first, last)
}

// add appends a block, unless there is nothing to see in it. It reaches to the last line that its text or links stand on, at least to last.
func (b *builder) add(kind Kind, r *run, first, last int) {
	r.endAll()
	if len(r.text) == 0 && len(r.links) == 0 {
		return
	}
	text := string(r.text)
	first = b.order(r, first)
	last = max(first, last)
	for i := range r.links {
		last = max(last, r.links[i].Line)
	}
	if n := len(r.marks); n > 0 {
		last = max(last, r.marks[n-1].line)
	}
	r.bareLinks(text, first)
	slices.SortStableFunc(r.links, func(a, b placed) int { return a.pos - b.pos })
	var links []Link
	if len(r.links) > 0 {
		links = make([]Link, len(r.links))
		for i := range r.links {
			links[i] = r.links[i].Link
		}
	}
	b.doc.Blocks = append(b.doc.Blocks, Block{
		Kind: kind, Text: text, Line: first, End: last, Section: b.section(), Links: links, marks: r.marks,
	})
}

// code appends lines that are shown as they are; first is the number of the first one.
func (b *builder) code(lines []string, first int) {
	for len(lines) > 0 && blank(lines[0]) {
		lines, first = lines[1:], first+1
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return
	}
	last := first + len(lines) - 1
	first = max(first, b.line())
	b.doc.Blocks = append(b.doc.Blocks, Block{
		Kind: Code, Text: strings.Join(lines, "\n"), Line: first, End: max(first, last), Section: b.section(),
	})
}

// finish closes the sections.
func (b *builder) finish() *Document {
	d := b.doc
	for i := range d.Blocks {
		for s := d.Blocks[i].Section; s >= 0; s = d.Sections[s].Parent {
			d.Sections[s].End = max(d.Sections[s].End, d.Blocks[i].End)
		}
	}
	return d
}

// mark says that the text from an offset on stands on a line.
type mark struct{ offset, line int }

// placed is a link with the part of the text that it covers.
type placed struct {
	Link
	pos, end int
}

// run gathers the text of a block as a reader sees it, white space folded, with its lines and links.
type run struct {
	text  []byte
	marks []mark
	links []placed
	open  []placed // links whose text is still read
	space bool     // white space stands before what comes next
}

// write appends text that begins on a line; line feeds in it count.
func (r *run) write(s string, line int) {
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		switch c {
		case '\n':
			line++
			r.space = true
		case ' ', '\t', '\u00a0', '\u2028', '\u3000':
			r.space = true
		case '\u200b', '\ufeff', '\u00ad':
		default:
			if r.space && len(r.text) > 0 {
				r.text = append(r.text, ' ')
			}
			r.space = false
			if n := len(r.marks); n == 0 || r.marks[n-1].line < line {
				r.marks = append(r.marks, mark{len(r.text), line})
			}
			for i+size < len(s) && ' ' < s[i+size] && s[i+size] < utf8.RuneSelf {
				size++
			}
			r.text = append(r.text, s[i:i+size]...)
		}
		i += size
	}
}

// maxOpen is how deep links can be nested; more are no links that somebody wrote.
const maxOpen = 8

// begin opens a link whose text follows, end closes the innermost one.
func (r *run) begin(target string, line int) {
	if len(r.open) < maxOpen {
		r.open = append(r.open, placed{Link{Target: target, Line: line}, len(r.text), 0})
	}
}

func (r *run) end() {
	if len(r.open) == 0 {
		return
	}
	l := r.open[len(r.open)-1]
	r.open = r.open[:len(r.open)-1]
	l.end = len(r.text)
	if text := strings.TrimSpace(string(r.text[min(l.pos, l.end):l.end])); text != "" {
		l.Text = text
	}
	if l.Target != "" {
		r.links = append(r.links, l)
	}
}

func (r *run) endAll() {
	for len(r.open) > 0 {
		r.end()
	}
}

// link appends a link with its text.
func (r *run) link(text, target string, line int) {
	r.begin(target, line)
	r.write(text, line)
	r.end()
}

// image appends an image. A link around it without other text is named after it.
func (r *run) image(alt, target string, line int) {
	alt = strings.Join(strings.Fields(alt), " ")
	if n := len(r.open); n > 0 && r.open[n-1].Text == "" {
		r.open[n-1].Text = alt
	}
	r.links = append(r.links, placed{Link{Text: alt, Target: target, Line: line, Image: true}, len(r.text), len(r.text)})
	r.space = true
}

// bareLinks adds the addresses of the web that stand in the text outside of its links.
func (r *run) bareLinks(text string, first int) {
	if !strings.Contains(text, "://") && !strings.Contains(text, "www.") {
		return
	}
	slices.SortStableFunc(r.links, func(a, b placed) int { return a.pos - b.pos })
	written, next, covered := len(r.links), 0, 0
	for pos := 0; pos < len(text); {
		start, end := bareURL(text, pos)
		if start < 0 {
			return
		}
		pos = end
		for ; next < written && r.links[next].pos <= start; next++ {
			covered = max(covered, r.links[next].end)
		}
		if start >= covered {
			target := text[start:end]
			r.links = append(r.links, placed{Link{Text: target, Target: target, Line: lineAt(r.marks, start, first)}, start, end})
		}
	}
}

var bareSchemes = [...]string{"https://", "http://", "ftp://", "www."}

// bareURL returns where the first web address from pos on begins and ends, -1 if there is none.
func bareURL(text string, pos int) (start, end int) {
	for i := pos; i < len(text); i++ {
		if c := text[i] | 0x20; c != 'h' && c != 'w' && c != 'f' || i > 0 && wordByte(text[i-1]) {
			continue
		}
		for _, s := range bareSchemes {
			if len(text)-i > len(s) && strings.EqualFold(text[i:i+len(s)], s) && wordByte(text[i+len(s)]) {
				return i, urlEnd(text, i+len(s))
			}
		}
	}
	return -1, len(text)
}

// urlEnd returns where the web address that holds pos ends: before white space and before the punctuation of the sentence around it.
func urlEnd(text string, pos int) int {
	end, open := pos, 0
	for ; end < len(text); end++ {
		switch c := text[end]; {
		case c <= ' ' || strings.IndexByte("<>\"`|\\^{}", c) >= 0:
		case c == '(' || c == '[':
			open++
			continue
		case c == ')' || c == ']':
			if open > 0 {
				open--
				continue
			}
		default:
			continue
		}
		break
	}
	for end > pos && strings.IndexByte(".,;:!?'*_~", text[end-1]) >= 0 {
		end--
	}
	return end
}

func wordByte(c byte) bool {
	return c >= utf8.RuneSelf || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// lineAt returns the line on which the text at an offset stands.
func lineAt(marks []mark, offset, first int) int {
	i, found := slices.BinarySearchFunc(marks, offset, func(m mark, offset int) int { return m.offset - offset })
	if found {
		return marks[i].line
	}
	if i == 0 {
		return first
	}
	return marks[i-1].line
}

// titleStyles are the kinds of titles of a document without marks of levels, in the order in which they were met.
type titleStyles []string

// level returns the level of titles of that style, 1 for the style that was met first.
func (s *titleStyles) level(style string) int {
	i := slices.Index(*s, style)
	if i < 0 {
		i = len(*s)
		*s = append(*s, style)
	}
	return i + 1
}
