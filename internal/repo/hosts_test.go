package repo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBuiltinHosts(t *testing.T) {
	h := builtinHosts(t)
	var names []string
	for _, row := range h.Rows() {
		names = append(names, row.Name)
		if row.Trusted {
			t.Errorf("%s is trusted without the operator's word", row.Name)
		}
	}
	want := []string{"github.com", "gitlab.com", "salsa.debian.org", "framagit.org", "gitlab.gnome.org", "codeberg.org", "gitea.com", "git.sr.ht",
		"bitbucket.org"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if _, ok := h.Lookup("api.github.com"); ok {
		t.Error("a door of a forge is listed as a host of repositories")
	}
}

func TestParseHost(t *testing.T) {
	for _, tt := range []struct {
		spec string
		want Host
		err  string
	}{
		{spec: "Git.Example.org", want: Host{"git.example.org", PlainGit, true}},
		{spec: "git.example.org.:8443=gitlab", want: Host{"git.example.org:8443", GitLab, true}},
		{spec: "127.0.0.1:3000=gitea", want: Host{"127.0.0.1:3000", Gitea, true}},
		{spec: "[0:0:0:0:0:0:0:1]:3000", want: Host{"[::1]:3000", PlainGit, true}},
		{spec: "localhost:80", want: Host{"localhost", PlainGit, true}},
		{spec: "gitea", want: Host{"gitea", PlainGit, true}},
		{spec: "https://git.example.org", err: "without scheme"},
		{spec: "git.example.org/path", err: "without scheme"},
		{spec: "git.example.org:0", err: "not a number from 1"},
		{spec: "git.example.org=svn", err: "unknown kind"},
		{spec: "-x", err: "without scheme"},
		{spec: "", err: "without scheme"},
	} {
		got, err := ParseHost(tt.spec)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: got error %v, want %q", tt.spec, err, tt.err)
			}
		} else if err != nil || got != tt.want {
			t.Errorf("%q: got %+v %v, want %+v", tt.spec, got, err, tt.want)
		}
	}
}

func TestConfiguredHosts(t *testing.T) {
	h, err := NewHosts(Host{Name: "127.0.0.1:3000", Kind: Gitea, Trusted: true}, Host{Name: "gitea", Kind: Gitea, Trusted: true},
		Host{Name: "gitlab.example.org:8443", Kind: GitLab}, Host{Name: "git.example.org", Kind: PlainGit}, Host{Name: "ghe.example.org", Kind: GitHub},
		Host{Name: "codeberg.org", Kind: PlainGit})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range [][2]string{
		{"http://127.0.0.1:3000/Owner/Name/src/branch/main", "repo\tgitea\thttp://127.0.0.1:3000/owner/name\tmain\t\t"},
		{"https://127.0.0.1:3000/Owner/Name", "repo\tgitea\thttps://127.0.0.1:3000/owner/name\t\t\t"},
		{"http://127.0.0.1:3001/Owner/Name", "refused\t\t\t\t\t"},
		{"http://127.1:3000/Owner/Name", "refused\t\t\t\t\t"},
		{"http://gitea/o/r", "repo\tgitea\thttp://gitea/o/r\t\t\t"},
		{"http://gitlab.example.org:8443/a/b/c", "repo\tgitlab\thttps://gitlab.example.org:8443/a/b/c\t\t\t"},
		{"git@gitlab.example.org:a/b/c.git", "repo\tgitlab\thttps://gitlab.example.org:8443/a/b/c\t\t\t"},
		{"https://gitlab.example.org/a/b", "site\t\thttps://gitlab.example.org/a/b\t\t\t"},
		{"https://git.example.org/pub/Tool", "repo\tgit\thttps://git.example.org/pub/Tool\t\t\t"},
		{"https://git.example.org/pub/Tool.git/commit?id=1", "repo\tgit\thttps://git.example.org/pub/Tool.git\t\t\t"},
		{"https://git.example.org/pub/../Tool.git", "none\t\t\t\t\t"},
		{"https://ghe.example.org/api/v3/repos/o/r", "repo\tgithub\thttps://ghe.example.org/o/r\t\t\t"},
		{"https://codeberg.org/o/R/src/branch/x", "repo\tgit\thttps://codeberg.org/o/R/src/branch/x\t\t\t"},
	} {
		if got := fields(h.Parse("url", tt[0])); got != tt[1] {
			t.Errorf("%s\n got %s\nwant %s", tt[0], got, tt[1])
		}
	}
	if _, err := NewHosts(Host{Name: "git.example.org", Kind: "svn"}); err == nil {
		t.Error("a row with an unknown kind of forge is accepted")
	}
	if _, err := NewHosts(Host{Name: "https://git.example.org", Kind: PlainGit}); err == nil {
		t.Error("a row with a URL as name is accepted")
	}
}

func TestParseArgument(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll(filepath.Join("owner", "tool", ".git"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("owner", "link"); err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := builtinHosts(t)
	for _, tt := range []struct{ arg, ref, name, err string }{
		{arg: "owner/tool", ref: dir + "/owner/tool", name: "tool"},
		{arg: "link/tool/", ref: dir + "/owner/tool", name: "tool"},
		{arg: "owner/tool/.git", ref: dir + "/owner/tool/.git", name: "tool"},
		{arg: "MISP/MISP", err: "neither a directory nor"},
		{arg: "file", err: "is a file"},
		{arg: "https://github.com/MISP/MISP/tree/2.5", ref: "https://github.com/misp/misp", name: "MISP/MISP"},
		{arg: "git@github.com:MISP/MISP.git", ref: "https://github.com/misp/misp", name: "MISP/MISP"},
		{arg: "https://www.example.org/team/tool", ref: "https://www.example.org/team/tool", name: "team/tool"},
		{arg: "git.example.org/team/tool", ref: "https://git.example.org/team/tool", name: "team/tool"},
		{arg: "https://www.example.org/", err: "neither a directory nor"},
		{arg: "https://github.com/MISP", err: "name one of its repositories"},
		{arg: "https://gist.github.com/adulau/1", err: "snippet"},
		{arg: "http://127.0.0.1:3000/o/r", err: "--allow-host"},
		{arg: "ext::sh -c x", err: "not contacted"},
		{arg: "--rev", err: "option"},
	} {
		got, err := h.ParseArgument(tt.arg)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: got error %v, want %q", tt.arg, err, tt.err)
			}
		case err != nil || got.Meaning != Repository || got.Ref.String() != tt.ref || got.Name != tt.name:
			t.Errorf("%q: got %+v %v, want %s %s", tt.arg, got, err, tt.ref, tt.name)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	h := builtinHosts(b)
	for _, bb := range []struct{ name, attributeType, value string }{
		{"url", "url", "https://www.example.org/wp-content/uploads/2024/01/invoice_4711.doc?id=42"},
		{"address", "url", "http://198.51.100.7:8080/bin/x86"},
		{"hash", "text", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"prose", "text", "The actor used a loader that was signed with a stolen certificate, see the attached report for details."},
		{"github", "link", "https://github.com/MISP/MISP/blob/2.5/SECURITY.md"},
		{"gitlab", "link", "https://gitlab.com/gitlab-org/api/client-go/-/tree/main/docs"},
		{"longest", "url", "https://gitlab.com/" + strings.Repeat("a/", 1000)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.Parse(bb.attributeType, bb.value)
			}
		})
	}
}
