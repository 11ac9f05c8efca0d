// Package document reads prose as a person does: Markdown, reStructuredText, AsciiDoc, HTML and plain text become headings, paragraphs,
// links and code with their lines, so that a reader of a document need not match raw text. It is pure.
package document

import "strings"

// Format is the markup of a text.
type Format uint8

// The formats that are told apart.
const (
	Text Format = iota
	Markdown
	ReStructuredText
	AsciiDoc
	HTML
)

// Kind is the kind of a block.
type Kind uint8

// The kinds of blocks.
const (
	Paragraph Kind = iota // running text
	Heading               // the heading of a section
	Item                  // an item of a list
	Cell                  // a row of a table, its cells joined by " | "
	Quote                 // a quotation
	Code                  // code or preformatted text, verbatim
)

// Document is a text that was read.
type Document struct {
	Format   Format
	Blocks   []Block   // in the order of the text, comments and front matter left out
	Cut      bool      // the text is longer than what was read of it
	Sections []Section // in the order of the text; the first one has no heading and holds what stands before the first heading
}

// Block is a unit of text.
type Block struct {
	Kind      Kind
	Text      string // what a reader sees, white space folded, without alternative texts of images; code verbatim
	Line, End int    // first and last line, counted from 1
	Section   int    // index in Sections of the innermost section
	Links     []Link // in the order of the text; none in code

	marks []mark // where the lines of the text begin
}

// LineAt returns the line on which the text at an offset in Text stands.
func (b *Block) LineAt(offset int) int {
	if b.Kind == Code {
		return b.Line + strings.Count(b.Text[:min(max(offset, 0), len(b.Text))], "\n")
	}
	return lineAt(b.marks, offset, b.Line)
}

// Section is a part of a document under a heading. Its text are the blocks of it and of the sections within it.
type Section struct {
	Heading   string
	Level     int // 1 is the outermost; 0 for the part before the first heading
	Line, End int // from the heading to the last line of the part, sections within it included
	Parent    int // index of the section around it, -1 for none
}

// Link is a reference to another place.
type Link struct {
	Text   string // what a reader sees; the alternative text of an image
	Target string // as written
	Line   int
	Image  bool // an image that is shown, not a place to go to
}

// Sentence is a sentence of a block.
type Sentence struct {
	Text string
	Line int // where it starts
}
