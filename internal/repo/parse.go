package repo

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxValue is the longest value that is read, in bytes. Longer ones mean nothing.
const maxValue = 2048

// form is how values of one attribute type may be abbreviated.
type form uint8

const (
	short form = 1 << iota // owner/name is a repository at GitHub
	owner                  // a bare name is an owner at GitHub
	bare                   // an address may lack its scheme
	name                   // a bare name is that of software
	named                  // the operator named the host: any path there is a repository
)

func formOf(attributeType string) form {
	switch attributeType {
	case "github-repository":
		return short | bare | name
	case "github-organisation", "github-username":
		return owner | bare
	case "link", "url", "uri":
		return bare
	}
	return name
}

// Parse says what the value of an attribute of the given MISP type means. It contacts nobody, and takes time in
// proportion to the value's length. What is no address, and no name where the type allows one, means Nothing.
//
// The reference is canonical: every way to write a repository of a listed host gives the same one, userinfo, query and
// fragment are dropped, and plain http is kept for trusted hosts and unusual ports only. An address of a host that is
// not listed is a Repository if it cannot be anything else (a path with an element NAME.git, or SSH), else a Site.
// Addresses by number, names of this network only, and schemes other than http, https, ssh and git are Refused unless
// the host is listed.
func (h *Hosts) Parse(attributeType, value string) Target {
	return h.parse(value, formOf(attributeType))
}

func (h *Hosts) parse(value string, form form) Target {
	value = strings.Trim(value, " \t\r\n")
	if value == "" || len(value) > maxValue {
		return Target{}
	}
	if value[0] == '-' || isRemoteHelper(value) {
		return Target{Meaning: Refused} // git would read an option, or run a program
	}
	blank, ok := scan(value)
	switch {
	case !ok:
		return Target{}
	case blank:
		return nameTarget(value, form)
	}
	if i := strings.Index(value, "://"); i > 0 && isScheme(value[:i]) {
		return h.parseURL(value[:i], value[i+3:], form)
	}
	return h.parseShort(value, form)
}

// scan reports whether a value is one line of valid text, and whether it has a blank.
func scan(s string) (blank, ok bool) {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			blank = true
		case c < ' ' || c == 0x7f:
			return false, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return blank, ascii || utf8.ValidString(s)
}

// isRemoteHelper reports whether git would take the value for HELPER::ADDRESS and run git-remote-HELPER.
func isRemoteHelper(s string) bool {
	i := strings.Index(s, "::")
	return i > 0 && strings.Trim(s[:i], "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

func isScheme(s string) bool {
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case 'a' <= c && c <= 'z':
		case i > 0 && ('0' <= s[i] && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.'):
		default:
			return false
		}
	}
	return s != ""
}

// address is a URL taken apart.
type address struct {
	scheme string // https, http, ssh or git
	host   string // canonical, with the port unless it is the scheme's
	path   string // undecoded, without slashes at its ends
	rev    string // revision behind a version control URL's path
	whole  bool   // the path is a repository's, whatever it looks like
}

// parseURL reads what stands on both sides of "://".
func (h *Hosts) parseURL(scheme, rest string, form form) Target {
	scheme = strings.ToLower(scheme)
	plain, vcs := strings.CutPrefix(scheme, "git+")
	if scheme == "ssh+git" {
		plain = "ssh"
	}
	switch plain {
	case "https", "http", "ssh", "git":
	default:
		return Target{Meaning: Refused}
	}
	a := address{scheme: plain, whole: form&named != 0}
	i := strings.IndexAny(rest, `/?#\`)
	if i < 0 {
		i = len(rest)
	}
	authority, path := rest[:i], rest[i:]
	if strings.HasPrefix(path, `\`) {
		return Target{} // a browser takes it for a slash, others for a part of the host
	}
	authority = authority[strings.LastIndexByte(authority, '@')+1:] // userinfo is neither used nor kept
	host, port := cutPort(authority)
	if port, ok := canonicalPort(port, plain); ok {
		a.host = port
	} else if plain == "ssh" {
		path = "/" + authority[len(host)+1:] + path // ssh://git@HOST:OWNER/NAME, as package.json files have it
	} else {
		return Target{}
	}
	host, verdict := canonicalHost(host)
	if verdict == badHost {
		return Target{}
	}
	a.host = joinPort(host, a.host)
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		if frag := strings.IndexByte(path, '#'); vcs && frag >= 0 && !strings.ContainsAny(path[frag:], "=:&") {
			a.rev = path[frag+1:]
		}
		path = path[:i]
	}
	if i := strings.LastIndexByte(path, '@'); vcs && i > 0 && !strings.HasSuffix(path[:i], "/") {
		path, a.rev = path[:i], path[i+1:]
	}
	a.path = strings.Trim(path, "/")
	return h.resolve(a, verdict)
}

// parseShort reads a value without scheme: SCP's form, an address without scheme, owner/name, or a name.
func (h *Hosts) parseShort(value string, form form) Target {
	slash := strings.IndexByte(value, '/')
	colon := strings.IndexByte(value, ':')
	if colon > 0 && (slash < 0 || colon < slash) {
		if t, ok := h.parseSCP(value[:colon], value[colon+1:]); ok {
			return t
		}
	}
	if slash > 0 {
		host, port := cutPort(value[:slash])
		host, verdict := canonicalHost(host)
		port, ok := canonicalPort(port, "https")
		if verdict == publicHost && ok || verdict == specialHost && ok && (strings.Contains(host, ".") || port != "") {
			t := h.resolve(address{
				scheme: "https", host: joinPort(host, port), path: strings.Trim(cutQuery(value[slash:]), "/"), whole: form&named != 0,
			}, verdict)
			if t.Meaning != Site || form&bare != 0 {
				return t
			}
		}
	}
	switch {
	case slash > 0 && form&short != 0:
		return h.resolve(address{scheme: "https", host: "github.com", path: strings.Trim(value, "/")}, publicHost)
	case slash < 0 && form&owner != 0:
		return h.resolve(address{scheme: "https", host: "github.com", path: value}, publicHost)
	}
	return nameTarget(value, form)
}

func cutQuery(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		return path[:i]
	}
	return path
}

// parseSCP reads [USER@]HOST:PATH. Much else looks like it, the credentials USER@HOST:PASSWORD among them: so at a host that
// is not listed, the user must be git or the path end in ".git".
func (h *Hosts) parseSCP(left, path string) (Target, bool) {
	user, name, found := strings.Cut(left, "@")
	if !found {
		user, name = "", left
	}
	host, verdict := canonicalHost(name)
	if verdict == badHost || path == "" {
		return Target{}, false
	}
	if !found {
		digits := len(path) - len(strings.TrimLeft(path, "0123456789"))
		if digits > 0 && (digits == len(path) || path[digits] == '/') {
			return Target{}, false // a port
		}
	}
	if h.doors[host] == nil && user != "git" && !strings.HasSuffix(path, ".git") {
		return Target{}, found && verdict == publicHost
	}
	t := h.resolve(address{scheme: "ssh", host: host, path: strings.Trim(path, "/")}, verdict)
	if t.Meaning != Repository && t.Meaning != Refused {
		t = Target{}
	}
	return t, true
}

// resolve says what an address means, by the table.
func (h *Hosts) resolve(a address, verdict hostVerdict) Target {
	d := h.find(a)
	switch {
	case d == nil && verdict == specialHost:
		return Target{Meaning: Refused}
	case d == nil:
		return elsewhere(a)
	case !isPath(a.path):
		return Target{}
	}
	t := Target{Forge: d.forge.kind}
	if d.read == nil {
		readPages(&t, a.host, d.forge, segments(a.path))
	} else {
		d.read(&t, segments(a.path))
	}
	switch t.Meaning {
	case Nothing:
		return Target{}
	case Gist:
		return t
	}
	t.Ref = Ref{Scheme: "https", Host: d.host.Name, Path: t.Name}
	if d.host.Trusted && a.scheme == "http" {
		t.Ref.Scheme = "http"
	}
	if d.forge.folds {
		t.Ref.Path = strings.ToLower(t.Name)
	}
	if t.Meaning == Repository {
		t.setRevision(unescape(a.rev))
	}
	return t
}

// find returns the door that an address leads to, nil if its host is not listed.
func (h *Hosts) find(a address) *door {
	if d := h.doors[a.host]; d != nil {
		return d
	}
	if rest, ok := strings.CutPrefix(a.host, "www."); ok {
		if d := h.doors[rest]; d != nil {
			return d
		}
	}
	if a.scheme == "ssh" || a.scheme == "git" {
		name, _ := cutPort(a.host)
		if d := h.doors[name]; d != nil {
			return d
		}
		if d := h.ssh[name]; d != nil {
			return d
		}
	}
	if _, domain, ok := strings.Cut(a.host, "."); ok {
		return h.pages[domain]
	}
	return nil
}

// elsewhere says what an address of a host that is not listed means.
func elsewhere(a address) Target {
	t := Target{Forge: PlainGit, Ref: Ref{Scheme: "https", Host: a.host}}
	host, port := cutPort(a.host)
	web := a.scheme == "https" || a.scheme == "http"
	switch {
	case !web:
		t.Ref.Host = host // the port is of SSH or git's own protocol
	case a.scheme == "http" && port != "":
		t.Ref.Scheme = "http" // https would be another port
	}
	if isPath(a.path) {
		readGitPath(&t, segments(a.path), a.whole || !web)
	}
	switch {
	case t.Meaning == Repository:
		t.Ref.Path = t.Name
		t.setRevision(unescape(a.rev))
		return t
	case web:
		return Target{Meaning: Site, Ref: Ref{Scheme: t.Ref.Scheme, Host: trimWWW(a.host), Path: a.path}}
	}
	return Target{}
}

// trimWWW removes leading "www." labels, but leaves a domain, and nothing that reads like an option.
func trimWWW(host string) string {
	for {
		rest, ok := strings.CutPrefix(host, "www.")
		if !ok || !strings.Contains(rest, ".") || rest[0] == '-' {
			return host
		}
		host = rest
	}
}

// nameTarget returns the name of software if the value can be one: a few words, no sentence, no number, no hash.
func nameTarget(value string, form form) Target {
	const maxName, maxWords = 80, 6
	if form&name == 0 || len(value) > maxName || strings.Count(value, " ") >= maxWords {
		return Target{}
	}
	letter, hex := false, true
	for i, r := range value {
		switch {
		case unicode.IsLetter(r):
			letter = true
			hex = hex && unicode.Is(unicode.ASCII_Hex_Digit, r)
		case '0' <= r && r <= '9':
		case i > 0 && strings.ContainsRune(" -_.+/&'!", r):
			hex = false
		default:
			return Target{}
		}
	}
	if last := value[len(value)-1]; !letter || hex && len(value) >= 32 || last == '.' || last == '/' {
		return Target{}
	}
	return Target{Meaning: Name, Name: value}
}

// segments are the elements of a URL's path, still percent-encoded.
type segments string

// next takes the first element that is not empty, decoded, and returns "" at the end.
func (s *segments) next() string {
	for *s != "" {
		element, rest, _ := strings.Cut(string(*s), "/")
		*s = segments(rest)
		if element != "" {
			return unescape(element)
		}
	}
	return ""
}

// first returns the first element only, undecoded.
func (s segments) first() segments {
	element, _, _ := strings.Cut(string(s), "/")
	return segments(element)
}

// rest returns all that is left, decoded, without slashes at its ends.
func (s segments) rest() string { return strings.Trim(unescape(string(s)), "/") }

// folder returns all but the last element, empty if there is just one.
func (s segments) folder() segments {
	trimmed := strings.TrimRight(string(s), "/")
	return segments(trimmed[:max(strings.LastIndexByte(trimmed, '/'), 0)])
}

// unescape decodes percent-encoding; what is badly encoded stays as it is.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	return s
}

// isPath reports whether a path means the same to every reader: well encoded, and without "." and ".." elements in any
// spelling and backslashes, which browsers resolve and servers may not.
func isPath(path string) bool {
	if strings.IndexByte(path, '\\') >= 0 {
		return false
	}
	for rest := path; rest != ""; {
		var element string
		element, rest, _ = strings.Cut(rest, "/")
		if strings.IndexByte(element, '%') >= 0 {
			t, err := url.PathUnescape(element)
			if err != nil {
				return false
			}
			element = t
		}
		if element == "." || element == ".." {
			return false
		}
	}
	return true
}
