package forge

import (
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// gitServer serves the repositories below a directory by smart HTTP, as git's own server does.
type gitServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // method and path of the requests
	bytes int64    // of the bodies of the answers
}

// serve starts a server for the repositories below root, with settings of git as name=value.
func serve(t testing.TB, root string, settings ...string) *gitServer {
	return serveBehind(t, root, func(h http.Handler) http.Handler { return h }, settings...)
}

// serveBehind has something stand before the server.
func serveBehind(t testing.TB, root string, before func(http.Handler) http.Handler, settings ...string) *gitServer {
	t.Helper()
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=" + root}
	for i, s := range append(settings, "safe.directory=*") {
		name, value, _ := strings.Cut(s, "=")
		n := string(rune('0' + i))
		env = append(env, "GIT_CONFIG_KEY_"+n+"="+name, "GIT_CONFIG_VALUE_"+n+"="+value, "GIT_CONFIG_COUNT="+string(rune('1'+i)))
	}
	backend := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), Env: env, Stderr: io.Discard}
	s := &gitServer{}
	s.Server = httptest.NewServer(before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.Path)
		s.mu.Unlock()
		backend.ServeHTTP(&counter{w, s}, r)
	})))
	t.Cleanup(s.Close)
	return s
}

// filtering is the setting of servers that leave out what is not asked for.
const filtering = "uploadpack.allowFilter=true"

// old stands before a server that does not know version 2 of the protocol.
func old(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Git-Protocol")
		h.ServeHTTP(w, r)
	})
}

type counter struct {
	http.ResponseWriter
	server *gitServer
}

func (c *counter) Write(p []byte) (int, error) {
	c.server.mu.Lock()
	c.server.bytes += int64(len(p))
	c.server.mu.Unlock()
	return c.ResponseWriter.Write(p)
}

// host returns the host as a policy names it.
func (s *gitServer) host() string { return strings.TrimPrefix(s.URL, "http://") }

// target is the repository at a path of the server.
func (s *gitServer) target(path string) repo.Target {
	return repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "http", Host: s.host(), Path: path}}
}

// collector may contact the server.
func (s *gitServer) collector() *Collector {
	return &Collector{Git: outbound.NewGit(outbound.Policy{Allow: []string{s.host()}})}
}
