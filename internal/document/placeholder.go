package document

import (
	"misp-csirt-tooling/internal/pattern"
	"strings"
)

var (
	// blanks are places that a template leaves to be filled in.
	blanks = pattern.New(`(?i)\[\s*(?:insert|enter|your|add|fill|replace|todo|tbd|project|company|organi[sz]ation|contact|e-?mail` +
		`|name of|link to|specify|describe|xxx)\b[^\]\[]{0,80}\]` +
		`|<\s*(?:insert|enter|your|project|company|organi[sz]ation|repo(?:sitory)?|contact|add|e-?mail|name of)\b[^<>@=]{0,60}>` +
		`|\{\{?\s*(?:insert|your|project|company|organi[sz]ation|contact|e-?mail)[\w .-]{0,40}\}?\}` +
		`|%%?(?:insert|your|project|contact|email)[\w-]{0,40}%%?`)
	// blankMail are addresses that stand for one's own.
	blankMail = pattern.New(`(?i)\b(?:(?:your|my|some)[\w.-]*|you|name|e?mail|e-mail|user(?:name)?|someone|somebody|first\.last|xxx+` +
		`|foo)@(?:example|your|domain|company|email|mail|host|xxx+|foo|bar|test)[\w-]*(?:\.\w+)*` +
		`|[\w.-]+@(?:your[\w-]*|my-?(?:domain|company|org)|domain|company|organi[sz]ation|project)(?:\.(?:com|org|net|tld|io|example))\b`)
	// blankTodo is a mark of work that is left to do.
	blankTodo = pattern.New(`\b(?:TODO|FIXME)\b\s*:|^\W*(?:TODO|FIXME|TBD|TBA|XXX+)\W*$|\bTBD\b|\bT\.B\.D\.`)
)

// templateWords are what templates tell those who fill them in.
var templateWords = []string{
	"use this section to tell people", "tell them where to go how often they can expect", "tell them where to go", "lorem ipsum",
	"your text here", "your content here", "describe your", "replace this text", "replace this section", "replace this line", "fill this in",
	"fill in this section",
	"to be filled in", "this is a template", "delete this section", "remove this section", "insert your", "add your contact",
}

// Placeholder returns the part of a text that a template left to be filled in: "[INSERT CONTACT METHOD]", "TODO: ...",
// "your-email@example.com", "<project name>", or the instruction of a template itself. It is empty if there is none.
func Placeholder(text string) string {
	if strings.ContainsAny(text, "[<{%") {
		for _, m := range blanks.FindAllStringIndex(text, -1) {
			if m[1] == len(text) || text[m[1]] != '(' { // [Contact](...) is a link
				return text[m[0]:m[1]]
			}
		}
	}
	if strings.Contains(text, "@") {
		if m := blankMail.FindString(text); m != "" {
			return m
		}
	}
	for _, mark := range [...]string{"TODO", "FIXME", "TB", "T.B.D.", "XXX"} {
		if strings.Contains(text, mark) {
			if m := blankTodo.FindString(text); m != "" {
				return strings.TrimSpace(m)
			}
			break
		}
	}
	if start, end := FindWords(text, templateWords...); start >= 0 {
		return text[start:end]
	}
	return ""
}

// Placeholders returns what a template left to be filled in, with its lines: the first placeholder of each sentence outside
// code, and the supported versions of the security policy that GitHub proposes, which no project has.
func (d *Document) Placeholders() []Sentence {
	var found []Sentence
	var old *Block
	for i := range d.Blocks {
		b := &d.Blocks[i]
		if b.Kind == Code {
			continue
		}
		for _, s := range b.Sentences() {
			if p := Placeholder(s.Text); p != "" {
				found = append(found, Sentence{Text: p, Line: s.Line})
			}
		}
		switch {
		case b.Kind == Cell && strings.HasPrefix(b.Text, "5.1.x"):
			old = b
		case b.Kind == Cell && strings.HasPrefix(b.Text, "4.0.x") && old != nil:
			found = append(found, Sentence{Text: "5.1.x, 4.0.x", Line: old.Line})
			old = nil
		}
	}
	return found
}
