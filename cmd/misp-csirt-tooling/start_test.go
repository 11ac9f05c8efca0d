package main

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestStart prints how long a service takes from its start to its first healthy answer, and what memory it takes then: medians of
// ten. It measures, so it runs when LOAD is set.
func TestStart(t *testing.T) {
	heavy(t, "git")
	binary := build(t)
	var took []time.Duration
	var memory []int
	for range 10 {
		begin := time.Now()
		cmd, address := startService(t, binary, "--store", "bolt:"+filepath.Join(t.TempDir(), "store.db"))
		if status, answer := send(t, http.MethodGet, address+"/healthcheck", nil); status != http.StatusOK {
			t.Errorf("%d: %s", status, answer)
		}
		took = append(took, time.Since(begin))
		time.Sleep(200 * time.Millisecond) // what is prepared in the background is ready
		memory = append(memory, residentKiB(t, cmd))
		_ = cmd.Process.Kill() // the next one is another
		_ = cmd.Wait()
	}
	t.Logf("healthy after %.0f ms, at most %.0f; %.1f MiB", middle(took).Seconds()*1000, slices.Max(took).Seconds()*1000, float64(middle(memory))/1024)
}

// residentKiB returns the resident memory of a process that runs.
func residentKiB(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	kib, ok := statusOf(cmd.Process.Pid, "VmRSS")
	if !ok {
		t.Skip("there is no /proc on this machine")
	}
	return kib
}
