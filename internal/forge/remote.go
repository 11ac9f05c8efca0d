package forge

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// maxOutput is how much git may say to standard output while it fetches, which is nothing of use.
const maxOutput = 1 << 20

// server is a repository on a server, with the directory in which its parts are gathered: the tree, the commits and the tags
// each in a bare repository of their own, so that they can be fetched side by side.
type server struct {
	git    *outbound.Git
	remote *outbound.Remote
	dir    string
	sha256 bool // how the server names its objects, known when the tree is here
}

// remote collects from a server by git: the tree without contents first, then side by side the contents that are wanted and,
// with history, the newest commits and the tags.
func (c *Collector) remote(ctx context.Context, s *repo.Snapshot, q repo.Request, history bool) error {
	remote, err := c.Git.Remote(ctx, s.Ref.String())
	if err != nil {
		return err
	}
	dir, remove, err := outbound.TempDir()
	if err != nil {
		return err
	}
	defer remove()
	v := &server{git: c.Git, remote: remote, dir: dir}
	src, err := v.fetchTree(ctx, s.Revision)
	if err != nil {
		return err
	}
	r, err := newReader(c.Git, filepath.Join(dir, "read-tree"), src)
	if err != nil {
		return err
	}
	revision := ""
	if s.Revision != "" {
		revision = assessed
	}
	objects, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer objects.stop()
	if s.Commit, err = src.resolve(objects, revision); err != nil {
		return err
	}
	if revision == "" {
		s.Branch = src.branch
	}
	s.Public = repo.Known(true)
	v.sha256 = src.sha256
	early, cancel := withMargin(ctx)
	defer cancel()
	var side sync.WaitGroup
	var commits repo.Fact[repo.History]
	var tags repo.Fact[[]repo.Tag]
	if history {
		side.Go(func() { commits = v.commits(early, s.Commit) })
		side.Go(func() { tags = v.tags(early) })
	}
	files, at, err := r.files(ctx, objects, s.Commit, q.Want, func(ctx context.Context, oids []string) (repo.Gap, string) {
		return v.fetchBlobs(ctx, src.common, oids)
	})
	s.Files, s.CommitTime = repo.Known(files), at
	if err != nil {
		cancel()
	} else if q.Early != nil {
		q.Early(withLate(*s))
	}
	side.Wait()
	s.Commits, s.Tags = commits, tags
	return err
}

// withLate returns a snapshot in which the facts that come beside the tree are still on their way.
func withLate(s repo.Snapshot) *repo.Snapshot {
	s.SetGap(repo.Commits|repo.Tags, repo.Late, "still on its way")
	return &s
}

// withMargin returns a context that ends when nine tenths of the time that is left are over, so that what is late by then
// does not make everything late.
func withMargin(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)*9/10)
}

// assessed is the name of the tag under which an asked-for revision is kept.
const assessed = "assessed"

// fetchTree gets the commit of the default branch, or of a revision, with its tree and without contents. A server that cannot
// leave them out sends all contents.
func (v *server) fetchTree(ctx context.Context, revision string) (*gitDir, error) {
	dir := filepath.Join(v.dir, "tree")
	if revision == "" {
		// Only a clone tells the name of the default branch.
		_, err := v.git.Output(ctx, outbound.Command{Dir: v.dir, Remote: v.remote, Args: []string{
			"clone", "--quiet", "--bare", "--template=", "--no-hardlinks", "--depth=1", "--filter=blob:none", "--single-branch", "--no-tags",
			"--", v.remote.URL, dir,
		}}, maxOutput)
		if err != nil {
			return nil, err
		}
		return openDir(dir)
	}
	if !isRevision(revision) {
		return nil, &Error{Kind: ErrRevision, Detail: "it is not the name of a tag or branch, nor a commit id"}
	}
	v.sha256 = len(revision) == 64 && objectID.MatchString(revision)
	var err error
	for _, name := range spellings(revision) {
		get := func() error {
			return v.fetchNew(ctx, dir, "--depth=1", "--filter=blob:none", "--no-tags", "origin", "+"+name+":refs/tags/"+assessed)
		}
		err = get()
		if mentions(err, "mismatched algorithms") {
			v.sha256 = true
			err = get()
		}
		if err == nil {
			return openDir(dir)
		}
		if !match(err, noRevision) {
			break
		}
	}
	return nil, err
}

// spellings returns the tags that a revision may mean: registries leave out the letter that most tags of versions begin with.
func spellings(revision string) []string {
	if revision[0] >= '0' && revision[0] <= '9' && !objectID.MatchString(revision) {
		return []string{revision, "v" + revision}
	}
	return []string{revision}
}

// fetchNew fetches into a bare repository that it makes.
func (v *server) fetchNew(ctx context.Context, dir string, args ...string) error {
	if err := makeBare(dir, v.sha256, nil); err != nil {
		return err
	}
	return v.fetch(ctx, dir, nil, args...)
}

// fetch fetches into a bare repository.
func (v *server) fetch(ctx context.Context, dir string, stdin io.Reader, args ...string) error {
	_, err := v.git.Output(ctx, outbound.Command{
		Dir: dir, Remote: v.remote, Stdin: stdin,
		Config: []string{"remote.origin.url=" + v.remote.URL, "remote.origin.promisor=true"},
		Args:   append([]string{"fetch", "--quiet", "--no-write-fetch-head"}, args...),
	}, maxOutput)
	return err
}

// maxAttempts is how often blobs are asked for again because they were too large together.
const maxAttempts = 4

// fetchBlobs gets blobs in one request. If they are larger than what git may write, the less telling half is given up.
func (v *server) fetchBlobs(ctx context.Context, dir string, oids []string) (repo.Gap, string) {
	for range maxAttempts {
		err := v.fetch(ctx, dir, strings.NewReader(strings.Join(oids, "\n")+"\n"), "--no-tags", "--filter=blob:none", "--stdin", "origin")
		switch {
		case err == nil:
			return repo.TooLarge, "the files that are wanted are too large together"
		case ctx.Err() != nil:
			return repo.Late, "it did not arrive in time"
		case !errors.Is(err, outbound.ErrTooLarge):
			return repo.Failed, err.Error()
		}
		if oids = oids[:len(oids)/2]; len(oids) == 0 {
			break
		}
	}
	return repo.TooLarge, "the files that are wanted are too large together"
}

// depths are how far back commits are asked for, from parent to parent. The first is enough where many branches were merged,
// and spares such a history's bulk; the second is enough for any, as no commit is farther than its place among the newest.
var depths = []int{112, maxCommits + 1}

// commits gets the newest commits, without trees.
func (v *server) commits(ctx context.Context, commit string) repo.Fact[repo.History] {
	dir := filepath.Join(v.dir, "commits")
	if err := makeBare(dir, v.sha256, nil); err != nil {
		return missing[repo.History](ctx, err)
	}
	var h repo.Fact[repo.History]
	for _, depth := range depths {
		if err := v.fetch(ctx, dir, nil, "--depth="+strconv.Itoa(depth), "--filter=tree:0", "--no-tags", "origin", commit); err != nil {
			return missing[repo.History](ctx, err)
		}
		_, r, err := v.open(dir)
		if err != nil {
			return missing[repo.History](ctx, err)
		}
		if h = r.commits(ctx, commit); !h.Known() || !r.cut(h.Value) {
			break
		}
	}
	return h
}

// tags gets the tags with the commits that they name, without trees.
func (v *server) tags(ctx context.Context) repo.Fact[[]repo.Tag] {
	dir := filepath.Join(v.dir, "tags")
	err := v.fetchNew(ctx, dir, "--depth=1", "--filter=tree:0", "--no-tags", "origin", "+refs/tags/*:refs/tags/*")
	if noneThere(err) {
		return repo.Known[[]repo.Tag](nil)
	}
	if err != nil {
		return missing[[]repo.Tag](ctx, err)
	}
	src, r, err := v.open(dir)
	if err != nil {
		return missing[[]repo.Tag](ctx, err)
	}
	return r.tags(ctx, src.refs.tags())
}

// noneThere reports whether a fetch to a depth found no ref of the wanted kind, at which git fails without a word.
func noneThere(err error) bool {
	var git *outbound.Error
	return errors.As(err, &git) && git.Code == 1 && git.Stderr == ""
}

// open opens what was fetched into dir, with a reader that cannot reach the server.
func (v *server) open(dir string) (*gitDir, *reader, error) {
	src, err := openDir(dir)
	if err != nil {
		return nil, nil, err
	}
	src.sha256 = v.sha256
	if err := os.RemoveAll(dir + "-read"); err != nil { // what was fetched before may have been cut elsewhere
		return nil, nil, err
	}
	r, err := newReader(v.git, dir+"-read", src)
	return src, r, err
}
