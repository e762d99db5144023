package importers

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// RefusedError says that an address may not be called.
type RefusedError struct{ Addr netip.Addr }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s is an address of a private network, which is not called unless the operator allows it: HINDSIGHT_ALLOW_NETWORKS=%s", e.Addr, e.Addr)
}

// Addresses that are neither private nor loopback in the words of net/netip, yet lead nowhere public:
// IANA's special-purpose registries (RFC 6890).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("100::/64"),
}

// Guarded returns a transport that calls public addresses and those in allowed, and no others. It looks at the
// address that is really dialled, after names were resolved, so that no name can lead it elsewhere.
// It uses no proxy.
func Guarded(allowed []netip.Prefix) *http.Transport {
	dialer := &net.Dialer{Timeout: 20 * time.Second, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("importers: dial %s: %w", address, err)
		}
		if addr := at.Addr().Unmap(); !public(addr) && !contains(allowed, addr) {
			return &RefusedError{addr}
		}
		return nil
	}}
	return &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: 20 * time.Second, ResponseHeaderTimeout: perRequest, MaxResponseHeaderBytes: 1 << 20,
	}
}

func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !contains(special, a)
}

func contains(prefixes []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a.WithZone("")) })
}
