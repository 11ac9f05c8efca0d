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
	s := &repo.Snapshot{Forge: a.itself(ctx, path)}
	bar, why := repo.None, "" // what keeps the rest from being asked for
	switch f := &s.Forge; {
	case f.Known() && !strings.EqualFold(f.Value.FullName, path):
		f.Value.Renamed = true
		path = f.Value.FullName
	case !f.Known() && f.Gap != repo.Late && (f.Gap != repo.Failed || f.Detail == noRepository):
		bar, why = f.Gap, f.Detail
	}
	var side sync.WaitGroup
	side.Go(func() { s.Releases = ask(ctx, a, path, a.releases, bar, why) })
	side.Go(func() { s.Advisories = ask(ctx, a, path, a.advisories, bar, why) })
	side.Go(func() { s.Reporting = ask(ctx, a, path, a.reporting, bar, why) })
	side.Go(func() { s.Proposals = ask(ctx, a, path, a.proposals, bar, why) })
	side.Go(func() { s.Components = ask(ctx, a, path, a.components, bar, why) })
	side.Wait()
	return s
}

// noRepository is the detail of an answer that names no repository.
const noRepository = "the answer of the forge is no repository"

// itself asks for the repository itself.
func (a *API) itself(ctx context.Context, path string) repo.Fact[repo.ForgeFacts] {
	if !a.names(path) {
		return repo.Missing[repo.ForgeFacts](repo.Unsupported, "the path is none that the forge has")
	}
	f := ask(ctx, a, path, a.about, repo.None, "")
	switch {
	case f.Gap == repo.Unsupported:
		return repo.Missing[repo.ForgeFacts](repo.Denied, "not public or not there")
	case f.Known() && (f.Value.ID == "0" || !a.names(f.Value.FullName)):
		return repo.Missing[repo.ForgeFacts](repo.Failed, noRepository)
	}
	return f
}

// ask asks for one fact, unless something bars the way. What the forge does not offer stays so whatever else happens.
func ask[T any](ctx context.Context, a *API, path string, of func(context.Context, *API, string) (T, error), bar repo.Gap, why string) repo.Fact[T] {
	switch {
	case of == nil:
		return repo.Missing[T](repo.Unsupported, "the forge does not offer it")
	case bar != repo.None:
		return repo.Missing[T](bar, why)
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
	var status outbound.StatusError
	var refused *outbound.RefusedError
	switch {
	case errors.Is(err, outbound.ErrLimited):
		return repo.Limited, "the rate limit of the forge is used up"
	case errors.As(err, &status):
		if g, ok := gaps[int(status)]; ok {
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
	repo.Recall(s, last, repo.Forge, &s.Forge, &last.Forge, now)
	repo.Recall(s, last, repo.Releases, &s.Releases, &last.Releases, now)
	repo.Recall(s, last, repo.Advisories, &s.Advisories, &last.Advisories, now)
	repo.Recall(s, last, repo.Reporting, &s.Reporting, &last.Reporting, now)
	repo.Recall(s, last, repo.Proposals, &s.Proposals, &last.Proposals, now)
	repo.Recall(s, last, repo.Components, &s.Components, &last.Components, now)
	repo.Recall(s, last, repo.Inherited, &s.Inherited, &last.Inherited, now)
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
