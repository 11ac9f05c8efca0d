package repo

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// The kinds of forges, as Target.Forge and Host.Kind name them.
const (
	GitHub    = "github"
	GitLab    = "gitlab"
	Gitea     = "gitea" // and Forgejo
	SourceHut = "sourcehut"
	Bitbucket = "bitbucket"
	PlainGit  = "git" // a git server whose web pages are not known
)

// forge says how one kind of forge writes its addresses.
type forge struct {
	kind  string
	folds bool              // the case of owner and name does not matter
	read  reader            // reads the path of a web page, a clone address or the forge's API on the same host
	owner func(string) bool // can be the name of an owner
	pages string            // name of the repository behind the root of an owner's pages, empty for the pages' host name
	links linkForms
}

// reader finds out what the path of a forge's address means. It sets everything of the target but Ref and Forge,
// and leaves Meaning at Nothing if the path is none of a repository, owner or snippet.
type reader func(t *Target, path segments)

var forges = []forge{
	{kind: GitHub, folds: true, read: readGitHub, owner: isGitHubOwner, links: linkForms{
		file: "/blob/", line: "#L", span: "-L", commit: "/commit/", tag: "/releases/tag/"}},
	{kind: GitLab, folds: true, read: readGitLab, owner: isGroup, links: linkForms{
		file: "/-/blob/", line: "#L", span: "-", commit: "/-/commit/", tag: "/-/tags/"}},
	{kind: Gitea, folds: true, read: readGitea, owner: isGiteaOwner, pages: "pages", links: linkForms{
		file: "/src/commit/", line: "#L", span: "-L", commit: "/commit/", tag: "/src/tag/", branch: "/src/branch/"}},
	{kind: SourceHut, read: readSourceHut, links: linkForms{
		file: "/tree/", item: "/item", line: "#L", span: "-", commit: "/commit/", tag: "/refs/"}},
	{kind: Bitbucket, folds: true, read: readBitbucket, links: linkForms{
		file: "/src/", line: "#lines-", span: ":", commit: "/commits/", tag: "/src/"}},
	{kind: PlainGit, read: readPlainGit},
}

// Forges lists the kinds of forges.
func Forges() []string {
	kinds := make([]string, len(forges))
	for i := range forges {
		kinds[i] = forges[i].kind
	}
	return kinds
}

func forgeOf(kind string) *forge {
	for i := range forges {
		if forges[i].kind == kind {
			return &forges[i]
		}
	}
	return nil
}

// Host is a row of the host table: a server that may be asked for repositories.
type Host struct {
	Name    string // lower case, with the port unless it is the scheme's
	Kind    string // the kind of forge that it runs
	Trusted bool   // named by the operator: it may have a private address and speak plain http
}

// builtin are the hosts that are known without configuration, with the other names under which they answer.
var builtin = []struct {
	Host
	doors []door // further host names of the same forge
	pages string // domain below which owners publish web pages
}{
	{Host: Host{Name: "github.com", Kind: GitHub}, pages: "github.io", doors: []door{
		{name: "ssh.github.com", read: readGitHub},
		{name: "api.github.com", read: readGitHubAPI},
		{name: "codeload.github.com", read: readCodeload},
		{name: "raw.githubusercontent.com", read: readGitHubRaw},
		{name: "raw.github.com", read: readGitHubRaw},
		{name: "media.githubusercontent.com", read: readGitHubMedia},
		{name: "gist.github.com", read: readGist},
		{name: "gist.githubusercontent.com", read: readGist},
	}},
	{Host: Host{Name: "gitlab.com", Kind: GitLab}, pages: "gitlab.io", doors: []door{{name: "altssh.gitlab.com", read: readGitLab}}},
	{Host: Host{Name: "salsa.debian.org", Kind: GitLab}, pages: "pages.debian.net"},
	{Host: Host{Name: "framagit.org", Kind: GitLab}, pages: "frama.io"},
	{Host: Host{Name: "gitlab.gnome.org", Kind: GitLab}, pages: "pages.gitlab.gnome.org",
		doors: []door{{name: "ssh.gitlab.gnome.org", read: readGitLab}}},
	{Host: Host{Name: "codeberg.org", Kind: Gitea}, pages: "codeberg.page"},
	{Host: Host{Name: "gitea.com", Kind: Gitea}},
	{Host: Host{Name: "git.sr.ht", Kind: SourceHut}},
	{Host: Host{Name: "bitbucket.org", Kind: Bitbucket}, doors: []door{
		{name: "api.bitbucket.org", read: readBitbucketAPI},
		{name: "altssh.bitbucket.org", read: readBitbucket},
	}},
}

// door is a host name under which a forge answers, and how paths are read there.
type door struct {
	name  string
	read  reader
	host  Host
	forge *forge
}

// Hosts is the host table: it knows which servers may be asked and what their addresses mean.
// It is immutable, so it may be used by several goroutines at once.
type Hosts struct {
	rows  []Host
	doors map[string]*door // by host name
	pages map[string]*door // by the domain below which owners publish pages
	ssh   map[string]*door // rows with a port by their name without it: SSH has a port of its own
}

// NewHosts returns the table of the built-in hosts and of the given ones, which replace built-in ones of the same name.
// A row that is no host name with a known kind of forge is an error.
func NewHosts(rows ...Host) (*Hosts, error) {
	h := &Hosts{doors: map[string]*door{}, pages: map[string]*door{}, ssh: map[string]*door{}}
	for _, b := range builtin {
		f := forgeOf(b.Kind)
		h.add(b.Host, f)
		for _, d := range b.doors {
			h.doors[d.name] = &door{name: d.name, read: d.read, host: b.Host, forge: f}
		}
		if b.pages != "" {
			h.pages[b.pages] = &door{name: b.pages, host: b.Host, forge: f}
		}
	}
	for _, row := range rows {
		f := forgeOf(row.Kind)
		if f == nil {
			return nil, fmt.Errorf("host %q: unknown kind of forge %q: use one of %s", row.Name, row.Kind, strings.Join(Forges(), ", "))
		}
		name, err := rowName(row.Name)
		if err != nil {
			return nil, err
		}
		row.Name = name
		h.add(row, f)
	}
	return h, nil
}

func (h *Hosts) add(row Host, f *forge) {
	d := &door{name: row.Name, read: f.read, host: row, forge: f}
	h.rows = slices.DeleteFunc(h.rows, func(old Host) bool { return old.Name == row.Name })
	h.rows = append(h.rows, row)
	h.doors[row.Name] = d
	if name, port := cutPort(row.Name); port != "" {
		h.ssh[name] = d
	}
}

// ParseHost reads what an operator writes to allow a host: HOST[:PORT][=KIND], the kind being plain git by default.
// The row is trusted.
func ParseHost(spec string) (Host, error) {
	name, kind, found := strings.Cut(spec, "=")
	if !found {
		kind = PlainGit
	}
	if forgeOf(kind) == nil {
		return Host{}, fmt.Errorf("host %q: unknown kind of forge %q: use one of %s", name, kind, strings.Join(Forges(), ", "))
	}
	name, err := rowName(name)
	return Host{Name: name, Kind: kind, Trusted: true}, err
}

func rowName(s string) (string, error) {
	name, port := cutPort(s)
	host, verdict := canonicalHost(name)
	if strings.Contains(s, "/") || verdict == badHost || host == "" {
		return "", fmt.Errorf("host %q: write HOST or HOST:PORT, without scheme and path", s)
	}
	port, ok := canonicalPort(port, "")
	if !ok {
		return "", fmt.Errorf("host %q: the port is not a number from 1 to 65535", s)
	}
	if port == "443" || port == "80" {
		port = "" // a reference has no port of its scheme
	}
	return joinPort(host, port), nil
}

// Rows lists the hosts of the table.
func (h *Hosts) Rows() []Host { return slices.Clone(h.rows) }

// Lookup returns the row of a host, which is named as in Ref.Host.
func (h *Hosts) Lookup(host string) (Host, bool) {
	if d := h.doors[host]; d != nil && d.host.Name == host {
		return d.host, true
	}
	return Host{}, false
}

// hostVerdict is what a host name alone says about contacting it.
type hostVerdict uint8

const (
	publicHost  hostVerdict = iota
	specialHost             // an address, or a name that only this network knows: for listed hosts only
	badHost                 // not the name of a host
)

// specialDomains never lead to a public forge (RFC 6761, 6762, 7686, 8375; ICANN's .internal).
var specialDomains = []string{".localhost", ".local", ".internal", ".onion", ".home.arpa"}

// canonicalHost returns a host name, without port, as a browser would name the host (WHATWG URL, host parser), and
// without a trailing dot. Names that are not ASCII are bad: no forge has one, and they serve to deceive.
func canonicalHost(s string) (string, hostVerdict) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		ip, err := netip.ParseAddr(inner)
		if !ok || err != nil || ip.Zone() != "" || !ip.Is6() {
			return "", badHost
		}
		return "[" + ip.String() + "]", specialHost
	}
	if strings.HasPrefix(s, "-") {
		return "", specialHost // SSH would read an option
	}
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return "", badHost
	}
	label, upper := 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && label == 0:
			return "", badHost
		case c == '.':
			label = -1
		case 'A' <= c && c <= 'Z':
			upper = true
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return "", badHost
		}
		if label++; label > 63 {
			return "", badHost
		}
	}
	if label == 0 {
		return "", badHost
	}
	if upper {
		s = strings.ToLower(s)
	}
	last := s[strings.LastIndexByte(s, '.')+1:]
	if len(last) == len(s) || isNumber(last) {
		return s, specialHost
	}
	for _, d := range specialDomains {
		if strings.HasSuffix(s, d) || s == d[1:] {
			return s, specialHost
		}
	}
	return s, publicHost
}

// isNumber reports whether a browser takes a last label for a part of an IPv4 address, in any notation.
func isNumber(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

// cutPort splits HOST:PORT, where HOST may be an IPv6 address in brackets.
func cutPort(s string) (host, port string) {
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		return s[:i], s[i+1:]
	}
	return s, ""
}

func joinPort(host, port string) string {
	if port == "" {
		return host
	}
	return host + ":" + port
}

// canonicalPort returns a port as a browser writes it: empty if it is the scheme's.
func canonicalPort(port, scheme string) (string, bool) {
	if port == "" {
		return "", true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", false
	}
	switch {
	case n == 443 && scheme == "https", n == 80 && scheme == "http", n == 22 && scheme == "ssh", n == 9418 && scheme == "git":
		return "", true
	}
	return strconv.FormatUint(n, 10), true
}
