package pattern

import (
	"math/bits"
	"regexp/syntax"
	"strings"
	"unicode"
)

// shortest is how many bytes a needle has at least: shorter ones stand in every text.
const shortest = 3

// most is how many needles are looked for at once. A pattern with more of them is left to its automaton.
const most = 64

// needlesOf returns texts in lower case of which each match of an expression holds at least one, in whatever case; none if
// there are no such texts.
func needlesOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return literal(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return needlesOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needlesOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, part := range re.Sub {
			if found := needlesOf(part); better(found, best) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, way := range re.Sub {
			found := needlesOf(way)
			if found == nil || len(all)+len(found) > most {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

// literal returns the longest part of a text that is in ASCII and without white space.
func literal(runes []rune) []string {
	longest := ""
	for part := range strings.FieldsFuncSeq(strings.ToLower(string(runes)), func(r rune) bool { return r >= 0x80 || unicode.IsSpace(r) }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	if len(longest) < shortest {
		return nil
	}
	return []string{longest}
}

// better reports whether some needles are rarer than others: the shortest of them says most about that.
func better(a, b []string) bool {
	if a == nil || b == nil {
		return a != nil
	}
	short, other := length(a), length(b)
	return short > other || short == other && len(a) < len(b)
}

func length(needles []string) int {
	n := len(needles[0])
	for _, needle := range needles {
		n = min(n, len(needle))
	}
	return n
}

// filter finds needles. They are dealt out to eight heaps, and of each of the first three bytes a table tells in which heaps a
// needle has it there.
type filter struct {
	first, second, third [256]uint8
	heaps                [8][]string
}

func newFilter(needles []string) *filter {
	f := &filter{}
	for i, needle := range needles {
		heap := i % len(f.heaps)
		f.heaps[heap] = append(f.heaps[heap], needle)
		for at, table := range []*[256]uint8{&f.first, &f.second, &f.third} {
			table[needle[at]] |= 1 << heap
			table[upper(needle[at])] |= 1 << heap
		}
	}
	return f
}

func upper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - 'a' + 'A'
	}
	return b
}

// longS and kelvin are the letters outside ASCII that stand for one of ASCII, s and k, where case does not matter.
const (
	longS  = "\u017F"
	kelvin = "\u212A"
)

// found reports whether one of the needles stands in a text.
func (f *filter) found(s string) bool {
	for i := 0; i+shortest <= len(s); i++ {
		hits := f.first[s[i]] & f.second[s[i+1]] & f.third[s[i+2]]
		for ; hits != 0; hits &= hits - 1 {
			for _, needle := range f.heaps[bits.TrailingZeros8(hits)] {
				if hasPrefixFold(s[i:], needle) {
					return true
				}
			}
		}
	}
	return strings.Contains(s, longS) || strings.Contains(s, kelvin)
}

// hasPrefixFold reports whether a text begins with a needle, in whatever case.
func hasPrefixFold(s, needle string) bool {
	if len(s) < len(needle) {
		return false
	}
	for i := range len(needle) {
		if s[i] != needle[i] && s[i] != upper(needle[i]) {
			return false
		}
	}
	return true
}
