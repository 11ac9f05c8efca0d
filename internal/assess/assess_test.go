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

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/repo"
	"misp-csirt-tooling/internal/store"
)

// slowly is a collector that takes a while and fails if err is set.
type slowly struct {
	takes time.Duration
	err   error
	gap   repo.Gap
	early time.Duration // when the tree is there, if it comes apart

	advisories []repo.Advisory // what the forge published

	calls, now, most atomic.Int32
	old              atomic.Pointer[repo.Snapshot] // what it was handed at last
	waits            atomic.Int64                  // how long it may wait for what can be missing
}

func (c *slowly) Collect(ctx context.Context, q repo.Request) (*repo.Snapshot, error) {
	target := q.Target
	c.calls.Add(1)
	c.old.Store(q.Old)
	c.waits.Store(int64(time.Until(q.Soon)))
	c.most.Store(max(c.most.Load(), c.now.Add(1)))
	defer c.now.Add(-1)
	if c.early > 0 {
		time.Sleep(c.early)
		q.Early(&repo.Snapshot{Ref: target.Ref, Tags: repo.Missing[[]repo.Tag](repo.Late, "still on its way")})
	}
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.err != nil {
		return nil, c.err
	}
	return &repo.Snapshot{
		Ref: target.Ref, Commit: strings.Repeat("c", 40), Tags: repo.Missing[[]repo.Tag](c.gap, ""),
		Files:      repo.Known([]repo.File{{Path: "README.md", Text: repo.Known("text")}}),
		Advisories: repo.Known(c.advisories),
	}, nil
}

var asOf = time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)

func assessor(t *testing.T, c Collector, s Store) *Assessor {
	t.Helper()
	a, err := New(Config{
		Collector: c, Store: s, Log: slog.New(slog.DiscardHandler), AsOf: func() time.Time { return asOf },
		Limit: time.Minute, Parallel: 4, PerHost: 2, Backlog: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func target(name string) repo.Target {
	return repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "https", Host: "forge.example.org", Path: "owner/" + name}}
}

func TestOneCollectionForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: time.Second}
		a := assessor(t, c, store.NewMemory(10, nil))
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
		if _, err := assessor(t, c, a.Store).Assess(t.Context(), target("project")); err != nil || c.calls.Load() != 1 {
			t.Errorf("another process collected again, %d times in all, want once, %v", c.calls.Load(), err)
		}
	})
}

func TestPinnedRevisionIsAnotherAssessment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{}
		a := assessor(t, c, store.NewMemory(10, nil))
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

// TestFigures judges what is stored by the figures in force: the store keeps evidence, no verdicts.
func TestFigures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, kept := &slowly{}, store.NewMemory(10, nil)
		c.advisories = []repo.Advisory{{
			ID: "GHSA-22cc-33ff-44gg", Severity: "high", Published: asOf.AddDate(0, 0, -20), Affected: []repo.Affected{{Package: "project"}},
		}}
		for figures, want := range map[check.FixTimes]check.Status{
			{}:                               check.Unknown, // ten days are left
			{Grave: 10, Other: 90, Years: 3}: check.Unmet,
		} {
			a := assessor(t, c, kept)
			a.FixTimes = figures
			for range 2 { // from the store, and as it is held
				r, err := a.Assess(t.Context(), target("project"))
				if err != nil {
					t.Fatal(err)
				}
				if f := r.Finding("fix-timeliness"); f.Status != want || want == check.Unmet && !strings.Contains(f.Reason, "10 days if critical") {
					t.Errorf("%+v: %s: %s, want %s", figures, f.Status, f.Reason, want)
				}
			}
		}
		if n := c.calls.Load(); n != 1 {
			t.Errorf("collected %d times, want once", n)
		}
	})
}

func TestLateCollectionGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: 10 * time.Second}
		a := assessor(t, c, store.NewMemory(10, nil))
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

func TestTreeAloneAnswersAtTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: 10 * time.Second, early: 2 * time.Second}
		a := assessor(t, c, store.NewMemory(10, nil))
		ask := func(patience time.Duration) (*Report, error) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			return a.Assess(ctx, target("project"))
		}
		if _, err := ask(time.Second); !errors.Is(err, ErrLate) {
			t.Errorf("before the tree: %v, want ErrLate", err)
		}
		r, err := ask(3 * time.Second)
		if err != nil || !r.Early || !r.Passing() || !r.Snapshot.Time.Equal(asOf) {
			t.Errorf("with the tree: %+v, %v, want a report with passing gaps", r, err)
		}
		if r, err := ask(time.Minute); err != nil || r.Early || r.Passing() || c.calls.Load() != 1 {
			t.Errorf("in the end: %+v, %v after %d collections", r, err, c.calls.Load())
		}
	})
}

func TestStaleReportAnswersAndIsRefreshed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		gap   repo.Gap
		fresh time.Duration // how long nobody is asked
	}{
		{"whole", repo.None, freshFor},
		{"a lasting gap", repo.Unsupported, freshFor},
		{"a passing gap", repo.Late, brokenFor},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &slowly{gap: tt.gap, takes: time.Millisecond}
				a := assessor(t, c, store.NewMemory(10, nil))
				ask := func(calls int32) {
					t.Helper()
					r, err := a.Assess(t.Context(), target("project"))
					synctest.Wait()
					if err != nil || len(r.Findings) == 0 || c.calls.Load() != calls {
						t.Errorf("%d collections, want %d; %v", c.calls.Load(), calls, err)
					}
				}
				ask(1)
				time.Sleep(tt.fresh - time.Second)
				ask(1)
				time.Sleep(time.Second)
				start := time.Now()
				ask(2)
				if c.old.Load() == nil || len(c.old.Load().Files.Value) != 1 || c.old.Load().Files.Value[0].Text.Value != "text" {
					t.Errorf("the last snapshot was not handed over with its contents: %+v", c.old.Load())
				}
				if time.Since(start) != 0 {
					t.Errorf("the stale report took %v", time.Since(start))
				}
				time.Sleep(2 * time.Millisecond)
				ask(2)
			})
		})
	}
}

// gone is an error that holds for a while.
type gone struct{}

func (gone) Error() string           { return "gone" }
func (gone) Advice() string          { return "Look elsewhere." }
func (gone) Lifetime() time.Duration { return time.Hour }
func (gone) Passing() bool           { return false }

// down is an error of a host that does not answer for a while.
type down struct{ gone }

func (down) Lifetime() time.Duration { return time.Minute }
func (down) Passing() bool           { return true }

func TestRefusalIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{err: gone{}}
		kept := store.NewMemory(10, nil)
		a := assessor(t, c, kept)
		ask := func(a *Assessor, calls int32) {
			t.Helper()
			_, err := a.Assess(t.Context(), target("project"))
			var r *Refusal
			if !errors.As(err, &r) || r.Advice() != "Look elsewhere." || c.calls.Load() != calls {
				t.Errorf("after %d collections, want %d: %v", c.calls.Load(), calls, err)
			}
			if want := "assess https://forge.example.org/owner/project: gone"; err.Error() != want {
				t.Errorf("err = %v, want %s", err, want)
			}
		}
		ask(a, 1)
		ask(a, 1)
		ask(assessor(t, c, kept), 1)
		time.Sleep(time.Hour)
		ask(a, 2)
	})
}

// TestLastSnapshotOutlivesARefusal keeps what tells another repository under the same name from the one before.
func TestLastSnapshotOutlivesARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, kept := &slowly{}, store.NewMemory(10, nil)
		a := assessor(t, c, kept)
		ask := func(refused bool) {
			t.Helper()
			time.Sleep(freshFor)
			_, _ = a.Assess(t.Context(), target("project")) // the stale report answers and is refreshed
			synctest.Wait()
			if _, err := a.Assess(t.Context(), target("project")); (err != nil) != refused {
				t.Errorf("err = %v", err)
			}
		}
		ask(false)
		c.err = gone{}
		ask(true)
		c.err, a = nil, assessor(t, c, kept)
		ask(false)
		if c.old.Load() == nil || c.old.Load().Commit != strings.Repeat("c", 40) {
			t.Errorf("the snapshot from before was not handed over: %+v", c.old.Load())
		}
	})
}

// TestReportOutlivesAFailureOfTheHost answers with what is known while the host is down, and asks again once a minute.
func TestReportOutlivesAFailureOfTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, kept := &slowly{}, store.NewMemory(10, nil)
		a := assessor(t, c, kept)
		ask := func(a *Assessor, calls int32) {
			t.Helper()
			_, err := a.Assess(t.Context(), target("project"))
			synctest.Wait()
			if err != nil || c.calls.Load() != calls {
				t.Errorf("after %d collections, want %d: %v", c.calls.Load(), calls, err)
			}
		}
		ask(a, 1)
		time.Sleep(freshFor)
		c.err = down{}
		ask(a, 2)
		ask(a, 2)
		ask(assessor(t, c, kept), 3) // another process, which knows nothing of the attempt
		time.Sleep(time.Minute)
		ask(a, 4)
		c.err = nil
		time.Sleep(time.Minute)
		ask(a, 5)
		ask(a, 5)
		time.Sleep(keptFor)
		c.err = down{}
		if _, err := a.Assess(t.Context(), target("project")); err == nil {
			t.Error("what is too old still answers")
		}
	})
}

// TestHalfTheTimeForWhatCanBeMissing halves the time of the query, or of the collection where nobody sets one.
func TestHalfTheTimeForWhatCanBeMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{}
		a := assessor(t, c, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if _, err := a.Assess(ctx, target("project")); err != nil || time.Duration(c.waits.Load()) != 2*time.Second {
			t.Errorf("waited for %v of 4 s, %v", time.Duration(c.waits.Load()), err)
		}
		if _, err := a.Assess(t.Context(), target("other")); err != nil || time.Duration(c.waits.Load()) != a.Limit/2 {
			t.Errorf("waited for %v of %v, %v", time.Duration(c.waits.Load()), a.Limit, err)
		}
	})
}

func TestPassingErrorIsNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		c := &slowly{err: broken}
		a := assessor(t, c, store.NewMemory(10, nil))
		for range 2 {
			if _, err := a.Assess(t.Context(), target("project")); !errors.Is(err, broken) {
				t.Errorf("err = %v", err)
			}
		}
		if c.calls.Load() != 2 {
			t.Errorf("%d collections, want 2", c.calls.Load())
		}
	})
}

func TestSlowRepositoryIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: time.Hour}
		a := assessor(t, c, nil)
		for range 2 {
			var r *Refusal
			if _, err := a.Assess(t.Context(), target("project")); !errors.As(err, &r) || r.Advice() == "" {
				t.Errorf("err = %v, want a refusal", err)
			}
		}
		if c.calls.Load() != 1 {
			t.Errorf("%d collections, want 1", c.calls.Load())
		}
	})
}

func TestBacklogIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := assessor(t, &slowly{takes: time.Second}, nil)
		var busy atomic.Int32
		var wg sync.WaitGroup
		for i := range 20 { // two are read, ten wait
			wg.Go(func() {
				if _, err := a.Assess(t.Context(), target(string(rune('a'+i)))); errors.Is(err, ErrBusy) {
					busy.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if a.Waiting() != 10 || busy.Load() != 8 {
			t.Errorf("%d wait, %d were sent away, want 10 and 8", a.Waiting(), busy.Load())
		}
		wg.Wait()
	})
}

// leases is a Lease of one process.
type leases struct{ held sync.Map }

func (l *leases) Acquire(_ context.Context, key string, _ time.Duration) (func(), bool, error) {
	if _, held := l.held.LoadOrStore(key, true); held {
		return nil, false, nil
	}
	return func() { l.held.Delete(key) }, true, nil
}

func TestReplicasCollectOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: 2 * time.Second}
		kept, lease := store.NewMemory(10, nil), &leases{}
		var wg sync.WaitGroup
		for range 3 {
			a := assessor(t, c, kept)
			a.Lease = lease
			wg.Go(func() {
				if _, err := a.Assess(t.Context(), target("project")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if c.calls.Load() != 1 {
			t.Errorf("%d collections, want 1", c.calls.Load())
		}
		// A lease of a replica that died is not waited for longer than the collection may take.
		lease.held.Store(storeKey(target("dead")), true)
		a := assessor(t, c, kept)
		a.Lease = lease
		start := time.Now()
		go func() {
			time.Sleep(leaseFor)
			lease.held.Delete(storeKey(target("dead")))
		}()
		if _, err := a.Assess(t.Context(), target("dead")); err != nil || time.Since(start) > leaseFor+3*time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// TestReplicaFindsWhatAnotherRefreshed has two replicas with the same report, which grows stale: the one that is asked
// second finds what the first refreshed in the store that they share.
func TestReplicaFindsWhatAnotherRefreshed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: time.Second}
		kept := store.NewMemory(10, nil)
		first, second := assessor(t, c, kept), assessor(t, c, kept)
		ask := func(a *Assessor, calls int32) {
			t.Helper()
			if _, err := a.Assess(t.Context(), target("project")); err != nil {
				t.Error(err)
			}
			time.Sleep(2 * time.Second) // for what goes on behind
			if c.calls.Load() != calls {
				t.Errorf("%d collections, want %d", c.calls.Load(), calls)
			}
		}
		ask(first, 1)
		ask(second, 1)
		time.Sleep(freshFor)
		ask(first, 2)
		ask(second, 2)
		ask(second, 2)
		time.Sleep(freshFor)
		ask(second, 3)
	})
}

// slowStore takes a while to hand out what it keeps, as judging that takes a while.
type slowStore struct {
	Store
	takes time.Duration
}

func (s slowStore) Get(ctx context.Context, key string) ([]byte, bool, error) {
	time.Sleep(s.takes)
	return s.Store.Get(ctx, key)
}

// TestDeadlineHoldsForWhatIsStored asks for a stored snapshot whose report takes longer than the asker can wait.
func TestDeadlineHoldsForWhatIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: time.Second}
		kept := store.NewMemory(10, nil)
		if _, err := assessor(t, c, kept).Assess(t.Context(), target("project")); err != nil {
			t.Fatal(err)
		}
		a := assessor(t, c, slowStore{kept, 10 * time.Second})
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := a.Assess(ctx, target("project")); !errors.Is(err, ErrLate) || time.Since(start) != 2*time.Second {
			t.Errorf("after %v: %v, want ErrLate after 2s", time.Since(start), err)
		}
		time.Sleep(10 * time.Second)
		start = time.Now()
		if _, err := a.Assess(t.Context(), target("project")); err != nil || time.Since(start) != 0 || c.calls.Load() != 1 {
			t.Errorf("after %v and %d collections: %v", time.Since(start), c.calls.Load(), err)
		}
	})
}

func TestHostsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue{total: 1, perHost: 1, backlog: 10}
		if err := q.enter(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, name := range []string{"a1", "a2", "a3", "b1", "b2"} {
			go func() {
				host := name[:1]
				if err := q.enter(t.Context(), host); err != nil {
					t.Error(err)
				}
				order = append(order, name)
				q.leave(host)
			}()
			synctest.Wait()
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if err := q.enter(ctx, "b"); !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v, want Canceled", err)
			}
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		q.leave("a")
		synctest.Wait()
		if got, want := strings.Join(order, " "), "a1 b1 a2 b2 a3"; got != want {
			t.Errorf("order %s, want %s", got, want)
		}
		if q.running != 0 || q.waiting != 0 || len(q.lines)+len(q.turns)+len(q.admitted) != 0 {
			t.Errorf("something is left: %+v", &q)
		}
	})
}

func TestCollectionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &slowly{takes: time.Second}
		a := assessor(t, c, nil)
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

func TestStopEndsCollections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := assessor(t, &slowly{takes: time.Hour}, nil)
		failed := make(chan error, 1)
		go func() {
			_, err := a.Assess(t.Context(), target("project"))
			failed <- err
		}()
		synctest.Wait()
		start := time.Now()
		a.Stop()
		if err := <-failed; !errors.Is(err, ErrStopped) || time.Since(start) != 0 {
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
		a := assessor(t, &slowly{}, broke{})
		a.Log = slog.New(slog.NewTextHandler(&log, nil))
		if _, err := a.Assess(t.Context(), target("project")); err != nil {
			t.Error(err)
		}
		if strings.Count(log.String(), "level=WARN") != 1 {
			t.Errorf("log = %q, want one warning in a minute", log.String())
		}
	})
}
