package evidence

import (
	"context"
	"crypto/sha1" //nolint:gosec // the directory's way of naming addresses
	"encoding/base32"
	"errors"
	"net/url"
	"strings"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

const (
	maxKey       = 128 << 10 // bytes of a certificate
	maxQuestions = 3         // fingerprints, and addresses, that are asked for
)

// askKeys gets the OpenPGP keys of the security contact: by its whole fingerprint from a key server, and by the address from the
// directory of its domain. What a server hands out is not believed; the check compares it.
func askKeys(ctx context.Context, c *client, about subject, into *repo.Elsewhere) {
	var asks []func() (*repo.KeyCopy, error)
	for _, f := range distinct(about.Fingerprints, maxQuestions) {
		// The interface of keys.openpgp.org, VKS: the fingerprint of the primary key or of a subkey, in upper case.
		asks = append(asks, func() (*repo.KeyCopy, error) {
			return fetchKey(ctx, c.api, "vks/v1/by-fingerprint/"+strings.ToUpper(f), repo.KeyCopy{Fingerprint: f})
		})
	}
	for _, a := range distinct(about.Addresses, maxQuestions) {
		asks = append(asks, func() (*repo.KeyCopy, error) { return c.directory(ctx, a) })
	}
	into.Keys = gather(ctx, asks)
}

// fetchKey gets a certificate; none without an error if there is none.
func fetchKey(ctx context.Context, door *outbound.API, path string, k repo.KeyCopy) (*repo.KeyCopy, error) {
	body, err := get(ctx, door, path, maxKey, anyType)
	switch {
	case gone(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	k.Content, k.URL = body, door.Base().String()+path
	return &k, nil
}

// directory looks an address up in the OpenPGP Web Key Directory of its domain (draft-koch-openpgp-webkey-service, section 3.1):
// by the advanced method, and by the direct one where there is no host for the advanced.
func (c *client) directory(ctx context.Context, address string) (*repo.KeyCopy, error) {
	local, domain, _ := strings.Cut(address, "@")
	path := "hu/" + hashedUser(local) + "?" + url.Values{"l": {local}}.Encode()
	for _, method := range []struct{ host, base string }{
		{"openpgpkey." + domain, "/.well-known/openpgpkey/" + domain + "/"},
		{domain, "/.well-known/openpgpkey/"},
	} {
		door, err := c.site(method.host, method.base)
		if err != nil {
			return nil, err
		}
		k, err := fetchKey(ctx, door, path, repo.KeyCopy{Address: address})
		if !errors.Is(err, outbound.ErrUnresolved) || ctx.Err() != nil {
			return k, err
		}
	}
	return nil, nil // a domain that takes mail alone
}

// zBase32 is the alphabet of z-base-32, RFC 6189, section 5.1.6.
var zBase32 = base32.NewEncoding("ybndrfg8ejkmcpqxot1uwisza345h769").WithPadding(base32.NoPadding)

// hashedUser returns the name of a local part in a directory.
func hashedUser(local string) string {
	sum := sha1.Sum([]byte(strings.ToLower(local))) //nolint:gosec // as above
	return zBase32.EncodeToString(sum[:])
}

func recallKeys(s, last *repo.Snapshot, now time.Time) {
	repo.Recall(s, last, repo.Keys, &s.Elsewhere.Keys, &last.Elsewhere.Keys, now)
}
