package outbound

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// script stands for the git binary: what it runs says what a git would see and do.
func script(t *testing.T, text string) *Git {
	t.Helper()
	path := filepath.Join(t.TempDir(), "git")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	g := NewGit(Policy{})
	g.binary = path
	return g
}

func TestEnvironmentIsMadeFromNothing(t *testing.T) {
	for _, name := range []string{"GIT_SSH", "GIT_DIR", "GIT_CONFIG_COUNT", "GIT_TRACE", "GIT_PROXY_COMMAND", "https_proxy", "LD_PRELOAD_X", "TOKEN"} {
		t.Setenv(name, "from the service")
	}
	dir := t.TempDir()
	out, err := script(t, "env").Output(context.Background(), Command{Dir: dir, Args: []string{"version"}}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "from the service") {
		t.Errorf("a variable of the service reaches git:\n%s", out)
	}
	for _, want := range []string{"GIT_DIR=" + dir, "HOME=" + dir, "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_GLOBAL=/dev/null"} {
		if !slices.Contains(strings.Split(string(out), "\n"), want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func TestRemoteSettings(t *testing.T) {
	c := Command{
		Dir: t.TempDir(), Args: []string{"fetch", "x"}, Config: []string{"a.b=c"},
		Remote: &Remote{URL: "https://forge.example.org/o/n", Scheme: "https", pin: "forge.example.org:443:9.9.9.9"},
	}
	out, err := script(t, `echo "$GIT_ALLOW_PROTOCOL"; ulimit -f; for a; do echo "$a"; done`).Output(context.Background(), c, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if lines[0] != "https" || lines[1] != "131072" {
		t.Errorf("protocol and limit in blocks: %q", lines[:2])
	}
	for _, want := range []string{
		"http.curloptResolve=forge.example.org:443:9.9.9.9", "http.followRedirects=false", "protocol.allow=never", "protocol.https.allow=always",
		"http.proxy=", "credential.helper=", "core.hooksPath=/dev/null", "fetch.fsckObjects=true", "a.b=c",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %s in %q", want, lines)
		}
	}
	if got := lines[len(lines)-2:]; !slices.Equal(got, c.Args) {
		t.Errorf("the arguments end with %q", got)
	}
}

func TestOutputLimit(t *testing.T) {
	g := script(t, "printf 12345678")
	for limit, want := range map[int64]error{8: nil, 7: ErrTooLarge} {
		if _, err := g.Output(context.Background(), Command{Dir: t.TempDir(), Args: []string{"x"}}, limit); !errors.Is(err, want) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
	endless := script(t, "exec yes")
	if _, err := endless.Output(context.Background(), Command{Dir: t.TempDir(), Args: []string{"x"}}, 1000); !errors.Is(err, ErrTooLarge) {
		t.Errorf("endless output: %v", err)
	}
}

func TestErrorIsClean(t *testing.T) {
	dir, remove, err := TempDir()
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	g := script(t, `printf 'noise\nfatal: \033[31munable\342\200\256 to access https://user:secret@forge.example.org/ in '"$GIT_DIR"'/pack\377\n' >&2; exit 128`)
	_, err = g.Output(context.Background(), Command{Dir: dir, Args: []string{"fetch"}}, 10)
	var failure *Error
	if !errors.As(err, &failure) || failure.Code != 128 {
		t.Fatalf("%#v", err)
	}
	if want := "git fetch: fatal: [31munable to access https://forge.example.org/ in"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	long := script(t, `i=0; while [ $i -lt 3000 ]; do echo "line $i of very much noise" >&2; i=$((i+1)); done; exit 1`)
	_, err = long.Output(context.Background(), Command{Dir: dir, Args: []string{"x"}}, 10)
	if !errors.As(err, &failure) || len(failure.Stderr) > stderrLimit || !strings.HasSuffix(err.Error(), "line 2999 of very much noise") {
		t.Errorf("%v", err)
	}
}

// TestDeadlineKillsChildren has git start a child that holds on to its output and would write a file later.
func TestDeadlineKillsChildren(t *testing.T) {
	dir := t.TempDir()
	g := script(t, `(sleep 1; echo late > "$GIT_DIR/late") & wait`)
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := g.Output(ctx, Command{Dir: dir, Args: []string{"x"}}, 10)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v", took)
	}
	time.Sleep(1500*time.Millisecond - time.Since(start))
	if _, err := os.Stat(filepath.Join(dir, "late")); err == nil {
		t.Error("the child lived on")
	}
}

func TestWriteLimit(t *testing.T) {
	dir := t.TempDir()
	g := script(t, `dd if=/dev/zero of="$GIT_DIR/pack" bs=1024 count=64 2>/dev/null || { echo "fatal: fetch-pack: invalid index-pack output" >&2; exit 128; }`)
	remote := &Remote{URL: "https://forge.example.org/o/n", Scheme: "https"}
	for limit, want := range map[int64]error{64 << 10: nil, 32 << 10: ErrTooLarge} {
		g.WriteLimit = limit
		if _, err := g.Output(context.Background(), Command{Dir: dir, Remote: remote, Args: []string{"fetch"}}, 10); !errors.Is(err, want) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

func TestMetLimit(t *testing.T) {
	for stderr, want := range map[string]bool{
		"":                            false,
		"fatal: repository not found": false,
		"warning: x\nfatal: fetch-pack: invalid index-pack output":                                                      true,
		"error: index-pack died of signal 25\nfatal: fetch-pack: invalid index-pack output":                             true,
		"error: RPC failed; curl 18\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output":                    false,
		"error: object 1: badTree: x\nfatal: fsck error in packed object\nfatal: fetch-pack: invalid index-pack output": false,
		"fatal: Out of memory, malloc failed\nfatal: fetch-pack: invalid index-pack output":                             true,
	} {
		if got := metLimit(stderr); got != want {
			t.Errorf("%q: %v", stderr, got)
		}
	}
}

func TestNoGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := NewGit(Policy{}).Output(context.Background(), Command{Dir: t.TempDir(), Args: []string{"version"}}, 10); err == nil {
		t.Error("no error without git")
	}
}
