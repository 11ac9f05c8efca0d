package check

import (
	"strings"

	"misp-csirt-tooling/internal/document"
)

// allText joins the text of a document and its links.
func allText(d *document.Document) (string, []document.Link) {
	var text strings.Builder
	var links []document.Link
	for i := range d.Blocks {
		text.WriteString(d.Blocks[i].Text)
		text.WriteByte('\n')
		links = append(links, d.Blocks[i].Links...)
	}
	return text.String(), links
}

func countWords(text string) int { return len(strings.Fields(text)) }

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
