package evidence

import (
	"context"
	"errors"
	"mime"
	"strings"
	"time"
	"unicode"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

const (
	maxSecurityText = 32 << 10 // bytes; RFC 9116, section 5.4, advises to have a limit
	maxSites        = 2        // that are asked
)

// askSecurityText gets security.txt from the project's sites (RFC 9116, section 3): by https alone, from its place below
// /.well-known/, as plain text. A site may send its visitors to the same name with or without www.
func askSecurityText(ctx context.Context, c *client, about subject, into *repo.Elsewhere) {
	var asks []func() (*repo.SiteText, error)
	for _, host := range distinct(about.Sites, maxSites) {
		asks = append(asks, func() (*repo.SiteText, error) {
			text, moved, err := c.securityText(ctx, host)
			if moved {
				sister := "www." + host
				if bare, found := strings.CutPrefix(host, "www."); found {
					sister = bare
				}
				text, _, err = c.securityText(ctx, sister)
			}
			return text, err
		})
	}
	into.SecurityText = gather(ctx, asks)
}

// securityText gets the text of one host, none without an error if there is none, and tells whether the host leads to another.
func (c *client) securityText(ctx context.Context, host string) (text *repo.SiteText, moved bool, err error) {
	const place = "/.well-known/"
	door, err := c.site(host, place)
	if err != nil {
		return nil, false, err
	}
	body, err := get(ctx, door, "security.txt", maxSecurityText, plainText)
	switch {
	case gone(err):
		return nil, false, nil
	case err != nil:
		return nil, errors.Is(err, outbound.ErrRefused), err
	}
	return &repo.SiteText{URL: door.Base().String() + "security.txt", Text: printable(body)}, false, nil
}

func plainText(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "text/plain"
}

// printable returns a text in UTF-8 without control characters but tabs and ends of lines.
func printable(text []byte) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(text), "\ufffd"))
}

func recallSecurityText(s, last *repo.Snapshot, now time.Time) {
	repo.Recall(s, last, repo.SecurityText, &s.Elsewhere.SecurityText, &last.Elsewhere.SecurityText, now)
}
