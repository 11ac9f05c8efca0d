package assess

import (
	"context"
	"time"
)

// leaseFor is how long a replica that died holds up the others; leasePoll how often they look.
const (
	leaseFor  = 5 * time.Second
	leasePoll = 100 * time.Millisecond
)

// lease waits for the right to collect a key. If another replica collects it meanwhile, its record is returned. Without
// other replicas, and where the lease cannot be had because the store fails, the right is given at once.
func (a *Assessor) lease(ctx context.Context, key string, since time.Time) (release func(), theirs *record) {
	none := func() {}
	if a.Lease == nil {
		return none, nil
	}
	for {
		release, ok, err := a.Lease.Acquire(ctx, key, leaseFor)
		switch {
		case err != nil:
			a.complain(ctx, "lease", err)
			return none, nil
		case ok:
			return release, nil
		}
		select {
		case <-time.After(leasePoll):
		case <-ctx.Done():
			return none, nil // the collection will say so
		}
		if r := a.load(ctx, key); r != nil && r.Collected.After(since) {
			return none, r
		}
	}
}
