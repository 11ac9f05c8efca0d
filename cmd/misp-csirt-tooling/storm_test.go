package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestNothingIsLeftAfterAStorm asks a service for many revisions at once, most of them without the patience for an answer, and
// counts goroutines and file descriptors before it started and after it stopped.
func TestNothingIsLeftAfterAStorm(t *testing.T) {
	forge := gitServer(t)
	files, routines := openFiles(t), runtime.NumGoroutine()
	ctx, stop := context.WithCancel(t.Context())
	log, stderr := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{
			"serve", "--listen", "127.0.0.1:0", "--store", "bolt:" + filepath.Join(t.TempDir(), "store.db"),
			"--allow-host", strings.TrimPrefix(forge, "http://"), "--jobs", "4", "--jobs-per-host", "4", "--backlog", "5",
		}, func(string) string { return "" }, io.Discard, stderr)
		stderr.Close()
		ended <- err
	}()
	lines := bufio.NewReader(log)
	first, err := lines.ReadString('\n')
	address := regexp.MustCompile(`address=(\S+)`).FindStringSubmatch(first)
	if err != nil || address == nil {
		t.Fatalf("the service says %q, %v", first, err)
	}
	var drained sync.WaitGroup
	drained.Go(func() { _, _ = io.Copy(io.Discard, lines) })

	client := &http.Client{Transport: &http.Transport{}}
	var storm sync.WaitGroup
	answered := make(chan string, 60)
	for i := range cap(answered) {
		storm.Go(func() {
			patience, asked := time.Minute, ""
			switch i % 3 {
			case 1:
				asked = `"timeout": 0.01,` // the answer is due before the repository is read
			case 2:
				patience = 20 * time.Millisecond // the asker goes away
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			body := fmt.Sprintf(`{"module": "csirt_tooling", "event_id": "1", %s "attribute": {"type": "url", "value": "%s/tool-%d.git"}}`, asked, forge, i%20)
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address[1]+"/query", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			response, err := client.Do(request)
			if err != nil {
				return // gone
			}
			defer response.Body.Close()
			text, _ := io.ReadAll(response.Body) // it may go away here, too
			answered <- string(text)
		})
	}
	storm.Wait()
	close(answered)
	if len(answered) < 20 {
		t.Errorf("%d answers, want at least those of the patient", len(answered))
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
	drained.Wait()
	client.CloseIdleConnections()

	// Connections of the clients, and of the server to git, need a moment to be gone.
	for range 100 {
		if openFiles(t) <= files && runtime.NumGoroutine() <= routines {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d file descriptors and %d goroutines, before %d and %d\n%s", openFiles(t), runtime.NumGoroutine(), files, routines,
		stacks[:runtime.Stack(stacks, true)])
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc: ", err)
	}
	return len(files)
}
