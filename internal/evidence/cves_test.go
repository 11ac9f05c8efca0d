package evidence

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// cve returns a pair of id and record with the containers of its CNA.
func cve(id, state, cna string) string {
	return fmt.Sprintf(`[%q,{"cveMetadata":{"cveId":%q,"state":%q,"datePublished":"2026-01-02T03:04:05.678Z"},"containers":{"cna":{%s},"adp":[{"metrics":[{"other":{}}]},
		{"metrics":[{"cvssV3_1":{"baseSeverity":"HIGH"}}]}]}}]`, strings.ToLower(id), id, state, cna)
}

func TestCVEs(t *testing.T) {
	const own = `{"vendor":"Owner Project","product":"The_Tool","versions":[{"version":"0","lessThan":"1.2.3","status":"affected","versionType":"semver"}]}`
	f := serve(t, map[string]http.HandlerFunc{
		"/api/vulnerability/search/owner_project/the-tool": says("application/json", `{"results":{"cvelistv5":[`+strings.Join([]string{
			cve("CVE-2026-0001", "PUBLISHED", `"title":"Injection","affected":[`+own+`],"metrics":[{"cvssV4_0":{"baseSeverity":"CRITICAL"},"cvssV3_1":{"baseSeverity":"LOW"}}],
				"references":[{"url":"https://github.com/owner/tool/commit/`+sha+`","tags":["patch"]},{"url":"https://github.com/other/tool/commit/`+strings.Repeat("b", 40)+`","tags":["patch"]}]`),
			cve("CVE-2026-0002", "REJECTED", `"affected":[`+own+`]`),
			cve("CVE-2026-0003", "PUBLISHED", `"affected":[`+own+`],"tags":["disputed"]`),
			cve("CVE-2026-0004", "PUBLISHED", `"affected":[{"vendor":"somebody","product":"the_tool"},{"vendor":"n/a","product":"n/a"}]`),
			cve("CVE-2026-0005", "PUBLISHED", `"affected":[{"vendor":"x","product":"y","repo":"https://github.com/owner/tool","versions":[{"version":">= 2.0, < 2.4.1","status":"affected"},
				{"version":"1.0","status":"unaffected"},{"version":"3.0","lessThan":"3.*","status":"affected"},{"version":"< 1.9","lessThanOrEqual":"1.9","status":"affected"}]}]`),
			cve("CVE-2026-0006", "PUBLISHED", `"affected":[{"vendor":"x","product":"y","cpes":["cpe:2.3:a:owner_project:the-tool:1.0:*:*:*:*:*:*:*"],
				"versions":[{"version":"`+strings.Repeat("a", 40)+`","lessThan":"`+sha+`","versionType":"git","status":"affected"}]}]`),
			`["cve-2026-0007",null]`, `["cve-2026-0008"]`, `["cve-2026-0009",{"cveMetadata":7}]`,
		}, ",")+`],"nvd":[["cve-2026-0001",{}]]},"total_count":12}`),
		"/api/vulnerability/search/odd/form": says("application/json", `[]`),
	})
	for name, tt := range map[string]struct {
		products []string
		want     []string
		gap      repo.Gap
		asked    int
	}{
		"listed": {[]string{"owner_project:the-tool"}, []string{
			"CVE-2026-0001 CVE-2026-0001 critical fixed 1.2.3 by " + sha, "CVE-2026-0005 CVE-2026-0005 high fixed 2.4.1|1.9 by ", "CVE-2026-0006 CVE-2026-0006 high fixed  by " + sha,
		}, repo.None, 1},
		"unknown product":           {[]string{"owner:nothing"}, nil, repo.None, 1},
		"two products":              {[]string{"owner:nothing", "owner:nothing", "owner:more"}, nil, repo.None, 2},
		"another form":              {[]string{"odd:form"}, nil, repo.Failed, 1},
		"none that is known":        {nil, nil, repo.Unsupported, 0},
		"names that lead elsewhere": {[]string{"..:../../x?y=z"}, nil, repo.Denied, 0},
	} {
		t.Run(name, func(t *testing.T) {
			config := Config{Known: func(repo.Ref) (products, packages []string) { return tt.products, []string{"pkg:pypi/tool"} }}
			config.Hosted = func(repo.Ref) bool { return true }
			c, err := New([]string{"vulnerability-lookup=" + f.URL + "/api"}, config, &stub{s: public()})
			if err != nil {
				t.Fatal(err)
			}
			s, err := c.Collect(t.Context(), asking(repo.Questions{}))
			if err != nil {
				t.Fatal(err)
			}
			got := listed(s.Elsewhere.CVEs)
			for i := range got {
				got[i] = strings.ReplaceAll(got[i], "2.4.1, 1.9", "2.4.1|1.9")
			}
			if asked := f.take(); !slices.Equal(got, tt.want) || s.Elsewhere.CVEs.Gap != tt.gap || len(asked) != tt.asked {
				t.Errorf("got  %q, %+v, asked for %q\nwant %q, %v", got, s.Elsewhere.CVEs.Gap, asked, tt.want, tt.gap)
			}
			for _, a := range s.Elsewhere.CVEs.Value {
				if a.URL != f.URL+"/vuln/"+a.ID {
					t.Errorf("shown at %s", a.URL)
				}
			}
		})
	}
}

// TestCVEsPages asks for more pages, and not for ever.
func TestCVEsPages(t *testing.T) {
	f := serve(t, nil)
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"results":{"cvelistv5":[%s]},"total_count":100000}`, cve("CVE-2026-000"+r.URL.Query().Get("page"), "PUBLISHED", `"affected":[{"vendor":"owner","product":"tool"}]`))
	})
	c := open(t, f, &stub{s: public()}, Config{}, "vulnerability-lookup")
	s, err := c.Collect(t.Context(), asking(repo.Questions{}))
	if err != nil || len(s.Elsewhere.CVEs.Value) != maxPages {
		t.Errorf("%+v, %v", s.Elsewhere.CVEs, err)
	}
}
