package forge

import (
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// tunnel is an HTTP proxy that leads every host to one address and asks for a password.
type tunnel struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string // hosts
}

func newTunnel(t *testing.T, to string) *tunnel {
	p := &tunnel{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.Host)
		p.mu.Unlock()
		r.Header.Set("Authorization", r.Header.Get("Proxy-Authorization"))
		if user, password, ok := r.BasicAuth(); !ok || user != "misp" || password != "secret" || r.Method != http.MethodConnect {
			w.Header().Set("Proxy-Authenticate", "Basic")
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		behind, err := net.Dial("tcp", to)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer behind.Close()
		client, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(behind, client) }()
		_, _ = io.Copy(client, behind)
	}))
	t.Cleanup(p.Close)
	return p
}

// TestProxy reads a repository and asks its forge where only a proxy knows the way, and the name too.
func TestProxy(t *testing.T) {
	f := history(t)
	gits := serve(t, filepath.Dir(f.dir), filtering)
	forge := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			_, _ = io.WriteString(w, `{"id": 1, "full_name": "o/n", "visibility": "public", "private": false}`)
			return
		}
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/o")
		gits.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(forge.Close)
	proxy := newTunnel(t, forge.Listener.Addr().String())
	by, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	by.User = url.UserPassword("misp", "secret")

	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: forge.Certificate().Raw})
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	const host = "example.com" // the name in the certificate of the test server
	policy := outbound.Policy{Hosts: []string{host}, CA: map[string]string{host: file}, Proxy: by}
	api, err := NewAPI(Host{Name: host, Kind: repo.GitHub, API: "https://" + host + "/api/", CA: ca, Proxy: by}, nil, outbound.APIObserver{})
	if err != nil {
		t.Fatal(err)
	}
	c := &Collector{Git: outbound.NewGit(policy), APIs: map[string]*API{host: api}}
	target := repo.Target{Meaning: repo.Repository, Name: "o/" + filepath.Base(f.dir), Ref: repo.Ref{Scheme: "https", Host: host, Path: "o/" + filepath.Base(f.dir)}}
	s, err := c.Collect(context.Background(), repo.Request{Target: target, Want: all})
	if err != nil {
		t.Fatal(err)
	}
	if s.Files.Gap != repo.None || len(s.Files.Value) == 0 {
		t.Errorf("files: %v %s", s.Files.Gap, s.Files.Detail)
	}
	if s.Forge.Gap != repo.None {
		t.Errorf("forge: %v %s", s.Forge.Gap, s.Forge.Detail)
	}
	if len(proxy.asked) == 0 || slices.ContainsFunc(proxy.asked, func(a string) bool { return a != "CONNECT "+host+":443" }) {
		t.Errorf("the proxy was asked for %q", proxy.asked)
	}
}
