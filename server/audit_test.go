package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// audited is an entry as the API gives it.
type audited struct {
	Seq        int64          `json:"seq"`
	ActorKind  string         `json:"actor_kind"`
	Actor      string         `json:"actor"`
	Action     string         `json:"action"`
	ObjectKind string         `json:"object_kind"`
	ObjectID   string         `json:"object_id"`
	Object     string         `json:"object"`
	Before     map[string]any `json:"before"`
	After      map[string]any `json:"after"`
	Facts      map[string]any `json:"facts"`
	Hidden     bool           `json:"hidden"`
	From       string         `json:"from"`
}

// TestAudit: what people and tokens do through pages and the API is in the log with who, from where, before and after; secrets are
// not; who may not see a private incident does not learn of it there; and the chain holds.
func TestAudit(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", "testdata/private.csv")
	s := in.serve(t, false, false)
	admin := s.signedIn(t, in, "admin")
	s.visitor(t).post(t, "/login", url.Values{"name": {"admin"}, "password": {"wrong-wrong-wrong"}})
	s.visitor(t).post(t, "/login", url.Values{"name": {"hunter2hunter2"}, "password": {"wrong-wrong-wrong"}})
	token := s.withToken(t, in, "admin")
	id, _ := hide(t, token)
	token.get(t, "/api/v1/incidents/"+id)
	if got := admin.get(t, "/incidents/"+id); got.status != http.StatusOK || !strings.Contains(got.body, "/admin/audit?object="+id) {
		t.Errorf("GET /incidents/%s = %d, want 200 and a link to what was done to it", id, got.status)
	}
	admin.get(t, "/incidents/export.csv?q=incident")
	admin.post(t, "/logout", nil)

	var page struct {
		Items []audited `json:"items"`
	}
	token.getJSON(t, "/api/v1/audit?limit=500", &page)
	for _, want := range []struct {
		actor, action, kind string
		of                  func(audited) bool
	}{
		{"uid", "created", "user", func(e audited) bool { return e.ActorKind == "command" && e.After["password_hash"] == "set" }},
		{"admin", "signed in", "session", func(e audited) bool { return e.From == "127.0.0.1" }},
		{"", "sign-in failed", "session", func(e audited) bool { return e.Object == "admin" && e.ActorKind == "visitor" }},
		{"", "sign-in failed", "session", func(e audited) bool { return e.Object == "" }},
		{"uid", "created", "token", func(e audited) bool { return e.After["hash"] == "set" }},
		{"for admin", "changed", "incident", func(e audited) bool { return e.ObjectID == id && e.After["private"] == true }},
		{"for admin", "read", "incident", func(e audited) bool { return e.ObjectID == id }},
		{"admin", "read", "incident", func(e audited) bool { return e.ObjectID == id }},
		{"admin", "exported", "export", func(e audited) bool {
			return e.ObjectID == "/incidents/export.csv" && e.After["filter"] == "q=incident" && e.Facts["rows"] != nil
		}},
		{"admin", "signed out", "session", func(e audited) bool { return e.Object == "admin" }},
	} {
		found := false
		for _, e := range page.Items {
			found = found || strings.HasPrefix(e.Actor, want.actor) && e.Action == want.action && e.ObjectKind == want.kind && want.of(e)
		}
		if !found {
			t.Errorf("the audit log has no entry: %q %s %s\n%+v", want.actor, want.action, want.kind, page.Items)
		}
	}
	everything := token.get(t, "/api/v1/audit?limit=500").body
	for _, secret := range []string{token.token, password, "argon2id", "wrong-wrong", "hunter2"} {
		if strings.Contains(everything, secret) {
			t.Errorf("the audit log has %q", secret)
		}
	}
	for _, command := range []string{"doctor", "audit verify"} {
		if got := in.mustRun(t, strings.Fields(command)...); !strings.Contains(got, "all hold") {
			t.Errorf("hindsight %s prints %q", command, got)
		}
	}
	head := strings.TrimSpace(in.mustRun(t, "audit", "head"))
	if got := in.mustRun(t, "audit", "verify", "--noted", head); !strings.Contains(got, head) {
		t.Errorf("hindsight audit verify --noted %s prints %q", head, got)
	}
	if got := in.run(t, "audit", "verify", "--noted", head[:len(head)-8]+"00000000"); got.code == 0 {
		t.Errorf("hindsight audit verify with another hash = %d, want a failure", got.code)
	}
}

// TestAuditPage: the page, its filters and its files; a manager does not learn from it what is private; others do not get it.
func TestAuditPage(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", "testdata/private.csv")
	s := in.serve(t, false, false)
	token := s.withToken(t, in, "admin")
	id, _ := hide(t, token)
	token.send(t, http.MethodPatch, "/api/v1/incidents/"+id, map[string]any{"title": "Private " + secret})
	at := "/api/v1/incidents/" + id + "/retrospective"
	for _, told := range []struct {
		path string
		body any
	}{{"", map[string]any{}}, {"/moments", map[string]any{"title": "Moment " + secret, "at": "2026-06-01T10:00:00Z"}},
		{"/comments", map[string]any{"text": "Comment " + secret}}, {"/history", map[string]any{"name": "Snapshot " + secret}}} {
		if got := token.send(t, http.MethodPost, at+told.path, told.body); got.status != http.StatusCreated {
			t.Fatalf("POST %s = %d %s", at+told.path, got.status, got.body)
		}
	}
	if got := token.do(t, http.MethodPost, at+"/files?name="+secret+".log", strings.NewReader("x"), http.Header{"Content-Type": {"application/octet-stream"}}); got.status != http.StatusCreated {
		t.Fatalf("a file: %d %s", got.status, got.body)
	}
	admin, manager, editor := s.signedIn(t, in, "admin"), s.signedIn(t, in, "manager"), s.signedIn(t, in, "editor")
	s.visitor(t).post(t, "/login", url.Values{"name": {"admin"}, "password": {"wrong-wrong-wrong"}})
	if got := admin.get(t, "/admin/links"); got.status != http.StatusOK {
		t.Fatalf("GET /admin/links = %d", got.status)
	}
	for _, path := range []string{"/admin/audit", "/admin/audit?object=" + id, "/admin/audit.csv", "/admin/audit.jsonl", "/api/v1/audit"} {
		if got := admin.get(t, path); got.status != http.StatusOK || !strings.Contains(got.body, id) || !strings.Contains(got.body, secret) {
			t.Errorf("GET %s as admin = %d, want the incident and its title\n%.2000s", path, got.status, got.body)
		}
		if got := manager.get(t, path); got.status != http.StatusOK || strings.Contains(got.body, secret) {
			t.Errorf("GET %s as manager = %d, want no word of what is private", path, got.status)
		}
		if got := editor.get(t, path); got.status != http.StatusForbidden {
			t.Errorf("GET %s as editor = %d, want 403", path, got.status)
		}
	}
	for _, kind := range []string{"retrospective", "section", "moment", "comment", "snapshot", "file"} {
		path := "/admin/audit?kind=" + kind
		if got := admin.get(t, path); !strings.Contains(got.body, id) || kind != "section" && !strings.Contains(got.body, secret) {
			t.Errorf("GET %s as admin lacks what was done\n%.2000s", path, got.body)
		}
		if got := manager.get(t, path); !strings.Contains(got.body, id) || strings.Contains(got.body, secret) {
			t.Errorf("GET %s as manager: want that something was done to %s, and no word of it\n%.2000s", path, id, got.body)
		}
	}
	for line := range strings.Lines(manager.get(t, "/admin/audit.jsonl").body) {
		if strings.Contains(line, `"sign-in failed"`) && !strings.Contains(line, `"hidden":false`) {
			t.Errorf("what is about no incident is hidden beside what is: %s", line)
		}
	}
	if got := admin.get(t, "/admin/audit?who=admin&action=signed+in&kind=session"); !strings.Contains(got.body, "1 entry on this page") {
		t.Errorf("one sign-in by admin is not what the page shows:\n%.3000s", got.body)
	}
	for _, query := range []string{"?before=x", "?from=yesterday"} {
		if got := admin.get(t, "/admin/audit"+query); got.status != http.StatusUnprocessableEntity {
			t.Errorf("GET /admin/audit%s = %d, want 422", query, got.status)
		}
	}
}
