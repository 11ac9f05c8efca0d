package check

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// Limits of what is parsed: a file of a reporter's key is some kilobytes, a keyring of a whole team some hundred.
const (
	maxKeyBytes  = 256 << 10
	maxKeyBlocks = 32
	maxKeys      = 64
)

const armorHead, armorTail = "-----BEGIN PGP ", "-----END PGP "

// publicKey is an OpenPGP certificate that stands in a file.
type publicKey struct {
	Fingerprints []string // of the primary key and the subkeys, lower-case hexadecimal
	Addresses    []string // of the user ids that are not revoked, lower case, sorted
	Bare         bool     // it has no user ids, so that nothing but a revocation can be told of it
	Flaw         string   // why nobody can encrypt to it, as "is expired"; empty for a usable key
	Line         int      // where the armoured block begins, counted from 1
}

// publicKeys returns the OpenPGP certificates (RFC 9580) in the armoured blocks of text, judged as of now. Blocks that are
// cut off, damaged or private hold none.
func publicKeys(text string, now time.Time) []publicKey {
	if len(text) > maxKeyBytes {
		text = text[:maxKeyBytes]
	}
	var keys []publicKey
	for _, b := range armoredBlocks(text) {
		block, err := armor.Decode(strings.NewReader(b.text))
		if err != nil || block.Type != openpgp.PublicKeyType {
			continue
		}
		for _, k := range readKeys(block.Body, now) {
			k.Line = b.line
			keys = append(keys, k)
		}
		if len(keys) >= maxKeys {
			return keys[:maxKeys]
		}
	}
	return keys
}

type armoredBlock struct {
	text string
	line int
}

// armoredBlocks cuts out the armoured blocks. A reader of armour stops at the first one and does not take indentation or
// the marks of a quotation, which documents have.
func armoredBlocks(text string) []armoredBlock {
	var blocks []armoredBlock
	var open *armoredBlock
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimLeft(strings.TrimSpace(line), "> |*")
		if strings.HasPrefix(line, armorHead) {
			open = &armoredBlock{line: number}
		}
		if open == nil {
			continue
		}
		open.text += line + "\n"
		if strings.HasPrefix(line, armorTail) {
			blocks = append(blocks, *open)
			open = nil
			if len(blocks) == maxKeyBlocks {
				return blocks
			}
		}
	}
	return blocks
}

// readKeys reads the certificates of one block. What the parser cannot take, even by a fault of its own, is no key.
func readKeys(r io.Reader, now time.Time) (keys []publicKey) {
	defer func() {
		if recover() != nil {
			keys = nil
		}
	}()
	body, err := io.ReadAll(io.LimitReader(r, maxKeyBytes))
	if err != nil {
		return nil
	}
	ring, err := openpgp.ReadKeyRing(bytes.NewReader(body))
	if err != nil && len(ring) == 0 {
		return bareKey(body)
	}
	for _, e := range ring {
		keys = append(keys, describe(e, now))
	}
	return keys
}

// bareKey reads the key packet alone. Key servers strip the user ids of addresses that nobody confirmed, and a
// certificate without them cannot be verified.
func bareKey(body []byte) []publicKey {
	packets := bytes.NewReader(body)
	p, err := packet.Read(packets)
	key, ok := p.(*packet.PublicKey)
	if !ok || err != nil {
		return nil
	}
	k := publicKey{Fingerprints: []string{fmt.Sprintf("%x", key.Fingerprint)}, Bare: true}
	for range maxPackets {
		p, err := packet.Read(packets)
		if err != nil {
			break
		}
		sig, ok := p.(*packet.Signature)
		if ok && sig.SigType == packet.SigTypeKeyRevocation && key.VerifyRevocationSignature(sig) == nil {
			k.Flaw = revokedFlaw
		}
	}
	return []publicKey{k}
}

// maxPackets is how many packets that follow such a key are looked at.
const maxPackets = 32

// revokedFlaw is the flaw that the owner declared.
const revokedFlaw = "is revoked"

func describe(e *openpgp.Entity, now time.Time) publicKey {
	k := publicKey{Fingerprints: []string{fmt.Sprintf("%x", e.PrimaryKey.Fingerprint)}, Flaw: flaw(e, now)}
	for _, s := range e.Subkeys {
		k.Fingerprints = append(k.Fingerprints, fmt.Sprintf("%x", s.PublicKey.Fingerprint))
	}
	for _, id := range e.Identities {
		sig, err := id.LatestValidSelfCertification(time.Time{}, nil)
		if err == nil && id.UserId.Email != "" && !id.Revoked(sig, now, nil) {
			k.Addresses = append(k.Addresses, strings.ToLower(id.UserId.Email))
		}
	}
	slices.Sort(k.Addresses)
	k.Addresses = slices.Compact(k.Addresses)
	return k
}

// lenient takes the algorithms that nobody should encrypt with any more, to tell a weak key from one that is for signatures only.
var lenient = &packet.Config{
	MinRSABits:                1,
	RejectPublicKeyAlgorithms: map[packet.PublicKeyAlgorithm]bool{},
	RejectCurves:              map[packet.Curve]bool{},
}

// flaw says why a reporter cannot encrypt to the certificate.
func flaw(e *openpgp.Entity, now time.Time) string {
	never := time.Time{} // as which nothing expires
	switch _, err := e.VerifyPrimaryKey(now, nil); {
	case e.Revoked(now):
		return revokedFlaw
	case e.PrimaryKey.CreationTime.After(now):
		return "is not valid yet"
	case err != nil:
		if _, err := e.VerifyPrimaryKey(never, nil); err == nil {
			return "is expired"
		}
		return "has no valid self-signature"
	}
	if _, ok := e.EncryptionKey(now, nil); ok {
		return ""
	}
	if _, ok := e.EncryptionKey(now, lenient); ok {
		return "is too weak"
	}
	if _, ok := e.EncryptionKey(never, lenient); ok {
		return "has only an expired subkey for encryption"
	}
	return "is for signatures only"
}
