package document

import (
	"fmt"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a.md", "Write to security@example.org.", "security@example.org:1"},
		{"a.md", "one\ntwo <Security@Example.org>, (a.b+c@mail.example.co.uk)", "security@example.org:2 a.b+c@mail.example.co.uk:2"},
		{"a.md", "[us](mailto:security%40example.org?subject=Hello)", "security@example.org:1"},
		{"a.md", "[security@example.org](mailto:security@example.org)", "security@example.org:1"},
		{"a.md", "`security@example.org`", "security@example.org:1"},
		{"a.md", "security&#64;example.org", "security@example.org:1"},
		{"a.txt", "security&#64;example.org", "security@example.org:1 hidden"},
		{"a.md", "security AT example DOT org", "security@example.org:1 hidden"},
		{"a.md", "security [at] example.org", "security@example.org:1 hidden"},
		{"a.md", "security(at)example(dot)org", "security@example.org:1 hidden"},
		{"a.md", "jane.doe at example dot org", "jane.doe@example.org:1 hidden"},
		{"a.md", "jane[dot]doe[at]mail[dot]example[dot]org", "jane.doe@mail.example.org:1 hidden"},
		{"a.md", "security @ example.org", "security@example.org:1 hidden"},
		{"a.md", "a talk @ example.org", ""},
		{"a.md", "hosted at example.org", ""},
		{"a.md", "Look at README.md, and at 10.0.0.1", ""},
		{"a.md", "contact us at security@example.org", "security@example.org:1"},
		{"a.md", "git@github.com:owner/repo.git and ssh://git@example.org/x and https://user:pass@example.org/", ""},
		{"a.md", "deploy@host.example.org:/srv and @user@social.example.org", ""},
		{"a.md", "actions/checkout@v4.0 and package@1.2.3 and icon@2x.png", ""},
		{"a.md", "```\ngit config user.email you@example.org\n```", ""},
		{"a.md", "```\nContact: security@example.org\n```", "security@example.org:2"},
		{"a.md", "```\nsecurity[@]example[.]org\n```", "security@example.org:2 hidden"},
		{"a.html", "<p>security&#x40;example.org<br>x</p>", "security@example.org:1"},
	} {
		var got []string
		for _, a := range Parse(tt.name, tt.text).Addresses() {
			hidden := ""
			if a.Obfuscated {
				hidden = " hidden"
			}
			got = append(got, fmt.Sprintf("%s:%d%s", a.Mail, a.Line, hidden))
		}
		if joined := strings.Join(got, " "); joined != tt.want {
			t.Errorf("addresses of %q are %q, want %q", tt.text, joined, tt.want)
		}
	}
}
