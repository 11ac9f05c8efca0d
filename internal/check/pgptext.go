package check

import (
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
)

// keyReads are the files that may hold the OpenPGP key of the security contact. Keys elsewhere in the tree are for something else.
var keyReads = []string{
	"{,.github/,docs/,doc/,security/,keys/,.well-known/,docs/security/,docs/.well-known/}*{pgp,gpg,openpgp}*",
	"{,.github/,docs/,doc/,security/,keys/,.well-known/,docs/security/,docs/.well-known/}*.{asc,gpg,pgp}",
	"{,docs/,doc/,security/,.github/}*{security,psirt,csirt,vulnerab}*.{key,pub}",
	"keys{,.txt,.md}",
}

// keyFollows are the files that a text about reports may point to.
var keyFollows = []string{"**/*.{asc,gpg,pgp,key}", "**/*{pgp,gpg}*.txt"}

// keyFileForm matches the names of files with keys.
var keyFileForm = pattern.New(`\.(asc|gpg|pgp|key|pub)$|^keys(\.(txt|md))?$|pgp|gpg`)

// keyFile reports whether a lower-case base name is that of a file with keys.
func keyFile(base string) bool { return keyFileForm.MatchString(base) }

// releaseFile matches the names of keys with which releases or packages are verified, as the KEYS of the Apache projects.
var releaseFile = pattern.New(`^keys(\.|$)|releas|sign|apt|repo|archive|keyring|deb|rpm|package|module|maintainer|commit`)

// Words that speak of OpenPGP, of a key in particular, of what is signed and verified, and of other programs' packages.
var (
	pgpWords        = []string{"pgp", "openpgp", "gpg", "gnupg"}
	keyWords        = []string{"key*", "fingerprint*", "fpr", "schlüssel*", "fingerabdruck", "clé*", "empreinte", "clave*", "huella", "klucz*", "odcisk*"}
	releaseKeyWords = []string{"releases are signed", "release signing", "signed release*", "signed by", "signing key*", "signed with",
		"verify*", "verification", "signature*", "tarball*", "apt key", "apt-key",
		"package*", "repository key", "signed tag*", "tags are signed", "commits are signed", "signed commit*"}
	encryptWords = []string{"encrypt*", "verschlüssel*", "chiffr*", "cifra*", "zaszyfr*", "szyfr*"}
)

var (
	// fingerprintForm matches 40 hexadecimal digits (version 4) in groups of at least four, or 64 (version 6).
	fingerprintForm = pattern.New(`(?i)\b(?:0x)?(?:[0-9a-f]{4}[\s\x{a0}:]{0,3}){9}[0-9a-f]{4}(?:(?:[\s\x{a0}:]{0,3}[0-9a-f]{4}){6})?\b`)
	// cutForm matches a fingerprint in groups of which some digits are missing.
	cutForm = pattern.New(`(?i)\b(?:[0-9a-f]{4}[ \x{a0}:]{1,3}){6,9}[0-9a-f]{1,4}\b`)
	// keyIDForm matches key IDs of 32 or 64 bits, as GnuPG prints them.
	keyIDForm = pattern.New(`(?i)\b(?:0x[0-9a-f]{8}(?:[0-9a-f]{8})?|(?:rsa\d{4}|\d{4}R)/(?:0x)?[0-9a-f]{8}(?:[0-9a-f]{8})?)\b|\b[0-9A-F]{16}\b`)
	// keyLinkForm matches addresses of keys, of key servers, and of fingerprints (openpgp4fpr).
	keyLinkForm = pattern.New(`(?i)\.(asc|gpg|pgp)([?#]|$)|[/.](pgp|gpg|openpgp)|openpgpkey|/pks/lookup|/vks/v1/|key-?server` +
		`|^openpgp4fpr:|keybase\.io/|pgp[-_]?key|keys\.openpgp\.org`)
	hexOnly = strings.NewReplacer(" ", "", "\n", "", "\t", "", "\r", "", ":", "", "\u00a0", "", "0x", "", "0X", "")
)

// hashName is the name before the hash of a file or a commit, which looks as a fingerprint does.
var hashName = pattern.New(`(?i)\b(?:sha-?(?:1|256)(?:sum)?|checksum|digest|commit|revision|hash(?:es)?)["'\x60*]*[ \t]*[:=@][ \t]*["'\x60*]*$`)

// hashReach is how many bytes before a hash its name stands in.
const hashReach = 24

// keyLink reports whether a link leads to an OpenPGP key, or to a server of such keys.
func keyLink(target string) bool { return keyLinkForm.MatchString(target) }

// fingerprintsIn returns the OpenPGP fingerprints of a text, as lower-case hexadecimal digits.
func fingerprintsIn(text string) []string {
	var out []string
	for _, m := range fingerprintForm.FindAllString(text, -1) {
		if f := strings.ToLower(hexOnly.Replace(m)); len(f) == 40 || len(f) == 64 {
			out = append(out, f)
		}
	}
	return out
}

// keyMention is what a text about reports says of a key.
type keyMention struct {
	fingerprint string // the full one, empty if there is none
	link        string // target of a link to a key or to a page said to hold it
	keyID       string // a short or long key id, which does not identify a key
	cut         bool   // a fingerprint with digits missing
	line        int
	tied        bool // it stands with the contact for reports
	*reportText
}

// keyMentions finds the keys that a text about reports names for encryption. Keys with which releases are verified are left out.
func (p *reportText) keyMentions() []keyMention {
	var out []keyMention
	spoken := false // of OpenPGP in the block before, as of a key that stands in code below its announcement
	for _, b := range p.blocks {
		here := document.HasWords(b.Text, pgpWords...) || document.HasWords(b.Text, "fingerprint*")
		if b.Kind == document.Heading {
			spoken = here
			continue
		}
		if release := document.HasWords(b.Text, releaseKeyWords...) && !document.HasWords(b.Text, encryptWords...); release || document.Denies(b.Text, pgpWords...) {
			spoken = false
			continue
		}
		if here || spoken {
			out = append(out, p.mentions(b)...)
		} else {
			for _, l := range b.Links {
				if keyLink(l.Target) {
					out = append(out, p.mention(l))
				}
			}
		}
		spoken = here
	}
	return out
}

func (p *reportText) mentions(b *document.Block) []keyMention {
	var out []keyMention
	for _, loc := range fingerprintForm.FindAllStringIndex(b.Text, -1) {
		if hashName.MatchString(b.Text[max(0, loc[0]-hashReach):loc[0]]) {
			continue
		}
		for _, f := range fingerprintsIn(b.Text[loc[0]:loc[1]]) {
			out = append(out, keyMention{fingerprint: f, line: b.LineAt(loc[0]), reportText: p})
		}
	}
	links := b.Links
	for _, s := range b.Sentences() {
		var own []document.Link
		own, links = sentenceLinks(s, links)
		for _, l := range own {
			web := strings.Contains(l.Target, "://")
			if keyLink(l.Target) || web && document.HasWords(s.Text, pgpWords...) && document.HasWords(s.Text, keyWords...) &&
				document.HasWords(s.Text, "found", "find", "available", "published", "see", "get", "download*", "on", "at", "here", "key*") && !linksPerson(l, s.Text) {
				out = append(out, p.mention(l))
			}
		}
	}
	if len(out) == 0 {
		if loc := cutForm.FindStringIndex(b.Text); loc != nil {
			out = append(out, keyMention{cut: true, line: b.LineAt(loc[0]), reportText: p})
		} else if loc := keyIDForm.FindStringIndex(b.Text); loc != nil && document.HasWords(b.Text, keyWords...) {
			out = append(out, keyMention{keyID: b.Text[loc[0]:loc[1]], line: b.LineAt(loc[0]), reportText: p})
		}
	}
	return out
}

// linksPerson reports whether a link is whom reports go to rather than where the key is.
func linksPerson(l document.Link, sentence string) bool {
	kind, ok := linkKind(l, sentence, document.HasWords(sentence, tellWords...))
	return ok && kind.private()
}

// mention reads a link: a key server's that shows the full fingerprint is as good as the fingerprint.
func (p *reportText) mention(l document.Link) keyMention {
	m := keyMention{link: l.Target, line: l.Line, reportText: p}
	if f := fingerprintsIn(l.Target); len(f) > 0 {
		m.fingerprint = f[0]
	}
	return m
}
