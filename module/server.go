package module

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/misp"
)

// maxBody is the size in bytes up to which the body of a query is read.
const maxBody = 8 << 20

// buffers are for the bodies of queries, which ParseQuery copies. Those that outgrew usualBody, in bytes, are not kept.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const usualBody = 64 << 10

// grace is how long a stop waits for the answers under way.
const grace = 30 * time.Second

// Server serves modules in the protocol of misp-modules. Its exported fields are set once, before use.
type Server struct {
	Modules []Module
	Metrics *metrics.Metrics
	Log     *slog.Logger
	Version string // of the program
	// Patience is how long MISP waits; the zero value is DefaultPatience.
	Patience Patience
	// Upstream serves the modules that are not among these; nil: there is no such server.
	Upstream *Upstream

	stopping atomic.Bool
}

// Serve answers on the listener until ctx ends, then delivers the answers under way and returns nil.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	handler, err := s.Handler()
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler:        handler,
		ReadTimeout:    30 * time.Second, // of the head too: a time of its own would cost each query another timer
		WriteTimeout:   longestWait + 30*time.Second,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	if s.Upstream != nil {
		watching, stop := context.WithCancel(ctx)
		var watch sync.WaitGroup
		watch.Go(func() { s.Upstream.watch(watching, s.Log, s.descriptors()) })
		defer watch.Wait()
		defer stop()
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(wait); err != nil {
		_ = srv.Close() // what is still under way is lost either way
		return fmt.Errorf("stop: answers under way were cut off: %w", err)
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	return nil
}

// Handler returns the routes. What does not change is encoded once: MISP asks for the modules on every page, for one second.
func (s *Server) Handler() (http.Handler, error) {
	modules, err := encode(s.descriptors())
	if err != nil {
		return nil, fmt.Errorf("encode /modules: %w", err)
	}
	router := mux.NewRouter()
	router.HandleFunc("/query", s.query).Methods(http.MethodPost) // first, for the router tries one route after the other
	for _, fixed := range []struct {
		path string
		body any
	}{
		{"/healthcheck", map[string]bool{"status": true}},
		{"/version", map[string]string{"version": s.Version}},
		{"/openapi.json", openAPI(s.Version)},
	} {
		body, err := encode(fixed.body)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", fixed.path, err)
		}
		router.HandleFunc(fixed.path, func(w http.ResponseWriter, _ *http.Request) { s.write(w, http.StatusOK, body) }).Methods(http.MethodGet)
	}
	router.HandleFunc("/modules", func(w http.ResponseWriter, _ *http.Request) {
		if l := s.Upstream.last(); l.body != nil {
			s.write(w, http.StatusOK, l.body)
			return
		}
		s.write(w, http.StatusOK, modules)
	}).Methods(http.MethodGet)
	router.Handle("/metrics", s.Metrics.Handler()).Methods(http.MethodGet)
	router.HandleFunc("/readyz", s.ready).Methods(http.MethodGet)
	return router, nil
}

func (s *Server) descriptors() []Descriptor {
	list := make([]Descriptor, 0, len(s.Modules))
	for _, m := range s.Modules {
		list = append(list, m.Descriptor)
	}
	return list
}

// ready tells a load balancer whether to send queries here.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.stopping.Load() {
		s.write(w, http.StatusServiceUnavailable, []byte(`{"ready":false}`+"\n"))
		return
	}
	s.write(w, http.StatusOK, []byte(`{"ready":true}`+"\n"))
}

// query answers POST /query: 200 with results for every JSON object, so that one attribute never ends the enrichment of an event.
func (s *Server) query(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body := buffers.Get().(*bytes.Buffer)
	defer func() {
		if body.Cap() <= usualBody {
			body.Reset()
			buffers.Put(body)
		}
	}()
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, s.maxBody())); err != nil {
		status, text := http.StatusBadRequest, "The body could not be read."
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			status, text = http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is larger than %d bytes.", large.Limit)
		}
		s.malformed(w, r, start, status, text)
		return
	}
	q, err := ParseQuery(body.Bytes())
	if err != nil {
		s.malformed(w, r, start, http.StatusBadRequest, "The body is not a JSON object. A query names a module and an attribute.")
		return
	}
	a, name := s.answer(r.Context(), q, start)
	reply, err := a.encoded()
	if err != nil {
		s.Log.ErrorContext(r.Context(), "answer not encoded", "err", err)
		a = &Answer{Outcome: metrics.Failed}
		reply = noResults
	}
	s.write(w, http.StatusOK, reply)
	s.record(r.Context(), q.Kind(), name, a, time.Since(start))
}

// answer has the module answer in time. The name of an unknown module is not returned: it is text from outside.
func (s *Server) answer(ctx context.Context, q *Query, start time.Time) (a *Answer, name string) {
	for i := range s.Modules {
		m := &s.Modules[i]
		if m.Descriptor.Name != q.Module {
			continue
		}
		q.due = start.Add(q.Budget(s.patience()))
		defer func() {
			if p := recover(); p != nil {
				s.Log.ErrorContext(ctx, "module panicked", "module", m.Descriptor.Name, "panic", p, "stack", string(debug.Stack()))
				a = &Answer{Outcome: metrics.Failed, Error: "The module failed. The log of misp-csirt-tooling says why."}
			}
		}()
		return m.Answer(ctx, q), m.Descriptor.Name
	}
	if s.Upstream.last().names[q.Module] {
		return s.Upstream.forward(ctx, q), "upstream"
	}
	return &Answer{
		Outcome: metrics.Unknown,
		Error:   misp.Text(fmt.Sprintf("There is no module %q here. GET /modules lists those there are.", misp.Text(q.Module, maxName/2)), maxComment),
	}, "unknown"
}

func (s *Server) maxBody() int64 {
	if s.Upstream != nil {
		return maxForwarded
	}
	return maxBody
}

func (s *Server) patience() Patience {
	if s.Patience == (Patience{}) {
		return DefaultPatience
	}
	return s.Patience
}

// record counts and logs an answer, never what was asked: a body can hold a user's record and keys.
func (s *Server) record(ctx context.Context, kind metrics.Kind, name string, a *Answer, took time.Duration) {
	s.Metrics.Query(kind, a.Outcome, took)
	for _, report := range a.Reports {
		for i := range report.Findings {
			f := &report.Findings[i]
			s.Metrics.Finding(f.Check.ID, f.Status.String())
		}
	}
	level := slog.LevelInfo
	if a.Outcome == metrics.Nothing || a.Outcome == metrics.Own || a.Outcome == metrics.Forwarded {
		level = slog.LevelDebug // the enrichment of an event asks about every address in it
	}
	if !s.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("module", name), slog.String("kind", string(kind)), slog.String("outcome", string(a.Outcome)), slog.Duration("took", took),
	}
	if a.Host != "" {
		attrs = append(attrs, slog.String("host", a.Host))
	}
	if a.Why != "" {
		attrs = append(attrs, slog.String("err", a.Why))
	}
	s.Log.LogAttrs(ctx, level, "query", attrs...)
}

func (s *Server) malformed(w http.ResponseWriter, r *http.Request, start time.Time, status int, text string) {
	body, err := encode(Answer{Error: text})
	if err != nil {
		body = noResults
	}
	s.write(w, status, body)
	s.record(r.Context(), metrics.Enrichment, "unknown", &Answer{Outcome: metrics.Malformed}, time.Since(start))
}

// counted is up to how many bytes net/http tells the length of an answer by itself.
const counted = 2048

// The values of headers, shared by all answers.
var contentType = []string{"application/json"}

func (s *Server) write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = contentType
	if len(body) > counted {
		h["Content-Length"] = []string{strconv.Itoa(len(body))} // else it is sent in chunks
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // an asker who is gone needs no answer
}
