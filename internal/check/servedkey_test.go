package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"

	"misp-csirt-tooling/internal/repo"
)

// TestBareKeyRevoked reads what a key server hands out of a key whose address nobody confirmed: no user id, but the revocation, if
// it is the key's own.
func TestBareKeyRevoked(t *testing.T) {
	config := keyConfig(0)
	e, other := newKey(t, "security@example.org", config), newKey(t, "other@example.org", config)
	for _, k := range []*openpgp.Entity{e, other} {
		if err := k.Revoke(packet.KeyCompromised, "", config); err != nil {
			t.Fatal(err)
		}
	}
	bare := func(revocations ...*packet.Signature) publicKey {
		t.Helper()
		var b bytes.Buffer
		if err := e.PrimaryKey.Serialize(&b); err != nil {
			t.Fatal(err)
		}
		for _, r := range revocations {
			if err := r.Serialize(&b); err != nil {
				t.Fatal(err)
			}
		}
		keys := keysOf(b.Bytes(), asOf)
		if len(keys) != 1 || !keys[0].Bare || keys[0].Fingerprints[0] != fmt.Sprintf("%x", e.PrimaryKey.Fingerprint) {
			t.Fatalf("got %+v", keys)
		}
		return keys[0]
	}
	own, foreign := e.Revocations[0].Packet, other.Revocations[0].Packet
	if k := bare(own); k.Flaw != revokedFlaw {
		t.Errorf("with its revocation: %+v", k)
	}
	if k := bare(foreign); k.Flaw != "" {
		t.Errorf("with another's revocation: %+v", k)
	}
}

// TestRevokedSince finds a key in the tree valid until a key server says that it was revoked.
func TestRevokedSince(t *testing.T) {
	config := keyConfig(0)
	e := newKey(t, "security@example.org", config)
	fingerprint := fmt.Sprintf("%x", e.PrimaryKey.Fingerprint)
	s := &repo.Snapshot{Name: "owner/project", Time: asOf, Files: repo.Known([]repo.File{
		{Path: "SECURITY.md", Text: repo.Known("Report vulnerabilities to security@example.org.\n")},
		{Path: "security.asc", Text: repo.Known(public(t, e))},
	})}
	questions := new(Reading).Questions(s)
	if !slices.Equal(questions.Fingerprints, []string{fingerprint}) || !slices.Equal(questions.Addresses, []string{"security@example.org"}) {
		t.Errorf("questions are %+v", questions)
	}
	served := func() Finding {
		s.Elsewhere = nil
		serveKey(s, fingerprint, []byte(public(t, e)))
		return judge(s, newTree(s.Files.Value), new(library), securityContactKey)
	}
	if f := served(); f.Status != Met {
		t.Errorf("%s: %s", f.Status, f.Reason)
	}
	if err := e.Revoke(packet.KeyCompromised, "", config); err != nil {
		t.Fatal(err)
	}
	if f := served(); f.Status != Unmet || !strings.Contains(f.Reason, "security.asc is revoked, by the copy at keys.openpgp.org") || f.Evidence[1].URL == "" {
		t.Errorf("%s: %s", f.Status, f.Reason)
	}
}
