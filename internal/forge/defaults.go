package forge

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"misp-csirt-tooling/internal/repo"
)

const (
	defaultsKept = 1024      // owners whose defaults are held
	defaultsFor  = time.Hour // how long they are taken to stay the same
)

// Defaults collects the default community files of owners, once for all repositories of an owner. It is safe for concurrent use.
type Defaults struct {
	kinds  []repo.Community
	held   *lru.Cache[repo.Ref, heldDefaults]
	flight singleflight.Group
}

// heldDefaults are what an owner was found to have, and until when that is taken to stand.
type heldDefaults struct {
	fact  repo.Fact[repo.Defaults]
	until time.Time
}

// NewDefaults returns a collector of files of some kinds.
func NewDefaults(kinds []repo.Community) *Defaults {
	held, _ := lru.New[repo.Ref, heldDefaults](defaultsKept) // it fails for a size below 1 alone
	return &Defaults{kinds: kinds, held: held}
}

// lacking reports whether a repository lacks a file of one of the kinds.
func (d *Defaults) lacking(files []repo.File) bool {
	missing := slices.Clone(d.kinds)
	for i := range files {
		kind, _ := repo.CommunityFile(files[i].Path)
		missing = slices.DeleteFunc(missing, func(k repo.Community) bool { return k == kind })
	}
	return len(missing) > 0
}

// wanted returns the paths of the files of the kinds.
func (d *Defaults) wanted(files []repo.File) []string {
	var out []string
	for i := range files {
		if kind, _ := repo.CommunityFile(files[i].Path); slices.Contains(d.kinds, kind) {
			out = append(out, files[i].Path)
		}
	}
	return out
}

// defaults returns the owner's default community files for a repository with these files.
func (c *Collector) defaults(ctx context.Context, a *API, ref repo.Ref, files []repo.File, last *repo.Snapshot) repo.Fact[repo.Defaults] {
	owner, name, nested := strings.Cut(ref.Path, "/")
	switch {
	case c.Defaults == nil || !nested:
		return repo.Missing[repo.Defaults](repo.Unasked, "nobody asked for the owner's defaults")
	case a.service.defaults == "" || strings.Contains(name, "/"):
		return repo.Missing[repo.Defaults](repo.Unsupported, "the forge has no defaults of an owner")
	case name == a.service.defaults || !c.Defaults.lacking(files):
		return repo.Known(repo.Defaults{})
	}
	from := repo.Ref{Scheme: ref.Scheme, Host: ref.Host, Path: owner + "/" + a.service.defaults}
	if held, ok := c.Defaults.held.Get(from); ok && time.Now().Before(held.until) {
		return held.fact
	}
	// All who wait get what the first gets, within the time of the first.
	v, _, _ := c.Defaults.flight.Do(from.String(), func() (any, error) {
		fact := c.collectDefaults(ctx, from, last)
		if !fact.Gap.Passing() {
			c.Defaults.held.Add(from, heldDefaults{fact, time.Now().Add(defaultsFor)})
		}
		return fact, nil
	})
	return v.(repo.Fact[repo.Defaults])
}

// collectDefaults reads them by git, unless those that were known last still stand.
func (c *Collector) collectDefaults(ctx context.Context, from repo.Ref, last *repo.Snapshot) repo.Fact[repo.Defaults] {
	if last != nil && last.Inherited.Known() && last.Inherited.Value.Ref == from {
		refs, err := c.advertised(ctx, from, "HEAD")
		if err == nil && refs["HEAD"] == last.Inherited.Value.Commit {
			return last.Inherited
		}
	}
	s := &repo.Snapshot{Ref: from}
	err := c.remote(ctx, s, repo.Request{Want: c.Defaults.wanted}, false)
	if err != nil {
		err = explain(ctx, err)
	}
	switch {
	case errors.Is(err, ErrNotPublic), errors.Is(err, ErrNotFound), errors.Is(err, ErrEmpty):
		return repo.Known(repo.Defaults{})
	case errors.Is(err, ErrTooLarge):
		return repo.Missing[repo.Defaults](repo.TooLarge, err.Error())
	case ctx.Err() != nil:
		return repo.Missing[repo.Defaults](repo.Late, "the owner's defaults did not arrive in time")
	case err != nil:
		return repo.Missing[repo.Defaults](repo.Failed, err.Error())
	}
	d := repo.Defaults{Ref: from, Name: from.Path, Commit: s.Commit}
	wanted := c.Defaults.wanted(s.Files.Value)
	for i := range s.Files.Value {
		if f := s.Files.Value[i]; slices.Contains(wanted, f.Path) {
			d.Files = append(d.Files, f)
		}
	}
	return repo.Known(d)
}
