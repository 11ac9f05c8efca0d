package outbound

import "net/netip"

// special are the blocks of addresses that are no public unicast addresses (IANA's special-purpose address registries).
var special = []struct {
	block netip.Prefix
	name  string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this network's"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "a carrier's own"},
	{netip.MustParsePrefix("127.0.0.0/8"), "this machine's"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved"},
	{netip.MustParsePrefix("192.0.2.0/24"), "for documentation"},
	{netip.MustParsePrefix("192.31.196.0/24"), "reserved"},
	{netip.MustParsePrefix("192.52.193.0/24"), "reserved"},
	{netip.MustParsePrefix("192.88.99.0/24"), "reserved"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("192.175.48.0/24"), "reserved"},
	{netip.MustParsePrefix("198.18.0.0/15"), "for benchmarks"},
	{netip.MustParsePrefix("198.51.100.0/24"), "for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "for documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("2001::/23"), "reserved"},
	{netip.MustParsePrefix("2001:db8::/32"), "for documentation"},
	{netip.MustParsePrefix("2002::/16"), "translated (6to4)"},
	{netip.MustParsePrefix("2620:4f:8000::/48"), "reserved"},
	{netip.MustParsePrefix("3fff::/20"), "for documentation"},
}

// unicast is the only part of IPv6 from which public addresses are given out. Loopback, link-local, unique local, multicast,
// mapped and translated (NAT64) addresses are outside of it.
var unicast = netip.MustParsePrefix("2000::/3")

// private returns what makes an address one that must not be contacted, empty for a public unicast address.
func private(addr netip.Addr) string {
	addr = addr.Unmap()
	if addr.Zone() != "" || addr.Is6() && !unicast.Contains(addr) || !addr.IsValid() {
		return "not public"
	}
	for _, s := range special {
		if s.block.Contains(addr) {
			return s.name
		}
	}
	return ""
}
