package check

import (
	"slices"
	"strings"
	"testing"
)

func TestFingerprintsIn(t *testing.T) {
	const v4 = "12f76ddeafd3c1cdc4b8ebc9e2675669cbdc7f1c"
	v6 := strings.Repeat("0123456789abcdef", 4)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"12F7 6DDE AFD3 C1CD C4B8  EBC9 E267 5669 CBDC 7F1C", []string{v4}},
		{"12F7 6DDE AFD3 C1CD C4B8\n EBC9 E267 5669 CBDC 7F1C", []string{v4}},
		{"0x" + strings.ToUpper(v4), []string{v4}},
		{"https://keys.openpgp.org/vks/v1/by-fingerprint/" + strings.ToUpper(v4), []string{v4}},
		{"openpgp4fpr:" + v4, []string{v4}},
		{"12F7:6DDE:AFD3:C1CD:C4B8:EBC9:E267:5669:CBDC:7F1C", []string{v4}},
		{v6, []string{v6}},
		{"0x" + v4[24:], nil},
		{v4 + "0", nil},
		{v4 + "01234567", nil},
		{"x" + v4, nil},
		{"be ad fe ed", nil},
	} {
		if got := fingerprintsIn(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestSecurityText(t *testing.T) {
	text := parseSecurityText("\ufeffcontact: mailto:security@example.org\r\n# Contact: none\nENCRYPTION : https://example.org/key.asc\nPolicy:https://example.org/policy\nExpires: 2027-01-01t00:00:00z\n")
	if text == nil || text.Contacts[0] != (securityField{"security@example.org", 1}) || text.Encryption[0].line != 3 || text.Policy[0].line != 4 || text.expired(asOf) {
		t.Errorf("got %+v", text)
	}
	for name, s := range map[string]string{
		"no contact":  "Expires: 2027-01-01T00:00:00Z",
		"template":    "Contact: {{ contact }}",
		"placeholder": "Contact: mailto:your-email@example.com",
		"empty":       "",
	} {
		if got := parseSecurityText(s); got != nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	if text := parseSecurityText("Contact: tel:+1\nExpires: tomorrow"); text == nil || text.expired(asOf) {
		t.Error("a date that does not parse claims that the file is expired")
	}
}

func FuzzSecurityText(f *testing.F) {
	f.Add("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nContact: mailto:security@example.org\nExpires: 2027-01-01T00:00:00Z\n-----BEGIN PGP SIGNATURE-----\n")
	f.Fuzz(func(t *testing.T, s string) {
		if got := parseSecurityText(s); got != nil && len(got.Contacts) == 0 {
			t.Error("a file without a contact")
		}
	})
}
