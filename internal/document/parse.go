package document

import "strings"

// Parse reads text in the format that the name of the file and the text itself suggest. It never fails: what it cannot
// make sense of is a paragraph.
func Parse(name, text string) *Document {
	d := &Document{Sections: []Section{{Parent: -1, Line: 1}}}
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			d.Blocks = append(d.Blocks, Block{Text: strings.TrimSpace(line), Line: i + 1, End: i + 1})
		}
	}
	return d
}
