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

// Collector collects snapshots, by git and from the web APIs of forges. It is safe for concurrent use.
type Collector struct {
	Git *outbound.Git
	// APIs are the web APIs that are asked, by the host of the repositories. Nil: none is.
	APIs map[string]*API
	// Defaults collects the owners' default community files; nil: nobody does.
	Defaults *Defaults
}

// Collect returns a snapshot of the target: its revision if it is pinned, else the default branch. Commits and tags that
// cannot be had are gaps, and so is what the forge alone knows; without the tree there is an error, one of this package's or
// the context's.
func (c *Collector) Collect(ctx context.Context, q repo.Request) (*repo.Snapshot, error) {
	target := q.Target
	s := &repo.Snapshot{Ref: target.Ref, Name: cmp.Or(target.Name, strings.TrimSuffix(target.Ref.Path, ".git"))}
	if target.Pinned {
		s.Revision = target.Revision
	}
	var err error
	switch api := c.APIs[target.Ref.Host]; {
	case target.Ref.Local():
		s.SetGap(repo.OfForge, repo.Unasked, "only git was asked")
		err = c.local(ctx, s, target.Name, q.Want)
	case c.APIs == nil:
		s.SetGap(repo.OfForge, repo.Unasked, "only git was asked")
		err = c.fromGit(ctx, s, q)
	case api == nil:
		s.SetGap(repo.OfForge, repo.Unsupported, "what its forge knows beyond git is not asked for")
		err = c.fromGit(ctx, s, q)
	default:
		err = c.fromForge(ctx, api, s, q)
	}
	if err != nil {
		return nil, explain(ctx, err)
	}
	return s, nil
}
