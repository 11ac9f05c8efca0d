package manifest

import "testing"

func TestLintsSecurity(t *testing.T) {
	for _, c := range []struct {
		path, text string
		want       bool
	}{
		{".golangci.yml", "linters: {enable: [gosec]}", true},
		{".golangci.yml", "linters: {enable: [govet], disable: [gosec]}", false},
		{".golangci.yml", "linters: {enable-all: true}", true},
		{".golangci.yaml", "linters: {default: all, disable: [gosec]}", false},
		{".golangci.toml", "[linters]\nenable = [\"gosec\"]", true},
		{"pyproject.toml", "[tool.ruff]\nselect = [\"E\", \"S\"]", true},
		{"pyproject.toml", "[tool.ruff.lint]\nextend-select = [\"S101\"]", true},
		{"pyproject.toml", "[tool.ruff.lint]\nselect = [\"SIM\", \"E\"]", false},
		{"pyproject.toml", "[tool.ruff.lint]\nselect = [\"ALL\"]\nignore = [\"S\"]", false},
		{"ruff.toml", "[lint]\nselect = [\"ALL\"]", true},
		{".ruff.toml", "select = [\"S\"", false},
		{"setup.cfg", "select = S", false},
	} {
		if got := LintsSecurity(c.path, c.text); got != c.want {
			t.Errorf("%s %q: got %v", c.path, c.text, got)
		}
	}
}

func TestDeclarations(t *testing.T) {
	links := ContactLinks("contact_links:\n  - name: Security\n    url: https://example.org\n    about: Report here\n")
	if len(links) != 1 || links[0] != (ContactLink{"Security", "https://example.org", "Report here", 2}) {
		t.Errorf("got %+v", links)
	}
	for _, text := range []string{
		"vulnerability-reporting: {email-contact: security@example.org}",
		"security-contacts: [{type: email, value: security@example.org}]",
		"project: {vulnerability-reporting: {contact: {email: 'mailto:security@example.org'}}}",
	} {
		if c := SecurityContacts(text); len(c) != 1 || c[0].Value != "security@example.org" {
			t.Errorf("%s: got %+v", text, c)
		}
	}
	if c := SecurityContacts("- a list"); c != nil {
		t.Errorf("got %+v", c)
	}
}
