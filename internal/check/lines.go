package check

import "strings"

// lineOf returns the line of a file that holds the first line of a text, 1 if none does.
func lineOf(d *Doc, text string) int {
	text = firstLine(text)
	n := 0
	for line := range strings.Lines(d.Content()) {
		if n++; strings.Contains(line, text) {
			return n
		}
	}
	return 1
}

// linesBefore returns the n lines before a line as one.
func linesBefore(text string, line, n int) string {
	lines := strings.SplitN(text, "\n", line)
	return strings.Join(lines[max(0, line-1-n):min(len(lines), line-1)], " ")
}

// firstLine returns a text up to its first line break.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// lineAt returns the number of the line that holds an offset of a text.
func lineAt(text string, offset int) int { return 1 + strings.Count(text[:offset], "\n") }
