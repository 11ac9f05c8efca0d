package forge

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// fakeAPI is the web API of a forge whose answers a test sets.
type fakeAPI struct {
	*httptest.Server
	mu       sync.Mutex
	answers  map[string]http.HandlerFunc // by path below /api
	asked    []string                    // path and query of the requests
	statuses []int
	tagged   bool // it answers conditional requests
}

// newFakeAPI starts an API with the six answers of GitHub's examples about octocat/hello-world.
func newFakeAPI(t testing.TB) *fakeAPI {
	t.Helper()
	f := &fakeAPI{answers: map[string]http.HandlerFunc{}}
	for path, file := range gitHubExamples {
		text, err := os.ReadFile(filepath.Join("testdata", "github", file+".json"))
		if err != nil {
			t.Fatal(err)
		}
		f.answers["/repos/octocat/hello-world"+path] = says(string(text))
	}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

var gitHubExamples = map[string]string{
	"": "repository", "/security-advisories": "advisories", "/releases": "releases", "/private-vulnerability-reporting": "reporting",
	"/pulls": "pulls", "/dependency-graph/sbom": "sbom",
}

// says answers with a text.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
}

// fails answers with a status.
func fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		if status != http.StatusNoContent && status != http.StatusNotModified {
			fmt.Fprint(w, "<html>not what you hoped for</html>")
		}
	}
}

// hangs never answers.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/api")
	f.mu.Lock()
	f.asked = append(f.asked, strings.TrimPrefix(r.URL.RequestURI(), "/api"))
	handle := f.answers[strings.ToLower(path)]
	f.mu.Unlock()
	if handle == nil {
		handle = http.NotFound
	}
	kept := httptest.NewRecorder()
	handle(kept, r)
	if f.tagged && kept.Code == http.StatusOK {
		tag := fmt.Sprintf("\"%x\"", kept.Body.String())
		tag = tag[:min(len(tag), 40)] + `"`
		if w.Header().Set("Etag", tag); r.Header.Get("If-None-Match") == tag {
			kept.Code = http.StatusNotModified
			kept.Body.Reset()
		}
	}
	f.mu.Lock()
	f.statuses = append(f.statuses, kept.Code)
	f.mu.Unlock()
	for name, values := range kept.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(kept.Code)
	_, _ = w.Write(kept.Body.Bytes())
}

// set changes what is answered about octocat/hello-world.
func (f *fakeAPI) set(path string, handle http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers["/repos/octocat/hello-world"+path] = handle
}

// take returns the requests since it was last called, and their statuses.
func (f *fakeAPI) take() (asked []string, statuses []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked, statuses, f.asked, f.statuses = f.asked, f.statuses, nil, nil
	return asked, statuses
}

// api returns the API as that of the repositories at a host.
func (f *fakeAPI) api(t testing.TB, host, kind string, answers outbound.Answers) *API {
	t.Helper()
	a, err := NewAPI(Host{Name: host, Kind: kind, API: f.URL + "/api/", Private: true}, answers, outbound.APIObserver{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func day(text string) time.Time {
	d, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return d
}

// TestGitHubExamples reads every answer of GitHub's own description.
func TestGitHubExamples(t *testing.T) {
	f := newFakeAPI(t)
	f.set("/dependency-graph/sbom", func(w http.ResponseWriter, r *http.Request) {
		text, err := os.ReadFile("testdata/github/sbom.json")
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(text)
	})
	s := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "octocat/hello-world")
	want := &repo.Snapshot{
		Forge: repo.Known(repo.ForgeFacts{
			ID: "1296269", FullName: "octocat/Hello-World", Visibility: repo.VisibilityPublic, Archived: repo.No, Issues: repo.Yes, Fork: repo.No,
			Homepage: "https://github.com",
		}),
		Releases: repo.Known([]repo.Release{{
			Tag: "v1.0.0", Name: "v1.0.0", Time: day("2013-02-27T19:35:32Z"), Notes: "Description of the release",
			URL: "https://github.com/octocat/Hello-World/releases/v1.0.0",
		}}),
		Reporting: repo.Known(true),
		Proposals: repo.Known(repo.ProposalHistory{Closed: 1, Merged: 1}),
		Components: repo.Known([]repo.Component{{
			Name: "rails", Version: "1.0.0", PURL: "pkg:gem/rails@1.0.0", Declared: "MIT", Concluded: "MIT",
		}}),
	}
	want.Advisories = s.Advisories
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got\n%+v\nwant\n%+v", s, want)
	}
	if !s.Advisories.Known() || len(s.Advisories.Value) != 2 {
		t.Fatalf("advisories: %+v", s.Advisories)
	}
	first := repo.Advisory{
		ID: "GHSA-abcd-1234-efgh", Aliases: []string{"CVE-2050-00000"}, Summary: "A short summary of the advisory.", Severity: "critical",
		Published: day("2020-01-03T00:00:00Z"), URL: "https://github.com/repo/a-package/security/advisories/GHSA-abcd-1234-efgh",
		Affected: []repo.Affected{
			{Ecosystem: "pip", Package: "a-package", Range: ">= 1.0.0, < 1.0.1", Patched: "1.0.1"},
			{Ecosystem: "pip", Package: "another-package", Range: ">= 1.0.0, < 1.0.2", Patched: "1.0.2"},
		},
	}
	if got := s.Advisories.Value[0]; !reflect.DeepEqual(got, first) {
		t.Errorf("got\n%+v\nwant\n%+v", got, first)
	}
	asked, _ := f.take()
	if len(asked) != 6 || asked[0] != "/repos/octocat/hello-world" {
		t.Errorf("asked %q", asked)
	}
}

// TestGitHubSwitches reads what decides whether outsiders can take part; what is left out is unsaid, not off.
func TestGitHubSwitches(t *testing.T) {
	for _, c := range []struct {
		fields             string
		issues, proposals  repo.Answer
		archived           repo.Answer
		visibility, reason string
	}{
		{``, repo.Unsaid, repo.Unsaid, repo.Unsaid, "", "nothing is said"},
		{`"has_issues":true,"has_pull_requests":true,"pull_request_creation_policy":"all","archived":false,"visibility":"public"`, repo.Yes, repo.Yes, repo.No, "public", "all open"},
		{`"has_issues":false,"has_pull_requests":false,"private":false`, repo.No, repo.No, repo.Unsaid, "public", "switched off"},
		{`"has_pull_requests":true,"pull_request_creation_policy":"collaborators_only"`, repo.Unsaid, repo.No, repo.Unsaid, "", "for collaborators"},
		{`"pull_request_creation_policy":"all"`, repo.Unsaid, repo.Yes, repo.Unsaid, "", "the policy alone"},
		{`"has_pull_requests":false,"pull_request_creation_policy":"all"`, repo.Unsaid, repo.No, repo.Unsaid, "", "off, whatever the policy"},
		{`"has_issues":true,"has_pull_requests":true,"archived":true,"private":true`, repo.No, repo.No, repo.Yes, "private", "archived"},
		{`"has_issues":true,"has_pull_requests":true,"archived":false,"disabled":true,"visibility":"internal"`, repo.No, repo.No, repo.No, "internal", "disabled"},
		{`"custom_properties":{"team":["x","y"],"tier":"1"},"visibility":"secret"`, repo.Unsaid, repo.Unsaid, repo.Unsaid, "", "properties with several values"},
	} {
		f := newFakeAPI(t)
		f.set("", says(strings.TrimSuffix(`{"id":7,"full_name":"octocat/Hello-World",`+c.fields, ",")+"}"))
		got := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "octocat/hello-world").Forge
		v := got.Value
		if !got.Known() || v.Issues != c.issues || v.Proposals != c.proposals || v.Archived != c.archived || v.Visibility != c.visibility {
			t.Errorf("%s: %+v", c.reason, got)
		}
	}
}

func TestGitHubProposals(t *testing.T) {
	f := newFakeAPI(t)
	merged := func(number int, association, user string) string {
		return fmt.Sprintf(`{"html_url":"https://github.com/octocat/Hello-World/pull/%d","merged_at":"2026-01-%02dT00:00:00Z","author_association":%q,"user":%s}`,
			number, number, association, user)
	}
	person := `{"login":"somebody","type":"User"}`
	f.set("/pulls", says("["+strings.Join([]string{
		merged(1, "OWNER", person), merged(2, "MEMBER", person), merged(3, "COLLABORATOR", person),
		merged(4, "CONTRIBUTOR", person), merged(6, "FIRST_TIME_CONTRIBUTOR", person), merged(5, "NONE", "null"),
		merged(7, "CONTRIBUTOR", `{"login":"dependabot[bot]","type":"Bot"}`), merged(8, "", person),
		`{"merged_at":null,"author_association":"NONE","user":` + person + `}`,
	}, ",")+"]"))
	got := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "octocat/hello-world").Proposals
	want := repo.Known(repo.ProposalHistory{
		Closed: 9, Merged: 8, Outside: 3, Newest: day("2026-01-06T00:00:00Z"), URL: "https://github.com/octocat/Hello-World/pull/6",
	})
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestGitHubAdvisoriesHavePages(t *testing.T) {
	f := newFakeAPI(t)
	pages := 0
	f.set("/security-advisories", func(w http.ResponseWriter, r *http.Request) {
		pages++
		if want := map[int]string{1: "", 2: "cursor1", 3: "cursor2"}[pages]; r.URL.Query().Get("after") != want || r.URL.Query().Get("state") != "published" {
			t.Errorf("page %d was asked for by %s", pages, r.URL.RawQuery)
		}
		if pages < 3 {
			w.Header().Set("Link", fmt.Sprintf(`<%s/api/repositories/1/security-advisories?after=cursor%d>; rel="next"`, f.URL, pages))
		}
		fmt.Fprintf(w, `[{"ghsa_id":"GHSA-%d","state":"published","severity":"odd","html_url":"https://elsewhere.example/x","submission":{"accepted":true},
			"created_at":"2026-01-01T00:00:00Z","published_at":"2026-02-01T00:00:00Z","withdrawn_at":"2026-03-01T00:00:00Z",
			"vulnerabilities":[{"package":null,"patched_versions":null}]},{"ghsa_id":"GHSA-draft","state":"draft"}]`, pages)
	})
	got := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "octocat/hello-world").Advisories
	var want []repo.Advisory
	for i := 1; i <= 3; i++ {
		want = append(want, repo.Advisory{
			ID: fmt.Sprint("GHSA-", i), Reported: day("2026-01-01T00:00:00Z"), Published: day("2026-02-01T00:00:00Z"),
			Withdrawn: day("2026-03-01T00:00:00Z"), Affected: []repo.Affected{{}},
		})
	}
	if !reflect.DeepEqual(got, repo.Known(want)) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// TestStatuses maps every status to a gap or a fact: of the repository itself, and of one part, which leaves the others alone.
func TestStatuses(t *testing.T) {
	limited := func(status int, header, value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(header, value)
			w.WriteHeader(status)
		}
	}
	for _, c := range []struct {
		name        string
		answer      http.HandlerFunc
		about, part repo.Gap
	}{
		{"202", fails(202), repo.Late, repo.Late},
		{"204", fails(204), repo.Denied, repo.Unsupported},
		{"301 to nowhere", limited(301, "Location", "https://elsewhere.example/"), repo.Denied, repo.Denied},
		{"304 out of the blue", fails(304), repo.Failed, repo.Failed},
		{"400", fails(400), repo.Failed, repo.Failed},
		{"401", fails(401), repo.Denied, repo.Denied},
		{"403", fails(403), repo.Denied, repo.Denied},
		{"403, used up", limited(403, "X-RateLimit-Remaining", "0"), repo.Limited, repo.Limited},
		{"403, come back later", limited(403, "Retry-After", "60"), repo.Limited, repo.Limited},
		{"404", fails(404), repo.Denied, repo.Unsupported},
		{"410", fails(410), repo.Denied, repo.Unsupported},
		{"422", fails(422), repo.Denied, repo.Unsupported},
		{"429", fails(429), repo.Limited, repo.Limited},
		{"451", fails(451), repo.Denied, repo.Denied},
		{"500", fails(500), repo.Failed, repo.Failed},
		{"502 in HTML", fails(502), repo.Failed, repo.Failed},
		{"503", fails(503), repo.Failed, repo.Failed},
		{"200 in HTML", says("<html></html>"), repo.Failed, repo.Failed},
		{"200 cut off", says(`{"id":7,`), repo.Failed, repo.Failed},
		{"200 of another form", says(`"text"`), repo.Failed, repo.Failed},
		{"200 that is no end", says(strings.Repeat(" ", outbound.AnswerLimit+1)), repo.TooLarge, repo.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeAPI(t)
			f.set("", c.answer)
			s := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "octocat/hello-world")
			if s.Forge.Gap != c.about || s.Forge.Detail == "" {
				t.Errorf("about: %+v, want %v", s.Forge, c.about)
			}
			if asked, _ := f.take(); c.about != repo.Failed && c.about != repo.Late && len(asked) != 1 {
				t.Errorf("asked on: %q", asked)
			}
			for path, fact := range map[string]func(*repo.Snapshot) repo.Gap{
				"/releases":                        func(s *repo.Snapshot) repo.Gap { return s.Releases.Gap },
				"/security-advisories":             func(s *repo.Snapshot) repo.Gap { return s.Advisories.Gap },
				"/private-vulnerability-reporting": func(s *repo.Snapshot) repo.Gap { return s.Reporting.Gap },
				"/pulls":                           func(s *repo.Snapshot) repo.Gap { return s.Proposals.Gap },
				"/dependency-graph/sbom":           func(s *repo.Snapshot) repo.Gap { return s.Components.Gap },
			} {
				f := newFakeAPI(t)
				f.set(path, c.answer)
				s := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "octocat/hello-world")
				if got := fact(s); got != c.part {
					t.Errorf("%s: %v, want %v", path, got, c.part)
				}
				if !s.Forge.Known() {
					t.Errorf("%s: the repository itself is not known: %+v", path, s.Forge)
				}
				others := 0
				for _, k := range repo.Kinds {
					if gap, _ := s.Gap(k.Kind); k.Kind&ofAPI != 0 && gap == repo.None {
						others++
					}
				}
				if others != 5 && c.part != repo.Limited {
					t.Errorf("%s: %d other facts are known, want 5", path, others)
				}
			}
		})
	}
}

// TestPathsStayInTheAPI asks for nothing where a path is more than names, and escapes what it asks for.
func TestPathsStayInTheAPI(t *testing.T) {
	f := newFakeAPI(t)
	for _, kind := range []string{repo.GitHub, repo.GitLab, repo.Gitea} {
		a := f.api(t, "forge.example", kind, nil)
		for _, path := range []string{
			"", "octocat", "octocat/", "/hello", "octocat/..", "../x", "octocat/.", "./octocat", "b/../../../orgs/x?y=", "octocat/b?x=1", "octocat/b#x",
			"octocat/%2e%2e", "octocat/a b", "octocat/a\nb", "octocat/a\\b", "octocat/-x", "-x/octocat", "octocat//x", "octocat/ä", "octocat/a:b", "octocat/a@b",
			"octocat/" + strings.Repeat("a", 256), strings.Repeat("a/", 21) + "a",
		} {
			s := a.facts(t.Context(), path)
			if asked, _ := f.take(); s.Forge.Gap != repo.Unsupported || s.Releases.Gap != repo.Unsupported || len(asked) != 0 {
				t.Errorf("%s, %q: %v, asked %q", kind, path, s.Forge.Gap, asked)
			}
		}
	}
	for path, want := range map[string]string{
		"group/sub/project": "/projects/group%2Fsub%2Fproject", "group/p.j_-": "/projects/group%2Fp.j_-",
	} {
		f.api(t, "gitlab.example", repo.GitLab, nil).facts(t.Context(), path)
		if asked, _ := f.take(); len(asked) == 0 || asked[0] != want {
			t.Errorf("%s: asked %q, want %q", path, asked, want)
		}
	}
	if s := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "a/b/c"); s.Forge.Gap != repo.Unsupported {
		t.Errorf("a/b/c on GitHub: %+v", s.Forge)
	}
}

// TestForgesWordOfTheNameIsChecked believes no name that leads elsewhere.
func TestForgesWordOfTheNameIsChecked(t *testing.T) {
	for _, answer := range []string{
		`{"id":7,"full_name":"octocat/../../orgs/x"}`, `{"id":7,"full_name":"octocat/a?b"}`, `{"id":7,"full_name":""}`, `{"id":0,"full_name":"octocat/hello-world"}`, `{}`,
	} {
		f := newFakeAPI(t)
		f.set("", says(answer))
		s := f.api(t, "github.com", repo.GitHub, nil).facts(t.Context(), "octocat/hello-world")
		if asked, _ := f.take(); s.Forge.Gap != repo.Failed || s.Components.Gap != repo.Failed || len(asked) != 1 {
			t.Errorf("%s: %+v, asked %q", answer, s.Forge, asked)
		}
	}
}

// TestGitHubEnterpriseServer is told by its base, and not asked for what it lacks.
func TestGitHubEnterpriseServer(t *testing.T) {
	f := newFakeAPI(t)
	inner := f.Config.Handler
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.Replace(r.URL.Path, "/api/v3", "/api", 1)
		inner.ServeHTTP(w, r)
	})
	a, err := NewAPI(Host{Name: "ghe.example", Kind: repo.GitHub, API: f.URL + "/api/v3", Private: true}, nil, outbound.APIObserver{})
	if err != nil {
		t.Fatal(err)
	}
	s := a.facts(t.Context(), "octocat/hello-world")
	for k, want := range map[repo.Kind]repo.Gap{
		repo.Forge: repo.None, repo.Releases: repo.None, repo.Proposals: repo.None, repo.Components: repo.None,
		repo.Advisories: repo.Unsupported, repo.Reporting: repo.Unsupported,
	} {
		if gap, _ := s.Gap(k); gap != want {
			t.Errorf("kind %b: %v, want %v", k, gap, want)
		}
	}
	if asked, _ := f.take(); len(asked) != 4 {
		t.Errorf("asked %q", asked)
	}
	if s.Releases.Value[0].URL != "" {
		t.Errorf("a page of another host: %s", s.Releases.Value[0].URL)
	}
}

func TestGitLab(t *testing.T) {
	f := newFakeAPI(t)
	f.answers["/projects/group%2fsub%2fproject"] = says(`{"id":42,"path_with_namespace":"Group/Sub/Project","visibility":"internal","archived":false,
		"issues_access_level":"enabled","issues_enabled":true,"merge_requests_access_level":"private","merge_requests_enabled":true,"forked_from_project":{"id":1}}`)
	f.answers["/projects/group%2fsub%2fproject/releases"] = f.answers["/projects/group%2fsub%2fproject"]
	a := f.api(t, "gitlab.example", repo.GitLab, nil)
	s := a.facts(t.Context(), "group/sub/project")
	if want := repo.Known(repo.ForgeFacts{
		ID: "42", FullName: "Group/Sub/Project", Visibility: repo.VisibilityInternal, Archived: repo.No, Issues: repo.Yes, Proposals: repo.No, Fork: repo.Yes,
	}); s.Forge != want {
		t.Errorf("got  %+v\nwant %+v", s.Forge, want)
	}
	if s.Releases.Gap != repo.Failed || s.Advisories.Gap != repo.Unsupported || s.Proposals.Gap != repo.Unsupported {
		t.Errorf("releases %v, advisories %v, proposals %v", s.Releases.Gap, s.Advisories.Gap, s.Proposals.Gap)
	}
	f.answers["/projects/group%2fsub%2fproject"] = says(`{"id":42,"path_with_namespace":"Group/Sub/Project","visibility":"public"}`)
	f.answers["/projects/group%2fsub%2fproject/releases"] = says(`[
		{"tag_name":"v2","upcoming_release":true},
		{"tag_name":"v1","name":"One","description":"Notes","released_at":"2026-01-02T03:04:05.678Z","_links":{"self":"https://gitlab.example/group/sub/project/-/releases/v1"}}]`)
	s = a.facts(t.Context(), "group/sub/project")
	if v := s.Forge.Value; v.Issues != repo.Unsaid || v.Proposals != repo.Unsaid || v.Archived != repo.Unsaid || v.Fork != repo.Unsaid {
		t.Errorf("a reader without an account: %+v", v)
	}
	want := repo.Known([]repo.Release{{
		Tag: "v1", Name: "One", Notes: "Notes", Time: day("2026-01-02T03:04:05.678Z"), URL: "https://gitlab.example/group/sub/project/-/releases/v1",
	}})
	if !reflect.DeepEqual(s.Releases, want) {
		t.Errorf("got  %+v\nwant %+v", s.Releases, want)
	}
}

func TestGitea(t *testing.T) {
	f := newFakeAPI(t)
	f.set("", says(`{"id":9,"full_name":"octocat/hello-world","private":false,"internal":false,"archived":true,"archived_at":"1970-01-01T00:00:00Z","fork":false,
		"has_issues":true,"has_pull_requests":true,"website":"https://hello.example.org","external_tracker":{"external_tracker_url":"https://bugs.example.org/hello","external_tracker_format":"x"}}`))
	f.set("/releases", says(`[{"tag_name":"v2","draft":true},{"tag_name":"v1","name":"One","body":"Notes","published_at":"2026-01-02T03:04:05+01:00",
		"prerelease":true,"html_url":"https://codeberg.org/octocat/hello-world/releases/tag/v1"}]`))
	a := f.api(t, "codeberg.org", repo.Gitea, nil)
	s := a.facts(t.Context(), "octocat/hello-world")
	if want := repo.Known(repo.ForgeFacts{
		ID: "9", FullName: "octocat/hello-world", Visibility: repo.VisibilityPublic, Archived: repo.Yes, Issues: repo.No, Proposals: repo.No, Fork: repo.No,
		Tracker: "https://bugs.example.org/hello", Homepage: "https://hello.example.org",
	}); s.Forge != want {
		t.Errorf("got  %+v\nwant %+v", s.Forge, want)
	}
	if r := s.Releases.Value; len(r) != 1 || !r[0].Prerelease || !r[0].Time.Equal(day("2026-01-02T03:04:05+01:00")) ||
		r[0].URL != "https://codeberg.org/octocat/hello-world/releases/tag/v1" {
		t.Errorf("releases %+v", s.Releases)
	}
	if asked, _ := f.take(); len(asked) != 2 {
		t.Errorf("asked %q", asked)
	}
	for _, answer := range []http.HandlerFunc{fails(404), fails(429), fails(500)} {
		f.set("", answer)
		if s := a.facts(t.Context(), "octocat/hello-world"); s.Advisories.Gap != repo.Unsupported || s.Forge.Gap == repo.Unsupported {
			t.Errorf("what is never offered: %v where the forge is %v", s.Advisories.Gap, s.Forge.Gap)
		}
	}
	a = f.api(t, "codeberg.org", repo.Gitea, nil)
	f.set("", says(`{"id":9,"full_name":"octocat/hello-world","internal":true,"website":"javascript:alert(1)","external_tracker":{"external_tracker_url":"javascript:alert(1)"}}`))
	if v := a.facts(t.Context(), "octocat/hello-world").Forge.Value; v.Visibility != repo.VisibilityInternal || v.Tracker+v.Homepage != "" || v.Issues != repo.Unsaid {
		t.Errorf("got %+v", v)
	}
}

// TestTokens sends each kind of forge its token in its form.
func TestTokens(t *testing.T) {
	for kind, want := range map[string][2]string{
		repo.GitHub: {"Authorization", "Bearer T"}, repo.GitLab: {"Private-Token", "T"}, repo.Gitea: {"Authorization", "token T"},
	} {
		var got string
		f := newFakeAPI(t)
		note := func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get(want[0]) }
		f.set("", note)
		f.answers["/projects/octocat%2fhello-world"] = note
		a, err := NewAPI(Host{Name: "forge.example", Kind: kind, API: f.URL + "/api/", Private: true, Tokens: []string{"T"}}, nil, outbound.APIObserver{})
		if err != nil {
			t.Fatal(err)
		}
		if a.facts(t.Context(), "octocat/hello-world"); got != want[1] {
			t.Errorf("%s: %s: %q, want %q", kind, want[0], got, want[1])
		}
	}
}

// TestBases are the usual bases; kinds without an API have none, and take no token.
func TestBases(t *testing.T) {
	for _, c := range []struct{ host, kind, want string }{
		{"github.com", repo.GitHub, "https://api.github.com/"},
		{"ghe.example.org", repo.GitHub, "https://ghe.example.org/api/v3/"},
		{"gitlab.com", repo.GitLab, "https://gitlab.com/api/v4/"},
		{"git.example.org:8443", repo.GitLab, "https://git.example.org:8443/api/v4/"},
		{"codeberg.org", repo.Gitea, "https://codeberg.org/api/v1/"},
		{"bitbucket.org", repo.Bitbucket, ""},
		{"git.sr.ht", repo.SourceHut, ""},
		{"git.example.org", repo.PlainGit, ""},
	} {
		a, err := NewAPI(Host{Name: c.host, Kind: c.kind}, nil, outbound.APIObserver{})
		got := ""
		if a != nil {
			got = a.door.Base().String()
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.host, got, err, c.want)
		}
	}
	for _, kind := range []string{repo.Bitbucket, repo.SourceHut, repo.PlainGit} {
		if _, err := NewAPI(Host{Name: "git.example", Kind: kind, Tokens: []string{"T"}}, nil, outbound.APIObserver{}); err == nil {
			t.Errorf("%s takes a token", kind)
		}
	}
}

// FuzzNames holds paths that are asked for to their law: put into a URL they stay where they are put.
func FuzzNames(f *testing.F) {
	for _, path := range []string{"octocat/hello-world", "group/sub/project", "a/..", "a/b?c", "a/%2e%2e", "a/.github", "../x", "a//b"} {
		f.Add(path)
	}
	base, err := url.Parse("https://api.example.org/v1/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		for _, s := range services {
			if !s.names(path) {
				continue
			}
			u, err := base.Parse("repos/" + path + "/releases")
			if err != nil || u.Host != base.Host || u.RawQuery != "" || u.Fragment != "" || u.EscapedPath() != "/v1/repos/"+path+"/releases" {
				t.Errorf("%s: %q leads to %v, %v", s.kind, path, u, err)
			}
		}
	})
}
