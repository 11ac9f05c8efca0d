package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestUpstreamOption has the service stand before another server of modules.
func TestUpstreamOption(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	other := http.NewServeMux()
	other.HandleFunc("GET /modules", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"name": "dns", "mispattributes": {"input": ["hostname"]}, "meta": {"description": "", "module-type": ["hover"]}}]`)
	})
	other.HandleFunc("POST /query", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	upstream := httptest.NewServer(other)
	defer upstream.Close()
	base := service(t, "--no-forge", "--upstream", upstream.URL+"/")
	listed := func() bool {
		_, modules := send(t, http.MethodGet, base+"/modules", nil)
		return strings.Contains(string(modules), `"name":"csirt_tooling"`) && strings.Contains(string(modules), `"name":"dns"`)
	}
	for range 100 {
		if listed() {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !listed() {
		t.Fatal("the module of the server behind is not listed")
	}
	const query = `{"module": "dns", "hostname": "example.org"}`
	if status, answer := send(t, http.MethodPost, base+"/query", []byte(query)); status != http.StatusOK || string(answer) != query {
		t.Errorf("%d %s", status, answer)
	}
}
