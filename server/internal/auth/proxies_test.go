package auth

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"testing"
)

// seen is what a handler behind Wrap finds out about a request.
func seen(p Proxies, r *http.Request) (address string, named *Named, left http.Header) {
	p.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		address, named, left = Address(r.Context()), NamedBy(r.Context()), r.Header
	})).ServeHTTP(httptest.NewRecorder(), r)
	return address, named, left
}

func TestWhereARequestComesFrom(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::1/128")}
	for _, tc := range []struct {
		name, peer string
		trusted    []netip.Prefix
		forwarded  []string
		want       string
	}{
		{"no proxy", "192.0.2.1:1234", trusted, nil, "192.0.2.1"},
		{"a proxy", "10.0.0.5:1", trusted, []string{"192.0.2.9"}, "192.0.2.9"},
		{"a proxy that says nothing", "10.0.0.5:1", trusted, nil, "10.0.0.5"},
		{"a chain", "10.0.0.5:1", trusted, []string{"192.0.2.9, 10.0.0.7", "10.0.0.6"}, "192.0.2.9"},
		{"made up before the chain", "10.0.0.5:1", trusted, []string{"203.0.113.1, 192.0.2.9"}, "192.0.2.9"},
		{"all trusted", "10.0.0.5:1", trusted, []string{"10.0.0.8, 10.0.0.7"}, "10.0.0.8"},
		{"with a port, of IPv6", "[fd00::1]:1", trusted, []string{"[2001:db8::1]:443"}, "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.5]:1", trusted, []string{"::ffff:192.0.2.9"}, "192.0.2.9"},
		{"rubbish", "10.0.0.5:1", trusted, []string{"unknown"}, "10.0.0.5"},
		{"from elsewhere", "192.0.2.1:1", trusted, []string{"10.0.0.9"}, "192.0.2.1"},
		{"nobody is trusted", "10.0.0.5:1", nil, []string{"192.0.2.9"}, "10.0.0.5"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header = tc.peer, http.Header{"X-Forwarded-For": tc.forwarded}
		if got, _, left := seen(Proxies{Trusted: tc.trusted}, r); got != tc.want || left.Get("X-Forwarded-For") != "" {
			t.Errorf("%s: Address = %q with %v left, want %q and no header", tc.name, got, left, tc.want)
		}
	}
}

func TestWhomAProxyNames(t *testing.T) {
	p := Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32")}, User: "X-User", Email: "X-Email", GroupsHeader: "X-Groups"}
	ada := &Named{User: "ada", Email: "ada@example.com", Groups: []string{"sre", "leads"}}
	full := http.Header{"X-User": {"ada"}, "X-Email": {"ada@example.com"}, "X-Groups": {"sre, leads,"}}
	for _, tc := range []struct {
		name, peer string
		proxies    Proxies
		header     http.Header
		want       *Named
	}{
		{"a trusted proxy", "10.0.0.5:1", p, full, ada},
		{"somebody else", "10.0.0.6:1", p, full, nil},
		{"a user twice", "10.0.0.5:1", p, http.Header{"X-User": {"ada", "admin"}}, nil},
		{"no user", "10.0.0.5:1", p, http.Header{"X-User": {" "}, "X-Groups": {"leads"}}, nil},
		{"groups twice", "10.0.0.5:1", p, http.Header{"X-User": {"ada"}, "X-Groups": {"sre", "leads"}}, &Named{User: "ada"}},
		{"switched off", "10.0.0.5:1", Proxies{Trusted: p.Trusted}, full, nil},
		{"another spelling", "10.0.0.6:1", p, http.Header{"X_user": {"admin"}, "x-user": {"admin"}}, nil},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header = tc.peer, tc.header.Clone()
		_, got, left := seen(tc.proxies, r)
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: NamedBy = %+v, want %+v", tc.name, got, tc.want)
		}
		if tc.proxies.User != "" && len(left) > 0 {
			t.Errorf("%s: %v is left for others to believe", tc.name, left)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("192.0.2.9, 10.0.0.7")
	f.Add("[::1]:80,,%,fe80::1%eth0")
	p := Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	f.Fuzz(func(t *testing.T, forwarded string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header = "10.0.0.5:1", http.Header{"X-Forwarded-For": {forwarded}}
		got, _, _ := seen(p, r)
		if _, err := netip.ParseAddr(got); err != nil {
			t.Errorf("Address for %q = %q, which is no address", forwarded, got)
		}
	})
}
