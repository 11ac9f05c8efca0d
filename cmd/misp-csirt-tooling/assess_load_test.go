package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/forge"
	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// cost is what a run of a program, or several, took.
type cost struct {
	wall, cpu time.Duration // the processor's time in user and system mode, children that were waited for included
	peak      int           // of the process alone, resident memory in KiB
}

// TestAssessBesideGit measures assess of the git directory that REPOSITORY names, beside the git commands that nobody could do
// without: the listing, the same contents in one batch, the log of twelve months, and the tags. It prints medians of ten runs of each, one after the other.
func TestAssessBesideGit(t *testing.T) {
	dir := os.Getenv("REPOSITORY")
	if dir == "" {
		t.Skip("REPOSITORY names no git directory")
	}
	collector := &forge.Collector{Git: outbound.NewGit(outbound.Policy{})}
	s, err := collector.Collect(t.Context(), repo.Request{
		Target: repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "file", Path: dir}}, Want: check.Wanted,
	})
	if err != nil {
		t.Fatal(err)
	}
	var blobs []string
	size := 0
	for _, f := range s.Files.Value {
		if f.Text.Known() && f.Mode != repo.Symlink {
			blobs = append(blobs, f.OID)
			size += len(f.Text.Value)
		}
	}
	since := s.CommitTime.AddDate(-1, 0, 0).Format(time.RFC3339)
	commands := []struct {
		args  []string
		input string
	}{
		{[]string{"ls-tree", "-r", s.Commit}, ""},
		{[]string{"cat-file", "--batch"}, strings.Join(blobs, "\n") + "\n"},
		{[]string{"log", "--since=" + since, s.Commit}, ""},
		{[]string{"for-each-ref", "refs/tags"}, ""},
	}
	binary := build(t)
	const runs = 10
	ours, theirs := make([]cost, runs), make([]cost, runs)
	each := make([][]cost, len(commands))
	for i := range runs {
		ours[i] = measure(t, binary, []string{"assess", "--no-forge", "--format", "json", dir}, "")
		for n, c := range commands {
			one := measure(t, "git", append([]string{"--git-dir", dir}, c.args...), c.input)
			each[n] = append(each[n], one)
			theirs[i].wall += one.wall
			theirs[i].cpu += one.cpu
		}
	}
	load, _ := os.ReadFile("/proc/loadavg") // not everywhere
	t.Logf("%s at %.10s: %d files, %d contents of %d bytes; load %s", dir, s.Commit, len(s.Files.Value), len(blobs), size, load)
	t.Logf("assess: %v", median(ours))
	t.Logf("git: %v, so that assess takes %.1f times as long", median(theirs), float64(median(ours).wall)/float64(median(theirs).wall))
	for n, c := range commands {
		t.Logf("git %s: %v", c.args[0], median(each[n]))
	}
}

// measure runs a command twice to its end: once on its own, and once watched for its peak, which slows it down.
func measure(t *testing.T, name string, args []string, input string) cost {
	t.Helper()
	start := func() (*exec.Cmd, time.Time) {
		cmd := exec.Command(name, args...)
		cmd.Stdin, cmd.Stdout = strings.NewReader(input), io.Discard
		begin := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd, begin
	}
	end := func(cmd *exec.Cmd) {
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%s: %v", cmd, err)
		}
	}
	cmd, begin := start()
	end(cmd)
	c := cost{wall: time.Since(begin), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}

	cmd, _ = start()
	peak := make(chan int)
	go func() { peak <- peakOf(cmd.Process.Pid) }()
	end(cmd)
	c.peak = <-peak
	return c
}

// peakOf watches the peak of a process's resident memory until it ends. What the system says after the end is that of the
// largest child, if that was larger.
func peakOf(pid int) (peak int) {
	for {
		now, ok := statusOf(pid, "VmHWM")
		if !ok {
			return peak
		}
		peak = now
		time.Sleep(2 * time.Millisecond)
	}
}

// statusOf returns a figure of the status of a process that runs, in KiB: VmRSS is its resident memory, VmHWM the peak of that.
func statusOf(pid int, figure string) (kib int, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, found := strings.Cut(string(status), figure+":")
	if err != nil || !found {
		return 0, false
	}
	kib, err = strconv.Atoi(strings.Fields(after)[0])
	return kib, err == nil
}

// median returns the medians of each of the figures.
func median(costs []cost) cost {
	of := func(figure func(cost) int64) int64 {
		var all []int64
		for _, c := range costs {
			all = append(all, figure(c))
		}
		slices.Sort(all)
		return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
	}
	return cost{
		wall: time.Duration(of(func(c cost) int64 { return int64(c.wall) })),
		cpu:  time.Duration(of(func(c cost) int64 { return int64(c.cpu) })),
		peak: int(of(func(c cost) int64 { return int64(c.peak) })),
	}
}

// String shows the figures.
func (c cost) String() string {
	return fmt.Sprintf("wall %.3f s, CPU %.3f s, peak %.1f MiB", c.wall.Seconds(), c.cpu.Seconds(), float64(c.peak)/1024)
}
