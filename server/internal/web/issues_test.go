package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
	"hindsight/importers/jira/jiratest"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// TestItemsFollowIssues: an item whose address is that of an issue in a connection's repository follows it; where both were changed the page shows both and a
// person decides; what the connection does not name is not asked for.
func TestItemsFollowIssues(t *testing.T) {
	ctx := context.Background()
	s, inc := promising(t)
	s.app.Desk.Runner.Transport = http.DefaultTransport // the made-up GitHub is on this machine
	f := githubtest.New()
	url := importertest.Served(t, f)
	cfg := githubtest.Upstream.Settings(url)
	cfg["repos"] = "example-org/shop"
	if _, err := s.app.Desk.Connect(ctx, desk.Plan{Source: "github", Name: "Our GitHub", Settings: cfg}); err != nil {
		t.Fatal(err)
	}
	link := func(i int, address string) string {
		key := inc.ActionKey(i)
		_, _, err := s.app.Desk.EditAction(ctx, inc.ID, desk.ActionEdit{Key: key, ActionChange: incident.ActionChange{Set: map[string]string{"url": address}}}, "Responder One", incident.Sight{All: true})
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	first := link(0, url+"/example-org/shop/issues/7")
	link(1, url+"/example-org/incidents/issues/1")
	look := func() {
		t.Helper()
		if err := s.app.Desk.LookAtIssues(ctx); err != nil {
			t.Fatal(err)
		}
	}
	page := "/incidents/" + string(inc.ID)
	look()
	s.lists(page, []string{"GitHub example-org/shop#7: open", "Add a canary"}, []string{"Synthetic outage 7"})
	issue := f.Issues["example-org/shop"][0]
	issue["state"], issue["closed_at"], issue["title"] = "closed", "2026-03-03T10:00:00Z", "Renamed <b>there</b>"
	look()
	s.lists(page, []string{"✓ done", "Add a canary", "GitHub example-org/shop#7: closed as completed", "Both changed the title", "Renamed <b>there</b>", "Keep what is here"}, nil)
	before, err := s.app.Desk.Store.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	look()
	if after, err := s.app.Desk.Store.Head(ctx); err != nil || after != before {
		t.Errorf("a look at what is the same changed something: %d, then %d, %v", before, after, err)
	}
	if strings.Contains(strings.Join(f.Calls, " "), "example-org/incidents") {
		t.Errorf("a repository that the connection does not name was asked for: %s", f.Calls)
	}
	if due, err := s.app.Desk.LookDue(ctx); err != nil || due {
		t.Errorf("right after a look the next one is due: %v, %v", due, err)
	}
	s.app.Desk.EditAction(ctx, inc.ID, desk.ActionEdit{Key: first, Decide: "title", Theirs: true}, "Responder One", incident.Sight{All: true})
	got, err := s.app.Desk.Incident(ctx, inc.ID, incident.Sight{})
	if err != nil {
		t.Fatal(err)
	}
	x, err := got.ActionStatement(first)
	if err != nil || x.Title != "Renamed <b>there</b>" || x.State != incident.ActionDone || len(got.IssueGaps(first)) > 0 {
		t.Errorf("after the issue's word was taken the item is %+v, %v", x.ActionItem, err)
	}
	f.Deleted["example-org/shop#7"] = true
	look()
	s.lists(page, []string{"It cannot be seen now: it was deleted"}, nil)
}

// TestItemsFollowJira: an item is linked by the issue's key; the page says when the issue was seen, shows what both sides changed, in whichever order, and says
// that nobody reads it any more once the connection is gone.
func TestItemsFollowJira(t *testing.T) {
	ctx := context.Background()
	s, inc := promising(t)
	s.app.Desk.Runner.Transport = http.DefaultTransport // the made-up Jira is on this machine
	f := jiratest.New()
	url := importertest.Served(t, f)
	conn, err := s.app.Desk.Connect(ctx, desk.Plan{Source: "jira", Name: "Our Jira", Settings: jiratest.Upstream.Settings(url)})
	if err != nil {
		t.Fatal(err)
	}
	key := inc.ActionKey(0)
	set := func(name, value string) {
		t.Helper()
		edit := desk.ActionEdit{Key: key, ActionChange: incident.ActionChange{Set: map[string]string{name: value}}}
		if _, _, err := s.app.Desk.EditAction(ctx, inc.ID, edit, "Responder One", incident.Sight{All: true}); err != nil {
			t.Fatal(err)
		}
	}
	look := func() {
		t.Helper()
		if err := s.app.Desk.LookAtIssues(ctx); err != nil {
			t.Fatal(err)
		}
	}
	page, issue := "/incidents/"+string(inc.ID), f.Issues[6]
	set("url", "ops-7")
	issue.Fields["status"] = map[string]any{"id": "3", "name": "In Arbeit", "statusCategory": map[string]any{"key": "indeterminate"}}
	look()
	s.lists(page, []string{"Jira OPS-7: In Arbeit", "seen just now", url + "/browse/OPS-7"}, []string{"Synthetic incident 6"})
	set("title", "Synthetic incident 6")
	issue.Fields["summary"] = "Renamed there" // alone: it follows
	look()
	s.lists(page, []string{"Renamed there"}, []string{"Both changed the title"})
	set("title", "Renamed here") // alone: it stays, and is no clash
	look()
	s.lists(page, []string{"Renamed here"}, []string{"Both changed the title"})
	issue.Fields["summary"] = "Renamed there, too"
	look()
	s.lists(page, []string{"Renamed here", "Both changed the title", "Renamed there, too"}, nil)
	if _, err := s.app.Desk.Disconnect(ctx, conn.ID, "removed"); err != nil {
		t.Fatal(err)
	}
	s.lists(page, []string{"Jira OPS-7: no connection reads it any more", "Renamed here"}, []string{"Both changed the title"})
}
