package document

import (
	"misp-csirt-tooling/internal/pattern"
	"strings"
)

// asciiDocReader reads AsciiDoc (docs.asciidoctor.org/asciidoc/latest) line by line.
type asciiDocReader struct {
	*builder
	lines      []string
	attributes map[string]string
	grown      int // bytes that were put in the place of names
}

var (
	// adocAttribute is an entry that sets or unsets an attribute.
	adocAttribute = pattern.New(`^:!?([\w-]+)!?:(?:\s+(.*))?$`)
	// adocHeading is the title of a section, with the marks of AsciiDoc or of Markdown.
	adocHeading = pattern.New(`^(={1,6}|#{1,6})\s+(\S.*?)(?:\s+=+)?$`)
	// adocItem is the mark of an item of a list, a callout or a task.
	adocItem = pattern.New(`^\s*(?:[*.-]{1,5}|\d{1,3}\.|<\d+>)\s+(?:\[[ x*]\]\s+)?`)
	// adocTerm is a term of a description list.
	adocTerm = pattern.New(`^\s*(\S.*?)(?:::{1,3}|;;)(?:\s+(.*))?$`)
	// adocNote is the label of an admonition.
	adocNote = pattern.New(`^(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s+`)
	// adocMacro is a block macro that shows or includes something.
	adocMacro = pattern.New(`^(image|include|video)::([^\[\]\s]+)\[(.*)\]$`)
	// adocInline matches what leads somewhere in a text: macros, addresses with a text, cross references, attributes.
	adocInline = pattern.New(`(image|link|xref|mailto):([^\s\[\]:][^\s\[\]]*)\[([^\]]*)\]` +
		`|((?:https?|ftp|irc)://[^\s\[\]<>]+)\[([^\]]*)\]|<<([^\s,<>]+)(?:,\s*([^<>]*))?>>|\{([\w-]+)\}`)
	// adocReference is the use of an attribute.
	adocReference = pattern.New(`\{[\w-]+\}`)
	// adocAuthor is a line of the header with an author or a revision.
	adocAuthor = pattern.New(`^[^<>]+ <[^<>\s]+@[^<>\s]+>$|^v\d`)
)

func readAsciiDoc(b *builder, lines []string) {
	a := &asciiDocReader{builder: b, lines: make([]string, len(lines)), attributes: map[string]string{}}
	for i, line := range lines {
		a.lines[i] = strings.TrimRight(cut(line, maxLine), " \t\r")
	}
	a.blocks(0, len(a.lines), Paragraph, 0)
}

// fence returns the delimiter that a line is, empty if it is none.
func adocFence(line string) string {
	switch {
	case line == "--", line == "|===", line == ",===", strings.HasPrefix(line, "```"):
		return line
	case len(line) >= 4 && strings.IndexByte("-.=*_+/", line[0]) >= 0 && strings.Trim(line, line[:1]) == "":
		return line
	}
	return ""
}

func (a *asciiDocReader) blocks(i, end int, kind Kind, depth int) {
	for i < end {
		line := a.lines[i]
		switch fence := adocFence(line); {
		case line == "":
			i++
		case fence != "":
			i = a.delimited(i, end, fence, kind, depth)
		case strings.HasPrefix(line, "//"):
			i++
		case line[0] == ':' && adocAttribute.MatchString(line):
			m := adocAttribute.FindStringSubmatch(line)
			a.attributes[strings.ToLower(m[1])] = m[2]
			i++
		case depth == 0 && (line[0] == '=' || line[0] == '#') && adocHeading.MatchString(line):
			m := adocHeading.FindStringSubmatch(line)
			a.section(len(m[1]), m[2], i, i)
			i++
			if len(m[1]) == 1 && i < end && adocAuthor.MatchString(a.lines[i]) {
				i++
			}
		case depth == 0 && i+1 < end && a.underlined(i):
			a.section(1+strings.IndexByte("=-~^+", a.lines[i+1][0]), line, i, i+1)
			i += 2
		case line[0] == '[' && strings.HasSuffix(line, "]") && !strings.Contains(line, "]("):
			i++ // attributes of the block that follows
		case line[0] == '.' && len(line) > 1 && line[1] != ' ' && line[1] != '.':
			i++ // title of the block that follows
		case line == "'''" || line == "<<<" || line == "+" || line == "---" || line == "***":
			i++
		case strings.Contains(line, "::") && adocMacro.MatchString(line):
			a.macro(i, kind)
			i++
		case line[0] == ' ' && !adocItem.MatchString(line):
			first := i
			for i < end && a.lines[i] != "" && a.lines[i][0] == ' ' {
				i++
			}
			a.code(a.lines[first:i], first+1)
		default:
			i = a.paragraph(i, end, kind)
		}
	}
}

func (a *asciiDocReader) underlined(i int) bool {
	title, under := a.lines[i], a.lines[i+1]
	return len(under) >= 3 && strings.IndexByte("=-~^+", under[0]) >= 0 && strings.Trim(under, under[:1]) == "" && wordByte(title[0]) &&
		max(len(title)-len(under), len(under)-len(title)) <= 2
}

func (a *asciiDocReader) section(level int, title string, first, last int) {
	in := &run{}
	a.inline(in, title, first+1)
	a.heading(level, in, first+1, last+1)
}

// delimited reads the block that begins with a delimiter at line i and returns the line after it.
func (a *asciiDocReader) delimited(i, end int, fence string, kind Kind, depth int) int {
	closing := fence
	if strings.HasPrefix(fence, "```") {
		closing = "```"
	}
	last := i + 1
	for last < end && a.lines[last] != closing {
		last++
	}
	switch fence[0] {
	case '/':
	case '-', '.', '`', '+':
		if fence != "--" {
			if fence[0] != '+' {
				a.code(a.lines[i+1:last], i+2)
			} else {
				readHTML(a.builder, strings.Join(a.lines[i+1:last], "\n"), i+2, kind)
			}
			break
		}
		fallthrough
	case '=', '*', '_':
		if fence[0] == '_' {
			kind = Quote
		}
		if depth < maxDepth {
			a.blocks(i+1, last, kind, depth+1)
		}
	case '|', ',':
		for n := i + 1; n < last; n++ {
			a.row(n, fence[:1])
		}
	}
	return min(last+1, end)
}

func (a *asciiDocReader) row(i int, separator string) {
	cells := strings.Split(strings.TrimPrefix(a.lines[i], separator), separator)
	in := &run{}
	for n, cell := range cells {
		if n > 0 {
			in.space = true
			in.write("| ", i+1)
		}
		a.inline(in, strings.TrimSpace(cell), i+1)
	}
	if strings.Trim(string(in.text), "| ") != "" {
		a.add(Cell, in, i+1, i+1)
	}
}

func (a *asciiDocReader) macro(i int, kind Kind) {
	m := adocMacro.FindStringSubmatch(a.lines[i])
	in := &run{}
	if m[1] == "include" {
		in.begin(m[2], i+1)
		in.end()
	} else {
		a.image(in, m[2], m[3], i+1)
	}
	a.add(kind, in, i+1, i+1)
}

// image adds an image; its attributes are the alternative text and, with link=, where it leads.
func (a *asciiDocReader) image(in *run, target, attributes string, line int) {
	alt, rest, _ := strings.Cut(attributes, ",")
	if _, link, ok := strings.Cut(rest, "link="); ok {
		link, _, _ = strings.Cut(link, ",")
		in.begin(strings.Trim(a.substitute(link), `"`), line)
		defer in.end()
	}
	if strings.Contains(alt, "=") {
		alt = ""
	}
	in.image(strings.Trim(alt, `"`), a.substitute(target), line)
}

// paragraph reads running text, an item or a term with its definition, up to a blank line or what begins another block.
func (a *asciiDocReader) paragraph(i, end int, kind Kind) int {
	first, text := i, a.lines[i]
	if m := adocItem.FindString(text); m != "" {
		kind, text = itemKind(kind), text[len(m):]
	} else if m := adocNote.FindString(text); m != "" {
		text = text[len(m):]
	} else if m := adocTerm.FindStringSubmatch(text); m != nil && !strings.Contains(text, "://") && !strings.Contains(m[1], ":") {
		kind, text = itemKind(kind), m[1]+": "+m[2]
		if m[2] == "" {
			text = m[1]
		}
	}
	var joined strings.Builder
	joined.WriteString(text)
	for i++; i < end; i++ {
		line := a.lines[i]
		if line == "" || line == "+" || adocFence(line) != "" || adocItem.MatchString(line) ||
			line[0] == '[' && strings.HasSuffix(line, "]") || strings.Contains(line, "::") && adocMacro.MatchString(line) {
			break
		}
		if !strings.HasPrefix(line, "//") {
			joined.WriteString("\n" + line)
		} else {
			joined.WriteString("\n")
		}
	}
	in := &run{}
	a.inline(in, joined.String(), first+1)
	a.add(kind, in, first+1, first+1)
	return i
}

// inline reads the inline markup of a text that begins on a line.
func (a *asciiDocReader) inline(in *run, text string, line int) {
	if !strings.ContainsAny(text, "[<{") {
		a.plain(in, text, line)
		return
	}
	at := 0
	for _, m := range adocInline.FindAllStringSubmatchIndex(text, -1) {
		a.plain(in, text[at:m[0]], line)
		line += strings.Count(text[at:m[0]], "\n")
		at = m[1]
		part := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return text[m[2*n]:m[2*n+1]]
		}
		switch {
		case part(1) == "image":
			a.image(in, part(2), part(3), line)
		case part(1) == "mailto":
			a.link(in, part(3), "mailto:"+part(2), part(2), line)
		case part(1) != "":
			a.link(in, part(3), part(2), part(2), line)
		case part(4) != "":
			a.link(in, part(5), part(4), part(4), line)
		case part(6) != "":
			a.link(in, part(7), "#"+part(6), part(6), line)
		default:
			in.write(a.substitute("{"+part(8)+"}"), line)
		}
	}
	a.plain(in, text[at:], line)
}

func (a *asciiDocReader) link(in *run, text, target, fallback string, line int) {
	text, _, _ = strings.Cut(text, ",")
	if text = strings.Trim(strings.TrimRight(text, "^"), `"`); text == "" {
		text = fallback
	}
	in.begin(a.substitute(target), line)
	a.plain(in, text, line)
	in.end()
}

// substitute puts in the values of attributes.
func (a *asciiDocReader) substitute(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return adocReference.ReplaceAllStringFunc(text, func(ref string) string {
		value, ok := a.attributes[strings.ToLower(ref[1:len(ref)-1])]
		if a.grown += min(len(value), maxSubst); !ok || a.grown > maxGrowth {
			return ref
		}
		return cut(value, maxSubst)
	})
}

// plain writes text without the marks of bold, italic and monospace.
func (a *asciiDocReader) plain(in *run, text string, line int) {
	kept := make([]byte, 0, len(text))
	for i := range len(text) {
		c := text[i]
		if c == '*' || c == '`' || c == '_' || c == '#' {
			before, after := i > 0 && wordByte(text[i-1]), i+1 < len(text) && wordByte(text[i+1])
			if c == '`' || before != after && (c == '*' || c == '_') {
				continue
			}
		}
		kept = append(kept, c)
	}
	in.write(string(kept), line)
}
