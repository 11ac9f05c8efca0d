// Package forge collects the evidence about one repository, from a directory on this machine or from a server by git,
// into a snapshot. It reads objects only: nothing is checked out, no link leaves the tree, nothing is written into a
// repository, and everything is bounded.
package forge

import (
	"cmp"
	"context"
	"strings"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// Collector collects snapshots by git. It is safe for concurrent use.
type Collector struct {
	Git *outbound.Git
}

// Collect returns a snapshot of the target: its revision if it is pinned, else the default branch. Commits and tags that
// cannot be had are gaps; without the tree there is an error, one of this package's or the context's.
func (c *Collector) Collect(ctx context.Context, q repo.Request) (*repo.Snapshot, error) {
	target := q.Target
	dir, remove, err := outbound.TempDir()
	if err != nil {
		return nil, err
	}
	defer remove()
	s := &repo.Snapshot{Ref: target.Ref, Name: cmp.Or(target.Name, strings.TrimSuffix(target.Ref.Path, ".git"))}
	s.SetGap(repo.OfForge, repo.Unasked, "only git was asked")
	if target.Pinned {
		s.Revision = target.Revision
	}
	if target.Ref.Local() {
		err = c.local(ctx, dir, s, q.Want)
	} else {
		err = c.remote(ctx, dir, s, q)
	}
	if err != nil {
		return nil, explain(ctx, err)
	}
	return s, nil
}
