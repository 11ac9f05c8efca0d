package document

import (
	"strings"
	"unicode/utf8"
)

// The words by which a sentence denies something, in English, German, French, Spanish and Polish.
var (
	// negators deny what follows them.
	negators = wordSet("no not never without none neither nor cannot lacks lack lacking missing nothing nobody absent " +
		"don't doesn't didn't isn't aren't wasn't weren't haven't hasn't won't wouldn't can't couldn't shouldn't ain't needn't " +
		"dont doesnt isnt arent havent hasnt wont cant " +
		"kein keine keinen keiner keinem keines nicht ohne niemals weder fehlt fehlen " +
		"pas aucun aucune sans jamais ni ningún ninguna ninguno nunca sin tampoco nie bez brak żaden żadna żadne żadnych żadnej nigdy")
	// afterwards deny what stands before them: "a CLA is not needed".
	afterwards = wordSet("not never cannot missing absent none n/a doesn't don't isn't aren't wasn't weren't hasn't haven't won't can't needn't " +
		"doesnt dont isnt arent free " +
		"unavailable nonexistent unnecessary nicht niemals fehlt fehlen pas aucun aucune jamais nunca nie brak")
	// pairs deny what follows them too.
	pairs = wordSet("instead_of rather_than free_of devoid_of in_lieu anstelle_von statt_eines statt_einer au_lieu en_lugar en_vez zamiast_tego")
	// contrasts begin a clause for which what was said before does not hold.
	contrasts = wordSet("but however although though whereas unless except aber jedoch sondern sauf mais cependant pero sino excepto ale jednak lecz")
	// predicates tell a clause from a part of a list after a comma.
	predicates = wordSet("is are was were be have has had do does see here there we you it they i this that please read can will should must may " +
		"ist sind haben wir sie hier est sont nous vous voir voici es son tenemos aquí jest są mamy tu")
	// relatives begin a clause about what stands before them.
	relatives = wordSet("which that who whose because since so if when die der das welche weil qui que quand lorsque cuando porque który która które ponieważ")
	// conditions begin a clause that says nothing about what is.
	conditions = wordSet("if unless when whenever wenn falls si lorsque cuando jeśli jeżeli gdy")
	// harmless are the words after a negator with which it denies nothing.
	harmless = wordSet("only hesitate limited just least later matter doubt necessarily delay hesitation further exception problem worries " +
		"nur zögern verzögerung seulement hésiter hésitez solo sólo dude duda demora tylko wahaj zwłoki")
	// deeds are what a prohibition forbids: it says how something is done, not that it is not there.
	deeds = wordSet("report disclose open file create post share submit publish use discuss send raise make " +
		"include put mention publicly write log leave forget rely commit push add")
	// subjects before "do not" make it a statement.
	subjects = wordSet("we they i it project maintainers developers team authors")
)

// token is a word of a sentence, in lower case, with the mark before it.
type token struct {
	word       string
	start, end int
	before     byte // ';' where a clause ends, ',' after a comma, 0 else
}

// Denies reports whether a sentence denies what one of the phrases (as HasWords takes them) names: "we do not have a security
// policy", "no CLA is needed", "without a bug bounty", "a CLA is not required". Every place where a phrase stands has to be
// denied. A prohibition ("do not report vulnerabilities in public"), a condition ("if you do not get an answer") and idioms
// ("do not hesitate", "not only") deny nothing. Without phrases it reports whether the sentence denies anything.
func Denies(sentence string, phrases ...string) bool {
	tokens := tokenize(sentence)
	if len(phrases) == 0 {
		for i := range tokens {
			if negates(tokens, i, negators) && !conditional(tokens, i) {
				return true
			}
		}
		return false
	}
	denied := false
	for pos := 0; pos < len(sentence); {
		start, end := FindWords(sentence[pos:], phrases...)
		if start < 0 {
			break
		}
		if !deniedAt(tokens, pos+start, pos+end) {
			return false
		}
		denied, pos = true, pos+end
	}
	return denied
}

// reach is how many words before a phrase, and half as many after it, a negation reaches.
const reach = 10

// deniedAt reports whether the words between two offsets are denied.
func deniedAt(tokens []token, start, end int) bool {
	first := 0
	for first < len(tokens) && tokens[first].end <= start {
		first++
	}
	last := first
	for last < len(tokens) && tokens[last].start < end {
		last++
	}
	return deniedBefore(tokens, first) || deniedAfter(tokens, last)
}

func deniedBefore(tokens []token, first int) bool {
	predicate := false
	for i := first - 1; i >= max(0, first-reach); i-- {
		if after := tokens[i+1:]; len(after) > 0 && (after[0].before == ';' || after[0].before == ',' && predicate) {
			return false
		}
		word := tokens[i].word
		if contrasts[word] {
			return false
		}
		predicate = predicate || predicates[word]
		if negates(tokens, i, negators) || i+1 < len(tokens) && pairs[word+"_"+tokens[i+1].word] {
			return !conditional(tokens, i)
		}
	}
	return false
}

func deniedAfter(tokens []token, last int) bool {
	for i := last; i < min(len(tokens), last+reach/2); i++ {
		if tokens[i].before == ';' && tokens[i].word != "none" || tokens[i].before == ',' || contrasts[tokens[i].word] || relatives[tokens[i].word] {
			return false
		}
		if tokens[i].word == "free" && i > last { // "CLA-free" only
			return false
		}
		if negates(tokens, i, afterwards) {
			return !conditional(tokens, i)
		}
	}
	return false
}

// negates reports whether a token is one of the words and does deny something.
func negates(tokens []token, i int, words map[string]bool) bool {
	if !words[tokens[i].word] {
		return false
	}
	if i+1 == len(tokens) {
		return true
	}
	next := tokens[i+1]
	if harmless[next.word] || tokens[i].word == "no" && next.before == ',' {
		return false
	}
	if tokens[i].word == "without" && i > 0 && tokens[i-1].word == "or" { // "with or without"
		return false
	}
	if deeds[next.word] && imperative(tokens, i) {
		return false
	}
	return true
}

// imperative reports whether the negation at i belongs to "do not", "never" or "must not" without somebody who does it.
func imperative(tokens []token, i int) bool {
	switch tokens[i].word {
	case "not":
		if i == 0 {
			return false
		}
		switch tokens[i-1].word {
		case "must", "should", "shall":
			return true
		case "do":
			i--
		default:
			return false
		}
	case "don't", "dont", "never", "shouldn't":
	default:
		return false
	}
	return i == 0 || tokens[i].before != 0 || !subjects[tokens[i-1].word]
}

// conditional reports whether the clause that holds token i begins with a condition.
func conditional(tokens []token, i int) bool {
	for ; i >= 0; i-- {
		if conditions[tokens[i].word] {
			return true
		}
		if tokens[i].before != 0 {
			return false
		}
	}
	return false
}

// tokenize cuts a sentence, of which the first 4,000 bytes count, into words; apostrophes belong to them.
func tokenize(sentence string) []token {
	sentence = sentence[:min(len(sentence), 4000)]
	var tokens []token
	before := byte(0)
	for pos := 0; pos < len(sentence); {
		r, size := utf8.DecodeRuneInString(sentence[pos:])
		if !wordRune(r) {
			switch r {
			case ',':
				before = max(before, ',')
			case ';', ':', '.', '!', '?', '(', ')', '—', '|':
				before = ';'
			}
			pos += size
			continue
		}
		start := pos
		for pos < len(sentence) {
			r, size := utf8.DecodeRuneInString(sentence[pos:])
			inner := (r == '\'' || r == '’' || r == '/') && pos+size < len(sentence) && wordByte(sentence[pos+size])
			if !wordRune(r) && !inner {
				break
			}
			pos += size
		}
		word := strings.ReplaceAll(strings.ToLower(sentence[start:pos]), "’", "'")
		tokens = append(tokens, token{word, start, pos, before})
		before = 0
	}
	return tokens
}
