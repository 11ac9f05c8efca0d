package document

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkLaws holds for every text in every format.
func checkLaws(t *testing.T, text string, d *Document) {
	t.Helper()
	last := strings.Count(text, "\n") + 1
	if len(d.Sections) == 0 || d.Sections[0].Level != 0 || d.Sections[0].Parent != -1 || d.Sections[0].Line != 1 {
		t.Fatalf("the first section is %+v", d.Sections)
	}
	for i, s := range d.Sections[1:] {
		p := s.Parent
		switch {
		case s.Heading == "" || s.Level < 1 || s.Line < 1 || s.Line > s.End || s.End > last:
			t.Errorf("section %+v is out of range", s)
		case s.Line < d.Sections[i].Line:
			t.Errorf("section %+v begins before %+v", s, d.Sections[i])
		case p == 0 || p > i:
			t.Errorf("section %d has parent %d", i+1, p)
		case p > 0 && (d.Sections[p].Level >= s.Level || d.Sections[p].Line > s.Line || d.Sections[p].End < s.End):
			t.Errorf("section %+v does not stand within %+v", s, d.Sections[p])
		}
	}
	line, section := 1, 0
	for i := range d.Blocks {
		b := &d.Blocks[i]
		if b.Line < line || b.End < b.Line || b.End > last {
			t.Errorf("block %d, %q, has lines %d to %d after %d of %d", i, b.Text, b.Line, b.End, line, last)
		}
		if b.Section < section || b.Section >= len(d.Sections) {
			t.Errorf("block %d is in section %d after %d", i, b.Section, section)
		}
		if b.Kind == Heading && d.Sections[b.Section].Heading != b.Text {
			t.Errorf("heading %q opens section %q", b.Text, d.Sections[b.Section].Heading)
		}
		if !utf8.ValidString(b.Text) {
			t.Errorf("text %q is not UTF-8", b.Text)
		}
		if b.Kind != Code && strings.Join(strings.Fields(b.Text), " ") != strings.TrimSpace(b.Text) && !strings.ContainsAny(b.Text, "\u0085\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2029\u202f\u205f\v\f") {
			t.Errorf("white space is not folded in %q", b.Text)
		}
		for _, l := range b.Links {
			if l.Line < b.Line || l.Line > b.End {
				t.Errorf("link %+v is outside of lines %d to %d", l, b.Line, b.End)
			}
		}
		at := b.Line
		for _, s := range b.Sentences() {
			if s.Text == "" || s.Line < at || s.Line > b.End {
				t.Errorf("sentence %+v of lines %d to %d", s, b.Line, b.End)
			}
			at = s.Line
			Denies(s.Text, "policy")
		}
		for _, a := range b.Addresses() {
			if a.Line < b.Line || a.Line > b.End || !strings.Contains(a.Mail, "@") {
				t.Errorf("address %+v of lines %d to %d", a, b.Line, b.End)
			}
		}
		line, section = b.Line, b.Section
	}
	for i := range d.Sections {
		d.Under(i)
		d.Path(i)
	}
	d.Placeholders()
	d.Title()
}

var formats = []string{"a.md", "a.rst", "a.adoc", "a.html", "a.txt", "CHANGES"}

func FuzzParse(f *testing.F) {
	for _, text := range hostile(40) {
		f.Add(text)
	}
	f.Add("# A\n\ntext <sec@example.org>\n\n- x\n  - y\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| c | d |\n")
	f.Add("Title\n=====\n\ntext::\n\n  code\n\n.. note:: x\n\n   y\n\n.. _t: https://example.org\n\nt_ `u <v>`_ |s|\n\n* a\n\n  * b\n")
	f.Add("= T\n:a: b\n\n== S\n\n----\ncode\n----\n\n* x link:a[b] {a}\n\n|===\n|a |b\n|===\n")
	f.Add("<h1>A</h1><p>b<ul><li>c<li>d</ul><table><tr><td>e<td>f</table><pre>\ng\n</pre><!-- h --><a href=i><img src=j alt=k></a>")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range formats {
			checkLaws(t, text, Parse(name, text))
		}
		HasWords(text, "security polic*")
		Placeholder(text)
	})
}

// hostile returns texts of about n lines or marks that make careless readers quadratic or overflow their stack.
func hostile(n int) map[string]string {
	r := strings.Repeat
	deep := func(open, shut string) string { return r(open, n) + "x" + r(shut, n) }
	nested := strings.Builder{}
	for i := range n {
		nested.WriteString(r(" ", 2*(i%200)) + "- x\n")
	}
	ticks := strings.Builder{}
	for i := range n {
		ticks.WriteString(r("`", 1+i%300) + "x")
	}
	return map[string]string{
		"quotes":         r(">", n) + "x\n" + r("x\n", n),
		"bullets":        r("- ", n) + "x\n" + r("x\n", n),
		"nested":         nested.String(),
		"ticks":          ticks.String(),
		"brackets":       deep("[", "]"),
		"brackets lines": r("[\n", n),
		"links":          deep("[a](", ")"),
		"images":         deep("![", "](x)"),
		"emphasis":       r("*a _b ", n),
		"stars":          deep("*", "*"),
		"tags":           r("<a ", n),
		"anchors":        r("<a href=x>", n),
		"lists":          r("<ul><li>", n),
		"comments":       r("<!-- ", n),
		"declarations":   r("<!A ", n) + r("<?", n),
		"urls":           r("https://", n),
		"www":            r("www.", n),
		"parentheses":    "https://e.org/" + deep("(", ")"),
		"references":     r("[a]: b\n", n),
		"entities":       r("&", n) + r("&#", n),
		"fences":         r("```\n", n),
		"fence lines":    "a\n" + r("    ```\n     ``````````\n     ````````\n", n),
		"tables":         r("|a", n) + "\n" + r("|-", n) + "\n" + r(r("|b", 20)+"\n", n),
		"pipes":          r("|", n),
		"head":           "a|b|c\n-|-|-\n" + r("x\n", n),
		"broken head":    "a\\|b|c\n-|-|-\n" + r("[|*a\n", n),
		"comment head":   r("|a", n) + "\n" + r("|-", n) + "<!-- x -->\n" + r("x\n", n),
		"dots":           r(".", n) + r(" a. ", n),
		"directives":     r(".. note::\n\n   ", n),
		"comment marks":  r("..\n", n),
		"targets":        r(".. _a: b_\n", n) + r("a_ ", n),
		"substitutions":  ".. |a| replace:: " + r("|a|", n) + "\n\n" + r("|a|", n),
		"attributes":     ":a: " + r("{a}", n) + "\n" + r("{a}", n),
		"colons":         r("::\n\n  x\n", n),
		"rulers":         r("====\n", n),
		"titles":         r("x\n===\n", n),
		"blank":          r("\n", n) + r(" ", n),
		"addresses":      r("a@a.", n) + r(" at a", n) + r("a [at] ", n),
		"dashes":         r("a-", n) + r("-at-", n),
		"backslashes":    r("\\", n),
		"underscores":    r("a_-", n),
		"html tables":    r("<table><tr><td>", n),
		"setext":         r("a\n", n) + "===\n",
		"indent":         r("\t", n) + "x\n" + r("x\n", n),
		"definitions":    r("a\n b\n", n),
	}
}

// TestLongCode reads a block of code that holds more marks than are looked at, and what follows it.
func TestLongCode(t *testing.T) {
	d := Parse("a.md", "# A\n\n```json\n"+strings.Repeat("  [\"a\", {\"b\": \"c_d\"}],\n", 2000)+"```\n\n## B\n\nText.\n")
	if len(d.Sections) != 3 || d.Sections[2].Heading != "B" {
		t.Errorf("the block swallows what follows: %d sections", len(d.Sections))
	}
}

// TestHostile reads large hostile texts, which would not end in time or memory if reading were not linear.
func TestHostile(t *testing.T) {
	for name, text := range hostile(10_000) {
		for _, format := range formats {
			d := Parse(format, text)
			size := 0
			for i := range d.Blocks {
				size += len(d.Blocks[i].Text)
			}
			if size > 4*len(text)+1000 {
				t.Errorf("%s as %s grows from %d to %d bytes", name, format, len(text), size)
			}
		}
	}
}

// BenchmarkHostile shows whether reading is linear: the throughput does not fall when the texts grow.
func BenchmarkHostile(b *testing.B) {
	for _, n := range []int{5_000, 10_000, 20_000} {
		texts, size := hostile(n), 0
		for _, text := range texts {
			size += len(text) * len(formats)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, text := range texts {
					for _, format := range formats {
						Parse(format, text)
					}
				}
			}
		})
	}
}

// generated returns a document of n sections as people write them.
func generated(format string, n int) string {
	section := map[string]string{
		"a.md":    "## Section %d\n\nSome *text* of a [link](https://example.org/a) and `code`, e.g. of v1.2. Write to\nsecurity@example.org.\n\n- one\n- two\n  - three\n\n```sh\nmake all\n```\n\n| a | b |\n|---|---|\n| c | d |\n\n",
		"a.rst":   "Section %d\n==========\n\nSome *text* of a `link <https://example.org/a>`_ and ``code``, e.g. of v1.2. Write to\nsecurity@example.org.\n\n- one\n- two\n\n  - three\n\n::\n\n  make all\n\n.. note:: Take care.\n\n",
		"a.adoc":  "== Section %d\n\nSome *text* of a https://example.org/a[link] and `code`, e.g. of v1.2. Write to\nsecurity@example.org.\n\n* one\n* two\n** three\n\n----\nmake all\n----\n\n|===\n|a |b\n|===\n\n",
		"a.html":  "<h2>Section %d</h2>\n<p>Some <i>text</i> of a <a href=https://example.org/a>link</a> and <code>code</code>, e.g. of v1.2. Write to\nsecurity@example.org.</p>\n<ul><li>one<li>two</ul>\n<pre>make all</pre>\n",
		"a.txt":   "Section %d\n==========\n\nSome text of https://example.org/a, e.g. of v1.2. Write to\nsecurity@example.org.\n\n- one\n- two\n  and a half\n\n",
		"CHANGES": "1.2.%d (2024-01-02)\n * one\n * two of https://example.org/a\n   and a half\n\n",
	}[format]
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, section, i)
	}
	return text.String()
}

// BenchmarkParse reads documents as people write them.
func BenchmarkParse(b *testing.B) {
	for _, format := range formats {
		text := generated(format, 400)
		b.Run(format, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(format, text)
			}
		})
	}
}

// BenchmarkQuestions asks a document what checks ask.
func BenchmarkQuestions(b *testing.B) {
	d := Parse("a.md", generated("a.md", 400))
	b.ReportAllocs()
	for b.Loop() {
		d.About(Reporting)
		d.Addresses()
		d.Placeholders()
		for _, p := range d.Prose() {
			for _, s := range p.Sentences() {
				if HasWords(s.Text, "security polic*", "vulnerabilit* disclosure", "responsible disclosure") {
					Denies(s.Text, "security polic*")
				}
			}
		}
	}
}

// TestCut reads the beginning of a text that is too long, and says so.
func TestCut(t *testing.T) {
	text := generated("a.md", 2*maxText/180)
	d := Parse("CHANGELOG.md", text)
	if !d.Cut || len(d.Sections) < 100 || d.Sections[len(d.Sections)-1].End > strings.Count(text, "\n") {
		t.Errorf("cut: %v, %d sections", d.Cut, len(d.Sections))
	}
	if Parse("CHANGELOG.md", "# A\n").Cut {
		t.Error("a short text is cut")
	}
}

// TestDecode reads texts that are not plain UTF-8 with line feeds.
func TestDecode(t *testing.T) {
	for _, text := range []string{
		"# Ä\r\n\r\ntext\r\n", "\xef\xbb\xbf# Ä\n\ntext\n", "# \xc4\n\ntext\n",
		"\xff\xfe#\x00 \x00\xc4\x00\n\x00\n\x00t\x00e\x00x\x00t\x00\n\x00", "\xfe\xff\x00#\x00 \x00\xc4\x00\n\x00\n\x00t\x00e\x00x\x00t\x00\n",
	} {
		d := Parse("README.md", text)
		if d.Title() != "Ä" || len(d.Blocks) != 2 || d.Blocks[1].Text != "text" || d.Blocks[1].Line != 3 {
			t.Errorf("%q is read as\n%s", text, outline(d))
		}
	}
}
