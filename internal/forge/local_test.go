package forge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

func TestLocal(t *testing.T) {
	f := newFixture(t)
	f.write("README.md", "# Tool\n")
	f.write("run.sh", "#!/bin/sh\n")
	first := f.commit("Begin")
	f.write("docs/SECURITY.md", "Mail us.\n")
	f.link("SECURITY.md", "docs/SECURITY.md")
	f.git("tag", "v1.0")
	head := f.commit("Add a policy\nof security\n\nIt says how to report.\n\nSigned-off-by: Example Author <author@example.org>")
	f.git("tag", "--annotate", "--message", "Second release\n\nNotes.", "v2.0")

	for _, dir := range []string{f.dir, f.dir + "/.git", f.dir + "/docs"} {
		s := collect(t, here(dir), only("README.md", "SECURITY.md", "absent"))
		if s.Commit != head || s.Branch != "main" || s.Revision != "" || s.Public.Gap != repo.Unasked || s.Name != filepath.Base(f.dir) {
			t.Errorf("%s: %q, commit %s of branch %q", dir, s.Name, s.Commit, s.Branch)
		}
		if !s.CommitTime.Equal(time.Unix(1700003600, 0)) || s.CommitTime.Format("-0700") != "+0100" {
			t.Errorf("%s: commit time %v", dir, s.CommitTime)
		}
		if got := file(t, s, "README.md"); got.Text != repo.Known("# Tool\n") {
			t.Errorf("README.md: %+v", got)
		}
		if got := file(t, s, "SECURITY.md"); got.Mode != repo.Symlink || got.Target != "docs/SECURITY.md" || got.Text != repo.Known("Mail us.\n") {
			t.Errorf("SECURITY.md: %+v", got)
		}
		for _, path := range []string{"run.sh", "docs/SECURITY.md"} {
			if got := file(t, s, path); got.Text.Gap != repo.Unasked {
				t.Errorf("%s, which nobody wants: %+v", path, got)
			}
		}
		commits := s.Commits.Value
		if len(commits.Commits) != 2 || commits.Truncated || commits.Commits[1].OID != first {
			t.Fatalf("commits: %+v", commits)
		}
		got, want := commits.Commits[0], repo.Commit{
			OID: head, Time: commits.Commits[0].Time, AuthorName: "Example Author", AuthorEmail: "author@example.org", Committer: "Example Committer",
			Parents: 1, Subject: "Add a policy of security",
			Body: "It says how to report.\n\nSigned-off-by: Example Author <author@example.org>",
		}
		if got != want || got.Time.Unix() != 1700003600 {
			t.Errorf("commit: %+v, want %+v", got, want)
		}
		if tags := s.Tags.Value; len(tags) != 2 ||
			tags[0].Name != "v2.0" || tags[0].Commit != head || !tags[0].Annotated || tags[0].Message != "Second release\n\nNotes." ||
			tags[1].Name != "v1.0" || tags[1].Commit != first || tags[1].Annotated {
			t.Errorf("tags: %+v", tags)
		}
	}
}

func TestKindsOfDirectory(t *testing.T) {
	f := history(t)
	head := f.git("rev-parse", "HEAD")
	detached := f.git("rev-parse", "v0.1")
	other := t.TempDir()
	make := func(name string, args ...string) string {
		dir := filepath.Join(other, name)
		f.git(append(args, dir)...)
		return dir
	}
	super := newFixture(t)
	super.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", f.dir, "sub")
	super.commit("Add a submodule")

	for name, dir := range map[string]string{
		"bare":            make("bare.git", "clone", "--quiet", "--bare", f.dir),
		"mirror":          make("mirror.git", "clone", "--quiet", "--mirror", f.dir),
		"borrowing":       make("borrowing", "clone", "--quiet", "--shared", f.dir),
		"linked":          make("linked", "worktree", "add", "--quiet", "--detach"),
		"linked, in part": make("partial", "worktree", "add", "--quiet", "--detach") + "/docs",
		"submodule":       super.dir + "/sub",
	} {
		s := collect(t, here(dir), only("SECURITY.md"))
		if s.Commit != head || file(t, s, "SECURITY.md").Text != repo.Known("Mail us.\n") || len(s.Tags.Value) != 2 || len(s.Commits.Value.Commits) != 4 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if s := collect(t, here(super.dir), all); file(t, s, "sub").Mode != repo.Submodule || file(t, s, "sub").OID != head || file(t, s, "sub").Text.Gap != repo.Unasked {
		t.Errorf("a submodule: %+v", file(t, s, "sub"))
	}
	f.git("pack-refs", "--all")
	f.git("gc", "--quiet")
	f.git("checkout", "--quiet", detached)
	if s := collect(t, here(f.dir), all); s.Commit != detached || s.Branch != "" || len(s.Tags.Value) != 2 {
		t.Errorf("detached and packed: %+v", s)
	}
}

func TestRevision(t *testing.T) {
	f := history(t)
	head, side, first := f.git("rev-parse", "HEAD"), f.git("rev-parse", "side"), f.git("rev-parse", "v0.1")
	f.git("tag", "to-blob", "HEAD:README.md")
	f.git("tag", "--annotate", "--message", "Tree", "to-tree", "HEAD^{tree}")
	f.git("tag", "--annotate", "--message", "Again", "nested", "v1.0")
	f.git("branch", "v0.1", "side") // a tag goes before a branch, as in git
	server := serve(t, filepath.Dir(f.dir), filtering)
	for _, c := range []struct {
		revision, want string
		remote         bool // the server knows it too
	}{
		{"v1.0", head, true}, {"nested", head, true}, {"side", side, true}, {"refs/heads/side", side, true}, {"v0.1", first, true}, {first, first, true},
		{first[:10], first, false}, {strings.ToUpper(first), first, false},
	} {
		target := here(f.dir)
		target.Revision, target.Pinned = c.revision, true
		s := collect(t, target, all)
		if s.Commit != c.want || s.Revision != c.revision || s.Branch != "main" {
			t.Errorf("%s: commit %s of branch %q, want %s", c.revision, s.Commit, s.Branch, c.want)
		}
		target.Pinned = false
		if s := collect(t, target, all); s.Commit != head || s.Revision != "" {
			t.Errorf("%s, which is not pinned: commit %s", c.revision, s.Commit)
		}
		if !c.remote {
			continue
		}
		target = server.target(filepath.Base(f.dir))
		target.Revision, target.Pinned = c.revision, true
		r, err := server.collector().Collect(context.Background(), repo.Request{Target: target, Want: all})
		if err != nil {
			t.Errorf("%s from the server: %v", c.revision, err)
		} else if r.Commit != c.want || !slices.EqualFunc(r.Commits.Value.Commits, s.Commits.Value.Commits, equalCommits) || r.Branch != "" {
			t.Errorf("%s from the server: commit %s of branch %q with %+v", c.revision, r.Commit, r.Branch, r.Commits)
		}
	}
	asked := []string{"absent", "to-blob", "--help", strings.Repeat("0", 40)} // of the server, which takes its time
	for _, revision := range []string{
		"absent", "v9", "HEAD~1", "v1.0^{tree}", "HEAD:README.md", "@{-1}", "--help", "-h", "main..side", "to-blob", "to-tree", "a b", ":/Begin",
		strings.Repeat("0", 40), strings.Repeat("a", 39), "*", "refs/tags/*", "+v1.0:refs/heads/x",
	} {
		for name, target := range map[string]repo.Target{"directory": here(f.dir), "server": server.target(filepath.Base(f.dir))} {
			if name == "server" && !slices.Contains(asked, revision) {
				continue
			}
			target.Revision, target.Pinned = revision, true
			if _, err := server.collector().Collect(context.Background(), repo.Request{Target: target, Want: all}); !errors.Is(err, ErrRevision) {
				t.Errorf("%q of a %s: %v", revision, name, err)
			}
		}
	}
}

// TestDevelopmentBranch has the newest work on another branch than the one that is published: what counts is HEAD, with all
// that was merged into it.
func TestDevelopmentBranch(t *testing.T) {
	f := newFixture(t)
	f.write("README.md", "# Tool\n")
	f.commit("Begin")
	f.git("checkout", "--quiet", "-b", "develop")
	f.commit("Read gzip")
	merged := f.commit("Read zstd")
	f.git("checkout", "--quiet", "main")
	f.git("merge", "--quiet", "--no-ff", "--message", "Release 1.1", "develop")
	head := f.git("rev-parse", "HEAD")
	f.git("checkout", "--quiet", "develop")
	f.write("SECURITY.md", "Mail us.\n")
	f.commit("Add a policy")
	f.git("checkout", "--quiet", "main")

	server := serve(t, filepath.Dir(f.dir), filtering)
	remote, err := server.collector().Collect(context.Background(), repo.Request{Target: server.target(filepath.Base(f.dir)), Want: all})
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*repo.Snapshot{"directory": collect(t, here(f.dir), all), "server": remote} {
		if s.Commit != head || s.Branch != "main" || len(s.Files.Value) != 1 {
			t.Errorf("%s: commit %s of branch %q with %d files", name, s.Commit, s.Branch, len(s.Files.Value))
		}
		commits := s.Commits.Value.Commits
		if len(commits) != 4 || !slices.ContainsFunc(commits, func(c repo.Commit) bool { return c.OID == merged }) {
			t.Errorf("%s: commits %+v", name, commits)
		}
	}
}

func equalCommits(a, b repo.Commit) bool {
	at := a.Time.Equal(b.Time)
	a.Time, b.Time = time.Time{}, time.Time{}
	return at && a == b
}

func TestSymlinks(t *testing.T) {
	f := newFixture(t)
	f.write("docs/real.md", "Real.\n")
	f.write("docs/deep/er.md", "Deeper.\n")
	want := map[string]string{}
	link := func(path, target, end string) {
		f.link(path, target)
		want[path] = end
	}
	link("one", "docs/real.md", "docs/real.md")
	link("two", "one", "docs/real.md")
	link("three", "./two", "docs/real.md")
	link("four", "three", "") // one too many
	link("self", "self", "")
	link("loop-a", "loop-b", "")
	link("loop-b", "loop-a", "")
	link("folder", "docs", "") // no file
	link("through", "folder/deep/er.md", "docs/deep/er.md")
	link("docs/deep/up", "../../one", "docs/real.md")
	link("out", "../secret", "")
	link("out-and-in", "../"+filepath.Base(f.dir)+"/docs/real.md", "")
	link("docs/out", "../../docs/real.md", "")
	link("absolute", "/etc/passwd", "")
	link("dangling", "docs/absent.md", "")
	link("git", ".git/config", "")
	link("long", strings.Repeat("./", maxTarget/2)+"docs/real.md", "")
	f.commit("Link")
	s := collect(t, here(f.dir), all)
	for path, end := range want {
		got := file(t, s, path)
		if got.Mode != repo.Symlink || got.Target != end {
			t.Errorf("%s leads to %q, want %q", path, got.Target, end)
		}
		if (end != "") != got.Text.Known() {
			t.Errorf("%s: text %+v", path, got.Text)
		}
		if end != "" && got.Text != file(t, s, end).Text {
			t.Errorf("%s reads %+v", path, got.Text)
		}
	}
}

// TestHops has files name the next one to read.
func TestHops(t *testing.T) {
	f := newFixture(t)
	for i := range 8 {
		f.write(fmt.Sprint(i), fmt.Sprint(i+1))
	}
	f.commit("Chain")
	asked := 0
	s := collect(t, here(f.dir), func(files []repo.File) []string {
		asked++
		want := []string{"0"}
		for i := range files {
			if files[i].Text.Known() {
				want = append(want, files[i].Text.Value)
			}
		}
		return want
	})
	for i := range 8 {
		if got := file(t, s, fmt.Sprint(i)).Text.Known(); got != (i <= maxHops) {
			t.Errorf("file %d was read: %v", i, got)
		}
	}
	if asked != 1+maxHops {
		t.Errorf("asked %d times", asked)
	}
}

func TestLimitsOfContents(t *testing.T) {
	f := newFixture(t)
	f.write("largest", strings.Repeat("x", maxBlob))
	f.write("too-large", strings.Repeat("y", maxBlob+1))
	var order []string
	for i := range maxBlobs + 5 {
		order = append(order, fmt.Sprintf("%03d", i))
		f.write(order[i], fmt.Sprint("file ", i))
	}
	f.commit("Fill")
	s := collect(t, here(f.dir), only(append([]string{"largest", "too-large"}, order...)...))
	if got := file(t, s, "largest"); len(got.Text.Value) != maxBlob {
		t.Errorf("largest: %v", got.Text.Gap)
	}
	if got := file(t, s, "too-large").Text; got.Gap != repo.TooLarge || got.Value != "" {
		t.Errorf("too large: %v", got.Gap)
	}
	if a, b := file(t, s, order[maxBlobs-3]).Text.Gap, file(t, s, order[maxBlobs-2]).Text.Gap; a != repo.None || b != repo.TooLarge {
		t.Errorf("the last of %d files: %v, the next: %v", maxBlobs, a, b)
	}

	g := newFixture(t)
	order = nil
	for i := range maxContents/maxBlob + 1 {
		order = append(order, fmt.Sprintf("%03d", i))
		g.write(order[i], strings.Repeat(string(rune('A'+i)), maxBlob))
	}
	g.write("small", "x")
	g.commit("Fill")
	s = collect(t, here(g.dir), only(append(order, "small")...))
	if a, b := file(t, s, order[len(order)-2]).Text.Gap, file(t, s, order[len(order)-1]).Text.Gap; a != repo.None || b != repo.TooLarge {
		t.Errorf("the last that fits: %v, the next: %v", a, b)
	}
}

func TestTreeTooLarge(t *testing.T) {
	f := newFixture(t)
	// Each level holds the one below sixty times: 60⁴ files in five objects.
	f.nest("100644 blob "+f.gitWith("", "hash-object", "-w", "-t", "blob", "--stdin"), 4, 60)
	f.isTooLarge()
}

func TestTreeOfFolders(t *testing.T) {
	f := newFixture(t)
	// 10⁹ folders in ten objects, and no file.
	f.nest("040000 tree "+f.gitWith("", "hash-object", "-w", "-t", "tree", "--stdin"), 9, 10)
	f.isTooLarge()
}

// nest commits a tree of some levels, each of which holds the one below, at last the object, so many times.
func (f *fixture) nest(object string, levels, times int) {
	for range levels {
		var b strings.Builder
		for i := range times {
			fmt.Fprintf(&b, "%s\tn%02d\n", object, i)
		}
		object = "040000 tree " + f.gitWith(b.String(), "mktree")
	}
	f.git("update-ref", "refs/heads/main", f.git("commit-tree", "-m", "Bomb", strings.Fields(object)[2]))
}

func (f *fixture) isTooLarge() {
	f.t.Helper()
	_, err := (&Collector{Git: outbound.NewGit(outbound.Policy{})}).Collect(context.Background(), repo.Request{Target: here(f.dir), Want: all})
	if !errors.Is(err, ErrTooLarge) {
		f.t.Errorf("%v", err)
	}
}

func TestPartialClone(t *testing.T) {
	f := history(t)
	f.git("config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "partial")
	f.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://"+f.dir, dir)
	s := collect(t, here(dir), all)
	for _, path := range []string{"README.md", "docs/SECURITY.md"} {
		if got := file(t, s, path).Text; got.Gap != repo.Absent {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if len(s.Files.Value) != 4 || len(s.Commits.Value.Commits) != 4 || len(s.Tags.Value) != 2 {
		t.Errorf("%+v", s)
	}
	treeless := filepath.Join(t.TempDir(), "treeless")
	f.git("clone", "--quiet", "--no-checkout", "--filter=tree:0", "file://"+f.dir, treeless)
	if _, err := (&Collector{Git: outbound.NewGit(outbound.Policy{})}).Collect(context.Background(), repo.Request{Target: here(treeless), Want: all}); !errors.Is(err, ErrDamaged) {
		t.Errorf("without trees: %v", err)
	}
}

func TestShallowClone(t *testing.T) {
	f := history(t)
	dir := filepath.Join(t.TempDir(), "shallow")
	f.git("clone", "--quiet", "--depth=2", "file://"+f.dir, dir)
	s := collect(t, here(dir), all)
	if c := s.Commits.Value; len(c.Commits) != 3 || !c.Truncated || c.Commits[0].Parents != 2 || c.Commits[2].Parents != 1 {
		t.Errorf("%+v", s.Commits)
	}
}

func TestManyCommits(t *testing.T) {
	f := newFixture(t)
	var stream strings.Builder
	for i := range maxCommits + 1 {
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter Example Author <author@example.org> %d +0000\ndata <<E\nCommit %d\nE\n\n", 1700000000+i, i)
	}
	f.gitWith(stream.String(), "fast-import", "--quiet")
	server := serve(t, filepath.Dir(f.dir), filtering)
	for cut, truncated := range map[string]bool{"main": true, "main~1": false} {
		f.git("update-ref", "refs/heads/assess", f.git("rev-parse", cut))
		f.git("symbolic-ref", "HEAD", "refs/heads/assess")
		s := collect(t, here(f.dir), all)
		if c := s.Commits.Value; len(c.Commits) != maxCommits || c.Truncated != truncated || s.Files.Gap != repo.None {
			t.Errorf("%s: %d commits, truncated %v", cut, len(c.Commits), c.Truncated)
		}
		r, err := server.collector().Collect(context.Background(), repo.Request{Target: server.target(filepath.Base(f.dir)), Want: all})
		if err != nil {
			t.Fatal(err)
		}
		if c := r.Commits.Value; !slices.EqualFunc(c.Commits, s.Commits.Value.Commits, equalCommits) || c.Truncated != truncated {
			t.Errorf("%s from the server: %d commits, truncated %v", cut, len(c.Commits), c.Truncated)
		}
	}
}

// TestManyBranches has long branches, so that the commits that are nearest to the tip are not the newest ones.
func TestManyBranches(t *testing.T) {
	f := newFixture(t)
	var stream strings.Builder
	mark := 0
	commit := func(parents ...int) int {
		mark++
		fmt.Fprintf(&stream, "commit refs/heads/main\nmark :%d\ncommitter Example Author <author@example.org> %d +0000\ndata <<E\nCommit %d\nE\n", mark, 1700000000+mark, mark)
		for i, p := range parents {
			fmt.Fprintf(&stream, "%s :%d\n", []string{"from", "merge"}[i], p)
		}
		stream.WriteString("\n")
		return mark
	}
	main := commit()
	for range 14 {
		side := main
		for range 200 {
			side = commit(side)
		}
		main = commit(main, side)
	}
	f.gitWith(stream.String(), "fast-import", "--quiet")
	s := collect(t, here(f.dir), only())
	server := serve(t, filepath.Dir(f.dir), filtering)
	r, err := server.collector().Collect(context.Background(), repo.Request{Target: server.target(filepath.Base(f.dir)), Want: only()})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Commits.Value; len(c.Commits) != maxCommits || !c.Truncated || !slices.EqualFunc(c.Commits, s.Commits.Value.Commits, equalCommits) {
		t.Errorf("from the server %d commits, truncated %v", len(c.Commits), c.Truncated)
	}
}

func TestTags(t *testing.T) {
	f := newFixture(t)
	f.write("README.md", "# Tool\n")
	head := f.commit("Begin")
	f.git("tag", "light")
	f.git("tag", "to-blob", "HEAD:README.md")
	f.git("tag", "--annotate", "--message", "Tree", "to-tree", "HEAD^{tree}")
	f.git("tag", "--annotate", "--message", "Inner", "inner")
	f.git("tag", "--annotate", "--message", "Outer", "outer", "inner")
	old := f.gitWith("object "+head+"\ntype commit\ntag old\n\nWithout tagger\n", "hash-object", "-t", "tag", "-w", "--stdin", "--literally")
	f.git("update-ref", "refs/tags/old", old)
	signed := f.gitWith("object "+head+"\ntype commit\ntag signed\ntagger A <a@example.org> 1800000000 -0330\n\nSigned\n"+
		"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n", "hash-object", "-t", "tag", "-w", "--stdin")
	f.git("update-ref", "refs/tags/signed", signed)
	f.git("update-ref", "refs/tags/deep/er", head)
	var got []string
	for _, tag := range collect(t, here(f.dir), all).Tags.Value {
		if tag.Commit != head {
			t.Errorf("%s leads to %s", tag.Name, tag.Commit)
		}
		got = append(got, fmt.Sprintf("%s %s %v %q %d", tag.Name, tag.Time.Format(time.RFC3339), tag.Annotated, tag.Message, tag.Signature.Scheme))
	}
	want := []string{
		`signed 2027-01-15T04:30:00-03:30 true "Signed" 2`,
		`outer 2023-11-15T00:13:20+01:00 true "Outer" 0`,
		`old 2023-11-15T00:13:20+01:00 true "Without tagger" 0`,
		`light 2023-11-15T00:13:20+01:00 false "" 0`,
		`inner 2023-11-15T00:13:20+01:00 true "Inner" 0`,
		`deep/er 2023-11-15T00:13:20+01:00 false "" 0`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestNoSnapshot(t *testing.T) {
	empty := newFixture(t)
	unborn := history(t)
	unborn.git("symbolic-ref", "HEAD", "refs/heads/absent")
	missing := history(t)
	if err := os.WriteFile(filepath.Join(missing.dir, ".git/HEAD"), []byte(strings.Repeat("1", 40)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	garbage := history(t)
	if err := os.WriteFile(filepath.Join(garbage.dir, ".git/HEAD"), []byte("\x00\x01"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := t.TempDir()
	pointer := t.TempDir()
	if err := os.WriteFile(filepath.Join(pointer, ".git"), []byte("gitdir: ../../../../../../etc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]error{
		empty.dir: ErrEmpty, unborn.dir: ErrEmpty, missing.dir: ErrDamaged, garbage.dir: ErrDamaged, plain: ErrNotFound, pointer: ErrNotFound,
		plain + "/absent": ErrNotFound, "/dev/null": ErrNotFound,
	} {
		_, err := (&Collector{Git: outbound.NewGit(outbound.Policy{})}).Collect(context.Background(), repo.Request{Target: here(dir), Want: all})
		var advised interface{ Advice() string }
		if !errors.Is(err, want) || !errors.As(err, &advised) || advised.Advice() == "" {
			t.Errorf("%s: %v, want %v with advice", dir, err, want)
		}
	}
}

// TestHostileDirectory has all that a repository can bring along try to run something, to write, or to change what is read.
func TestHostileDirectory(t *testing.T) {
	f := history(t)
	want := collect(t, here(f.dir), all)
	mark := filepath.Join(t.TempDir(), "ran")
	trap := filepath.Join(t.TempDir(), "trap")
	if err := os.WriteFile(trap, []byte("#!/bin/sh\necho \"$0 $@\" >> "+mark+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy", "credential.helper", "diff.external",
		"filter.x.smudge", "filter.x.clean", "filter.x.process", "gpg.program", "uploadpack.packObjectsHook", "alias.ls-tree", "alias.cat-file",
		"log.showSignature", "core.alternateRefsCommand", "remote.origin.vcs",
	} {
		f.git("config", key, trap)
	}
	f.git("config", "core.hooksPath", filepath.Dir(trap))
	f.git("config", "extensions.partialClone", "origin")
	f.git("config", "remote.origin.url", "ext::"+trap)
	f.git("config", "core.repositoryFormatVersion", "9")
	config, err := os.OpenFile(filepath.Join(f.dir, ".git/config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.WriteString("[include]\n\tpath = /dev/zero\n[broken\n")
	if err := errors.Join(err, config.Close()); err != nil {
		t.Fatal(err)
	}
	other := strings.Repeat("2", 40)
	for path, text := range map[string]string{
		"info/attributes": "* filter=x\n", "info/grafts": want.Commit + "\n", "refs/replace/" + want.Commit: want.Commits.Value.Commits[3].OID + "\n",
		"refs/tags/v1.0.lock": "x", "refs/tags/bad name": want.Commit + "\n", "refs/tags/-option": want.Commit + "\n", "refs/heads/evil": other + "\n",
		"refs/tags/garbage": "\x00\xff", "objects/info/commit-graph": "CGPH", "hooks/post-checkout": "x",
	} {
		full := filepath.Join(f.dir, ".git", path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o700), os.WriteFile(full, []byte(text), 0o700)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(f.dir, ".git/refs/tags/outside")); err != nil {
		t.Fatal(err)
	}
	before := listing(t, f.dir)
	got := collect(t, here(f.dir), all)
	names := func(s *repo.Snapshot) (out []string) {
		for _, tag := range s.Tags.Value {
			out = append(out, tag.Name)
		}
		return out
	}
	if got.Commit != want.Commit || len(got.Commits.Value.Commits) != 4 || !slices.Contains(names(got), "v1.0") || slices.Contains(names(got), "-option/x") {
		t.Errorf("%+v", got)
	}
	if !slices.EqualFunc(got.Files.Value, want.Files.Value, func(a, b repo.File) bool { return a == b }) {
		t.Errorf("files: %+v", got.Files)
	}
	if ran, err := os.ReadFile(mark); err == nil {
		t.Errorf("it ran: %s", ran)
	}
	if after := listing(t, f.dir); after != before {
		t.Errorf("the repository was written to:\n%s\nbefore\n%s", after, before)
	}
}

// listing returns the names, sizes and times of all files below a directory.
func listing(t *testing.T, dir string) string {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestForeignEncodings(t *testing.T) {
	f := newFixture(t)
	f.write("caf\xe9.md", "na\xefve\n")
	f.write("wide.txt", "\xff\xfeH\x00i\x00=\xd8\x00\xde")
	f.write("mark.txt", "\xef\xbb\xbfHi")
	f.write("new\nline", "x")
	f.git("add", "--all")
	f.gitWith("Gr\xfc\xdfe\n\nB\xf6rse", "-c", "i18n.commitEncoding=ISO-8859-1", "commit", "--quiet", "--file=-")
	raw := "tree " + f.git("rev-parse", "HEAD^{tree}") + "\nparent " + f.git("rev-parse", "HEAD") +
		"\nauthor \xff <x\xff@example.org> 99999999999999999 +9999\ncommitter  <> -1 x\n\n\n\nSubject \xff\xfe\n\tindented\n\n    deep\n"
	f.git("update-ref", "HEAD", f.gitWith(raw, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"))
	s := collect(t, here(f.dir), all)
	for path, want := range map[string]string{"caf\uFFFD.md": "na\uFFFDve\n", "wide.txt": "Hi😀", "mark.txt": "Hi", "new\nline": "x"} {
		if got := file(t, s, path).Text; got != repo.Known(want) {
			t.Errorf("%q: %+v", path, got)
		}
	}
	c := s.Commits.Value.Commits
	if len(c) != 2 {
		t.Fatalf("%+v", s.Commits)
	}
	if c[1].Subject != "Grüße" || c[1].Body != "Börse" {
		t.Errorf("%q, %q", c[1].Subject, c[1].Body)
	}
	if c[0].Subject != "Subject \uFFFD \tindented" || c[0].Body != "deep" || c[0].AuthorName != "\uFFFD" || !c[0].Time.IsZero() {
		t.Errorf("%+v", c[0])
	}
}

func TestDamagedObjects(t *testing.T) {
	f := newFixture(t)
	f.write("a", "good")
	f.write("b", "bad")
	f.write("c", "good too")
	f.commit("Begin")
	oid := f.git("rev-parse", "HEAD:b")
	path := filepath.Join(f.dir, ".git/objects", oid[:2], oid[2:])
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("no zlib"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s := collect(t, here(f.dir), all)
	if got := file(t, s, "b").Text; got.Known() {
		t.Errorf("the damaged file: %+v", got)
	}
	if got := file(t, s, "a").Text; got != repo.Known("good") {
		t.Errorf("a good file: %+v", got)
	}
}

func TestTempDirIsRemoved(t *testing.T) {
	temp := t.TempDir()
	f := history(t)
	t.Setenv("TMPDIR", temp)
	collect(t, here(f.dir), all)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&Collector{Git: outbound.NewGit(outbound.Policy{})}).Collect(ended, repo.Request{Target: here(f.dir), Want: all}); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("with a context that ended: %v", err)
	}
	if left, _ := os.ReadDir(temp); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
