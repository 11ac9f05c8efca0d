package pattern

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// shortest is how many bytes a word has at least that is looked for: shorter ones stand in every text.
const shortest = 3

// need is what a text must hold, in whatever case, to hold a match: one of some words, what all of some needs ask for, or what
// one of some needs asks for. Words are in lower case and hold no white space. A nil need is one of which nothing is known.
type need struct {
	words    []string
	all, any []*need
}

// needOf returns what each match of an expression needs.
func needOf(re *syntax.Regexp) *need {
	switch re.Op {
	case syntax.OpLiteral:
		if word := longestWord(re.Rune); len(word) >= shortest {
			return &need{words: []string{word}}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needOf(re.Sub[0])
		}
	case syntax.OpConcat:
		return needOfAll(re.Sub)
	case syntax.OpAlternate:
		return needOfAny(re.Sub)
	}
	return nil
}

func needOfAll(parts []*syntax.Regexp) *need {
	n := &need{}
	for _, part := range parts {
		if found := needOf(part); found != nil {
			n.all = append(n.all, found)
		}
	}
	switch len(n.all) {
	case 0:
		return nil
	case 1:
		return n.all[0]
	}
	return n
}

func needOfAny(ways []*syntax.Regexp) *need {
	n := &need{}
	for _, way := range ways {
		found := needOf(way)
		switch {
		case found == nil:
			return nil
		case found.words != nil:
			n.words = append(n.words, found.words...)
		default:
			n.any = append(n.any, found)
		}
	}
	if n.any != nil && n.words != nil {
		n.any, n.words = append(n.any, &need{words: n.words}), nil
	}
	return n
}

// longestWord returns the longest part of a text that is in ASCII and without white space, in lower case.
func longestWord(runes []rune) (longest string) {
	for word := range strings.FieldsFuncSeq(string(runes), func(r rune) bool { return r > unicode.MaxASCII || unicode.IsSpace(r) }) {
		if len(word) > len(longest) {
			longest = word
		}
	}
	return strings.ToLower(longest)
}

// first returns the words of which one must be there in any case: where all of several needs are to be met, those of the need
// whose shortest word is longest.
func (n *need) first() []string {
	switch {
	case n.all != nil:
		var best []string
		for _, part := range n.all {
			if words := part.first(); shortestOf(words) > shortestOf(best) {
				best = words
			}
		}
		return best
	case n.any != nil:
		var words []string
		for _, way := range n.any {
			words = append(words, way.first()...)
		}
		return words
	}
	return n.words
}

// shortestOf returns the length of the shortest word, 0 if there is none.
func shortestOf(words []string) int {
	if len(words) == 0 {
		return 0
	}
	return len(slices.MinFunc(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
}

// met reports whether a text holds what is needed.
func (n *need) met(s string) bool {
	switch {
	case n.all != nil:
		return !slices.ContainsFunc(n.all, func(part *need) bool { return !part.met(s) })
	case n.any != nil:
		return slices.ContainsFunc(n.any, func(way *need) bool { return way.met(s) })
	}
	return slices.ContainsFunc(n.words, func(word string) bool { return containsFold(s, word) })
}

// containsFold reports whether a text holds a word, in whatever case.
func containsFold(s, word string) bool {
	lower, upper := word[0], upper(word[0])
	for i := 0; i+len(word) <= len(s); i++ {
		if (s[i] == lower || s[i] == upper) && hasPrefixFold(s[i:], word) {
			return true
		}
	}
	return false
}

// hasPrefixFold reports whether a text begins with a word, in whatever case.
func hasPrefixFold(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := range len(word) {
		if s[i] != word[i] && s[i] != upper(word[i]) {
			return false
		}
	}
	return true
}

func upper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - 'a' + 'A'
	}
	return b
}
