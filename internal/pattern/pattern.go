// Package pattern holds regular expressions for tables of hundreds of them that are held against many texts of which hardly
// any matches: they are compiled when they are first needed, and a text that lacks the words of which each match has one is
// not given to the automaton. To compile all of them took longer than anything else before the program could begin, and to
// run them was a third of what judging cost.
package pattern

import (
	"regexp"
	"sync"
	"testing"
)

// Pattern is a regular expression in the syntax of the package regexp, whose methods of the same names it has. It is safe for
// concurrent use.
type Pattern struct {
	expression string
	filter     func() *filter // nil: there is none
	compiled   func() *regexp.Regexp
}

// New returns the pattern of an expression. One that is wrong panics when it is first used, and at once in a test.
func New(expression string) *Pattern {
	p := &Pattern{
		expression: expression,
		filter:     sync.OnceValue(func() *filter { return filterOf(expression) }),
		compiled:   sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) }),
	}
	if testing.Testing() {
		p.compiled()
	}
	return p
}

// May reports whether a text may hold a match: it holds the words that each match has. It says so of the source of a text too, in
// which white space is not folded yet.
func (p *Pattern) May(s string) bool {
	f := p.filter()
	return f == nil || f.passes(s)
}

// String returns the expression.
func (p *Pattern) String() string { return p.expression }

// MatchString is that of regexp.Regexp.
func (p *Pattern) MatchString(s string) bool { return p.May(s) && p.compiled().MatchString(s) }

// FindString is that of regexp.Regexp.
func (p *Pattern) FindString(s string) string {
	if !p.May(s) {
		return ""
	}
	return p.compiled().FindString(s)
}

// FindStringIndex is that of regexp.Regexp.
func (p *Pattern) FindStringIndex(s string) []int {
	if !p.May(s) {
		return nil
	}
	return p.compiled().FindStringIndex(s)
}

// FindStringSubmatch is that of regexp.Regexp.
func (p *Pattern) FindStringSubmatch(s string) []string {
	if !p.May(s) {
		return nil
	}
	return p.compiled().FindStringSubmatch(s)
}

// FindStringSubmatchIndex is that of regexp.Regexp.
func (p *Pattern) FindStringSubmatchIndex(s string) []int {
	if !p.May(s) {
		return nil
	}
	return p.compiled().FindStringSubmatchIndex(s)
}

// FindAllString is that of regexp.Regexp.
func (p *Pattern) FindAllString(s string, n int) []string {
	if !p.May(s) {
		return nil
	}
	return p.compiled().FindAllString(s, n)
}

// FindAllStringIndex is that of regexp.Regexp.
func (p *Pattern) FindAllStringIndex(s string, n int) [][]int {
	if !p.May(s) {
		return nil
	}
	return p.compiled().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is that of regexp.Regexp.
func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	if !p.May(s) {
		return nil
	}
	return p.compiled().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is that of regexp.Regexp.
func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !p.May(s) {
		return nil
	}
	return p.compiled().FindAllStringSubmatchIndex(s, n)
}

// FindAllSubmatchIndex is that of regexp.Regexp.
func (p *Pattern) FindAllSubmatchIndex(b []byte, n int) [][]int {
	return p.compiled().FindAllSubmatchIndex(b, n)
}

// Match is that of regexp.Regexp.
func (p *Pattern) Match(b []byte) bool { return p.compiled().Match(b) }

// ReplaceAllString is that of regexp.Regexp.
func (p *Pattern) ReplaceAllString(s, with string) string {
	if !p.May(s) {
		return s
	}
	return p.compiled().ReplaceAllString(s, with)
}

// ReplaceAllStringFunc is that of regexp.Regexp.
func (p *Pattern) ReplaceAllStringFunc(s string, with func(string) string) string {
	if !p.May(s) {
		return s
	}
	return p.compiled().ReplaceAllStringFunc(s, with)
}

// Split is that of regexp.Regexp.
func (p *Pattern) Split(s string, n int) []string { return p.compiled().Split(s, n) }
