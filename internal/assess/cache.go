package assess

import (
	"context"
	"time"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/repo"
)

// CacheResult is how a look-up ended.
type CacheResult uint8

// The results of a look-up.
const (
	Absent CacheResult = iota // nothing is known
	Held                      // a report was ready
	Stored                    // a snapshot came from the store
	Stale                     // what is known answers, and is refreshed behind
)

var cacheText = [...]string{"absent", "held", "stored", "stale"}

// String returns the result as metric labels spell it.
func (r CacheResult) String() string { return cacheText[r] }

// CacheResults lists the results, for labels.
func CacheResults() []CacheResult { return []CacheResult{Absent, Held, Stored, Stale} }

// lookUp returns what is known about a target. The value is nil for Absent. What is stored is judged in a flight of its own:
// when ctx ends before, the error wraps ErrLate, and the report will be held.
func (a *Assessor) lookUp(ctx context.Context, key string, target repo.Target) (*held, CacheResult, error) {
	h, result := (*held)(nil), Held
	if found, ok := a.reports.Get(key); ok {
		h = found
	} else if a.Store != nil {
		f, err := a.join(ctx, "stored "+key, func(ctx context.Context, _ *flight) (*held, error) {
			if r := a.load(ctx, key); r != nil {
				return a.hold(key, target, r, a.reading()), nil
			}
			return nil, nil
		})
		if err != nil {
			return nil, Absent, err
		}
		select {
		case <-f.done:
			h, result = f.held, Stored
		case <-ctx.Done():
			return nil, Absent, ErrLate
		}
	}
	switch {
	case h == nil:
		return nil, Absent, nil
	case h.refusal != nil && time.Since(h.collected) >= h.refusal.Lifetime, time.Since(h.collected) >= keptFor:
		a.reports.Remove(key)
		return nil, Absent, nil
	case h.refusal == nil && outdated(h.collected, h.report.Gaps) && !time.Now().Before(h.again):
		return h, Stale, nil
	}
	return h, result, nil
}

// outdated reports whether a snapshot with some gaps, collected some time ago, is to be refreshed.
func outdated(collected time.Time, gaps []Gap) bool {
	age := time.Since(collected)
	return age >= freshFor || age >= brokenFor && passing(gaps)
}

// reading returns what judges snapshots as the operator wants them judged.
func (a *Assessor) reading() *check.Reading { return &check.Reading{FixTimes: a.FixTimes} }

// hold judges a record and keeps the report ready, without the contents that it was judged on.
func (a *Assessor) hold(key string, target repo.Target, r *record, reading *check.Reading) *held {
	h := &held{collected: r.Collected, refusal: r.Refusal}
	if r.Refusal == nil {
		h.report = judge(reading, target, r.Snapshot)
		h.report.Snapshot = slim(r.Snapshot)
	}
	a.reports.Add(key, h)
	return h
}

// keep goes on with the report that is held where only something that passes keeps it from being refreshed; nil if there is none.
// It is not stored: other replicas may have more luck.
func (a *Assessor) keep(key string, why *Refusal) *held {
	h, ok := a.reports.Peek(key)
	if !ok || h.refusal != nil || !why.passing {
		return nil
	}
	kept := *h
	kept.again = time.Now().Add(why.Lifetime)
	a.reports.Add(key, &kept)
	return &kept
}

// slim returns a copy of a snapshot without files, messages of commits, tags and releases, dependencies, keys and texts of sites.
func slim(s *repo.Snapshot) *repo.Snapshot {
	c := *s
	c.Files.Value = nil
	commits := make([]repo.Commit, len(s.Commits.Value.Commits))
	for i, commit := range s.Commits.Value.Commits {
		commit.Body = ""
		commits[i] = commit
	}
	c.Commits.Value.Commits = commits
	tags := make([]repo.Tag, len(s.Tags.Value))
	for i, tag := range s.Tags.Value {
		tag.Message = ""
		tags[i] = tag
	}
	c.Tags.Value = tags
	releases := make([]repo.Release, len(s.Releases.Value))
	for i, release := range s.Releases.Value {
		release.Notes = ""
		releases[i] = release
	}
	c.Releases.Value = releases
	if s.Elsewhere != nil {
		said := *s.Elsewhere
		said.Keys.Value, said.SecurityText.Value = nil, nil
		c.Elsewhere = &said
	}
	c.Components.Value, c.Inherited.Value.Files = nil, nil
	return &c
}

func (a *Assessor) load(ctx context.Context, key string) *record {
	if a.Store == nil {
		return nil
	}
	value, found, err := a.Store.Get(ctx, key)
	if err != nil || !found {
		a.complain(ctx, "look up", err)
		return nil
	}
	r, err := a.codec.decode(value)
	a.complain(ctx, "read", err)
	return r
}

func (a *Assessor) save(ctx context.Context, key string, r *record) {
	if a.Store == nil {
		return
	}
	lifetime := keptFor
	if r.Snapshot == nil {
		lifetime = r.Refusal.Lifetime
	}
	value, err := a.codec.encode(r)
	if err == nil {
		err = a.Store.Put(ctx, key, value, lifetime)
	}
	a.complain(ctx, "store", err)
}

// complain logs what went wrong with the store, once a minute at most. It costs nothing but the cache, so nobody else hears of it.
func (a *Assessor) complain(ctx context.Context, doing string, err error) {
	if err == nil {
		return
	}
	a.mu.Lock()
	quiet := time.Since(a.warned) < time.Minute
	if !quiet {
		a.warned = time.Now()
	}
	a.mu.Unlock()
	if !quiet {
		a.Log.WarnContext(ctx, "snapshots are not kept", "doing", doing, "err", err)
	}
}
