package document

import "strings"

// table reads the rows of a grid or simple table.
func (r *rstReader) table(i, end int) int {
	grid := gridBorder(strings.TrimLeft(r.lines[i], " \t"))
	var columns []int
	if !grid {
		columns = simpleColumns(r.lines[i])
	}
	borders := 0
	for ; i < end; i++ {
		text := strings.TrimLeft(r.lines[i], " \t")
		switch {
		case text == "" && (grid || borders > 1 && (i+1 >= end || !r.moreRows(i+1, end))):
			return i
		case text == "":
		case grid && text[0] == '+':
		case grid && text[0] != '|':
			return i
		case !grid && simpleBorder(text):
			borders++
		case grid:
			r.row(strings.Split(strings.Trim(text, "|"), "|"), i+1)
		default:
			r.row(cutColumns(r.lines[i], columns), i+1)
		}
	}
	return i
}

// moreRows reports whether another border of a simple table follows before the text is indented differently.
func (r *rstReader) moreRows(i, end int) bool {
	for n := 0; i < end && n < 40 && r.lines[i] != ""; i, n = i+1, n+1 {
		if simpleBorder(strings.TrimLeft(r.lines[i], " \t")) {
			return true
		}
	}
	return false
}

func (r *rstReader) row(cells []string, line int) {
	in := &run{}
	for i, cell := range cells {
		if i > 0 {
			in.space = true
			in.write("| ", line)
		}
		r.inline(in, strings.TrimSpace(cell), line)
	}
	if strings.Trim(string(in.text), "| ") != "" {
		r.add(Cell, in, line, line)
	}
}

func gridBorder(text string) bool {
	return strings.HasPrefix(text, "+-") && strings.HasSuffix(text, "+") && strings.Trim(text, "+-=") == ""
}

func simpleBorder(text string) bool {
	return strings.HasPrefix(text, "==") && strings.Contains(text, "= =") && strings.Trim(text, "= ") == "" ||
		strings.HasPrefix(text, "==") && strings.Contains(text, "=  =") && strings.Trim(text, "= ") == ""
}

func simpleColumns(border string) []int {
	var columns []int
	for i := range len(border) {
		if border[i] == '=' && (i == 0 || border[i-1] == ' ') {
			columns = append(columns, i)
		}
	}
	return columns
}

func cutColumns(line string, columns []int) []string {
	var cells []string
	text := []rune(line)
	for i, from := range columns {
		to := len(text)
		if i+1 < len(columns) {
			to = min(to, columns[i+1])
		}
		cells = append(cells, string(text[min(from, to):to]))
	}
	return cells
}
