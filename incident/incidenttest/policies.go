package incidenttest

import (
	"encoding/json"
	"testing"
	"time"

	"hindsight/incident"
)

// testPolicies: a version stays as it was saved, nobody overwrites another's, and a removal is a version too.
func testPolicies(t *testing.T, s incident.Store) {
	ctx := t.Context()
	first := incident.Policy{ID: "pol_1", Version: 1, Kind: "made-up", Name: "b", Body: json.RawMessage(`{"b": 1,  "a": 2}`), SavedAt: Epoch(), SavedBy: "admin"}
	second := first
	second.Version, second.Name, second.Note, second.SavedAt = 2, "B", "agreed on Monday", Epoch().Add(time.Hour)
	other := incident.Policy{ID: "pol_2", Version: 1, Kind: "made-up", Name: "a", Body: json.RawMessage(`{}`), SavedAt: Epoch()}
	put := func(p incident.Policy) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutPolicy(p) })
		return err
	}
	fails(t, "PutPolicy of a second version without a first", put(second), incident.ErrConflict)
	seq := update(t, s, func(tx incident.Tx) error { return tx.PutPolicy(first) })
	equal(t, "Changes by PutPolicy", check(s.Changes(ctx, seq-1, 10))(t, "Changes"), []incident.Change{{Seq: seq, Kind: incident.EntityPolicy, ID: "pol_1"}})
	fails(t, "PutPolicy of the same version again", put(first), incident.ErrConflict)
	for _, p := range []incident.Policy{second, other} {
		if err := put(p); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "Policies by name", check(s.Policies(ctx))(t, "Policies"), []incident.Policy{other, second})
	equal(t, "PolicyVersions", check(s.PolicyVersions(ctx, "pol_1"))(t, "PolicyVersions"), []incident.Policy{second, first})

	removed := second
	removed.Version, removed.Removed = 3, true
	gone := update(t, s, func(tx incident.Tx) error { return tx.PutPolicy(removed) })
	equal(t, "Changes by a removal", check(s.Changes(ctx, gone-1, 10))(t, "Changes"), []incident.Change{{Seq: gone, Kind: incident.EntityPolicy, ID: "pol_1", Gone: true}})
	equal(t, "Policies after a removal", check(s.Policies(ctx))(t, "Policies"), []incident.Policy{other})
	equal(t, "versions after a removal", len(check(s.PolicyVersions(ctx, "pol_1"))(t, "PolicyVersions")), 3)
	_, err := s.PolicyVersions(ctx, "pol_3")
	fails(t, "PolicyVersions of nothing", err, incident.ErrNotFound)
}
