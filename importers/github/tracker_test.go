package github

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestAddressesOfIssues(t *testing.T) {
	for _, tc := range []struct{ api, address, want string }{
		{"", "https://github.com/example-org/shop/issues/12", "example-org/shop#12"},
		{"", "https://github.com/Example-Org/Shop/issues/12#issuecomment-1", "example-org/shop#12"},
		{"https://git.example.com/api/v3", "https://git.example.com/example-org/shop/issues/12", "example-org/shop#12"},
		{"", "https://github.com/example-org/secret/issues/12", ""}, // the token may reach it, the connection does not name it
		{"", "https://github.com/example-org/shop/pull/12", ""},
		{"", "https://github.com/example-org/shop/issues/-1", ""},
		{"", "https://github.com/example-org/shop/issues/12/../13", ""},
		{"", "https://git.example.com/example-org/shop/issues/12", ""},
		{"", "https://github.com.example.org/example-org/shop/issues/12", ""},
		{"", "no address", ""},
	} {
		cfg := importers.Config{Settings: map[string]string{"repos": "example-org/shop", "url": tc.api}}
		if got, ours := issueAt(cfg, tc.address); ours != (tc.want != "") || ours && got != tc.want {
			t.Errorf("issueAt(%q) = %q, %v, want %q", tc.address, got, ours, tc.want)
		}
	}
}

func TestLook(t *testing.T) {
	f := githubtest.New()
	const repo = "example-org/shop"
	closed := func(number int, reason any) {
		i := githubtest.Issue(repo, number, 9)
		i["state"], i["state_reason"], i["closed_at"], i["assignees"] = "closed", reason, "2026-03-03T10:00:00Z", []githubtest.Object{{"login": "responder-one"}, {"login": "responder-two"}}
		f.Add(repo, i)
	}
	closed(20, "completed")
	closed(21, "not_planned")
	closed(22, nil)
	hostile := githubtest.Issue(repo, 23, 9)
	hostile["title"] = "<script>alert(1)</script>\n\u202e" + strings.Repeat("ä", 400)
	f.Add(repo, hostile)
	f.Moved[repo+"#24"] = "/repos/example-org/incidents/issues/1"
	f.Deleted[repo+"#25"] = true
	in := importertest.Input(t, Source(), githubtest.Upstream.Config(importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", f))))
	for _, tc := range []struct{ id, state, outcome, trouble string }{
		{repo + "#7", incident.ActionOpen, "open", ""},
		{repo + "#20", incident.ActionDone, "closed as completed", ""},
		{repo + "#21", incident.ActionDropped, "closed as not planned", ""},
		{repo + "#22", incident.ActionDone, "closed as completed", ""},
		{repo + "#24", "", "", "it was moved to https://github.com/example-org/incidents/issues/1"},
		{repo + "#25", "", "", "it was deleted"},
		{repo + "#999", "", "", "it is not there"},
	} {
		got, err := importertest.LookAt(tracker, in, tc.id)
		if err != nil || got.State != tc.state || got.Outcome != tc.outcome || !strings.HasPrefix(got.Trouble, tc.trouble) || (got.Trouble == "") != (tc.trouble == "") {
			t.Errorf("%s: %+v, %v, want %s, %s, %q", tc.id, got, err, tc.state, tc.outcome, tc.trouble)
		}
		if tc.state == incident.ActionDone && (got.Assignee != "responder-one, responder-two" || got.Closed.Format("2006-01-02 15:04") != "2026-03-03 10:00") {
			t.Errorf("%s: closed %v by %q", tc.id, got.Closed, got.Assignee)
		}
	}
	got, err := importertest.LookAt(tracker, in, repo+"#23")
	if err != nil || len(got.Title) > 300 || strings.ContainsAny(got.Title, "\n\u202e\ufffd") || !strings.HasPrefix(got.Title, "<script>") {
		t.Errorf("a hostile title became %q, %v", got.Title, err)
	}
}

func TestLookRefused(t *testing.T) {
	for status, want := range map[int]string{401: "may not see it", 403: "may not see it", 404: "it is not there", 410: "it was deleted"} {
		in := importertest.Input(t, Source(), githubtest.Upstream.Config(importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			importertest.Answer(w, status, githubtest.Object{"message": "no"})
		}))))
		if got, err := importertest.LookAt(tracker, in, "example-org/shop#7"); err != nil || !strings.Contains(got.Trouble, want) {
			t.Errorf("%d: %q, %v, want %q", status, got.Trouble, err, want)
		}
	}
}

// TestLookRequests: each issue is a request; those that did not change are answered with 304, which costs nothing of the limit.
func TestLookRequests(t *testing.T) {
	f := githubtest.New()
	in := importertest.Input(t, Source(), githubtest.Upstream.Config(importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", f))))
	const id = "example-org/shop#7"
	first, err := tracker.Look(context.Background(), in, []importers.IssueAsked{{ID: id}})
	if err != nil || first[id].Tag == "" || first[id].Same {
		t.Fatalf("the first look: %+v, %v", first[id], err)
	}
	again, err := tracker.Look(context.Background(), in, []importers.IssueAsked{{ID: id, Tag: first[id].Tag}})
	if err != nil || !again[id].Same || again[id].Tag != first[id].Tag || again[id].Trouble != "" {
		t.Errorf("a look at what did not change: %+v, %v", again[id], err)
	}
	f.Issues["example-org/shop"][0]["title"] = "Another title"
	now, err := tracker.Look(context.Background(), in, []importers.IssueAsked{{ID: id, Tag: first[id].Tag}})
	if err != nil || now[id].Same || now[id].Title != "Another title" || now[id].Tag == first[id].Tag {
		t.Errorf("a look at what changed: %+v, %v", now[id], err)
	}
	if n := in.Client.Requests(); n != 3 {
		t.Errorf("three looks took %d requests", n)
	}
}
