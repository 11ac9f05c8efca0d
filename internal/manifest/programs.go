package manifest

import "strings"

// Build files that are programs are split into words, strings and marks, never run. What is written out as a call with
// strings is a declaration; what is computed is not seen.

// lexeme is a word, a string or a mark of a build file.
type lexeme struct {
	text string
	str  bool
	line int
}

// lex splits a program whose comments run from one of the marks to the end of the line. Words hold what names of packages
// hold: letters, digits, and the given marks.
func lex(text, inWords string, comments ...string) []lexeme {
	var out []lexeme
	line := 1
	word := func(c byte) bool { return isWord(c) || strings.IndexByte(inWords, c) >= 0 }
next:
	for i := 0; i < len(text); {
		for _, c := range comments {
			if strings.HasPrefix(text[i:], c) {
				for i < len(text) && text[i] != '\n' {
					i++
				}
				continue next
			}
		}
		switch c := text[i]; {
		case c == '\n':
			out = append(out, lexeme{"\n", false, line})
			line++
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case c == '"' || c == '\'':
			value, n := quoted(text[i:])
			out = append(out, lexeme{value, true, line})
			line += strings.Count(text[i:i+n], "\n")
			i += n
		case word(c):
			start := i
			for i < len(text) && word(text[i]) {
				i++
			}
			out = append(out, lexeme{text[start:i], false, line})
		default:
			out = append(out, lexeme{text[i : i+1], false, line})
			i++
		}
	}
	return out
}

// quoted reads the string at the start of s, which ends with its line at the latest.
func quoted(s string) (value string, n int) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return s[1:i], i + 1
		case '\n':
			return s[1:i], i
		}
	}
	return s[1:], len(s)
}

// gradle reads the lines of a dependencies block: implementation "group:name:version".
func gradle(d *Dependencies, text string) {
	toks := lex(text, "", "//")
	depth, within := 0, 0
	for i, t := range toks {
		switch {
		case t.str && within > 0 && i > 0:
			if parts := strings.Split(t.text, ":"); len(parts) >= 2 {
				dep := Dependency{Name: parts[0] + ":" + parts[1], Line: t.line, Dev: strings.HasPrefix(strings.ToLower(toks[i-1].text), "test")}
				if len(parts) > 2 {
					dep.Version, dep.Exact = parts[2], !strings.ContainsAny(parts[2], "+[(,$") && parts[2] != "latest.release"
				}
				d.add(dep)
			}
		case t.text == "{":
			depth++
			if i > 0 && toks[i-1].text == "dependencies" {
				within = depth
			}
		case t.text == "}":
			if depth == within {
				within = 0
			}
			depth--
		}
	}
}

// sbt reads "group" %% "name" % "version".
func sbt(d *Dependencies, text string) {
	toks := lex(text, "%", "//")
	for i := 2; i+2 < len(toks); i++ {
		op := toks[i-1].text
		if !toks[i].str || !toks[i-2].str || op != "%" && op != "%%" && op != "%%%" || i >= 4 && strings.HasPrefix(toks[i-3].text, "%") && toks[i-4].str {
			continue
		}
		dep := Dependency{Name: toks[i-2].text + ":" + toks[i].text, Line: toks[i].line}
		if toks[i+1].text == "%" {
			dep.Version, dep.Exact = toks[i+2].text, toks[i+2].str
		}
		d.add(dep)
	}
}

// gemfile reads gem "name", "version" and the dependencies of a gem's specification.
func gemfile(d *Dependencies, text string) {
	toks := lex(text, "_.", "#")
	for i := 0; i+1 < len(toks); i++ {
		call := toks[i].text
		if toks[i].str || call != "gem" && call != "ruby" &&
			!strings.HasSuffix(call, "add_dependency") && !strings.HasSuffix(call, "add_runtime_dependency") && !strings.HasSuffix(call, "add_development_dependency") {
			continue
		}
		j := i + 1
		if toks[j].text == "(" && !toks[j].str {
			j++
		}
		if j >= len(toks) || !toks[j].str {
			continue
		}
		if call == "ruby" {
			d.Runtime = Runtime{"ruby", toks[j].text, toks[j].line}
			continue
		}
		dep := Dependency{Name: toks[j].text, Line: toks[j].line, Dev: strings.HasSuffix(call, "development_dependency")}
		if j+2 < len(toks) && toks[j+1].text == "," && toks[j+2].str {
			dep.Version = toks[j+2].text
			dep.Exact = exactVersion(dep.Version)
		}
		d.add(dep)
	}
}

// mix reads {:name, "version"} in a project of Elixir.
func mix(d *Dependencies, text string) {
	toks := lex(text, "", "#")
	for i := 0; i+4 < len(toks); i++ {
		if toks[i].text == "{" && toks[i+1].text == ":" && toks[i+3].text == "," && toks[i+4].str {
			v := toks[i+4].text
			d.add(Dependency{Name: toks[i+2].text, Version: v, Exact: exactVersion(strings.TrimPrefix(v, "== ")), Line: toks[i].line})
		}
	}
}

// calls hands over the first arguments, without quotes, of each call of one of the functions, whose names are compared without regard to case.
func calls(toks []lexeme, names []string, with func(name string, arguments []lexeme)) {
	for i := 0; i+2 < len(toks); i++ {
		for _, name := range names {
			if toks[i].str || !strings.EqualFold(toks[i].text, name) || toks[i+1].text != "(" {
				continue
			}
			var arguments []lexeme
			for j := i + 2; j < len(toks) && toks[j].text != ")" && len(arguments) < 8; j++ {
				if t := toks[j].text; t != "\n" && t != "," && t != "[" && t != "]" {
					arguments = append(arguments, toks[j])
				}
			}
			if len(arguments) > 0 {
				with(strings.ToLower(name), arguments)
			}
		}
	}
}

// ofToolchain are what CMake finds that is no library of somebody else.
var ofToolchain = map[string]bool{"threads": true, "git": true, "doxygen": true, "pkgconfig": true, "bison": true, "flex": true,
	"perl": true, "python3": true, "pythoninterp": true}

func cmake(d *Dependencies, text string) {
	toks := lex(text, "_-.+:", "#")
	calls(toks, []string{
		"find_package", "pkg_check_modules", "find_library", "pkg_search_module", "fetchcontent_declare", "externalproject_add", "cpmaddpackage",
	}, func(name string, arguments []lexeme) {
		a := arguments[0]
		if (name == "pkg_check_modules" || name == "pkg_search_module" || name == "find_library") && len(arguments) > 1 {
			a = arguments[len(arguments)-1]
		}
		if !ofToolchain[strings.ToLower(a.text)] && !strings.Contains(a.text, "$") {
			d.add(Dependency{Name: a.text, Line: a.line})
		}
	})
}

// ofSystem are the libraries that come with a C compiler.
var ofSystem = map[string]bool{"m": true, "c": true, "dl": true, "pthread": true, "rt": true, "socket": true, "nsl": true, "util": true, "resolv": true}

func autoconf(d *Dependencies, text string) {
	toks := lex(text, "_-.+", "dnl ", "#")
	calls(toks, []string{"AC_CHECK_LIB", "AC_SEARCH_LIBS", "PKG_CHECK_MODULES", "PKG_CHECK_EXISTS"}, func(name string, arguments []lexeme) {
		a := arguments[0]
		switch name {
		case "pkg_check_modules", "ac_search_libs":
			if len(arguments) > 1 {
				a = arguments[1]
			}
		}
		if !ofSystem[a.text] {
			d.add(Dependency{Name: a.text, Line: a.line})
		}
	})
}

func meson(d *Dependencies, text string) {
	calls(lex(text, "_", "#"), []string{"dependency", "find_library"}, func(_ string, arguments []lexeme) {
		if a := arguments[0]; a.str && a.text != "threads" && !ofSystem[a.text] {
			d.add(Dependency{Name: a.text, Line: a.line})
		}
	})
}
