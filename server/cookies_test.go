package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestCookies: over https every cookie belongs to this host alone, goes over https alone, to no script and with no request of
// another site, whatever page sets it.
func TestCookies(t *testing.T) {
	in := installation{dir: t.TempDir()}
	if got := in.runWith(t, password+"\n", "user", "add", "viewer", "--role", "viewer"); got.code != 0 {
		t.Fatalf("user add = %d: %s", got.code, got.err)
	}
	a, err := in.open(t, false, "https://hindsight.example.com")
	if err != nil {
		t.Fatal(err)
	}
	v := newSite(t, a).visitor(t)
	session, set := "", 0
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/login", url.Values{"name": {"viewer"}, "password": {password}}},
		{"/me/theme", url.Values{"theme": {"dark"}}},
		{"/me", url.Values{"zone": {"Europe/Berlin"}, "theme": {"light"}, "keys": {"off"}, "display": {"V"}}},
		{"/logout", nil},
	} {
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {session}}
		got := v.do(t, http.MethodPost, step.path, strings.NewReader(step.form.Encode()), header)
		cookies := got.header.Values("Set-Cookie")
		if len(cookies) == 0 {
			t.Errorf("POST %s = %d and sets no cookie", step.path, got.status)
		}
		for _, c := range cookies {
			set++
			if name, _, _ := strings.Cut(c, "="); strings.HasSuffix(name, "_session") {
				session, _, _ = strings.Cut(c, ";")
			}
			if !strings.HasPrefix(c, "__Host-hindsight_") || !strings.Contains(c, "; Path=/") || strings.Contains(c, "Domain=") {
				t.Errorf("POST %s sets %q, which is not of this host alone", step.path, c)
			}
			for _, flag := range []string{"; HttpOnly", "; Secure", "; SameSite=Lax"} {
				if !strings.Contains(c, flag) {
					t.Errorf("POST %s sets %q without %q", step.path, c, flag)
				}
			}
		}
		if step.path == "/logout" && got.header.Get("Clear-Site-Data") != `"storage"` {
			t.Errorf("POST /logout clears %q, want what scripts stored", got.header.Get("Clear-Site-Data"))
		}
	}
	if set < 6 {
		t.Errorf("%d cookies were set, want 6 or more", set)
	}
}

// TestHeadersOverHTTPS: browsers come back over https only for two years, on all hosts below this one, and keep no page.
func TestHeadersOverHTTPS(t *testing.T) {
	in := installation{dir: t.TempDir()}
	a, err := in.open(t, false, "https://hindsight.example.com")
	if err != nil {
		t.Fatal(err)
	}
	v := newSite(t, a).visitor(t)
	for _, path := range []string{"/", "/login", "/nowhere", "/api/v1/incidents", "/healthz"} {
		got := v.get(t, path)
		for name, want := range map[string]string{"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "Cache-Control": "no-store"} {
			if value := got.header.Get(name); value != want {
				t.Errorf("GET %s: %s is %q, want %q", path, name, value, want)
			}
		}
	}
}
