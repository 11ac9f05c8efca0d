package document

import "testing"

func TestHasWords(t *testing.T) {
	for _, tt := range []struct {
		text, phrase string
		want         bool
	}{
		{"Security Policy", "security policy", true},
		{"our SECURITY-POLICY.", "security policy", true},
		{"security\n  policy", "security policy", true},
		{"the code_of_conduct", "code of conduct", true},
		{"insecurity policy", "security policy", false},
		{"security policyholder", "security policy", false},
		{"for security. Policy makers", "security policy", false},
		{"security, policy", "security policy", false},
		{"Reported Vulnerabilities", "vulnerabilit*", true},
		{"invulnerability", "vulnerabilit*", false},
		{"report vulnerabilities here", "report vulnerabilit* here", true},
		{"Sicherheitslücken melden", "sicherheitslücke*", true},
		{"ŻYCZLIWOŚĆ", "życzliwość", true},
		{"the project's licence", "project s licence", true},
		{"CVE-2024-1", "cve 2024", true},
		{"security", "security policy", false},
		{"security", "", false},
		{"", "security", false},
	} {
		if got := HasWords(tt.text, tt.phrase); got != tt.want {
			t.Errorf("HasWords(%q, %q) = %v, want %v", tt.text, tt.phrase, got, tt.want)
		}
	}
}

func TestFindWords(t *testing.T) {
	text := "No e-mail; a bug bounty and a Security  Policy."
	start, end := FindWords(text, "security policy", "bounty")
	if start != 17 || end != 23 {
		t.Errorf("FindWords = %d, %d, want the first phrase that stands in the text", start, end)
	}
	start, end = FindWords(text, "security policy")
	if got := text[start:end]; got != "Security  Policy" {
		t.Errorf("FindWords found %q", got)
	}
}

func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"One. Two! Three? Four", []string{"One.", "Two!", "Three?", "Four"}},
		{"Use v1.2 e.g. Python 3.10 of Dr. Who. See README.md for more.", []string{"Use v1.2 e.g. Python 3.10 of Dr. Who.", "See README.md for more."}},
		{"See https://example.org/a.b?c=d. Then go.", []string{"See https://example.org/a.b?c=d.", "Then go."}},
		{"The answer is no. We wait.", []string{"The answer is no.", "We wait."}},
		{"See No. 5 and Art. 13 of J. Doe.", []string{"See No. 5 and Art. 13 of J. Doe."}},
		{"He said \"stop.\" She did. (It was so.) End", []string{"He said \"stop.\"", "She did.", "(It was so.)", "End"}},
		{"Wait... what? Node.js works etc. and so on.", []string{"Wait... what?", "Node.js works etc. and so on."}},
		{"z.B. Berichte usw. Ende. Ähnlich.", []string{"z.B. Berichte usw. Ende.", "Ähnlich."}},
		{"", nil},
	} {
		b := &Block{Text: tt.text, Line: 1}
		var got []string
		for _, s := range b.Sentences() {
			got = append(got, s.Text)
		}
		if !equal(got, tt.want) {
			t.Errorf("sentences of %q are %q, want %q", tt.text, got, tt.want)
		}
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
