package module

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"misp-csirt-tooling/internal/metrics"
	"misp-csirt-tooling/internal/misp"
)

// Limits on another server of modules.
const (
	maxModules     = 1000             // modules that it lists
	maxForwarded   = 32 << 20         // bytes of a query that is handed on
	listedFor      = time.Minute      // how long its list is good
	listedAgain    = 5 * time.Second  // how long until it is asked again after it did not answer
	listingTimeout = 10 * time.Second // of one answer
)

// Upstream is another server of modules behind this one, such as misp-modules: MISP has one address for all its modules. What it
// lists is listed here as well, and what it is asked is handed on as it is. Its exported fields are set once, before use.
type Upstream struct {
	Base string // URL that begins the addresses of /modules and /query, without a slash at its end
	// Ask sends a request to that server and to nothing else, and bounds time and size of the answer.
	Ask func(*http.Request) (*http.Response, error)

	listing atomic.Pointer[listing]
}

// listing is what an upstream listed last.
type listing struct {
	names map[string]bool
	body  []byte   // of GET /modules: our own, then these
	left  []string // names of modules that are left out, as they may be shown
}

// last returns what was listed last, nothing before the first list came and of a nil upstream.
func (u *Upstream) last() listing {
	if u == nil {
		return listing{}
	}
	if l := u.listing.Load(); l != nil {
		return *l
	}
	return listing{}
}

// watch keeps the list up to date until ctx ends: what was listed last stays while the upstream is away, so that nothing that MISP
// is set up to use disappears.
func (u *Upstream) watch(ctx context.Context, log *slog.Logger, own []Descriptor) {
	silent := false
	for {
		wait := listedFor
		err := u.list(ctx, log, own)
		if err != nil {
			if wait = listedAgain; !silent && ctx.Err() == nil {
				log.WarnContext(ctx, "the server behind does not list its modules; it is asked again", "upstream", u.Base, "err", err)
			}
		}
		silent = err != nil
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// list asks the upstream for its modules. Those that are named as one of our own are left out, and those that lack what MISP
// needs: it fails for all modules when one entry lacks a field.
func (u *Upstream) list(ctx context.Context, log *slog.Logger, own []Descriptor) error {
	ctx, cancel := context.WithTimeout(ctx, listingTimeout)
	defer cancel()
	body, err := u.ask(ctx, http.MethodGet, "/modules", "")
	if err != nil {
		return err
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(body, &entries); err != nil {
		return fmt.Errorf("its list is none: %w", err)
	}
	l := &listing{names: map[string]bool{}}
	all := make([]any, 0, len(own)+len(entries))
	for _, d := range own {
		all = append(all, d)
	}
	for _, e := range entries[:min(len(entries), maxModules)] {
		name, whole := describes(e)
		switch {
		case !whole:
			l.left = append(l.left, misp.Text(name, maxName))
		case !l.names[name] && !slices.ContainsFunc(own, func(d Descriptor) bool { return d.Name == name }):
			l.names[name] = true
			all = append(all, e)
		}
	}
	if l.body, err = encode(all); err != nil {
		return err
	}
	if len(l.left) > 0 && !slices.Equal(l.left, u.last().left) {
		log.WarnContext(ctx, "modules of the server behind are left out: their description lacks what MISP needs", "upstream", u.Base, "modules", l.left)
	}
	u.listing.Store(l)
	return nil
}

// describes returns the name of the module that an entry of GET /modules describes, and whether the entry has what MISP reads of
// each, and of each that enriches.
func describes(entry json.RawMessage) (name string, whole bool) {
	var e map[string]any
	if json.Unmarshal(entry, &e) != nil {
		return "", false
	}
	name, _ = e["name"].(string)
	attributes, given := e["mispattributes"].(map[string]any)
	meta, _ := e["meta"].(map[string]any)
	_, described := meta["description"].(string)
	kinds, listed := texts(meta["module-type"])
	_, takes := texts(attributes["input"])
	enriches := slices.Contains(kinds, "expansion") || slices.Contains(kinds, "hover")
	return name, name != "" && given && described && listed && (takes || !enriches)
}

// texts returns a list of texts; not ok for anything else.
func texts(v any) (out []string, ok bool) {
	list, ok := v.([]any)
	for _, one := range list {
		text, is := one.(string)
		out, ok = append(out, text), ok && is
	}
	return out, ok
}

// forward hands a query on as it came. MISP knows how long it waits, and the asker's context ends when it does not wait any more.
func (u *Upstream) forward(ctx context.Context, q *Query) *Answer {
	ctx, cancel := context.WithTimeout(ctx, longestWait)
	defer cancel()
	reply, err := u.ask(ctx, http.MethodPost, "/query", q.body.Raw)
	if err == nil && !validJSON(reply) {
		err = errors.New("its answer is no JSON")
	}
	if err != nil {
		return &Answer{
			Outcome: metrics.Unreachable, Why: err.Error(),
			Error: misp.Text("The server of modules behind misp-csirt-tooling failed. See that the one at "+u.Base+" runs; the log says why.", maxComment),
		}
	}
	return &Answer{Outcome: metrics.Forwarded, ready: reply}
}

// ask sends a request and returns the body of an answer in which MISP would find one.
func (u *Upstream) ask(ctx context.Context, method, path, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, u.Base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header["Content-Type"] = contentType
	answer, err := u.Ask(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %s with status %d", path, answer.StatusCode)
	}
	return io.ReadAll(answer.Body)
}
