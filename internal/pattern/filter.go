package pattern

import (
	"math/bits"
	"regexp/syntax"
	"strings"
)

// filter tells of most texts that hold no match that they hold none, at a small part of what the automaton costs.
type filter struct {
	need *need

	// The words of which one must be there are dealt out to eight heaps, and of each of the first three bytes a table tells in
	// which heaps a word has it there.
	heaps                [8][]string
	first, second, third [256]uint8
}

// filterOf returns the filter of an expression, nil if there is none.
func filterOf(expression string) *filter {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil // compiling tells
	}
	f := &filter{need: needOf(re)}
	if f.need == nil {
		return nil
	}
	for i, word := range f.need.first() {
		heap := i % len(f.heaps)
		f.heaps[heap] = append(f.heaps[heap], word)
		for at, table := range []*[256]uint8{&f.first, &f.second, &f.third} {
			table[word[at]] |= 1 << heap
			table[upper(word[at])] |= 1 << heap
		}
	}
	return f
}

// longS and kelvin are the letters outside ASCII that stand for one of ASCII, s and k, where case does not matter.
const (
	longS  = "\u017F"
	kelvin = "\u212A"
)

// passes reports whether a text may hold a match.
func (f *filter) passes(s string) bool {
	found := f.glance(s) && (f.need.words != nil || f.need.met(s)) // the glance is about all words of a need that has no parts
	return found || strings.Contains(s, longS) || strings.Contains(s, kelvin)
}

// glance reports whether one of the words stands in a text.
func (f *filter) glance(s string) bool {
	for i := 0; i+shortest <= len(s); i++ {
		hits := f.first[s[i]] & f.second[s[i+1]] & f.third[s[i+2]]
		for ; hits != 0; hits &= hits - 1 {
			for _, word := range f.heaps[bits.TrailingZeros8(hits)] {
				if hasPrefixFold(s[i:], word) {
					return true
				}
			}
		}
	}
	return false
}
