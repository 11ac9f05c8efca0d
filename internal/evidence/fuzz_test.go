package evidence

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"misp-csirt-tooling/internal/repo"
)

// FuzzRecords reads records as databases may send them. What is taken is bounded, and leads to pages of the database alone.
func FuzzRecords(f *testing.F) {
	for _, text := range osvRecords {
		f.Add(text)
	}
	f.Add(cve("CVE-2026-0001", "PUBLISHED", `"affected":[{"vendor":"owner","product":"tool","versions":[{"version":"< 1","status":"affected"}]}]`))
	p := project{"github.com", "owner/tool"}
	f.Fuzz(func(t *testing.T, text string) {
		check := func(a repo.Advisory, page string) {
			if len(a.Affected) > maxIDs || len(a.Commits) > maxIDs || len(a.Aliases) > maxIDs || !utf8.ValidString(a.Summary) || len(a.Summary) > 3*maxLine {
				t.Errorf("not bounded: %+v", a)
			}
			if rest, ok := strings.CutPrefix(a.URL, page); !ok || strings.ContainsAny(rest, "/?#%: ") {
				t.Errorf("shown at %s", a.URL)
			}
		}
		var o osvRecord
		if json.Unmarshal([]byte(text), &o) == nil {
			if a, ok := o.advisory(p, func(*osvRecord, *osvAffected) bool { return true }); ok {
				check(a, "https://osv.dev/vulnerability/")
			}
		}
		var pair []json.RawMessage
		var c cveRecord
		if json.Unmarshal([]byte(text), &pair) == nil && len(pair) == 2 && json.Unmarshal(pair[1], &c) == nil {
			if a, ok := c.advisory(p, []string{"owner:tool"}, "https://vulnerability.circl.lu/vuln/"); ok {
				check(a, "https://vulnerability.circl.lu/vuln/")
			}
		}
	})
}
