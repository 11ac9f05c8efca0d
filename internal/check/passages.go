package check

import (
	"path"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
)

var (
	// stale is a sentence by which a document says that it is out of date or unfinished.
	stale = pattern.New(`(?i)\b(page|document|guide|section|documentation|information)\b[^.]{0,40}\b(out ?-?dated|out of date|obsolete` +
		`|deprecated|needs [^.]{0,20}(updates?|verification)|no longer)\b|` +
		`\b(out ?-?dated|obsolete) (information|documentation|page)\b|\bnot finished\b|\b(page|document|guide)\b[^.]{0,30}\bwork in progress\b`)
	// notStale is a sentence that asks a reader to mend what may be out of date.
	notStale = pattern.New(`(?i)\b(if|when|whenever|report|fix|help|find|improve|update)\b`)
)

// staleBlocks is how far into a document a notice of its age stands.
const staleBlocks = 6

// isProse reports whether a block is text that somebody wrote to be read.
func isProse(k document.Kind) bool { return k != document.Code && k != document.Heading }

// inContents reports whether a block is an entry of a table of contents: nothing but a link to a place in the same document.
func inContents(b *document.Block) bool {
	return b.Kind == document.Item && len(b.Links) == 1 && strings.HasPrefix(b.Links[0].Target, "#") &&
		strings.Trim(b.Text, " .:") == strings.Trim(b.Links[0].Text, " .:")
}

// isTitle reports whether the heading of a section is the title of the whole document, under which everything else stands.
func isTitle(d *document.Document, section int) bool {
	if section != 1 || len(d.Sections) == 2 {
		return false
	}
	for i := 2; i < len(d.Sections); i++ {
		if !d.Within(i, 1) {
			return false
		}
	}
	return true
}

// sectionText joins the text of a section and of those within it; section 0 stands for the whole document.
func sectionText(d *document.Document, section int) string {
	var sb strings.Builder
	for _, b := range part(d, section) {
		sb.WriteString(b.Text)
		sb.WriteByte('\n')
	}
	return sb.String()
}

// proseWords counts the words of running text in a section and in those within it.
func proseWords(d *document.Document, section int) int {
	n := 0
	for _, b := range part(d, section) {
		if isProse(b.Kind) {
			n += len(strings.Fields(b.Text))
		}
	}
	return n
}

// part returns the blocks of a section and of those within it; section 0 stands for the whole document.
func part(d *document.Document, section int) []*document.Block {
	if section > 0 {
		return d.Under(section)
	}
	blocks := make([]*document.Block, len(d.Blocks))
	for i := range d.Blocks {
		blocks[i] = &d.Blocks[i]
	}
	return blocks
}

// isStale reports whether a document says of itself near its top that it is out of date or unfinished.
func isStale(d *document.Document) bool { return staleAt(d) > 0 }

// staleAt returns the line of such a notice, 0 if there is none.
func staleAt(d *document.Document) int {
	for i := range min(len(d.Blocks), staleBlocks) {
		for _, s := range d.Blocks[i].Sentences() {
			if stale.MatchString(s.Text) && !notStale.MatchString(s.Text) {
				return s.Line
			}
		}
	}
	return 0
}

// outdated returns where a document, or the index page of a folder around it, says that it is out of date or unfinished; nil if
// neither does.
func (v *View) outdated(d *Doc) *Evidence {
	notice := func(d *Doc) *Evidence {
		if line := staleAt(d.Document()); line > 0 {
			e := at(d, line, line, "notice")
			return &e
		}
		return nil
	}
	if e := notice(d); e != nil {
		return e
	}
	for _, index := range v.Docs {
		base := strings.ToLower(path.Base(index.Path))
		if dir := path.Dir(index.Path); dir != "." && (strings.HasPrefix(base, "index.") || strings.HasPrefix(base, "readme.")) &&
			strings.HasPrefix(d.Path, dir+"/") {
			if e := notice(index); e != nil {
				return e
			}
		}
	}
	return nil
}

// changelogName matches the paths of changelogs.
var changelogName = pattern.New(`(?i)(^|/)(change[-_]?log|changes|news|release[-_]?notes|history)[^/]*$`)

// isChangelog tells a list of changes by its name: what it speaks of may be gone or in parts that are not here.
func isChangelog(p string) bool { return changelogName.MatchString(p) }

// inLines finds a pattern whose matches lie within a line, as FindAllStringIndex does: of the long texts of licences few lines
// can hold one.
func inLines(p *pattern.Pattern, text string) (all [][]int) {
	start := 0
	for line := range strings.Lines(text) {
		for _, m := range p.FindAllStringIndex(line, -1) {
			all = append(all, []int{start + m[0], start + m[1]})
		}
		start += len(line)
	}
	return all
}

// sentence finds the first sentence of running text that a pattern matches and that is accepted.
func (v *View) sentence(p *pattern.Pattern, accept func(d *Doc, b *document.Block, s string) bool) *Evidence {
	for _, d := range v.Docs {
		if isMetadata(d.Path) && !isInterfaceFile(d.Path) || isChangelog(d.Path) || !p.May(d.Content()) {
			continue
		}
		for _, b := range d.Document().Prose() {
			if !p.May(b.Text) {
				continue
			}
			for _, s := range b.Sentences() {
				if strings.HasSuffix(strings.TrimSpace(s.Text), "?") { // who asks states nothing
					continue
				}
				if hit := p.FindStringIndex(s.Text); hit != nil && accept(d, b, s.Text) {
					line := b.LineAt(max(0, strings.Index(b.Text, s.Text)) + hit[0])
					e := at(d, line, line, "")
					return &e
				}
			}
		}
	}
	return nil
}
