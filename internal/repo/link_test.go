package repo

import "testing"

func TestLinks(t *testing.T) {
	h := builtinHosts(t)
	const oid = "bb0909a37a7bd727d35f7a60ee9a6ff10bc99852"
	for _, tt := range []struct {
		value, repository, line, lines, commit, tag string
	}{
		{"https://github.com/MISP/MISP.git", "https://github.com/MISP/MISP",
			"/blob/" + oid + "/a%20b/c%23.md#L3", "/blob/" + oid + "/a%20b/c%23.md#L3-L7", "/commit/" + oid, "/releases/tag/v%231/2"},
		{"https://gitlab.com/G/Sub/p/-/tree/main", "https://gitlab.com/G/Sub/p",
			"/-/blob/" + oid + "/a%20b/c%23.md#L3", "/-/blob/" + oid + "/a%20b/c%23.md#L3-7", "/-/commit/" + oid, "/-/tags/v%231/2"},
		{"https://codeberg.org/o/R", "https://codeberg.org/o/R",
			"/src/commit/" + oid + "/a%20b/c%23.md#L3", "/src/commit/" + oid + "/a%20b/c%23.md#L3-L7", "/commit/" + oid, "/src/tag/v%231/2"},
		{"https://git.sr.ht/~o/R", "https://git.sr.ht/~o/R",
			"/tree/" + oid + "/item/a%20b/c%23.md#L3", "/tree/" + oid + "/item/a%20b/c%23.md#L3-7", "/commit/" + oid, "/refs/v%231/2"},
		{"https://bitbucket.org/W/r", "https://bitbucket.org/W/r",
			"/src/" + oid + "/a%20b/c%23.md#lines-3", "/src/" + oid + "/a%20b/c%23.md#lines-3:7", "/commits/" + oid, "/src/v%231/2"},
		{"https://git.example.org/x/y.git", "", "", "", "", ""},
	} {
		target := h.Parse("url", tt.value)
		l := h.Links(target.Ref, target.Name)
		for _, c := range [][2]string{
			{l.File(oid, "a b/c#.md", 3, 0), tt.line}, {l.File(oid, "a b/c#.md", 3, 7), tt.lines},
			{l.Commit(oid), tt.commit}, {l.Tag("v#1/2"), tt.tag},
		} {
			if got, want := c[0], tt.repository+c[1]; got != want {
				t.Errorf("%s: got %q, want %q", tt.value, got, want)
			}
		}
	}
}

func TestLinksOfNewest(t *testing.T) {
	h := builtinHosts(t)
	for _, tt := range []struct{ value, branch, want string }{
		{"https://github.com/MISP/MISP", "", "https://github.com/MISP/MISP/blob/HEAD/docs/a%20b.md"},
		{"https://gitlab.com/G/p", "main", "https://gitlab.com/G/p/-/blob/HEAD/docs/a%20b.md"},
		{"https://codeberg.org/o/r", "dev/x", "https://codeberg.org/o/r/src/branch/dev/x/docs/a%20b.md"},
		{"https://codeberg.org/o/r", "", ""},
		{"https://git.example.org/x/y.git", "main", ""},
	} {
		target := h.Parse("url", tt.value)
		if got := h.Links(target.Ref, target.Name).Newest(tt.branch, "docs/a b.md"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.value, got, tt.want)
		}
	}
}

func TestLinksOfFileWithoutLineAndName(t *testing.T) {
	h := builtinHosts(t)
	ref := h.Parse("url", "https://github.com/MISP/MISP").Ref
	if got, want := h.Links(ref, "somebody/else").File("HEAD", "LICENSE", 0, 0), "https://github.com/misp/misp/blob/HEAD/LICENSE"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := h.Links(Ref{Scheme: "file", Path: "/srv/misp"}, "misp").Commit("0123456789abcdef"); got != "" {
		t.Errorf("a local repository has the web page %q", got)
	}
}

// A link that is pasted back means the repository that it was made for.
func TestLinksLeadBack(t *testing.T) {
	h := builtinHosts(t)
	for _, value := range []string{"https://github.com/MISP/MISP", "https://gitlab.com/G/Sub/p", "https://codeberg.org/o/R",
		"https://git.sr.ht/~o/R", "https://bitbucket.org/W/r"} {
		target := h.Parse("link", value)
		l := h.Links(target.Ref, target.Name)
		for _, link := range []string{l.File("0123456789abcdef", "dir/file", 1, 2), l.Commit("0123456789abcdef"), l.Tag("v1.0")} {
			if got := h.Parse("link", link); got.Ref != target.Ref || got.Meaning != Repository {
				t.Errorf("%s leads to %v %s", link, got.Meaning, got.Ref)
			}
		}
	}
}
