package follow

import (
	"testing"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
)

// TestChangesWithoutStateForSinks proves that a sink moves on over entities that no sink keeps anything of.
func TestChangesWithoutStateForSinks(t *testing.T) {
	s := open(t)
	seq, err := s.Update(t.Context(), func(tx incident.Tx) error {
		if err := tx.PutChangeEvents([]incident.ChangeEvent{incidenttest.ChangeEvent(1)}); err != nil {
			return err
		}
		return tx.PutRosters([]incident.Roster{incidenttest.Roster(1)})
	})
	if err != nil {
		t.Fatal(err)
	}
	d, found, err := load(t.Context(), s, 0, false)
	if err != nil || !found || d.Upto != seq || !d.CaughtUp || len(d.Incidents)+len(d.Gone) != 0 {
		t.Errorf("load = %+v, %t, %v, want nothing but the position %d", d, found, err, seq)
	}
}
