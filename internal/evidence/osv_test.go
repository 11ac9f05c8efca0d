package evidence

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

const sha = "0123456789abcdef0123456789abcdef01234567"

// osvRecords are what a database may answer about owner/tool, each of which tells what it is about.
var osvRecords = map[string]string{
	"of the repository": `{"id":"CVE-2026-0001","published":"2026-01-02T03:04:05Z","summary":"Injection","aliases":["GHSA-aaaa-bbbb-cccc"],
		"affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/Owner/Tool.git","events":[{"introduced":"0"},{"fixed":"` + sha + `"}]}]}],
		"references":[{"type":"FIX","url":"https://github.com/owner/tool/commit/` + strings.Repeat("a", 40) + `"},
			{"type":"FIX","url":"https://github.com/other/library/commit/` + strings.Repeat("b", 40) + `"}]}`,
	"of a sibling":    `{"id":"CVE-2026-0002","published":"2026-01-02T03:04:05Z","affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/owner/tool-plugins","events":[]}]}]}`,
	"of a fork":       `{"id":"CVE-2026-0003","published":"2026-01-02T03:04:05Z","affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/fork/tool","events":[]}]}]}`,
	"at another host": `{"id":"CVE-2026-0004","published":"2026-01-02T03:04:05Z","affected":[{"ranges":[{"type":"GIT","repo":"https://gitlab.com/owner/tool","events":[]}]}]}`,
	"without a day":   `{"id":"CVE-2026-0005","affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/owner/tool","events":[]}]}]}`,
	"of an odd id":    `{"id":"CVE-2026-0006/../x","published":"2026-01-02T03:04:05Z","affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/owner/tool","events":[]}]}]}`,
	"of another form": `{"id":7}`,
	"withdrawn":       `{"id":"CVE-2026-0007","published":"2026-01-02T03:04:05Z","withdrawn":"2026-02-02T03:04:05Z","affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/owner/tool"}]}]}`,
	"of the package": `{"id":"GHSA-dddd-eeee-ffff","published":"2026-03-02T03:04:05Z","aliases":["CVE-2026-0008"],"database_specific":{"severity":"MODERATE"},
		"affected":[{"package":{"ecosystem":"PyPI","name":"tool","purl":"pkg:pypi/tool"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2.3"}]}]},
			{"package":{"ecosystem":"PyPI","name":"library","purl":"pkg:pypi/library"},"ranges":[{"type":"ECOSYSTEM","events":[{"fixed":"9.9"}]}]}],
		"references":[{"type":"PACKAGE","url":"https://github.com/owner/tool"}]}`,
	"of a namesake": `{"id":"PYSEC-2026-9","published":"2026-03-02T03:04:05Z","affected":[{"package":{"ecosystem":"PyPI","name":"tool","purl":"pkg:pypi/tool"}}],
		"references":[{"type":"PACKAGE","url":"https://github.com/somebody/tool"},{"type":"WEB","url":"https://github.com/owner/tool/issues/1"}]}`,
	"of a module": `{"id":"GO-2026-0001","published":"2026-03-02T03:04:05Z","affected":[{"package":{"ecosystem":"Go","name":"github.com/owner/tool/v2","purl":"pkg:golang/github.com/owner/tool/v2"}}]}`,
}

func TestOSV(t *testing.T) {
	for name, tt := range map[string]struct {
		questions repo.Questions
		sure      []string
		records   []string // of each query, in order
		want      []string
	}{
		"of the repository": {records: []string{"of the repository", "of a sibling", "of a fork", "at another host", "without a day", "of an odd id", "of another form", "withdrawn"},
			want: []string{"CVE-2026-0001 CVE-2026-0001 fixed  by " + sha + " " + strings.Repeat("a", 40), "CVE-2026-0007 CVE-2026-0007 fixed  by "}},
		"of a package": {
			questions: repo.Questions{Packages: []string{"pkg:pypi/tool"}}, records: []string{"of the package", "of a namesake"},
			want: []string{"GHSA-dddd-eeee-ffff CVE-2026-0008 medium fixed 1.2.3 by "},
		},
		"of the catalogue's package": {
			sure: []string{"pkg:pypi/tool"}, records: []string{"of a namesake"}, want: []string{"PYSEC-2026-9  fixed  by "},
		},
		"of a package that nobody named": {records: []string{"of the package"}},
		"of a module":                    {questions: repo.Questions{Packages: []string{"pkg:golang/github.com/owner/tool/v2"}}, records: []string{"of a module"}, want: []string{"GO-2026-0001  fixed  by "}},
		"of another's module":            {questions: repo.Questions{Packages: []string{"pkg:golang/github.com/owner/toolbox"}}, records: []string{"of a module"}},
		"nothing":                        {},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			f := serve(t, nil)
			f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var q struct {
					Package map[string]string
				}
				if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/query" {
					t.Errorf("%s %s: %v", r.Method, r.URL, err)
				}
				f.mu.Lock()
				asked = append(asked, q.Package["ecosystem"]+q.Package["name"]+q.Package["purl"])
				f.mu.Unlock()
				var texts []string
				for _, name := range tt.records {
					texts = append(texts, osvRecords[name])
				}
				fmt.Fprintf(w, `{"vulns":[%s]}`, strings.Join(texts, ","))
			})
			c := open(t, f, &stub{s: public()}, Config{Known: func(repo.Ref) (products, packages []string) { return nil, tt.sure }}, "osv")
			s, err := c.Collect(t.Context(), asking(tt.questions))
			if err != nil {
				t.Fatal(err)
			}
			if got := listed(s.Elsewhere.OSV); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			for _, a := range s.Elsewhere.OSV.Value {
				if a.URL != "https://osv.dev/vulnerability/"+a.ID || a.Published.IsZero() {
					t.Errorf("%+v", a)
				}
			}
			if !slices.Contains(asked, "GIThttps://github.com/Owner/Tool") || len(asked) != 1+len(tt.sure)+len(tt.questions.Packages) {
				t.Errorf("asked for %q", asked)
			}
		})
	}
}

// listed writes advisories in a line each.
func listed(f repo.Fact[[]repo.Advisory]) []string {
	var out []string
	for _, a := range f.Value {
		var fixed []string
		for _, part := range a.Affected {
			fixed = append(fixed, part.Patched)
		}
		severity := a.Severity
		if severity != "" {
			severity += " "
		}
		out = append(out, fmt.Sprintf("%s %s %sfixed %s by %s", a.ID, strings.Join(a.Aliases, ","), severity, strings.Join(fixed, "|"), strings.Join(a.Commits, " ")))
	}
	return out
}

// TestOSVPages follows pages, and not for ever.
func TestOSVPages(t *testing.T) {
	f := serve(t, nil)
	n := 0
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, `{"vulns":[{"id":"CVE-2026-%04d","published":"2026-01-02T03:04:05Z","affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/owner/tool"}]}]}],"next_page_token":"more"}`, n)
	})
	c := open(t, f, &stub{s: public()}, Config{}, "osv")
	s, err := c.Collect(t.Context(), asking(repo.Questions{}))
	if err != nil || n != maxPages || len(s.Elsewhere.OSV.Value) != maxPages {
		t.Errorf("%d pages, %+v, %v", n, s.Elsewhere.OSV, err)
	}
}

func TestProject(t *testing.T) {
	p := project{"github.com", "owner/tool"}
	for address, want := range map[string]string{
		"https://github.com/Owner/Tool": "is", "https://github.com/owner/tool.git": "is", "git://github.com/owner/tool/": "is", "https://www.github.com/owner/tool": "is",
		"https://github.com/owner/tool/commit/" + sha: "commit", "https://github.com/owner/tool/commit/" + sha + ".patch": "commit", "https://github.com/owner/tool/commit/0123": "inside",
		"https://github.com/owner/tools": "", "https://github.com/owner/tool-x/commit/" + sha: "", "https://github.com/owner": "", "https://github.com.evil.example/owner/tool": "",
		"https://evil.example/github.com/owner/tool": "", "": "", "%zz": "", "https://github.com/x/owner/tool": "", "https://github.com/owner/tool.github.io": "",
	} {
		got := ""
		_, inside := p.inside(address)
		switch {
		case p.is(address):
			got = "is"
		case p.commit(address) == sha:
			got = "commit"
		case inside:
			got = "inside"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}
