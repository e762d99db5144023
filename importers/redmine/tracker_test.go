package redmine

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/redmine/redminetest"
	"hindsight/incident"
)

func TestTrackerAddresses(t *testing.T) {
	for _, tc := range []struct{ base, address, want string }{
		{"https://redmine.example.com", "https://redmine.example.com/issues/12", "12"},
		{"https://redmine.example.com/", "https://Redmine.example.com/issues/12/#note-3", "12"},
		{"https://example.com/redmine", "https://example.com/redmine/issues/12", "12"},
		{"https://example.com/redmine", "https://example.com/issues/12", ""},
		{"https://redmine.example.com", "https://redmine.example.org/issues/12", ""},
		{"https://redmine.example.com", "https://redmine.example.com/issues/12/../13", ""},
		{"https://redmine.example.com", "https://redmine.example.com/issues/0", ""},
		{"https://redmine.example.com", "https://redmine.example.com/news/12", ""},
		{"https://redmine.example.com", "no address", ""},
	} {
		got, ours := issueAt(importers.Config{Settings: map[string]string{"url": tc.base}}, tc.address)
		if ours != (tc.want != "") || ours && got != tc.want {
			t.Errorf("issueAt(%q) = %q, %v, want %q", tc.address, got, ours, tc.want)
		}
	}
}

func TestTrackerLook(t *testing.T) {
	f := redminetest.New(redminetest.Many(9)...)
	set := func(id int, fields redminetest.Issue) {
		for name, value := range fields {
			f.Issues[id][name] = value
		}
	}
	status := func(id int, name string, closed bool) map[string]any {
		return map[string]any{"id": id, "name": name, "is_closed": closed}
	}
	const end = "2026-10-21T09:00:00Z"
	set(1, redminetest.Issue{"due_date": "2026-11-05", "assigned_to": redminetest.Named(4, "Responder One")})
	set(2, redminetest.Issue{"status": status(5, "Closed", true), "closed_on": end})
	set(3, redminetest.Issue{"status": status(6, "Rejected", true), "closed_on": end})
	set(4, redminetest.Issue{"status": redminetest.Named(5, "Closed"), "closed_on": end})      // before Redmine 5
	set(5, redminetest.Issue{"status": redminetest.Named(2, "In Progress"), "closed_on": end}) // opened again
	set(6, redminetest.Issue{"project": redminetest.Named(2, "secret")})
	set(7, redminetest.Issue{"is_private": true})
	set(8, redminetest.Issue{"subject": "<script>alert(1)</script>\n\u202e" + strings.Repeat("ä", 400)})
	cfg := redminetest.Upstream.Config(importertest.Served(t, f))
	cfg.Settings["projects"] = "ops"
	in := importertest.Input(t, Source(), cfg)
	for _, tc := range []struct{ id, state, outcome, trouble string }{
		{"1", incident.ActionOpen, "New", ""},
		{"2", incident.ActionDone, "Closed", ""},
		{"3", incident.ActionDropped, "Rejected", ""},
		{"4", incident.ActionDone, "Closed", ""},
		{"5", incident.ActionOpen, "In Progress", ""},
		{"6", "", "", "it is in none of the projects"},
		{"7", "", "", "it is private"},
		{"999", "", "", "it is in none of the projects"},
	} {
		got, err := importertest.LookAt(tracker, in, tc.id)
		if err != nil || got.State != tc.state || got.Outcome != tc.outcome || !strings.HasPrefix(got.Trouble, tc.trouble) || (got.Trouble == "") != (tc.trouble == "") {
			t.Errorf("%s: %+v, %v, want %s, %s, %q", tc.id, got, err, tc.state, tc.outcome, tc.trouble)
		}
		if over := tc.state == incident.ActionDone || tc.state == incident.ActionDropped; over && got.Closed.Format("2006-01-02 15:04") != "2026-10-21 09:00" || !over && !got.Closed.IsZero() {
			t.Errorf("%s: closed %v", tc.id, got.Closed)
		}
		if tc.id == "1" && (got.Due.Format("2006-01-02 15:04:05") != "2026-11-05 23:59:59" || got.Assignee != "Responder One") {
			t.Errorf("due %v, of %q", got.Due, got.Assignee)
		}
		if tc.trouble != "" && got.Title != "" {
			t.Errorf("%s: an issue that is not ours shows its title %q", tc.id, got.Title)
		}
	}
	got, err := importertest.LookAt(tracker, in, "8")
	if err != nil || len(got.Title) > 300 || strings.ContainsAny(got.Title, "\n\u202e\ufffd") || !strings.HasPrefix(got.Title, "<script>") {
		t.Errorf("a hostile title became %q, %v", got.Title, err)
	}
}

func TestTrackerRefused(t *testing.T) {
	for status, want := range map[int]string{401: "may not see it", 403: "may not see it", 404: "not there"} {
		f := redminetest.New()
		in := importertest.Input(t, Source(), redminetest.Upstream.Config(importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/issues.json" {
				w.WriteHeader(status)
				return
			}
			f.ServeHTTP(w, r)
		}))))
		if got, err := importertest.LookAt(tracker, in, "7"); err != nil || !strings.Contains(got.Trouble, want) {
			t.Errorf("%d: %q, %v, want %q", status, got.Trouble, err, want)
		}
	}
	cfg := redminetest.Upstream.Config(importertest.Served(t, redminetest.New(redminetest.Many(3)...)))
	cfg.Settings["key"] = "wrong"
	if got, err := importertest.LookAt(tracker, importertest.Input(t, Source(), cfg), "1"); err != nil || !strings.Contains(got.Trouble, "may not see it") || got.Title != "" {
		t.Errorf("a wrong key: %+v, %v", got, err)
	}
}

// TestTrackerRequests: a hundred issues take a request for each project, one that proves the key, and before Redmine 5 one for the statuses.
func TestTrackerRequests(t *testing.T) {
	in := importertest.Input(t, Source(), redminetest.Upstream.Config(importertest.Served(t, redminetest.New(redminetest.Many(1000)...))))
	if n := importertest.LookThrough(t, tracker, in, "%d", 1000); n != 30 {
		t.Errorf("1,000 issues took %d requests, want 30", n)
	}
}
