package main

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/incident"
)

// TestProvisioning makes and disables a user through the whole program, as an identity provider does.
func TestProvisioning(t *testing.T) {
	in := installation{dir: t.TempDir()}
	s := in.serve(t, false, false)
	admin, provider := s.signedIn(t, in, "admin"), s.withToken(t, in, "admin")
	json := http.Header{"Content-Type": {"application/scim+json"}}
	made := provider.do(t, http.MethodPost, "/scim/v2/Users", strings.NewReader(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann@example.com","displayName":"Responder One"}`), json)
	if made.status != http.StatusCreated || !strings.HasPrefix(made.header.Get("Location"), "http://127.0.0.1/scim/v2/Users/usr_") {
		t.Fatalf("POST /scim/v2/Users = %d, at %q\n%s", made.status, made.header.Get("Location"), made.body)
	}
	if page := visibleText(t, admin.get(t, "/admin/users").body); !strings.Contains(page, "Responder One") {
		t.Errorf("the page of users does not show the user:\n%s", page)
	}
	entries, err := s.app.Desk.Store.Audit(t.Context(), incident.AuditFilter{ActorKind: incident.ActorToken, ObjectKind: "user"})
	if err != nil || len(entries) != 1 || entries[0].Actor.Name != "for admin" || entries[0].Object.Name != "ann@example.com" || entries[0].Action != incident.AuditCreated {
		t.Errorf("the audit log says %+v, %v; want that the token made the user", entries, err)
	}
	if got := s.withToken(t, in, "manager").get(t, "/scim/v2/Users"); got.status != http.StatusForbidden {
		t.Errorf("GET /scim/v2/Users with a manager's token = %d, want 403", got.status)
	}
	if got := admin.get(t, "/scim/v2/Users"); got.status != http.StatusUnauthorized {
		t.Errorf("GET /scim/v2/Users with an administrator's browser = %d, want 401", got.status)
	}
}
