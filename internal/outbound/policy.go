package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// ErrRefused says that a host is not contacted. Every error that wraps it is a RefusedError.
var ErrRefused = errors.New("not contacted")

// ErrUnresolved says that a host that may be contacted has no address.
var ErrUnresolved = errors.New("no address")

// RefusedError is why a host is not contacted. No packet was sent to it, and no question about it unless its name is listed
// or any host may be contacted.
type RefusedError struct {
	Host   string
	Reason string
	advice string
}

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s is not contacted: %s", e.Host, e.Reason)
}

// Is makes the error an ErrRefused.
func (e *RefusedError) Is(target error) bool { return target == ErrRefused }

// Advice says in one sentence how to allow the host, if that is possible.
func (e *RefusedError) Advice() string { return e.advice }

// Policy says which hosts may be contacted. Hosts are written as in a URL: lower case, with the port unless it is the scheme's.
type Policy struct {
	Hosts []string // listed hosts: by https, at a public address
	Allow []string // hosts that the operator named (--allow-host): by http too, at any address
	Any   bool     // any other host (--any-host): by https at its usual port, at a public address
	// Proxy is the HTTP proxy by which all hosts but those in Allow are contacted, nil for none. It resolves their names itself, so
	// that no address of theirs is checked here: do not let values of others choose the host then.
	Proxy *url.URL
	// CA names for hosts the file of certificate authorities, in PEM, that git trusts there instead of the system's.
	CA map[string]string
}

// Remote is the address of a repository at a host that may be contacted, with the network addresses that were checked.
type Remote struct {
	URL    string
	Scheme string
	ca     string // file of certificate authorities, empty for the system's
	pin    string // HOST:PORT:ADDRESS,... as curl takes it; empty if the host is an address or behind the proxy
	proxy  string // the proxy's URL, empty for none
}

// lookup asks for the addresses of a host.
type lookup func(ctx context.Context, host string) ([]netip.Addr, error)

func lookupHost(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// Remote checks the address of a repository, and resolves its host once, so that what was checked is what is contacted.
// The error is a RefusedError or wraps ErrUnresolved.
func (g *Git) Remote(ctx context.Context, address string) (*Remote, error) {
	return g.policy.remote(ctx, address, g.lookup)
}

func (p *Policy) remote(ctx context.Context, address string, ask lookup) (*Remote, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || !printable(address) {
		return nil, &RefusedError{Host: "the address", Reason: "it is not the plain URL of a repository", advice: "Give an address like https://HOST/OWNER/NAME."}
	}
	r := &Remote{URL: address, Scheme: u.Scheme, ca: p.CA[u.Host]}
	if proxy, err := p.proxy(u); err != nil {
		return nil, err
	} else if proxy != nil {
		r.proxy = proxy.String()
		return r, nil
	}
	addrs, err := p.addresses(ctx, u, ask)
	if err != nil {
		return nil, err
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return r, nil
	}
	var pins []string
	for _, addr := range addrs {
		pins = append(pins, addr.String())
	}
	r.pin = host + ":" + portOf(u) + ":" + strings.Join(pins, ",")
	return r, nil
}

// proxy returns the proxy by which the host of a URL is contacted, nil if there is none between, if the host may be contacted.
func (p *Policy) proxy(u *url.URL) (*url.URL, error) {
	allowed, err := p.admit(u)
	if err != nil || allowed || p.Proxy == nil {
		return nil, err
	}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil && private(addr) != "" {
		return nil, refuse(u.Host, private(addr), false)
	}
	return p.Proxy, nil
}

// addresses returns the network addresses of the host of a URL, at least one, if the host may be contacted at all of them.
func (p *Policy) addresses(ctx context.Context, u *url.URL, ask lookup) ([]netip.Addr, error) {
	allowed, err := p.admit(u)
	if err != nil {
		return nil, err
	}
	host := u.Hostname()
	if addr, err := netip.ParseAddr(host); err == nil {
		if reason := private(addr); reason != "" && !allowed {
			return nil, refuse(u.Host, reason, false)
		}
		return []netip.Addr{addr}, nil
	}
	addrs, err := ask(ctx, host)
	var dns *net.DNSError
	if errors.As(err, &dns) && ctx.Err() == nil {
		return nil, fmt.Errorf("%w of %s: %s", ErrUnresolved, host, dns.Err) // without the address of our resolver
	}
	if err != nil {
		return nil, fmt.Errorf("%w of %s: %w", ErrUnresolved, host, err)
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("%w of %s", ErrUnresolved, host)
	}
	plain := make([]netip.Addr, len(addrs))
	for i, addr := range addrs {
		if reason := private(addr); reason != "" && !allowed {
			return nil, refuse(u.Host, "its address is "+reason, false)
		}
		plain[i] = addr.Unmap().WithZone("")
	}
	return plain, nil
}

// portOf returns the port of an http or https URL.
func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"https": "443", "http": "80"}[u.Scheme]
}

// admit says by the name alone whether a host may be contacted, and whether the operator named it.
func (p *Policy) admit(u *url.URL) (allowed bool, err error) {
	host := u.Host
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return false, &RefusedError{Host: host, Reason: "only https is spoken", advice: "Give the https address of the repository."}
	case !plainName(u.Hostname()):
		return false, &RefusedError{Host: host, Reason: "it is not a plain host name", advice: "Give the host by its name in lower case."}
	case slices.Contains(p.Allow, host):
		return true, nil
	case u.Scheme == "http":
		return false, refuse(host, "plain http is for hosts that the operator named", false)
	case slices.Contains(p.Hosts, host):
		return false, nil
	case !p.Any:
		return false, refuse(host, "it is not one of the known forges", true)
	case u.Port() != "":
		return false, refuse(host, "its port is not that of https", false)
	case !strings.Contains(host, ".") && !strings.Contains(host, ":"):
		return false, refuse(host, "it is a name of this network", false)
	}
	return false, nil
}

func refuse(host, reason string, anyHelps bool) *RefusedError {
	advice := fmt.Sprintf("Start misp-csirt-tooling with --allow-host %s to allow it.", host)
	if anyHelps {
		advice = fmt.Sprintf("Start misp-csirt-tooling with --allow-host %s to allow it, or with --any-host to allow every public host.", host)
	}
	return &RefusedError{Host: host, Reason: reason, advice: advice}
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' })
}

// plainName reports whether a host is an address in its usual notation, or a name that curl cannot take for one: it reads
// numbers as IPv4 addresses, without asking what was pinned.
func plainName(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Zone() == "" && addr.String() == host
	}
	if strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-._") != "" || strings.HasPrefix(host, "-") || strings.HasSuffix(host, ".") {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") != ""
	}
	return strings.Trim(last, "0123456789") != ""
}
