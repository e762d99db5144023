package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
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

// TestCreateAndCloseIssue: what is sent is shown before; a lost answer makes no second issue; an item of a private incident needs a word; what the
// tracker refuses is said; and an issue is closed, with a comment, once its item was judged and somebody asks.
func TestCreateAndCloseIssue(t *testing.T) {
	ctx := context.Background()
	s, inc := promising(t)
	d := s.app.Desk
	d.Runner.Transport = http.DefaultTransport // the made-up GitHub is on this machine
	d.BaseURL = "https://hindsight.example.com"
	f, lose := githubtest.New(), true
	url := importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if lose && r.Method == http.MethodPost {
			f.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		f.ServeHTTP(w, r)
	}))
	cfg := githubtest.Upstream.Settings(url)
	cfg["repos"] = "example-org/shop"
	conn, err := d.Connect(ctx, desk.Plan{Source: "github", Name: "Our GitHub", Settings: cfg})
	if err != nil {
		t.Fatal(err)
	}
	key, page := inc.ActionKey(0), "/incidents/"+string(inc.ID)
	form := page + "/actions/" + key + "/issue"
	s.lists(form, []string{"No connection makes issues"}, nil)
	cfg["write_issues"] = "yes"
	if _, err := d.Amend(ctx, conn.ID, desk.Plan{Source: "github", Name: "Our GitHub", Settings: cfg}); err != nil {
		t.Fatal(err)
	}
	all := incident.Sight{All: true}
	edit := func(set map[string]string) {
		t.Helper()
		if _, _, err := d.EditAction(ctx, inc.ID, desk.ActionEdit{Key: key, ActionChange: incident.ActionChange{Set: set}}, "Responder One", all); err != nil {
			t.Fatal(err)
		}
	}
	edit(map[string]string{"proof": "No retry storm for 90 days", "verify_by": "2027-03-01T00:00:00Z"})
	s.lists(page, []string{"Create an issue…"}, nil)
	s.lists(form, []string{"example-org/shop", "What would prove that it worked: No retry storm for 90 days", "To be verified by 2027-03-01.", "https://hindsight.example.com/incidents/" + string(inc.ID) + "/retrospective"}, nil)
	draft, err := d.IssueDraft(ctx, inc.ID, key, all)
	if err != nil || len(draft.Places) != 1 {
		t.Fatalf("places %+v, %v", draft.Places, err)
	}
	n := desk.NewIssue{Choice: draft.Places[0].Choice(), NewIssue: draft.NewIssue}
	issues := func() int { return len(f.Issues["example-org/shop"]) }
	before := issues()
	says := func(what string, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	_, err = d.CreateIssue(ctx, inc.ID, key, n, "Responder One", all)
	says("a lost answer", err, "did not answer")
	s.lists(form, []string{"has not answered"}, nil)
	_, err = d.CreateIssue(ctx, inc.ID, key, n, "Responder Two", all)
	says("at once again", err, "try again in a minute")
	lose = false
	now := d.Now
	d.Now = func() time.Time { return now().Add(2 * time.Minute) }
	address, err := d.CreateIssue(ctx, inc.ID, key, n, "Responder Two", all)
	if err != nil || issues() != before+1 {
		t.Fatalf("two minutes later: %q, %v, %d issues more, want one", address, err, issues()-before)
	}
	s.lists(page, []string{"GitHub example-org/shop#", ": open"}, []string{"Close the issue as well"})
	_, err = d.CreateIssue(ctx, inc.ID, key, n, "Responder Two", all)
	says("a second issue", err, "has an issue")
	says("closing what is open here", d.CloseIssue(ctx, inc.ID, key, "It worked.", "Responder One", all), "verified, or decided against")
	edit(map[string]string{"state": "done"})
	edit(map[string]string{"state": "verified", "reason": "No storm since."})
	s.lists(page, []string{"Close the issue as well", "Verified that it worked: No storm since."}, nil)
	if err := d.CloseIssue(ctx, inc.ID, key, "Verified that it worked: No storm since.", "Responder One", all); err != nil {
		t.Fatal(err)
	}
	made := f.Issues["example-org/shop"][before]
	if made["state"] != "closed" || made["state_reason"] != "completed" || len(f.Comments) != 1 {
		t.Errorf("the issue is %v (%v), with comments %v", made["state"], made["state_reason"], f.Comments)
	}
	s.lists(page, []string{"✓ verified", "closed as completed"}, []string{"Close the issue as well", "Both changed"})
	says("closing it again", d.CloseIssue(ctx, inc.ID, key, "It worked.", "Responder One", all), "the issue is closed")

	other := inc.ActionKey(1)
	f.ReadOnly = true
	_, err = d.CreateIssue(ctx, inc.ID, other, n, "Responder One", all)
	says("a token that may only read", err, "Issues: read and write")
	f.ReadOnly = false
	if _, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		now, err := tx.IncidentsByID([]incident.ID{inc.ID})
		if err != nil {
			return err
		}
		now[inc.ID].Private = true
		return tx.PutIncidents([]*incident.Incident{now[inc.ID]})
	}); err != nil {
		t.Fatal(err)
	}
	draft, err = d.IssueDraft(ctx, inc.ID, other, all)
	if err != nil || strings.Contains(draft.Text, inc.Title) {
		t.Errorf("of a private incident the text says %q, %v", draft.Text, err)
	}
	_, err = d.CreateIssue(ctx, inc.ID, other, n, "Responder One", all)
	says("of a private incident", err, "say that they may")
	n.Private = true
	if _, err = d.CreateIssue(ctx, inc.ID, other, n, "Responder One", all); err != nil || issues() != before+2 {
		t.Errorf("once that is said: %v, %d issues more, want two", err, issues()-before)
	}
}

// TestIssueIsLookedForWhereItWasSent: an order whose answer was lost is looked for in the place that it was sent to, also when the next one is for another
// place, so that there is one issue; where nobody can be asked any more the order is given back with the reason, and the next one is sent.
func TestIssueIsLookedForWhereItWasSent(t *testing.T) {
	ctx, all := context.Background(), incident.Sight{All: true}
	s, inc := promising(t)
	d := s.app.Desk
	d.Runner.Transport = http.DefaultTransport // the made-up GitHub is on this machine
	f := githubtest.New()
	served := &importertest.Losing{Handler: f}
	cfg := githubtest.Upstream.Settings(importertest.Served(t, served))
	cfg["write_issues"], cfg["repos"] = "yes", "example-org/shop, example-org/incidents"
	conn, err := d.Connect(ctx, desk.Plan{Source: "github", Name: "Our GitHub", Settings: cfg})
	if err != nil {
		t.Fatal(err)
	}
	now := d.Now()
	d.Now = func() time.Time { return now }
	order := func(key string, conn incident.ID, repo string) (string, error) {
		t.Helper()
		now = now.Add(2 * time.Minute)
		return d.CreateIssue(ctx, inc.ID, key, desk.NewIssue{Choice: desk.IssuePlace{Connection: conn, Name: repo}.Choice(), NewIssue: importers.NewIssue{Title: "Add a canary"}}, "Responder One", all)
	}
	shop, incidents := len(f.Issues["example-org/shop"]), len(f.Issues["example-org/incidents"])
	key := inc.ActionKey(0)
	served.Lose = true
	if _, err := order(key, conn.ID, "example-org/shop"); err == nil || !strings.Contains(err.Error(), "did not answer") {
		t.Fatalf("a lost answer: %v", err)
	}
	served.Lose = false
	address, err := order(key, conn.ID, "example-org/incidents")
	if err != nil || !strings.Contains(address, "/example-org/shop/issues/") || len(f.Issues["example-org/shop"]) != shop+1 || len(f.Issues["example-org/incidents"]) != incidents {
		t.Errorf("ordered in another place: %q, %v, with %d and %d issues, want the one of the first order", address, err, len(f.Issues["example-org/shop"])-shop, len(f.Issues["example-org/incidents"])-incidents)
	}

	key = inc.ActionKey(1)
	served.Lose = true
	if _, err := order(key, conn.ID, "example-org/shop"); err == nil {
		t.Fatal("a lost answer is none")
	}
	served.Lose = false
	other, err := d.Connect(ctx, desk.Plan{Source: "github", Name: "The other GitHub", Settings: cfg})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Disconnect(ctx, conn.ID, "removed"); err != nil {
		t.Fatal(err)
	}
	if _, err := order(key, other.ID, "example-org/shop"); err == nil || !strings.Contains(err.Error(), "Our GitHub, example-org/shop was asked") || !strings.Contains(err.Error(), "send this again") {
		t.Errorf("once the connection is gone: %v", err)
	}
	if address, err := order(key, other.ID, "example-org/incidents"); err != nil || !strings.Contains(address, "/example-org/incidents/issues/") {
		t.Errorf("sent again: %q, %v", address, err)
	}
}

// TestIssueOfTwoConnections: of two connections to one tracker the first may not see an issue. The item follows the second, no look changes that, and the
// second closes it. When the comment is refused it is said that the issue is closed, and the history has who closed it.
func TestIssueOfTwoConnections(t *testing.T) {
	ctx, all := context.Background(), incident.Sight{All: true}
	s, inc := promising(t)
	d := s.app.Desk
	d.Runner.Transport = http.DefaultTransport // the made-up GitHub is on this machine
	f := githubtest.New()
	url := importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.Header.Get("Authorization"), "blind"):
			w.WriteHeader(http.StatusNotFound)
		case strings.HasSuffix(r.URL.Path, "/comments"):
			w.WriteHeader(http.StatusForbidden)
		default:
			f.ServeHTTP(w, r)
		}
	}))
	for _, token := range []string{"blind", ""} {
		cfg := githubtest.Upstream.Settings(url)
		cfg["write_issues"], cfg["repos"] = "yes", "example-org/shop"
		if token != "" {
			cfg["token"] = token
		}
		if _, err := d.Connect(ctx, desk.Plan{Source: "github", Name: "GitHub " + token, Settings: cfg}); err != nil {
			t.Fatal(err)
		}
	}
	key, page := inc.ActionKey(0), "/incidents/"+string(inc.ID)
	edit := func(set map[string]string) {
		t.Helper()
		if _, _, err := d.EditAction(ctx, inc.ID, desk.ActionEdit{Key: key, ActionChange: incident.ActionChange{Set: set}}, "Responder One", all); err != nil {
			t.Fatal(err)
		}
	}
	edit(map[string]string{"url": url + "/example-org/shop/issues/7"})
	var heads []incident.Seq
	for range 3 {
		if err := d.LookAtIssues(ctx); err != nil {
			t.Fatal(err)
		}
		head, err := d.Store.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, head)
		s.lists(page, []string{"GitHub example-org/shop#7: open"}, []string{"It cannot be seen now"})
	}
	if heads[2] != heads[1] || heads[1] != heads[0] {
		t.Errorf("looks at what is the same changed something: %d", heads)
	}
	edit(map[string]string{"state": "done"})
	edit(map[string]string{"state": "verified", "reason": "No storm since."})
	err := d.CloseIssue(ctx, inc.ID, key, "It worked.", "Responder Two", all)
	if err == nil || !strings.Contains(err.Error(), "the issue is closed, but its comment is missing") || f.Issues["example-org/shop"][0]["state"] != "closed" {
		t.Errorf("a comment that is refused: %v, and the issue is %v", err, f.Issues["example-org/shop"][0]["state"])
	}
	s.lists(page, []string{"closed as completed", "closed from here, and its comment is missing", "Responder Two"}, []string{"Close the issue as well"})
}
