package check

import (
	"path"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		name, directory string
		files           map[string]string
		subjects        []string
		want            string
	}{
		{"a manifest", "checkout", map[string]string{"package.json": `{"repository": "https://github.com/Owner/Tool.git"}`, "README.md": "Like https://github.com/other/thing"}, nil, "Owner/Tool"},
		{"the directory's name", "tool", map[string]string{"README.md": "https://github.com/other/thing/actions https://github.com/other/thing/issues and https://github.com/owner/Tool"}, nil, "owner/Tool"},
		{"its own pages", "repo", map[string]string{"README.md": "[![CI](https://github.com/owner/tool/actions/workflows/ci.yml/badge.svg)](x), see https://github.com/other/thing and https://github.com/other/thing."}, nil, "owner/tool"},
		{"a clone command", "repo.git", map[string]string{"README.rst": "git clone git@gitlab.com:owner/tool.git"}, nil, "owner/tool"},
		{"mere mentions", "repo", map[string]string{"README.md": "It works with https://github.com/other/thing."}, nil, "repo"},
		{"a file of another", "repo", map[string]string{"vendor/package.json": `"https://github.com/other/thing"`}, nil, "repo"},
		{"nothing", "repo", nil, nil, "repo"},
		{"dependencies in go.mod", "repo", map[string]string{
			"go.mod":    "module github.com/owner/tool/v2\n\nrequire (\n\tgithub.com/other/thing v1.0.0\n\tgithub.com/other/thing/v2 v2.0.0\n)\nreplace github.com/a/b => github.com/other/thing v1\n",
			"README.md": "",
		}, nil, "owner/tool"},
		{"a dependency from git", "repo", map[string]string{
			"pyproject.toml": "dependencies = [\"thing @ git+https://github.com/other/thing.git\"]\nthing = { git = \"https://github.com/other/thing.git\" }\n",
		}, nil, "repo"},
		{"badges", "repo", map[string]string{"README.md": "![](https://codecov.io/gh/owner/tool/branch/main/graph/badge.svg) https://github.com/other/thing"}, nil, "owner/tool"},
		{"merges", "repo", map[string]string{"README.md": "See https://github.com/other/thing."},
			[]string{"Merge branch 'main' of github.com:owner/tool", "Fix it", "Merge branch 'main' of https://github.com/owner/tool into main",
				"Merge branch 'x' of https://github.com/fork/tool into fork-x", "Merge branch 'x' of https://github.com/fork/tool into main",
				"Merge branch 'x' of https://github.com/fork/tool into fork-y", "Merge branch 'z' of https://github.com/fork/tool into fork-z", "Merge remote-tracking branch 'dev' of https://github.com/owner/tool"}, "owner/tool"},
		{"the owner's other repositories", "repo", map[string]string{"README.md": "git clone https://github.com/other/thing.git\ngit clone https://github.com/owner/tool.git\nhttps://github.com/owner/lib\n"},
			nil, "owner/tool"},
		{"a name that is known", "owner/tool", map[string]string{"package.json": `"https://github.com/other/thing"`}, nil, "owner/tool"},
	} {
		s := &repo.Snapshot{Ref: repo.Ref{Scheme: "file", Path: "/srv/" + c.directory}, Name: c.directory}
		for name, text := range c.files {
			s.Files.Value = append(s.Files.Value, repo.File{Path: name, Text: repo.Known(text)})
		}
		for _, subject := range c.subjects {
			s.Commits.Value.Commits = append(s.Commits.Value.Commits, repo.Commit{Subject: subject})
		}
		for _, host := range []string{"forge.example.org", "127.0.0.1:8080"} {
			mirror := *s
			mirror.Ref = repo.Ref{Scheme: "https", Host: host, Path: "mirrors/" + c.directory}
			mirror.Name = "mirrors/" + path.Base(c.directory)
			want := mirror.Name
			if host != "forge.example.org" && strings.Contains(c.want, "/") {
				want = c.want
			}
			if strings.Contains(c.directory, "/") {
				continue
			}
			if got := identify(&mirror, newTree(mirror.Files.Value)); got != want {
				t.Errorf("%s at %s: %q, want %q", c.name, host, got, want)
			}
		}
		if got := identify(s, newTree(s.Files.Value)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
