package forge

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// comparable is a snapshot without what differs by the way it was collected.
func comparable(s *repo.Snapshot) repo.Snapshot {
	c := *s
	c.Ref, c.Name, c.Public = repo.Ref{}, "", repo.Fact[bool]{}
	return c
}

// history makes a repository with links, tags and a merge.
func history(t testing.TB, args ...string) *fixture {
	f := newFixture(t, args...)
	f.write("README.md", "# Tool\n")
	f.commit("Begin")
	f.git("tag", "v0.1")
	f.git("checkout", "--quiet", "-b", "side")
	f.write("docs/SECURITY.md", "Mail us.\n")
	f.link("SECURITY.md", "docs/SECURITY.md")
	f.commit("Add a policy")
	f.git("checkout", "--quiet", "main")
	f.write("LICENSE", "Free.\n")
	f.commit("Add a licence")
	f.git("merge", "--quiet", "--no-ff", "--message", "Merge the policy", "side")
	f.git("tag", "--annotate", "--message", "First", "v1.0")
	return f
}

func TestRemoteEqualsLocal(t *testing.T) {
	for _, c := range []struct {
		name     string
		init     []string
		settings []string
		old      bool
		want     func([]repo.File) []string
		requests int // a clone has 3, a fetch 3, a fetch of object ids 2
	}{
		{"filtering", nil, []string{filtering}, false, all, 3 + 2 + 2 + 3},
		{"filtering, two hops", nil, []string{filtering}, false, only("README.md", "SECURITY.md"), 3 + 2 + 2 + 2 + 3},
		{"not filtering", nil, nil, false, all, 3 + 2 + 3},
		{"SHA-256", []string{"--object-format=sha256"}, []string{filtering}, false, all, 3 + 2 + 2 + 3},
		{"protocol version 0", nil, nil, true, all, 3 + 3 + 3}, // it filters for nobody, and agrees on the depth first
	} {
		t.Run(c.name, func(t *testing.T) {
			f := history(t, c.init...)
			before := func(h http.Handler) http.Handler { return h }
			if c.old {
				before = old
			}
			s := serveBehind(t, filepath.Dir(f.dir), before, c.settings...)
			got, err := s.collector().Collect(context.Background(), repo.Request{Target: s.target(filepath.Base(f.dir)), Want: c.want})
			if err != nil {
				t.Fatal(err)
			}
			want := collect(t, here(f.dir), c.want)
			if g, w := comparable(got), comparable(want); !reflect.DeepEqual(g, w) {
				t.Errorf("from the server\n%+v\nfrom the directory\n%+v", g, w)
			}
			if got.Public != repo.Known(true) || len(got.Commits.Value.Commits) != 4 || len(got.Tags.Value) != 2 {
				t.Errorf("public %+v, %d commits, %d tags", got.Public, len(got.Commits.Value.Commits), len(got.Tags.Value))
			}
			if len(s.asked) != c.requests {
				t.Errorf("%d requests, want %d: %q", len(s.asked), c.requests, s.asked)
			}
		})
	}
}

// noise returns text that does not compress.
func noise(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		sum := sha256.Sum256([]byte(fmt.Sprint(i)))
		b.Write(sum[:])
	}
	return b.String()[:size]
}

func TestPackTooLarge(t *testing.T) {
	f := newFixture(t)
	f.write("README.md", "# Tool\n")
	f.write("large", noise(3<<20))
	f.commit("Fill")
	for name, settings := range map[string][]string{"filtering": {filtering}, "not filtering": nil} {
		s := serve(t, filepath.Dir(f.dir), settings...)
		c := s.collector()
		c.Git.WriteLimit = 1 << 20
		got, err := c.Collect(context.Background(), repo.Request{Target: s.target(filepath.Base(f.dir)), Want: only("README.md", "large")})
		if settings == nil {
			if !errors.Is(err, ErrTooLarge) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a, b := file(t, got, "README.md").Text, file(t, got, "large").Text; !a.Known() || b.Gap != repo.TooLarge {
			t.Errorf("%s: README.md %+v, large %v", name, a, b.Gap)
		}
	}
}

// TestRefusedWithoutPacket listens where the repository is said to be.
func TestRefusedWithoutPacket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	contacted := make(chan struct{}, 1)
	go func() {
		if conn, err := l.Accept(); err == nil {
			conn.Close()
			contacted <- struct{}{}
		}
	}()
	host := l.Addr().String()
	_, port, _ := net.SplitHostPort(host)
	for _, policy := range []outbound.Policy{{}, {Hosts: []string{host}}, {Any: true}, {Allow: []string{"127.0.0.2:" + port}}} {
		for _, ref := range []repo.Ref{
			{Scheme: "http", Host: host, Path: "o/n"}, {Scheme: "https", Host: host, Path: "o/n"},
			{Scheme: "https", Host: "localhost:" + port, Path: "o/n"}, {Scheme: "https", Host: "2130706433:" + port, Path: "o/n"},
			{Scheme: "git", Host: host, Path: "o/n"}, {Scheme: "ext", Host: host, Path: "o/n"}, {Scheme: "https", Host: "-x@" + host, Path: "o/n"},
		} {
			_, err := (&Collector{Git: outbound.NewGit(policy)}).Collect(context.Background(), repo.Request{Target: repo.Target{Ref: ref}, Want: all})
			var advised interface{ Advice() string }
			if !errors.Is(err, outbound.ErrRefused) || !errors.As(err, &advised) || advised.Advice() == "" {
				t.Errorf("%v with %+v: %v", ref, policy, err)
			}
		}
	}
	select {
	case <-contacted:
		t.Error("a refused host was contacted")
	case <-time.After(50 * time.Millisecond):
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	f := history(t)
	for _, status := range []int{301, 302, 307, 308} {
		inner := serve(t, filepath.Dir(f.dir), filtering)
		outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, inner.URL+r.URL.String(), status)
		}))
		host := strings.TrimPrefix(outer.URL, "http://")
		c := &Collector{Git: outbound.NewGit(outbound.Policy{Allow: []string{host, inner.host()}})}
		_, err := c.Collect(context.Background(), repo.Request{Target: repo.Target{Ref: repo.Ref{Scheme: "http", Host: host, Path: filepath.Base(f.dir)}}, Want: all})
		if !errors.Is(err, ErrMoved) || len(inner.asked) != 0 {
			t.Errorf("%d: %v after %q", status, err, inner.asked)
		}
		outer.Close()
	}
}

func TestAnswersOfServers(t *testing.T) {
	f := newFixture(t)
	server := serve(t, filepath.Dir(f.dir), filtering)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"401": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(401)
		}, ErrNotPublic},
		"403": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, ErrNotPublic},
		"404": {http.NotFound, ErrNotFound},
		"410": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, ErrNotFound},
		"429": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, ErrUnavailable},
		"503": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, ErrUnavailable},
		"page": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<!DOCTYPE html>\n<html>\n<title>A page</title>\n</html>\n")
		}, ErrNotFound},
		"junk": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
			fmt.Fprint(w, "\x00\xff\x00ZZZZ")
		}, ErrNotFound},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.Close()
		}, ErrUnavailable},
		"empty": {server.Config.Handler.ServeHTTP, ErrEmpty},
		"dumb": {func(w http.ResponseWriter, r *http.Request) {
			http.StripPrefix("/"+filepath.Base(f.dir), http.FileServer(http.Dir(f.dir+"/.git"))).ServeHTTP(w, r)
		}, ErrNotFound},
	} {
		s := httptest.NewServer(c.answer)
		host := strings.TrimPrefix(s.URL, "http://")
		target := repo.Target{Ref: repo.Ref{Scheme: "http", Host: host, Path: filepath.Base(f.dir)}}
		_, err := (&Collector{Git: outbound.NewGit(outbound.Policy{Allow: []string{host}})}).Collect(context.Background(), repo.Request{Target: target, Want: all})
		var advised interface{ Advice() string }
		if !errors.Is(err, c.want) || !errors.As(err, &advised) || advised.Advice() == "" {
			t.Errorf("%s: %v, want %v with advice", name, err, c.want)
		}
		s.Close()
	}
}

// TestLateHistory has the server never answer the requests for commits and tags: they are gaps, the tree is what counts.
func TestLateHistory(t *testing.T) {
	t.Parallel() // it waits for a deadline that a loaded machine keeps too
	f := newFixture(t)
	f.commit("Begin")
	done := make(chan struct{})
	var requests atomic.Int32
	s := serveBehind(t, filepath.Dir(f.dir), func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) > 3 { // which the clone takes
				<-done
				return
			}
			h.ServeHTTP(w, r)
		})
	}, filtering)
	defer close(done)
	ctx, cancel := context.WithTimeout(context.Background(), 6*time.Second)
	defer cancel()
	got, err := s.collector().Collect(ctx, repo.Request{Target: s.target(filepath.Base(f.dir)), Want: only()})
	if err != nil {
		t.Fatal(err)
	}
	if !got.Files.Known() || got.Commits.Gap != repo.Late || got.Tags.Gap != repo.Late {
		t.Errorf("files %v, commits %v, tags %v", got.Files.Gap, got.Commits.Gap, got.Tags.Gap)
	}
}

// TestDeadline has a server that accepts and says nothing: all processes and the directory must be gone afterwards.
func TestDeadline(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	done := make(chan struct{})
	asked := make(chan struct{}, 10)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-done
	}))
	defer s.Close()
	defer close(done)
	host := strings.TrimPrefix(s.URL, "http://")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	go func() { // as a deadline that comes when the server was asked
		<-asked
		cancel(context.DeadlineExceeded)
	}()
	start := time.Now()
	_, err := (&Collector{Git: outbound.NewGit(outbound.Policy{Allow: []string{host}})}).Collect(ctx, repo.Request{Target: repo.Target{Ref: repo.Ref{Scheme: "http", Host: host, Path: "o/n"}}, Want: all})
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("%v", err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if left, _ := os.ReadDir(temp); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, p := range lines {
		if env, err := os.ReadFile(p); err == nil && strings.Contains(string(env), "GIT_DIR="+temp) {
			t.Errorf("%s still runs", p)
		}
	}
}

func TestEarly(t *testing.T) {
	f := history(t)
	s := serve(t, filepath.Dir(f.dir), filtering)
	var early []*repo.Snapshot
	got, err := s.collector().Collect(context.Background(), repo.Request{
		Target: s.target(filepath.Base(f.dir)), Want: all, Early: func(s *repo.Snapshot) { early = append(early, s) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(early) != 1 || early[0].Commits.Gap != repo.Late || early[0].Tags.Gap != repo.Late {
		t.Fatalf("early snapshots %+v, want one without commits and tags", early)
	}
	if e := early[0]; e.Commit != got.Commit || !e.CommitTime.Equal(got.CommitTime) || !reflect.DeepEqual(e.Files, got.Files) {
		t.Error("the early snapshot has another tree")
	}
	if !got.Commits.Known() || !got.Tags.Known() {
		t.Error("the snapshot lacks what it waited for")
	}
}

// TestRemoteHistory has histories that are longer than the first look, straight and of many branches.
func TestRemoteHistory(t *testing.T) {
	for _, c := range []struct {
		name    string
		commits int
		every   int // which commit in turn merges a branch of its own
	}{{"straight", 150, 0}, {"longer than what is kept", maxCommits + 50, 0}, {"of branches", 600, 2}} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			var script strings.Builder
			mark := 0
			write := func(ref, parents string) {
				mark++
				fmt.Fprintf(&script, "commit refs/heads/%s\nmark :%d\ncommitter Example <c@example.org> %d +0000\ndata 4\nwork\n%s\n", ref, mark, 1_700_000_000+60*mark, parents)
			}
			write("main", "")
			for i := 1; i < c.commits; i++ {
				parent := mark
				if c.every > 0 && i%c.every == 0 {
					write("side", fmt.Sprintf("from :%d\n", max(parent-20, 1)))
					write("main", fmt.Sprintf("from :%d\nmerge :%d\n", parent, mark))
					continue
				}
				write("main", fmt.Sprintf("from :%d\n", parent))
			}
			f.gitWith(script.String(), "fast-import", "--quiet")
			s := serve(t, filepath.Dir(f.dir), filtering)
			got, err := s.collector().Collect(context.Background(), repo.Request{Target: s.target(filepath.Base(f.dir)), Want: only()})
			if err != nil {
				t.Fatal(err)
			}
			want := collect(t, here(f.dir), only())
			if !reflect.DeepEqual(got.Commits, want.Commits) {
				t.Errorf("%d commits, truncated %v, want %d, %v", len(got.Commits.Value.Commits), got.Commits.Value.Truncated,
					len(want.Commits.Value.Commits), want.Commits.Value.Truncated)
			}
		})
	}
}

// TestVersionWithoutLetter has a package registry's version name a tag that begins with v.
func TestVersionWithoutLetter(t *testing.T) {
	f := history(t)
	s := serve(t, filepath.Dir(f.dir), filtering)
	target := s.target(filepath.Base(f.dir))
	for revision, want := range map[string]string{"1.0": f.git("rev-parse", "v1.0^{}"), "0.1": f.git("rev-parse", "v0.1"), "v0.1": f.git("rev-parse", "v0.1"), "9.9": ""} {
		target.Revision, target.Pinned = revision, true
		got, err := s.collector().Collect(context.Background(), repo.Request{Target: target, Want: only()})
		switch {
		case want == "" && !errors.Is(err, ErrRevision):
			t.Errorf("%s: %v, want ErrRevision", revision, err)
		case want != "" && (err != nil || got.Commit != want):
			t.Errorf("%s: %v, want commit %s", revision, err, want)
		}
	}
}
