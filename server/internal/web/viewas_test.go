package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"hindsight/incident"
)

// TestViewAs: an administrator looks as an editor, sees what an editor sees, changes nothing by page or API, and comes back.
func TestViewAs(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.holds(s.get("/admin/roles", http.StatusOK), "the matrix", "change incidents, judge problems", "People who have it", "Look as an editor")
	_, to := s.post("/view-as", http.StatusSeeOther, "role", "editor", "next", "/incidents")
	if to != "/incidents" {
		t.Errorf("POST /view-as leads to %q, want /incidents", to)
	}
	s.holds(s.get("/incidents", http.StatusOK), "a page seen as an editor", "You look at Hindsight as an editor", "Back to my own view")
	s.get("/imports/new", http.StatusOK)
	s.holds(s.get("/admin/users", http.StatusForbidden), "what an editor may not", "needs the ability “administer”")
	refused, _ := s.post("/durations", http.StatusForbidden, "name", "x", "span", "opened..resolved")
	s.holds(refused, "a change while looking", "Nothing can be changed here")
	s.post("/admin/users", http.StatusForbidden, "name", "mallory", "password", password, "role", "admin")
	s.post("/api/v1/incidents", http.StatusForbidden)
	s.post("/view-as", http.StatusSeeOther, "role", "viewer")
	s.get("/imports/new", http.StatusForbidden)
	s.post("/view-as", http.StatusSeeOther, "role", "")
	s.get("/admin/users", http.StatusOK)
	s.post("/durations", http.StatusUnprocessableEntity)
}

// TestViewAsIsForAdministrators: nobody rises by it, not even with the cookie of somebody who may.
func TestViewAsIsForAdministrators(t *testing.T) {
	s := newImportSite(t, false)
	s.post("/view-as", http.StatusNotFound, "role", "admin")
	s.signIn(incident.Editor)
	s.post("/view-as", http.StatusNotFound, "role", "admin")
	home, err := url.Parse(s.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.browser.Jar.SetCookies(home, []*http.Cookie{{Name: "hindsight_role", Value: "admin"}})
	s.get("/admin/users", http.StatusForbidden)
	s.get("/imports/new", http.StatusOK)
	s.holds(s.get("/me", http.StatusOK), "their own page", "You are an editor", "✓ import", "✕ agree", "manager, admin")
}
