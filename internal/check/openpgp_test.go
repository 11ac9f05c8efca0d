package check

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

var (
	keyMade = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	asOf    = time.Date(2026, 8, 22, 0, 0, 0, 0, time.UTC)
)

const year = 365 * 24 * time.Hour

// keyConfig makes keys of elliptic curves as of keyMade that live for life, for ever if it is 0.
func keyConfig(life time.Duration) *packet.Config {
	return &packet.Config{
		Time: func() time.Time { return keyMade }, KeyLifetimeSecs: uint32(life / time.Second), Algorithm: packet.PubKeyAlgoEdDSA,
	}
}

func newKey(t *testing.T, address string, config *packet.Config) *openpgp.Entity {
	t.Helper()
	e, err := openpgp.NewEntity("Security Team", "", address, config)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

type serializer func(io.Writer) error

// armored returns what serialize writes in the armour of the type.
func armored(t *testing.T, blockType string, serialize ...serializer) string {
	t.Helper()
	var buf bytes.Buffer
	w, err := armor.Encode(&buf, blockType, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range serialize {
		if err := s(w); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String() + "\n"
}

func public(t *testing.T, e *openpgp.Entity) string {
	t.Helper()
	return armored(t, openpgp.PublicKeyType, e.Serialize)
}

func TestPublicKeysState(t *testing.T) {
	plain := newKey(t, "Security@example.org", keyConfig(0))

	expiring := newKey(t, "security@example.org", keyConfig(year))
	expired := newKey(t, "security@example.org", keyConfig(2*year))

	revoked := newKey(t, "security@example.org", keyConfig(0))
	if err := revoked.Revoke(packet.KeySuperseded, "", keyConfig(0)); err != nil {
		t.Fatal(err)
	}
	signOnly := newKey(t, "security@example.org", keyConfig(0))
	signOnly.Subkeys = nil

	staleSubkey := newKey(t, "security@example.org", keyConfig(0))
	staleSubkey.Subkeys = nil
	if err := staleSubkey.AddEncryptionSubkey(keyConfig(year)); err != nil {
		t.Fatal(err)
	}
	revokedSubkey := newKey(t, "security@example.org", keyConfig(0))
	if err := revokedSubkey.Subkeys[0].Revoke(packet.KeyCompromised, "", keyConfig(0)); err != nil {
		t.Fatal(err)
	}

	rsa := keyConfig(0)
	rsa.Algorithm, rsa.RSABits = packet.PubKeyAlgoRSA, 2048
	weak := keyConfig(0)
	weak.Algorithm, weak.RSABits, weak.MinRSABits = packet.PubKeyAlgoRSA, 1024, 1024
	v6 := keyConfig(0)
	v6.V6Keys, v6.Algorithm = true, packet.PubKeyAlgoEd25519

	later := keyConfig(0)
	later.Time = func() time.Time { return asOf.AddDate(1, 0, 0) }

	cases := map[string]struct {
		key  *openpgp.Entity
		flaw string
	}{
		"elliptic curve":    {plain, ""},
		"RSA":               {newKey(t, "security@example.org", rsa), ""},
		"version 6":         {newKey(t, "security@example.org", v6), ""},
		"expired":           {expiring, "is expired"},
		"expired 2025":      {expired, "is expired"},
		"revoked":           {revoked, "is revoked"},
		"sign only":         {signOnly, "is for signatures only"},
		"subkey expired":    {staleSubkey, "has only an expired subkey for encryption"},
		"subkey revoked":    {revokedSubkey, "is for signatures only"},
		"RSA 1024":          {newKey(t, "security@example.org", weak), "is too weak"},
		"made after as-of":  {newKey(t, "security@example.org", later), "is not valid yet"},
		"valid for a while": {newKey(t, "security@example.org", keyConfig(3*year)), ""},
	}
	for name, c := range cases {
		keys := publicKeys(public(t, c.key), asOf)
		if len(keys) != 1 {
			t.Errorf("%s: got %d keys, want 1", name, len(keys))
			continue
		}
		k := keys[0]
		if k.Flaw != c.flaw {
			t.Errorf("%s: got flaw %q, want %q", name, k.Flaw, c.flaw)
		}
		if want := fmt.Sprintf("%x", c.key.PrimaryKey.Fingerprint); k.Fingerprints[0] != want {
			t.Errorf("%s: got fingerprint %s, want %s", name, k.Fingerprints[0], want)
		}
		if !slices.Equal(k.Addresses, []string{"security@example.org"}) {
			t.Errorf("%s: got addresses %q", name, k.Addresses)
		}
	}
	if keys := publicKeys(public(t, expiring), keyMade.AddDate(0, 6, 0)); keys[0].Flaw != "" {
		t.Errorf("an expiring key half a year after its birth: %s", keys[0].Flaw)
	}
}

func TestPublicKeysRevokedIdentity(t *testing.T) {
	e := newKey(t, "old@example.org", keyConfig(0))
	if err := e.AddUserId("Security Team", "", "new@example.org", keyConfig(0)); err != nil {
		t.Fatal(err)
	}
	for _, id := range e.Identities {
		if id.UserId.Email == "old@example.org" {
			sig := &packet.Signature{
				Version: 4, SigType: packet.SigTypeCertificationRevocation, PubKeyAlgo: e.PrimaryKey.PubKeyAlgo,
				Hash: crypto.SHA256, CreationTime: keyMade, IssuerKeyId: &e.PrimaryKey.KeyId,
			}
			if err := sig.SignUserId(id.UserId.Id, e.PrimaryKey, e.PrivateKey, keyConfig(0)); err != nil {
				t.Fatal(err)
			}
			id.Revocations = append(id.Revocations, packet.NewVerifiableSig(sig))
		}
	}
	keys := publicKeys(public(t, e), asOf)
	if len(keys) != 1 || !slices.Equal(keys[0].Addresses, []string{"new@example.org"}) {
		t.Errorf("got %+v, want one key of new@example.org", keys)
	}
}

func TestPublicKeysWithoutIdentity(t *testing.T) {
	e := newKey(t, "security@example.org", keyConfig(0))
	text := armored(t, openpgp.PublicKeyType, e.PrimaryKey.Serialize)
	keys := publicKeys(text, asOf)
	if len(keys) != 1 || keys[0].Fingerprints[0] != fmt.Sprintf("%x", e.PrimaryKey.Fingerprint) || keys[0].Addresses != nil {
		t.Errorf("got %+v, want the bare key", keys)
	}
}

func TestPublicKeysInDocument(t *testing.T) {
	one, two := newKey(t, "one@example.org", keyConfig(0)), newKey(t, "two@example.org", keyConfig(0))
	indented := "    " + strings.ReplaceAll(strings.TrimSpace(public(t, one)), "\n", "\n    ")
	quoted := "> " + strings.ReplaceAll(strings.TrimSpace(public(t, two)), "\n", "\n> ")
	keys := publicKeys("# Security\n\n"+indented+"\n\nand\n\n"+quoted+"\n", asOf)
	if len(keys) != 2 || keys[0].Addresses[0] != "one@example.org" || keys[1].Addresses[0] != "two@example.org" {
		t.Fatalf("got %+v, want both keys", keys)
	}
	if keys[0].Line != 3 {
		t.Errorf("got line %d, want 3", keys[0].Line)
	}
}

func TestPublicKeysNone(t *testing.T) {
	e := newKey(t, "security@example.org", keyConfig(0))
	block := public(t, e)
	private := armored(t, openpgp.PrivateKeyType, func(w io.Writer) error { return e.SerializePrivate(w, keyConfig(0)) })
	for name, text := range map[string]string{
		"empty":       "",
		"cut off":     block[:len(block)/2],
		"no body":     "-----BEGIN PGP PUBLIC KEY BLOCK-----\n-----END PGP PUBLIC KEY BLOCK-----\n",
		"placeholder": "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nyour key here\n-----END PGP PUBLIC KEY BLOCK-----\n",
		"damaged":     strings.Replace(block, "\n\n", "\n\nAAAA", 1),
		"private":     private,
		"signature":   strings.ReplaceAll(block, "PUBLIC KEY BLOCK", "SIGNATURE"),
	} {
		if keys := publicKeys(text, asOf); len(keys) != 0 {
			t.Errorf("%s: got %+v, want none", name, keys)
		}
	}
}

func TestPublicKeysBounded(t *testing.T) {
	block := public(t, newKey(t, "security@example.org", keyConfig(0)))
	if n := len(publicKeys(strings.Repeat(block, 100), asOf)); n != maxKeyBlocks {
		t.Errorf("got %d keys, want %d", n, maxKeyBlocks)
	}
}

func FuzzPublicKeys(f *testing.F) {
	e, err := openpgp.NewEntity("", "", "security@example.org", keyConfig(0))
	if err != nil {
		f.Fatal(err)
	}
	var body bytes.Buffer
	if err := e.Serialize(&body); err != nil {
		f.Fatal(err)
	}
	f.Add(body.Bytes())
	f.Fuzz(func(t *testing.T, body []byte) {
		write := func(w io.Writer) error { _, err := w.Write(body); return err }
		for _, k := range publicKeys(armored(t, openpgp.PublicKeyType, write), asOf) {
			if len(k.Fingerprints) == 0 || len(k.Fingerprints[0]) < 32 {
				t.Errorf("a key without a fingerprint: %+v", k)
			}
		}
	})
}

func BenchmarkPublicKeys(b *testing.B) {
	e, err := openpgp.NewEntity("", "", "security@example.org", keyConfig(0))
	if err != nil {
		b.Fatal(err)
	}
	var text bytes.Buffer
	w, err := armor.Encode(&text, openpgp.PublicKeyType, nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(e.Serialize(w), w.Close()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		publicKeys(text.String(), asOf)
	}
}
