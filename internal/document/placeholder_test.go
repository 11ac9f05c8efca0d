package document

import (
	"fmt"
	"testing"
)

func TestPlaceholder(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"reported to the leaders at [INSERT CONTACT METHOD].", "[INSERT CONTACT METHOD]"},
		{"write to [insert email address]", "[insert email address]"},
		{"Thanks for contributing to <project name>!", "<project name>"},
		{"write to your-email@example.com", "your-email@example.com"},
		{"write to security@yourdomain.com", "security@yourdomain.com"},
		{"Use this section to tell people about which versions of your project are", "Use this section to tell people"},
		{"Tell them where to go, how often they can expect to get an update", "Tell them where to go"},
		{"TODO: write this", "TODO:"},
		{"TBD", "TBD"},
		{"Lorem ipsum dolor", "Lorem ipsum"},
		{"the {{ project_name }} community", "{{ project_name }}"},
		{"write to security@example.org", ""},
		{"see the TODO list and [Contact](https://example.org)", ""},
		{"Describe the bug. See [project site].", "[project site]"},
		{"Your contribution is welcome [1] <https://example.org>", ""},
		{"A short sentence", ""},
	} {
		if got := Placeholder(tt.text); got != tt.want {
			t.Errorf("Placeholder(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	const policy = `# Security Policy

## Supported Versions

Use this section to tell people about which versions of your project are
currently being supported with security updates.

| Version | Supported          |
| ------- | ------------------ |
| 5.1.x   | :white_check_mark: |
| 5.0.x   | :x:                |
| 4.0.x   | :white_check_mark: |

Write to <your-email> or <security@example.org>.
`
	got := fmt.Sprint(Parse("SECURITY.md", policy).Placeholders())
	if want := "[{Use this section to tell people 5} {5.1.x, 4.0.x 10} {<your-email> 14}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := Parse("SECURITY.md", "| 5.1.x | yes |\n| --- | --- |\n| 5.0.x | no |").Placeholders(); got != nil {
		t.Errorf("versions of a project are taken for a template: %v", got)
	}
}
