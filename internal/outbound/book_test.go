package outbound

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// clock is a clock that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 8, 22, 12, 0, 0, 0, time.UTC)} }

// granted returns the headers of GitHub that tell of a budget.
func granted(c *clock, limit, remaining int, reset time.Duration) map[string]string {
	return map[string]string{
		"X-RateLimit-Limit": fmt.Sprint(limit), "X-RateLimit-Remaining": fmt.Sprint(remaining), "X-RateLimit-Reset": fmt.Sprint(c.at.Add(reset).Unix()),
	}
}

// TestRateLimits says for each way to grant and to refuse how long no request is sent afterwards.
func TestRateLimits(t *testing.T) {
	c := newClock()
	with := func(headers map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			headers[more[i]] = more[i+1]
		}
		return headers
	}
	none := map[string]string{}
	for _, tt := range []struct {
		name    string
		status  int
		headers map[string]string
		body    string
		limited bool          // the answer itself is a LimitedError
		pause   time.Duration // for how long none is sent
	}{
		{"no word of a limit", 200, none, "", false, 0},
		{"plenty", 200, granted(c, 5000, 4000, time.Hour), "", false, 0},
		{"the reserve of many", 200, granted(c, 5000, 50, time.Hour), "", false, time.Hour},
		{"just above it", 200, granted(c, 5000, 51, time.Hour), "", false, 0},
		{"the reserve of few", 200, granted(c, 60, 6, 30*time.Minute), "", false, 30 * time.Minute},
		{"a 304 that says so", 304, granted(c, 60, 6, 30*time.Minute), "", false, 30 * time.Minute},
		{"a reset that is over", 200, granted(c, 60, 0, -time.Minute), "", false, 0},
		{"a reset beyond measure", 200, granted(c, 60, 0, 1000*time.Hour), "", false, longestRetry},
		{"GitLab's headers", 200, map[string]string{"RateLimit-Limit": "500", "RateLimit-Remaining": "1", "RateLimit-Reset": fmt.Sprint(c.at.Add(time.Minute).Unix())}, "", false, time.Minute},
		{"seconds until the reset", 200, map[string]string{"RateLimit-Limit": "500", "RateLimit-Remaining": "1", "RateLimit-Reset": "40"}, "", false, 40 * time.Second},
		{"nonsense", 200, map[string]string{"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "-1", "X-RateLimit-Reset": "soon"}, "", false, 0},
		{"403, used up", 403, granted(c, 60, 0, 20*time.Minute), `{"message":"API rate limit exceeded"}`, true, 20 * time.Minute},
		{"429, used up", 429, granted(c, 60, 0, 20*time.Minute), "", true, 20 * time.Minute},
		{"403, used up, later by Retry-After", 403, with(granted(c, 60, 0, time.Minute), "Retry-After", "120"), "", true, 2 * time.Minute},
		{"403, secondary, seconds", 403, with(granted(c, 5000, 4000, time.Hour), "Retry-After", "90"), "secondary rate limit", true, 90 * time.Second},
		{"429, secondary, a date", 429, map[string]string{"Retry-After": c.at.Add(3 * time.Minute).UTC().Format(http.TimeFormat)}, "", true, 3 * time.Minute},
		{"429, a date that is over", 429, map[string]string{"Retry-After": c.at.Add(-time.Hour).UTC().Format(http.TimeFormat)}, "", true, 0},
		{"403, secondary by its text", 403, none, `{"message":"You have exceeded a secondary rate limit."}`, true, firstPause},
		{"403, abuse by its text", 403, none, `{"message":"You have triggered an abuse detection mechanism."}`, true, firstPause},
		{"429 without a word", 429, none, "", true, firstPause},
		{"Retry-After beyond measure", 429, map[string]string{"Retry-After": "99999999999"}, "", true, longestRetry},
		{"403, forbidden", 403, granted(c, 5000, 4000, time.Hour), `{"message":"Resource not accessible"}`, false, 0},
		{"404", 404, granted(c, 5000, 4000, time.Hour), "", false, 0},
		{"503 with Retry-After", 503, map[string]string{"Retry-After": "90"}, "", false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := true
			f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if !first {
					return
				}
				first = false
				for name, value := range tt.headers {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			})
			clock := newClock()
			a := newAPI(t, f, nil)
			a.book.now = clock.now
			body, status, err := get(a, "x")
			if errors.Is(err, ErrLimited) != tt.limited || err == nil && (status != tt.status || status != 304 && body != tt.body) {
				t.Errorf("%d %q %v", status, body, err)
			}
			sent := func(want bool) {
				t.Helper()
				before := len(f.seen)
				_, _, err := get(a, "y")
				var limited *LimitedError
				if errors.As(err, &limited) == want || (len(f.seen) > before) != want {
					t.Errorf("after %v: sent %v, %v", clock.at.Sub(newClock().at), len(f.seen) > before, err)
				}
				if limited != nil && limited.Until.Sub(newClock().at).Round(time.Second) != tt.pause {
					t.Errorf("until %v, want %v", limited.Until, tt.pause)
				}
			}
			if tt.pause > 0 {
				sent(false)
				clock.at = clock.at.Add(tt.pause - 2*time.Second)
				sent(false)
				clock.at = clock.at.Add(3 * time.Second)
			}
			sent(true)
		})
	}
}

// TestPausesGrow doubles the pause after refusals that do not say when to come back, up to an hour, and forgets that when one is answered.
func TestPausesGrow(t *testing.T) {
	status := http.StatusTooManyRequests
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	clock := newClock()
	a := newAPI(t, f, nil)
	a.book.now = clock.now
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		_, _, err := get(a, "x")
		var limited *LimitedError
		if !errors.As(err, &limited) || limited.Until.Sub(clock.at) != want*time.Minute {
			t.Fatalf("%v, want a pause of %d minutes", err, want)
		}
		clock.at = limited.Until
	}
	status = http.StatusOK
	if _, _, err := get(a, "x"); err != nil {
		t.Fatal(err)
	}
	status = http.StatusTooManyRequests
	var limited *LimitedError
	if _, _, err := get(a, "x"); !errors.As(err, &limited) || limited.Until.Sub(clock.at) != time.Minute {
		t.Errorf("%v, want a pause of a minute again", err)
	}
}

// TestTokensInTurn spreads requests over tokens, asks the same by the same, and goes on with one while another is used up.
func TestTokensInTurn(t *testing.T) {
	clock := newClock()
	left := map[string]int{"one": 100, "two": 100, "three": 100}
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		left[token]--
		for name, value := range granted(clock, 100, left[token], time.Hour) {
			w.Header().Set(name, value)
		}
	})
	a := newAPI(t, f, func(c *APIConfig) { c.Tokens = []string{"one", "two", "three"} })
	a.book.now = clock.now
	by := func(path string) string {
		t.Helper()
		if _, _, err := get(a, path); err != nil {
			t.Fatal(err)
		}
		return f.seen[len(f.seen)-1].Header.Get("Authorization")
	}
	used := map[string]bool{}
	for i := range 20 {
		path := fmt.Sprint("repository-", i)
		first := by(path)
		if used[first] = true; by(path) != first {
			t.Errorf("%s was asked for by two tokens", path)
		}
	}
	if len(used) != 3 {
		t.Errorf("%d of 3 tokens were used", len(used))
	}
	sent := 0
	for range 300 {
		if _, _, err := get(a, "same"); err == nil {
			sent++
		} else if !errors.Is(err, ErrLimited) {
			t.Fatal(err)
		}
	}
	if sent != 3*90-40 { // each has 100, of which 10 are the reserve; 40 were used
		t.Errorf("%d requests were sent before all tokens were down to their reserve, want %d", sent, 3*90-40)
	}
}

// TestBudgetsApart keeps one budget of a server from stopping requests on another.
func TestBudgetsApart(t *testing.T) {
	clock := newClock()
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		limit := 5000
		if r.URL.Path == "/api/sbom" {
			limit = 1
		}
		for name, value := range granted(clock, limit, limit-1, time.Hour) {
			w.Header().Set(name, value)
		}
	})
	remaining := -1
	a := newAPI(t, f, func(c *APIConfig) {
		c.Budget = func(u *url.URL) string { return strings.TrimPrefix(strings.TrimPrefix(u.Path, "/api/"), "main") }
		c.Observe.Remaining = func(n int) { remaining = n }
	})
	a.book.now = clock.now
	for _, path := range []string{"sbom", "main"} {
		if _, _, err := get(a, path); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := get(a, "sbom"); !errors.Is(err, ErrLimited) {
		t.Errorf("sbom: %v", err)
	}
	if _, _, err := get(a, "main"); err != nil || remaining != 4999 {
		t.Errorf("main: %v, %d remaining", err, remaining)
	}
}

// TestBadTokenIsLeftAlone uses another token while one is not accepted.
func TestBadTokenIsLeftAlone(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer bad" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	clock := newClock()
	a := newAPI(t, f, func(c *APIConfig) { c.Tokens = []string{"bad", "good"} })
	a.book.now = clock.now
	refused := 0
	for i := range 50 {
		if _, status, _ := get(a, fmt.Sprint(i)); status == http.StatusUnauthorized {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("the bad token was tried %d times, want once", refused)
	}
	single := newAPI(t, f, func(c *APIConfig) { c.Tokens = []string{"bad"} })
	for range 2 {
		if _, status, err := get(single, "x"); status != http.StatusUnauthorized {
			t.Errorf("the only token: %d, %v", status, err)
		}
	}
}

// TestRequestsUnderWayCount leaves the reserve alone though many requests are sent at once.
func TestRequestsUnderWayCount(t *testing.T) {
	clock := newClock()
	b := newBook(nil, Grant{})
	b.now = clock.now
	first, err := b.take("forge.example", "", "x")
	if err != nil {
		t.Fatal(err)
	}
	answer := &http.Response{StatusCode: 200, Header: http.Header{}}
	for name, value := range granted(clock, 100, 15, time.Hour) {
		answer.Header.Set(name, value)
	}
	first.settled(answer)
	var flying []*account
	for {
		a, err := b.take("forge.example", "", "x")
		if err != nil {
			break
		}
		flying = append(flying, a)
	}
	if len(flying) != 5 {
		t.Errorf("%d requests at once of 15 with a reserve of 10", len(flying))
	}
	for _, a := range flying {
		a.failed()
	}
	if _, err := b.take("forge.example", "", "x"); err != nil {
		t.Errorf("after they failed: %v", err)
	}
}

// FuzzBook holds the book to its law, whatever a server says: nobody is sent away for longer than a server may ask for, and no
// request is counted as under way for ever.
func FuzzBook(f *testing.F) {
	f.Add(200, "5000", "4999", "1787400000", "")
	f.Add(403, "60", "0", "1787400000", "60")
	f.Add(429, "", "", "", "Sat, 22 Aug 2026 12:03:00 GMT")
	f.Add(429, "-1", "99999999999999999999", "9223372036854775807", "9223372036854775807")
	f.Fuzz(func(t *testing.T, status int, limit, remaining, reset, retry string) {
		clock := newClock()
		b := newBook([]string{"one", "two"}, Grant{})
		b.now = clock.now
		for range 3 {
			a, err := b.take("forge.example", "", "x")
			if err != nil {
				break
			}
			answer := &http.Response{StatusCode: status, Header: http.Header{
				"X-Ratelimit-Limit": {limit}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Reset": {reset}, "Retry-After": {retry},
			}}
			if limitedAnswer(answer, nil) {
				err = a.refused("forge.example", answer)
			} else {
				a.settled(answer)
			}
			if a.line.flying != 0 {
				t.Fatalf("%d requests under way after the answer", a.line.flying)
			}
			var limited *LimitedError
			if errors.As(err, &limited) && limited.Until.After(clock.at.Add(longestRetry+time.Second)) {
				t.Fatalf("sent away until %v", limited.Until)
			}
		}
		clock.at = clock.at.Add(longestRetry + time.Second)
		if _, err := b.take("forge.example", "", "x"); err != nil {
			t.Fatalf("after the longest time: %v", err)
		}
	})
}

// TestGrant has a server that tells nothing of its limit get no more than it takes within any stretch of time, and wait after a refusal.
func TestGrant(t *testing.T) {
	status := http.StatusOK
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	clock, shared := newClock(), kept{}
	replica := func() *API {
		a := newAPI(t, f, func(c *APIConfig) { c.Grant, c.Answers = Grant{Requests: 5, Per: 30 * time.Second}, shared })
		a.book.now = clock.now
		return a
	}
	one, two := replica(), replica()
	start := clock.at
	for _, step := range []struct {
		after time.Duration // the start
		api   *API
		until time.Duration // when it may be asked again; 0: it is asked
	}{
		{0, one, 0},
		{20 * time.Second, one, 0}, {20 * time.Second, one, 0}, {22 * time.Second, two, 0}, {23 * time.Second, two, 0},
		{24 * time.Second, one, 30 * time.Second}, {29 * time.Second, two, 30 * time.Second},
		{30 * time.Second, two, 0},                // what was sent at the start no longer counts
		{31 * time.Second, one, 50 * time.Second}, // the others do
		{50 * time.Second, one, 0},
	} {
		clock.at = start.Add(step.after)
		_, _, err := get(step.api, "x")
		var limited *LimitedError
		if errors.As(err, &limited) != (step.until > 0) || limited != nil && limited.Until.Sub(start) != step.until {
			t.Errorf("after %v: %v, want it limited until %v", step.after, err, step.until)
		}
	}
	if len(f.seen) != 7 {
		t.Errorf("%d requests, want 7", len(f.seen))
	}
	clock.at, status = start.Add(time.Hour), http.StatusForbidden
	if _, _, err := get(one, "x"); !errors.Is(err, ErrLimited) {
		t.Errorf("403: %v", err)
	}
	clock.at, status = clock.at.Add(firstPause-time.Second), http.StatusOK
	if _, _, err := get(two, "x"); !errors.Is(err, ErrLimited) {
		t.Errorf("within a minute of the refusal: %v", err)
	}
}
