package check

import (
	"slices"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// TestSites finds the sites that are the project's own: the forge's word first, then that of manifests at the root.
func TestSites(t *testing.T) {
	s := &repo.Snapshot{
		Ref: repo.Ref{Scheme: "https", Host: "git.example.org", Path: "owner/tool"}, Name: "owner/tool",
		Forge: repo.Known(repo.ForgeFacts{Homepage: "https://Tool.Example.ORG/start"}),
		Files: repo.Known([]repo.File{
			{Path: "package.json", Text: repo.Known(`{"homepage": "https://tool.example.org/#readme"}`)},
			{Path: "pyproject.toml", Text: repo.Known("[project.urls]\nHomepage = \"http://docs.tool.example.org\"\n")},
			{Path: "sub/package.json", Text: repo.Known(`{"homepage": "https://part.example.org"}`)},
		}),
	}
	if got, want := new(Reading).Questions(s).Sites, []string{"tool.example.org", "docs.tool.example.org"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	s.Forge.Value.Homepage, s.Files.Value = "https://git.example.org/owner/tool", nil
	if got := new(Reading).Questions(s).Sites; len(got) > 0 {
		t.Errorf("the forge is no site of the project: %q", got)
	}
	for homepage, want := range map[string]string{
		"https://www.tool.example.org:443/": "www.tool.example.org", "https://owner.github.io/tool/": "owner.github.io", "https://tool.readthedocs.io": "tool.readthedocs.io",
		"https://tool.sourceforge.net": "tool.sourceforge.net", "https://github.com/owner/tool": "", "https://www.github.com/": "", "https://pypi.org/project/tool": "",
		"https://test.pypi.org/project/tool": "", "https://hub.docker.com/r/owner/tool": "", "https://x.com/tool": "", "https://example.com": "", "https://localhost/": "",
		"https://192.0.2.1/": "", "https://[2001:db8::1]/": "", "https://tool.example.org:8443/": "", "ftp://tool.example.org/": "", "tool.example.org": "",
		"https://user:password@tool.example.org": "", "javascript:alert(1)": "", "": "", "https://%zz": "",
	} {
		if got := siteOf(homepage); got != want {
			t.Errorf("%s: %q, want %q", homepage, got, want)
		}
	}
}
