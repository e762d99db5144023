package incidenttest

import (
	"fmt"
	"testing"
	"time"

	"hindsight/incident"
)

// Roster returns sample roster n, always the same for the same n: a week of a schedule of the connection
// "con_sample", three shifts of a day each from Epoch plus n weeks on; the second is an override, the third has
// no end.
func Roster(n int) incident.Roster {
	ref := incident.Ref{Connection: "con_sample", Type: "schedule", ExternalID: fmt.Sprintf("SCHED-1/%d", n)}
	r := incident.Roster{ID: ref.RosterID(), Ref: ref, ExternalUpdatedAt: Epoch(), RawID: incident.DeriveID("raw", ref.ExternalID), MapVersion: 1}
	start := Epoch().AddDate(0, 0, 7*n)
	for day, name := range []string{"Responder One", "Responder Two", "Responder One"} {
		s := incident.Shift{Roster: r.ID, Ref: ref, ScheduleRef: "SCHED-1", ScheduleName: "Primary", Team: incident.NewTeam("red").ID,
			Schedule: incident.ScheduleID("con_sample", "SCHED-1", "Primary"), Person: incident.DeriveID("per", name), PersonName: name,
			From: start.AddDate(0, 0, day), To: start.AddDate(0, 0, day+1), Override: day == 1, Layer: "weekdays", Level: 1}
		if day == 2 {
			s.To = time.Time{}
		}
		s.ID = s.ShiftID()
		r.Shifts = append(r.Shifts, s)
	}
	return r
}

func putRosters(t *testing.T, s incident.Store, rs ...incident.Roster) incident.Seq {
	t.Helper()
	return update(t, s, func(tx incident.Tx) error { return tx.PutRosters(rs) })
}

func testRosters(t *testing.T, s incident.Store) {
	ctx := t.Context()
	one, two := Roster(0), Roster(1)
	one.Seq = putRosters(t, s, one, two)
	two.Seq = one.Seq
	equal(t, "Roster", check(s.Roster(ctx, one.ID))(t, "Roster"), &one)
	equal(t, "number of the same again", putRosters(t, s, Roster(1), Roster(0)), 0)
	_, err := s.Roster(ctx, "ros_none")
	fails(t, "Roster that there is not", err, incident.ErrNotFound)

	one.Shifts = one.Shifts[1:2]
	one.Seq = putRosters(t, s, one)
	equal(t, "Roster with fewer shifts", check(s.Roster(ctx, one.ID))(t, "Roster"), &one)
	equal(t, "Roster beside it", check(s.Roster(ctx, two.ID))(t, "Roster"), &two)
	var found map[incident.ID]*incident.Roster
	update(t, s, func(tx incident.Tx) (err error) {
		found, err = tx.RostersByID([]incident.ID{one.ID, "ros_none"})
		return err
	})
	equal(t, "RostersByID", found, map[incident.ID]*incident.Roster{one.ID: &one})

	one.Shifts, one.DeletedAt, one.DeletedReason = nil, Epoch(), "deleted at the source"
	one.Seq = putRosters(t, s, one)
	equal(t, "tombstone", check(s.Roster(ctx, one.ID))(t, "Roster"), &one)
	equal(t, "Changes", check(s.Changes(ctx, two.Seq, 10))(t, "Changes"),
		[]incident.Change{{Seq: one.Seq, Kind: incident.EntityRoster, ID: one.ID, Gone: true}})
	shifts, _, err := s.Shifts(ctx, incident.ShiftFilter{})
	if err != nil {
		t.Fatalf("Shifts: %v", err)
	}
	equal(t, "Shifts that are left", shifts, two.Shifts)
}

func testShiftLists(t *testing.T, s incident.Store) {
	one, two := Roster(0), Roster(1)
	for i := range two.Shifts {
		two.Shifts[i].ScheduleRef, two.Shifts[i].ScheduleName, two.Shifts[i].Schedule = "SCHED-2", "Secondary", "sch_2"
		two.Shifts[i].Team = "team_2"
	}
	putRosters(t, s, two, one)
	day := func(n int) time.Time { return Epoch().AddDate(0, 0, n) }
	all := append(append([]incident.Shift{}, one.Shifts...), two.Shifts...)
	for _, tc := range []struct {
		name   string
		filter incident.ShiftFilter
		want   []incident.Shift
	}{
		{"all in order of their beginning", incident.ShiftFilter{}, all},
		{"by schedule id", incident.ShiftFilter{Schedules: []string{"sch_2"}}, two.Shifts},
		{"by the source's id of the schedule", incident.ShiftFilter{Schedules: []string{"SCHED-1"}}, one.Shifts},
		{"by the schedule's name", incident.ShiftFilter{Schedules: []string{"Secondary", "none"}}, two.Shifts},
		{"by person", incident.ShiftFilter{People: []string{string(one.Shifts[1].Person)}}, []incident.Shift{all[1], all[4]}},
		{"by the person's name, in a schedule", incident.ShiftFilter{People: []string{"Responder Two"}, Schedules: []string{"Primary"}}, all[1:2]},
		{"by team", incident.ShiftFilter{Teams: []incident.ID{"team_2", "team_none"}}, two.Shifts},
		{"a period takes what overlaps it", incident.ShiftFilter{From: day(0).Add(time.Hour), To: day(1).Add(time.Hour)}, all[:2]},
		{"a shift that ends where the period begins is not in it", incident.ShiftFilter{From: day(1), To: day(2)}, all[1:2]},
		{"a shift without an end goes on", incident.ShiftFilter{From: day(30)}, []incident.Shift{all[2], all[5]}},
		{"up to an end", incident.ShiftFilter{To: day(7)}, all[:3]},
	} {
		got, next, err := s.Shifts(t.Context(), tc.filter)
		if err != nil || next != "" {
			t.Fatalf("%s: next %q, %v", tc.name, next, err)
		}
		equal(t, tc.name, got, tc.want)
	}
	var paged []incident.Shift
	f := incident.ShiftFilter{Limit: 4}
	for pages := 0; pages == 0 || f.After != ""; pages++ {
		some, next, err := s.Shifts(t.Context(), f)
		if err != nil || pages > 2 {
			t.Fatalf("page %d of shifts: %v", pages, err)
		}
		paged, f.After = append(paged, some...), next
	}
	equal(t, "all pages", paged, all)
}

func testDeleteConnectionEvents(t *testing.T, s incident.Store) {
	ctx := t.Context()
	mine, other := ChangeEvent(1), ChangeEvent(2, func(c *incident.ChangeEvent) { c.Ref.Connection = "con_other" })
	roster := Roster(0)
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutConnection(incident.Connection{ID: "con_sample", Name: "sample"}); err != nil {
			return err
		}
		if err := tx.PutChangeEvents([]incident.ChangeEvent{mine, other}); err != nil {
			return err
		}
		return tx.PutRosters([]incident.Roster{roster})
	})
	seq := update(t, s, func(tx incident.Tx) error { return tx.DeleteConnection("con_sample", "connection removed") })
	equal(t, "Changes", check(s.Changes(ctx, seq-1, 10))(t, "Changes"), []incident.Change{
		{Seq: seq, Kind: incident.EntityChangeEvent, ID: mine.ID, Gone: true}, {Seq: seq, Kind: incident.EntityRoster, ID: roster.ID, Gone: true}})
	equal(t, "change events that are left", listChanges(t, s, incident.ChangeFilter{}), []string{other.Title})
	got := check(s.ChangeEvent(ctx, mine.ID))(t, "ChangeEvent")
	equal(t, "tombstone", []any{got.Deleted(), got.DeletedReason, got.Title, got.Ref, got.Revision, len(got.Services)},
		[]any{true, "connection removed", mine.Title, mine.Ref, "", 0})
	shifts, _, err := s.Shifts(ctx, incident.ShiftFilter{})
	if err != nil || len(shifts) != 0 {
		t.Errorf("Shifts = %+v, %v, want none", shifts, err)
	}
	left := check(s.Roster(ctx, roster.ID))(t, "Roster")
	equal(t, "roster", []any{left.Deleted(), left.DeletedReason, left.Ref}, []any{true, "connection removed", roster.Ref})
}
