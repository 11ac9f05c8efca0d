package outbound

import (
	"bytes"
	"errors"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// ErrLimited says that a web API is not asked, or did not answer, because what it grants is used up. Every error that wraps
// it is a LimitedError.
var ErrLimited = errors.New("rate limit")

// LimitedError is why a web API is not asked now.
type LimitedError struct {
	API   string
	Until time.Time // when it may be asked again
}

// Error implements error.
func (e *LimitedError) Error() string { return "the rate limit of " + e.API + " is used up" }

// Is makes the error an ErrLimited.
func (e *LimitedError) Is(target error) bool { return target == ErrLimited }

const (
	reserveMost  = 50               // requests that are left to others of what a server grants, at most
	reservePart  = 10               // of the requests that it grants, the part that is left
	firstPause   = time.Minute      // after a refusal that says nothing of the time; doubled by each that follows
	longestPause = time.Hour        //
	badToken     = 10 * time.Minute // how long a token that is not accepted is left alone
	longestRetry = 6 * time.Hour    // what a server may ask for by Retry-After or a reset
	epochSeconds = 1_000_000_000    // from here on a reset is a time, below it a number of seconds
)

// book is what is known of the rate budgets of one API: one line for each token and budget of it. It is kept for all
// requests of the process, shared with other replicas, and makes nobody wait: a request is sent or refused at once.
type book struct {
	mu       sync.Mutex
	accounts []*holder
	grant    Grant
	now      func() time.Time
	learnt   map[string]time.Time // when the lines of other replicas were looked up, by budget
}

// holder is a token, "" for requests without an account, with its budgets.
type holder struct {
	token   string
	until   time.Time // no request before: the server asked for it
	pause   time.Duration
	budgets map[string]*budget
}

// budget is what the server last said of one budget.
type budget struct {
	known            bool
	limit, remaining int
	reset            time.Time
	flying           int         // requests under way, which the server has not counted yet
	sent             []time.Time // of the last requests, where the book has a grant: as many as that has
}

func newBook(tokens []string, grant Grant) *book {
	b := &book{grant: grant, now: time.Now, learnt: map[string]time.Time{}}
	if len(tokens) == 0 {
		tokens = []string{""}
	}
	for _, t := range tokens {
		b.accounts = append(b.accounts, &holder{token: t, budgets: map[string]*budget{}})
	}
	return b
}

// account is the permission to send one request. One of failed, refused and settled must be called in the end.
type account struct {
	*holder
	book *book
	line *budget
}

// take permits a request on a budget, or says until when there is none. What was asked for picks the token, so that the same
// is asked by the same while it can: answers that are kept are kept by token.
func (b *book) take(api, name, what string) (*account, error) {
	h := fnv.New32a()
	h.Write([]byte(what))
	first := int(h.Sum32() % uint32(len(b.accounts)))
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	var soonest time.Time
	for i := range b.accounts {
		holder := b.accounts[(first+i)%len(b.accounts)]
		line := holder.line(name)
		until := holder.until
		if line.spent(now) && line.reset.After(until) {
			until = line.reset
		}
		if next := line.granted(b.grant); next.After(until) {
			until = next
		}
		if !until.After(now) {
			line.flying++
			line.send(b.grant, now)
			return &account{holder, b, line}, nil
		}
		if soonest.IsZero() || until.Before(soonest) {
			soonest = until
		}
	}
	return nil, &LimitedError{API: api, Until: soonest}
}

// line returns the budget of a name.
func (h *holder) line(name string) *budget {
	l := h.budgets[name]
	if l == nil {
		l = &budget{}
		h.budgets[name] = l
	}
	return l
}

// heard notes what a server says. Answers may overtake each other: of those of one period the lowest is the newest.
func (l *budget) heard(now time.Time, limit, remaining int, reset time.Time) {
	if !l.known || reset.After(l.reset.Add(time.Second)) || remaining < l.remaining || !now.Before(l.reset) {
		l.remaining, l.reset = remaining, reset
	}
	l.known, l.limit = true, limit
}

// spent reports whether only the reserve is left.
func (l *budget) spent(now time.Time) bool {
	return l.known && now.Before(l.reset) && l.remaining-l.flying <= min(l.limit/reservePart, reserveMost)
}

// granted returns when the next request is within a grant.
func (l *budget) granted(g Grant) time.Time {
	if g.Requests == 0 || len(l.sent) < g.Requests {
		return time.Time{}
	}
	return l.sent[0].Add(g.Per)
}

// send notes requests in their order, and forgets those that no longer count.
func (l *budget) send(g Grant, at ...time.Time) {
	if g.Requests == 0 {
		return
	}
	l.sent = append(l.sent, at...)
	slices.SortFunc(l.sent, time.Time.Compare)
	l.sent = l.sent[max(0, len(l.sent)-g.Requests):]
}

// failed is for a request without an answer.
func (a *account) failed() {
	a.book.mu.Lock()
	defer a.book.mu.Unlock()
	a.line.flying--
}

// settled notes what an answer says of the budget. A token that is not accepted is left alone for a while if there are others.
func (a *account) settled(answer *http.Response) {
	a.book.mu.Lock()
	defer a.book.mu.Unlock()
	a.pause = 0
	a.note(answer)
	if answer.StatusCode == http.StatusUnauthorized && len(a.book.accounts) > 1 {
		a.until = a.book.now().Add(badToken)
	}
}

func (a *account) note(answer *http.Response) {
	l := a.line
	l.flying--
	now := a.book.now()
	limit, ok := headerInt(answer.Header, "X-Ratelimit-Limit", "Ratelimit-Limit")
	remaining, ok2 := headerInt(answer.Header, "X-Ratelimit-Remaining", "Ratelimit-Remaining")
	reset, ok3 := headerInt(answer.Header, "X-Ratelimit-Reset", "Ratelimit-Reset")
	if !ok || !ok2 || !ok3 {
		return
	}
	at := time.Unix(int64(reset), 0)
	if reset < epochSeconds {
		at = now.Add(time.Duration(reset) * time.Second)
	}
	if latest := now.Add(longestRetry); at.After(latest) {
		at = latest
	}
	l.heard(now, limit, remaining, at)
}

// refused notes an answer that says that the limit was met, and returns the error that says so.
func (a *account) refused(api string, answer *http.Response) error {
	a.book.mu.Lock()
	defer a.book.mu.Unlock()
	a.note(answer)
	now := a.book.now()
	wait, told := retryAfter(answer.Header.Get("Retry-After"), now)
	retry := now.Add(min(wait, longestRetry))
	if l := a.line; l.known && l.remaining == 0 && l.reset.After(now) { // this budget is used up, others are not
		if retry.After(l.reset) {
			l.reset = retry
		}
		return &LimitedError{API: api, Until: l.reset}
	}
	if !told {
		a.pause = min(max(2*a.pause, firstPause), longestPause)
		retry = now.Add(a.pause)
	}
	if retry.After(a.until) {
		a.until = retry
	}
	return &LimitedError{API: api, Until: a.until}
}

// remaining returns how many requests are granted still by the main budget, over all tokens that the server told of.
func (b *book) remaining() (n int, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, holder := range b.accounts {
		if line := holder.budgets[""]; line != nil && line.known {
			n, known = n+line.remaining, true
		}
	}
	return n, known
}

// rateHeaders are the headers that tell of a rate limit: those of GitHub, and those of GitLab and
// draft-ietf-httpapi-ratelimit-headers.
var rateHeaders = []string{
	"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "X-Ratelimit-Used", "X-Ratelimit-Resource",
	"Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset", "Ratelimit-Observed",
}

// headerInt returns the number in the first of the headers that has one.
func headerInt(h http.Header, names ...string) (int, bool) {
	for _, name := range names {
		if n, err := strconv.Atoi(h.Get(name)); err == nil && n >= 0 {
			return n, true
		}
	}
	return 0, false
}

// retryAfter reads Retry-After (RFC 9110, section 10.2.3): seconds or a date.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	if n, err := strconv.Atoi(value); err == nil && n >= 0 {
		return time.Duration(min(n, int(longestRetry/time.Second))) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// limitedAnswer reports whether an answer refuses because of a rate limit: always 429; 403 when the budget is empty, when
// it says when to come back, or when its text speaks of a limit, as GitHub's does of secondary ones.
func limitedAnswer(answer *http.Response, text []byte) bool {
	switch answer.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return answer.Header.Get("X-Ratelimit-Remaining") == "0" || answer.Header.Get("Retry-After") != "" ||
			bytes.Contains(bytes.ToLower(text), []byte("rate limit")) || bytes.Contains(bytes.ToLower(text), []byte("abuse detection"))
	}
	return false
}
