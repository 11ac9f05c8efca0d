package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestColdQuery has a service answer for the first time about the bare git directory that REPOSITORY names, over git's smart HTTP
// on loopback, with each request delayed. It prints medians of five services.
func TestColdQuery(t *testing.T) {
	dir := os.Getenv("REPOSITORY")
	if dir == "" {
		t.Skip("REPOSITORY names no git directory")
	}
	backend := gitBackend(t, filepath.Dir(dir))
	binary := build(t)
	for _, delay := range []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond} {
		var requests atomic.Int32
		forge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			time.Sleep(delay)
			backend.ServeHTTP(w, r)
		}))
		query := fmt.Sprintf(`{"module":"csirt_tooling","event_id":"1","attribute":{"type":"link","value":"%s/%s"}}`, forge.URL, filepath.Base(dir))
		var took []time.Duration
		for range 5 {
			cmd, address := startService(t, binary, "--no-forge", "--store", "memory", "--allow-host", strings.TrimPrefix(forge.URL, "http://"))
			begin := time.Now()
			status, answer := send(t, http.MethodPost, address+"/query", []byte(query))
			took = append(took, time.Since(begin))
			if status != http.StatusOK || !bytes.Contains(answer, []byte(": practices ")) {
				t.Errorf("%d: %.300s", status, answer)
			}
			_ = cmd.Process.Kill() // the next one is another
			_ = cmd.Wait()
		}
		forge.Close()
		t.Logf("%v a request: %.2f s, %d requests", delay, middle(took).Seconds(), requests.Load()/5)
	}
}
