package outbound

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// shareEvery is how often the lines that other replicas wrote are looked up. In between, what answers say is enough.
const shareEvery = 5 * time.Second

// entry is a line of the book as replicas share it: through the store of answers, where it lasts as long as it says anything.
type entry struct {
	Limit, Remaining int
	Reset            time.Time   // of the budget
	Until            time.Time   // no request of the token before
	Sent             []time.Time `json:",omitempty"` // the last requests, where there is a grant
}

// entryKey returns the key of a line. The token does not stand in it.
func (a *API) entryKey(token, budget string) string {
	h := sha256.Sum256([]byte(a.base.String() + "\x00" + token + "\x00" + budget))
	return "rate/1/" + hex.EncodeToString(h[:])
}

// learn takes over what other replicas wrote of a budget. A store that fails only costs the sharing.
func (a *API) learn(ctx context.Context, budget string) {
	if a.answers == nil || !a.book.due(budget) {
		return
	}
	for _, h := range a.book.accounts {
		value, found, err := a.answers.Get(ctx, a.entryKey(h.token, budget))
		var e entry
		if err == nil && found && json.Unmarshal(value, &e) == nil {
			a.book.merge(h, budget, e)
		}
	}
}

// tell writes a line for the other replicas.
func (a *API) tell(ctx context.Context, account *account, budget string) {
	e, lasts := a.book.entry(account)
	if a.answers == nil || lasts <= 0 {
		return
	}
	if value, err := json.Marshal(e); err == nil {
		_ = a.answers.Put(ctx, a.entryKey(account.token, budget), value, lasts) // it only costs the sharing
	}
}

// due reports whether a budget was not looked up lately, and notes that it is now. A grant is small and its requests are rare,
// so that each of them is counted.
func (b *book) due(budget string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if now.Sub(b.learnt[budget]) < shareEvery && b.grant.Requests == 0 {
		return false
	}
	b.learnt[budget] = now
	return true
}

// merge takes over a line: of two of the same period the one with less left, and the longer pause.
func (b *book) merge(h *holder, budget string, e entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	latest := b.now().Add(longestRetry)
	line := h.line(budget)
	line.send(b.grant, slices.DeleteFunc(e.Sent, func(at time.Time) bool {
		return at.After(b.now()) || slices.ContainsFunc(line.sent, at.Equal)
	})...)
	if e.Until.After(h.until) && !e.Until.After(latest) {
		h.until = e.Until
	}
	if e.Limit > 0 && e.Reset.After(b.now()) && !e.Reset.After(latest) {
		h.line(budget).heard(b.now(), e.Limit, e.Remaining, e.Reset)
	}
}

// entry returns a line for sharing, and how long it says anything.
func (b *book) entry(a *account) (entry, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := entry{Limit: a.line.limit, Remaining: a.line.remaining, Reset: a.line.reset, Until: a.until, Sent: slices.Clone(a.line.sent)}
	ends := e.Reset
	if n := len(e.Sent); n > 0 {
		ends = e.Sent[n-1].Add(b.grant.Per)
	}
	if e.Until.After(ends) {
		ends = e.Until
	}
	return e, ends.Sub(b.now())
}
