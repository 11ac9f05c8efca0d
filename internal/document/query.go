package document

import (
	"sort"
	"strings"
)

// Title returns what the text calls itself: its only heading of level 1 or else its first heading. It is empty if there is
// no heading.
func (d *Document) Title() string {
	title, count := "", 0
	for _, s := range d.Sections[1:] {
		if s.Level == 1 {
			title, count = s.Heading, count+1
		}
	}
	if count != 1 && len(d.Sections) > 1 {
		return d.Sections[1].Heading
	}
	return title
}

// Find returns the indices of the sections whose heading holds one of the phrases, as HasWords does, in the order of the text.
func (d *Document) Find(phrases ...string) []int {
	var found []int
	for i := range d.Sections {
		if HasWords(d.Sections[i].Heading, phrases...) {
			found = append(found, i)
		}
	}
	return found
}

// Under returns the blocks of a section and of the sections within it, its heading first. Section 0 is the part before the
// first heading. The blocks are shared: do not change them.
func (d *Document) Under(section int) []*Block {
	// Blocks and sections are in the order of the text, so that those of a section stand in a row.
	first := sort.Search(len(d.Blocks), func(i int) bool { return d.Blocks[i].Section >= section })
	var blocks []*Block
	for i := first; i < len(d.Blocks) && d.Within(d.Blocks[i].Section, section); i++ {
		blocks = append(blocks, &d.Blocks[i])
	}
	return blocks
}

// Within reports whether a section is another one or stands within it.
func (d *Document) Within(section, other int) bool {
	for ; section >= 0; section = d.Sections[section].Parent {
		if section == other {
			return true
		}
	}
	return false
}

// Path returns the headings that lead to a section, the outermost first and its own last. It is empty for section 0.
func (d *Document) Path(section int) []string {
	var path []string
	for ; section > 0; section = d.Sections[section].Parent {
		path = append([]string{d.Sections[section].Heading}, path...)
	}
	return path
}

// Links returns all links and images, in the order of the text.
func (d *Document) Links() []Link {
	var links []Link
	for i := range d.Blocks {
		links = append(links, d.Blocks[i].Links...)
	}
	return links
}

// Prose returns the blocks that say something in words: all but headings and code, without those that hold images only.
// The blocks are shared: do not change them.
func (d *Document) Prose() []*Block {
	var blocks []*Block
	for i := range d.Blocks {
		if b := &d.Blocks[i]; b.Kind != Heading && b.Kind != Code && strings.TrimSpace(b.Text) != "" {
			blocks = append(blocks, b)
		}
	}
	return blocks
}
