package desk

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/query"
	"hindsight/server/internal/store/storetest"
)

// claiming is a desk with incidents that took so many minutes and claim factors of so many categories.
func claiming(t *testing.T) *Desk {
	t.Helper()
	d := answering(t, storetest.SQLite(t))
	d.Live = analytics.NewLive(d.Now)
	var incs []*incident.Incident
	for id, x := range map[incident.ID]struct {
		minutes    int
		private    bool
		categories []string
	}{"a": {90, false, []string{"cache"}}, "b": {30, false, []string{"Cache", "deploy"}}, "c": {0, false, []string{"cache"}}, "d": {900, true, []string{"secret"}}} {
		inc := &incident.Incident{ID: id, Kind: incident.Real, Status: incident.Resolved, Private: x.private}
		begin := d.Now().AddDate(0, 0, -3)
		inc.Milestones.Set(incident.ImpactStarted, begin, incident.ToSecond, incident.FromField, "test", "")
		if x.minutes > 0 {
			inc.Milestones.Set(incident.ImpactEnded, begin.Add(time.Duration(x.minutes)*time.Minute), incident.ToSecond, incident.FromField, "test", "")
		}
		for _, category := range x.categories {
			inc.Factors = append(inc.Factors, incident.Factor{Role: "contributing", Category: category, Text: "the " + category, Claimed: true})
		}
		incs = append(incs, inc)
	}
	seq, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents(incs) })
	if err != nil {
		t.Fatal(err)
	}
	show(t, d, seq, incs...)
	return d
}

// show lets the figures know of incidents.
func show(t *testing.T, d *Desk, seq incident.Seq, incs ...*incident.Incident) {
	t.Helper()
	if err := d.Live.Apply(t.Context(), incident.Delta{Upto: seq, CaughtUp: true, Incidents: incs}); err != nil {
		t.Fatal(err)
	}
}

// claims writes the work list: name, minutes, incidents, and how many of them nobody knows the length of.
func claims(t *testing.T, d *Desk) string {
	t.Helper()
	found, err := d.ClaimedFactors(t.Context(), query.Query{Range: "all"}, incident.Sight{})
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, g := range found.Groups {
		out += fmt.Sprintf("%s %.0f min of %d, %d not known; ", g.Name, g.Took.Minutes(), len(g.Items), g.Unmeasured)
	}
	return out
}

// TestJudgeFactor: the work list has what is claimed by how long it stands for, whatever the case of its name, and nothing of private
// incidents; what is confirmed or rejected leaves it, and comes back when that is taken back.
func TestJudgeFactor(t *testing.T) {
	d := claiming(t)
	const all = "cache 120 min of 3, 1 not known; deploy 30 min of 1, 0 not known; "
	if got := claims(t, d); got != all {
		t.Errorf("the work list is %s, want %s", got, all)
	}
	key := func(category string) string {
		return incident.Factor{Role: "contributing", Text: "the " + category}.Key()
	}
	judge := func(id incident.ID, v FactorVerdict) *incident.Incident {
		t.Helper()
		inc, seq, err := d.JudgeFactor(t.Context(), id, v, "operator", incident.Sight{})
		if err != nil {
			t.Fatalf("JudgeFactor(%+v): %v", v, err)
		}
		show(t, d, seq, inc)
		return inc
	}
	judge("a", FactorVerdict{Key: key("cache"), Action: "confirm"})
	judge("b", FactorVerdict{Key: key("deploy"), Action: "reject"})
	inc := judge("b", FactorVerdict{Action: "add", Role: "surprise", Text: " Nobody knew ", About: "checkout"})
	if x := inc.FactorStatements(); len(x) != 3 || x[1].Text != "Nobody knew" || x[1].State != incident.FactorConfirmed || x[1].About != "checkout" || x[2].State != incident.FactorRejected {
		t.Errorf("the factors are %+v, want the claimed one, the added one, and behind them the rejected one", x)
	}
	if got, want := claims(t, d), "Cache 30 min of 2, 1 not known; "; got != want {
		t.Errorf("after two judgements the work list is %s, want %s", got, want)
	}
	judge("b", FactorVerdict{Key: key("deploy"), Action: "undo"})
	judge("a", FactorVerdict{Key: key("cache"), Action: "undo"})
	if got := claims(t, d); got != all {
		t.Errorf("after both were taken back the work list is %s, want %s", got, all)
	}
	for _, v := range []FactorVerdict{{Key: "fac_none", Action: "confirm"}, {Key: key("cache"), Action: "adore"}, {Action: "add", Role: "contributing"}, {Key: key("cache"), Action: "reword", Role: "culprit", Text: "x"}} {
		if _, _, err := d.JudgeFactor(t.Context(), "a", v, "operator", incident.Sight{}); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("JudgeFactor(%+v) = %v, want ErrInvalid", v, err)
		}
	}
	if _, _, err := d.JudgeFactor(t.Context(), "d", FactorVerdict{Action: "add", Role: "trigger", Text: "x"}, "viewer", incident.Sight{}); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("judging a private incident unseen: %v, want ErrNotFound", err)
	}
}
