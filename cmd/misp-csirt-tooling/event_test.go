package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/resolve"
	"misp-csirt-tooling/internal/store"
	"misp-csirt-tooling/module"
)

// slowForge is a collector that takes a while for each repository.
type slowForge struct{ takes time.Duration }

func (f slowForge) Collect(ctx context.Context, q repo.Request) (*repo.Snapshot, error) {
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s := &repo.Snapshot{
		Ref: q.Target.Ref, Name: q.Target.Ref.Path, Commit: strings.Repeat("c", 40), Public: repo.Known(true),
		Files:   repo.Known([]repo.File{{Path: "README.md", Text: repo.Known("# Tool\n\nReport vulnerabilities to security@example.org.\n")}}),
		Commits: repo.Known(repo.History{}), Tags: repo.Known([]repo.Tag(nil)),
	}
	s.SetGap(repo.OfForge, repo.Unsupported, "")
	return s, nil
}

// BenchmarkEvent sends the attributes of one event as MISP does, one after the other on one connection: 9,000 that are no
// repository and 1,000 of 100 repositories. It reports the longest answer besides.
func BenchmarkEvent(b *testing.B) {
	for _, c := range []struct {
		name  string
		takes time.Duration // of reading a repository
		warm  bool
	}{{"warm", 0, true}, {"cold", 50 * time.Millisecond, false}} {
		b.Run(c.name, func(b *testing.B) {
			var longest time.Duration
			for b.Loop() {
				b.StopTimer()
				address, stop := eventServer(b, slowForge{c.takes})
				client := &http.Client{}
				if c.warm {
					sendEvent(b, client, address)
				}
				b.StartTimer()
				longest = max(longest, sendEvent(b, client, address))
				b.StopTimer()
				client.CloseIdleConnections()
				stop()
				b.StartTimer()
			}
			b.ReportMetric(float64(longest.Microseconds())/1000, "longest-ms")
		})
	}
}

// eventServer serves the module on loopback with an empty store.
func eventServer(b *testing.B, collector assess.Collector) (address string, stop func()) {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	hosts, err := repo.NewHosts()
	if err != nil {
		b.Fatal(err)
	}
	catalogue, err := resolve.Builtin(hosts)
	if err != nil {
		b.Fatal(err)
	}
	assessor, err := assess.New(assess.Config{
		Collector: collector, Store: store.NewMemory(memorySize, nil), Log: log, AsOf: assess.Today,
		Limit: time.Minute, Parallel: 16, PerHost: 2, Backlog: 500,
	})
	if err != nil {
		b.Fatal(err)
	}
	enrichment := &module.Enrichment{
		Assessor: assessor, Resolver: &resolve.Resolver{Hosts: hosts, Catalogue: catalogue}, Renderer: module.Renderer{Hosts: hosts},
	}
	server := &module.Server{Modules: []module.Module{enrichment.Module()}, Log: log, Metrics: metrics.New("", "")}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	return "http://" + listener.Addr().String() + "/query", func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		assessor.Stop()
	}
}

// sendEvent returns how long the longest answer took.
func sendEvent(b *testing.B, client *http.Client, address string) time.Duration {
	b.Helper()
	var longest time.Duration
	for i := range 10_000 {
		value := fmt.Sprintf("https://www.example.org/%d/index.html?id=%d", i, i)
		if i%10 == 0 {
			value = fmt.Sprintf("https://github.com/owner/tool-%d/issues/%d", i/10%100, i)
		}
		body := fmt.Sprintf(`{"module":"csirt_tooling","event_id":"1","attribute_uuid":"219d6f31-0e28-4661-a22e-c9a5ca2054df",`+
			`"attribute":{"type":"url","uuid":"219d6f31-0e28-4661-a22e-c9a5ca2054df","value":%q}}`, value)
		start := time.Now()
		response, err := client.Post(address, "application/json", bytes.NewBufferString(body))
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		longest = max(longest, time.Since(start))
		if err != nil || response.StatusCode != http.StatusOK || bytes.Contains(text, []byte("csirt-tooling:grade")) != (i%10 == 0) {
			b.Fatalf("%s: %d %.200s, %v", value, response.StatusCode, text, err)
		}
	}
	return longest
}
