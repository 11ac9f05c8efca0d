package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSmoke builds the program, starts it as a service, and sends it what a MISP sent: once as it was, and once asking for
// a repository that is served here.
func TestSmoke(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	forge := gitServer(t)
	base := service(t, "--allow-host", strings.TrimPrefix(forge, "http://"), "--tags", "all")

	for _, path := range []string{"/modules", "/healthcheck", "/version", "/openapi.json", "/metrics", "/readyz"} {
		if status, body := send(t, http.MethodGet, base+path, nil); status != http.StatusOK || len(body) == 0 {
			t.Errorf("GET %s: %d, %d bytes", path, status, len(body))
		}
	}
	queries := recorded(t)
	if len(queries) == 0 {
		queries = map[string][]byte{"own": []byte(`{"module": "csirt_tooling", "event_id": "1", "attribute": {"type": "url", "uuid": "219d6f31-0e28-4661-a22e-c9a5ca2054df", "value": "x"}}`)}
	}
	for name, body := range queries {
		status, answer := send(t, http.MethodPost, base+"/query", body)
		var a struct {
			Results *json.RawMessage `json:"results"`
		}
		if err := json.Unmarshal(answer, &a); err != nil || status != http.StatusOK || a.Results == nil {
			t.Errorf("%s: %d %.200s", name, status, answer)
		}
		status, answer = send(t, http.MethodPost, base+"/query", asking(t, body, forge+"/tool.git"))
		if status != http.StatusOK || !bytes.Contains(answer, []byte(`"csirt-tooling-assessment"`)) {
			t.Errorf("%s, asking for a repository: %d %.200s", name, status, answer)
		}
		var asked struct {
			Event any `json:"event_id"` // a hover has none
		}
		if err := json.Unmarshal(body, &asked); err != nil {
			t.Fatal(err)
		}
		if asked.Event != nil && !bytes.Contains(answer, []byte(`csirt-tooling:grade=`)) {
			t.Errorf("%s: the object has no tag of the grade: %.200s", name, answer)
		}
	}
	if status, _ := send(t, http.MethodPost, base+"/query", []byte("{")); status != http.StatusBadRequest {
		t.Errorf("malformed JSON: %d", status)
	}
}

// TestSecondInterrupt has one interrupt wait for the answers under way, and another one end the program at once.
func TestSecondInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	cmd, base := startService(t, build(t), "--store", "memory")
	address := strings.TrimPrefix(base, "http://")
	asker, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer asker.Close()
	if _, err := io.WriteString(asker, "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	send(t, http.MethodGet, base+"/healthcheck", nil) // so that the query is being read
	interrupt := func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
	}
	interrupt()
	for { // until it is stopping
		c, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		c.Close()
	}
	kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	interrupt()
	_ = cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended by %v, want it to end by the second interrupt", cmd.ProcessState)
	}
}

// gitServer serves a small repository as tool.git.
func gitServer(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=Example", "GIT_AUTHOR_EMAIL=a@example.org",
			"GIT_COMMITTER_NAME=Example", "GIT_COMMITTER_EMAIL=c@example.org")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	git("init", "--quiet", "tool")
	if err := os.WriteFile(filepath.Join(root, "tool", "README.md"), []byte("# Tool\n\nIt reads feeds.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("-C", "tool", "add", "README.md")
	git("-C", "tool", "commit", "--quiet", "--message", "Read feeds")
	git("clone", "--quiet", "--bare", "tool", "tool.git")
	for i := range 20 { // more of the same, for those who ask for many
		if err := os.Symlink("tool.git", filepath.Join(root, fmt.Sprintf("tool-%d.git", i))); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(gitBackend(t, root))
	t.Cleanup(server.Close)
	return server.URL
}

// gitBackend serves the repositories in a directory by git's own program for that, as a forge does: it leaves out what a client
// does not want.
func gitBackend(t *testing.T, root string) http.Handler {
	t.Helper()
	programs, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	return &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(programs)), "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1", "HOME=" + root, "GIT_CONFIG_COUNT=3",
			"GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0=true",
			"GIT_CONFIG_KEY_1=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_1=true",
			"GIT_CONFIG_KEY_2=safe.directory", "GIT_CONFIG_VALUE_2=*",
		},
	}
}

// service builds and starts the program and returns its address. In the end it is asked to stop, and must do so without an error.
func service(t *testing.T, args ...string) string {
	t.Helper()
	cmd, address := startService(t, build(t), append([]string{"--store", "bolt:" + filepath.Join(t.TempDir(), "store.db")}, args...)...)
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return address
}

func build(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "misp-csirt-tooling")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// startService starts the program as a service; its end is for the caller.
func startService(t *testing.T, binary string, args ...string) (cmd *exec.Cmd, address string) {
	t.Helper()
	cmd = exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(log)
	first, err := lines.ReadString('\n')
	found := regexp.MustCompile(`address=(\S+)`).FindStringSubmatch(first)
	if err != nil || found == nil {
		_ = cmd.Process.Kill() // it did not start
		t.Fatalf("the service says %q, %v", first, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return cmd, "http://" + found[1]
}

func send(t *testing.T, method, url string, body []byte) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

// recorded returns the bodies of the queries that a real MISP sent, none if the recordings are not there.
func recorded(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("../../../shared/misp/recordings/[0-9]*.json")
	if err != nil {
		t.Fatal(err)
	}
	queries := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var recording struct {
			Requests []struct {
				Line string `json:"request_line"`
				Body string `json:"body_verbatim"`
			} `json:"requests"`
		}
		if err := json.Unmarshal(text, &recording); err != nil {
			continue // not all are of this form
		}
		for _, r := range recording.Requests {
			if strings.HasPrefix(r.Line, "POST /query ") {
				queries[filepath.Base(file)] = []byte(r.Body)
			}
		}
	}
	return queries
}

// asking returns a query for our module with the address in place of what was asked for.
func asking(t *testing.T, body []byte, address string) []byte {
	t.Helper()
	var q map[string]any
	if err := json.Unmarshal(body, &q); err != nil {
		t.Fatal(err)
	}
	q["module"] = "csirt_tooling"
	replace := func(attribute any) {
		if a, ok := attribute.(map[string]any); ok {
			a["type"], a["value"] = "link", address
		}
	}
	replace(q["attribute"])
	if object, ok := q["object"].(map[string]any); ok {
		attributes, _ := object["Attribute"].([]any)
		for _, a := range attributes {
			replace(a)
		}
	}
	if q["attribute"] == nil && q["object"] == nil {
		delete(q, "github-repository")
		q["link"] = address
	}
	text, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
