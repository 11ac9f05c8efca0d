package document

import (
	"misp-csirt-tooling/internal/pattern"
	"net/url"
	"strings"
)

// Address is an address of electronic mail in a text.
type Address struct {
	Mail       string // local@domain in lower case, with what hid it from robots undone
	Line       int
	Obfuscated bool // it was written so that robots do not find it
}

// The lengths up to which the parts of an address are read.
const (
	maxLocal  = 64
	maxDomain = 255
)

var (
	// mailForm matches an address of RFC 5321 as people write them, without quoted names and address literals.
	mailForm = pattern.New(`[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{0,63}` + subaddress + `?@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z][A-Za-z0-9-]{1,23}`)
	// filledIn finds the part of an address that the sender fills in.
	filledIn = pattern.New(subaddress)
	// hiddenMail matches "name AT host DOT org", "name [at] host.org", "name(at)host(dot)org", "name&#64;host.org" and the like.
	hiddenMail = pattern.New(`([A-Za-z0-9][A-Za-z0-9.+_-]{0,40}(?:` + hiddenDot + `[A-Za-z0-9_-]{1,30}){0,2})` +
		`(\s*[\[({<_]\s*(?i:at|@|ät|arroba|chez|małpa|bei|a t)\s*[\])}>_]\s*|\s+AT\s+|\s+at\s+|\s+@\s*|@\s+|\s*(?:&#64;|&#x40;|&commat;)\s*|-at-)` +
		`([A-Za-z0-9-]{1,63}(?:(?:\.|` + hiddenDot + `)[A-Za-z0-9-]{1,63}){1,5})`)
	// hiddenDots finds the dots of a hidden address.
	hiddenDots = pattern.New(hiddenDot)
)

// subaddress is the part of an address that the sender fills in, and that reaches the same mailbox: "team+[name of the repository]@".
const subaddress = `(?:\+\[[\w -]{1,40}\])`

const hiddenDot = `(?:\s*[\[({<_]\s*(?i:dot|\.|punkt|point|punto|kropka)\s*[\])}>_]\s*|\s+DOT\s+|\s+dot\s+|-dot-)`

// roles are local parts of addresses that belong to a task rather than to a person. With white space around the @ only these
// are taken for an address: "talk @ example.org" is a place.
var roles = wordSet("security cert csirt psirt sirt soc abuse info contact support admin team vuln vulnerability vulnerabilities " +
	"disclosure privacy dpo conduct hello help mail office opensource oss dev devel developers maintainers incident incidents report bugs")

// maxSigns is at how many @ of a block an address is looked for.
const maxSigns = 10_000

// Addresses returns the addresses of the block, those of its mailto: links included, in the order of the text and each once. In
// code only a line that holds nothing but an address, and perhaps what it is for, counts.
func (b *Block) Addresses() []Address {
	var found []Address
	seen := map[string]bool{}
	add := func(mail string, line int, obfuscated bool) {
		mail = filledIn.ReplaceAllString(strings.ToLower(strings.Trim(mail, ".'")), "")
		if !seen[mail] {
			seen[mail] = true
			found = append(found, Address{mail, line, obfuscated})
		}
	}
	if b.Kind == Code {
		for _, s := range b.Sentences() {
			if label, rest, ok := strings.Cut(s.Text, ":"); ok && len(label) <= 30 && !strings.ContainsAny(label, "@=\"'`$") && !strings.HasPrefix(rest, "//") {
				s.Text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "mailto:"))
			}
			s.Text = strings.Trim(s.Text, "<>#*- ")
			if m := mailForm.FindString(s.Text); m != "" && m == s.Text {
				add(m, s.Line, false)
			} else if m := hiddenMail.FindStringSubmatch(s.Text); m != nil && m[0] == s.Text {
				if mail, ok := reveal(m[1], m[2], m[3]); ok {
					add(mail, s.Line, true)
				}
			}
		}
		return found
	}
	for at, signs := 0, 0; signs < maxSigns; at, signs = at+1, signs+1 {
		n := strings.IndexByte(b.Text[at:], '@')
		if n < 0 {
			break
		}
		at += n
		from := max(0, at-maxLocal-1)
		for _, m := range mailForm.FindAllStringIndex(b.Text[from:min(len(b.Text), at+maxDomain)], -1) {
			if start, end := from+m[0], from+m[1]; start < at && end > at && isMail(b.Text, start, end) {
				add(b.Text[start:end], b.LineAt(start), false)
			}
		}
	}
	if mayHide(b.Text) {
		for _, m := range hiddenMail.FindAllStringSubmatchIndex(b.Text, -1) {
			if mail, ok := reveal(b.Text[m[2]:m[3]], b.Text[m[4]:m[5]], b.Text[m[6]:m[7]]); ok {
				add(mail, b.LineAt(m[0]), true)
			}
		}
	}
	for _, l := range b.Links {
		if mail, ok := mailto(l.Target); ok && mail != l.Text { // else it stands in the text
			add(mail, l.Line, false)
		}
	}
	return found
}

// Addresses returns the addresses of all blocks.
func (d *Document) Addresses() []Address {
	var found []Address
	for i := range d.Blocks {
		found = append(found, d.Blocks[i].Addresses()...)
	}
	return found
}

// mailto returns the address of a mailto: link.
func mailto(target string) (string, bool) {
	const scheme = "mailto:"
	if len(target) < len(scheme) || !strings.EqualFold(target[:len(scheme)], scheme) {
		return "", false
	}
	mail, _, _ := strings.Cut(target[len(scheme):], "?")
	if unescaped, err := url.PathUnescape(mail); err == nil {
		mail = unescaped
	}
	mail, _, _ = strings.Cut(strings.TrimSpace(mail), ",")
	m := mailForm.FindString(mail)
	return m, m != "" && m == mail
}

// isMail tells an address from what looks like one: the user of a URL or of a clone address, a handle of the Fediverse, a
// version of a package.
func isMail(text string, start, end int) bool {
	mail := text[start:end]
	local, domain, _ := strings.Cut(mail, "@")
	if local == "git" || local == "ssh" || strings.Contains(local, "//") {
		return false
	}
	if start > 0 && strings.IndexByte("@/:", text[start-1]) >= 0 && !strings.HasSuffix(strings.ToLower(text[max(0, start-8):start]), "mailto:") &&
		(text[start-1] != ':' || strings.Contains(text[max(0, start-40):start], "://")) {
		return false
	}
	if end < len(text) && (text[end] == '/' || text[end] == '@' || text[end] == ':' && end+1 < len(text) && text[end+1] != ' ') {
		return false
	}
	return !fileLike(domain)
}

// fileLike reports whether what stands for a domain ends like the name of a file, as in "icon@2x.png".
func fileLike(domain string) bool {
	switch domain[strings.LastIndexByte(domain, '.')+1:] {
	case "png", "jpg", "jpeg", "gif", "svg", "js", "css", "json", "yml", "yaml", "lock", "target", "service", "timer", "socket", "local", "x":
		return true
	}
	return false
}

// mayHide reports cheaply whether a text may hold an address that is hidden from robots.
func mayHide(text string) bool {
	if strings.Contains(text, " @") || strings.Contains(text, "@ ") || strings.Contains(text, "&#") || strings.Contains(text, "&commat;") ||
		strings.Contains(text, " AT ") || strings.Contains(text, "-at-") || strings.Contains(text, " at ") && hiddenDots.MatchString(text) {
		return true
	}
	for i := 0; i < len(text); i++ {
		n := strings.IndexAny(text[i:], "[({<_")
		if n < 0 {
			return false
		}
		i += n
		inner := strings.TrimLeft(text[i+1:], " ")
		for _, at := range [...]string{"at", "AT", "At", "@", "ät", "a t", "arroba", "chez", "małpa", "bei"} {
			if strings.HasPrefix(inner, at) {
				return true
			}
		}
	}
	return false
}

// reveal puts a hidden address together, unless it is a phrase of ordinary text.
func reveal(local, at, domain string) (string, bool) {
	bracketed := strings.ContainsAny(at, "[({<_&") || at == "-at-"
	dotted := hiddenDots.MatchString(domain) || hiddenDots.MatchString(local)
	local, domain = hiddenDots.ReplaceAllString(local, "."), hiddenDots.ReplaceAllString(domain, ".")
	role := roles[strings.ToLower(local)]
	switch at := strings.TrimSpace(at); {
	case bracketed || dotted && at != "@":
	case at == "AT" && (role || strings.ContainsAny(local, "._-")):
	case at == "@" && role:
	default:
		return "", false
	}
	mail := local + "@" + domain
	m := mailForm.FindString(mail)
	if m == "" || !strings.HasPrefix(mail, m) || fileLike(domain) {
		return "", false
	}
	return m, true
}
