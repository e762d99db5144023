package analytics_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// TestEffectByHand: 10 in the year before and none in the year after. Given the total, the count after is binomial with half as
// probability of each; the upper limit of 0 of 10 is p = 1 - 0.025^(1/10) = 0.30850 (Clopper and Pearson), which is a ratio of
// p/(1-p) = 0.44612. One of 11 would have come back after 100 days.
func TestEffectByHand(t *testing.T) {
	done := time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)
	var incs []*incident.Incident
	add := func(id string, at time.Time) incident.ID {
		inc := &incident.Incident{ID: incident.ID(id), Ref: incident.Ref{Connection: "con_1"}, Kind: incident.Real, Status: incident.Resolved}
		inc.Milestones.Set(incident.ImpactStarted, at, incident.ToSecond, incident.FromField, "test", "")
		incs = append(incs, inc)
		return inc.ID
	}
	for week := range 53 * 3 { // others, so that the record goes on
		add(fmt.Sprintf("other%d", week), done.AddDate(-2, 0, 7*week))
	}
	var ids []incident.ID
	for n := range 10 {
		ids = append(ids, add(fmt.Sprintf("own%d", n), done.AddDate(0, 0, -20-34*n)))
	}
	const now = "2026-03-01T00:00:00Z"
	e := recurring(t, now, incs, ids...).After(done, time.Time{})
	if e.NBefore != 10 || e.NNow != 0 || !e.Next.IsZero() || e.Waited != 365*24*time.Hour {
		t.Errorf("After = %d before, %d after, next %v, waited %v; want 10, 0, none, 365 days", e.NBefore, e.NNow, e.Next, e.Waited)
	}
	if want := 0.44612; e.Ratio.High == nil || math.Abs(*e.Ratio.High-want) > 1e-4 {
		t.Errorf("ratio = %+v, want the upper limit %v", e.Ratio, want)
	}
	if got, want := e.Words(), "10 in the 365 days before it was done, 0 in the 365 days after; none has come for 365 days"; got != want {
		t.Errorf("Words = %q, want %q", got, want)
	}
	again := add("again", done.AddDate(0, 0, 100))
	if e := recurring(t, now, incs, append(ids, again)...).After(done, time.Time{}); e.NNow != 1 || e.Waited != 100*24*time.Hour {
		t.Errorf("with one more: %d after, waited %v; want 1 and 100 days", e.NNow, e.Waited)
	}
	if e := recurring(t, now, incs, ids[0]).After(done, time.Time{}); e.Phrase != analytics.TooFew {
		t.Errorf("of one incident: %q, want %q", e.Phrase, analytics.TooFew)
	}
	if e := recurring(t, now, incs, ids...).After(done.AddDate(-3, 0, 0), time.Time{}); e.Phrase != analytics.CannotTell {
		t.Errorf("done before the record begins: %q, want %q", e.Phrase, analytics.CannotTell)
	}
}
