package lookup

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// kept is a store in memory.
type kept map[string][]byte

func (k kept) Get(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := k[key]
	return v, ok, nil
}

func (k kept) Put(_ context.Context, key string, value []byte, _ time.Duration) error {
	k[key] = value
	return nil
}

// chain opens both services at a server of ours that answers by path, and counts the requests.
func chain(t *testing.T, answers map[string]string, store Store) (*Chain, *atomic.Int32) {
	t.Helper()
	asked := new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer, ok := answers[r.URL.EscapedPath()]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if answer == "broken" {
			http.Error(w, "broken", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	var specs []string
	for _, name := range Names() {
		specs = append(specs, name+"="+server.URL+"/"+name)
	}
	c, err := New(specs, hosts, store, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c, asked
}

const versions = `{"versions":[{"versionKey":{"version":"1.0"}},{"versionKey":{"version":"2.0"},"isDefault":true}]}`

func project(id, provenance string) string {
	return `{"relatedProjects":[{"projectKey":{"id":"github.com/example/bugs"},"relationProvenance":"` + provenance + `","relationType":"ISSUE_TRACKER"},` +
		`{"projectKey":{"id":"` + id + `"},"relationProvenance":"` + provenance + `","relationType":"SOURCE_REPO"}]}`
}

func TestFind(t *testing.T) {
	const cves = `{"results":{"cvelistv5":[
		["cve-2026-0001",{"containers":{"cna":{"affected":[{"repo":"https://github.com/Example/Tool"}],"references":[{"url":"https://nvd.example.org/x/y"}]}}}],
		["cve-2026-0002",{"containers":{"cna":{"references":[{"url":"https://github.com/example/tool/commit/0123"},{"url":"https://github.com/other/library/issues/3"}]}}}],
		["cve-2026-0003",{}],["cve-2026-0004"],["cve-2026-0005",null]],"nvd":[["cve-2026-0001",{"cve":{}}]]},"total_count":3}`
	answers := map[string]string{
		"/deps.dev/systems/npm/packages/@scope%2Ftool":                      versions,
		"/deps.dev/systems/npm/packages/@scope%2Ftool/versions/2.0":         project("github.com/example/tool", "SLSA_ATTESTATION"),
		"/deps.dev/systems/pypi/packages/tool/versions/1.0":                 project("gitlab.com/example/group/tool", "UNVERIFIED_METADATA"),
		"/deps.dev/systems/pypi/packages/elsewhere":                         versions,
		"/deps.dev/systems/pypi/packages/elsewhere/versions/2.0":            project("example.org/tool", "SLSA_ATTESTATION"),
		"/deps.dev/systems/maven/packages/org.example:tool":                 versions,
		"/deps.dev/systems/maven/packages/org.example:tool/versions/2.0":    project("github.com/example/tool", "GO_ORIGIN"),
		"/deps.dev/systems/cargo/packages/broken":                           "broken",
		"/vulnerability-lookup/vulnerability/search/example/tool":           cves,
		"/vulnerability-lookup/vulnerability/search/example/nothing":        `{"results":{},"total_count":0}`,
		"/vulnerability-lookup/vulnerability/search/example/another%20tool": `[]`,
	}
	pkg := func(ecosystem, name, version string) repo.Target {
		return repo.Target{Meaning: repo.Package, Forge: ecosystem, Name: name, Revision: version, Pinned: version != ""}
	}
	cpe := func(name string) repo.Target { return repo.Target{Meaning: repo.CPE, Name: name} }
	for _, c := range []struct {
		name       string
		target     repo.Target
		chosen     string
		candidates string
	}{
		{"attested", pkg("npm", "@scope/tool", ""), "https://github.com/example/tool", "https://github.com/example/tool"},
		{"maven", pkg("maven", "org.example/tool", ""), "https://github.com/example/tool", "https://github.com/example/tool"},
		{"a claim of a version", pkg("pypi", "tool", "1.0"), "", "https://gitlab.com/example/group/tool"},
		{"a host that is not listed", pkg("pypi", "elsewhere", ""), "", ""},
		{"unknown package", pkg("pypi", "unknown", ""), "", ""},
		{"unknown ecosystem", pkg("deb", "tool", ""), "", ""},
		{"broken service", pkg("cargo", "broken", ""), "", ""},
		{"product", cpe("example:tool"), "", "https://github.com/example/tool"},
		{"product without records", cpe("example:nothing"), "", ""},
		{"answer of another form", cpe("example:another tool"), "", ""},
		{"address", repo.Target{Meaning: repo.Site}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			chain, _ := chain(t, answers, nil)
			r := chain.Find(t.Context(), resolve.Resolution{Target: c.target})
			chosen := ""
			if r.Chosen.Meaning == repo.Repository {
				chosen = r.Chosen.Ref.String()
				if r.By == "" || r.Chosen.Revision != c.target.Revision {
					t.Errorf("chosen by %q at %q", r.By, r.Chosen.Revision)
				}
			}
			var candidates []string
			for _, candidate := range r.Candidates {
				candidates = append(candidates, candidate.Target.Ref.String())
			}
			if got := strings.Join(candidates, " "); chosen != c.chosen || got != c.candidates {
				t.Errorf("chosen %q of %q, want %q of %q", chosen, got, c.chosen, c.candidates)
			}
		})
	}
}

func TestFindKeepsWhatItFound(t *testing.T) {
	store := kept{}
	for range 2 {
		c, asked := chain(t, map[string]string{"/deps.dev/systems/pypi/packages/tool/versions/1.0": project("github.com/example/tool", "SLSA_ATTESTATION")}, store)
		before := len(store)
		for range 3 {
			c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: "tool", Revision: "1.0", Pinned: true}})
			c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: "unknown"}})
		}
		if asked.Load() != 2 || len(store) != before+2 {
			t.Errorf("%d requests, %d values more in the store, want 2 and 2", asked.Load(), len(store)-before)
		}
	}
	c, asked := chain(t, nil, store)
	known := resolve.Resolution{Chosen: repo.Target{Meaning: repo.Repository}, Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: "other"}}
	if r := c.Find(t.Context(), known); r.Chosen != known.Chosen || asked.Load() != 0 {
		t.Errorf("what is known was asked for: %+v", r)
	}
}

func TestNew(t *testing.T) {
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		"deps.dev": "", "vulnerability-lookup=http://127.0.0.1:8000/api": "", "npm": "use one of deps.dev", "deps.dev=nowhere": "is no URL",
	} {
		if _, err := New([]string{spec}, hosts, nil, nil); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("New(%s): %v, want %q", spec, err, want)
		}
	}
}
