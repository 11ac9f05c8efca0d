package forge

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// kept is a store of answers in memory.
type kept struct{ values sync.Map }

func (k *kept) Get(_ context.Context, key string) ([]byte, bool, error) {
	v, ok := k.values.Load(key)
	text, _ := v.([]byte)
	return text, ok, nil
}

func (k *kept) Put(_ context.Context, key string, value []byte, _ time.Duration) error {
	k.values.Store(key, value)
	return nil
}

// site is a forge: a git server with repositories by owner/name, and a web API.
type site struct {
	t    testing.TB
	root string
	git  *gitServer
	api  *fakeAPI
	c    *Collector
	wait time.Duration // before git's server answers
	from string        // a path that redirects, empty for none
	to   string
}

// newSite makes a forge with the repository octocat/hello-world.
func newSite(t testing.TB) (*site, *fixture) {
	s := &site{t: t, root: t.TempDir(), api: newFakeAPI(t)}
	s.git = serveBehind(t, s.root, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(s.wait)
			if rest, moved := strings.CutPrefix(r.URL.Path, s.from); moved && s.from != "" {
				http.Redirect(w, r, s.to+rest, http.StatusMovedPermanently)
				return
			}
			h.ServeHTTP(w, r)
		})
	}, filtering)
	s.c = s.collector(&kept{})
	return s, s.add("octocat/hello-world")
}

// collector returns a new one, which has the answers but remembers nothing else.
func (s *site) collector(answers outbound.Answers) *Collector {
	c := s.git.collector()
	c.APIs = map[string]*API{s.git.host(): s.api.api(s.t, s.git.host(), repo.GitHub, answers)}
	c.Defaults = NewDefaults([]repo.Community{repo.SecurityPolicy, repo.Contributing})
	return c
}

// add makes a repository with some history.
func (s *site) add(path string) *fixture {
	s.t.Helper()
	f := history(s.t)
	link := filepath.Join(s.root, path)
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Symlink(f.dir, link); err != nil {
		s.t.Fatal(err)
	}
	return f
}

func (s *site) collect(path string, old *repo.Snapshot) *repo.Snapshot {
	s.t.Helper()
	got, err := s.c.Collect(s.t.Context(), repo.Request{Target: s.git.target(path), Want: all, Old: old})
	if err != nil {
		s.t.Fatal(err)
	}
	got.Time = time.Now()
	return got
}

// about returns what git was asked about a repository since it was last called.
func (s *site) about(path string) int {
	s.git.mu.Lock()
	defer s.git.mu.Unlock()
	n := 0
	for _, asked := range s.git.asked {
		if strings.Contains(asked, " /"+path+"/") {
			n++
		}
	}
	s.git.asked = nil
	return n
}

// TestForgeBesideGit adds the forge's facts to what git says, and changes nothing of that.
func TestForgeBesideGit(t *testing.T) {
	s, f := newSite(t)
	got := s.collect("octocat/hello-world", nil)
	if got.Name != "octocat/Hello-World" || !got.Forge.Known() || !got.Releases.Known() || !got.Reporting.Value || len(got.Components.Value) != 1 {
		t.Errorf("got %+v", got)
	}
	if want := repo.Known(repo.Defaults{}); !reflect.DeepEqual(got.Inherited, want) {
		t.Errorf("an owner without defaults: %+v", got.Inherited)
	}
	git := comparable(got)
	git.Time = time.Time{}
	git.Forge, git.Releases, git.Advisories, git.Reporting, git.Proposals, git.Components, git.Inherited = repo.Snapshot{}.Forge,
		repo.Snapshot{}.Releases, repo.Snapshot{}.Advisories, repo.Snapshot{}.Reporting, repo.Snapshot{}.Proposals, repo.Snapshot{}.Components, repo.Snapshot{}.Inherited
	git.SetGap(repo.OfForge, repo.Unasked, "only git was asked")
	if want := comparable(collect(t, here(f.dir), all)); !reflect.DeepEqual(git, want) {
		t.Errorf("from the forge\n%+v\nfrom the directory\n%+v", git, want)
	}
}

// TestRequestsAreFew asks the API six times when nothing is known, and conditionally when something is.
func TestRequestsAreFew(t *testing.T) {
	s, f := newSite(t)
	s.api.tagged = true
	first := s.collect("octocat/hello-world", nil)
	asked, statuses := s.api.take()
	if len(asked) != 6 || slices.ContainsFunc(statuses, func(c int) bool { return c != 200 }) {
		t.Errorf("cold: %q, %v", asked, statuses)
	}
	if cold := s.about("octocat/hello-world"); cold < 5 {
		t.Errorf("cold: git was asked %d times", cold)
	}
	again := s.collect("octocat/hello-world", first)
	asked, statuses = s.api.take()
	if len(asked) != 6 || slices.ContainsFunc(statuses, func(c int) bool { return c != 304 }) {
		t.Errorf("refresh: %q, %v", asked, statuses)
	}
	if n := s.about("octocat/hello-world"); n > 2 {
		t.Errorf("refresh: git was asked %d times", n)
	}
	again.Time = first.Time
	if !reflect.DeepEqual(again, first) {
		t.Errorf("refresh\n%+v\nwant\n%+v", again, first)
	}
	f.write("SECURITY.md", "Mail us.\n")
	head := f.commit("Add another policy")
	if changed := s.collect("octocat/hello-world", again); changed.Commit != head || file(t, changed, "SECURITY.md").Text.Value == "" {
		t.Errorf("a new commit is not seen: %s", changed.Commit)
	}
	if _, statuses = s.api.take(); slices.ContainsFunc(statuses, func(c int) bool { return c != 304 }) {
		t.Errorf("after a commit: %v", statuses)
	}
}

// TestRefreshReadsWhatIsNewlyWanted fetches again when a check wants files that nobody wanted before, and what failed then.
func TestRefreshReadsWhatIsNewlyWanted(t *testing.T) {
	s, _ := newSite(t)
	q := repo.Request{Target: s.git.target("octocat/hello-world"), Want: only("README.md")}
	old, err := s.c.Collect(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	q.Want, q.Old = only("README.md", "LICENSE"), old
	got, err := s.c.Collect(t.Context(), q)
	if err != nil || file(t, got, "LICENSE").Text.Value != "Free.\n" {
		t.Errorf("LICENSE: %+v, %v", file(t, got, "LICENSE").Text, err)
	}
	got.Commits = repo.Missing[repo.History](repo.Late, "")
	q.Old = got
	if got, err = s.c.Collect(t.Context(), q); err != nil || !got.Commits.Known() {
		t.Errorf("commits: %+v, %v", got.Commits, err)
	}
}

// TestHalfDeadForges answers with what git says, and names what is missing.
func TestHalfDeadForges(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc // for everything; nil: no server
		want   repo.Gap
	}{
		{"hanging", hangs, repo.Late},
		{"offline", nil, repo.Failed},
		{"broken", fails(502), repo.Failed},
		{"rate-limited", fails(429), repo.Limited},
		{"refusing", fails(403), repo.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := newSite(t)
			for path := range s.api.answers {
				s.api.answers[path] = c.answer
			}
			if c.answer == nil {
				s.api.Close()
			}
			q := repo.Request{Target: s.git.target("octocat/hello-world"), Want: all}
			if c.want == repo.Late {
				q.Soon = time.Now().Add(time.Second)
			}
			got, err := s.c.Collect(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if got.Forge.Gap != c.want || got.Components.Gap != c.want || got.Forge.Detail == "" {
				t.Errorf("forge %+v, components %+v, want %v", got.Forge, got.Components, c.want)
			}
			if !got.Files.Known() || len(got.Commits.Value.Commits) != 4 || len(got.Tags.Value) != 2 || !got.Public.Value {
				t.Errorf("git's facts are not whole: %+v", got)
			}
		})
	}
}

// TestEarlySnapshot shows the tree before the forge has answered, with its facts still on their way.
func TestEarlySnapshot(t *testing.T) {
	s, _ := newSite(t)
	shown := make(chan struct{})
	s.api.set("", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-shown:
		case <-r.Context().Done():
		}
		says(`{"id":7,"full_name":"octocat/hello-world"}`)(w, r)
	})
	var early repo.Snapshot
	q := repo.Request{Target: s.git.target("octocat/hello-world"), Want: all, Early: func(s *repo.Snapshot) {
		early = *s
		close(shown)
	}}
	got, err := s.c.Collect(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if early.Forge.Gap != repo.Late || early.Inherited.Gap != repo.Late || len(early.Files.Value) == 0 {
		t.Errorf("early: forge %+v, inherited %+v, %d files", early.Forge, early.Inherited, len(early.Files.Value))
	}
	if !got.Forge.Known() {
		t.Errorf("in the end: %+v", got.Forge)
	}
}

// TestLastKnown serves facts up to 30 days old before a gap that passes, and never in place of a lasting one.
func TestLastKnown(t *testing.T) {
	s, _ := newSite(t)
	first := s.collect("octocat/hello-world", nil)
	s.c = s.collector(nil)
	s.api.set("/releases", fails(500))
	s.api.set("/security-advisories", fails(410))
	first.Time = time.Now().AddDate(0, 0, -20)
	second := s.collect("octocat/hello-world", first)
	if !reflect.DeepEqual(second.Releases, first.Releases) || !second.Since[repo.Releases].Equal(first.Time) || len(second.Since) != 1 {
		t.Errorf("releases %+v, since %v", second.Releases, second.Since)
	}
	if second.Advisories.Gap != repo.Unsupported {
		t.Errorf("advisories %+v", second.Advisories)
	}
	third := s.collect("octocat/hello-world", second)
	if !third.Since[repo.Releases].Equal(first.Time) {
		t.Errorf("the age began anew: %v", third.Since)
	}
	third.Since[repo.Releases] = time.Now().AddDate(0, 0, -31)
	if fourth := s.collect("octocat/hello-world", third); fourth.Releases.Gap != repo.Failed || fourth.Since != nil {
		t.Errorf("after 31 days: %+v, since %v", fourth.Releases, fourth.Since)
	}
	s.api.set("/releases", says("[]"))
	if fifth := s.collect("octocat/hello-world", third); !fifth.Releases.Known() || len(fifth.Releases.Value) != 0 || fifth.Since != nil {
		t.Errorf("when it answers again: %+v, since %v", fifth.Releases, fifth.Since)
	}
}

// TestAnotherRepositoryUnderTheName tells by the number, keeps telling, and believes nothing of the one before.
func TestAnotherRepositoryUnderTheName(t *testing.T) {
	s, _ := newSite(t)
	first := s.collect("octocat/hello-world", nil)
	s.c = s.collector(nil)
	s.api.set("", says(`{"id":666,"full_name":"octocat/hello-world"}`))
	s.api.set("/releases", fails(500))
	second := s.collect("octocat/hello-world", first)
	if f := second.Forge.Value; f.ID != "666" || f.PreviousID != "1296269" || second.Releases.Known() {
		t.Errorf("%+v, releases %+v", f, second.Releases)
	}
	if third := s.collect("octocat/hello-world", second); third.Forge.Value.PreviousID != "1296269" {
		t.Errorf("forgotten: %+v", third.Forge.Value)
	}
}

// TestRenamed follows a repository to its new name, which the API tells and git alone would not believe.
func TestRenamed(t *testing.T) {
	s, f := newSite(t)
	s.api.set("", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/api/repositories/1296269", http.StatusMovedPermanently)
	})
	s.api.answers["/repositories/1296269"] = says(`{"id":1296269,"full_name":"Octocat/New-World"}`)
	s.api.answers["/repos/octocat/new-world/releases"] = says("[]")
	if err := os.Rename(filepath.Join(s.root, "octocat", "hello-world"), filepath.Join(s.root, "octocat", "new-world")); err != nil {
		t.Fatal(err)
	}
	s.from, s.to = "/octocat/hello-world", "/octocat/new-world"
	check := func(got *repo.Snapshot) {
		t.Helper()
		if got.Ref.Path != "octocat/new-world" || got.Name != "Octocat/New-World" || !got.Forge.Value.Renamed || got.Commit != f.git("rev-parse", "HEAD") || !got.Releases.Known() {
			t.Errorf("got %v, %q, %+v, releases %+v", got.Ref, got.Name, got.Forge, got.Releases)
		}
	}
	first := s.collect("octocat/hello-world", nil)
	check(first)
	s.about("")
	check(s.collect("octocat/hello-world", first))
	if n := s.about("octocat/new-world"); n > 2 {
		t.Errorf("unchanged, and git was asked %d times under the new name", n)
	}
	s.api.answers["/repositories/1296269"] = fails(404)
	if _, err := s.c.Collect(t.Context(), repo.Request{Target: s.git.target("octocat/hello-world"), Want: all}); err == nil {
		t.Error("a move of which the forge says nothing was followed")
	}
}

// TestDefaults reads the owner's default community files by git, once for all repositories of the owner.
func TestDefaults(t *testing.T) {
	s, f := newSite(t)
	f.git("rm", "-r", "--quiet", "docs", "SECURITY.md")
	f.commit("Drop the policy")
	d := s.add("octocat/.github")
	d.write("SECURITY.md", "The owner's.\n")
	d.write("CODE_OF_CONDUCT.md", "Nobody wants this kind.\n")
	d.write("LICENSE", "Never inherited.\n")
	head := d.commit("Add defaults")
	s.api.answers["/repos/octocat/second"] = says(`{"id":2,"full_name":"octocat/second"}`)
	second := s.add("octocat/second")

	got := s.collect("octocat/hello-world", nil)
	v := got.Inherited.Value
	var paths []string
	for i := range v.Files {
		paths = append(paths, v.Files[i].Path)
	}
	// docs/SECURITY.md and the link to it come from the common history of the fixtures.
	if want := []string{"SECURITY.md", "docs/SECURITY.md"}; !got.Inherited.Known() || v.Commit != head || v.Name != "octocat/.github" || !slices.Equal(paths, want) {
		t.Fatalf("inherited %+v, paths %q", got.Inherited, paths)
	}
	if text := v.Files[0].Text; text != repo.Known("The owner's.\n") {
		t.Errorf("SECURITY.md: %+v", text)
	}
	s.about("")
	if other := s.collect("octocat/second", nil); other.Inherited.Value.Commit != head {
		t.Errorf("of another repository: %+v", other.Inherited)
	}
	if n := s.about("octocat/.github"); n != 0 {
		t.Errorf("the defaults were asked for %d times more", n)
	}

	s.c = s.collector(nil) // as after a restart
	if again := s.collect("octocat/hello-world", got); !reflect.DeepEqual(again.Inherited, got.Inherited) {
		t.Errorf("refreshed: %+v", again.Inherited)
	}
	if n := s.about("octocat/.github"); n > 2 {
		t.Errorf("unchanged defaults were asked for %d times", n)
	}

	second.write("CONTRIBUTING.md", "Send patches.\n")
	second.commit("Add what is missing")
	s.c = s.collector(nil)
	if own := s.collect("octocat/second", nil); !reflect.DeepEqual(own.Inherited, repo.Known(repo.Defaults{})) {
		t.Errorf("a repository with all kinds: %+v", own.Inherited)
	}
	if n := s.about("octocat/.github"); n != 0 {
		t.Errorf("defaults that cannot count were asked for %d times", n)
	}
}

// TestOtherForgesDefaults leaves the defaults alone where the forge has none.
func TestOtherForgesDefaults(t *testing.T) {
	s, _ := newSite(t)
	s.c.APIs[s.git.host()] = s.api.api(t, s.git.host(), repo.Gitea, nil)
	if got := s.collect("octocat/hello-world", nil); got.Inherited.Gap != repo.Unsupported {
		t.Errorf("inherited %+v", got.Inherited)
	}
	if n := s.about("octocat/.github"); n != 0 {
		t.Errorf("asked %d times", n)
	}
}

// TestForgesWithoutAPI say so: of a host without an API, and where nobody asks one.
func TestForgesWithoutAPI(t *testing.T) {
	s, _ := newSite(t)
	for gap, apis := range map[repo.Gap]map[string]*API{repo.Unsupported: {}, repo.Unasked: nil} {
		s.c.APIs = apis
		got := s.collect("octocat/hello-world", nil)
		for _, k := range repo.Kinds {
			want := repo.None
			switch {
			case k.Kind&repo.OfForge != 0:
				want = gap
			case k.Kind&repo.OfElsewhere != 0:
				want = repo.Unasked
			}
			if g, _ := got.Gap(k.Kind); g != want {
				t.Errorf("%s: %v, want %v", k.Name, g, want)
			}
		}
	}
	if asked, _ := s.api.take(); len(asked) != 0 {
		t.Errorf("asked %q", asked)
	}
}

// TestNotPublic is an error, whatever the API says, and ends what is under way.
func TestNotPublic(t *testing.T) {
	s, _ := newSite(t)
	s.api.answers["/repos/octocat/secret"] = hangs
	_, err := s.c.Collect(t.Context(), repo.Request{Target: s.git.target("octocat/secret"), Want: all})
	if err == nil || !strings.Contains(fmt.Sprint(err), ErrNotFound.Error()) {
		t.Errorf("err = %v", err)
	}
}

// BenchmarkCold collects a repository that nobody asked for before, with an owner's defaults, from a forge that takes its time
// for every request.
func BenchmarkCold(b *testing.B) {
	for _, wait := range []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond} {
		b.Run(wait.String(), func(b *testing.B) {
			s, _ := newSite(b)
			s.add("octocat/.github").write("SECURITY.md", "The owner's.\n")
			s.wait = wait
			for path, answer := range s.api.answers {
				s.api.answers[path] = func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(wait)
					answer(w, r)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				s.c = s.collector(&kept{})
				if got := s.collect("octocat/hello-world", nil); !got.Components.Known() || !got.Inherited.Known() {
					b.Fatalf("components %+v, inherited %+v", got.Components, got.Inherited)
				}
			}
		})
	}
}

// TestOwnCertificateAuthority trusts the certificates that an operator names, by git and by the web API, and no others.
func TestOwnCertificateAuthority(t *testing.T) {
	s, _ := newSite(t)
	inner, err := url.Parse(s.git.URL)
	if err != nil {
		t.Fatal(err)
	}
	git := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(inner))
	api := httptest.NewUnstartedServer(s.api)
	for _, server := range []*httptest.Server{git, api} {
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail
		server.StartTLS()
		t.Cleanup(server.Close)
	}
	host := strings.TrimPrefix(git.URL, "https://")
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: git.Certificate().Raw})
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	q := repo.Request{Target: repo.Target{Ref: repo.Ref{Scheme: "https", Host: host, Path: "octocat/hello-world"}}, Want: all}
	for _, trusted := range []bool{true, false} {
		policy, row := outbound.Policy{Allow: []string{host}}, Host{Name: host, Kind: repo.GitHub, API: api.URL + "/api/", Private: true}
		if trusted {
			policy.CA, row.CA = map[string]string{host: file}, ca
		}
		a, err := NewAPI(row, nil, outbound.APIObserver{})
		if err != nil {
			t.Fatal(err)
		}
		if facts := a.facts(t.Context(), "octocat/hello-world"); facts.Forge.Known() != trusted {
			t.Errorf("trusted %v: %+v", trusted, facts.Forge)
		}
		c := &Collector{Git: outbound.NewGit(policy)}
		if _, err := c.Collect(t.Context(), q); (err == nil) != trusted {
			t.Errorf("trusted %v: %v", trusted, err)
		}
	}
}
