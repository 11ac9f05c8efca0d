package assess

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/store"
)

// slowly is a collector that takes a while and fails if err is set.
type slowly struct {
	takes time.Duration
	err   error
	gap   repo.Gap
	calls atomic.Int32
	now   atomic.Int32
	most  atomic.Int32
}

func (c *slowly) Collect(ctx context.Context, target repo.Target, _ func([]repo.File) []string) (*repo.Snapshot, error) {
	c.calls.Add(1)
	c.most.Store(max(c.most.Load(), c.now.Add(1)))
	defer c.now.Add(-1)
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if c.err != nil {
		return nil, c.err
	}
	return &repo.Snapshot{Ref: target.Ref, Commit: strings.Repeat("c", 40), Tags: repo.Missing[[]repo.Tag](c.gap, "")}, nil
}

var asOf = time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)

func assessor(c Collector, s Store) *Assessor {
	return &Assessor{
		Collector: c, Store: s, Log: slog.New(slog.DiscardHandler), AsOf: func() time.Time { return asOf },
		Limit: time.Minute, Parallel: 2,
	}
}

func target(name string) repo.Target {
	return repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "https", Host: "forge.example.org", Path: "owner/" + name}}
}

func TestOneCollectionForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: time.Second}
		a := assessor(c, store.NewMemory(10, nil))
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				r, err := a.Assess(t.Context(), target("project"))
				if err != nil || !r.Snapshot.Time.Equal(asOf) || len(r.Findings) == 0 {
					t.Errorf("Assess = %+v, %v", r, err)
				}
			})
		}
		wg.Wait()
		if _, err := a.Assess(t.Context(), target("project")); err != nil {
			t.Error(err)
		}
		if n := c.calls.Load(); n != 1 {
			t.Errorf("collected %d times, want once", n)
		}
		time.Sleep(freshFor)
		if _, err := a.Assess(t.Context(), target("project")); err != nil || c.calls.Load() != 2 {
			t.Errorf("collected %d times after the lifetime, want 2, %v", c.calls.Load(), err)
		}
	})
}

func TestPinnedRevisionIsAnotherAssessment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{}
		a := assessor(c, store.NewMemory(10, nil))
		branch, pinned := target("project"), target("project")
		branch.Revision = "develop" // a page of a branch means the default branch
		pinned.Revision, pinned.Pinned = "v1.0", true
		for _, target := range []repo.Target{target("project"), branch, pinned, pinned} {
			if _, err := a.Assess(t.Context(), target); err != nil {
				t.Error(err)
			}
		}
		if n := c.calls.Load(); n != 2 {
			t.Errorf("collected %d times, want 2", n)
		}
	})
}

func TestLateCollectionGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: 10 * time.Second}
		a := assessor(c, store.NewMemory(10, nil))
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if _, err := a.Assess(ctx, target("project")); !errors.Is(err, ErrLate) {
			t.Errorf("err = %v, want ErrLate", err)
		}
		time.Sleep(7 * time.Second)
		ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := a.Assess(ctx, target("project")); err != nil || c.calls.Load() != 1 {
			t.Errorf("after %d collections: %v", c.calls.Load(), err)
		}
	})
}

func TestPassingGapsAreAskedForSoon(t *testing.T) {
	for gap, lifetime := range map[repo.Gap]time.Duration{repo.Late: brokenFor, repo.Unsupported: freshFor} {
		synctest.Test(t, func(t *testing.T) {
			c := &slowly{gap: gap}
			a := assessor(c, store.NewMemory(10, nil))
			for i, wait := range []time.Duration{0, lifetime - time.Second, time.Second} {
				time.Sleep(wait)
				if _, err := a.Assess(t.Context(), target("project")); err != nil {
					t.Error(err)
				}
				if want := int32(1 + i/2); c.calls.Load() != want {
					t.Errorf("%s: collected %d times at question %d, want %d", gap, c.calls.Load(), i+1, want)
				}
			}
		})
	}
}

func TestCollectionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: time.Second}
		a := assessor(c, nil)
		var wg sync.WaitGroup
		for i := range 9 {
			wg.Go(func() {
				if _, err := a.Assess(t.Context(), target(string(rune('a'+i)))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if c.calls.Load() != 9 || c.most.Load() != 2 {
			t.Errorf("%d collections, %d at the same time, want 9 and 2", c.calls.Load(), c.most.Load())
		}
	})
}

func TestErrorIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("gone")
		_, err := assessor(&slowly{err: gone}, nil).Assess(t.Context(), target("project"))
		if !errors.Is(err, gone) || !strings.HasPrefix(err.Error(), "assess https://forge.example.org/owner/project: ") {
			t.Errorf("err = %v", err)
		}
	})
}

func TestStopEndsCollections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := assessor(&slowly{takes: time.Hour}, nil)
		failed := make(chan error, 1)
		go func() {
			_, err := a.Assess(t.Context(), target("project"))
			failed <- err
		}()
		synctest.Wait()
		start := time.Now()
		a.Stop()
		if err := <-failed; !errors.Is(err, context.Canceled) || time.Since(start) != 0 {
			t.Errorf("after %v: %v, want a cancelled collection at once", time.Since(start), err)
		}
		if _, err := a.Assess(t.Context(), target("project")); !errors.Is(err, ErrStopped) {
			t.Errorf("err = %v, want ErrStopped", err)
		}
	})
}

// broke is a store that fails.
type broke struct{}

func (broke) Get(context.Context, string) ([]byte, bool, error) {
	return nil, false, errors.New("broken")
}
func (broke) Put(context.Context, string, []byte, time.Duration) error { return errors.New("broken") }

func TestFailingStoreCostsOnlyTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		a := assessor(&slowly{}, broke{})
		a.Log = slog.New(slog.NewTextHandler(&log, nil))
		if _, err := a.Assess(t.Context(), target("project")); err != nil {
			t.Error(err)
		}
		if strings.Count(log.String(), "level=WARN") != 2 {
			t.Errorf("log = %q, want two warnings", log.String())
		}
	})
}
