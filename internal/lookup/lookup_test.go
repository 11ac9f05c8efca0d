package lookup

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
)

// kept is a store in memory.
type kept struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (k *kept) Get(_ context.Context, key string) ([]byte, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.values[key]
	return v, ok, nil
}

func (k *kept) Put(_ context.Context, key string, value []byte, _ time.Duration) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.values[key] = value
	return nil
}

func newKept() *kept { return &kept{values: map[string][]byte{}} }

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
	store := newKept()
	for range 2 {
		c, asked := chain(t, map[string]string{"/deps.dev/systems/pypi/packages/tool/versions/1.0": project("github.com/example/tool", "SLSA_ATTESTATION")}, store)
		before := len(store.values)
		for range 3 {
			c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: "tool", Revision: "1.0", Pinned: true}})
			c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: "unknown"}})
		}
		if asked.Load() != 2 || len(store.values) != before+2 {
			t.Errorf("%d requests, %d values more in the store, want 2 and 2", asked.Load(), len(store.values)-before)
		}
	}
	c, asked := chain(t, nil, store)
	known := resolve.Resolution{Chosen: repo.Target{Meaning: repo.Repository}, Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: "other"}}
	if r := c.Find(t.Context(), known); r.Chosen != known.Chosen || asked.Load() != 0 {
		t.Errorf("what is known was asked for: %+v", r)
	}
}

// TestVersionOfAPackage has the version that a value names asked for, and assessed at its tag.
func TestVersionOfAPackage(t *testing.T) {
	c, _ := chain(t, map[string]string{
		"/deps.dev/systems/pypi/packages/tool":                                                versions,
		"/deps.dev/systems/pypi/packages/tool/versions/1.0":                                   project("github.com/example/former", "SLSA_ATTESTATION"),
		"/deps.dev/systems/pypi/packages/tool/versions/2.0":                                   project("github.com/example/tool", "SLSA_ATTESTATION"),
		"/deps.dev/systems/go/packages/example.org%2Fa%2Fb%2Fv2/versions/v2.1.0+incompatible": project("github.com/a/b", "GO_ORIGIN"),
	}, nil)
	r := &resolve.Resolver{Hosts: c.hosts}
	for value, want := range map[string]string{
		"pkg:pypi/tool":     "https://github.com/example/tool@",
		"pkg:pypi/tool@1.0": "https://github.com/example/former@1.0",
		"pkg:golang/example.org/a/b/v2@v2.1.0+incompatible": "https://github.com/a/b@v2.1.0",
	} {
		found := c.Find(t.Context(), r.Resolve("text", value)).Chosen
		if got := found.Ref.String() + "@" + found.Revision; got != want || found.Pinned != (found.Revision != "") {
			t.Errorf("%s: %s, pinned %v, want %s", value, got, found.Pinned, want)
		}
	}
}

// nvd serves CVEs by product, each with the URLs of its references by their tags.
type nvd struct {
	total int // 0: as many as there are
	cves  map[string][]map[string][]string
	asked atomic.Int32
}

func (n *nvd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.asked.Add(1)
	type reference struct {
		URL  string   `json:"url"`
		Tags []string `json:"tags"`
	}
	type cve struct {
		ID         string      `json:"id"`
		VulnStatus string      `json:"vulnStatus"`
		References []reference `json:"references"`
	}
	type entry struct {
		CVE cve `json:"cve"`
	}
	q := r.URL.Query()
	list := n.cves[q.Get("virtualMatchString")]
	start, _ := strconv.Atoi(q.Get("startIndex"))
	answer := struct {
		TotalResults    int     `json:"totalResults"`
		Vulnerabilities []entry `json:"vulnerabilities"`
	}{TotalResults: max(n.total, len(list))}
	if r.URL.Path != "/rest/json/cves/2.0" || q.Get("resultsPerPage") != "200" {
		http.NotFound(w, r)
		return
	}
	for i, urls := range list[min(start, len(list)):] {
		c := cve{ID: fmt.Sprintf("CVE-2026-%04d", i), VulnStatus: "Analyzed"}
		for tag, all := range urls {
			if tag == "Rejected" {
				c.VulnStatus, tag = "Rejected", "Patch"
			}
			for _, u := range all {
				c.References = append(c.References, reference{u, []string{tag, "Third Party Advisory"}})
			}
		}
		answer.Vulnerabilities = append(answer.Vulnerabilities, entry{c})
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func nvdChain(t *testing.T, handler http.Handler, more ...string) *Chain {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(append(more, "nvd="+server.URL+"/rest/json"), hosts, newKept(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNVD(t *testing.T) {
	patch := func(urls ...string) map[string][]string { return map[string][]string{"Patch": urls} }
	tool := "https://github.com/Example/Tool/commit/0123"
	n := &nvd{cves: map[string][]map[string][]string{
		"cpe:2.3:*:example:tool": {
			patch(tool), patch("https://github.com/example/tool/pull/7", "https://www.example.org/advisory"),
			{"Vendor Advisory": {"https://github.com/example/tool/security/advisories/GHSA-aaaa-bbbb-cccc"}}, {"Product": {"https://github.com/example/tool"}},
			{"Exploit": {"https://github.com/somebody/poc"}}, {"Exploit": {"https://github.com/somebody/poc"}},
			patch(tool, "https://github.com/other/library/commit/1"), patch("https://github.com/other/library/commit/1"),
		},
		`cpe:2.3:*:example\!:a\+b`:       {patch(tool), patch(tool)},
		"cpe:2.3:*:example:once":         {patch(tool)},
		"cpe:2.3:*:example:rejected":     {{"Rejected": {tool}}, {"Rejected": {tool}}},
		"cpe:2.3:*:example:unlisted":     {patch("https://git.example.org/a/b"), patch("https://git.example.org/a/b")},
		"cpe:2.3:*:example:advisories":   {patch("https://github.com/advisories/GHSA-aaaa-bbbb-cccc"), patch("https://github.com/advisories/GHSA-aaaa-bbbb-cccc")},
		"cpe:2.3:*:example:two_projects": {patch(tool), patch(tool), patch("https://gitlab.com/a/b/c/-/commit/1"), patch("https://gitlab.com/a/b/c/-/issues/1"), patch("https://gitlab.com/a/b/c")},
	}}
	for name, want := range map[string]string{
		"example:tool": "https://github.com/example/tool (nvd: patches, advisories or product pages of 4 CVEs lead to it)",
		"example!:a+b": "https://github.com/example/tool (nvd: patches, advisories or product pages of 2 CVEs lead to it)",
		"example:once": "", "example:rejected": "", "example:unlisted": "", "example:advisories": "", "example:unheard_of": "", "example": "",
		"example:two_projects": "https://gitlab.com/a/b/c (nvd: patches, advisories or product pages of 3 CVEs lead to it) " +
			"https://github.com/example/tool (nvd: patches, advisories or product pages of 2 CVEs lead to it)",
	} {
		// A chain of its own for each, because NVD takes five requests in thirty seconds.
		r := nvdChain(t, n).Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.CPE, Name: name}})
		var got []string
		for _, c := range r.Candidates {
			got = append(got, fmt.Sprintf("%s (%s: %s)", c.Target.Ref, c.Source, c.Evidence))
		}
		if strings.Join(got, " ") != want || r.Chosen.Meaning == repo.Repository || r.Late {
			t.Errorf("%s: %q, chosen %v, want %q and none chosen", name, got, r.Chosen.Ref, want)
		}
	}
}

// TestNVDIsBounded has NVD asked for two pages of a product at most, and five times in thirty seconds.
func TestNVDIsBounded(t *testing.T) {
	n := &nvd{total: 100_000}
	c := nvdChain(t, n)
	find := func(name string) bool {
		return c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.CPE, Name: name}}).Late
	}
	if find("example:linux") || n.asked.Load() != nvdPages {
		t.Errorf("%d requests for one product", n.asked.Load())
	}
	if find("example:windows") || !find("example:third") || !find("example:fourth") || n.asked.Load() != 5 {
		t.Errorf("%d requests within the limit, want 5 and the rest late", n.asked.Load())
	}
	if find("example:linux") || n.asked.Load() != 5 {
		t.Error("what was found is not kept")
	}
}

// TestTwoSourcesDecide has what NVD and vulnerability-lookup both name be chosen, and nothing where they agree on two.
func TestTwoSourcesDecide(t *testing.T) {
	const one, two = "https://github.com/example/tool", "https://github.com/example/other"
	record := func(url string) string {
		return `["cve",{"containers":{"cna":{"references":[{"url":"` + url + `"}]}}}]`
	}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		records := []string{record(one), record(one)}
		if strings.HasSuffix(r.URL.Path, "/both") {
			records = append(records, record(two), record(two))
		}
		fmt.Fprintf(w, `{"results":{"cvelistv5":[%s]}}`, strings.Join(records, ","))
	}))
	defer other.Close()
	patch := func(url string) map[string][]string { return map[string][]string{"Patch": {url}} }
	c := nvdChain(t, &nvd{cves: map[string][]map[string][]string{
		"cpe:2.3:*:example:tool": {patch(one), patch(one)},
		"cpe:2.3:*:example:both": {patch(one), patch(one), patch(two), patch(two)},
	}}, "vulnerability-lookup="+other.URL)
	r := c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.CPE, Name: "example:tool"}})
	if r.Chosen.Ref.String() != one || r.By != "vulnerability-lookup and nvd" || !r.Agreed || len(r.Candidates) != 1 {
		t.Errorf("%+v", r)
	}
	r = c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.CPE, Name: "example:both"}})
	if r.Chosen.Meaning == repo.Repository || r.Agreed || len(r.Candidates) != 2 {
		t.Errorf("%+v", r)
	}
}

// TestSlowService has a service that takes long be asked on when nobody waits any more, once, and its answer kept.
func TestSlowService(t *testing.T) {
	patch := map[string][]string{"Patch": {"https://github.com/example/tool"}}
	n := &nvd{cves: map[string][]map[string][]string{"cpe:2.3:*:example:tool": {patch, patch}}}
	open := make(chan struct{})
	c := nvdChain(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-open
		n.ServeHTTP(w, r)
	}))
	product := resolve.Resolution{Target: repo.Target{Meaning: repo.CPE, Name: "example:tool"}}
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Millisecond)
		if r := c.Find(ctx, product); !r.Late || len(r.Candidates) != 0 || ctx.Err() != nil {
			t.Errorf("%+v, %v, want it late with half of the time left", r, ctx.Err())
		}
		cancel()
	}
	close(open)
	r := c.Find(t.Context(), product)
	if r.Late || len(r.Candidates) != 1 || n.asked.Load() != 1 {
		t.Errorf("%+v after %d requests", r, n.asked.Load())
	}
}

// TestOneServiceIsNoTwo has a service that names a repository twice count once.
func TestOneServiceIsNoTwo(t *testing.T) {
	c, _ := chain(t, map[string]string{"/deps.dev/systems/pypi/packages/tool/versions/1.0": `{"relatedProjects":[
		{"projectKey":{"id":"github.com/example/tool"},"relationProvenance":"UNVERIFIED_METADATA","relationType":"SOURCE_REPO"},
		{"projectKey":{"id":"github.com/Example/Tool"},"relationProvenance":"UNVERIFIED_METADATA","relationType":"SOURCE_REPO"}]}`}, nil)
	r := c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.Package, Forge: "pypi", Name: "tool", Revision: "1.0", Pinned: true}})
	if r.Chosen.Meaning == repo.Repository || len(r.Candidates) != 1 {
		t.Errorf("%+v", r)
	}
}

// TestFailureIsTold tells once that a service fails, and not what it was asked.
func TestFailureIsTold(t *testing.T) {
	down := httptest.NewServer(nil)
	down.Close()
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New([]string{"deps.dev=" + down.URL}, hosts, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	c.Failed = func(service string, err error) { told = append(told, service+": "+err.Error()) }
	for _, name := range []string{"secret-a", "secret-b"} {
		c.Find(t.Context(), resolve.Resolution{Target: repo.Target{Meaning: repo.Package, Forge: "npm", Name: name}})
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "deps.dev: dial tcp") || strings.Contains(told[0], "secret") {
		t.Errorf("told %q", told)
	}
}

// TestNoServiceTwice keeps a service from agreeing with itself, or with a mirror of it.
func TestNoServiceTwice(t *testing.T) {
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New([]string{"nvd", "nvd=https://nvd.example.org/rest/json/"}, hosts, nil, nil); err == nil || !strings.Contains(err.Error(), "nvd is named twice") {
		t.Errorf("%v, want it refused", err)
	}
}

func TestNew(t *testing.T) {
	hosts, err := repo.NewHosts()
	if err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		"deps.dev": "", "vulnerability-lookup=http://127.0.0.1:8000/api": "", "npm": "use one of deps.dev", "deps.dev=nowhere": "is no URL", "nvd=": "or nvd=URL",
	} {
		if _, err := New([]string{spec}, hosts, nil, nil); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("New(%s): %v, want %q", spec, err, want)
		}
	}
}
