package repo

import "time"

// Elsewhere is what services beside the forge say of a project. What they are not asked for is Unasked.
type Elsewhere struct {
	Keys         Fact[[]KeyCopy]  // OpenPGP keys of the security contact
	SecurityText Fact[[]SiteText] // security.txt at the project's site
	OSV          Fact[[]Advisory] // the project's vulnerabilities that OSV lists (https://osv.dev)
	CVEs         Fact[[]Advisory] // the project's CVE records, by a vulnerability-lookup
}

// Services returns what services beside the forge say, each fact Unasked if none of them was asked.
func (s *Snapshot) Services() *Elsewhere {
	if s.Elsewhere != nil {
		return s.Elsewhere
	}
	const nobody = "nobody was asked beside the forge"
	return &Elsewhere{
		Keys:         Missing[[]KeyCopy](Unasked, nobody),
		SecurityText: Missing[[]SiteText](Unasked, nobody),
		OSV:          Missing[[]Advisory](Unasked, nobody),
		CVEs:         Missing[[]Advisory](Unasked, nobody),
	}
}

// KeyCopy is what a service hands out as an OpenPGP certificate. Nothing of it was verified.
type KeyCopy struct {
	Fingerprint string // that it was asked for by, in lower-case hexadecimal digits; empty for an address
	Address     string // that it was asked for by, in lower case; empty for a fingerprint
	Content     []byte // armoured or binary (RFC 9580)
	URL         string // where it was got
}

// SiteText is a text that a project's site shows.
type SiteText struct {
	URL  string
	Text string // in UTF-8, without control characters but tabs and ends of lines
}

// Questions is what the checks would like to know elsewhere. It holds nothing but what a public repository tells everybody.
type Questions struct {
	Fingerprints []string // of OpenPGP keys for reports, whole, in lower-case hexadecimal digits
	Addresses    []string // of security contacts, in lower case
	Packages     []string // package URLs without a version by which manifests publish the project; a registry may hold another's there
	Sites        []string // hosts of the project's sites on the web, in lower case
}

// lastKnownFor is how long the last that was known serves in place of a fact that cannot be had.
const lastKnownFor = 30 * 24 * time.Hour

// Recall puts the last that was known of a fact in its place if it cannot be had now, and notes of when it is.
func Recall[T any](s, last *Snapshot, k Kind, fact, before *Fact[T], now time.Time) {
	since, recalled := last.Since[k]
	if !recalled {
		since = last.Time
	}
	if !fact.Gap.Passing() || !before.Known() || since.Before(now.Add(-lastKnownFor)) {
		return
	}
	*fact = *before
	if s.Since == nil {
		s.Since = map[Kind]time.Time{}
	}
	s.Since[k] = since
}
