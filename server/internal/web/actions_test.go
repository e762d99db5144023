package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// promising is a site with an incident of a source that lists two action items, and a private one, signed in as an editor.
func promising(t *testing.T) (*importSite, *incident.Incident) {
	t.Helper()
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	now := time.Now().UTC()
	inc := &incident.Incident{ID: "inc_1", Title: "Checkout is down", Kind: incident.Real, Status: incident.Resolved, Severity: incident.Sev1, Actions: []incident.ActionItem{
		{Title: "Add a canary", State: "open", Owner: "Payments", Created: now.AddDate(0, 0, -94)},
		{Title: "Alert on retries", State: "open", Due: now.AddDate(0, 0, -3).Add(-time.Hour), Kind: "detect"},
		{Title: "Write a runbook", State: "done", VerifyBy: now.AddDate(0, 0, -2).Add(-time.Hour)},
	}}
	secret := &incident.Incident{ID: "inc_2", Title: "Secret", Private: true, Kind: incident.Real, Status: incident.Resolved, Actions: []incident.ActionItem{{Title: "Hush", State: "open"}}}
	for _, x := range []*incident.Incident{inc, secret} {
		x.Milestones.Set(incident.Opened, now.AddDate(0, 0, -100), incident.ToSecond, incident.FromField, "test", "")
	}
	if _, err := s.app.Desk.Store.Update(context.Background(), func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{inc, secret}) }); err != nil {
		t.Fatal(err)
	}
	return s, inc
}

// TestActionsPage: the list has what is late first, says how old things are, can be narrowed down and exported, and hides private incidents.
func TestActionsPage(t *testing.T) {
	s, _ := promising(t)
	s.lists("/actions", []string{"3 action items", "Overdue 1", "▲ overdue", "Alert on retries", "no owner", "detect", "overdue by 3 days", "Waiting to be verified 1", "Write a runbook", "verification was due 2 days ago",
		"Due later, or without a date 1", "Add a canary", "open for 94 days", "after Checkout is down"}, []string{"Hush", "Secret"})
	s.lists("/actions?owner=payments", []string{"1 action item.", "Add a canary"}, []string{"Alert on retries"})
	s.lists("/actions?kind=detect", []string{"Alert on retries"}, []string{"Add a canary"})
	s.lists("/actions?verify=due", []string{"Write a runbook"}, []string{"Add a canary"})
	s.lists("/actions?owner=me", []string{"No action item matches"}, nil)
	s.lists("/actions?state=later", []string{"No action item matches", "is not one of open"}, nil)
	file := s.get("/actions/export.csv", http.StatusOK)
	for _, want := range []string{"Alert on retries,open,overdue,", "Add a canary,open,later,Payments"} {
		if !strings.Contains(file, want) {
			t.Errorf("the export does not say %q:\n%s", want, file)
		}
	}
	if strings.Contains(file, "Hush") {
		t.Error("the export tells of a private incident")
	}
	s.get("/actions/export.json", http.StatusOK)
}

// TestActionsOfUnknownState: that no source says whether something was done is not told as nothing.
func TestActionsOfUnknownState(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	s.lists("/actions", []string{"Nothing is promised"}, nil)
	inc := outage(s, incident.NewService("checkout"))
	inc.Actions = []incident.ActionItem{{Title: "Add a canary", State: incident.ActionUnknown}}
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{inc})} })
	s.lists("/actions", []string{"None is known to be open", "Of 1 action item no source says whether it is done.", "Go through them"}, []string{"Nothing is promised"})
	s.lists("/actions?state=unknown", []string{"Add a canary"}, nil)
}

// TestActionsByHand: a person adds an item, changes it, finishes it, judges it, and takes the last step back; of two who change the same
// field the second is told.
func TestActionsByHand(t *testing.T) {
	s, inc := promising(t)
	page := "/incidents/inc_1"
	text, _ := s.post(page+"/actions", http.StatusUnprocessableEntity, "form", "action", "key", "new", "do", "save", "title", " ", "owner", "Search")
	if !strings.Contains(said(text), "say what is to be done") || !strings.Contains(text, `value="Search"`) {
		t.Errorf("an item without a title: the page does not say what is wrong, or forgot the owner:\n%s", said(text))
	}
	_, to := s.post(page+"/actions", http.StatusSeeOther, "do", "save", "title", "Investigate disks", "due", "2031-05-06", "proof", "no page for 90 days")
	key := regexp.MustCompile(`#action-(act_\w+)$`).FindStringSubmatch(to)
	if key == nil {
		t.Fatalf("adding leads to %q", to)
	}
	s.lists(page, []string{"Action items", "Investigate disks", "no owner", "due 6 May 2031", "Proof that it worked: no page for 90 days", "Actionable:", "Nobody owns it."}, nil)
	if got := s.saved(t).Actions[3].Due; !got.Equal(time.Date(2031, 5, 6, 23, 59, 59, 0, time.UTC)) {
		t.Errorf("due %v, want the last second of 6 May", got)
	}
	item := page + "/actions/" + key[1]
	s.post(item, http.StatusSeeOther, "do", "save", "owner", "Search", "seen_owner", "")
	text, _ = s.post(item, http.StatusUnprocessableEntity, "form", "action", "key", key[1], "do", "save", "owner", "Payments", "seen_owner", "", "priority", "high", "seen_priority", "")
	if !strings.Contains(said(text), `Meanwhile somebody changed this to "Search"`) {
		t.Errorf("two owners at once: %s", said(text))
	}
	s.post(item, http.StatusSeeOther, "do", "save", "priority", "high", "seen_priority", "", "owner", "Search", "seen_owner", "Search")
	_, to = s.post(item, http.StatusSeeOther, "do", "done", "back", "/actions?owner=Search")
	if to != "/actions?owner=Search" {
		t.Errorf("done leads to %q", to)
	}
	s.post(item, http.StatusUnprocessableEntity, "do", "verified", "reason", "")
	s.post(item, http.StatusSeeOther, "do", "verified", "reason", "no page since May")
	s.lists("/actions?state=verified", []string{"1 action item", "✓ verified", "Investigate disks", "Search", "high priority", "no page since May"}, nil)
	s.post(item, http.StatusSeeOther, "do", "undo")
	if got := s.saved(t).Actions[3]; got.State != "done" || got.Owner != "Search" || got.Priority != "high" {
		t.Errorf("after undo: %+v", got)
	}
	s.post(page+"/actions/"+inc.ActionKey(0), http.StatusSeeOther, "do", "dropped", "reason", "the canary costs more")
	s.lists(page, []string{"Decided not to do", "Add a canary", "the canary costs more"}, nil)
	s.post(page+"/actions/act_none", http.StatusNotFound, "do", "done")
	s.post("/incidents/inc_2/actions", http.StatusNotFound, "do", "save", "title", "Peek")
	s.post(item, http.StatusUnprocessableEntity, "do", "explode")
	s.signIn(incident.Viewer)
	s.post(item, http.StatusForbidden, "do", "done")
	s.lists(page, []string{"Investigate disks"}, []string{"Add an action item"})
}

func (s *importSite) saved(t *testing.T) *incident.Incident {
	t.Helper()
	inc, err := s.app.Desk.Store.Incident(t.Context(), "inc_1")
	if err != nil {
		t.Fatal(err)
	}
	return inc
}

// TestActionsThatDiffer: where its source and people changed the same field, both are shown, and a person says who is right.
func TestActionsThatDiffer(t *testing.T) {
	s, inc := promising(t)
	key := inc.ActionKey(0)
	s.post("/incidents/inc_1/actions/"+key, http.StatusSeeOther, "do", "save", "owner", "Search")
	draft := *inc
	draft.Actions = append([]incident.ActionItem{}, inc.Actions...)
	draft.Actions[0].Owner = "Platform"
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		found, err := tx.IncidentsByID([]incident.ID{"inc_1"})
		if err != nil {
			return err
		}
		return tx.PutIncidents([]*incident.Incident{incident.Reimport(found["inc_1"], &draft)})
	}); err != nil {
		t.Fatal(err)
	}
	s.lists("/incidents/inc_1", []string{"Add a canary", "Search", "Both changed the owner: here Search , its source Platform", "Keep what is here", "Take the source’s"}, nil)
	s.lists("/actions", []string{"differs from its source"}, nil)
	s.post("/incidents/inc_1/actions/"+key, http.StatusSeeOther, "do", "take", "field", "owner")
	s.lists("/incidents/inc_1", []string{"Add a canary", "Platform"}, []string{"Both changed"})
}

// TestActionsOfARetrospective: the items stand below their section, and their forms lead back there.
func TestActionsOfARetrospective(t *testing.T) {
	s, _ := promising(t)
	s.post("/incidents/inc_1/retrospective/begin", http.StatusSeeOther)
	body := s.get("/incidents/inc_1/retrospective", http.StatusOK)
	for _, want := range []string{"Add a canary", "Add an action item", `name="back" value="/incidents/inc_1/retrospective#actions"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the retrospective does not hold %q", want)
		}
	}
}

// TestDidItWork: the page of a confirmed problem says how often it came back since an item was done, and when after it was verified.
func TestDidItWork(t *testing.T) {
	s, inc := promising(t)
	now := time.Now().UTC()
	incs := []*incident.Incident{inc}
	for i, days := range []int{90, 60, 10} {
		other := &incident.Incident{ID: incident.ID("inc_more" + string(rune('a'+i))), Title: "Checkout is down", Kind: incident.Real, Status: incident.Resolved}
		other.Milestones.Set(incident.Opened, now.AddDate(0, 0, -days), incident.ToSecond, incident.FromField, "test", "")
		incs = append(incs, other)
	}
	inc.Actions = []incident.ActionItem{{Title: "Add a canary", State: "verified", Done: now.AddDate(0, 0, -50), Judged: now.AddDate(0, 0, -20)}}
	p := incident.Problem{ID: "prb_1", Title: "Down", State: incident.Confirmed, Basis: "text"}
	for _, x := range incs {
		p.Members = append(p.Members, incident.ProblemMember{Incident: x.ID})
	}
	seq, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		if err := tx.PutIncidents(incs); err != nil {
			return err
		}
		return tx.PutProblems([]incident.Problem{p})
	})
	if err != nil {
		t.Fatal(err)
	}
	if !s.app.Desk.Follow.WaitFor(t.Context(), seq) {
		t.Fatalf("change %d is not followed", seq)
	}
	s.lists("/problems/prb_1", []string{"What was promised", "verified", "Add a canary", "Came back on " + now.AddDate(0, 0, -10).Format("2 Jan 2006") + " , after it was verified.",
		"2 in the 50 days before it was done, 1 in the 50 days after; the next one came after 40 days. Too few incidents"}, nil)
}
