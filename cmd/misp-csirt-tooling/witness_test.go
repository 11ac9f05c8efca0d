package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/store"
)

// tree is a collector of a small public repository.
type tree struct{ collected int }

func (c *tree) Collect(_ context.Context, q repo.Request) (*repo.Snapshot, error) {
	c.collected++
	s := &repo.Snapshot{
		Ref: q.Target.Ref, Name: "MISP/MISP", Commit: strings.Repeat("c", 40), Public: repo.Known(true), Files: repo.Known([]repo.File{
			{Path: "SECURITY.md", Text: repo.Known("Report vulnerabilities to security@example.org, PGP fingerprint 12F76DDEAFD3C1CDC4B8EBC9E2675669CBDC7F1C.\n")},
		}),
		Tags: repo.Known([]repo.Tag{{Name: "v2.4.1", Time: time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)}}),
	}
	s.SetGap(repo.OfForge, repo.Unasked, "")
	return s, nil
}

// TestEvidence asks services for more evidence, judges by it, and has it again from the store.
func TestEvidence(t *testing.T) {
	services := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/keys/vks/v1/by-fingerprint/"):
			fmt.Fprint(w, "no key")
		case r.URL.Path == "/osv/v1/query":
			fmt.Fprint(w, `{"vulns":[{"id":"CVE-2026-0001","published":"2026-01-02T00:00:00Z","affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/MISP/MISP"}]}]}]}`)
		case r.URL.Path == "/api/vulnerability/search/misp/misp":
			fmt.Fprint(w, `{"results":{"cvelistv5":[["cve-2026-0001",{"cveMetadata":{"cveId":"CVE-2026-0001","state":"PUBLISHED","datePublished":"2026-01-03T00:00:00Z"},
				"containers":{"cna":{"affected":[{"vendor":"MISP","product":"MISP","versions":[{"version":"0","lessThan":"2.4.1","status":"affected"}]}]}}}]]},"total_count":1}`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer services.Close()
	u := services.URL
	p := &program{config: &config{evidence: []string{"openpgp-keys=" + u + "/keys", "osv=" + u + "/osv", "vulnerability-lookup=" + u + "/api"}}}
	reach, err := p.outside(false)
	if err != nil {
		t.Fatal(err)
	}
	repository, kept := &tree{}, store.NewMemory(10, nil)
	for range 2 {
		collector, err := p.witness(reach, repository, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		assessor, err := assess.New(assess.Config{
			Collector: collector, Store: kept, Log: slog.New(slog.DiscardHandler), Limit: time.Minute, Parallel: 1, PerHost: 1,
			AsOf: func() time.Time { return time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC) },
		})
		if err != nil {
			t.Fatal(err)
		}
		report, err := assessor.Assess(t.Context(), repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "https", Host: "github.com", Path: "misp/misp"}})
		if err != nil {
			t.Fatal(err)
		}
		for id, page := range map[string]string{"cve-assignment": "https://osv.dev/vulnerability/CVE-2026-0001", "fix-timeliness": "https://osv.dev/vulnerability/CVE-2026-0001"} {
			if f := report.Finding(id); f.Status != check.Met || f.Evidence[0].URL != page {
				t.Errorf("%s: %s: %s, %+v", id, f.Status, f.Reason, f.Evidence)
			}
		}
		for _, g := range report.Gaps {
			if g.Fact == "security-txt" {
				t.Errorf("what nobody chose is a lack: %+v", g)
			}
			if g.Fact == "openpgp-keys" && g.Gap != repo.None && !strings.Contains(g.Detail, "--site") {
				t.Errorf("%+v", g)
			}
		}
		assessor.Stop()
		services.Close() // the store has it
	}
	if repository.collected != 1 {
		t.Errorf("collected %d times", repository.collected)
	}
}
