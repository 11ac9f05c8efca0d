package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// HasWords reports whether a text holds one of the phrases. A phrase is words, and words are letters and digits: they are
// compared whole and without regard to case, and stand in the text one after the other with nothing but white space,
// hyphens, underscores, slashes, quotation marks or apostrophes between them. A word of the phrase that ends in * stands for
// all words that begin so: "vulnerabilit*" is found in "Vulnerabilities".
func HasWords(text string, phrases ...string) bool { return IndexWords(text, phrases...) >= 0 }

// IndexWords returns the offset of the first place where one of the phrases stands in a text, as HasWords finds it, -1 for none.
func IndexWords(text string, phrases ...string) int {
	start, _ := FindWords(text, phrases...)
	return start
}

// FindWords returns the offsets at which the first place where one of the phrases stands in a text begins and ends, as
// HasWords finds it; -1 and -1 for none.
func FindWords(text string, phrases ...string) (start, end int) {
	for pos := 0; pos < len(text); {
		r, size := runeAt(text, pos)
		if !wordRune(r) {
			pos += size
			continue
		}
		for _, phrase := range phrases {
			if phrase != "" && r < utf8.RuneSelf && wordByte(phrase[0]) && phrase[0] < utf8.RuneSelf && phrase[0]|0x20 != byte(r)|0x20 {
				continue // the usual case, told at once
			}
			if end := matchWords(text, pos, phrase); end >= 0 {
				return pos, end
			}
		}
		pos = wordEnd(text, pos)
	}
	return -1, -1
}

// matchWords returns where the phrase that begins at pos ends, -1 if it does not begin there. pos is where a word begins.
func matchWords(text string, pos int, phrase string) int {
	matched := false
	for p := 0; ; {
		for p < len(phrase) {
			r, size := runeAt(phrase, p)
			if wordRune(r) {
				break
			}
			p += size
		}
		if p == len(phrase) {
			if !matched {
				return -1
			}
			return pos
		}
		if matched {
			if pos = nextWord(text, pos); pos < 0 {
				return -1
			}
		}
		for p < len(phrase) {
			want, wantSize := runeAt(phrase, p)
			if !wordRune(want) {
				break
			}
			if pos == len(text) {
				return -1
			}
			got, size := runeAt(text, pos)
			if got != want && !sameLetter(got, want) {
				return -1
			}
			p, pos = p+wantSize, pos+size
		}
		end := wordEnd(text, pos)
		if end > pos && (p == len(phrase) || phrase[p] != '*') {
			return -1
		}
		pos, matched = end, true
	}
}

// nextWord returns where the word after pos begins, -1 if more than white space and joining marks stands before it.
func nextWord(text string, pos int) int {
	for pos < len(text) {
		r, size := runeAt(text, pos)
		switch {
		case wordRune(r):
			return pos
		case !unicode.IsSpace(r) && !strings.ContainsRune("-_/'\"`’‘“”‐‑–*", r):
			return -1
		}
		pos += size
	}
	return -1
}

func wordEnd(text string, pos int) int {
	for pos < len(text) {
		r, size := runeAt(text, pos)
		if !wordRune(r) {
			break
		}
		pos += size
	}
	return pos
}

func runeAt(text string, pos int) (rune, int) {
	if c := text[pos]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(text[pos:])
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return wordByte(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func sameLetter(a, b rune) bool {
	if a < utf8.RuneSelf && b < utf8.RuneSelf {
		return a|0x20 == b|0x20 && a|0x20 >= 'a' && a|0x20 <= 'z'
	}
	return unicode.ToLower(a) == unicode.ToLower(b)
}
