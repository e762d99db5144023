package follow

import (
	"reflect"
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
	d, found, err := load(t.Context(), s, 0, everything)
	if err != nil || !found || d.Upto != seq || !d.CaughtUp || len(d.Incidents)+len(d.Gone) != 0 {
		t.Errorf("load = %+v, %t, %v, want nothing but the position %d", d, found, err, seq)
	}
}

// TestRunbooksAlone: a sink of runbooks gets those that are there, hears of those that went, and gets nothing else.
func TestRunbooksAlone(t *testing.T) {
	s := open(t)
	one, two := incidenttest.Runbook(1), incidenttest.Runbook(2)
	two.DeletedAt = incidenttest.Epoch()
	seq := put(t, s, func(tx incident.Tx) error {
		if err := tx.PutIncidents([]*incident.Incident{made(1, "one")}); err != nil {
			return err
		}
		return tx.PutRunbooks([]incident.Runbook{one, two})
	})
	one.Seq = seq
	d, found, err := load(t.Context(), s, 0, runbooksAlone)
	want := incident.Delta{Upto: seq, CaughtUp: true, Runbooks: []incident.Runbook{one}, GoneRunbooks: []incident.ID{two.ID}}
	if err != nil || !found || !reflect.DeepEqual(d, want) {
		t.Errorf("load = %+v, %t, %v, want %+v", d, found, err, want)
	}
	if d, _, err := load(t.Context(), s, 0, everything); err != nil || len(d.Runbooks) != 0 || len(d.Incidents) != 1 {
		t.Errorf("load of everything = %+v, %v, want the incident and no runbook", d, err)
	}
}
