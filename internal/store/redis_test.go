package store

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// redisServer starts a Redis for a test and returns its address; without one the test is skipped.
func redisServer(t *testing.T, args ...string) string {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("there is no redis-server on this machine")
	}
	socket := filepath.Join(t.TempDir(), "redis.sock")
	cmd := exec.Command(binary, append([]string{"--port", "0", "--unixsocket", socket, "--save", "", "--dir", t.TempDir()}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // nothing of it is kept
		_ = cmd.Wait()
	})
	for range 200 {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return "unix://" + socket
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("redis-server does not listen")
	return ""
}

func openRedis(t *testing.T, address string) *Redis {
	t.Helper()
	r, err := OpenRedis(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestRedis(t *testing.T) {
	address := redisServer(t)
	one, other := openRedis(t, address), openRedis(t, address+"?prefix=other:")
	b := &bench{t, start(), one}
	b.want("a", "")
	b.put("a", "one", time.Hour)
	b.want("a", "one")
	b.put("b", "two", 50*time.Millisecond)
	b.want("b", "two")
	for range 100 {
		if _, found, _ := one.Get(t.Context(), "b"); !found {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.want("b", "")
	b.store = other
	b.want("a", "")
}

func TestRedisPassword(t *testing.T) {
	address := redisServer(t, "--requirepass", "secret words")
	if _, _, err := openRedis(t, address).Get(t.Context(), "a"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("without the password: %v", err)
	}
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("secret words\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := &bench{t, start(), openRedis(t, address+"?password-file="+file)}
	b.put("a", "one", time.Hour)
	b.want("a", "one")
}

func TestLease(t *testing.T) {
	address := redisServer(t)
	one, other := openRedis(t, address), openRedis(t, address)
	const ttl = 300 * time.Millisecond
	release, ok, err := one.Acquire(t.Context(), "key", ttl)
	if err != nil || !ok {
		t.Fatalf("Acquire = %v, %v", ok, err)
	}
	time.Sleep(2 * ttl) // it is renewed
	if _, ok, err := other.Acquire(t.Context(), "key", ttl); err != nil || ok {
		t.Errorf("the lease was given twice, %v", err)
	}
	release()
	again, ok, err := other.Acquire(t.Context(), "key", ttl)
	if err != nil || !ok {
		t.Fatalf("after the release: %v, %v", ok, err)
	}
	again()
}

func TestRedisThatIsNotThere(t *testing.T) {
	r := openRedis(t, "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	if _, _, err := r.Get(t.Context(), "a"); err == nil {
		t.Error("Get has no error")
	}
	if err := r.Put(t.Context(), "a", nil, time.Hour); err == nil {
		t.Error("Put has no error")
	}
	if _, ok, err := r.Acquire(t.Context(), "a", time.Second); err == nil || ok {
		t.Error("Acquire has no error")
	}
	for _, wrong := range []string{"http://127.0.0.1", "redis://a:b@%zz", "redis://127.0.0.1?password-file=" + filepath.Join(t.TempDir(), "none")} {
		if _, err := OpenRedis(wrong); err == nil || strings.Contains(err.Error(), "a:b") {
			t.Errorf("OpenRedis(%s): %v", wrong, err)
		}
	}
}
