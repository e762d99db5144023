package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

// testRetroReach: readers are counted once while it is known that they read, and their number outlives that; links in texts and factors
// that were taken from a suggestion count for those who see the incidents that they stand in.
func testRetroReach(t *testing.T, s incident.Store) {
	ctx := t.Context()
	begun(t, s)
	one, two := Incident(1), Incident(2)
	second := Retro()
	second.Incident = two.ID
	reading := func(text string) incident.Retrospective {
		return incident.Retrospective{Incident: two.ID, Title: "Another", Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: text}}}
	}
	taken := incident.FactorSays{State: incident.FactorConfirmed, Role: "contributing", Text: "a cold cache", From: string(one.ID)}
	if err := two.EditFactor("fac_1", taken, "ada", Epoch()); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutIncidents([]*incident.Incident{two}); err != nil {
			return err
		}
		if err := tx.PutRetro(second); err != nil {
			return err
		}
		return tx.PutReading(reading("As in [the last one](/incidents/"+string(one.ID)+"/retrospective), and [itself](/incidents/"+string(two.ID)+")."), Epoch())
	})
	all := incident.Sight{All: true}
	reach := func(sight incident.Sight, of ...incident.ID) incident.RetroReach {
		t.Helper()
		return check(s.RetroReach(ctx, sight, of...))(t, "RetroReach")[one.ID]
	}
	equal(t, "RetroReach", reach(all), incident.RetroReach{Cited: []incident.ID{two.ID}, Reused: []incident.ID{two.ID}})
	equal(t, "RetroReach of another", check(s.RetroReach(ctx, all, two.ID))(t, "RetroReach"), map[incident.ID]incident.RetroReach{two.ID: {}})

	day := Epoch().Truncate(24 * time.Hour)
	read := func(reader string, on time.Time) {
		update(t, s, func(tx incident.Tx) error { return tx.NoteRetroRead(one.ID, reader, on) })
	}
	fold := func(before time.Time, named ...string) {
		update(t, s, func(tx incident.Tx) error { return tx.FoldRetroReaders(before, named...) })
	}
	readers := func(what string, all, lately int) {
		t.Helper()
		got := reach(incident.Sight{}, one.ID)
		equal(t, what, [2]int{got.Readers, got.Lately}, [2]int{all, lately})
	}
	read("a", day)
	read("a", day.AddDate(0, 0, 3))
	read("b", day.AddDate(0, 0, 1))
	read("c", day.AddDate(0, 0, 9))
	readers("three readers", 3, 3)
	equal(t, "RetroReadOn", check(s.RetroReadOn(ctx, one.ID, "a"))(t, "RetroReadOn"), day.AddDate(0, 0, 3))
	fold(day.AddDate(0, 0, 3))
	readers("one of long ago", 3, 2)
	equal(t, "RetroReadOn of long ago", check(s.RetroReadOn(ctx, one.ID, "b"))(t, "RetroReadOn"), time.Time{})
	fold(time.Time{}, "c", "unknown")
	readers("one who was erased", 3, 1)
	read("b", day.AddDate(0, 0, 200))
	readers("one who comes back", 4, 2)

	hidden := *two
	hidden.Private, hidden.Audience = true, incident.Audience{}
	update(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{&hidden}) })
	equal(t, "RetroReach by one who does not see it", reach(incident.Sight{User: "usr_9"}, one.ID), incident.RetroReach{Readers: 4, Lately: 2})
	equal(t, "RetroReach by one who does", len(reach(all, one.ID).Cited), 1)
	taken.State = incident.FactorRejected
	if err := hidden.EditFactor("fac_1", taken, "ada", Epoch().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutIncidents([]*incident.Incident{&hidden}); err != nil {
			return err
		}
		return tx.PutReading(reading("Nothing like it."), Epoch().Add(time.Hour))
	})
	equal(t, "RetroReach of what was taken back", reach(all, one.ID), incident.RetroReach{Readers: 4, Lately: 2})
	update(t, s, func(tx incident.Tx) error { return tx.DeleteRetrospectives([]incident.ID{one.ID, two.ID}) })
	equal(t, "RetroReach of what is gone", len(check(s.RetroReach(ctx, all))(t, "RetroReach")), 0)
}
