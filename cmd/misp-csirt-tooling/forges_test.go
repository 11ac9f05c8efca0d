package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/repo"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestForgeOption reads --forge: which hosts are known, which may be contacted how, and whose web API is asked.
func TestForgeOption(t *testing.T) {
	tokens := write(t, "tokens", "# for reading\nT1\n\n  T2\n")
	rows := write(t, "rows", "# our forges\nhost=git.example.org,kind=gitlab\n\nhost=10.0.0.7:3000,kind=gitea,api=http://10.0.0.7:3000/api/v1,private=true\n")
	p := &program{config: &config{
		allowHost: []string{"old.example.org=gitea"},
		forges:    []string{"host=GitHub.com,token-file=" + tokens, "@" + rows, "host=mirror.example.org,kind=git"},
	}}
	o, err := p.outside(false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := o.collector(true, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for host := range c.APIs {
		asked = append(asked, host)
	}
	slices.Sort(asked)
	if want := []string{"10.0.0.7:3000", "codeberg.org", "framagit.org", "git.example.org", "gitea.com", "github.com", "gitlab.com", "gitlab.gnome.org", "salsa.debian.org"}; !slices.Equal(asked, want) {
		t.Errorf("asked are %q, want %q", asked, want)
	}
	if slices.Sort(o.policy.Allow); !slices.Equal(o.policy.Allow, []string{"10.0.0.7:3000", "old.example.org"}) {
		t.Errorf("allowed are %q", o.policy.Allow)
	}
	for _, host := range []string{"github.com", "git.example.org", "mirror.example.org", "codeberg.org"} {
		if !slices.Contains(o.policy.Hosts, host) {
			t.Errorf("%s is not listed", host)
		}
	}
	if row, ok := o.hosts.Lookup("git.example.org"); !ok || row.Kind != repo.GitLab || row.Trusted {
		t.Errorf("git.example.org is %+v", row)
	}
	for _, h := range o.forges {
		if want := h.Name == "github.com"; slices.Equal(h.Tokens, []string{"T1", "T2"}) != want || !want && h.Tokens != nil {
			t.Errorf("%s has the tokens %q", h.Name, h.Tokens)
		}
	}
	if c, err := o.collector(false, nil, nil); err != nil || c.APIs != nil || c.Defaults != nil {
		t.Errorf("with --no-forge: %+v, %v", c, err)
	}
}

func TestForgeOptionRefuses(t *testing.T) {
	for _, tt := range []struct{ spec, says string }{
		{"", "KEY=VALUE"},
		{"github.com", "KEY=VALUE"},
		{"kind=gitlab", "the host is missing"},
		{"host=git.example.org", "say which forge"},
		{"host=git.example.org,kind=cvs", "unknown kind"},
		{"host=https://git.example.org,kind=gitlab", "HOST or HOST:PORT"},
		{"host=git.example.org,kind=gitlab,colour=red", `unknown key "colour"`},
		{"host=git.example.org,kind=gitlab,private=perhaps", "true or false"},
		{"host=git.example.org,kind=gitlab,api=http://git.example.org/api/v4", "plain http"},
		{"host=git.example.org,kind=gitlab,api=git.example.org", "no URL"},
		{"host=git.example.org,kind=git,api=https://git.example.org/", "no API"},
		{"host=github.com,token-file=/nowhere/at/all", "token-file"},
		{"host=github.com,token-file=" + write(t, "empty", "# none\n"), "no token"},
		{"host=github.com,token-file=" + write(t, "words", "my token\n"), "one word"},
		{"host=github.com,ca=" + write(t, "ca", "none"), "no certificate"},
		{"@/nowhere/at/all", "/nowhere/at/all"},
	} {
		p := &program{config: &config{forges: []string{tt.spec}}}
		o, err := p.outside(false)
		if err == nil {
			_, err = o.collector(true, nil, nil)
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.HasPrefix(err.Error(), "--forge") {
			t.Errorf("%s: %v, want --forge …%s…", tt.spec, err, tt.says)
		}
	}
}

// ownedServer serves the repository owner/tool.
func ownedServer(t *testing.T) string {
	t.Helper()
	inner, err := url.Parse(gitServer(t))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix("/owner", httputil.NewSingleHostReverseProxy(inner)))
	t.Cleanup(server.Close)
	return server.URL
}

// TestAssessAsksTheForge assesses a repository on a forge of our own, with and without asking its web API.
func TestAssessAsksTheForge(t *testing.T) {
	var token string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token = r.Header.Get("Authorization")
		switch r.URL.Path {
		case "/api/v1/repos/owner/tool":
			fmt.Fprint(w, `{"id":7,"full_name":"Owner/Tool","archived":true,"has_issues":true,"private":false}`)
		case "/api/v1/repos/owner/tool/releases":
			fmt.Fprint(w, `[]`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer api.Close()
	server := ownedServer(t)
	host := strings.TrimPrefix(server, "http://")
	forge := fmt.Sprintf("host=%s,kind=gitea,api=%s/api/v1/,private=true,token-file=%s", host, api.URL, write(t, "tokens", "SECRET\n"))
	assess := func(args ...string) map[string]string {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"assess", "--format", "json", "--forge", forge, server + "/owner/tool"}, args...)
		if err := run(t.Context(), args, func(string) string { return "" }, &out, &errs); err != nil {
			t.Fatalf("%v: %s", err, errs.String())
		}
		if strings.Contains(out.String()+errs.String(), "SECRET") {
			t.Error("the token is in the output")
		}
		var report struct {
			Name string
			Gaps []struct{ Fact, Gap string }
		}
		if err := json.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatal(err)
		}
		said := map[string]string{"name": report.Name}
		for _, g := range report.Gaps {
			said[g.Fact] = g.Gap
		}
		return said
	}
	said := assess()
	if said["name"] != "Owner/Tool" || said["forge"] != "" || said["releases"] != "" || said["advisories"] != "unsupported" || token != "token SECRET" {
		t.Errorf("asked: %v, token %q", said, token)
	}
	token = ""
	if said = assess("--no-forge"); said["forge"] != "unasked" || said["releases"] != "unasked" || token != "" {
		t.Errorf("not asked: %v, token %q", said, token)
	}
}

// TestHangingForge gives a complete report in time when the forge's web API never answers: its facts are late at half the time.
func TestHangingForge(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer api.Close()
	server := ownedServer(t)
	host := strings.TrimPrefix(server, "http://")
	p := &program{config: &config{forges: []string{fmt.Sprintf("host=%s,kind=gitea,api=%s/api/v1/,private=true", host, api.URL)}}}
	reach, err := p.outside(false)
	if err != nil {
		t.Fatal(err)
	}
	collector, err := reach.collector(true, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	assessor, err := assess.New(assess.Config{
		Collector: collector, Log: slog.New(slog.DiscardHandler), AsOf: assess.Today, Limit: time.Minute, Parallel: 1, PerHost: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer assessor.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
	defer cancel()
	report, err := assessor.Assess(ctx, repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "http", Host: host, Path: "owner/tool"}})
	if err != nil || report.Early || report.Snapshot.Forge.Gap != repo.Late || !report.Snapshot.Commits.Known() {
		t.Errorf("%+v, %v", report, err)
	}
}
