package gitlab

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/gitlab/gitlabtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestTrackerAddresses(t *testing.T) {
	for _, tc := range []struct{ base, address, want string }{
		{"", "https://gitlab.com/example/ops/-/issues/12", "example/ops#12"},
		{"", "https://gitlab.com/Example/Ops/-/issues/12/#note_1", "example/ops#12"},
		{"", "https://gitlab.com/example/sub/shop/-/issues/12", "example/sub/shop#12"},
		{"https://example.com/gitlab", "https://example.com/gitlab/example/ops/-/issues/12", "example/ops#12"},
		{"https://example.com/gitlab", "https://example.com/example/ops/-/issues/12", ""},
		{"", "https://gitlab.com/example/secret/-/issues/12", ""}, // the token may reach it, the connection does not name it
		{"", "https://gitlab.com/example/ops/-/merge_requests/12", ""},
		{"", "https://gitlab.com/example/ops/-/issues/12/../13", ""},
		{"", "https://gitlab.com/example/ops/-/issues/-1", ""},
		{"", "https://gitlab.example.com/example/ops/-/issues/12", ""},
		{"", "no address", ""},
	} {
		cfg := importers.Config{Settings: map[string]string{"url": tc.base, "projects": "example/ops", "deploy_projects": "example/sub/shop"}}
		if got, ours := issueAt(cfg, tc.address); ours != (tc.want != "") || ours && got != tc.want {
			t.Errorf("issueAt(%q) = %q, %v, want %q", tc.address, got, ours, tc.want)
		}
	}
}

func TestTrackerLook(t *testing.T) {
	f := gitlabtest.New()
	add := func(iid int, fields gitlabtest.Object) {
		f.Issues["example/ops"] = append(f.Issues["example/ops"], importertest.With(gitlabtest.Object{"id": 5000 + iid, "iid": iid, "issue_type": "issue", "title": "Synthetic issue",
			"state": "opened", "confidential": false, "closed_at": nil, "due_date": nil, "moved_to_id": nil, "updated_at": gitlabtest.Stamp(0)}, fields))
	}
	add(200, gitlabtest.Object{"due_date": "2026-03-05", "assignees": []gitlabtest.Object{{"username": "responder-one"}, {"username": "responder-two"}}})
	add(201, gitlabtest.Object{"state": "closed", "closed_at": "2026-03-03T10:00:00.000Z"})
	add(202, gitlabtest.Object{"state": "closed", "closed_at": "2026-03-03T10:00:00.000Z", "moved_to_id": 9})
	add(203, gitlabtest.Object{"title": "<script>alert(1)</script>\n\u202e" + strings.Repeat("ä", 400)})
	in := importertest.Input(t, Source(), gitlabtest.Upstream.Config(importertest.Served(t, f)))
	for _, tc := range []struct{ id, state, outcome, trouble string }{
		{"example/ops#200", incident.ActionOpen, "open", ""},
		{"example/ops#201", incident.ActionDone, "closed", ""},
		{"example/ops#202", "", "", "it was moved"},
		{"example/ops#131", "", "", "it is confidential"},
		{"example/ops#999", "", "", "it is not there"},
	} {
		got, err := importertest.LookAt(tracker, in, tc.id)
		if err != nil || got.State != tc.state || got.Outcome != tc.outcome || !strings.HasPrefix(got.Trouble, tc.trouble) || (got.Trouble == "") != (tc.trouble == "") {
			t.Errorf("%s: %+v, %v, want %s, %s, %q", tc.id, got, err, tc.state, tc.outcome, tc.trouble)
		}
		if done := tc.state == incident.ActionDone; done && got.Closed.Format("2006-01-02 15:04") != "2026-03-03 10:00" || !done && !got.Closed.IsZero() {
			t.Errorf("%s: closed %v", tc.id, got.Closed)
		}
		if tc.id == "example/ops#200" && (got.Due.Format("2006-01-02 15:04:05") != "2026-03-05 23:59:59" || got.Assignee != "responder-one, responder-two") {
			t.Errorf("due %v, of %q", got.Due, got.Assignee)
		}
		if tc.trouble != "" && got.Title != "" {
			t.Errorf("%s: an issue that is not shown shows its title %q", tc.id, got.Title)
		}
	}
	got, err := importertest.LookAt(tracker, in, "example/ops#203")
	if err != nil || len(got.Title) > 300 || strings.ContainsAny(got.Title, "\n\u202e\ufffd") || !strings.HasPrefix(got.Title, "<script>") {
		t.Errorf("a hostile title became %q, %v", got.Title, err)
	}
}

func TestTrackerRefused(t *testing.T) {
	for status, want := range map[int]string{401: "may not see it", 403: "may not see it", 404: "it is not there"} {
		in := importertest.Input(t, Source(), gitlabtest.Upstream.Config(importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			importertest.Answer(w, status, gitlabtest.Object{"message": "no"})
		}))))
		if got, err := importertest.LookAt(tracker, in, "example/ops#7"); err != nil || !strings.Contains(got.Trouble, want) {
			t.Errorf("%d: %q, %v, want %q", status, got.Trouble, err, want)
		}
	}
}

// TestTrackerRequests: issues of one project are listed by a hundred.
func TestTrackerRequests(t *testing.T) {
	in := importertest.Input(t, Source(), gitlabtest.Upstream.Config(importertest.Served(t, gitlabtest.New())))
	if n := importertest.LookThrough(t, tracker, in, "example/ops#%d", 1000); n != 10 {
		t.Errorf("1,000 issues took %d requests, want 10", n)
	}
}
