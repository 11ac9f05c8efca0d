package check

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// TestLicenseInMarkdown has the text of a licence that somebody laid out anew: with headings, list items and other line breaks.
func TestLicenseInMarkdown(t *testing.T) {
	text, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	var paragraphs []string
	for p := range strings.SplitSeq(string(text), "\n\n") {
		paragraphs = append(paragraphs, strings.Join(strings.Fields(p), " "))
	}
	laidOut := strings.Join(paragraphs, "\n\n")
	for form, markdown := range map[string]string{
		`^(GNU AFFERO GENERAL PUBLIC LICENSE) `:       "### $1\n\n",
		`(?m)^(Preamble|TERMS AND CONDITIONS)$`:       "### $1",
		`(?m)^(\d+\. [A-Z][\w ,;'-]+)\.$`:             "#### $1.",
		`(?m)^([a-f]\)) `:                             "-   $1 ",
		`(?m)^(Copyright \(C\) 2007 [^<]*) (<[^>]+>)`: "$1\n$2",
	} {
		re := regexp.MustCompile(form)
		if !re.MatchString(laidOut) {
			t.Fatalf("%s is not in the licence", form)
		}
		laidOut = re.ReplaceAllString(laidOut, markdown)
	}
	for name, want := range map[string]string{"LICENSE": string(text), "LICENSE.md": laidOut} {
		s := &repo.Snapshot{Files: repo.Known([]repo.File{{Path: name, Text: repo.Known(want)}})}
		f := judge(s, newTree(s.Files.Value), new(library), ByID("license-approved"))
		if f.Status != Met || !strings.HasPrefix(f.Reason, "AGPL-3.0 is approved") {
			t.Errorf("%s: %s: %s", name, f.Status, f.Reason)
		}
	}
}

// TestScannerForText has a text of each licence that is recognised, made from its pattern: a scanner for the licences that
// the text may hold finds in it what the one for all licences finds.
func TestScannerForText(t *testing.T) {
	for _, s := range scannables() {
		text := []byte(sample(s.license.LRE))
		scanner := scannerFor(string(text))
		if scanner == nil {
			t.Errorf("%s: the text is not looked at", s.license.ID)
			continue
		}
		got, want := scanner.Scan(text), allScanner().Scan(text)
		if len(want.Match) == 0 || !slices.Equal(got.Match, want.Match) || got.Percent != want.Percent {
			t.Errorf("%s: got %v, want %v", s.license.ID, got, want)
		}
	}
}

// sample returns a text that matches the pattern of a licence: with the last of alternatives, without what may be left out.
func sample(pattern string) string {
	groups := []string{""}
	for _, token := range regexp.MustCompile(`(?s)//\*\*.*?\*\*//|__\d+__|\(\(|\|\||\)\)(?:\?\?)?|[^()|/_]+|.`).FindAllString(pattern, -1) {
		top := len(groups) - 1
		switch {
		case token == "((":
			groups = append(groups, "")
		case token == "||":
			groups[top] = ""
		case token == "))":
			groups[top-1] += groups[top]
			groups = groups[:top]
		case token == "))??":
			groups = groups[:top]
		case strings.HasPrefix(token, "//**"), strings.HasPrefix(token, "__"):
		default:
			groups[top] += token
		}
	}
	return groups[0]
}

func TestFlawedCopy(t *testing.T) {
	apache := func(words int) string {
		text := "Apache License\nVersion 2.0, January 2004\n3. Grant of Patent License."
		return text + strings.Repeat(" don't", words-len(strings.Fields(text))) + "\nEND OF TERMS AND CONDITIONS\nCopyright 2024 Alice"
	}
	for _, c := range []struct {
		name, text, want string
	}{
		{"contractions", apache(apacheWords - 3), "Apache-2.0"},
		{"terms added", apache(apacheWords + 12), ""},
		{"terms left out", apache(apacheWords - 200), ""},
		{"no end", "Apache License\nVersion 2.0\nGrant of Patent License.", ""},
		{"GNU", "GNU GENERAL PUBLIC LICENSE\nVersion 3\nThe GNU General Public License is a free, copyleft license for us.\nEND OF TERMS AND CONDITIONS", "GPL-3.0"},
	} {
		if got := flawedCopy(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
