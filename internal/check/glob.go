package check

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// glob is a pattern, taken apart so that nearly every path is rejected by comparing a few letters.
type glob struct {
	pattern      string
	foreign      bool // it names a tree that is not the project's own, so it wants to look there
	alternatives []alternative
}

// alternative is a pattern without braces.
type alternative struct {
	pattern        string
	head           string // the literal begin of the path
	prefix, suffix string // the literal ends of the last element
	inside         string // the longest literal part of the last element
	base           string // the last element, if it may stand at any depth
	literal        bool   // base matches whatever begins with prefix and ends with suffix
	name           string // the last element, if it is literal
	folder         string // the folder, if it is literal; "." for none
	top            string // the first folder, if it is literal
}

// compiled keeps the globs by their patterns, which are all in the table of checks.
var compiled sync.Map

func compile(patterns []string) ([]*glob, error) {
	globs := make([]*glob, len(patterns))
	for i, p := range patterns {
		g, ok := compiled.Load(p)
		if !ok {
			lower := strings.ToLower(p)
			if !doublestar.ValidatePattern(lower) {
				return nil, fmt.Errorf("glob %q does not parse", p)
			}
			made := &glob{pattern: lower, foreign: foreign(lower)}
			for _, alt := range braces(lower) {
				made.alternatives = append(made.alternatives, compileAlternative(alt))
			}
			g, _ = compiled.LoadOrStore(p, made)
		}
		globs[i] = g.(*glob)
	}
	return globs, nil
}

// braces expands the alternatives of a pattern: "{a,b}/c" becomes "a/c" and "b/c".
func braces(p string) []string {
	open := strings.IndexByte(p, '{')
	if open < 0 {
		return []string{p}
	}
	var out []string
	depth, from := 0, open+1
	for i := open; i < len(p); i++ {
		switch {
		case p[i] == '{':
			depth++
		case p[i] == ',' && depth == 1, p[i] == '}' && depth == 1:
			out = append(out, p[from:i])
			from = i + 1
		}
		if p[i] == '}' {
			if depth--; depth == 0 {
				break
			}
		}
	}
	var expanded []string
	for _, middle := range out {
		expanded = append(expanded, braces(p[:open]+middle+p[from:])...)
	}
	return expanded
}

const meta = `*?[\`

func compileAlternative(p string) alternative {
	a := alternative{pattern: p, head: literalHead(p)}
	if i := strings.IndexByte(a.head, '/'); i >= 0 {
		a.top = a.head[:i]
	}
	base := path.Base(p)
	if base == "**" {
		return a
	}
	if folder := path.Dir(p); literalHead(folder) == folder {
		a.folder = folder
	}
	a.prefix = literalHead(base)
	if a.prefix == base {
		a.name = base
	}
	a.suffix = base[strings.LastIndexAny(base, meta+"]")+1:]
	a.inside = inside(base)
	if p == "**/"+base {
		a.base = base
		a.literal = a.prefix == base || a.prefix+"*"+a.suffix == base
	}
	return a
}

func literalHead(p string) string {
	if i := strings.IndexAny(p, meta); i >= 0 {
		return p[:i]
	}
	return p
}

// inside returns the longest literal part of a pattern.
func inside(p string) (longest string) {
	for p != "" {
		literal := literalHead(p)
		if len(literal) > len(longest) {
			longest = literal
		}
		p = p[len(literal):]
		switch {
		case p == "":
		case p[0] == '[':
			p = p[1+strings.IndexByte(p[1:], ']'):]
		case p[0] == '\\' && len(p) > 1:
			p = p[1:]
		}
		p = p[min(1, len(p)):]
	}
	return longest
}

func (g *glob) match(lower, base string) bool {
	for i := range g.alternatives {
		if g.alternatives[i].match(lower, base) {
			return true
		}
	}
	return false
}

func (a *alternative) match(lower, base string) bool {
	switch {
	case !strings.HasPrefix(base, a.prefix) || !strings.HasSuffix(base, a.suffix) || !strings.HasPrefix(lower, a.head) ||
		!strings.Contains(base, a.inside):
		return false
	case a.literal && a.prefix == a.base:
		return base == a.base
	case a.literal:
		return len(base) >= len(a.prefix)+len(a.suffix)
	case a.base != "":
		return doublestar.MatchUnvalidated(a.base, base)
	}
	return doublestar.MatchUnvalidated(a.pattern, lower)
}
