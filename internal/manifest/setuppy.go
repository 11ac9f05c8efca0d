package manifest

import (
	"strings"
)

// argument is a keyword argument of the call of setup() in a setup.py, as far as it is written out: the strings in its value.
type argument struct {
	name   string
	values []string
	line   int
}

// setupArguments reads the arguments of setup(), without running the program. What is computed is left out.
func setupArguments(text string) []argument {
	toks := pythonTokens(text)
	var out []argument
	for i := 0; i+1 < len(toks); i++ {
		called := toks[i].text == "setup" || strings.HasSuffix(toks[i].text, "_setup")
		if !called || toks[i].str || toks[i+1].text != "(" || i > 0 && toks[i-1].text == "def" {
			continue
		}
		depth := 0
		for j := i + 1; j < len(toks) && (depth > 0 || j == i+1); j++ {
			switch t := toks[j]; {
			case t.str:
				if depth >= 1 && len(out) > 0 {
					a := &out[len(out)-1]
					if toks[j-1].str && toks[j-1].text != "" && len(a.values) > 0 { // adjacent strings are one
						a.values[len(a.values)-1] += t.text
					} else {
						a.values = append(a.values, t.text)
					}
				}
			case strings.Contains("([{", t.text):
				depth++
			case strings.Contains(")]}", t.text):
				if depth--; depth == 0 && len(out) > 0 {
					return out
				}
			case depth == 1 && j+1 < len(toks) && toks[j+1].text == "=" && !toks[j+1].str:
				out = append(out, argument{name: t.text, line: t.line})
			}
		}
	}
	return out
}

type token struct {
	text string
	str  bool
	line int
}

// pythonTokens splits a Python program into names, strings and other characters, comments left out.
func pythonTokens(text string) []token {
	var out []token
	line := 1
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\n':
			line++
			i++
		case c == ' ' || c == '\t' || c == '\r' || c == '\\':
			i++
		case c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			value, n := pythonString(text[i:])
			out = append(out, token{value, true, line})
			line += strings.Count(text[i:i+n], "\n")
			i += n
		case isWord(c):
			start := i
			for i < len(text) && isWord(text[i]) {
				i++
			}
			if i < len(text) && (text[i] == '"' || text[i] == '\'') && i-start <= 2 {
				continue // the prefix of a string: r"", f""
			}
			out = append(out, token{text[start:i], false, line})
		default:
			out = append(out, token{text[i : i+1], false, line})
			i++
		}
	}
	return out
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// pythonString reads the string literal at the start of s and returns its value and length.
func pythonString(s string) (string, int) {
	quote := s[:1]
	if strings.HasPrefix(s, strings.Repeat(quote, 3)) {
		quote = s[:3]
	}
	for i := len(quote); i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case strings.HasPrefix(s[i:], quote):
			return s[len(quote):i], i + len(quote)
		case s[i] == '\n' && len(quote) == 1:
			return s[1:i], i // an unfinished literal ends with its line
		}
	}
	return s[len(quote):], len(s)
}
