package document

import (
	"misp-csirt-tooling/internal/pattern"
	"strings"
)

// maxDepth is how deep lists, quotations and directives are read within each other.
const maxDepth = 16

// maxSubst is how many bytes of what a name stands for are put in its place, so that a text cannot grow without bound.
const maxSubst = 200

// maxGrowth is how many bytes all of them may be.
const maxGrowth = 1 << 15

// rstReader reads reStructuredText (docutils.sourceforge.io/docs/ref/rst/restructuredtext.html) line by line.
type rstReader struct {
	*builder
	lines   []string
	styles  titleStyles
	targets map[string]string // what names stand for
	subst   map[string]rstSubst
	grown   int // bytes that were put in the place of names
}

// rstSubst is what |name| stands for.
type rstSubst struct{ text, image, alt, target string }

func readRST(b *builder, lines []string) {
	r := &rstReader{builder: b, lines: make([]string, len(lines)), targets: map[string]string{}, subst: map[string]rstSubst{}}
	for i, line := range lines {
		r.lines[i] = strings.TrimRight(cut(line, maxLine), " \t\r")
	}
	r.names()
	r.blocks(0, len(r.lines), 0, Paragraph, 0)
}

var (
	// rstTarget is an explicit target and captures its name and where it leads.
	rstTarget = pattern.New("^\\s*\\.\\. _(?:`([^`]+)`|([^:`]+)):\\s*(.*)$")
	// rstSubstDef defines a substitution.
	rstSubstDef = pattern.New(`^\s*\.\. \|([^|]+)\|\s+(\w+)::\s*(.*)$`)
	// rstOption is an option of a directive.
	rstOption = pattern.New(`^\s*:([\w-]+):\s*(.*)$`)
	// rstDirective begins a directive and captures its name and argument.
	rstDirective = pattern.New(`^\.\. ?([\w:.+-]+?) ?::(?:\s+(.*))?$`)
	// rstField is a field of a field list.
	rstField = pattern.New(`^:([^:\s](?:[^:]*[^:\s])?):(?:\s+(.*))?$`)
	// rstList is the mark of an item of a list.
	rstList = pattern.New(`^(?:[-*+•‣]|\(?(?:\d{1,4}|#|[a-zA-Z])[.)])\s+`)
	// rstFootnote begins a footnote or a citation.
	rstFootnote = pattern.New(`^\.\. \[[^\]]+\]\s*`)
)

// names collects the targets and substitutions, which may stand after their use.
func (r *rstReader) names() {
	var pending []string // names that stand for the next target
	for i, line := range r.lines {
		if !strings.HasPrefix(strings.TrimLeft(line, " "), ".. ") {
			if line != "" {
				pending = nil
			}
			continue
		}
		if m := rstTarget.FindStringSubmatch(line); m != nil {
			name, target := strings.ToLower(m[1]+m[2]), m[3]
			if target == "" && i+1 < len(r.lines) && indentOf(r.lines[i+1]) > indentOf(line) {
				target = strings.TrimSpace(r.lines[i+1])
			}
			if target == "" {
				pending = append(pending, name)
				continue
			}
			target = strings.Trim(target, "`")
			for _, n := range append(pending, name) {
				r.targets[n] = target
			}
			pending = nil
		} else if m := rstSubstDef.FindStringSubmatch(line); m != nil {
			r.subst[strings.ToLower(m[1])] = r.substitution(m[2], m[3], i+1)
		}
	}
}

func (r *rstReader) substitution(directive, argument string, next int) rstSubst {
	if directive != "image" {
		return rstSubst{text: cut(argument, maxSubst)}
	}
	s := rstSubst{image: argument}
	options, _ := r.options(next, len(r.lines), 1)
	s.alt, s.target = options["alt"], options["target"]
	return s
}

// options reads the options of a directive from line i on and returns the line after them.
func (r *rstReader) options(i, end, indent int) (map[string]string, int) {
	options := map[string]string{}
	for ; i < end && r.lines[i] != "" && indentOf(r.lines[i]) >= indent; i++ {
		m := rstOption.FindStringSubmatch(r.lines[i])
		if m == nil {
			break
		}
		options[m[1]] = m[2]
	}
	return options, i
}

// blocks reads the lines from i to end, which are indented by at least indent columns; kind is that of the running text.
func (r *rstReader) blocks(i, end, indent int, kind Kind, depth int) {
	if depth > maxDepth {
		return
	}
	for i < end {
		line := r.lines[i]
		if line == "" {
			i++
			continue
		}
		was := i
		text := strings.TrimLeft(line, " \t")
		switch column := indentOf(line); {
		case column > indent:
			next := r.indented(i, end, indent+1)
			inner := Quote
			if kind == Item {
				inner = Paragraph
			}
			r.blocks(i, next, min(column, r.leastIndent(i, next)), inner, depth+1)
			i = next
		case text == ".." || strings.HasPrefix(text, ".. "):
			i = r.explicit(i, end, column, kind, depth)
		case depth == 0 && r.title(&i):
		case strings.HasPrefix(text, "__ "):
			i++
		case adornment(text) && len(text) >= 4:
			i++ // a transition
		case gridBorder(text) || simpleBorder(text):
			i = r.table(i, end)
		case strings.HasPrefix(text, ">>> "):
			i = r.doctest(i, end)
		case rstList.MatchString(text):
			i = r.item(i, end, column, column+len(rstList.FindString(text)), kind, depth)
		case rstField.MatchString(text):
			i = r.field(i, end, column, kind, depth)
		default:
			i = r.paragraph(i, end, column, kind, depth)
		}
		if kind == Item {
			kind = Paragraph
		}
		i = max(i, was+1)
	}
}

// indented returns the line after those from i on that are blank or indented by at least indent columns.
func (r *rstReader) indented(i, end, indent int) int {
	last := i
	for ; i < end; i++ {
		if r.lines[i] == "" {
			continue
		}
		if indentOf(r.lines[i]) < indent {
			break
		}
		last = i + 1
	}
	return last
}

func (r *rstReader) leastIndent(i, end int) int {
	least := 1 << 30
	for ; i < end; i++ {
		if r.lines[i] != "" {
			least = min(least, indentOf(r.lines[i]))
		}
	}
	return least
}

// adornment reports whether a line is one punctuation character repeated.
func adornment(line string) bool {
	return len(line) >= 2 && strings.IndexByte("=-`:'\"~^_*+#<>.!$%&(),/;?@[\\]{|}", line[0]) >= 0 && strings.Trim(line, line[:1]) == ""
}

// title reads a title with its under- and overline at *i, if one stands there.
func (r *rstReader) title(i *int) bool {
	at := func(n int) string {
		if n < len(r.lines) {
			return r.lines[n]
		}
		return ""
	}
	first, second, third := at(*i), at(*i+1), at(*i+2)
	switch {
	case adornment(first) && len(first) >= 3 && second != "" && third == first && !adornment(second):
		r.section(second, first[:1]+"overline", *i+2, *i+1, *i+3)
		*i += 3
	case !adornment(first) && adornment(second) && first[0] != ' ' && (len(second) >= 4 || len(second) >= len(first)) && second != "::" && second != "..":
		r.section(first, second[:1], *i+1, *i+1, *i+2)
		*i += 2
	default:
		return false
	}
	return true
}

// section opens a section whose title stands on line at, and whose adornments reach from line first to last.
func (r *rstReader) section(title, style string, at, first, last int) {
	in := &run{}
	r.inline(in, strings.TrimSpace(title), at)
	r.heading(r.styles.level(style), in, first, last)
}

// paragraph reads running text and, after a double colon, the literal block that follows.
func (r *rstReader) paragraph(i, end, column int, kind Kind, depth int) int {
	first := i
	for i++; i < end && r.lines[i] != "" && indentOf(r.lines[i]) == column; i++ {
	}
	text := strings.Join(r.lines[first:i], "\n")
	if begin := strings.TrimLeft(text, " "); strings.HasPrefix(begin, "| ") { // a block of lines
		text = strings.ReplaceAll(begin[2:], "\n| ", "\n")
	}
	literal := strings.HasSuffix(text, "::")
	if literal {
		text = strings.TrimSuffix(text, ":")
		if strings.TrimSpace(text) == ":" || strings.HasSuffix(text, "\n:") || strings.HasSuffix(text, " :") {
			text = strings.TrimSuffix(text, ":")
		}
	}
	in := &run{}
	r.inline(in, text, first+1)
	r.add(kind, in, first+1, first+1)
	if literal {
		next := r.indented(i, end, column+1)
		r.literal(i, next)
		return next
	}
	if i < end && r.lines[i] != "" && indentOf(r.lines[i]) > column && i == first+1 { // a term with its definition
		next := r.indented(i, end, column+1)
		r.blocks(i, next, r.leastIndent(i, next), kind, depth+1)
		return next
	}
	return i
}

// literal adds the lines from i to end as code.
func (r *rstReader) literal(i, end int) {
	if i >= end {
		return
	}
	cut := r.leastIndent(i, end)
	lines := make([]string, 0, end-i)
	for _, line := range r.lines[i:end] {
		if indentOf(line) >= cut {
			line = strings.TrimLeft(line, " \t")
			line = strings.Repeat(" ", min(indentOf(r.lines[i+len(lines)])-cut, maxIndent)) + line
		}
		lines = append(lines, line)
	}
	r.code(lines, i+1)
}

func (r *rstReader) doctest(i, end int) int {
	first := i
	for i < end && r.lines[i] != "" {
		i++
	}
	r.literal(first, i)
	return i
}

// item reads an item of a list whose text begins at column inner of line i, as if its marker were white space.
func (r *rstReader) item(i, end, column, inner int, kind Kind, depth int) int {
	next := i + 1
	if next < end && r.lines[next] != "" && indentOf(r.lines[next]) > column {
		inner = min(inner, indentOf(r.lines[next]))
	}
	next = r.indented(next, end, column+1)
	line := r.lines[i]
	rest := strings.TrimLeft(line, " \t")
	rest = strings.TrimLeft(rest[len(rstList.FindString(rest)):], " \t")
	if rest == "" || indentOf(line) > maxIndent {
		return next
	}
	r.lines[i] = strings.Repeat(" ", inner) + rest
	r.blocks(i, next, inner, itemKind(kind), depth+1)
	r.lines[i] = line
	return next
}

func (r *rstReader) field(i, end, column int, kind Kind, depth int) int {
	m := rstField.FindStringSubmatch(strings.TrimLeft(r.lines[i], " \t"))
	next := r.indented(i+1, end, column+1)
	if depth == 0 && m[2] == "" && next == i+1 { // :orphan: and its like speak to a program
		return next
	}
	in := &run{}
	r.inline(in, m[1]+": "+m[2], i+1)
	r.add(itemKind(kind), in, i+1, i+1)
	if next > i+1 {
		r.blocks(i+1, next, r.leastIndent(i+1, next), Paragraph, depth+1)
	}
	return next
}

func itemKind(kind Kind) Kind {
	if kind == Quote {
		return Quote
	}
	return Item
}
