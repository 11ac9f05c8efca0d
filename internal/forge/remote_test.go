package forge

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// comparable is a snapshot without what differs by the way it was collected.
func comparable(s *repo.Snapshot) repo.Snapshot {
	c := *s
	c.Ref, c.Name, c.Public = repo.Ref{}, "", repo.Fact[bool]{}
	return c
}

// history makes a repository with links, tags and a merge.
func history(t testing.TB, args ...string) *fixture {
	f := newFixture(t, args...)
	f.write("README.md", "# Tool\n")
	f.commit("Begin")
	f.git("tag", "v0.1")
	f.git("checkout", "--quiet", "-b", "side")
	f.write("docs/SECURITY.md", "Mail us.\n")
	f.link("SECURITY.md", "docs/SECURITY.md")
	f.commit("Add a policy")
	f.git("checkout", "--quiet", "main")
	f.write("LICENSE", "Free.\n")
	f.commit("Add a licence")
	f.git("merge", "--quiet", "--no-ff", "--message", "Merge the policy", "side")
	f.git("tag", "--annotate", "--message", "First", "v1.0")
	return f
}

func TestRemoteEqualsLocal(t *testing.T) {
	for _, c := range []struct {
		name     string
		init     []string
		settings []string
		old      bool
		want     func([]repo.File) []string
		requests int // a clone has 3, a fetch 3, a fetch of object ids 2
	}{
		{"filtering", nil, []string{filtering}, false, all, 3 + 2 + 2 + 3},
		{"filtering, two hops", nil, []string{filtering}, false, only("README.md", "SECURITY.md"), 3 + 2 + 2 + 2 + 3},
		{"not filtering", nil, nil, false, all, 3 + 2 + 3},
		{"SHA-256", []string{"--object-format=sha256"}, []string{filtering}, false, all, 3 + 2 + 2 + 3},
		{"protocol version 0", nil, nil, true, all, 3 + 3 + 3}, // it filters for nobody, and agrees on the depth first
	} {
		t.Run(c.name, func(t *testing.T) {
			f := history(t, c.init...)
			s := serve(t, filepath.Dir(f.dir), c.settings...)
			s.old = c.old
			got, err := s.collector().Collect(context.Background(), s.target(filepath.Base(f.dir)), c.want)
			if err != nil {
				t.Fatal(err)
			}
			want := collect(t, here(f.dir), c.want)
			if g, w := comparable(got), comparable(want); !reflect.DeepEqual(g, w) {
				t.Errorf("from the server\n%+v\nfrom the directory\n%+v", g, w)
			}
			if got.Public != repo.Known(true) || len(got.Commits.Value.Commits) != 4 || len(got.Tags.Value) != 2 {
				t.Errorf("public %+v, %d commits, %d tags", got.Public, len(got.Commits.Value.Commits), len(got.Tags.Value))
			}
			if len(s.asked) != c.requests {
				t.Errorf("%d requests, want %d: %q", len(s.asked), c.requests, s.asked)
			}
		})
	}
}
