package forge

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// fixture is a repository made by git for a test.
type fixture struct {
	t   testing.TB
	dir string
}

// newFixture makes an empty repository with a work tree.
func newFixture(t testing.TB, args ...string) *fixture {
	f := &fixture{t: t, dir: t.TempDir()}
	f.git(append([]string{"init", "--quiet", "--initial-branch=main"}, args...)...)
	return f
}

// git runs git in the repository with fixed identities and dates.
func (f *fixture) git(args ...string) string {
	f.t.Helper()
	return f.gitWith("", args...)
}

func (f *fixture) gitWith(stdin string, args ...string) string {
	f.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = f.dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + f.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C", "TZ=UTC",
		"GIT_AUTHOR_NAME=Example Author", "GIT_AUTHOR_EMAIL=author@example.org", "GIT_AUTHOR_DATE=1700000000 +0100",
		"GIT_COMMITTER_NAME=Example Committer", "GIT_COMMITTER_EMAIL=committer@example.org", "GIT_COMMITTER_DATE=1700003600 +0100",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// write writes a file of the work tree.
func (f *fixture) write(path, text string) {
	f.t.Helper()
	full := filepath.Join(f.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// link makes a symlink in the work tree.
func (f *fixture) link(path, target string) {
	f.t.Helper()
	full := filepath.Join(f.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.Symlink(target, full); err != nil {
		f.t.Fatal(err)
	}
}

// commit commits the whole work tree and returns the commit's id.
func (f *fixture) commit(message string) string {
	f.t.Helper()
	f.git("add", "--all")
	f.git("commit", "--quiet", "--allow-empty", "--message", message)
	return f.git("rev-parse", "HEAD")
}

// here is a local target.
func here(dir string) repo.Target {
	return repo.Target{Meaning: repo.Repository, Ref: repo.Ref{Scheme: "file", Path: dir}}
}

// all wants every file.
func all(files []repo.File) []string {
	var paths []string
	for i := range files {
		paths = append(paths, files[i].Path)
	}
	return paths
}

// only wants some files.
func only(paths ...string) func([]repo.File) []string {
	return func([]repo.File) []string { return paths }
}

func collect(t testing.TB, target repo.Target, want func([]repo.File) []string) *repo.Snapshot {
	t.Helper()
	c := &Collector{Git: outbound.NewGit(outbound.Policy{})}
	s, err := c.Collect(context.Background(), repo.Request{Target: target, Want: want})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// file returns one file of a snapshot.
func file(t testing.TB, s *repo.Snapshot, path string) *repo.File {
	t.Helper()
	i := slices.IndexFunc(s.Files.Value, func(f repo.File) bool { return f.Path == path })
	if i < 0 {
		t.Fatalf("no %s in the snapshot", path)
	}
	return &s.Files.Value[i]
}
