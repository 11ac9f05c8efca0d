package forge

import (
	"cmp"
	"context"
	"sync"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// local collects from a directory on this machine.
func (c *Collector) local(ctx context.Context, s *repo.Snapshot, name string, want func([]repo.File) []string) error {
	dir, remove, err := outbound.TempDir()
	if err != nil {
		return err
	}
	defer remove()
	src, err := openDir(s.Ref.Path)
	if err != nil {
		return err
	}
	r, err := newReader(c.Git, dir, src)
	if err != nil {
		return err
	}
	objects, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer objects.stop()
	if s.Commit, err = src.resolve(objects, s.Revision); err != nil {
		return err
	}
	s.Name, s.Branch = cmp.Or(name, src.name), src.branch
	s.Public = repo.Missing[bool](repo.Unasked, "a local directory does not tell")
	var side sync.WaitGroup
	side.Go(func() { s.Commits = r.commits(ctx, s.Commit) })
	side.Go(func() { s.Tags = r.tags(ctx, src.refs.tags()) })
	files, at, err := r.files(ctx, objects, s.Commit, want, nil)
	side.Wait()
	s.Files, s.CommitTime = repo.Known(files), at
	return err
}
