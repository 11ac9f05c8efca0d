package forge

import (
	"fmt"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"misp-csirt-tooling/internal/repo"
)

// maxSignature is the size in bytes up to which a signature is read for its key.
const maxSignature = 16 << 10

// signatureMarks are the first lines of signatures, as git knows them.
var signatureMarks = []struct {
	begin  string
	scheme repo.Scheme
}{
	{"-----BEGIN PGP SIGNATURE-----", repo.OpenPGP},
	{"-----BEGIN PGP MESSAGE-----", repo.OpenPGP},
	{"-----BEGIN SSH SIGNATURE-----", repo.SSH},
	{"-----BEGIN SIGNED MESSAGE-----", repo.X509},
}

// schemeOf tells the kind of a signature by its first line.
func schemeOf(signature string) repo.Scheme {
	for _, mark := range signatureMarks {
		if strings.HasPrefix(signature, mark.begin) {
			return mark.scheme
		}
	}
	return repo.Unsigned
}

// signatureStart returns where in a tag's message the signature starts, -1 if there is none: the last line that begins one.
func signatureStart(message string) int {
	start := -1
	for _, mark := range signatureMarks {
		if i := strings.LastIndex("\n"+message, "\n"+mark.begin); i > start {
			start = i
		}
	}
	return start
}

// issuer returns the key id that an OpenPGP signature states, as 16 upper-case hexadecimal digits, or nothing.
func issuer(signature string) (keyID string) {
	if schemeOf(signature) != repo.OpenPGP || len(signature) > maxSignature {
		return ""
	}
	// The parser has had faults on hostile input; the name of a key is not worth one.
	defer func() {
		if recover() != nil {
			keyID = ""
		}
	}()
	block, err := armor.Decode(strings.NewReader(signature))
	if err != nil {
		return ""
	}
	p, err := packet.NewReader(block.Body).Next()
	if err != nil {
		return ""
	}
	s, ok := p.(*packet.Signature)
	switch {
	case !ok:
		return ""
	case s.IssuerKeyId != nil:
		return fmt.Sprintf("%016X", *s.IssuerKeyId)
	case len(s.IssuerFingerprint) == 20: // version 4: the key id is the end of the fingerprint
		return fmt.Sprintf("%X", s.IssuerFingerprint[12:])
	case len(s.IssuerFingerprint) == 32: // version 6: the beginning
		return fmt.Sprintf("%X", s.IssuerFingerprint[:8])
	}
	return ""
}
