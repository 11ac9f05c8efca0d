package forge

import (
	"context"
	"path/filepath"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func TestUnchanged(t *testing.T) {
	f := history(t)
	s := serve(t, filepath.Dir(f.dir), filtering)
	c, ctx := s.collector(), context.Background()
	branch := s.target(filepath.Base(f.dir))
	pinned := func(revision string) repo.Target {
		target := branch
		target.Revision, target.Pinned = revision, true
		return target
	}
	head := f.git("rev-parse", "HEAD")
	targets := []repo.Target{branch, pinned("v1.0"), pinned("v0.1"), pinned("side"), pinned(head)}
	var old []*repo.Snapshot
	for _, target := range targets {
		snapshot, err := c.Collect(ctx, repo.Request{Target: target, Want: all})
		if err != nil {
			t.Fatal(err)
		}
		old = append(old, snapshot)
	}
	want := func(what string, same ...bool) {
		t.Helper()
		for i, target := range targets {
			if got := c.Unchanged(ctx, target, old[i]); got != same[i] {
				t.Errorf("%s: Unchanged(%q) = %v, want %v", what, target.Revision, got, same[i])
			}
		}
	}
	requests := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.asked)
	}
	before := requests()
	want("nothing", true, true, true, true, true)
	if n := requests() - before; n > 2*len(targets) {
		t.Errorf("%d requests for %d targets", n, len(targets))
	}
	f.commit("Go on")
	want("a new commit", false, true, true, true, true)
	f.git("tag", "v1.1", head)
	want("a new tag", false, false, false, false, false)
	f.git("tag", "--delete", "v1.1")
	f.git("tag", "--force", "v0.1", head)
	want("a moved tag", false, false, false, false, false)
	s.Close()
	want("no server", false, false, false, false, false)

	local := here(f.dir)
	if c.Unchanged(ctx, local, collect(t, local, all)) {
		t.Error("a directory is said to be unchanged")
	}
}
