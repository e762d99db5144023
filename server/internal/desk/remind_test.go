package desk

import (
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

// TestReminders: each stage of an action item is told once, however often and by however many replicas it is looked for.
func TestReminders(t *testing.T) {
	d, id := summarised(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	d.Now = func() time.Time { return now }
	_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
		for _, u := range []incident.User{{ID: "usr_1", Name: "one", Role: incident.Editor}, {ID: "usr_2", Name: "two", Display: "Responder Two", Role: incident.Editor}} {
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	one := acting(t, "usr_1", "one")
	item, _, err := d.EditAction(one, id, ActionEdit{ActionChange: incident.ActionChange{Set: map[string]string{"title": "Add an alert", "owner": "responder two",
		"due": "2026-03-05T12:00:00Z", "verify_by": "2026-04-01T12:00:00Z", "proof": "The alert fires."}}}, "one", whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.EditAction(one, id, ActionEdit{ActionChange: incident.ActionChange{Set: map[string]string{"title": "Mine", "owner": "one"}}}, "one", whole); err != nil {
		t.Fatal(err)
	}
	at := func(day string) {
		t.Helper()
		if now, err = time.Parse(time.RFC3339, day+"T12:30:00Z"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := d.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	counts := func() map[incident.NoticeKind]int {
		out := map[incident.NoticeKind]int{}
		for _, k := range kindsTold(t, d, "usr_2") {
			out[k]++
		}
		return out
	}
	for _, step := range []struct {
		day                  string
		due, overdue, verify int
	}{
		{"2026-03-01", 0, 0, 0}, {"2026-03-02", 1, 0, 0}, {"2026-03-04", 1, 0, 0}, {"2026-03-05", 1, 1, 0}, {"2026-03-11", 1, 1, 0}, {"2026-03-12", 1, 2, 0},
	} {
		at(step.day)
		got := counts()
		if got[incident.NoticeDue] != step.due || got[incident.NoticeOverdue] != step.overdue || got[incident.NoticeVerify] != step.verify || got[incident.NoticeAction] != 1 {
			t.Errorf("on %s two was told %v, want due %d, overdue %d, verify %d, action 1", step.day, got, step.due, step.overdue, step.verify)
		}
	}
	if _, _, err := d.EditAction(one, id, ActionEdit{Key: item.Key, ActionChange: incident.ActionChange{Set: map[string]string{"state": "done"}}}, "one", whole); err != nil {
		t.Fatal(err)
	}
	at("2026-03-31")
	if got := counts(); got[incident.NoticeOverdue] != 2 || got[incident.NoticeVerify] != 0 {
		t.Errorf("before the time to verify two was told %v", got)
	}
	at("2026-04-02")
	if got := counts(); got[incident.NoticeVerify] != 1 {
		t.Errorf("after the time to verify two was told %v", got)
	}
	if got := kindsTold(t, d, "usr_1"); len(got) != 0 {
		t.Errorf("one, who did it all and owns what has no date, was told %v", got)
	}
}

// TestRetroReminders: the owner of a retrospective is reminded until it is published, and nobody of one that they do not see.
func TestRetroReminders(t *testing.T) {
	d, id := summarised(t)
	now := d.Now().UTC()
	d.Now = func() time.Time { return now }
	hide := func(private bool) {
		_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
			all, err := tx.IncidentsByID([]incident.ID{id})
			if err != nil {
				return err
			}
			all[id].Private = private
			return tx.PutIncidents([]*incident.Incident{all[id]})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
		r, err := tx.RetroByID(id)
		if err != nil {
			return err
		}
		r.Version, r.Owner, r.Due = r.Version+1, "usr_1", now.Add(time.Hour)
		if err := tx.PutUser(incident.User{ID: "usr_1", Name: "one", Role: incident.Editor}); err != nil {
			return err
		}
		return tx.PutRetro(*r)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		private bool
		after   time.Duration
		want    []incident.NoticeKind
	}{
		{true, 0, nil},
		{false, 0, []incident.NoticeKind{incident.NoticeDue}},
		{false, 2 * time.Hour, []incident.NoticeKind{incident.NoticeDue, incident.NoticeOverdue}},
		{false, 13 * week, []incident.NoticeKind{incident.NoticeDue, incident.NoticeOverdue}},
	} {
		hide(step.private)
		now = now.Add(step.after)
		if err := d.Remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := kindsTold(t, d, "usr_1"); !slices.Equal(got, step.want) {
			t.Errorf("private %t, after %s more: told %v, want %v", step.private, step.after, got, step.want)
		}
	}
}
