package auth

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies says which machines in front of the server are believed, and which headers name a user that they have
// signed in. The zero Proxies believes none.
type Proxies struct {
	Trusted                   []netip.Prefix
	User, Email, GroupsHeader string // empty: no such header; without User nobody signs in so
}

// Named is a user whom a trusted proxy names.
type Named struct {
	User, Email string
	Groups      []string
}

type originKey struct{}

// origin is what Wrap found out about a request.
type origin struct {
	address string
	named   *Named
}

// Address is where a request comes from, as far as it can be believed: the machine that connected, or, when that is a
// trusted proxy, the last one that none of the trusted are.
func Address(ctx context.Context) string {
	o, _ := ctx.Value(originKey{}).(origin)
	return o.address
}

// NamedBy returns the user whom a trusted proxy names for a request, or nil.
func NamedBy(ctx context.Context) *Named {
	o, _ := ctx.Value(originKey{}).(origin)
	return o.named
}

// Wrap finds out where requests come from, once, and takes the headers away with which others could claim to be a
// proxy or somebody else, whoever sends them.
func (p Proxies) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := origin{address: p.address(r)}
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && p.trusts(peer.Addr()) {
			o.named = p.named(r.Header)
		}
		r = r.WithContext(context.WithValue(r.Context(), originKey{}, o))
		for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", p.User, p.Email, p.GroupsHeader} {
			p.strip(r.Header, name)
		}
		next.ServeHTTP(w, r)
	})
}

// strip removes a header also in spellings that some proxies and gateways take for the same: X_User for X-User.
func (p Proxies) strip(h http.Header, name string) {
	if name == "" {
		return
	}
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }
	for other := range h {
		if plain(other) == plain(name) {
			delete(h, other)
		}
	}
}

func (p Proxies) trusts(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(p.Trusted, func(t netip.Prefix) bool { return t.Contains(a) })
}

// address walks the chain of X-Forwarded-For from its end, where each proxy adds the machine that connected to it, as
// long as machines are trusted. What is before that can be made up.
func (p Proxies) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.trusts(at) {
			break
		}
		before, err := hopAddress(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		at = before
	}
	return at.Unmap().WithZone("").String()
}

// hopAddress reads an address, which some proxies write with a port.
func hopAddress(text string) (netip.Addr, error) {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr(), nil
	}
	return netip.ParseAddr(strings.Trim(text, "[]"))
}

// named reads who is signed in. A header that came twice is nobody's: one of the two may be the visitor's own.
func (p Proxies) named(h http.Header) *Named {
	if p.User == "" || len(h.Values(p.User)) != 1 {
		return nil
	}
	n := Named{User: strings.TrimSpace(h.Get(p.User))}
	if n.User == "" {
		return nil
	}
	if p.Email != "" && len(h.Values(p.Email)) == 1 {
		n.Email = strings.TrimSpace(h.Get(p.Email))
	}
	if p.GroupsHeader != "" && len(h.Values(p.GroupsHeader)) == 1 {
		for group := range strings.SplitSeq(h.Get(p.GroupsHeader), ",") {
			if group = strings.TrimSpace(group); group != "" {
				n.Groups = append(n.Groups, group)
			}
		}
	}
	return &n
}
