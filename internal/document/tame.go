package document

import "strings"

// The bounds within which CommonMark is parsed in linear time. Nobody writes beyond them; what goes beyond is blanked.
const (
	maxLine         = 16 << 10 // bytes of a line
	maxContainers   = 24       // list and quote markers before the text of a line
	maxIndent       = 100      // columns before the text of a line
	maxSpecials     = 1 << 11  // characters that may open or close an inline element, between two lines that end a paragraph
	maxCodeSpecials = 1 << 12  // the same in a block of code
	maxFence        = 16       // marks of a line that ends a block of code
	maxMissing      = 1 << 14  // cells that the rows of tables lack, which the parser adds
)

// specials are the characters for which an inline parser looks for a partner.
const specials = "[]*_`<~!&\\"

// tame joins the lines of a Markdown text, line for line, without its front matter and without HTML comments, in which
// templates hide instructions and which CommonMark ends differently from browsers; and within the bounds.
func tame(lines []string) string {
	t := tamer{}
	clean := make([]string, len(lines))
	code := make([]bool, len(lines))
	for i := frontMatter(lines); i < len(lines); i++ {
		clean[i], code[i] = t.clean(lines[i])
	}
	size := 0
	for _, line := range clean {
		size += len(line) + 1
	}
	var out strings.Builder
	out.Grow(size)
	for i, line := range clean {
		next, limit := "", maxSpecials
		if i+1 < len(clean) {
			next = clean[i+1]
		}
		if code[i] {
			limit = maxCodeSpecials // not none at all: what looks like code here may not be code to CommonMark
		}
		if fence := strings.TrimSpace(line); code[i] && fence != "" && len(fence) <= maxFence && fenceOf(line) == fence {
			out.WriteString(line) // however much the block holds, it ends here
		} else {
			out.WriteString(t.bound(line, next, limit))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// frontMatter returns how many lines at the start are metadata between --- and --- or +++ and +++.
func frontMatter(lines []string) int {
	if len(lines) < 3 {
		return 0
	}
	fence := strings.TrimRight(lines[0], " \t\r")
	if fence != "---" && fence != "+++" || !strings.ContainsAny(lines[1], ":=#") && !blank(lines[1]) {
		return 0
	}
	for i, line := range lines[1:min(len(lines), 200)] {
		if line = strings.TrimRight(line, " \t\r"); line == fence || line == "..." && fence == "---" {
			return i + 2
		}
	}
	return 0
}

// tamer goes through a text line by line.
type tamer struct {
	fence    string // what opened the code block, empty outside
	comment  bool   // within <!-- -->
	columns  int    // of the table, whose cells are parsed one by one; 0 outside
	missing  int    // cells that the rows so far lack
	specials int    // since the last line that ended a paragraph
}

// clean returns a line without comments and what is beyond the bounds, and whether it belongs to a block of code.
func (t *tamer) clean(line string) (kept string, code bool) {
	line = cut(strings.TrimSuffix(line, "\r"), maxLine)
	if t.fence == "" || t.comment {
		line = t.uncomment(line)
	}
	line = boundContainers(line)
	marker := fenceOf(line)
	switch {
	case t.fence != "":
		if marker != "" && marker[0] == t.fence[0] && len(marker) >= len(t.fence) && blank(strings.TrimLeft(line, " >"+marker[:1])) {
			t.fence = ""
		}
		return line, true
	case marker != "":
		t.fence = marker
		return line, true
	}
	return line, false
}

// uncomment blanks the parts of a line that are HTML comments. Comment marks within a code span are text.
func (t *tamer) uncomment(line string) string {
	if !t.comment && !strings.Contains(line, "<!--") {
		return line
	}
	var kept strings.Builder
	ticks := 0
	for line != "" {
		if t.comment {
			end := strings.Index(line, "-->")
			if end < 0 {
				break
			}
			line, t.comment = line[end+3:], false
			continue
		}
		start := strings.Index(line, "<!--")
		if start < 0 {
			kept.WriteString(line)
			break
		}
		ticks += strings.Count(line[:start], "`")
		kept.WriteString(line[:start])
		line = line[start+4:]
		if ticks%2 == 1 {
			kept.WriteString("<!--")
			continue
		}
		t.comment = true
		if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "->") {
			t.comment, line = false, line[strings.IndexByte(line, '>')+1:]
		}
	}
	return kept.String()
}

// fenceOf returns the run of ` or ~ that opens or closes a block of code, empty if the line does neither.
func fenceOf(line string) string {
	line = strings.TrimLeft(line, " >\t")
	if line == "" || line[0] != '`' && line[0] != '~' {
		return ""
	}
	n := len(line) - len(strings.TrimLeft(line, line[:1]))
	if n < 3 || line[0] == '`' && strings.Contains(line[n:], "`") {
		return ""
	}
	return line[:n]
}

// boundContainers blanks the list and quote markers and the indent of a line beyond the bounds.
func boundContainers(line string) string {
	markers, spaces := 0, 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			spaces++
		case c == '>' || c == '-' || c == '*' || c == '+' || c == '.' || c == ')':
			markers++
		case c >= '0' && c <= '9':
		default:
			if markers <= maxContainers && spaces <= maxIndent {
				return line
			}
			return strings.TrimLeft(line[:min(i, maxContainers)], " \t") + line[i:]
		}
	}
	if markers > maxContainers && strings.Trim(line, "-* \t") != "" || spaces > maxIndent {
		return ""
	}
	return line
}

// bound blanks the special characters of a paragraph beyond the limit.
func (t *tamer) bound(line, next string, limit int) string {
	if blank(line) {
		t.specials, t.columns = 0, 0
		return line
	}
	if t.columns > 0 {
		t.missing += max(0, t.columns-strings.Count(line, "|")-1)
		if t.missing > maxMissing {
			return ""
		}
	}
	if strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") || strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") || t.columns > 0 {
		t.specials = 0
	}
	if n := tableColumns(line, next); n > 0 {
		t.columns = n
	}
	if t.specials+len(line) <= limit {
		t.specials += len(line) // at most
		return line
	}
	out := []byte(line)
	t.specials = min(t.specials, limit)
	for i, c := range out {
		if strings.IndexByte(specials, c) < 0 {
			continue
		}
		if t.specials >= limit {
			out[i] = ' '
		}
		t.specials++
	}
	return string(out)
}

// tableColumns returns how many columns the table has whose head is line and whose second line is next; 0 if that is none.
func tableColumns(line, next string) int {
	next = strings.Trim(next, " \t\r>")
	if strings.Trim(next, "|-: \t") != "" || !strings.Contains(next, "-") || strings.ContainsAny(line, "\\`") {
		return 0
	}
	cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(next, "|"), "|"), "|")
	for _, cell := range cells {
		cell = strings.TrimSpace(cell)
		if dashes := strings.TrimSuffix(strings.TrimPrefix(cell, ":"), ":"); dashes == "" || strings.Trim(dashes, "-") != "" {
			return 0
		}
	}
	line = strings.Trim(line, " \t>")
	if strings.Count(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|") != len(cells)-1 {
		return 0
	}
	return len(cells)
}
