package check

import (
	"strings"

	"misp-csirt-tooling/internal/repo"
)

// serveKey adds a key that a service hands out for a fingerprint or an address.
func serveKey(s *repo.Snapshot, name string, content []byte) {
	k := repo.KeyCopy{Fingerprint: name, Content: content, URL: "https://keys.openpgp.org/vks/v1/by-fingerprint/" + strings.ToUpper(name)}
	if local, domain, address := strings.Cut(name, "@"); address {
		k = repo.KeyCopy{Address: name, Content: content, URL: "https://openpgpkey." + domain + "/.well-known/openpgpkey/" + domain + "/hu/hash?l=" + local}
	}
	if s.Elsewhere == nil {
		s.Elsewhere = s.Services()
	}
	s.Elsewhere.Keys = repo.Known(append(s.Elsewhere.Keys.Value, k))
}

// showSite adds a security.txt to a site of the project.
func showSite(s *repo.Snapshot, host, text string) {
	if s.Elsewhere == nil {
		s.Elsewhere = s.Services()
	}
	site := repo.SiteText{URL: "https://" + host + "/.well-known/security.txt", Text: text}
	s.Elsewhere.SecurityText = repo.Known(append(s.Elsewhere.SecurityText.Value, site))
}

// listRecords fills in what a database lists.
func listRecords(s *repo.Snapshot, name string, lines []string) error {
	if s.Elsewhere == nil {
		s.Elsewhere = s.Services()
	}
	fact, page := &s.Elsewhere.OSV, "https://osv.dev/vulnerability/"
	if name == "cves" {
		fact, page = &s.Elsewhere.CVEs, "https://vulnerability.circl.lu/vuln/"
	}
	return fillList(fact, lines, 6, func(f []string) (repo.Advisory, error) {
		a, err := parseAdvisory(f)
		a.URL = page + a.ID
		if oid, fixed := strings.CutPrefix(strings.TrimSpace(a.Summary), "fixed by "); fixed {
			a.Commits = []string{oid}
		}
		return a, err
	})
}
