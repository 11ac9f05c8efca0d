package outbound

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestReplicasShareTheBudget has one replica use up what a token is granted: another one does not even ask, with another token
// it does.
func TestReplicasShareTheBudget(t *testing.T) {
	clock := newClock()
	for name, answer := range map[string]func(w http.ResponseWriter){
		"used up": func(w http.ResponseWriter) {
			for name, value := range granted(clock, 60, 0, time.Hour) {
				w.Header().Set(name, value)
			}
		},
		"asked to wait": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w) })
			shared := kept{}
			replica := func(token string) *API {
				a := newAPI(t, f, func(c *APIConfig) { c.Answers, c.Tokens = shared, []string{token} })
				a.book.now = clock.now
				return a
			}
			_, _, _ = get(replica("one"), "a") // the answer is the next one's business
			if _, _, err := get(replica("one"), "b"); !errors.Is(err, ErrLimited) {
				t.Errorf("another replica: %v, want ErrLimited", err)
			}
			before := len(f.seen)
			_, _, _ = get(replica("two"), "c")
			if before != 1 || len(f.seen) != 2 {
				t.Errorf("%d requests, then %d, want 1 and 2", before, len(f.seen))
			}
			for key, value := range shared {
				if strings.Contains(key+string(value), "one") {
					t.Errorf("the token stands in the store: %s %s", key, value)
				}
			}
			clock.at = clock.at.Add(2 * time.Hour)
			if _, _, err := get(replica("one"), "d"); errors.Is(err, ErrLimited) && name == "used up" {
				t.Errorf("in the next period: %v", err)
			}
		})
	}
}
