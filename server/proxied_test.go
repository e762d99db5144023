package main

import (
	"bytes"
	"compress/gzip"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/config"
)

// configured serves an installation with settings of its own.
func configured(t *testing.T, c config.Config) site {
	t.Helper()
	c.Data, c.BaseURL = t.TempDir(), "http://127.0.0.1"
	a, err := app.Open(t.Context(), app.Options{Config: c, Parts: app.Found, Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, a)
	if _, err := a.Desk.Auth.CreateUser(t.Context(), "local", "", password, incident.Admin); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestProxySignIn: who a trusted proxy names is signed in, by page and by API, as what their groups say; the same headers from anywhere else, and
// spelt otherwise, sign nobody in.
func TestProxySignIn(t *testing.T) {
	proxies := auth.Proxies{User: "X-Auth-User", Email: "X-Auth-Email", GroupsHeader: "X-Auth-Groups"}
	joining := auth.Joining{Roles: []auth.GroupRole{{Group: "sre", Role: incident.Editor}}}
	from := func(network string) site {
		p := proxies
		p.Trusted = []netip.Prefix{netip.MustParsePrefix(network)}
		return configured(t, config.Config{Proxies: p, Joining: joining})
	}
	trusted, elsewhere := from("127.0.0.1/32"), from("192.0.2.0/24")
	named := http.Header{"X-Auth-User": {"ann"}, "X-Auth-Email": {"ann@example.com"}, "X-Auth-Groups": {"sre"}, "X-Forwarded-For": {"198.51.100.7"}}
	for _, tc := range []struct {
		name   string
		site   site
		header http.Header
		page   int
		api    int
	}{
		{"named by a trusted proxy", trusted, named, http.StatusOK, http.StatusOK},
		{"not named", trusted, http.Header{}, http.StatusSeeOther, http.StatusUnauthorized},
		{"in no group that may", trusted, http.Header{"X-Auth-User": {"eve"}, "X-Auth-Groups": {"others"}}, http.StatusForbidden, http.StatusUnauthorized},
		{"named by somebody else", elsewhere, named, http.StatusSeeOther, http.StatusUnauthorized},
		{"with lower dashes, by somebody else", elsewhere, http.Header{"X_Auth_User": {"ann"}, "X_auth_groups": {"sre"}}, http.StatusSeeOther, http.StatusUnauthorized},
		{"with lower dashes, by the proxy", trusted, http.Header{"X_Auth_User": {"local"}}, http.StatusSeeOther, http.StatusUnauthorized},
	} {
		v := tc.site.visitor(t)
		if got := v.do(t, http.MethodGet, "/incidents", nil, tc.header); got.status != tc.page {
			t.Errorf("%s: GET /incidents = %d, want %d\n%.300s", tc.name, got.status, tc.page, got.body)
		}
		if got := v.do(t, http.MethodGet, "/api/v1/services", nil, tc.header); got.status != tc.api {
			t.Errorf("%s: GET /api/v1/services = %d, want %d\n%.300s", tc.name, got.status, tc.api, got.body)
		}
	}
	if u, err := trusted.app.Desk.Store.UserByName(t.Context(), "ann"); err != nil || u.Role != incident.Editor || u.Email != "ann@example.com" {
		t.Errorf("the proxy's user is %+v, %v; want an editor", u, err)
	}
	v := trusted.visitor(t)
	v.do(t, http.MethodGet, "/admin/users", nil, named)
	refused, err := trusted.app.Desk.Store.Audit(t.Context(), incident.AuditFilter{Action: incident.AuditRefused})
	if err != nil || len(refused) != 1 || refused[0].Actor.Name != "ann" || refused[0].Actor.From != "198.51.100.7" {
		t.Errorf("the audit log tells of refusals %+v, %v; want one, of ann from 198.51.100.7", refused, err)
	}
	failed, err := trusted.app.Desk.Store.Audit(t.Context(), incident.AuditFilter{Action: incident.AuditSignInFailed})
	if err != nil || len(failed) != 1 || !strings.Contains(string(failed[0].Facts), `"proxy"`) {
		t.Errorf("the audit log tells of failed sign-ins %+v, %v; want one, by the proxy", failed, err)
	}
}

// TestTooManyThroughTheServer: the whole server answers 429 with when to come again, to pages, programs and providers, and lets them in
// then; what came too often is in the audit log.
func TestTooManyThroughTheServer(t *testing.T) {
	s := configured(t, config.Config{RateLimit: 1})
	v := s.visitor(t)
	for path, kind := range map[string]string{"/api/v1/services": "application/problem+json", "/scim/v2/Users": "application/problem+json", "/login": "text/plain; charset=utf-8"} {
		var got response
		for range 200 {
			if got = v.get(t, path); got.status == http.StatusTooManyRequests {
				break
			}
		}
		wait, err := strconv.Atoi(got.header.Get("Retry-After"))
		if got.status != http.StatusTooManyRequests || err != nil || wait < 1 || wait > 60 || got.header.Get("Content-Type") != kind || got.header.Get("Content-Security-Policy") == "" {
			t.Errorf("GET %s, again and again = %d with %v, want 429 as %s with Retry-After and the headers of every answer", path, got.status, got.header, kind)
		}
	}
	if got := v.get(t, "/healthz"); got.status != http.StatusOK {
		t.Errorf("GET /healthz meanwhile = %d, want 200", got.status)
	}
	refused, err := s.app.Desk.Store.Audit(t.Context(), incident.AuditFilter{Action: incident.AuditRefused})
	if err != nil || len(refused) < 1 || len(refused) > 2 || !strings.Contains(string(refused[0].Facts), "too many") {
		t.Errorf("the audit log tells of %+v, %v; want that there were too many, once a minute", refused, err)
	}
}

// TestCompressedBodies: a body that is compressed is not unpacked, however much it would be, and is refused.
func TestCompressedBodies(t *testing.T) {
	s := configured(t, config.Config{})
	in := installation{dir: s.app.Config.Data}
	token := s.withToken(t, in, "editor")
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write([]byte(`{"title":"`))
	z.Write(bytes.Repeat([]byte("x"), 64<<20))
	z.Close() // writing to memory does not fail
	for _, kind := range []string{"application/json", "application/json; charset=gzip"} {
		got := token.do(t, http.MethodPost, "/api/v1/incidents", bytes.NewReader(bomb.Bytes()), http.Header{"Content-Type": {kind}, "Content-Encoding": {"gzip"}, "Authorization": {"Bearer " + token.token}})
		if got.status < 400 || got.status >= 500 {
			t.Errorf("POST /api/v1/incidents with 64 MB in %d bytes of %s = %d, want it refused", bomb.Len(), kind, got.status)
		}
	}
}
