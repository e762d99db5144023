package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestRefusalsAreAudited: pages and operations that somebody may not have, requests of other sites, tokens that are none and answers of
// the API that carry private incidents away leave entries; repeating them leaves no more.
func TestRefusalsAreAudited(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		in.run(t, "import", "table", "--file", "testdata/private.csv")
		s := in.serve(t, false, false)
		admin, token := s.withToken(t, in, "admin"), s.withToken(t, in, "viewer")
		id, _ := hide(t, admin)
		if err := s.app.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		viewer, nobody := s.signedIn(t, in, "viewer"), s.visitor(t)
		for range 3 {
			for path, want := range map[string]int{"/admin/users": http.StatusForbidden, "/incidents/" + id: http.StatusNotFound} {
				if got := viewer.get(t, path); got.status != want {
					t.Errorf("GET %s as viewer = %d, want %d", path, got.status, want)
				}
			}
			token.send(t, http.MethodPost, "/api/v1/incidents", map[string]any{"title": "x"})
			token.get(t, "/scim/v2/Users")
			token.get(t, "/api/v1/incidents?limit=50")
			admin.get(t, "/api/v1/incidents?limit=50")
			admin.get(t, "/api/v1/charts/ttr-dots.csv")
			viewer.do(t, http.MethodPost, "/me/theme", strings.NewReader("theme=dark"), http.Header{"Sec-Fetch-Site": {"cross-site"}, "Content-Type": {"application/x-www-form-urlencoded"}})
			nobody.do(t, http.MethodGet, "/api/v1/incidents", nil, http.Header{"Authorization": {"Bearer hs_of-nobody-at-all"}})
			nobody.get(t, "/admin/users")
		}
		var page struct {
			Items []audited `json:"items"`
		}
		admin.getJSON(t, "/api/v1/audit?limit=500", &page)
		for _, want := range []struct {
			actor, action, kind, object string
			of                          func(audited) bool
		}{
			{"viewer", "refused", "route", "GET /admin/users", func(e audited) bool { return e.Facts["needs"] == "administer" && e.From == "127.0.0.1" }},
			{"for viewer", "refused", "route", "POST /api/v1/incidents", func(e audited) bool { return e.Facts["needs"] == "write" && e.ActorKind == "token" }},
			{"for viewer", "refused", "route", "GET /scim/v2/Users", func(e audited) bool { return e.ActorKind == "token" }},
			{"", "refused", "request", "", func(e audited) bool { return e.Facts["why"] == "it came from another site" }},
			{"", "sign-in failed", "session", "", func(e audited) bool { return e.Facts["step"] == "token" && e.ActorKind == "visitor" }},
			{"for admin", "exported", "export", "/api/v1/incidents", func(e audited) bool { return e.After["filter"] == "limit=50" && e.Facts["rows"] == 1.0 }},
			{"for admin", "exported", "export", "/api/v1/charts/ttr-dots.csv", func(e audited) bool { return e.Facts["rows"] == nil }},
		} {
			n := 0
			for _, e := range page.Items {
				if strings.HasPrefix(e.Actor, want.actor) && (want.actor != "" || e.Actor == "") && e.Action == want.action && e.ObjectKind == want.kind && e.ObjectID == want.object && want.of(e) {
					n++
				}
			}
			if n < 1 || n > 2 { // the minute may end in between
				t.Errorf("%d entries %q %s %s, want one\n%+v", n, want.actor, want.action, want.object, page.Items)
			}
		}
		for _, e := range page.Items {
			if e.Action == "refused" && e.ObjectKind == "route" && e.ActorKind == "visitor" || e.ObjectID == "GET /incidents/:id" {
				t.Errorf("an entry tells of what is no refusal: %+v", e)
			}
		}
		if got := admin.get(t, "/api/v1/audit?limit=500").body; strings.Contains(got, "of-nobody-at-all") {
			t.Errorf("the audit log has what was sent as a token")
		}
	})
}

// TestStrangersCannotFloodTheAuditLog: whoever is not signed in leaves no more than so many entries a minute, from however many addresses.
func TestStrangersCannotFloodTheAuditLog(t *testing.T) {
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	admin := s.withToken(t, in, "admin")
	before := auditCount(t, admin)
	for i := range 200 {
		s.app.Desk.RefusedStranger(t.Context(), fmt.Sprintf("192.0.2.%d", i), "", "it came from another site")
	}
	if n := auditCount(t, admin) - before; n < 1 || n > 2*60 { // the minute may end in between
		t.Errorf("200 refusals left %d entries, want 60 at most in a minute", n)
	}
}

func auditCount(t *testing.T, admin visitor) int {
	t.Helper()
	var head struct {
		Seq int `json:"seq"`
	}
	admin.getJSON(t, "/api/v1/audit/head", &head)
	return head.Seq
}
