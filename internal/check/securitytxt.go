package check

import (
	"strings"
	"time"

	"misp-csirt-tooling/internal/repo"
)

// securityText is a security.txt (RFC 9116).
type securityText struct {
	Contacts, Encryption, Policy []securityField
	Expires                      time.Time // zero if it is missing or malformed
}

// securityField is the value of a field with its line.
type securityField struct {
	value string
	line  int
}

// Limits on what is read of a security.txt: lines, and bytes of a value.
const (
	maxSecurityLines = 1000
	maxSecurityValue = 1000
)

// parseSecurityText reads a security.txt, clear-signed or not. It returns nil for what names no contact and for the template
// from which a program makes the file of whoever runs it.
func parseSecurityText(text string) *securityText {
	for _, mark := range []string{"{{", "{%", "<%", "${", "<?"} {
		if strings.Contains(text, mark) {
			return nil
		}
	}
	var t securityText
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")), "- ") // dash-escaped when signed
		if strings.HasPrefix(line, "-----BEGIN PGP SIGNATURE") || number > maxSecurityLines {
			break
		}
		name, value, found := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); !found || value == "" || strings.HasPrefix(line, "#") || len(value) > maxSecurityValue {
			continue
		}
		field := securityField{value, number}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "contact":
			if field.value = strings.TrimPrefix(value, "mailto:"); !madeUp(field.value) {
				t.Contacts = append(t.Contacts, field)
			}
		case "encryption":
			t.Encryption = append(t.Encryption, field)
		case "policy":
			t.Policy = append(t.Policy, field)
		case "expires":
			if at, err := time.Parse(time.RFC3339, strings.ToUpper(value)); err == nil {
				t.Expires = at
			}
		}
	}
	if len(t.Contacts) == 0 {
		return nil
	}
	return &t
}

// expired reports whether the file says that it is too old to be used. One without a date claims nothing.
func (t *securityText) expired(now time.Time) bool {
	return !t.Expires.IsZero() && !t.Expires.After(now)
}

// securityTexts returns the files of that form among the declared ones, with their documents. Some projects write their policy so.
// Those of the project's site stand at the end.
func (v *View) securityTexts() (texts []*securityText, docs []*Doc) {
	for _, d := range v.Matching("**/security.txt", "{,.github/,docs/}security{,.md,.rst}") {
		t := parseSecurityText(d.Content())
		if t != nil && !inTemplates.MatchString(d.Path) && (strings.HasSuffix(strings.ToLower(d.Path), ".txt") || len(t.Policy)+len(t.Encryption) > 0) {
			texts, docs = append(texts, t), append(docs, d)
		}
	}
	for i := range v.SecurityText.Value {
		site := &v.SecurityText.Value[i]
		if t := parseSecurityText(site.Text); t != nil {
			texts = append(texts, t)
			docs = append(docs, &Doc{File: &repo.File{Path: "security.txt", Text: repo.Known(site.Text)}, site: site.URL, lib: v.lib})
		}
	}
	return texts, docs
}
