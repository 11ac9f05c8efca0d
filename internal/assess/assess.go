package assess

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/repo"
)

// ErrLate says that the evidence did not arrive before the asker's deadline. The collection goes on, so that asking again helps.
var ErrLate = errors.New("the repository is still being read")

// ErrStopped says that the service is going down.
var ErrStopped = errors.New("the service is stopping")

// Collector gathers the evidence about one repository.
type Collector interface {
	// Collect returns a snapshot. What cannot be had is a gap in it; an error means that there is no snapshot at all.
	// The context bounds the time.
	Collect(ctx context.Context, q repo.Request) (*repo.Snapshot, error)
}

// Store keeps values. It may forget; it may not lie.
type Store interface {
	// Get returns what was put under the key and is not older than its lifetime.
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	// Put keeps a value for at most lifetime.
	Put(ctx context.Context, key string, value []byte, lifetime time.Duration) error
}

// Lease gives one replica at a time the right to collect.
type Lease interface {
	// Acquire takes the lease of a key and keeps it until release is called. A replica that dies loses it after ttl.
	// ok is false if another replica has it.
	Acquire(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error)
}

// How long a snapshot serves without a second thought: a whole one, and one in which a fact is missing that may be had a
// while later. After that it still answers, while it is refreshed behind, until it is too old.
const (
	freshFor  = time.Hour
	brokenFor = time.Minute
	keptFor   = 30 * 24 * time.Hour
)

// tooSlow is how long a repository that could not be read within the limit is left alone.
const tooSlow = 10 * time.Minute

// reportsHeld is how many reports are held ready to be answered with.
const reportsHeld = 512

// Config is what an Assessor works with.
type Config struct {
	Collector Collector
	Store     Store            // nil: nothing outlives the process
	Lease     Lease            // nil: there are no other replicas
	Log       *slog.Logger     // where a failing store is reported
	AsOf      func() time.Time // the only clock of the checks
	FixTimes  check.FixTimes   // by which fix-timeliness judges; the zero value means the defaults
	Limit     time.Duration    // of one collection; it outlives the query that started it
	Parallel  int              // collections at the same time
	PerHost   int              // of these for one host
	Backlog   int              // collections that may wait
	Observe   Observer
}

// Observer is told what an Assessor does. Its functions may be nil.
type Observer struct {
	Looked    func(CacheResult)                           // a target was looked up
	Collected func(err error, waited, took time.Duration) // a collection ended
}

// Assessor assesses repositories. It is safe for concurrent use.
type Assessor struct {
	Config
	codec   *codec
	reports *lru.Cache[string, *held]
	queue   queue

	mu      sync.Mutex
	flights map[string]*flight
	stopped bool
	running sync.WaitGroup
	warned  time.Time // when a failing store was last reported
}

// held is what is known about a target.
type held struct {
	collected time.Time
	report    *Report // nil if there is a refusal
	refusal   *Refusal
	again     time.Time // when it may be refreshed again, after an attempt that failed
}

// flight is a collection, or the judging of what is stored, that several askers wait for.
type flight struct {
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when held and err are set
	held   *held         // nil with err, and if nothing is stored
	err    error
	early  atomic.Pointer[Report] // about the tree alone, until the other facts are there
}

// New returns an Assessor.
func New(c Config) (*Assessor, error) {
	check.Prepare()
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	reports, err := lru.New[string, *held](reportsHeld)
	if err != nil {
		return nil, err
	}
	return &Assessor{
		Config: c, codec: codec, reports: reports, flights: map[string]*flight{},
		queue: queue{total: max(c.Parallel, 1), perHost: max(c.PerHost, 1), backlog: c.Backlog},
	}, nil
}

// Today returns the current UTC date, the usual as-of time.
func Today() time.Time { return time.Now().UTC().Truncate(24 * time.Hour) }

// Waiting returns how many collections wait for their turn.
func (a *Assessor) Waiting() int { return a.queue.length() }

// Assess returns the report about a target: one that is held or stored, refreshing it behind if it is no longer fresh, else
// from a collection, one for all who ask at the same time. A report that cannot be refreshed because of what passes, such as a
// host that is down, answers on. When ctx ends first the report is about the tree alone, with the
// other facts Late, or the error wraps ErrLate; the collection goes on. Other errors are the collector's, ErrBusy and ErrStopped.
func (a *Assessor) Assess(ctx context.Context, target repo.Target) (*Report, error) {
	h, err := a.assess(ctx, target)
	switch {
	case err != nil:
	case h.refusal != nil:
		err = h.refusal
	default:
		return h.report, nil
	}
	return nil, fmt.Errorf("assess %s: %w", target.Ref, err)
}

// Stop ends the collections under way and waits until they are gone. Assess fails afterwards unless it has the report.
func (a *Assessor) Stop() {
	a.mu.Lock()
	a.stopped = true
	for _, f := range a.flights {
		f.cancel(ErrStopped)
	}
	a.mu.Unlock()
	a.running.Wait()
}

func (a *Assessor) assess(ctx context.Context, target repo.Target) (*held, error) {
	key := storeKey(target)
	h, result, err := a.lookUp(ctx, key, target)
	if err != nil {
		return nil, err
	}
	if a.Observe.Looked != nil {
		a.Observe.Looked(result)
	}
	if result == Held || result == Stored {
		return h, nil
	}
	deadline, _ := ctx.Deadline()
	f, err := a.join(ctx, key, func(ctx context.Context, f *flight) (*held, error) { return a.fly(ctx, f, key, target, deadline) })
	if result == Stale { // whatever becomes of the refreshing
		return h, nil
	}
	if err != nil {
		return nil, err
	}
	select {
	case <-f.done:
		return f.held, f.err
	case <-ctx.Done():
	}
	if early := f.early.Load(); early != nil {
		return &held{report: early}, nil
	}
	return nil, ErrLate
}

// join returns the flight of a key, starting one that does something if there is none.
func (a *Assessor) join(ctx context.Context, key string, do func(context.Context, *flight) (*held, error)) (*flight, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		return nil, ErrStopped
	}
	if f := a.flights[key]; f != nil {
		return f, nil
	}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	f := &flight{cancel: cancel, done: make(chan struct{})}
	a.flights[key] = f
	a.running.Go(func() {
		defer cancel(nil)
		f.held, f.err = do(ctx, f)
		a.mu.Lock()
		delete(a.flights, key)
		a.mu.Unlock()
		close(f.done)
	})
	return f, nil
}

// fly waits for its turn, collects, judges, and keeps what came of it. The deadline is that of the first who asked.
func (a *Assessor) fly(ctx context.Context, f *flight, key string, target repo.Target, deadline time.Time) (*held, error) {
	start := time.Now()
	if err := a.queue.enter(ctx, target.Ref.Host); err != nil {
		return nil, err
	}
	defer a.queue.leave(target.Ref.Host)
	waited := time.Since(start)
	ctx, cancel := context.WithTimeoutCause(ctx, a.Limit, &Refusal{
		Text: fmt.Sprintf("reading it took longer than %v", a.Limit), Lifetime: tooSlow,
		Action: "Assess a local clone on the command line, or raise --limit.", passing: true,
	})
	defer cancel()
	release, last := a.lease(ctx, key, start)
	defer release()
	if last == nil {
		last = a.load(ctx, key)
	}
	if last != nil && last.serves() { // another replica was quicker
		return a.hold(key, target, last, a.reading()), nil
	}

	reading := a.reading()
	q := repo.Request{Target: target, Want: reading.Wanted, Ask: reading.Questions, Soon: a.soon(deadline), Early: func(s *repo.Snapshot) {
		s.Time = a.AsOf()
		early := judge(reading, target, s)
		early.Early, early.Snapshot = true, slim(s)
		f.early.Store(early)
	}}
	if last != nil {
		q.Old = last.Snapshot
	}
	s, err := a.Collector.Collect(ctx, q)
	if a.Observe.Collected != nil {
		a.Observe.Collected(err, waited, time.Since(start)-waited)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	r := &record{Collected: time.Now(), Snapshot: s}
	if err != nil {
		if r.Refusal = refusal(err); r.Refusal == nil {
			return nil, err
		}
		if h := a.keep(key, r.Refusal); h != nil {
			return h, nil
		}
		r.Snapshot = q.Old // so that another repository under the same name is told from the one before
	} else {
		s.Time = a.AsOf()
	}
	a.save(context.WithoutCancel(ctx), key, r)
	return a.hold(key, target, r, reading), nil
}

// soon returns the time by which facts that can be missing should be there: when half of what is left of a query, or of the
// limit for one that does not wait, is over.
func (a *Assessor) soon(deadline time.Time) time.Time {
	now := time.Now()
	left := deadline.Sub(now)
	if left <= 0 {
		left = a.Limit
	}
	return now.Add(left / 2)
}
