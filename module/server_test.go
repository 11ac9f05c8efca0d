package module

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/misp"
	"misp-csirt-tooling/internal/repo"
)

func server(t testing.TB, modules ...Module) *Server {
	t.Helper()
	return &Server{Modules: modules, Metrics: metrics.New("test", "none"), Log: slog.New(slog.DiscardHandler), Version: "test"}
}

func handler(t testing.TB, s *Server) http.Handler {
	t.Helper()
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ask(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(method, path, strings.NewReader(body)))
	return rec
}

// TestQueries sends every body that a MISP sends, and holds the answers to the rules of what it accepts.
func TestQueries(t *testing.T) {
	h := handler(t, server(t, enrichment(t).Module()))
	for name, body := range bodies(t) {
		t.Run(name, func(t *testing.T) {
			rec := ask(h, http.MethodPost, "/query", string(body))
			if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("%d %s", rec.Code, rec.Header())
			}
			q := query(t, string(body))
			var answer struct {
				Results *struct {
					Objects    []misp.Object `json:"Object"`
					Attributes any           `json:"Attribute"`
				} `json:"results"`
				Error string `json:"error"`
			}
			if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || answer.Results == nil {
				t.Fatalf("%v: %s", err, rec.Body)
			}
			for _, secret := range []string{"SECRETKEY", "admin.test", "user@example.org", "tlp:"} {
				if strings.Contains(rec.Body.String(), secret) {
					t.Errorf("the answer holds %q of the query", secret)
				}
			}
			if q.Module != "csirt_tooling" {
				if len(answer.Results.Objects) != 0 || !strings.Contains(answer.Error, q.Module) {
					t.Errorf("unknown module: %s", rec.Body)
				}
				return
			}
			if len(answer.Results.Objects) != 1 || answer.Results.Attributes != nil || answer.Error != "" {
				t.Fatalf("answer %s", rec.Body)
			}
			o := answer.Results.Objects[0]
			if q.Kind() == metrics.Hover {
				if len(o.Attributes) > 12 || len(o.References) != 0 {
					t.Errorf("hover %s", rec.Body)
				}
				return
			}
			checkObject(t, o)
			if refers := len(o.References) == 1; refers != (q.Attribute != nil || q.Object != nil) {
				t.Errorf("references %+v", o.References)
			}
		})
	}
}

func TestRoutes(t *testing.T) {
	h := handler(t, server(t, enrichment(t).Module()))
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/modules", "", 200, `[{"name":"csirt_tooling"`},
		{"GET", "/healthcheck", "", 200, `{"status":true}`},
		{"GET", "/version", "", 200, `{"version":"test"}`},
		{"GET", "/readyz", "", 200, `{"ready":true}`},
		{"GET", "/metrics", "", 200, "misp_csirt_tooling_build_info"},
		{"GET", "/openapi.json", "", 200, `"openapi":"3.1.0"`},
		{"POST", "/query", `{"module":"nobody"}`, 200, `{"results":{},"error":"There is no module \"nobody\" here`},
		{"POST", "/query", `{}`, 200, `{"results":{},"error":"There is no module \"\" here`},
		{"POST", "/query", `{"module":"csirt_tooling"}`, 200, `{"results":{}}`},
		{"POST", "/query", `{"module":"csirt_tooling","attribute":{"type":"url","value":"https://www.example.org"}}`, 200, `{"results":{}}`},
		{"POST", "/query", `{"module":`, 400, `{"results":{},"error":"The body is not a JSON object`},
		{"POST", "/query", ``, 400, `"error"`},
		{"POST", "/query", `[]`, 400, `"error"`},
		{"POST", "/query", `{"a":"` + strings.Repeat("x", maxBody) + `"}`, 413, `larger than 8388608 bytes`},
		{"GET", "/query", "", 405, ""},
		{"POST", "/modules", "", 405, ""},
		{"GET", "/modules/", "", 404, ""},
		{"GET", "/", "", 404, ""},
	} {
		rec := ask(h, c.method, c.path, c.body)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s %s %.40s: %d %.200s, want %d %s", c.method, c.path, c.body, rec.Code, rec.Body, c.status, c.want)
		}
	}
	if body := ask(h, "GET", "/metrics", "").Body.String(); !strings.Contains(body, `queries_total{kind="hover",outcome="nothing"} 2`) ||
		!strings.Contains(body, `queries_total{kind="hover",outcome="unknown"} 2`) {
		t.Error("the queries were not counted")
	}
}

func TestAnyContentType(t *testing.T) {
	h := handler(t, server(t, enrichment(t).Module()))
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"} {
		r := httptest.NewRequest(http.MethodPost, "/query", strings.NewReader(`{"module":"csirt_tooling","link":"https://github.com/example/tool"}`))
		r.Header.Set("Content-Type", kind)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), TemplateName) {
			t.Errorf("%q: %d %.100s", kind, rec.Code, rec.Body)
		}
	}
}

// TestDeadline holds the module to the time that MISP waits.
func TestDeadline(t *testing.T) {
	var left time.Duration
	m := Module{Descriptor: Descriptor{Name: "m"}, Answer: func(ctx context.Context, q *Query) *Answer {
		ctx, cancel := q.InTime(ctx)
		defer cancel()
		deadline, _ := ctx.Deadline()
		left = time.Until(deadline)
		return &Answer{Outcome: metrics.Nothing}
	}}
	ask(handler(t, server(t, m)), http.MethodPost, "/query", `{"module":"m","timeout":100}`)
	if left <= 90*time.Second || left > 95*time.Second {
		t.Errorf("%v left, want a little less than 95 s", left)
	}
}

func TestPanicIsAnswered(t *testing.T) {
	m := Module{Descriptor: Descriptor{Name: "m"}, Answer: func(context.Context, *Query) *Answer { panic("oops") }}
	var log bytes.Buffer
	s := server(t, m)
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	rec := ask(handler(t, s), http.MethodPost, "/query", `{"module":"m"}`)
	if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Body.String(), `{"results":{},"error":"The module failed.`) || strings.Contains(rec.Body.String(), "oops") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if !strings.Contains(log.String(), "panic=oops") {
		t.Errorf("the log does not tell the panic: %s", log.String())
	}
}

// TestLogTellsNoSecrets holds bodies and values out of the log.
func TestLogTellsNoSecrets(t *testing.T) {
	var log bytes.Buffer
	s := server(t, enrichment(t).Module())
	s.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h := handler(t, s)
	for _, body := range []string{
		`{"module":"csirt_tooling","config":{"k":"SECRET"},"user":{"email":"SECRET"},"event_id":"1","attribute":{"type":"url","value":"https://github.com/example/SECRET","comment":"SECRET"}}`,
		`{"module":"csirt_tooling","attribute":{"type":"url","value":"https://SECRET.example.org/"}}`,
		`{"module":"SECRET"}`,
		`SECRET`,
	} {
		ask(h, http.MethodPost, "/query", body)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 4 || strings.Contains(log.String(), "SECRET") {
		t.Errorf("the log says\n%s", log.String())
	}
	for _, want := range []string{`"msg":"query"`, `"outcome":"answered"`, `"kind":"automatic"`, `"module":"csirt_tooling"`, `"host":"github.com"`, `"took":`} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("the log lacks %s: %s", want, lines[0])
		}
	}
}

// TestGracefulStop stops a server that has answers under way: they arrive, and new connections are refused.
func TestGracefulStop(t *testing.T) {
	const askers = 8
	entered, release := make(chan struct{}, askers), make(chan struct{})
	e := enrichment(t)
	inner := e.Assessor
	e.Assessor = assessorFunc(func(ctx context.Context, target repo.Target) (*assess.Report, error) {
		entered <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return inner.Assess(ctx, target)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	s := server(t, e.Module())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()

	base := "http://" + l.Addr().String()
	var wg sync.WaitGroup
	for i := range askers {
		wg.Go(func() {
			body := fmt.Sprintf(`{"module":"csirt_tooling","event_id":"1","github-repository":"example/tool%d"}`, i)
			resp, err := http.Post(base+"/query", "application/json", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			text, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(text), fmt.Sprintf("example/tool%d: practices", i)) {
				t.Errorf("%d %v %.100s", resp.StatusCode, err, text)
			}
		})
	}
	for range askers {
		<-entered
	}
	stop()
	for !s.stopping.Load() {
		time.Sleep(time.Millisecond)
	}
	if rec := ask(handler(t, s), http.MethodGet, "/readyz", ""); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("/readyz says %d while stopping", rec.Code)
	}
	close(release)
	wg.Wait()
	if err := <-served; err != nil {
		t.Errorf("Serve = %v", err)
	}
	if _, err := http.Get(base + "/healthcheck"); err == nil {
		t.Error("it answers after the stop")
	}
}

func TestServeTellsAFailure(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := server(t).Serve(t.Context(), l); err == nil || !strings.Contains(err.Error(), "serve on 127.0.0.1") {
		t.Errorf("Serve on a closed listener = %v", err)
	}
}

// TestOpenAPI holds the document complete: every route, and every reference leads somewhere.
func TestOpenAPI(t *testing.T) {
	text := encoded(t, openAPI("1.2"))
	var doc struct {
		Paths      map[string]map[string]any `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any `json:"properties"`
				Required   []string       `json:"required"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	for path, method := range map[string]string{
		"/modules": "get", "/query": "post", "/healthcheck": "get", "/version": "get", "/openapi.json": "get", "/metrics": "get", "/readyz": "get",
	} {
		if doc.Paths[path][method] == nil {
			t.Errorf("no %s %s", method, path)
		}
	}
	for _, part := range strings.Split(text, `"$ref":"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if len(doc.Components.Schemas[name].Properties) == 0 {
			t.Errorf("the schema %s has no properties", name)
		}
	}
	for name, fields := range map[string][]string{
		"Query": {"module", "attribute", "object", "timeout"}, "Answer": {"results", "error"}, "Descriptor": {"mispattributes", "meta"},
		"MISPObject": {"template_uuid", "Attribute"}, "Attribute": {"value"}, "MISPAttribute": {"to_ids"},
	} {
		for _, field := range fields {
			if doc.Components.Schemas[name].Properties[field] == nil {
				t.Errorf("%s lacks %s", name, field)
			}
		}
	}
}

// FuzzQuery holds the server to its law: 200 with results for every JSON object, 400 for the rest.
func FuzzQuery(f *testing.F) {
	for _, body := range bodies(f) {
		f.Add(body)
	}
	for _, body := range []string{`{"module":"csirt_tooling","attribute":{"type":"url","value":"git@github.com:a/b.git"}}`, `{`, `{"object":{"Attribute":{}}}`} {
		f.Add([]byte(body))
	}
	h := handler(f, server(f, enrichment(f).Module()))
	f.Fuzz(func(t *testing.T, body []byte) {
		rec := ask(h, http.MethodPost, "/query", string(body))
		var answer map[string]json.RawMessage
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || len(answer["results"]) == 0 || answer["results"][0] != '{' {
			t.Errorf("%v: %s", err, rec.Body)
		}
		var object map[string]json.RawMessage
		want := http.StatusOK
		if json.Unmarshal(body, &object) != nil || object == nil {
			want = http.StatusBadRequest
		}
		if rec.Code != want {
			t.Errorf("%d for %q, want %d", rec.Code, body, want)
		}
	})
}

func benchmark(b *testing.B, method, path, body string) {
	h := handler(b, server(b, enrichment(b).Module()))
	b.ReportAllocs()
	for b.Loop() {
		if rec := ask(h, method, path, body); rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}

func BenchmarkModules(b *testing.B) { benchmark(b, http.MethodGet, "/modules", "") }

func BenchmarkNoRepository(b *testing.B) {
	body := string(bodies(b)["event.json"])
	benchmark(b, http.MethodPost, "/query", strings.NewReplacer(`"github-repository"`, `"url"`, `"example/tool"`, `"https://www.example.org/a/b?c=d"`).Replace(body))
}

func BenchmarkAnswer(b *testing.B) {
	benchmark(b, http.MethodPost, "/query", string(bodies(b)["event.json"]))
}
