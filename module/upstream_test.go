package module

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"misp-csirt-tooling/internal/metrics"
)

// listed is what another server lists: a module for MISP, one that would break MISP, and one with the name of ours.
const listed = `[
	{"name": "dns", "type": "expansion", "mispattributes": {"input": ["hostname"]}, "meta": {"description": "DNS", "module-type": ["hover"], "config": ["nameserver"]}, "more": 1},
	{"name": "broken", "type": "expansion", "mispattributes": {"input": ["hostname"]}, "meta": {"description": "no kind"}},
	{"name": "deaf", "type": "expansion", "mispattributes": {"output": ["text"]}, "meta": {"description": "no input", "module-type": ["expansion"]}},
	{"name": "dumb", "type": "expansion", "mispattributes": {"input": ["url", 1]}, "meta": {"description": "no input", "module-type": ["hover"]}},
	{"name": "csirt_tooling", "type": "expansion", "mispattributes": {"input": []}, "meta": {"description": "", "module-type": []}},
	{"name": "dns", "type": "export_mod", "mispattributes": {}, "meta": {"description": "twice", "module-type": []}},
	"none"]`

// behind starts a server of modules that answers queries with a function, and returns ours before it, which has read its list.
func behind(t *testing.T, answer http.HandlerFunc) (*Server, *httptest.Server) {
	t.Helper()
	other := http.NewServeMux()
	other.HandleFunc("GET /modules", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, listed) })
	other.HandleFunc("POST /query", answer)
	upstream := httptest.NewServer(other)
	t.Cleanup(upstream.Close)
	s := server(t, enrichment(t).Module())
	s.Upstream = &Upstream{Base: upstream.URL, Ask: upstream.Client().Do}
	if err := s.Upstream.list(t.Context(), s.Log, s.descriptors()); err != nil {
		t.Fatal(err)
	}
	return s, upstream
}

func TestUpstream(t *testing.T) {
	const asked = `{"module": "dns", "hostname": "example.org", "config": {"nameserver": null}, "event_id": 7}`
	const said = `{"results": [{"types": ["ip-dst"], "values": ["192.0.2.1"]}]}`
	s, upstream := behind(t, func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) != asked {
			t.Errorf("it was asked %s", body)
		}
		_, _ = io.WriteString(w, said)
	})
	h := handler(t, s)
	names := func() (names []string) {
		var modules []struct {
			Name string `json:"name"`
			More int    `json:"more"`
		}
		if err := json.Unmarshal(ask(h, http.MethodGet, "/modules", "").Body.Bytes(), &modules); err != nil {
			t.Fatal(err)
		}
		for _, m := range modules {
			names = append(names, m.Name)
		}
		if len(modules) == 2 && modules[1].More != 1 {
			t.Error("the description was changed")
		}
		return names
	}
	want := []string{"csirt_tooling", "dns"}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("listed: %q, want %q", got, want)
	}
	if rec := ask(h, http.MethodPost, "/query", asked); rec.Code != http.StatusOK || rec.Body.String() != said {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for _, body := range []string{
		`{"module": "csirt_tooling", "event_id": "1", "attribute": {"type": "url", "value": "https://www.example.org/"}}`,
		`{"module": "broken"}`, `{"module": "none at all"}`,
	} {
		if rec := ask(h, http.MethodPost, "/query", body); rec.Code != http.StatusOK || !strings.HasPrefix(rec.Body.String(), `{"results":{}`) {
			t.Errorf("%s: %d %s", body, rec.Code, rec.Body)
		}
	}
	upstream.Close()
	if err := s.Upstream.list(t.Context(), s.Log, s.descriptors()); err == nil {
		t.Error("nobody notices that it is gone")
	}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("listed after it is gone: %q, want %q", got, want)
	}
}

// TestUpstreamFails has answers that MISP would stumble over.
func TestUpstreamFails(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"status":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"no JSON":     func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"empty":       func(http.ResponseWriter, *http.Request) {},
		"interrupted": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s, upstream := behind(t, answer)
			rec := ask(handler(t, s), http.MethodPost, "/query", `{"module": "dns"}`)
			var a struct {
				Results map[string]any
				Error   string
			}
			if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil || rec.Code != http.StatusOK || a.Results == nil || !strings.Contains(a.Error, upstream.URL) {
				t.Errorf("%d %s, %v", rec.Code, rec.Body, err)
			}
		})
	}
}

// TestUpstreamEnds has an asker go away: what was handed on ends too.
func TestUpstreamEnds(t *testing.T) {
	reached, ended := make(chan bool), make(chan bool)
	s, _ := behind(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reached <- true
		<-r.Context().Done()
		ended <- true
	})
	ctx, leave := context.WithCancel(t.Context())
	q := query(t, `{"module": "dns"}`)
	answered := make(chan *Answer)
	go func() { answered <- s.Upstream.forward(ctx, q) }()
	<-reached
	leave()
	if a := <-answered; a.Outcome != metrics.Unreachable {
		t.Errorf("it is %s", a.Outcome)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("it goes on")
	}
}

// TestUpstreamTakesMore hands on what is too large for our own module: files to import.
func TestUpstreamTakesMore(t *testing.T) {
	body := `{"module": "dns", "data": "` + strings.Repeat("A", maxBody) + `"}`
	s, _ := behind(t, func(w http.ResponseWriter, r *http.Request) {
		if n, _ := io.Copy(io.Discard, r.Body); n != int64(len(body)) {
			t.Errorf("%d bytes came, want %d", n, len(body))
		}
		_, _ = io.WriteString(w, `{"results": []}`)
	})
	if rec := ask(handler(t, s), http.MethodPost, "/query", body); rec.Body.String() != `{"results": []}` {
		t.Errorf("%d %.100s", rec.Code, rec.Body)
	}
}

// TestUpstreamIsWatched has it come up after the service.
func TestUpstreamIsWatched(t *testing.T) {
	up := make(chan struct{})
	var once sync.Once
	u := &Upstream{Base: "http://upstream.example", Ask: func(*http.Request) (*http.Response, error) {
		defer once.Do(func() { close(up) })
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(listed))}, nil
	}}
	s := server(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		u.watch(ctx, s.Log, nil)
		close(ended)
	}()
	<-up
	for len(u.last().names) == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-ended
	if !u.last().names["csirt_tooling"] {
		t.Error("a name is kept free for nobody")
	}
}

// FuzzUpstreamList holds that whatever another server lists, MISP gets a list of modules with all that it reads of each.
func FuzzUpstreamList(f *testing.F) {
	for _, list := range []string{listed, "", "null", "{}", "[[]]", `[{"name": "\ud800", "mispattributes": {}, "meta": {"description": "", "module-type": [1]}}]`} {
		f.Add(list)
	}
	s := server(f, enrichment(f).Module())
	f.Fuzz(func(t *testing.T, list string) {
		u := &Upstream{Base: "http://upstream.example", Ask: func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(list))}, nil
		}}
		if u.list(t.Context(), s.Log, s.descriptors()) != nil {
			return
		}
		var modules []json.RawMessage
		if err := json.Unmarshal(u.last().body, &modules); err != nil || len(modules) != 1+len(u.last().names) {
			t.Fatalf("%d modules, %v", len(modules), err)
		}
		for _, m := range modules {
			if name, whole := describes(m); !whole {
				t.Errorf("%q: %s", name, m)
			}
		}
	})
}
