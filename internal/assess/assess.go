package assess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/repo"
)

// ErrLate says that the evidence did not arrive before the asker's deadline. The collection goes on, so that asking again helps.
var ErrLate = errors.New("the repository is still being read")

// ErrStopped says that the service is going down.
var ErrStopped = errors.New("the service is stopping")

// Collector gathers the evidence about one repository.
type Collector interface {
	// Collect returns a snapshot of the target. It asks want, with the listing and the contents known so far, which files
	// to read until nothing new is wanted. What cannot be had is a gap in the snapshot; an error means that there is no
	// snapshot at all. The context bounds the time.
	Collect(ctx context.Context, target repo.Target, want func([]repo.File) []string) (*repo.Snapshot, error)
}

// Store keeps snapshots. It may forget; it may not lie.
type Store interface {
	// Get returns what was put under the key and is not older than its lifetime.
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	// Put keeps a value for at most lifetime.
	Put(ctx context.Context, key string, value []byte, lifetime time.Duration) error
}

// How long a snapshot serves: a whole one, and one in which a fact is missing that may be had a while later.
const (
	freshFor  = time.Hour
	brokenFor = time.Minute
)

// Assessor assesses repositories. Its exported fields are set once, before use.
type Assessor struct {
	Collector Collector
	Store     Store            // nil: nothing is kept
	Log       *slog.Logger     // where a failing store is reported
	AsOf      func() time.Time // the only clock of the checks
	Limit     time.Duration    // of one collection; it outlives the query that started it
	Parallel  int              // collections at the same time, at least 1

	mu      sync.Mutex
	flights map[string]*flight
	slots   chan struct{}
	stopped bool
	running sync.WaitGroup
}

// flight is a collection that several askers wait for.
type flight struct {
	cancel   context.CancelFunc
	done     chan struct{} // closed when snapshot and err are set
	snapshot *repo.Snapshot
	err      error
}

// Today returns the current UTC date, the usual as-of time.
func Today() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// Assess returns the report about a target: from the store, or after collecting the evidence, once for all who ask at the
// same time. When ctx ends first the error wraps ErrLate and the collection goes on.
func (a *Assessor) Assess(ctx context.Context, target repo.Target) (*Report, error) {
	s := a.load(ctx, target)
	if s == nil {
		var err error
		if s, err = a.collected(ctx, target); err != nil {
			return nil, fmt.Errorf("assess %s: %w", target.Ref, err)
		}
	}
	return Judge(target, s), nil
}

// Stop ends the collections under way and waits until they are gone. Assess fails afterwards.
func (a *Assessor) Stop() {
	a.mu.Lock()
	a.stopped = true
	for _, f := range a.flights {
		f.cancel()
	}
	a.mu.Unlock()
	a.running.Wait()
}

func (a *Assessor) collected(ctx context.Context, target repo.Target) (*repo.Snapshot, error) {
	f, err := a.join(ctx, target)
	if err != nil {
		return nil, err
	}
	select {
	case <-f.done:
		return f.snapshot, f.err
	case <-ctx.Done():
		return nil, ErrLate
	}
}

// join returns the flight that collects the target, starting one if there is none.
func (a *Assessor) join(ctx context.Context, target repo.Target) (*flight, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		return nil, ErrStopped
	}
	if a.flights == nil {
		a.flights, a.slots = map[string]*flight{}, make(chan struct{}, a.Parallel)
	}
	key := storeKey(target)
	if f := a.flights[key]; f != nil {
		return f, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.Limit)
	f := &flight{cancel: cancel, done: make(chan struct{})}
	a.flights[key] = f
	a.running.Go(func() {
		defer cancel()
		f.snapshot, f.err = a.collect(ctx, target)
		a.mu.Lock()
		delete(a.flights, key)
		a.mu.Unlock()
		close(f.done)
	})
	return f, nil
}

func (a *Assessor) collect(ctx context.Context, target repo.Target) (*repo.Snapshot, error) {
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
		return nil, ErrLate
	}
	s, err := a.Collector.Collect(ctx, target, check.Wanted)
	if err != nil {
		return nil, err
	}
	s.Time = a.AsOf()
	a.save(ctx, target, s)
	return s, nil
}

// storeKey starts with the version of the stored form.
func storeKey(t repo.Target) string {
	key := "snapshot/1/" + t.Ref.String()
	if t.Pinned {
		key += "@" + t.Revision
	}
	return key
}

func (a *Assessor) load(ctx context.Context, target repo.Target) *repo.Snapshot {
	if a.Store == nil {
		return nil
	}
	value, found, err := a.Store.Get(ctx, storeKey(target))
	if err != nil || !found {
		a.report(ctx, "snapshot not looked up", err)
		return nil
	}
	s := new(repo.Snapshot)
	if err := json.Unmarshal(value, s); err != nil {
		a.report(ctx, "stored snapshot not readable", err)
		return nil
	}
	return s
}

func (a *Assessor) save(ctx context.Context, target repo.Target, s *repo.Snapshot) {
	if a.Store == nil {
		return
	}
	lifetime := freshFor
	if broken(s) {
		lifetime = brokenFor
	}
	value, err := json.Marshal(s)
	if err == nil {
		err = a.Store.Put(ctx, storeKey(target), value, lifetime)
	}
	a.report(ctx, "snapshot not stored", err)
}

// report logs what went wrong with the store. It costs nothing but the cache, so nobody else hears of it.
func (a *Assessor) report(ctx context.Context, message string, err error) {
	if err != nil {
		a.Log.WarnContext(ctx, message, "err", err)
	}
}

// broken reports whether a fact is missing that may be had a while later.
func broken(s *repo.Snapshot) bool {
	for _, k := range repo.Kinds {
		if gap, _ := s.Gap(k.Kind); gap.Passing() {
			return true
		}
	}
	for i := range s.Files.Value {
		if s.Files.Value[i].Text.Gap.Passing() {
			return true
		}
	}
	return false
}
