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
		want            string
	}{
		{"a manifest", "checkout", map[string]string{"package.json": `{"repository": "https://github.com/Owner/Tool.git"}`, "README.md": "Like https://github.com/other/thing"}, "Owner/Tool"},
		{"the directory's name", "tool", map[string]string{"README.md": "https://github.com/other/thing/actions https://github.com/other/thing/issues and https://github.com/owner/Tool"}, "owner/Tool"},
		{"its own pages", "repo", map[string]string{"README.md": "[![CI](https://github.com/owner/tool/actions/workflows/ci.yml/badge.svg)](x), see https://github.com/other/thing and https://github.com/other/thing."}, "owner/tool"},
		{"a clone command", "repo.git", map[string]string{"README.rst": "git clone git@gitlab.com:owner/tool.git"}, "owner/tool"},
		{"mere mentions", "repo", map[string]string{"README.md": "It works with https://github.com/other/thing."}, "repo"},
		{"a file of another", "repo", map[string]string{"vendor/package.json": `"https://github.com/other/thing"`}, "repo"},
		{"nothing", "repo", nil, "repo"},
		{"a name that is known", "owner/tool", map[string]string{"package.json": `"https://github.com/other/thing"`}, "owner/tool"},
	} {
		s := &repo.Snapshot{Ref: repo.Ref{Scheme: "file", Path: "/srv/" + c.directory}, Name: c.directory}
		for name, text := range c.files {
			s.Files.Value = append(s.Files.Value, repo.File{Path: name, Text: repo.Known(text)})
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
