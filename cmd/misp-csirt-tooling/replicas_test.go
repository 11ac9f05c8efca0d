package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestReplicas has 64 clients ask three replicas that share a Redis, one of which is killed in the middle: no answer may be
// wrong or missing, and each repository is collected once, twice where the dead one was at it. It takes the machine for a
// while, so it runs when LOAD is set.
func TestReplicas(t *testing.T) {
	redis := heavy(t, "redis-server")
	socket := filepath.Join(t.TempDir(), "redis.sock")
	start(t, exec.Command(redis, "--port", "0", "--unixsocket", socket, "--save", ""), func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	const repositories, clients, asks = 12, 64, 10
	var mu sync.Mutex
	collected := map[string]int{}
	origin, err := url.Parse(gitServer(t))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(origin)
	forge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if rest == "info/refs" && r.Header.Get("Git-Protocol") != "" {
			mu.Lock()
			collected[name]++
			mu.Unlock()
		}
		time.Sleep(50 * time.Millisecond)
		r.URL.Path = "/tool.git/" + rest
		proxy.ServeHTTP(w, r)
	}))
	defer forge.Close()
	var replicas []*exec.Cmd
	var addresses []string
	binary := build(t)
	for range 3 {
		cmd, address := startService(t, binary, "--no-forge", "--store", "unix://"+socket, "--allow-host", strings.TrimPrefix(forge.URL, "http://"))
		t.Cleanup(func() {
			_ = cmd.Process.Kill() // one is dead already
			_ = cmd.Wait()
		})
		replicas, addresses = append(replicas, cmd), append(addresses, address)
	}

	var answered, retried atomic.Int32
	var wg sync.WaitGroup
	begin := time.Now()
	for c := range clients {
		wg.Go(func() {
			client := &http.Client{Timeout: 20 * time.Second}
			for i := range asks {
				name := fmt.Sprintf("repository-%d.git", (c+i)%repositories)
				body := fmt.Sprintf(`{"module":"csirt_tooling","event_id":"1","attribute":{"type":"link","uuid":"219d6f31-0e28-4661-a22e-c9a5ca2054df","value":"%s/%s"}}`, forge.URL, name)
				for try := 0; ; try++ { // as a balancer does
					text, err := post(client, addresses[(c+i+try)%len(addresses)], body)
					if err == nil && bytes.Contains(text, []byte("/"+name+`"`)) && bytes.Contains(text, []byte(": practices ")) {
						answered.Add(1)
						break
					}
					if retried.Add(1); try == 5 {
						t.Errorf("%s: %.300s, %v", name, text, err)
						break
					}
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	if err := replicas[0].Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	t.Logf("%d answers in %v, %d asked again", answered.Load(), time.Since(begin).Round(time.Millisecond), retried.Load())
	twice := 0
	for name, n := range collected {
		// A collection begins with one request that names the refs, and has three more for blobs, commits and tags.
		if n > 8 {
			t.Errorf("%s was collected more than twice: %d requests for its refs", name, n)
		} else if n > 4 {
			twice++
		}
	}
	t.Logf("%d of %d repositories were collected twice", twice, len(collected))
	if twice > 2 {
		t.Errorf("%d repositories were collected twice, the dead replica can have been at two", twice)
	}
}

// heavy skips a test that takes the machine for a while, unless LOAD is set and the program that it needs is there, and returns the
// program's path.
func heavy(t *testing.T, program string) string {
	t.Helper()
	if os.Getenv("LOAD") == "" {
		t.Skip("LOAD is not set")
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("there is no %s on this machine", program)
	}
	return path
}

// start starts a process that is killed in the end, and waits until it is ready.
func start(t *testing.T, cmd *exec.Cmd, ready func() bool) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // nothing of it is kept
		_ = cmd.Wait()
	})
	for range 200 {
		if ready() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s is not ready", cmd.Path)
}

func post(client *http.Client, address, body string) ([]byte, error) {
	response, err := client.Post(address+"/query", "application/json", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}
