package document

import (
	"strings"
	"unicode"
)

// Sentences splits the text of a block. A full stop ends a sentence if white space and something that can begin one follow, and
// it does not belong to an abbreviation, an initial, a number, an address or the name of a file. Each line of code that is not
// blank is a sentence.
func (b *Block) Sentences() []Sentence {
	var out []Sentence
	if b.Kind == Code {
		line := b.Line
		for text := range strings.Lines(b.Text) {
			if text = strings.TrimSpace(text); text != "" {
				out = append(out, Sentence{Text: text, Line: line})
			}
			line++
		}
		return out
	}
	start, text := 0, b.Text
	for i := 0; i < len(text); {
		n := strings.IndexAny(text[i:], ".!?…。")
		if n < 0 {
			break
		}
		stop := i + n
		i = closing(text, stop)
		if !endsSentence(text[start:], stop-start, i-start) {
			continue
		}
		out = append(out, Sentence{Text: text[start:i], Line: b.LineAt(start)})
		for i < len(text) && text[i] == ' ' {
			i++
		}
		start = i
	}
	if start < len(text) {
		out = append(out, Sentence{Text: text[start:], Line: b.LineAt(start)})
	}
	return out
}

// closing returns where the marks that may end a sentence at pos, and the quotation marks and brackets after them, end.
func closing(text string, pos int) int {
	for pos < len(text) {
		r, size := runeAt(text, pos)
		if !strings.ContainsRune(".!?…。)]\"'”’»*_", r) {
			break
		}
		pos += size
	}
	return pos
}

// endsSentence reports whether the mark at stop ends the sentence that text begins with; end is where what belongs to the mark ends.
func endsSentence(text string, stop, end int) bool {
	if end == len(text) || strings.HasPrefix(text[stop:], "。") {
		return true
	}
	if text[end] != ' ' || end+1 == len(text) {
		return false
	}
	next, _ := runeAt(text, end+1)
	if unicode.IsLower(next) || strings.ContainsRune(",;:)]|–-=&", next) {
		return false
	}
	return text[stop] != '.' || end != stop+1 || !abbreviated(text[:stop], unicode.IsDigit(next))
}

// abbreviations are words that end in a full stop within a sentence, numbered those that do so before a number.
var (
	abbreviations = wordSet("e.g i.e eg ie cf vs approx ver resp incl esp al viz dr mr mrs ms prof st jr sr inc ltd corp co dept " +
		"z.b d.h u.a o.ä bzw ggf ca vgl evtl bspw usw p.ex np tzn m.in tj tzw ul sra p.ej aprox")
	numbered = wordSet("no nos fig sec ch art para vol ed pp abs nr núm sect rec")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// abbreviated reports whether the last word of a text, which a full stop follows, is an abbreviation, an initial or the
// number that the text begins with.
func abbreviated(text string, beforeDigit bool) bool {
	word := text[strings.LastIndexAny(text, " (\"[/")+1:]
	if len(word) == 1 && word != "I" && word[0] >= 'A' && word[0] <= 'Z' || word == text && strings.Trim(word, "0123456789.") == "" {
		return true
	}
	word = strings.ToLower(word)
	return abbreviations[word] || beforeDigit && numbered[word]
}
