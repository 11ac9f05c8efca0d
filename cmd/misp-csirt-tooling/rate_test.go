package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gorilla/mux"
)

// rounds is how often each rate is measured, in turns with what it is compared with.
const rounds = 5

// TestRates has wrk ask a warm service as fast as it can, and beside it a server that only copies an answer of the same size. It
// prints the medians. It takes the machine for some minutes, so it runs when LOAD is set. REPOSITORY names a bare git directory
// to ask about instead of a small one.
func TestRates(t *testing.T) {
	wrk := heavy(t, "wrk")
	forge := gitServer(t)
	repository := forge + "/tool.git"
	if dir := os.Getenv("REPOSITORY"); dir != "" {
		real := httptest.NewServer(gitBackend(t, filepath.Dir(dir)))
		defer real.Close()
		forge, repository = real.URL, real.URL+"/"+filepath.Base(dir)
	}
	cmd, ours := startService(t, build(t), "--no-forge", "--store", "bolt:"+filepath.Join(t.TempDir(), "store.db"),
		"--allow-host", strings.TrimPrefix(forge, "http://"))
	defer func() {
		if peak, ok := statusOf(cmd.Process.Pid, "VmHWM"); ok {
			t.Logf("%.1f MiB at most", float64(peak)/1024)
		}
		_ = cmd.Process.Kill() // nothing of it is kept
		_ = cmd.Wait()
	}()
	const attribute = `{"module":"csirt_tooling","event_id":"7","attribute":{"id":"71","event_id":"7","object_id":"0","object_relation":null,` +
		`"category":"External analysis","type":"link","to_ids":false,"uuid":"219d6f31-0e28-4661-a22e-c9a5ca2054df","timestamp":"1781000000",` +
		`"distribution":"5","sharing_group_id":"0","comment":"","deleted":false,"disable_correlation":false,"first_seen":null,"last_seen":null,"value":"%s"}}`
	for _, c := range []struct{ name, method, path, body string }{
		{"full object", http.MethodPost, "/query", fmt.Sprintf(attribute, repository)},
		{"no repository", http.MethodPost, "/query", fmt.Sprintf(attribute, "https://www.example.org/a/b?c=d")},
		{"modules", http.MethodGet, "/modules", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, answer := send(t, c.method, ours+c.path, []byte(c.body)) // from now on it is in the store
			if status != http.StatusOK || c.name == "full object" && !bytes.Contains(answer, []byte(": practices ")) {
				t.Fatalf("%d: %.300s", status, answer)
			}
			script := filepath.Join(t.TempDir(), "ask.lua")
			lua := fmt.Sprintf("wrk.method = %q\nwrk.body = %q\nwrk.headers['Content-Type'] = 'application/json'\n", c.method, c.body)
			if err := os.WriteFile(script, []byte(lua), 0o600); err != nil {
				t.Fatal(err)
			}
			bare := bareServer(t, answer)
			for _, connections := range []int{1, 16, 64} {
				var own, other, latency []float64
				for range rounds {
					rate, p99 := ask(t, wrk, script, connections, ours+c.path)
					own, latency = append(own, rate), append(latency, p99)
					rate, _ = ask(t, wrk, script, connections, bare+c.path)
					other = append(other, rate)
				}
				t.Logf("%d bytes, %d connections: %.0f a second, 99 of 100 in %.1f ms; the bare server %.0f, so that this is %.0f %%",
					len(answer), connections, middle(own), middle(latency), middle(other), 100*middle(own)/middle(other))
			}
		})
	}
}

// ask returns the answers a second, and the milliseconds in which 99 of 100 are there.
func ask(t *testing.T, wrk, script string, connections int, address string) (rate, p99 float64) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), wrk, "--latency", "-t", strconv.Itoa(min(connections, 2)), "-c", strconv.Itoa(connections),
		"-d", "3s", "-s", script, address).CombinedOutput()
	found := regexp.MustCompile(`99%\s+([\d.]+)(us|ms|s)\n(?s:.*)Requests/sec:\s+([\d.]+)`).FindSubmatch(out)
	if err != nil || found == nil || bytes.Contains(out, []byte("Non-2xx")) {
		t.Fatalf("wrk: %v\n%s", err, out)
	}
	p99, _ = strconv.ParseFloat(string(found[1]), 64)  // as the pattern has it
	rate, _ = strconv.ParseFloat(string(found[3]), 64) // as well
	return rate, p99 * map[string]float64{"us": 0.001, "ms": 1, "s": 1000}[string(found[2])]
}

// middle sorts figures and returns the one in the middle, of an even number the larger of two.
func middle[T cmp.Ordered](figures []T) T {
	slices.Sort(figures)
	return figures[len(figures)/2]
}

// bareServer starts what is compared with, in a process of its own.
func bareServer(t *testing.T, answer []byte) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	cmd := exec.Command("bare-server", address)
	cmd.Stdin = bytes.NewReader(answer)
	start(t, cmd, func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return "http://" + address
}

// bare answers every request at an address with a copy of its standard input.
func bare() {
	answer, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	router := mux.NewRouter()
	reply := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(bytes.Clone(answer))
	}
	router.HandleFunc("/query", reply).Methods(http.MethodPost)
	router.HandleFunc("/modules", reply).Methods(http.MethodGet)
	panic(http.ListenAndServe(os.Args[1], router))
}
