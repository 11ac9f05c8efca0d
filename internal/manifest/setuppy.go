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

// setupArguments reads the arguments of setup(), without running the program. What is computed is left out. They may stand
// in a dictionary of which the call takes all.
func setupArguments(text string) []argument {
	toks := pythonTokens(text)
	for i := 0; i+1 < len(toks); i++ {
		called := toks[i].text == "setup" || strings.HasSuffix(toks[i].text, "_setup")
		if !called || toks[i].str || toks[i+1].text != "(" || i > 0 && toks[i-1].text == "def" {
			continue
		}
		if out := arguments(toks, i+1); len(out) > 0 {
			return out
		}
		if i+4 < len(toks) && toks[i+2].text == "*" && toks[i+3].text == "*" {
			if out := dictionary(toks, toks[i+4].text); len(out) > 0 {
				return out
			}
		}
	}
	return nil
}

// dictionary reads what is assigned to a name: dict(…) or {…}.
func dictionary(toks []token, name string) []argument {
	for i := 0; i+3 < len(toks); i++ {
		if toks[i].text != name || toks[i].str || toks[i+1].text != "=" {
			continue
		}
		switch {
		case toks[i+2].text == "dict" && toks[i+3].text == "(":
			return arguments(toks, i+3)
		case toks[i+2].text == "{" && !toks[i+2].str:
			return arguments(toks, i+2)
		}
	}
	return nil
}

// arguments reads the names and values within the bracket that opens at toks[open]: neither the keys of dictionaries in a
// value nor what is put into a string by the operator %.
func arguments(toks []token, open int) []argument {
	var out []argument
	depth, filling := 0, 0 // how deep the operand of % stands
	for j := open; j < len(toks) && (depth > 0 || j == open); j++ {
		next := ""
		if j+1 < len(toks) && !toks[j+1].str {
			next = toks[j+1].text
		}
		switch t := toks[j]; {
		case depth == 1 && (!t.str && next == "=" || t.str && next == ":" && toks[open].text == "{"):
			out = append(out, argument{name: t.text, line: t.line})
			if j+3 < len(toks) && next == "=" && !toks[j+2].str && (toks[j+3].text == "," || toks[j+3].text == ")") {
				out[len(out)-1].values, out[len(out)-1].line = listed(toks, toks[j+2].text, t.line)
			}
		case t.str:
			if depth >= 1 && len(out) > 0 && next != ":" && filling == 0 {
				a := &out[len(out)-1]
				if toks[j-1].str && toks[j-1].text != "" && len(a.values) > 0 { // adjacent strings are one
					a.values[len(a.values)-1] += t.text
				} else {
					a.values = append(a.values, t.text)
				}
			}
		case t.text == "%" && len(out) > 0 && len(out[len(out)-1].values) > 0:
			a := &out[len(out)-1]
			a.values[len(a.values)-1] = strings.TrimSuffix(a.values[len(a.values)-1], "==%s")
			filling = depth
		case strings.Contains("([{", t.text):
			depth++
		case strings.Contains(")]}", t.text):
			if depth--; depth < filling {
				filling = 0
			}
		case t.text == "," && depth == filling:
			filling = 0
		}
	}
	return out
}

// listed returns the strings of the list or tuple that is assigned to a name, and its line; none and the line given if there is none.
func listed(toks []token, name string, line int) ([]string, int) {
	for i := 0; i+2 < len(toks); i++ {
		if open := toks[i+2]; toks[i].text != name || toks[i].str || toks[i+1].text != "=" || open.str || open.text != "[" && open.text != "(" ||
			i > 0 && (toks[i-1].text == "," || toks[i-1].text == "(") {
			continue
		}
		var values []string
		for j := i + 3; j < len(toks); j++ {
			switch t := toks[j]; {
			case t.str && toks[j-1].str && len(values) > 0: // adjacent strings are one
				values[len(values)-1] += t.text
			case t.str:
				values = append(values, t.text)
			case t.text == "]", t.text == ")":
				return values, toks[i].line
			case t.text != ",":
				return nil, line // it is computed
			}
		}
	}
	return nil, line
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
