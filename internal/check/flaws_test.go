package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/repo"
)

func TestPolicySentences(t *testing.T) {
	type kind uint8
	const (
		nothing kind = iota
		assigned
		promised
	)
	tests := []struct {
		text string
		want kind
	}{
		{"Otherwise, we will request the CVE(s) directly.", assigned},
		{"CVE assignment is performed even for minor bugs suspected of having a security impact.", assigned},
		{"Once confirmed, a CVE will be assigned and published.", assigned},
		{"We'll request a CVE identifier via GitHub.", assigned},
		{"All confirmed vulnerabilities are assigned a CVE number.", assigned},
		{"The team works with you on requesting a CVE.", assigned},
		{"Example CERT is a CNA and takes care of the identifier.", assigned},
		{"After the fix we publish a security advisory with a CVE ID.", assigned},
		{"Wir beantragen für jede Schwachstelle eine CVE-Nummer.", assigned},
		{"If a CVE has already been assigned, please tell us.", nothing},
		{"Tell us whether you already requested CVE(s).", nothing},
		{"The dashboard shows CVEs of the last week.", nothing},
		{"Any raised security issue will be reported in the security advisory section once patched.", promised},
		{"Security advisories are published on our web site.", promised},
		{"More information on advisories can be found here.", promised},
		{"Please report vulnerabilities by opening a draft security advisory.", nothing},
		{"You can submit a report as a private security advisory.", nothing},
		{"Use the form to report a vulnerability under Security advisories.", nothing},
	}
	for _, tt := range tests {
		got := nothing
		switch {
		case assigns.MatchString(tt.text) && !reporters.MatchString(tt.text):
			got = assigned
		case promises.MatchString(tt.text) && !invites.MatchString(tt.text):
			got = promised
		}
		if got != tt.want {
			t.Errorf("%q: got %d, want %d", tt.text, got, tt.want)
		}
	}
}

func TestOwn(t *testing.T) {
	tests := []struct {
		section, text string
		want          bool
	}{
		{"", "fix: [security] stored XSS in the list of events (CVE-2026-1234)", true},
		{"", "Fixes CVE-2026-1234, a path traversal in the download", true},
		{"Security", "[GCVE-1-2026-0012](https://vulnerability.example.org/vuln/GCVE-1-2026-0012) @alice", true},
		{"Security fixes", "CVE-2026-1234: Validate the token", true},
		{"Fixed", "SQL injection in the search of the module, CVE-2026-1234, fixed", true},
		{"Security", "Bump django to 5.1 for CVE-2026-1234", false},
		{"", "Fix CVE-2026-1234", false},
		{"", "Fix vulnerability CVE-2026-1234 in openssl", false},
		{"", "Add detection of CVE-2026-1234", false},
		{"", "Fix the rule for remote code execution by CVE-2026-1234", false},
		{"", "fix: CVE-2026-1234 template with authentication bypass", false},
		{"", "Fix display of CVE-2026-1234 with an XSS payload", false},
		{"Added", "Signature for the overflow CVE-2026-1234", false},
	}
	for _, tt := range tests {
		m := mentionsIn(tt.section, tt.text, "", Evidence{}, time.Time{})[0]
		if got := m.own(false); got != tt.want {
			t.Errorf("%s: %q: own %v, want %v", tt.section, tt.text, got, tt.want)
		}
	}
}

// TestChangelogsAreBounded reads the newest releases of a changelog that names identifiers without end.
func TestChangelogsAreBounded(t *testing.T) {
	const releases = 4096
	var text strings.Builder
	for i := range releases {
		fmt.Fprintf(&text, "## 1.2.%d\n\n- Fix CVE-2026-1234 %s\n\n", releases-i, strings.Repeat("a ", 512))
	}
	d := &Doc{File: &repo.File{Path: "CHANGELOG.md", Text: repo.Known(text.String())}, lib: new(library)}
	found := readChangelogs([]*Doc{d})
	if n := len(found); n < maxNoted/2048 || n > maxNoted/1024 || found[0].version != "1.2.4096" {
		t.Errorf("%d releases are read, want the newest in %d bytes", n, maxNoted)
	}
}
