package desk

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/search"
	"hindsight/search/similar"
	"hindsight/server/internal/follow"
	"hindsight/server/internal/store/storetest"
)

const wiki = "https://wiki.example.com/runbooks/"

// runbookDesk has two imported runbooks, and n incidents, one a day, which alternate between full disks, of which the record links to the first runbook by its address, and expired
// certificates, of which it links to an address that nothing was imported from. The last incident is private.
func runbookDesk(t *testing.T, n int) *Desk {
	t.Helper()
	log, now := slog.New(slog.DiscardHandler), func() time.Time { return noon.AddDate(1, 0, 0) }
	s := storetest.SQLite(t)
	engine, err := similar.NewEngine(log)
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{Store: s, Similar: engine, Live: analytics.NewLive(now), Now: now, Log: log}
	if d.RunbookIndex, err = search.OpenRunbooks(t.TempDir(), log); err != nil {
		t.Fatal(err)
	}
	d.Follow = follow.New(s, s.Listen(t.Context()), log, d.Live, d.Similar, d.RunbookIndex)
	done := make(chan error, 1)
	go func() { done <- d.Follow.Run(t.Context()) }()
	t.Cleanup(func() { <-done; d.RunbookIndex.Close() })
	seq, err := s.Update(t.Context(), func(tx incident.Tx) error {
		var incs []*incident.Incident
		for i := range n {
			incs = append(incs, troubled(i, i == n-1))
		}
		if err := tx.PutRunbooks([]incident.Runbook{
			{ID: "rbk_disk", Title: "Free a full disk", URL: wiki + "disk", Body: "Rotate the logs of the **journal**.", Services: []string{"Storage"}},
			{ID: "rbk_cache", Title: "Warm a cold cache", Body: "Replay the snapshot.", Services: []string{"storage", "checkout"}},
		}); err != nil {
			return err
		}
		return tx.PutIncidents(incs)
	})
	if err != nil || !d.Follow.WaitFor(t.Context(), seq) {
		t.Fatalf("Update: %v; the follower must see it", err)
	}
	return d
}

func troubled(i int, private bool) *incident.Incident {
	inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("inc_%02d", i)), Title: "Disk of the database is full, journal grows", Status: incident.Resolved, Kind: incident.Real, Private: private,
		Services: []incident.ServiceUse{{Service: "svc_1", Name: "storage"}}, Links: []incident.Link{{Kind: "runbook", URL: "http://wiki.example.com/runbooks/disk/", Title: "Runbook"}}}
	if i%2 == 1 {
		inc.Title, inc.Links[0].URL = "Certificate of the gateway expired overnight", wiki+"certificates"
		inc.Services = []incident.ServiceUse{{Service: "svc_2", Name: "gateway"}}
	}
	at := noon.AddDate(0, 0, i)
	inc.Milestones.Set(incident.Opened, at, incident.ToSecond, incident.FromField, "test", "")
	inc.Milestones.Set(incident.ResolvedAt, at.Add(time.Duration(10+i)*time.Minute), incident.ToSecond, incident.FromField, "test", "")
	return inc
}

func rowsOf(rows []RunbookRow) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprintf("%s (%s): %d, helped %d, not %d", r.Title, strings.Join(r.Services, "+"), r.Incidents, r.Helped, r.DidNotHelp))
	}
	return strings.Join(out, "; ")
}

// TestRunbookList: an address and the text that was imported from it are one runbook, and private incidents count for those alone who see them.
func TestRunbookList(t *testing.T) {
	d := runbookDesk(t, 6)
	for _, tc := range []struct {
		name, text string
		sight      incident.Sight
		want       string
	}{
		{"all", "", incident.Sight{}, "Free a full disk (Storage): 3, helped 0, not 0; wiki.example.com/runbooks/certificates (gateway): 2, helped 0, not 0; Warm a cold cache (storage+checkout): 0, helped 0, not 0"},
		{"to who sees the private one", "", incident.Sight{All: true}, "wiki.example.com/runbooks/certificates (gateway): 3, helped 0, not 0; Free a full disk (Storage): 3, helped 0, not 0; Warm a cold cache (storage+checkout): 0, helped 0, not 0"},
		{"by its text", "kind:runbook journal", incident.Sight{}, "Free a full disk (Storage): 3, helped 0, not 0"},
		{"by its address", "certificates", incident.Sight{}, "wiki.example.com/runbooks/certificates (gateway): 2, helped 0, not 0"},
		{"of another kind", "kind:drill journal", incident.Sight{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := d.Runbooks(t.Context(), tc.text, 10, tc.sight)
			if err != nil || rowsOf(got.Rows) != tc.want {
				t.Errorf("Runbooks(%q) = %q, %v, want %q", tc.text, rowsOf(got.Rows), err, tc.want)
			}
		})
	}
}

// TestRunbookPage: by its own id and by that of its address; how its incidents ended is said only where there are enough.
func TestRunbookPage(t *testing.T) {
	d := runbookDesk(t, 21) // 11 of disks, the last of them private: 10 are seen, that took 10, 12, … 28 minutes
	page, err := d.Runbook(t.Context(), incident.LinkedRunbookID(wiki+"disk"), incident.Sight{})
	if err != nil {
		t.Fatal(err)
	}
	if page.ID != "rbk_disk" || page.Text != "Rotate the logs of the **journal**." || len(page.Uses) != 10 || page.Uses[0].Incident != "inc_18" {
		t.Errorf("Runbook = %+v, want rbk_disk with its text and 10 incidents, the latest first", page)
	}
	if m := page.Ended.Values["median_seconds"]; m.Value == nil || *m.Value != 19*60 || m.N != 10 {
		t.Errorf("median of 10, 12, … 28 minutes = %+v, want 19 minutes from 10", m)
	}
	few, err := runbookDesk(t, 2).Runbook(t.Context(), "rbk_disk", incident.Sight{})
	if m := few.Ended.Values["median_seconds"]; err != nil || m.Value != nil || m.Reason != "not estimable from 1 incident" {
		t.Errorf("median of one incident = %+v, %v, want the reason why there is none", m, err)
	}
	hidden := runbookDesk(t, 2) // the only incident with the address is private
	linked := incident.LinkedRunbookID(wiki + "certificates")
	if _, err := hidden.Runbook(t.Context(), linked, incident.Sight{}); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("a runbook of a private incident alone: %v, want ErrNotFound", err)
	}
	if _, err := hidden.Runbook(t.Context(), linked, incident.Sight{All: true}); err != nil {
		t.Errorf("to who sees the incident: %v", err)
	}
}

// TestRunbooksOfOneIncident: what a person says stands before the link, is kept, and can be taken back; what is suggested says why.
func TestRunbooksOfOneIncident(t *testing.T) {
	d := runbookDesk(t, 6)
	here := func() RunbooksHere {
		t.Helper()
		inc, err := d.Store.Incident(t.Context(), "inc_04")
		if err != nil {
			t.Fatal(err)
		}
		out, err := d.RunbooksHere(t.Context(), inc, incident.Sight{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	say := func(runbook, verdict string) error {
		_, seq, err := d.JudgeRunbook(t.Context(), "inc_04", RunbookJudgement{runbook, verdict}, "Responder One", incident.Sight{})
		if err == nil {
			d.Follow.WaitFor(t.Context(), seq)
		}
		return err
	}
	verdicts := func() string {
		var out []string
		for _, u := range here().Used {
			out = append(out, fmt.Sprintf("%s %s told=%v", u.ID, u.Use.Verdict, u.Use.Told))
		}
		return strings.Join(out, "; ")
	}
	if got, want := verdicts(), "rbk_disk linked told=true"; got != want {
		t.Errorf("at first %q, want %q", got, want)
	}
	sug := here().Suggested
	if len(sug) != 1 || sug[0].ID != "rbk_cache" || sug[0].Evidence.Service != "storage" {
		t.Errorf("suggested %+v, want the other runbook about its service", sug)
	}
	for _, step := range []struct{ runbook, verdict, want string }{
		{"Free a full disk", "helped", "rbk_disk helped told=true"},
		{wiki + "disk", "did_not_help", "rbk_disk did_not_help told=true"},
		{"rbk_disk", "undo", "rbk_disk helped told=true"},
		{wiki + "new", "helped", "rbk_disk helped told=true; " + string(incident.LinkedRunbookID(wiki+"new")) + " helped told=false"},
		{wiki + "new", "undo", "rbk_disk helped told=true"},
		{"rbk_disk", "not_used", "rbk_disk not_used told=true"},
	} {
		if err := say(step.runbook, step.verdict); err != nil {
			t.Fatalf("%s %s: %v", step.runbook, step.verdict, err)
		}
		if got := verdicts(); got != step.want {
			t.Errorf("after %s of %s: %q, want %q", step.verdict, step.runbook, got, step.want)
		}
	}
	if list, err := d.Runbooks(t.Context(), "", 10, incident.Sight{}); err != nil || !strings.Contains(rowsOf(list.Rows), "Free a full disk (Storage): 2,") {
		t.Errorf("what was not used counts: %q, %v", rowsOf(list.Rows), err)
	}
	for _, wrong := range [][2]string{{"No such thing", "helped"}, {"", "helped"}, {"rbk_disk", "maybe"}, {"rbk_disk", ""}, {"javascript:alert(1)", "helped"}} {
		if err := say(wrong[0], wrong[1]); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("%q %q: %v, want ErrInvalid", wrong[0], wrong[1], err)
		}
	}
	if _, _, err := d.JudgeRunbook(t.Context(), "inc_05", RunbookJudgement{"rbk_disk", "helped"}, "Responder One", incident.Sight{}); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("of a private incident: %v, want ErrNotFound", err)
	}
}

// TestHowOftenRunbooksWereRight goes back in time: the two first incidents of each sort could not be known, and from then on the similar ones tell which runbook it is.
func TestHowOftenRunbooksWereRight(t *testing.T) {
	d := runbookDesk(t, 25) // the last one is private
	if got := d.runbookTrust.get(); got.Rate.N != 0 {
		t.Errorf("before it was measured: %+v", got)
	}
	if err := d.MeasureRunbooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	// 24 public ones: the first has no earlier one, and the second only one of the other sort.
	got := d.runbookTrust.get()
	if got.Rate.N != 23 || got.Rate.Right != 22 || got.Rate.Few() {
		t.Errorf("rate = %+v, want 22 of 23", got.Rate)
	}
	if got.Frequent.N != 23 || got.Frequent.Right != 22 { // there are but two runbooks
		t.Errorf("always naming the most used ones = %+v, want 22 of 23", got.Frequent)
	}
}
