package document

import "strings"

// maxName is how long the name of a reference can be.
const maxName = 80

// inline reads the inline markup of a text that begins on a line.
func (r *rstReader) inline(in *run, text string, line int) {
	r.inlineAt(in, text, line, 0)
}

func (r *rstReader) inlineAt(in *run, text string, line, depth int) {
	plain := 0 // where the text that was not written yet begins
	flush := func(to int) {
		if plain < to {
			in.write(text[plain:to], line)
			line += strings.Count(text[plain:to], "\n")
		}
	}
	limit := [3]int{} // for ` ``  and |: a search from here on found nothing
	find := func(kind int, mark string, from int) int {
		if from >= len(text) || limit[kind] > 0 && from >= limit[kind]-1 {
			return -1
		}
		n := strings.Index(text[from:], mark)
		if n < 0 {
			limit[kind] = from + 1
			return -1
		}
		return from + n
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			flush(i)
			plain = i + 1
			if text[i+1] == ' ' || text[i+1] == '\n' {
				plain = i + 2
			}
			i += 2
		case c == '`' && strings.HasPrefix(text[i:], "``"):
			end := find(1, "``", i+2)
			if end < 0 {
				i += 2
				continue
			}
			flush(i)
			in.write(text[i+2:end], line)
			line += strings.Count(text[i+2:end], "\n")
			i, plain = end+2, end+2
		case c == '`':
			end := find(0, "`", i+1)
			if end < 0 || end == i+1 {
				i++
				continue
			}
			role := ""
			start := i
			if i > 0 && text[i-1] == ':' {
				n := i - 1
				for n > max(plain, i-maxName) && (wordByte(text[n-1]) || strings.IndexByte(":-+.", text[n-1]) >= 0) {
					n--
				}
				if n < i-1 && text[n] == ':' {
					role, start = text[strings.LastIndexByte(text[n:i-1], ':')+n+1:i-1], n
				}
			}
			flush(start)
			r.interpreted(in, role, text[i+1:end], strings.HasPrefix(text[end+1:], "_"), line)
			line += strings.Count(text[start:end], "\n")
			i = end + 1
			for i < len(text) && i < end+3 && text[i] == '_' {
				i++
			}
			plain = i
		case c == '|' && depth == 0:
			end := find(2, "|", i+1)
			if end < 0 {
				i++
				continue
			}
			s, ok := r.subst[strings.ToLower(text[i+1:end])]
			if r.grown += len(s.text) + len(s.image) + len(s.alt) + len(s.target); !ok || r.grown > maxGrowth {
				i++
				continue
			}
			flush(i)
			if s.image != "" {
				if s.target != "" {
					in.begin(r.resolve(s.target), line)
				}
				in.image(s.alt, s.image, line)
				if s.target != "" {
					in.end()
				}
			} else {
				r.inlineAt(in, s.text, line, 1)
			}
			i, plain = end+1, end+1
			for plain < len(text) && text[plain] == '_' {
				i, plain = i+1, plain+1
			}
		case c == '*':
			n := i + 1
			for n < len(text) && text[n] == '*' {
				n++
			}
			opens := (i == 0 || !wordByte(text[i-1])) && n < len(text) && text[n] != ' ' && text[n] != '\n'
			closes := i > 0 && text[i-1] != ' ' && (n == len(text) || !wordByte(text[n]))
			if (opens || closes) && n-i <= 2 {
				flush(i)
				plain = n
			}
			i = n
		case c == '_' && i > 0 && text[i-1] == ']': // the mark of a footnote
			if n := strings.LastIndexByte(text[max(plain, i-maxName):i], '['); n >= 0 {
				flush(n + max(plain, i-maxName))
				plain = i + 1
			}
			i++
		case c == '_' && i > 0 && wordByte(text[i-1]) && (i+1 == len(text) || !wordByte(text[i+1]) && text[i+1] != '_'):
			start := i
			for start > max(plain, i-maxName) && (wordByte(text[start-1]) || text[start-1] == '-' || text[start-1] == '.' || text[start-1] == '_') {
				start--
			}
			if target, ok := r.targets[strings.ToLower(text[start:i])]; ok {
				flush(start)
				in.link(text[start:i], r.follow(target), line)
				plain = i + 1
			}
			i++
		default:
			i++
		}
	}
	flush(len(text))
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
