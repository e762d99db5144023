package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

// testManagements: what is decided about a problem comes back whole, is a change of the problem, outlives it, and nobody overwrites a
// version that they have not seen.
func testManagements(t *testing.T, s incident.Store) {
	ctx := t.Context()
	p := incident.Problem{ID: "prb_1", Title: "Disk full", State: incident.Confirmed, Basis: "text", By: "operator", At: Epoch()}
	update(t, s, func(tx incident.Tx) error { return tx.PutProblems([]incident.Problem{p}) })
	first := incident.Management{Problem: p.ID, Version: 1, Stage: incident.StageKnownError, Owner: "team_1", OwnerName: "Storage \x00team", Workaround: "Delete `/tmp`\n\n- twice",
		Cause: "logs", ExitWords: "no page at night", ExitDays: 60, Change: "chg_1", By: "operator", At: Epoch()}
	second := first
	second.Version, second.Stage, second.ResolvedAt, second.Change, second.ChangeURL = 2, incident.StageResolved, Epoch().Add(time.Hour), "", "https://example.com/1"
	second.OwnerName, second.At = "Storage team", Epoch().Add(2*time.Hour)
	put := func(m incident.Management) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutManagement(m) })
		return err
	}
	fails(t, "PutManagement of a second version without a first", put(second), incident.ErrConflict)
	fails(t, "PutManagement without a version", put(incident.Management{Problem: p.ID}), incident.ErrConflict)
	seq := update(t, s, func(tx incident.Tx) error { return tx.PutManagement(first) })
	equal(t, "Changes by PutManagement", check(s.Changes(ctx, seq-1, 10))(t, "Changes"), []incident.Change{{Seq: seq, Kind: incident.EntityProblem, ID: p.ID}})
	first.OwnerName = "Storage team" // PostgreSQL stores no NUL
	equal(t, "Managements", check(s.Managements(ctx))(t, "Managements"), map[incident.ID]incident.Management{p.ID: first})
	fails(t, "PutManagement of the same version again", put(first), incident.ErrConflict)
	if err := put(second); err != nil {
		t.Fatal(err)
	}
	third := second
	third.Version = 4
	fails(t, "PutManagement of a version too far", put(third), incident.ErrConflict)
	var found map[incident.ID]incident.Management
	update(t, s, func(tx incident.Tx) (err error) {
		found, err = tx.ManagementsByID([]incident.ID{p.ID, "prb_none"})
		return err
	})
	equal(t, "ManagementsByID", found, map[incident.ID]incident.Management{p.ID: second})
	update(t, s, func(tx incident.Tx) error { return tx.DeleteProblems([]incident.ID{p.ID}) })
	equal(t, "Managements after the problem went", check(s.Managements(ctx))(t, "Managements"), map[incident.ID]incident.Management{p.ID: second})
}
