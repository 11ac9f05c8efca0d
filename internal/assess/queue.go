package assess

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrBusy says that too many collections wait already.
var ErrBusy = errors.New("too many repositories are being read")

// queue admits collections: so many at once in all, so many per host, and hosts take turns, so that a slow one delays no other.
type queue struct {
	total, perHost, backlog int // limits: admitted in all, admitted per host, waiting in all

	mu       sync.Mutex
	admitted map[string]int
	running  int
	waiting  int
	lines    map[string][]chan struct{} // who waits, by host; closed on admission
	turns    []string                   // the hosts in lines, the next one first
}

// enter waits for admission. It fails at once with ErrBusy when too many wait, and with the context's error when that ends.
// After nil, leave must be called.
func (q *queue) enter(ctx context.Context, host string) error {
	q.mu.Lock()
	if q.running < q.total && q.admitted[host] < q.perHost && len(q.lines[host]) == 0 {
		q.admit(host)
		q.mu.Unlock()
		return nil
	}
	if q.waiting >= q.backlog {
		q.mu.Unlock()
		return ErrBusy
	}
	ticket := make(chan struct{})
	if q.lines == nil {
		q.lines = map[string][]chan struct{}{}
	}
	if len(q.lines[host]) == 0 {
		q.turns = append(q.turns, host)
	}
	q.lines[host] = append(q.lines[host], ticket)
	q.waiting++
	q.mu.Unlock()

	select {
	case <-ticket:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	if i := slices.Index(q.lines[host], ticket); i >= 0 {
		q.lines[host] = slices.Delete(q.lines[host], i, i+1)
		q.waiting--
		if len(q.lines[host]) == 0 {
			q.forget(host)
		}
		q.mu.Unlock()
	} else { // it was admitted meanwhile
		q.mu.Unlock()
		q.leave(host)
	}
	return context.Cause(ctx)
}

// leave makes room for others.
func (q *queue) leave(host string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	if q.admitted[host]--; q.admitted[host] == 0 {
		delete(q.admitted, host)
	}
	for q.running < q.total {
		i := slices.IndexFunc(q.turns, func(h string) bool { return q.admitted[h] < q.perHost })
		if i < 0 {
			return
		}
		next := q.turns[i]
		line := q.lines[next]
		q.admit(next)
		q.waiting--
		close(line[0])
		q.turns = slices.Delete(q.turns, i, i+1)
		if q.lines[next] = line[1:]; len(line) > 1 {
			q.turns = append(q.turns, next)
		} else {
			delete(q.lines, next)
		}
	}
}

// length returns how many wait.
func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting
}

func (q *queue) admit(host string) {
	if q.admitted == nil {
		q.admitted = map[string]int{}
	}
	q.admitted[host]++
	q.running++
}

func (q *queue) forget(host string) {
	delete(q.lines, host)
	q.turns = slices.DeleteFunc(q.turns, func(h string) bool { return h == host })
}
