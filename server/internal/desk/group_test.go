package desk

import (
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store/storetest"
)

// TestDecisionDuringGrouping: what a person says while problems are being found is not overwritten by what was found.
func TestDecisionDuringGrouping(t *testing.T) {
	ctx := t.Context()
	d := &Desk{Store: storetest.SQLite(t), Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }}
	problem := func(id incident.ID, members ...incident.ID) incident.Problem {
		p := incident.Problem{ID: id, Title: string(id), State: incident.Suggested, Basis: "text"}
		for _, m := range members {
			p.Members = append(p.Members, incident.ProblemMember{Incident: m, Score: 1, Reasons: []string{"alike"}})
		}
		return p
	}
	if err := d.regroup(ctx, nil, []incident.Problem{problem("prb_kept", "a", "b"), problem("prb_grown", "c", "d"),
		problem("prb_gone", "e", "f"), problem("prb_lost", "g", "h")}); err != nil {
		t.Fatalf("regroup: %v", err)
	}
	previous, err := d.Store.Problems(ctx)
	if err != nil {
		t.Fatalf("Problems: %v", err)
	}
	for _, id := range []incident.ID{"prb_kept", "prb_lost"} {
		if _, _, err := d.Decide(ctx, id, Verdict{Action: "confirm"}, "ada"); err != nil {
			t.Fatalf("Decide(%s): %v", id, err)
		}
	}
	if err := d.regroup(ctx, previous, []incident.Problem{problem("prb_kept", "a", "b", "x"), problem("prb_grown", "c", "d", "y"),
		problem("prb_new", "i", "j")}); err != nil {
		t.Fatalf("regroup: %v", err)
	}
	want := map[incident.ID]struct {
		state   incident.ProblemState
		members int
	}{
		"prb_kept": {incident.Confirmed, 2}, "prb_lost": {incident.Confirmed, 2}, // decided meanwhile
		"prb_grown": {incident.Suggested, 3}, "prb_new": {incident.Suggested, 2}, // prb_gone has lost its support
	}
	got, err := d.Store.Problems(ctx)
	if err != nil || len(got) != len(want) {
		t.Fatalf("Problems = %+v, %v, want %d", got, err, len(want))
	}
	for _, p := range got {
		if w := want[p.ID]; p.State != w.state || len(p.Members) != w.members {
			t.Errorf("%s is %s with %d members, want %s with %d", p.ID, p.State, len(p.Members), w.state, w.members)
		}
	}
}
