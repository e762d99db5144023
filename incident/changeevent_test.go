package incident

import (
	"errors"
	"testing"
	"time"
)

func TestImpossibleEvents(t *testing.T) {
	at := time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC)
	change := func(start, finish time.Time) error {
		c := ChangeEvent{Kind: ChangeDeploy, Result: ChangeRunning, StartedAt: start, FinishedAt: finish}
		return c.Validate()
	}
	shift := func(from, to time.Time) error { return (&Shift{From: from, To: to}).Validate() }
	for _, tc := range []struct {
		name  string
		err   error
		field string // at fault; empty: none
	}{
		{"a change with both times", change(at, at.Add(time.Minute)), ""},
		{"a change of an instant", change(at, at), ""},
		{"a change that goes on", change(at, time.Time{}), ""},
		{"a change of which only the finish is known", change(time.Time{}, at), ""},
		{"a change without a time", change(time.Time{}, time.Time{}), "started_at"},
		{"a change that finishes before it starts", change(at, at.Add(-time.Second)), "finished_at"},
		{"a kind that there is not", (&ChangeEvent{Kind: "party", Result: ChangeFailed, StartedAt: at}).Validate(), "kind"},
		{"a result that there is not", (&ChangeEvent{Kind: ChangeInfra, Result: "meh", StartedAt: at}).Validate(), "result"},
		{"a shift", shift(at, at.Add(time.Hour)), ""},
		{"a shift without an end", shift(at, time.Time{}), ""},
		{"a shift without a beginning", shift(time.Time{}, at), "from"},
		{"a shift that ends before it begins", shift(at, at.Add(-time.Second)), "to"},
	} {
		var field *FieldError
		got := ""
		if errors.As(tc.err, &field) {
			got = field.Field
		}
		if got != tc.field || (tc.err == nil) != (tc.field == "") {
			t.Errorf("%s: Validate = %v, want one about %q", tc.name, tc.err, tc.field)
		}
	}
}

func TestEventIDs(t *testing.T) {
	ref := Ref{Connection: "con_1", Type: "change", ExternalID: "7"}
	if ref.ChangeEventID() == ref.RosterID() || ref.ID()[:4] != "inc_" || ref.ChangeEventID()[:4] != "chg_" {
		t.Errorf("ids of one record as incident, change and roster: %s, %s, %s, want three", ref.ID(), ref.ChangeEventID(), ref.RosterID())
	}
	if ScheduleID("con_1", "", "On call") != ScheduleID("con_1", "", "on-call ") || ScheduleID("con_1", "1", "a") != ScheduleID("con_1", "1", "b") {
		t.Error("ScheduleID: want names alike in their slugs to be one schedule, and the source's id to outweigh the name")
	}
}
