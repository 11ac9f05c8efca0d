package check

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/repo"
)

// servedKey is a key that a key server or a directory hands out for a fingerprint or an address of the contact.
type servedKey struct {
	publicKey
	*repo.KeyCopy
}

// servedKeys returns those that are what was asked for, whatever else a server handed out.
func (v *View) servedKeys() []servedKey {
	var out []servedKey
	for i := range v.Keys.Value {
		c := &v.Keys.Value[i]
		for _, k := range keysOf(c.Content, v.Time) {
			if c.Fingerprint != "" && slices.Contains(k.Fingerprints, c.Fingerprint) || c.Address != "" && slices.Contains(k.Addresses, c.Address) {
				out = append(out, servedKey{k, c})
			}
		}
	}
	return out
}

// keysOf reads certificates as servers hand them out: armoured or not.
func keysOf(content []byte, now time.Time) []publicKey {
	if bytes.Contains(content, []byte(armorHead)) {
		return publicKeys(string(content), now)
	}
	return readKeys(bytes.NewReader(content), now)
}

// host is where the key was got.
func (k *servedKey) host() string {
	u, err := url.Parse(k.URL)
	if err != nil {
		return k.URL
	}
	return u.Host
}

func (k *servedKey) evidence() Evidence {
	return Evidence{URL: k.URL, Note: "OpenPGP key at " + k.host()}
}

// revoked returns the copy that says that one of the keys in the tree was revoked since, nil for none.
func revoked(served []servedKey, inTree publicKey) *servedKey {
	for i := range served {
		if s := &served[i]; s.Flaw == revokedFlaw && s.Fingerprints[0] == inTree.Fingerprints[0] {
			return s
		}
	}
	return nil
}

// stated judges a fingerprint that stands with the contact by the keys that servers hand out for it. Without any it is enough.
func (m *keyMention) stated(served []servedKey) Finding {
	evidence := []Evidence{at(m.Doc, m.line, 0, "fingerprint")}
	var flawed *servedKey
	bare := false
	for i := range served {
		s := &served[i]
		switch {
		case !slices.Contains(s.Fingerprints, m.fingerprint):
			continue
		case s.Flaw == "" && !s.Bare:
			return met(append(evidence, s.evidence()), "%s states the full fingerprint of the OpenPGP key for reports, which %s holds and is valid", m.label(), s.host())
		case s.Flaw == "":
			bare = true
			evidence = append(evidence, s.evidence())
		case flawed == nil:
			flawed = s
		}
	}
	if flawed != nil && !bare {
		return unmet(append(evidence, flawed.evidence()), "the OpenPGP key whose fingerprint %s states %s, by the copy at %s", m.label(), flawed.Flaw, flawed.host())
	}
	return met(evidence, "%s states the full fingerprint of the OpenPGP key for reports", m.label())
}

// inDirectory judges by the keys that the domains of the contacts hand out for them; nothing is judged if there is none.
func inDirectory(served []servedKey, contacts []string) (Finding, bool) {
	for i := range served {
		if s := &served[i]; s.Flaw == "" && slices.Contains(contacts, s.Address) {
			return met([]Evidence{s.evidence()}, "the directory of %s holds a valid OpenPGP key for the contact %s", s.Address[strings.IndexByte(s.Address, '@')+1:], s.Address), true
		}
	}
	return Finding{}, false
}
