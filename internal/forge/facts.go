package forge

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// errTooMany says that a list has more entries than are taken.
var errTooMany = errors.New("too many entries")

// ofAPI are the facts that a web API tells. The owner's defaults come by git.
const ofAPI = repo.OfForge &^ repo.Inherited

// facts asks the web API what it knows about the repository at a path: first for the repository itself, since there may be
// none, or one under another name, then for everything else side by side. What cannot be had is a gap of that fact alone.
func (a *API) facts(ctx context.Context, path string) *repo.Snapshot {
	s := &repo.Snapshot{}
	if !a.names(path) {
		s.SetGap(ofAPI, repo.Unsupported, "the path is none that the forge has")
		return s
	}
	s.Forge = ask(ctx, a, path, a.about)
	if s.Forge.Gap == repo.Unsupported {
		s.Forge = repo.Missing[repo.ForgeFacts](repo.Denied, "not public or not there")
	}
	switch f := &s.Forge; {
	case !f.Known() && f.Gap != repo.Late && f.Gap != repo.Failed:
		s.SetGap(ofAPI, f.Gap, f.Detail)
		return s
	case f.Known() && (f.Value.ID == "0" || !a.names(f.Value.FullName)):
		s.SetGap(ofAPI, repo.Failed, "the answer of the forge is no repository")
		return s
	case f.Known() && !strings.EqualFold(f.Value.FullName, path):
		f.Value.Renamed = true
		path = f.Value.FullName
	}
	var side sync.WaitGroup
	side.Go(func() { s.Releases = ask(ctx, a, path, a.releases) })
	side.Go(func() { s.Advisories = ask(ctx, a, path, a.advisories) })
	side.Go(func() { s.Reporting = ask(ctx, a, path, a.reporting) })
	side.Go(func() { s.Proposals = ask(ctx, a, path, a.proposals) })
	side.Go(func() { s.Components = ask(ctx, a, path, a.components) })
	side.Wait()
	return s
}

// ask asks for one fact.
func ask[T any](ctx context.Context, a *API, path string, of func(context.Context, *API, string) (T, error)) repo.Fact[T] {
	if of == nil {
		return repo.Missing[T](repo.Unsupported, "the forge does not offer it")
	}
	v, err := of(ctx, a, path)
	if err != nil {
		gap, detail := gapOf(ctx, err)
		return repo.Missing[T](gap, detail)
	}
	return repo.Known(v)
}

// gaps says what the status of an answer means for a part of a repository that is there (GitHub Docs, "Troubleshooting the
// REST API").
var gaps = map[int]struct {
	gap    repo.Gap
	detail string
}{
	http.StatusAccepted:                   {repo.Late, "the forge is still working it out"},
	http.StatusNoContent:                  {repo.Unsupported, "the forge has nothing to say"},
	http.StatusNotModified:                {repo.Failed, "the forge named an answer that was not kept"},
	http.StatusUnauthorized:               {repo.Denied, "the forge wants an account, or does not accept the token"},
	http.StatusForbidden:                  {repo.Denied, "the forge refuses it"},
	http.StatusNotFound:                   {repo.Unsupported, "the forge does not offer it for this repository"},
	http.StatusGone:                       {repo.Unsupported, "it is switched off on the forge"},
	http.StatusUnprocessableEntity:        {repo.Unsupported, "the forge does not offer it for this repository"},
	http.StatusUnavailableForLegalReasons: {repo.Denied, "the forge has blocked it for legal reasons"},
}

// gapOf says why a fact is missing.
func gapOf(ctx context.Context, err error) (repo.Gap, string) {
	var status *statusError
	var refused *outbound.RefusedError
	switch {
	case errors.Is(err, outbound.ErrLimited):
		return repo.Limited, "the rate limit of the forge is used up"
	case errors.As(err, &status):
		if g, ok := gaps[status.code]; ok {
			return g.gap, g.detail
		}
		return repo.Failed, "the forge answered with " + status.Error()
	case ctx.Err() != nil:
		return repo.Late, "the forge did not answer in time"
	case errors.As(err, &refused):
		return repo.Denied, refused.Error()
	case errors.Is(err, outbound.ErrTooLarge), errors.Is(err, errTooMany):
		return repo.TooLarge, "the answer of the forge is too large"
	case errors.Is(err, outbound.ErrUnresolved):
		return repo.Failed, "the address of the forge's API is not known"
	}
	return repo.Failed, "the forge cannot be reached, or its answer cannot be read"
}

// lastKnownFor is how long the last that was known serves in place of a fact that cannot be had.
const lastKnownFor = 30 * 24 * time.Hour

// recall puts the last that was known in place of facts of the forge that cannot be had now, and reports whether it is about
// another repository that had the same name.
func recall(s, last *repo.Snapshot, now time.Time) {
	if id, before := &s.Forge.Value, &last.Forge.Value; s.Forge.Known() && last.Forge.Known() && before.ID != "" {
		if id.ID != before.ID {
			id.PreviousID = before.ID
			return
		}
		id.PreviousID = before.PreviousID
	}
	oldest := now.Add(-lastKnownFor)
	recallFact(s, last, repo.Forge, &s.Forge, &last.Forge, oldest)
	recallFact(s, last, repo.Releases, &s.Releases, &last.Releases, oldest)
	recallFact(s, last, repo.Advisories, &s.Advisories, &last.Advisories, oldest)
	recallFact(s, last, repo.Reporting, &s.Reporting, &last.Reporting, oldest)
	recallFact(s, last, repo.Proposals, &s.Proposals, &last.Proposals, oldest)
	recallFact(s, last, repo.Components, &s.Components, &last.Components, oldest)
	recallFact(s, last, repo.Inherited, &s.Inherited, &last.Inherited, oldest)
}

func recallFact[T any](s, last *repo.Snapshot, k repo.Kind, now, before *repo.Fact[T], oldest time.Time) {
	since, recalled := last.Since[k]
	if !recalled {
		since = last.Time
	}
	if !now.Gap.Passing() || !before.Known() || since.Before(oldest) {
		return
	}
	*now = *before
	if s.Since == nil {
		s.Since = map[repo.Kind]time.Time{}
	}
	s.Since[k] = since
}

// take puts the facts that a web API told into a snapshot, and adopts the name that it gives.
func take(s, told *repo.Snapshot) {
	s.Forge, s.Releases, s.Advisories = told.Forge, told.Releases, told.Advisories
	s.Reporting, s.Proposals, s.Components = told.Reporting, told.Proposals, told.Components
	if f := told.Forge; f.Known() {
		s.Name = f.Value.FullName
		if f.Value.Renamed {
			s.Ref.Path = strings.ToLower(f.Value.FullName)
		}
	}
}
