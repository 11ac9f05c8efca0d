package outbound

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a server whose answers a test sets, with the requests that it saw.
type fake struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

func serve(t *testing.T, handle http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.seen = append(f.seen, r)
		f.mu.Unlock()
		handle(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

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

func newAPI(t *testing.T, f *fake, change func(*APIConfig)) *API {
	t.Helper()
	c := APIConfig{Name: "forge.example", Base: f.URL + "/api/", Private: true}
	if change != nil {
		change(&c)
	}
	a, err := NewAPI(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// get returns the body of an answer, and its status.
func get(a *API, path string) (string, int, error) {
	answer, err := a.Client().Get(a.Base().String() + path)
	if err != nil {
		return "", 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), answer.StatusCode, err
}

// TestTokenStaysAtHome lets an API redirect everywhere: the token goes to the API alone, and nothing goes anywhere else.
func TestTokenStaysAtHome(t *testing.T) {
	thief := serve(t, func(http.ResponseWriter, *http.Request) {})
	var home *fake
	home = serve(t, func(w http.ResponseWriter, r *http.Request) {
		targets := map[string]string{
			"/api/away": thief.URL + "/api/", "/api/user": strings.Replace(home.URL, "://", "://user:pass@", 1) + "/api/ok",
			"/api/up": home.URL + "/secret", "/api/dots": "/api/../secret", "/api/escaped": "/api/%2e%2e/secret",
			"/api/moved": "/api/ok", "/api/loop": "/api/loop", "/api/file": "file:///etc/passwd",
		}
		if to := targets[r.URL.Path]; to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusMovedPermanently)
		}
	})
	a := newAPI(t, home, func(c *APIConfig) { c.Tokens = []string{"SECRET"} })
	if _, status, err := get(a, "moved"); err != nil || status != http.StatusOK {
		t.Errorf("a redirect within the API: %d, %v", status, err)
	}
	for _, r := range home.seen {
		if r.Header.Get("Authorization") != "Bearer SECRET" {
			t.Errorf("%s came without the token", r.URL)
		}
	}
	for _, path := range []string{"away", "user", "up", "dots", "escaped", "file"} {
		if _, status, err := get(a, path); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %d, %v, want a refusal", path, status, err)
		}
	}
	if _, _, err := get(a, "loop"); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("loop: %v", err)
	}
	if len(thief.seen) != 0 {
		t.Errorf("%d requests came to another host", len(thief.seen))
	}
	for _, r := range home.seen {
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			t.Errorf("%s is not of the API", r.URL)
		}
	}
	for _, address := range []string{thief.URL + "/api/", home.URL + "/secret", home.URL + "/api/../secret"} {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.RoundTrip(r); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want a refusal", address, err)
		}
	}
	if _, err := a.Client().Post(home.URL+"/api/ok", "", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("POST: %v, want a refusal", err)
	}
}

// TestCallersHeadersDoNotPass replaces credentials that a caller set.
// TestPosts sends questions by POST to an API that takes them, and to no other; no answer to them is kept for the next question.
func TestPosts(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", `"1"`)
		text, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s", r.Method, text)
	})
	store := kept{}
	asks := newAPI(t, f, func(c *APIConfig) { c.Posts, c.Answers = true, store })
	for _, question := range []string{"one", "two"} {
		answer, err := asks.Client().Post(asks.Base().String()+"query", "text/plain", strings.NewReader(question))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if string(text) != "POST "+question || len(store) > 0 {
			t.Errorf("got %q, %d answers are kept", text, len(store))
		}
	}
	if _, err := newAPI(t, f, nil).Client().Post(f.URL+"/api/query", "text/plain", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("an API that takes no POST: %v", err)
	}
}

func TestCallersHeadersDoNotPass(t *testing.T) {
	f := serve(t, func(http.ResponseWriter, *http.Request) {})
	r, err := http.NewRequest(http.MethodGet, f.URL+"/api/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer other")
	r.Header.Set("Cookie", "session=1")
	answer, err := newAPI(t, f, nil).Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if h := f.seen[0].Header; h.Get("Authorization") != "" || h.Get("Cookie") != "" {
		t.Errorf("passed on: %v", h)
	}
}

func TestNewAPI(t *testing.T) {
	for _, c := range []struct {
		config APIConfig
		says   string // part of the error, empty for none
	}{
		{APIConfig{Base: "https://api.example.org"}, ""},
		{APIConfig{Base: "https://api.example.org/v1", Private: true}, ""},
		{APIConfig{Base: "http://10.0.0.1:3000/api", Private: true}, ""},
		{APIConfig{Base: "http://api.example.org/"}, "plain http"},
		{APIConfig{Base: "ftp://api.example.org/"}, "only https"},
		{APIConfig{Base: "https://user:pass@api.example.org/"}, "no URL"},
		{APIConfig{Base: "https://api.example.org/?x=1"}, "no URL"},
		{APIConfig{Base: "api.example.org"}, "no URL"},
		{APIConfig{Base: ""}, "no URL"},
		{APIConfig{Base: "https://API.example.org/"}, "plain host name"},
		{APIConfig{Base: "https://api.example.org/", CA: []byte("none")}, "no certificate"},
	} {
		a, err := NewAPI(c.config)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want …%s…", c.config, err, c.says)
		}
		if err == nil && !strings.HasSuffix(a.Base().Path, "/") {
			t.Errorf("the path of %s does not end in a slash", a.Base())
		}
	}
}

// TestWireChecksAddresses connects to addresses that were checked only, and to no other host.
func TestWireChecksAddresses(t *testing.T) {
	names := map[string][]netip.Addr{
		"private.example": {netip.MustParseAddr("127.0.0.1")},
		"mixed.example":   {netip.MustParseAddr("9.9.9.9"), netip.MustParseAddr("::ffff:10.0.0.1")},
		"empty.example":   {},
	}
	ask := func(_ context.Context, host string) ([]netip.Addr, error) { return names[host], nil }
	for _, c := range []struct {
		host, dial string
		want       error
	}{
		{"private.example", "private.example:443", ErrRefused},
		{"mixed.example", "mixed.example:443", ErrRefused},
		{"empty.example", "empty.example:443", ErrUnresolved},
		{"private.example", "other.example:443", ErrRefused},
		{"private.example", "private.example:8443", ErrRefused},
		{"169.254.169.254", "169.254.169.254:443", ErrRefused},
	} {
		base := &url.URL{Scheme: "https", Host: c.host, Path: "/"}
		wire := newWire(base, Policy{Hosts: []string{c.host}}, nil, ask)
		if _, err := wire.DialContext(t.Context(), "tcp", c.dial); !errors.Is(err, c.want) {
			t.Errorf("%s for %s: %v, want %v", c.dial, c.host, err, c.want)
		}
	}
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	if newWire(&url.URL{Scheme: "https", Host: "a.example"}, Policy{}, nil, ask).Proxy != nil {
		t.Error("a proxy of the environment may be used")
	}
}

// TestWireTriesEveryAddress goes on where one address does not answer.
func TestWireTriesEveryAddress(t *testing.T) {
	f := serve(t, func(http.ResponseWriter, *http.Request) {})
	u, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	host := "forge.example:" + u.Port()
	ask := func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.1")}, nil
	}
	wire := newWire(&url.URL{Scheme: "http", Host: host}, Policy{Allow: []string{host}}, nil, ask)
	c, err := wire.DialContext(t.Context(), "tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestAnswersAreBounded(t *testing.T) {
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 2 * AnswerLimit >> 20 {
		_, _ = w.Write(zeros)
	}
	w.Close()
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Etag", r.URL.RawQuery)
		if r.URL.Path == "/api/bomb" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
			return
		}
		size := AnswerLimit
		if r.URL.Path == "/api/large" {
			size++
		}
		for size > 0 {
			n, err := w.Write(zeros[:min(size, len(zeros))])
			if size -= n; err != nil {
				return
			}
		}
	})
	for _, answers := range []Answers{nil, kept{}} {
		a := newAPI(t, f, func(c *APIConfig) { c.Answers = answers })
		for _, path := range []string{"bomb?etag", "large?etag", "large"} {
			if body, _, err := get(a, path); !errors.Is(err, ErrTooLarge) {
				t.Errorf("%s: %d bytes, %v", path, len(body), err)
			}
		}
		if body, _, err := get(a, "full"); err != nil || len(body) != AnswerLimit {
			t.Errorf("full: %d bytes, %v", len(body), err)
		}
	}
}

// TestConditional asks again with the ETag, keeps answers apart by what they depend on, and learns from a 304.
func TestConditional(t *testing.T) {
	remaining := "90"
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-RateLimit-Limit", "100")
		h.Set("X-RateLimit-Remaining", remaining)
		h.Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Add(time.Hour).Unix()))
		h.Set("Link", `<https://forge.example/next>; rel="next"`)
		tag := `"` + r.Header.Get("Accept") + r.Header.Get("Authorization") + `"`
		if h.Set("Etag", tag); r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprintf(w, "for %s", tag)
	})
	store := kept{}
	told := 0
	newOne := func(token string) *API {
		return newAPI(t, f, func(c *APIConfig) {
			c.Answers, c.Observe.Remaining = store, func(n int) { told = n }
			if token != "" {
				c.Tokens = []string{token}
			}
		})
	}
	ask := func(a *API, accept string) string {
		t.Helper()
		r, err := http.NewRequest(http.MethodGet, a.Base().String()+"x", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		answer, err := a.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Link") == "" || answer.Header.Get("X-RateLimit-Limit") != "" {
			t.Fatalf("%d %v %v", answer.StatusCode, answer.Header, err)
		}
		return string(body)
	}
	for _, c := range []struct{ token, accept string }{{"", "a"}, {"", "b"}, {"T1", "a"}, {"T2", "a"}} {
		want := ask(newOne(c.token), c.accept)
		if got := ask(newOne(c.token), c.accept); got != want {
			t.Errorf("%+v: %q then %q", c, want, got)
		}
		if last := f.seen[len(f.seen)-1]; last.Header.Get("If-None-Match") == "" {
			t.Errorf("%+v: not asked conditionally", c)
		}
		if first := f.seen[len(f.seen)-2]; first.Header.Get("If-None-Match") != "" {
			t.Errorf("%+v: asked with another's answer", c)
		}
	}
	remaining = "77"
	if ask(newOne(""), "a"); told != 77 {
		t.Errorf("a 304 said 77 remaining, told %d", told)
	}
	for key := range store {
		if strings.Contains(key, "T1") {
			t.Errorf("the key %s gives the token away", key)
		}
		store[key] = []byte("damaged")
	}
	if got := ask(newOne(""), "a"); got != `for "a"` {
		t.Errorf("with a damaged store: %q", got)
	}
	if slices.ContainsFunc(f.seen[len(f.seen)-1:], func(r *http.Request) bool { return r.Header.Get("If-None-Match") != "" }) {
		t.Error("a damaged answer was asked for conditionally")
	}
}
