package jira

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/jira/jiratest"
	"hindsight/incident"
)

func TestTrackerAddresses(t *testing.T) {
	const oauth = "https://api.atlassian.com/ex/jira/11223344-a1b2-3b33-c444-def123456789"
	for _, tc := range []struct{ base, site, address, want string }{
		{"https://example.atlassian.net", "", "https://example.atlassian.net/browse/OPS-12", "OPS-12"},
		{"https://example.atlassian.net/", "", "https://Example.atlassian.net/browse/ops-12?focusedId=3#comment-3", "OPS-12"},
		{"https://example.atlassian.net", "", "https://example.atlassian.net/jira/software/projects/DEV/boards/1?selectedIssue=DEV-12", "DEV-12"},
		{"https://example.com/jira", "", "https://example.com/jira/browse/OPS-12", "OPS-12"},
		{"https://example.com/jira", "", "https://example.com/browse/OPS-12", ""},
		{oauth, "https://example.atlassian.net", "https://example.atlassian.net/browse/OPS-12", "OPS-12"},
		{oauth, "", "https://example.atlassian.net/browse/OPS-12", ""},
		{oauth, "", oauth + "/browse/OPS-12", ""}, // it is not for people
		{"https://example.atlassian.net", "", "https://example.atlassian.net/browse/SECRET-12", ""},
		{"https://example.atlassian.net", "", "https://example.atlassian.net/browse/OPS-12/../SECRET-1", ""},
		{"https://example.atlassian.net", "", "https://example.atlassian.net/browse/OPS-0", ""},
		{"https://example.atlassian.net", "", "https://example.org/browse/OPS-12", ""},
		{"https://example.atlassian.net", "", "no address", ""},
	} {
		cfg := importers.Config{Settings: map[string]string{"url": tc.base, "site": tc.site, "projects": "OPS", "link_projects": "dev"}}
		if got, ours := issueAt(cfg, tc.address); ours != (tc.want != "") || ours && got != tc.want {
			t.Errorf("issueAt(%q) = %q, %v, want %q", tc.address, got, ours, tc.want)
		}
	}
	if _, ours := issueAt(importers.Config{Settings: map[string]string{"url": "https://example.atlassian.net", "jql": "issuetype = Incident"}}, "https://example.atlassian.net/browse/OPS-12"); ours {
		t.Error("a connection that names no project shows an issue of any")
	}
}

func TestTrackerLook(t *testing.T) {
	status := func(name, category string) map[string]any {
		return map[string]any{"id": "77", "name": name, "statusCategory": map[string]any{"key": category}}
	}
	const end = "2026-03-03T18:00:00.000+0800"
	for _, deployment := range []string{cloud, dataCenter} {
		f := jiratest.New()
		set := func(n int, fields map[string]any) {
			for name, value := range fields {
				f.Issues[n-1].Fields[name] = value
			}
		}
		set(1, map[string]any{"status": status("Done", "new"), "duedate": "2026-03-05", "resolutiondate": end, "assignee": map[string]any{"displayName": "Responder One"}})
		set(2, map[string]any{"status": status("Wird gemacht", "indeterminate"), "resolutiondate": end}) // opened again
		set(3, map[string]any{"status": status("Erledigt", "done"), "resolutiondate": end})
		set(4, map[string]any{"status": status("Canceled", "done"), "resolutiondate": end})
		set(5, map[string]any{"status": status("Erledigt", "done"), "resolutiondate": end, "resolution": map[string]any{"name": "Duplicate"}})
		set(6, map[string]any{"security": map[string]any{"id": "1", "name": "Staff"}})
		f.Issues[6].Project = "SECRET" // it was moved
		f.Issues[7].Project = "DEV"
		set(9, map[string]any{"summary": "<script>alert(1)</script>\n\u202e" + strings.Repeat("ä", 400)})
		cfg := config(importertest.Served(t, contract(t, deployment, f)), deployment)
		cfg.Settings["link_projects"] = "dev"
		in := importertest.Input(t, Source(), cfg)
		for _, tc := range []struct{ id, name, state, outcome, trouble string }{
			{"OPS-1", "Jira OPS-1", incident.ActionOpen, "Done", ""},
			{"OPS-2", "Jira OPS-2", incident.ActionOpen, "Wird gemacht", ""},
			{"OPS-3", "Jira OPS-3", incident.ActionDone, "Erledigt", ""},
			{"OPS-4", "Jira OPS-4", incident.ActionDropped, "Canceled", ""},
			{"OPS-5", "Jira OPS-5", incident.ActionDropped, "Erledigt (Duplicate)", ""},
			{"OPS-6", "Jira OPS-6", "", "", "it has a security level"},
			{"OPS-7", "Jira OPS-7", "", "", "it is in none of the projects"},
			{"OPS-8", "Jira DEV-8", incident.ActionOpen, "Offen", ""},
			{"OPS-999", "Jira OPS-999", "", "", "it is not there"},
		} {
			if tc.id == "OPS-8" {
				set(8, map[string]any{"status": status("Offen", "new")})
			}
			got, err := importertest.LookAt(tracker, in, tc.id)
			if err != nil || got.Name != tc.name || got.State != tc.state || got.Outcome != tc.outcome || !strings.HasPrefix(got.Trouble, tc.trouble) || (got.Trouble == "") != (tc.trouble == "") {
				t.Errorf("%s %s: %+v, %v, want %s, %s, %s, %q", deployment, tc.id, got, err, tc.name, tc.state, tc.outcome, tc.trouble)
			}
			if over := tc.state == incident.ActionDone || tc.state == incident.ActionDropped; over && got.Closed.Format("2006-01-02 15:04") != "2026-03-03 10:00" || !over && !got.Closed.IsZero() {
				t.Errorf("%s %s: closed %v", deployment, tc.id, got.Closed)
			}
			if tc.id == "OPS-1" && (got.Due.Format("2006-01-02 15:04:05") != "2026-03-05 23:59:59" || got.Assignee != "Responder One") {
				t.Errorf("%s: due %v, of %q", deployment, got.Due, got.Assignee)
			}
			if tc.trouble != "" && got.Title != "" {
				t.Errorf("%s %s: an issue that is not ours shows its title %q", deployment, tc.id, got.Title)
			}
		}
		got, err := importertest.LookAt(tracker, in, "OPS-9")
		if err != nil || len(got.Title) > 300 || strings.ContainsAny(got.Title, "\n\u202e\ufffd") || !strings.HasPrefix(got.Title, "<script>") {
			t.Errorf("%s: a hostile title became %q, %v", deployment, got.Title, err)
		}
	}
}

func TestTrackerRefused(t *testing.T) {
	for status, want := range map[int]string{401: "may not see it", 403: "may not see it", 404: "it is not there"} {
		in := input(t, importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			importertest.Answer(w, status, map[string]any{"errorMessages": []string{"no"}})
		})), cloud)
		if got, err := importertest.LookAt(tracker, in, "OPS-7"); err != nil || !strings.Contains(got.Trouble, want) {
			t.Errorf("%d: %q, %v, want %q", status, got.Trouble, err, want)
		}
	}
}

// TestTrackerRequests: 200 issues take two requests on either deployment, and one more for each that a list leaves out.
func TestTrackerRequests(t *testing.T) {
	for _, deployment := range []string{cloud, dataCenter} {
		in := input(t, importertest.Served(t, contract(t, deployment, jiratest.New())), deployment)
		if n := importertest.LookThrough(t, tracker, in, "OPS-%d", 200); n != 2 {
			t.Errorf("%s: 200 issues took %d requests, want 2", deployment, n)
		}
		if n := importertest.LookThrough(t, tracker, in, "GONE-9%d", 3); n != 2+1+3 {
			t.Errorf("%s: 3 issues that are not there made it %d requests in all, want 6", deployment, n)
		}
	}
}
