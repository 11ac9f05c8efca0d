package document

import "strings"

// maxName is how long the name of a reference can be.
const maxName = 80

// inline reads the inline markup of a text that begins on a line.
func (r *rstReader) inline(in *run, text string, line int) {
	r.inlineAt(in, text, line, 0)
}

// inlineAt is inline in the text of a substitution if depth is not 0, where no further one is put in.
func (r *rstReader) inlineAt(in *run, text string, line, depth int) {
	s := &rstInline{rstReader: r, in: in, text: text, line: line}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i = s.escape(i)
		case c == '`' && strings.HasPrefix(text[i:], "``"):
			i = s.literalText(i)
		case c == '`':
			i = s.quoted(i)
		case c == '|' && depth == 0:
			i = s.substitution(i)
		case c == '*':
			i = s.emphasis(i)
		case c == '_' && i > 0 && text[i-1] == ']':
			i = s.footnoteMark(i)
		case c == '_' && i > 0 && wordByte(text[i-1]) && (i+1 == len(text) || !wordByte(text[i+1]) && text[i+1] != '_'):
			i = s.reference(i)
		default:
			i++
		}
	}
	s.flush(len(text))
}

// rstInline is a text whose inline markup is read from left to right. Its methods read what begins at an offset, and return
// where to go on.
type rstInline struct {
	*rstReader
	in    *run
	text  string
	line  int // of what was not written yet
	plain int // where the text that was not written yet begins
	limit [3]int
}

// The marks that are searched for; of each the limit says from where on a search found nothing, plus one.
const (
	singleQuote = iota
	doubleQuote
	bar
)

var rstMarks = [...]string{singleQuote: "`", doubleQuote: "``", bar: "|"}

// flush writes the plain text up to an offset.
func (s *rstInline) flush(to int) {
	if s.plain < to {
		s.in.write(s.text[s.plain:to], s.line)
		s.line += strings.Count(s.text[s.plain:to], "\n")
	}
}

// find returns where a mark stands from an offset on, -1 if it does not. It looks only once at a text without the mark.
func (s *rstInline) find(mark, from int) int {
	if from >= len(s.text) || s.limit[mark] > 0 && from >= s.limit[mark]-1 {
		return -1
	}
	n := strings.Index(s.text[from:], rstMarks[mark])
	if n < 0 {
		s.limit[mark] = from + 1
		return -1
	}
	return from + n
}

// escape reads a backslash, which takes the meaning from a mark and makes a space vanish.
func (s *rstInline) escape(i int) int {
	s.flush(i)
	s.plain = i + 1
	if s.text[i+1] == ' ' || s.text[i+1] == '\n' {
		s.plain = i + 2
	}
	return i + 2
}

// literalText reads what stands between two backquotes on each side.
func (s *rstInline) literalText(i int) int {
	end := s.find(doubleQuote, i+2)
	if end < 0 {
		return i + 2
	}
	s.flush(i)
	s.in.write(s.text[i+2:end], s.line)
	s.line += strings.Count(s.text[i+2:end], "\n")
	s.plain = end + 2
	return s.plain
}

// quoted reads what stands between backquotes, with the role before it.
func (s *rstInline) quoted(i int) int {
	end := s.find(singleQuote, i+1)
	if end < 0 || end == i+1 {
		return i + 1
	}
	role, start := "", i
	if i > 0 && s.text[i-1] == ':' {
		n := i - 1
		for n > max(s.plain, i-maxName) && (wordByte(s.text[n-1]) || strings.IndexByte(":-+.", s.text[n-1]) >= 0) {
			n--
		}
		if n < i-1 && s.text[n] == ':' {
			role, start = s.text[strings.LastIndexByte(s.text[n:i-1], ':')+n+1:i-1], n
		}
	}
	s.flush(start)
	s.interpreted(s.in, role, s.text[i+1:end], strings.HasPrefix(s.text[end+1:], "_"), s.line)
	s.line += strings.Count(s.text[start:end], "\n")
	s.plain = end + 1
	for s.plain < len(s.text) && s.plain < end+3 && s.text[s.plain] == '_' {
		s.plain++
	}
	return s.plain
}

// substitution puts in what a name between bars stands for.
func (s *rstInline) substitution(i int) int {
	end := s.find(bar, i+1)
	if end < 0 {
		return i + 1
	}
	sub, ok := s.subst[strings.ToLower(s.text[i+1:end])]
	if s.grown += len(sub.text) + len(sub.image) + len(sub.alt) + len(sub.target); !ok || s.grown > maxGrowth {
		return i + 1
	}
	s.flush(i)
	switch {
	case sub.image == "":
		s.inlineAt(s.in, sub.text, s.line, 1)
	case sub.target == "":
		s.in.image(sub.alt, sub.image, s.line)
	default:
		s.in.begin(s.resolve(sub.target), s.line)
		s.in.image(sub.alt, sub.image, s.line)
		s.in.end()
	}
	s.plain = end + 1
	for s.plain < len(s.text) && s.text[s.plain] == '_' {
		s.plain++
	}
	return s.plain
}

// emphasis drops one or two asterisks at the edge of a word.
func (s *rstInline) emphasis(i int) int {
	n := i + 1
	for n < len(s.text) && s.text[n] == '*' {
		n++
	}
	opens := (i == 0 || !wordByte(s.text[i-1])) && n < len(s.text) && s.text[n] != ' ' && s.text[n] != '\n'
	closes := i > 0 && s.text[i-1] != ' ' && (n == len(s.text) || !wordByte(s.text[n]))
	if (opens || closes) && n-i <= 2 {
		s.flush(i)
		s.plain = n
	}
	return n
}

// footnoteMark drops the mark of a footnote: "[1]_".
func (s *rstInline) footnoteMark(i int) int {
	from := max(s.plain, i-maxName)
	if n := strings.LastIndexByte(s.text[from:i], '['); n >= 0 {
		s.flush(from + n)
		s.plain = i + 1
	}
	return i + 1
}

// reference reads the underscore after a word that is the name of a target.
func (s *rstInline) reference(i int) int {
	start := i
	for start > max(s.plain, i-maxName) && (wordByte(s.text[start-1]) || strings.IndexByte("-._", s.text[start-1]) >= 0) {
		start--
	}
	if target, ok := s.targets[strings.ToLower(s.text[start:i])]; ok {
		s.flush(start)
		s.in.link(s.text[start:i], s.follow(target), s.line)
		s.plain = i + 1
	}
	return i + 1
}

// interpreted reads what stands between backquotes: a reference, or text with a role.
func (r *rstReader) interpreted(in *run, role, text string, reference bool, line int) {
	shown, target := text, ""
	if n := strings.LastIndexByte(text, '<'); n >= 0 && strings.HasSuffix(text, ">") {
		shown, target = strings.TrimSpace(text[:n]), text[n+1:len(text)-1]
		if shown == "" {
			shown = target
		}
	}
	switch {
	case reference && target != "":
		r.targets[strings.ToLower(strings.Join(strings.Fields(shown), " "))] = target
		in.link(shown, r.resolve(target), line)
	case reference:
		in.link(shown, r.follow(r.targets[strings.ToLower(strings.Join(strings.Fields(shown), " "))]), line)
	case role == "doc" || role == "ref" || role == "download" || role == "any" || role == "term":
		if target == "" {
			target = text
		}
		in.link(strings.TrimPrefix(shown, "/"), target, line)
	case role == "rfc":
		in.link("RFC "+shown, "https://www.rfc-editor.org/rfc/rfc"+strings.TrimSpace(shown), line)
	case role == "pep":
		in.write("PEP "+shown, line)
	case target != "" && target[0] >= '0' && target[0] <= '9': // the date of a release
		in.write(text, line)
	default:
		in.write(shown, line)
	}
}

// resolve returns where a target leads that may be a name with an underscore.
func (r *rstReader) resolve(target string) string {
	if name, ok := strings.CutSuffix(target, "_"); ok {
		if t := r.follow(r.targets[strings.ToLower(strings.Trim(name, "`"))]); t != "" {
			return t
		}
	}
	return strings.Join(strings.Fields(target), "")
}

// follow returns where a target leads that may be a name itself.
func (r *rstReader) follow(target string) string {
	for range 4 {
		name, ok := strings.CutSuffix(target, "_")
		if !ok {
			break
		}
		next, ok := r.targets[strings.ToLower(strings.Trim(name, "`"))]
		if !ok {
			break
		}
		target = next
	}
	return target
}
