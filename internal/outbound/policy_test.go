package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestPrivateAddresses(t *testing.T) {
	for _, addr := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
		"203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0",
		"fec0::1", "ff02::1", "2606:4700::1%eth0",
	} {
		if private(netip.MustParseAddr(addr)) == "" {
			t.Errorf("%s is taken for public", addr)
		}
	}
	for _, addr := range []string{
		"1.1.1.1", "9.9.9.9", "100.63.255.255", "100.128.0.1", "140.82.121.3", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1",
		"198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8", "2001:200::1", "2606:50c0:8000::153", "2a00:1450:4001:82a::200e",
	} {
		if reason := private(netip.MustParseAddr(addr)); reason != "" {
			t.Errorf("%s is taken for %s", addr, reason)
		}
	}
}

func TestPolicy(t *testing.T) {
	names := map[string]string{
		"forge.example.org": "9.9.9.9 2606:50c0:8000::153",
		"inside.example":    "10.0.0.7",
		"mixed.example.org": "9.9.9.9 127.0.0.1",
		"other.example.net": "1.1.1.1",
		"mapped.example":    "::ffff:192.168.0.1",
		"silent.example":    "",
	}
	listed := Policy{Hosts: []string{"forge.example.org", "inside.example", "mixed.example.org", "mapped.example", "silent.example", "unknown.example"}}
	allow := Policy{Allow: []string{"inside.example", "inside.example:8080", "127.0.0.1:3000", "[::1]:3000"}}
	open := Policy{Any: true}
	proxy := &url.URL{Scheme: "http", Host: "proxy.example:3128"}
	behind := Policy{Hosts: []string{"forge.example.org", "10.0.0.7"}, Allow: []string{"inside.example"}, Any: true, Proxy: proxy}
	for _, c := range []struct {
		policy  Policy
		address string
		pin     string // "refused" and "unresolved" for these errors
		asked   bool   // a question about the name was sent
	}{
		{listed, "https://forge.example.org/o/n", "forge.example.org:443:9.9.9.9,2606:50c0:8000::153", true},
		{listed, "http://forge.example.org/o/n", "refused", false},
		{listed, "https://forge.example.org:8443/o/n", "refused", false},
		{listed, "https://other.example.net/o/n", "refused", false},
		{listed, "https://inside.example/o/n", "refused", true},
		{listed, "https://mixed.example.org/o/n", "refused", true},
		{listed, "https://mapped.example/o/n", "refused", true},
		{listed, "https://silent.example/o/n", "unresolved", true},
		{listed, "https://unknown.example/o/n", "unresolved", true},
		{listed, "https://user:secret@forge.example.org/o/n", "refused", false},
		{listed, "https://forge.example.org/o/n?x=1", "refused", false},
		{listed, "https://forge.example.org/o/n#x", "refused", false},
		{listed, "https://forge.example.org/o\nn", "refused", false},
		{listed, "https://forge.example.org\\@other.example.net/o", "refused", false},
		{listed, "https://FORGE.example.org/o/n", "refused", false},
		{listed, "https://forge.example.org./o/n", "refused", false},
		{listed, "git://forge.example.org/o/n", "refused", false},
		{listed, "ssh://forge.example.org/o/n", "refused", false},
		{listed, "ext::sh -c true", "refused", false},
		{listed, "file:///etc", "refused", false},
		{listed, "/etc", "refused", false},
		{listed, "--upload-pack=true", "refused", false},
		{behind, "https://forge.example.org/o/n", "", false},
		{behind, "https://other.example.net/o/n", "", false},
		{behind, "http://forge.example.org/o/n", "refused", false},
		{behind, "https://10.0.0.7/o/n", "refused", false},
		{behind, "https://inside.example/o/n", "inside.example:443:10.0.0.7", true},
		{allow, "http://inside.example/o/n", "inside.example:80:10.0.0.7", true},
		{allow, "https://inside.example/o/n", "inside.example:443:10.0.0.7", true},
		{allow, "http://inside.example:8080/o/n", "inside.example:8080:10.0.0.7", true},
		{allow, "http://inside.example:8081/o/n", "refused", false},
		{allow, "http://127.0.0.1:3000/o/n", "", false},
		{allow, "http://[::1]:3000/o/n", "", false},
		{allow, "http://127.0.0.1/o/n", "refused", false},
		{allow, "https://forge.example.org/o/n", "refused", false},
		{open, "https://other.example.net/o/n", "other.example.net:443:1.1.1.1", true},
		{open, "http://other.example.net/o/n", "refused", false},
		{open, "https://other.example.net:444/o/n", "refused", false},
		{open, "https://inside.example/o/n", "refused", true},
		{open, "https://9.9.9.9/o/n", "", false},
		{open, "https://127.0.0.1/o/n", "refused", false},
		{open, "https://[::1]/o/n", "refused", false},
		{open, "https://[::ffff:127.0.0.1]/o/n", "refused", false},
		{open, "https://localhost/o/n", "refused", false},
		// Numbers that curl would take for 127.0.0.1.
		{open, "https://2130706433/o/n", "refused", false},
		{open, "https://127.1/o/n", "refused", false},
		{open, "https://0x7f.1/o/n", "refused", false},
		{open, "https://0177.0.0.1/o/n", "refused", false},
		{open, "https://example.0x7f000001/o/n", "refused", false},
	} {
		asked := false
		got, err := c.policy.remote(context.Background(), c.address, func(_ context.Context, host string) ([]netip.Addr, error) {
			asked = true
			text, ok := names[host]
			if !ok {
				return nil, errors.New("no such host")
			}
			var addrs []netip.Addr
			for a := range strings.FieldsSeq(text) {
				addrs = append(addrs, netip.MustParseAddr(a))
			}
			return addrs, nil
		})
		pin := "unresolved"
		switch {
		case err == nil:
			pin = got.pin
		case errors.Is(err, ErrRefused):
			pin = "refused"
			var advised interface{ Advice() string }
			if !errors.As(err, &advised) || advised.Advice() == "" {
				t.Errorf("%s: no advice", c.address)
			}
		case !errors.Is(err, ErrUnresolved):
			t.Errorf("%s: %v", c.address, err)
		}
		if pin != c.pin || asked != c.asked {
			t.Errorf("%s: %s, asked %v; want %s, asked %v (%v)", c.address, pin, asked, c.pin, c.asked, err)
		}
	}
}

func TestUnresolvedNamesNoResolver(t *testing.T) {
	p := Policy{Any: true}
	_, err := p.remote(context.Background(), "https://forge.example.org/o/n", func(context.Context, string) ([]netip.Addr, error) {
		return nil, &net.DNSError{Err: "no such host", Name: "forge.example.org", Server: "10.0.0.53:53", IsNotFound: true}
	})
	if want := "no address of forge.example.org: no such host"; !errors.Is(err, ErrUnresolved) || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestAdvice(t *testing.T) {
	p := Policy{}
	for address, want := range map[string]string{
		"https://forge.example.org/o/n":     "Start misp-csirt-tooling with --allow-host forge.example.org to allow it, or with --any-host to allow every public host.",
		"http://forge.example.org:3000/o/n": "Start misp-csirt-tooling with --allow-host forge.example.org:3000 to allow it.",
	} {
		_, err := p.remote(context.Background(), address, nil)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Advice() != want {
			t.Errorf("%s: %v, %q", address, err, refused.Advice())
		}
	}
}
