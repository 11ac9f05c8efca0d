package forge

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"misp-csirt-tooling/internal/repo"
)

// fromForge collects by git and, side by side, from the forge's web API, whose facts are late after q.Soon. A repository that
// was renamed is collected under its new name, if the forge tells it.
func (c *Collector) fromForge(ctx context.Context, api *API, s *repo.Snapshot, q repo.Request) error {
	soon, cancel := until(ctx, q.Soon)
	var side sync.WaitGroup
	defer side.Wait()
	defer cancel()

	var facts *repo.Snapshot
	told := make(chan struct{})
	side.Go(func() {
		defer close(told)
		facts = api.facts(soon, q.Target.Ref.Path)
	})
	var inherited repo.Fact[repo.Defaults]
	ready := make(chan struct{})
	var listed sync.Once
	look := func(files []repo.File) {
		listed.Do(func() {
			ref := s.Ref
			side.Go(func() {
				defer close(ready)
				inherited = c.defaults(soon, api, ref, files, q.Old)
			})
		})
	}
	git := withLook(q, look)
	if q.Early != nil {
		git.Early = func(early *repo.Snapshot) {
			early.SetGap(repo.OfForge, repo.Late, "still on its way")
			select {
			case <-told:
				take(early, facts)
			default:
			}
			if q.Old != nil {
				recall(early, q.Old, time.Now())
			}
			q.Early(early)
		}
	}
	err := c.fromGit(ctx, s, git)
	if errors.Is(err, ErrMoved) {
		<-told
		if f := facts.Forge; f.Known() && f.Value.Renamed {
			s.Ref.Path = strings.ToLower(f.Value.FullName)
			err = c.fromGit(ctx, s, git)
		}
	}
	if err != nil {
		return err
	}
	look(s.Files.Value)
	<-told
	<-ready
	take(s, facts)
	s.Inherited = inherited
	if q.Old != nil {
		recall(s, q.Old, time.Now())
	}
	return nil
}

// until returns a context that ends at a time, or with its parent if that is zero.
func until(ctx context.Context, t time.Time) (context.Context, context.CancelFunc) {
	if t.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, t)
}

// withLook returns a request that shows the listing to look as soon as it is here.
func withLook(q repo.Request, look func([]repo.File)) repo.Request {
	want := q.Want
	q.Want = func(files []repo.File) []string {
		look(files)
		return want(files)
	}
	return q
}

// fromGit collects by git, or takes what git said last if it still says so.
func (c *Collector) fromGit(ctx context.Context, s *repo.Snapshot, q repo.Request) error {
	if q.Old != nil && complete(q.Old) {
		target := q.Target
		target.Ref = s.Ref
		if c.Unchanged(ctx, target, q.Old) && readAll(q.Old, q.Want) {
			s.Commit, s.CommitTime, s.Branch = q.Old.Commit, q.Old.CommitTime, q.Old.Branch
			s.Public, s.Files, s.Commits, s.Tags = q.Old.Public, q.Old.Files, q.Old.Commits, q.Old.Tags
			return nil
		}
	}
	if err := c.remote(ctx, s, q, true); err != nil {
		return explain(ctx, err)
	}
	return nil
}

// complete reports whether a snapshot lacks nothing that git may give a while later.
func complete(old *repo.Snapshot) bool {
	for _, k := range repo.Kinds {
		if gap, _ := old.Gap(k.Kind); k.Kind&(repo.OfForge|repo.OfElsewhere) == 0 && gap.Passing() {
			return false
		}
	}
	for i := range old.Files.Value {
		if old.Files.Value[i].Text.Gap.Passing() {
			return false
		}
	}
	return old.Files.Known()
}

// readAll reports whether every file that is wanted now was asked for then.
func readAll(old *repo.Snapshot, want func([]repo.File) []string) bool {
	asked := make(map[string]bool, len(old.Files.Value))
	for i := range old.Files.Value {
		asked[old.Files.Value[i].Path] = old.Files.Value[i].Text.Gap != repo.Unasked
	}
	for _, path := range want(old.Files.Value) {
		if was, there := asked[path]; there && !was {
			return false
		}
	}
	return true
}
