package forge

import (
	"context"
	"strings"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// maxAdvertised is how much a server may say of its refs, in bytes.
const maxAdvertised = 16 << 20

// Unchanged reports whether a server still has the commit and the tags of a snapshot, for one request or two. When in
// doubt it says no; of a directory it always says so, because collecting it is as quick.
func (c *Collector) Unchanged(ctx context.Context, target repo.Target, old *repo.Snapshot) bool {
	if target.Ref.Local() || !old.Tags.Known() {
		return false
	}
	head := "HEAD"
	if target.Pinned {
		head = target.Revision
		if !isRevision(head) {
			return false
		}
	}
	refs, err := c.advertised(ctx, target.Ref, head)
	if err != nil {
		return false
	}
	if !objectID.MatchString(head) && old.Commit != refs.first(head, "refs/tags/"+head+"^{}", "refs/tags/"+head, "refs/heads/"+head) {
		return false
	}
	tags := refs.tags()
	for name := range tags {
		if plain, peeled := strings.CutSuffix(name, "^{}"); peeled {
			tags[plain] = tags[name]
			delete(tags, name)
		}
	}
	for i := range old.Tags.Value {
		t := &old.Tags.Value[i]
		if tags[t.Name] != t.Commit {
			return false
		}
	}
	return len(tags) == len(old.Tags.Value)
}

// advertised returns the refs of a server that matter: what is assessed, and the tags with what they lead to.
func (c *Collector) advertised(ctx context.Context, ref repo.Ref, head string) (refs, error) {
	remote, err := c.Git.Remote(ctx, ref.String())
	if err != nil {
		return nil, err
	}
	dir, remove, err := outbound.TempDir()
	if err != nil {
		return nil, err
	}
	defer remove()
	out, err := c.Git.Output(ctx, outbound.Command{
		Dir: dir, Remote: remote, Args: []string{"ls-remote", "--quiet", "--", remote.URL, head, "refs/tags/*"},
	}, maxAdvertised)
	if err != nil {
		return nil, err
	}
	found := refs{}
	for line := range strings.Lines(string(out)) {
		oid, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if ok && objectID.MatchString(oid) {
			found[name] = oid
		}
	}
	return found, nil
}

// first returns the object id of the first of the refs that is there.
func (r refs) first(names ...string) string {
	for _, name := range names {
		if oid := r[name]; oid != "" {
			return oid
		}
	}
	return ""
}
