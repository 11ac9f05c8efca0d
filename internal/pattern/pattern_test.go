package pattern

import (
	"reflect"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

func TestNeed(t *testing.T) {
	for _, c := range []struct {
		expression string
		want       string
	}{
		{`privacy`, "privacy"},
		{`(?i)\bPrivacy\b`, "privacy"},
		{`a privacy notice`, "privacy"},              // white space may be folded, or not yet
		{`(?i)données personnelles`, "personnelles"}, // letters outside ASCII have other cases
		{`(?:the )?license`, "license"},
		{`(license)+`, "license"},
		{`(?:license){2,3}`, "license"},
		{`mouse|elephant`, "mouse/elephant"},
		{`(?:mouse|cat) (?:elephants?|giraffes?)`, "(mouse/cat & elephant/giraffe)"},
		{`with (?:mice|a cat)|elephant`, "(with & mice/cat) or elephant"},
		{`licen[cs]e`, "licen"},
		{`(?:license)?`, ""},
		{`(?:license)*`, ""},
		{`(?:license){0,3}`, ""},
		{`license|`, ""},
		{`license|\d+`, ""},
		{`license|ok`, ""},
		{`\w+`, ""},
		{`^$`, ""},
		{`(?i)é`, ""},
	} {
		re, err := syntax.Parse(c.expression, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := says(needOf(re)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.expression, got, c.want)
		}
	}
}

// says writes down a need.
func says(n *need) string {
	each := func(needs []*need) (out []string) {
		for _, part := range needs {
			out = append(out, says(part))
		}
		return out
	}
	switch {
	case n == nil:
		return ""
	case n.all != nil:
		return "(" + strings.Join(each(n.all), " & ") + ")"
	case n.any != nil:
		return strings.Join(each(n.any), " or ")
	}
	return strings.Join(n.words, "/")
}

func TestWrongPattern(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression goes unnoticed")
		}
	}()
	New(`(`)
}

// FuzzPattern has each method say what the one of regexp.Regexp does.
func FuzzPattern(f *testing.F) {
	for _, expression := range []string{
		`(?i)\b(?:licen[cs]e|copying)\b`, `(?i)kiss`, `(?i)(?:mask|risk)s`, `foo(bar|baz)+`, `(a)|b`, `(?m)^needle$`, `(?i)ſüß`, `needle\z`, `(?s)one.two`, `[[:alpha:]]{3}x`,
	} {
		for _, text := range []string{"", "The LICENCE, and COPYING", "\u212Ai\u017F\u017F", "MA\u017F\u212As", "foobarbaz", "ab", "a\nneedle\nb", "one\ntwo", "Needle", "ſüß ſÜSS", "\xFFfoobar"} {
			f.Add(expression, text)
		}
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		re, err := regexp.Compile(expression)
		if err != nil || len(expression) > 100 || len(text) > 1000 {
			t.Skip()
		}
		p := New(expression)
		for _, c := range []struct {
			name      string
			got, want any
		}{
			{"String", p.String(), re.String()},
			{"MatchString", p.MatchString(text), re.MatchString(text)},
			{"FindString", p.FindString(text), re.FindString(text)},
			{"FindStringIndex", p.FindStringIndex(text), re.FindStringIndex(text)},
			{"FindStringSubmatch", p.FindStringSubmatch(text), re.FindStringSubmatch(text)},
			{"FindStringSubmatchIndex", p.FindStringSubmatchIndex(text), re.FindStringSubmatchIndex(text)},
			{"FindAllString", p.FindAllString(text, -1), re.FindAllString(text, -1)},
			{"FindAllStringIndex", p.FindAllStringIndex(text, 2), re.FindAllStringIndex(text, 2)},
			{"FindAllStringSubmatch", p.FindAllStringSubmatch(text, -1), re.FindAllStringSubmatch(text, -1)},
			{"FindAllStringSubmatchIndex", p.FindAllStringSubmatchIndex(text, -1), re.FindAllStringSubmatchIndex(text, -1)},
			{"FindAllSubmatchIndex", p.FindAllSubmatchIndex([]byte(text), -1), re.FindAllSubmatchIndex([]byte(text), -1)},
			{"Match", p.Match([]byte(text)), re.Match([]byte(text))},
			{"ReplaceAllString", p.ReplaceAllString(text, "-"), re.ReplaceAllString(text, "-")},
			{"ReplaceAllStringFunc", p.ReplaceAllStringFunc(text, strings.ToUpper), re.ReplaceAllStringFunc(text, strings.ToUpper)},
			{"Split", p.Split(text, -1), re.Split(text, -1)},
		} {
			if !reflect.DeepEqual(c.got, c.want) {
				t.Errorf("%s(%q) of %q: got %v, want %v", c.name, text, expression, c.got, c.want)
			}
		}
	})
}
