package check

import (
	"os"
	"regexp"
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
		f := judge(s, newTree(s.Files.Value), newLibrary(), ByID("license-approved"))
		if f.Status != Met || !strings.HasPrefix(f.Reason, "AGPL-3.0 is approved") {
			t.Errorf("%s: %s: %s", name, f.Status, f.Reason)
		}
	}
}
