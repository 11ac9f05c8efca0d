package repo

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// FuzzParse holds Parse to its laws: what a reference prints leads back to it; the host is the one that a browser would
// contact, or the row that the table has for it; nothing in a target reads like an option or leaves its place.
func FuzzParse(f *testing.F) {
	for _, row := range vectors(f, filepath.Join("testdata", "vectors.tsv")) {
		f.Add(row[0], row[1])
	}
	f.Add("url", "http://127.0.0.1:3000/o/r")
	f.Add("url", "https://www.www.example.org:8443/a//b/../c.git/x?y#z")
	h, err := NewHosts(Host{Name: "127.0.0.1:3000", Kind: Gitea, Trusted: true}, Host{Name: "git.example.net", Kind: PlainGit},
		Host{Name: "gitlab.example.net:8443", Kind: GitLab}, Host{Name: "[::1]:3000", Kind: GitHub, Trusted: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, attributeType, value string) {
		got := h.Parse(attributeType, value)
		if got.Meaning == Name || got.Ref.IsZero() {
			if got.Meaning == Repository || got.Meaning == Owner || got.Meaning == Site {
				t.Fatalf("%q: %v without a reference", value, got.Meaning)
			}
			return
		}
		again := h.Parse("url", got.Ref.String())
		if got.Forge == PlainGit {
			again = h.parse(got.Ref.String(), named)
		}
		if again.Ref != got.Ref {
			t.Errorf("%q: %s is read as %s", value, got.Ref, again.Ref)
		}
		if got.Meaning == Repository && again.Meaning != Repository {
			t.Errorf("%q: %s is read as %v", value, got.Ref, again.Meaning)
		}
		checkHost(t, h, value, got)
		for _, s := range []string{got.Ref.Path, got.Revision, got.Subpath} {
			if strings.HasPrefix(s, "/") || got.Meaning != Site && ("/"+s+"/" != strings.ReplaceAll("/"+s+"/", "/../", "")) {
				t.Errorf("%q: %q leaves its place", value, s)
			}
		}
		if strings.HasPrefix(got.Revision, "-") || strings.HasPrefix(got.Ref.Host, "-") || got.Meaning == Repository && strings.HasPrefix(got.Ref.Path, "-") {
			t.Errorf("%q: %+v has an option", value, got)
		}
	})
}

func checkHost(t *testing.T, h *Hosts, value string, got Target) {
	browser, ok := browserHost(value)
	if !ok {
		return
	}
	name, _ := cutPort(got.Ref.Host)
	if name == browser || got.Meaning == Site && strings.HasSuffix(browser, "."+name) && strings.Trim(strings.TrimSuffix(browser, name), "w.") == "" {
		return
	}
	d := h.doors[browser]
	if rest, ok := strings.CutPrefix(browser, "www."); ok && d == nil {
		d = h.doors[rest]
	}
	if d == nil {
		_, domain, _ := strings.Cut(browser, ".")
		d = h.pages[domain]
	}
	if d == nil || d.host.Name != got.Ref.Host {
		t.Errorf("%q: host %q, a browser contacts %q", value, got.Ref.Host, browser)
	}
}

// browserHost names the host of an http or https URL as the WHATWG URL standard has it, without IDNA: a host that is not
// ASCII is named by "", which no reference may have. It is not ok if the value is no such URL.
func browserHost(value string) (string, bool) {
	value = strings.TrimFunc(value, func(r rune) bool { return r <= ' ' })
	value = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(value)
	scheme, rest, ok := strings.Cut(value, ":")
	if scheme = strings.ToLower(scheme); !ok || scheme != "http" && scheme != "https" {
		return "", false
	}
	rest = strings.TrimLeft(rest, `/\`)
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, ']') {
		if _, err := strconv.ParseUint(rest[i+1:], 10, 16); err != nil && rest[i+1:] != "" {
			return "", true
		}
		rest = rest[:i]
	}
	if inner, ok := strings.CutPrefix(rest, "["); ok {
		ip, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil {
			return "", true
		}
		return "[" + ip.WithZone("").String() + "]", true
	}
	host, err := url.PathUnescape(rest)
	if err != nil || strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 || r <= ' ' }) {
		return "", true
	}
	return strings.TrimSuffix(strings.ToLower(host), "."), true
}

func FuzzParseHost(f *testing.F) {
	for _, s := range []string{"git.example.org", "GIT.example.org.:8443=gitlab", "[::1]:3000=gitea", "127.0.0.1:80", "a=b", ":1", "-x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		row, err := ParseHost(spec)
		if err != nil {
			return
		}
		h, err := NewHosts(row)
		if err != nil {
			t.Fatalf("%q: the row %+v is refused: %v", spec, row, err)
		}
		if got, ok := h.Lookup(row.Name); !ok || got != row {
			t.Errorf("%q: looked up %+v, want %+v", spec, got, row)
		}
		if got := h.Parse("url", "http://"+row.Name+"/owner/name"); row.Kind != SourceHut && (got.Meaning != Repository || got.Ref.Host != row.Name) {
			t.Errorf("%q: a repository there is %+v", spec, got)
		}
	})
}
