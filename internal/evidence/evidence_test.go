package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// fixture is a server that stands for the services and for every site: of a site it answers below /HOST.
type fixture struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]http.HandlerFunc // by escaped path; what is not listed is not found
	asked   []string
}

func serve(t *testing.T, answers map[string]http.HandlerFunc) *fixture {
	t.Helper()
	f := &fixture{answers: answers}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.asked = append(f.asked, r.URL.EscapedPath())
		f.mu.Unlock()
		if answer := f.answers[r.URL.EscapedPath()]; answer != nil {
			answer(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// take returns what was asked since the last time, in order of the alphabet.
func (f *fixture) take() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.asked
	f.asked = nil
	slices.Sort(asked)
	return asked
}

func says(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, text)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// hangs answers when nobody waits any more.
func hangs(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the client is gone
	<-r.Context().Done()
}

// stub is a collector of one snapshot.
type stub struct {
	s   repo.Snapshot
	err error
}

func (c *stub) Collect(_ context.Context, q repo.Request) (*repo.Snapshot, error) {
	s := c.s
	if q.Early != nil {
		early := c.s
		q.Early(&early)
	}
	return &s, c.err
}

// public returns the snapshot of a repository that everybody can read.
func public() repo.Snapshot {
	return repo.Snapshot{
		Ref: repo.Ref{Scheme: "https", Host: "github.com", Path: "owner/tool"}, Name: "Owner/Tool",
		Public: repo.Known(true), Forge: repo.Known(repo.ForgeFacts{ID: "7", FullName: "Owner/Tool", Visibility: repo.VisibilityPublic}),
		Time: time.Now(),
	}
}

// nowhere is the name of a host that has no address, which is found without asking.
var nowhere = strings.Repeat("a", 64) + ".example.org"

// open opens services at a fixture. The sites that a configuration admits are there, too, but those below example.net, which have
// no address.
func open(t *testing.T, f *fixture, next Collector, config Config, names ...string) *Chain {
	t.Helper()
	var specs []string
	for _, s := range services {
		switch {
		case !slices.Contains(names, s.name):
		case s.base == "":
			specs = append(specs, s.name)
		default:
			specs = append(specs, s.name+"="+f.URL)
		}
	}
	if config.Known == nil {
		config.Known = func(repo.Ref) (products, packages []string) { return []string{"owner:tool"}, nil }
	}
	config.Hosted = func(r repo.Ref) bool { return r.Host != "allowed.example.org" }
	c, err := New(specs, config, next)
	if err != nil {
		t.Fatal(err)
	}
	chain := c.(*Chain)
	for _, client := range chain.clients {
		client.site = func(host, path string) (*outbound.API, error) {
			switch err := chain.admit(host); {
			case err != nil:
				return nil, err
			case strings.HasSuffix(host, ".example.net"):
				return client.open("https://"+nowhere+path, false)
			}
			return client.open(f.URL+"/"+host+path, true)
		}
	}
	return chain
}

// asking returns a request whose answers are the questions.
func asking(q repo.Questions) repo.Request {
	return repo.Request{Ask: func(*repo.Snapshot) repo.Questions { return q }}
}

// TestNothingLeavesForPrivateRepositories counts the requests about repositories that not everybody can read: none.
func TestNothingLeavesForPrivateRepositories(t *testing.T) {
	f := serve(t, nil)
	for name, change := range map[string]func(*repo.Snapshot){
		"directory":              func(s *repo.Snapshot) { s.Ref = repo.Ref{Scheme: "file", Path: "/srv/tool"} },
		"plain http":             func(s *repo.Snapshot) { s.Ref.Scheme = "http" },
		"host of the operator":   func(s *repo.Snapshot) { s.Ref.Host = "allowed.example.org" },
		"address":                func(s *repo.Snapshot) { s.Ref.Host = "192.0.2.1" },
		"name of the network":    func(s *repo.Snapshot) { s.Ref.Host = "git" },
		"private":                func(s *repo.Snapshot) { s.Forge.Value.Visibility = repo.VisibilityPrivate },
		"internal":               func(s *repo.Snapshot) { s.Forge.Value.Visibility = repo.VisibilityInternal },
		"not known to be public": func(s *repo.Snapshot) { s.Public = repo.Missing[bool](repo.Unasked, "") },
		"known not to be public": func(s *repo.Snapshot) { s.Public = repo.Known(false) },
		"address with a port":    func(s *repo.Snapshot) { s.Ref.Host = "127.0.0.1:8080" },
		"address of version 6":   func(s *repo.Snapshot) { s.Ref.Host = "[::1]" },
		"address 6 with a port":  func(s *repo.Snapshot) { s.Ref.Host = "[::ffff:192.0.2.1]:443" },
	} {
		s := public()
		change(&s)
		c := open(t, f, &stub{s: s}, Config{AnySite: true}, Names()...)
		got, err := c.Collect(t.Context(), asking(everything))
		if err != nil {
			t.Fatal(err)
		}
		for i := range services {
			if gap, _ := got.Gap(services[i].kind); gap != repo.Unsupported {
				t.Errorf("%s: %s: %v", name, services[i].name, gap)
			}
		}
		if asked := f.take(); len(asked) > 0 {
			t.Errorf("%s: asked for %q", name, asked)
		}
	}
}

const fingerprint = "12f76ddeafd3c1cdc4b8ebc9e2675669cbdc7f1c"

// everything are questions for all services.
var everything = repo.Questions{Fingerprints: []string{fingerprint}, Addresses: []string{"security@example.org"}, Sites: []string{"tool.example.org"}, Packages: []string{"pkg:pypi/tool"}}

// TestGaps lets services fail in every way, each with the gap that tells it.
func TestGaps(t *testing.T) {
	thief := serve(t, nil)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		gap    repo.Gap
	}{
		"not found":    {status(http.StatusNotFound), repo.None},
		"broken":       {status(http.StatusBadGateway), repo.Failed},
		"limited":      {status(http.StatusTooManyRequests), repo.Limited},
		"too large":    {says("text/plain", strings.Repeat("x", 20<<20)), repo.TooLarge},
		"hanging":      {hangs, repo.Late},
		"another host": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, thief.URL, http.StatusFound) }, repo.Denied},
		"aborted":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, repo.Failed},
	} {
		f := serve(t, nil)
		f.Config.Handler = tt.answer
		c := open(t, f, &stub{s: public()}, Config{AnySite: true}, Names()...)
		q := asking(everything)
		q.Soon = time.Now().Add(time.Minute)
		if tt.gap == repo.Late {
			q.Soon = time.Now().Add(100 * time.Millisecond)
		}
		got, err := c.Collect(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range services {
			if gap, detail := got.Gap(services[i].kind); gap != tt.gap {
				t.Errorf("%s: %s: %v, %s, want %v", name, services[i].name, gap, detail, tt.gap)
			}
		}
	}
	if asked := thief.take(); len(asked) > 0 {
		t.Errorf("another host was asked for %q", asked)
	}
}

// TestLastKnown serves what was known last while a service fails, unless it was about another repository.
func TestLastKnown(t *testing.T) {
	f := serve(t, nil)
	f.Config.Handler = status(http.StatusBadGateway)
	old := public()
	old.Time = time.Now().AddDate(0, 0, -2)
	old.Elsewhere = &repo.Elsewhere{Keys: repo.Known([]repo.KeyCopy{{Fingerprint: fingerprint}})}
	c := open(t, f, &stub{s: public()}, Config{AnySite: true}, "openpgp-keys")
	q := asking(everything)
	q.Old = &old
	early := false
	q.Early = func(s *repo.Snapshot) {
		early = true
		if len(s.Elsewhere.Keys.Value) != 1 || s.Since[repo.Keys] != old.Time {
			t.Errorf("early: %+v", s.Elsewhere)
		}
	}
	got, err := c.Collect(t.Context(), q)
	if err != nil || !early || len(got.Elsewhere.Keys.Value) != 1 || got.Since[repo.Keys] != old.Time {
		t.Errorf("%+v of %v, %v", got.Elsewhere, got.Since, err)
	}
	old.Forge.Value.ID, q.Early = "8", nil
	if got, err := c.Collect(t.Context(), q); err != nil || got.Elsewhere.Keys.Gap != repo.Failed {
		t.Errorf("of another repository: %+v, %v", got.Elsewhere, err)
	}
}

// TestEarly tells which facts are on their way.
func TestEarly(t *testing.T) {
	c := open(t, serve(t, nil), &stub{s: public()}, Config{}, "openpgp-keys")
	q, told := asking(repo.Questions{}), 0
	q.Early = func(s *repo.Snapshot) {
		told++
		for i := range services {
			want := repo.Unasked
			if services[i].name == "openpgp-keys" {
				want = repo.Late
			}
			if gap, _ := s.Gap(services[i].kind); gap != want {
				t.Errorf("%s: %v, want %v", services[i].name, gap, want)
			}
		}
	}
	if got, err := c.Collect(t.Context(), q); err != nil || told != 1 || !got.Elsewhere.Keys.Known() {
		t.Errorf("%+v, %v, told %d times", got.Elsewhere, err, told)
	}
}

func TestNew(t *testing.T) {
	next := &stub{err: errors.New("no snapshot")}
	if c, err := New(nil, Config{}, next); err != nil || c != Collector(next) {
		t.Errorf("without services: %v, %v", c, err)
	}
	for spec, want := range map[string]string{
		"openpgp-keys": "", "openpgp-keys=http://127.0.0.1:8000": "", "security-txt": "", "security-txt=http://127.0.0.1:8000": "has no URL", "npm": "use one of security-txt, openpgp-keys, osv, vulnerability-lookup", "openpgp-keys=nowhere": "is no URL",
		"openpgp-keys openpgp-keys": "named twice",
	} {
		c, err := New(strings.Fields(spec), Config{}, next)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("New(%s): %v, want %q", spec, err, want)
		}
		if err != nil {
			continue
		}
		if _, err := c.Collect(t.Context(), repo.Request{}); !errors.Is(err, next.err) {
			t.Errorf("%s: %v, want the error of the collector", spec, err)
		}
	}
}

// TestSites says which sites may be contacted.
func TestSites(t *testing.T) {
	listed := &Chain{Config: Config{Sites: []string{"example.org"}}}
	anyOne := &Chain{Config: Config{AnySite: true}}
	for host, want := range map[string][2]bool{
		"example.org": {true, true}, "www.example.org": {true, true}, "badexample.org": {false, true}, "example.org.example.com": {false, true},
		"192.0.2.1": {}, "localhost": {}, "example.org:8443": {}, "[::1]": {}, "": {}, "user@example.org": {}, "example.org/x": {},
		"10.0.0.1.": {false, true}, // the door refuses it by its form
	} {
		if got := [2]bool{listed.admit(host) == nil, anyOne.admit(host) == nil}; got != want {
			t.Errorf("%s: %v, want %v", host, got, want)
		}
	}
	behind := &Chain{Config: Config{AnySite: true, Proxy: &url.URL{Scheme: "http", Host: "proxy.example.org:3128"}}}
	if behind.admit("example.org") == nil {
		t.Error("any site may be contacted behind a proxy")
	}
	c := open(t, serve(t, nil), &stub{}, Config{AnySite: true}, "openpgp-keys").clients[0]
	for _, host := range []string{"10.0.0.1.", "0x7f.1", "exämple.org"} {
		if _, err := c.openSite(host, "/.well-known/"); err == nil {
			t.Errorf("%s was opened", host)
		}
	}
}
