package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// summary writes releases as "version@date[-]", with u for an unreleased part, and the lines.
func summary(text string) []string {
	var out []string
	for r := range Releases(text) {
		s := r.Version
		if !r.Date.IsZero() {
			s += "@" + r.Date.Format(time.DateOnly)
		}
		if r.Unreleased {
			s += " u"
		}
		out = append(out, fmt.Sprintf("%s %d-%d", s, r.Line, r.End))
	}
	return out
}

func TestReleases(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"keep a changelog", "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2024-05-01\n### Fixed\n- Crash on Python 3.8\n### Python 3.8\n\n## [1.1.0] - 2024-04-01\n",
			[]string{" u 3-4", "1.2.0@2024-05-01 5-9", "1.1.0@2024-04-01 10-10"}},
		{"links and parentheses", "# Change Log\n\n## [4.1.24](https://forge.example.org/m/95) (2022-09-12)\n\n**Fixed bugs:**\n\n- a\n\n## [4.1.23](https://forge.example.org/m/94) (2022-08-30)\n",
			[]string{"4.1.24@2022-09-12 3-8", "4.1.23@2022-08-30 9-9"}},
		{"patches deeper than minors", "## [1.1.0](x) (2024-02-01)\n\n### Features\n\n### [1.0.1](x) (2024-01-01)\n", []string{"1.1.0@2024-02-01 1-4", "1.0.1@2024-01-01 5-5"}},
		{"underlined", "Changelog\n=========\n\n\nv2.4.153 (2022-02-04)\n---------------------\n\nNew\n~~~\n- [UI] Show TLS 1.3\n\nv2.4.152 (2021-12-22)\n---------------------\n",
			[]string{"2.4.153@2022-02-04 5-11", "2.4.152@2021-12-22 12-13"}},
		{"unreleased version", "3.3.2 (unreleased)\n------------------\n\n3.3.1 Bugfix release (2024-09-03)\n---------------------------------\n", []string{"3.3.2 u 1-3", "3.3.1@2024-09-03 4-5"}},
		{"reStructuredText with words", "Release History\n===============\n\nVersion 2.1, released May 3rd, 2021\n+++++++++++++++++++++++++++++++++++\n\n- a\n", []string{"2.1@2021-05-03 4-7"}},
		{"date below", "## Version 20240328\nReleased: 2024-03-28\n\n- a\n", []string{"20240328@2024-03-28 1-4"}},
		{"debian", "tool (1.2.0-1) unstable; urgency=medium\n\n  * New release\n\n -- Alice <alice@example.org>  Mon, 03 Jun 2024 10:00:00 +0200\n\ntool (1.1.0-1) unstable; urgency=low\n\n  * Old\n\n -- Alice <alice@example.org>  Fri, 05 Jan 2024 10:00:00 +0100\n",
			[]string{"1.2.0-1@2024-06-03 1-6", "1.1.0-1@2024-01-05 7-11"}},
		{"gnu", "2024-05-01  Alice  <alice@example.org>\n\n\t* src/main.c: Fix overflow.\n\n2024-04-01  Bob  <bob@example.org>\n\n\t* README: New.\n", []string{"@2024-05-01 1-4", "@2024-04-01 5-7"}},
		{"plain", "tool 1.3.0 (2024-05-01)\n  - a\n\n1.2.9:\n  - b needs 1.1.0\n\nSupport for 1.0.0 ended.\n", []string{"1.3.0@2024-05-01 1-3", "1.2.9 4-7"}},
		{"gnu news", "* Noteworthy changes in release 9.4 (2023-08-29) [stable]\n\n** Bug fixes\n", []string{"9.4@2023-08-29 1-3"}},
		{"name before", "# Tool 2.0.0 - 1 June 2024\n\n# Upgrading from 1.9.0\n", []string{"2.0.0@2024-06-01 1-3"}},
		{"bold", "Changes\n\n**v1.1** (2024-05-01)\n\n- a\n\n**v1.0**\n\n- b\n", []string{"1.1@2024-05-01 3-6", "1.0 7-9"}},
		{"asciidoc", "= Changelog\n\n== 1.4.0 (2024-05-01)\n\n* a\n", []string{"1.4.0@2024-05-01 3-5"}},
		{"dates", "# News\n\n## 2024-05-01\n\n- a\n\n## March 2024\n\n- b\n", []string{"@2024-05-01 3-6", "@2024-03-01 7-9"}},
		{"dates with the day first", "### [28.12.2022]\n* a\n### [1.2.2022] b\n### 12/28/2021\n", []string{"@2022-12-28 1-2", "@2022-02-01 3-3", "@2021-12-28 4-4"}},
		{"bars and dashes", "7.0.3 -- 2024-02-08\n\nBug #6: a\n\n6.0.0-dev.1 | 2023-01-01 10:00:00 +0100\n\n  * b\n", []string{"7.0.3@2024-02-08 1-4", "6.0.0-dev.1@2023-01-01 5-7"}},
		{"whole numbers", "## Version 12\n\n## v11 (2020-01-01)\n", []string{"12 1-2", "11@2020-01-01 3-3"}},
		{"pre-release and build", "## 2.0.0-rc.1\n## 1.0.0+build5\n", []string{"2.0.0-rc.1 1-1", "1.0.0+build5 2-2"}},
		{"between rules", "---------------- VERSION 4.13.0 --------------\nC:\n- a\n\n---------------- VERSION 4.12.1 --------------\n- b\n--- a/1.0.0\n",
			[]string{"4.13.0 1-4", "4.12.1 5-7"}},
		{"code and comments", "```\n## 9.9.9\n```\n<!--\n## 8.8.8\n-->\n## 1.0.0\n", []string{"1.0.0 7-7"}},
		{"carriage returns", "## 1.0.1\r\n\r\n- a\r\n## 1.0.0\r\n", []string{"1.0.1 1-3", "1.0.0 4-4"}},
		{"a pointer", "# Changelog\n\nSee https://forge.example.org/team/tool/releases/tag/1.2.3 for notes.\n", nil},
		{"name of two words", "CHANGELOG\n\nSample Sandbox 2.0-rc2 (2016-xx-xx)\n===================================\n\n* Needs Example Server 3.1 at least\n\nSample Sandbox 1.2\n==================\n", []string{"2.0-rc2 3-7", "1.2 8-9"}},
		{"sentences", "# Known problems of version 3 in 2.1 and later\n\n# Drop support for Python 3.8\n", nil},
		{"packages", "### Rule Package 12\n\ncore | 2.1 rules\n", nil},
		{"empty", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := summary(tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestReleasesLazy breaks off after the first of many releases: what is left must not be read.
func TestReleasesLazy(t *testing.T) {
	text := "## 2.0.0\n\n- a\n" + strings.Repeat("## 1.0.0\n\n- b\n", 100_000)
	allocs := testing.AllocsPerRun(5, func() {
		for range Releases(text) {
			break
		}
	})
	if allocs > 100 {
		t.Errorf("the first release costs %.0f allocations", allocs)
	}
}

func TestNotes(t *testing.T) {
	text := "## 1.2.0\n\nA release of fixes.\n\n### Security\n- Escape names\n  in the view (CVE-2024-1)\n- Check size\n\n**Fixed bugs:**\n\n1. Crash\n\nOther\n~~~~~\n* x\n"
	want := []string{"|A release of fixes.|3-3", "Security|Escape names in the view (CVE-2024-1)|6-7", "Security|Check size|8-8", "Fixed bugs|Crash|12-12", "Other|x|16-16"}
	var got []string
	for r := range Releases(text) {
		for n := range r.Notes() {
			got = append(got, fmt.Sprintf("%s|%s|%d-%d", n.Section, n.Text, n.Line, n.End))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func FuzzReleases(f *testing.F) {
	f.Add("# Changelog\n\n## [1.2.0] - 2024-05-01\n### Fixed\n- a\n")
	f.Add("tool (1.2.0-1) unstable; urgency=medium\n\n  * New\n\n -- A <a@example.org>  Mon, 03 Jun 2024 10:00:00 +0200\n")
	f.Add("```\n1.0\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		last, lines := 0, strings.Count(text, "\n")+1
		for r := range Releases(text) {
			if r.Line <= last || r.End < r.Line || r.End > lines {
				t.Fatalf("release %q on lines %d-%d of %d, after line %d", r.Version, r.Line, r.End, lines, last)
			}
			last = r.Line
			at := r.Line
			for n := range r.Notes() {
				if n.Line < at || n.End < n.Line || n.End > r.End {
					t.Fatalf("note on lines %d-%d of a release on %d-%d", n.Line, n.End, r.Line, r.End)
				}
				at = n.Line
			}
		}
	})
}

func BenchmarkReleases(b *testing.B) {
	text := strings.Repeat("v2.4.153 (2022-02-04)\n---------------------\n\nNew\n~~~\n"+strings.Repeat("- [UI] Show the version of TLS for the test of a server. [Alice]\n", 40), 200)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for r := range Releases(text) {
			n += r.Line
		}
	}
}
