package incidenttest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

// ChangeEvent returns sample change event n, always the same for the same n: a deployment of ten minutes, an
// hour after change event n-1, of the connection "con_sample". Each override changes it before it is returned.
func ChangeEvent(n int, overrides ...func(*incident.ChangeEvent)) incident.ChangeEvent {
	start := Epoch().Add(time.Duration(n) * time.Hour)
	ref := incident.Ref{Connection: "con_sample", Type: "change", ExternalID: fmt.Sprintf("CHG-%d", n)}
	service := incident.NewService(fmt.Sprintf("service %d", n%3))
	c := incident.ChangeEvent{
		ID: ref.ChangeEventID(), Ref: ref,
		Kind: incident.ChangeKinds[n%len(incident.ChangeKinds)], Number: fmt.Sprintf("CHG%07d", n),
		Services:    []incident.ServiceUse{{Service: service.ID, Name: service.Name}, {Service: "svc_all", Name: "all"}},
		Environment: "production", Title: fmt.Sprintf("Roll out build %d", n),
		StartedAt: start, FinishedAt: start.Add(10 * time.Minute),
		Result: incident.ChangeSucceeded, ResultRaw: "SUCCESS", Revision: "3f8251d", URL: fmt.Sprintf("https://ci.example.com/%d", n), Actor: "Responder One",
		ExternalCreatedAt: start, ExternalUpdatedAt: start.Add(time.Hour),
		RawID: incident.DeriveID("raw", ref.ExternalID), MapVersion: 1,
	}
	for _, change := range overrides {
		change(&c)
	}
	return c
}

func putChanges(t *testing.T, s incident.Store, cs ...incident.ChangeEvent) incident.Seq {
	t.Helper()
	return update(t, s, func(tx incident.Tx) error { return tx.PutChangeEvents(cs) })
}

func testChangeEvents(t *testing.T, s incident.Store) {
	ctx := t.Context()
	full := ChangeEvent(1)
	bare := incident.ChangeEvent{ID: "chg_bare", Kind: incident.ChangeFlag, Result: incident.ChangeResultUnknown, FinishedAt: Epoch()}
	seq := putChanges(t, s, full, bare)
	full.Seq, bare.Seq = seq, seq
	equal(t, "ChangeEvent", check(s.ChangeEvent(ctx, full.ID))(t, "ChangeEvent"), &full)
	equal(t, "ChangeEvent with nothing but a finish", check(s.ChangeEvent(ctx, bare.ID))(t, "ChangeEvent"), &bare)
	want := []incident.Change{{Seq: seq, Kind: incident.EntityChangeEvent, ID: full.ID}, {Seq: seq, Kind: incident.EntityChangeEvent, ID: bare.ID}}
	slices.SortFunc(want, func(a, b incident.Change) int { return cmp.Compare(a.ID, b.ID) })
	equal(t, "Changes", check(s.Changes(ctx, 0, 10))(t, "Changes"), want)
	equal(t, "number of the same again", putChanges(t, s, bare, full), 0)
	_, err := s.ChangeEvent(ctx, "chg_none")
	fails(t, "ChangeEvent that there is not", err, incident.ErrNotFound)

	full.Services, full.Result, full.Title = full.Services[1:], incident.ChangeFailed, "hostile '\x00\xff\"; --"
	seq = putChanges(t, s, full)
	full.Seq, full.Title = seq, "hostile '\uFFFD\"; --"
	equal(t, "ChangeEvent after an update", check(s.ChangeEvent(ctx, full.ID))(t, "ChangeEvent"), &full)

	var found map[incident.ID]*incident.ChangeEvent
	update(t, s, func(tx incident.Tx) (err error) {
		found, err = tx.ChangeEventsByID([]incident.ID{full.ID, "chg_none"})
		return err
	})
	equal(t, "ChangeEventsByID", found, map[incident.ID]*incident.ChangeEvent{full.ID: &full})
}

// listChanges returns the titles of what f selects.
func listChanges(t *testing.T, s incident.Store, f incident.ChangeFilter) []string {
	t.Helper()
	events, _, err := s.ChangeEvents(t.Context(), f)
	if err != nil {
		t.Fatalf("ChangeEvents(%+v): %v", f, err)
	}
	titles := []string{}
	for _, e := range events {
		titles = append(titles, e.Title)
	}
	return titles
}

func testChangeEventLists(t *testing.T, s incident.Store) {
	named := func(n int, title string, overrides ...func(*incident.ChangeEvent)) incident.ChangeEvent {
		return ChangeEvent(n, append(overrides, func(c *incident.ChangeEvent) { c.Title = title })...)
	}
	late := func(c *incident.ChangeEvent) { c.StartedAt, c.FinishedAt = time.Time{}, Epoch().Add(4*time.Hour) }
	gone := func(c *incident.ChangeEvent) { c.DeletedAt = Epoch() }
	elsewhere := func(c *incident.ChangeEvent) { c.Ref.Connection = "con_other" }
	putChanges(t, s, named(0, "a"), named(1, "b", elsewhere), named(2, "c"), named(3, "d"), named(5, "e", late), named(6, "f", gone))
	at := func(n int) time.Time { return Epoch().Add(time.Duration(n) * time.Hour) }
	service := func(n int) incident.ID { return ChangeEvent(n).Services[0].Service }
	for _, tc := range []struct {
		name   string
		filter incident.ChangeFilter
		want   []string
	}{
		{"newest first, without tombstones, by the finish where there is no start", incident.ChangeFilter{}, []string{"e", "d", "c", "b", "a"}},
		{"a limit", incident.ChangeFilter{Limit: 2}, []string{"e", "d"}},
		{"by service", incident.ChangeFilter{Services: []incident.ID{service(0)}}, []string{"d", "a"}},
		{"of two services, each once", incident.ChangeFilter{Services: []incident.ID{service(1), "svc_all"}, Limit: 9}, []string{"e", "d", "c", "b", "a"}},
		{"of an unknown service", incident.ChangeFilter{Services: []incident.ID{"svc_none"}}, []string{}},
		{"by kind", incident.ChangeFilter{Kinds: []incident.ChangeKind{incident.ChangeConfig, incident.ChangeFlag}}, []string{"c", "b"}},
		{"by connection", incident.ChangeFilter{Connections: []incident.ID{"con_other", "con_none"}}, []string{"b"}},
		{"the period includes its start but not its end", incident.ChangeFilter{From: at(1), To: at(3)}, []string{"c", "b"}},
		{"by service, kind and period", incident.ChangeFilter{Services: []incident.ID{service(0)}, Kinds: []incident.ChangeKind{incident.ChangeDeploy}, To: at(1)}, []string{"a"}},
	} {
		equal(t, tc.name, listChanges(t, s, tc.filter), tc.want)
	}
}

func testChangeEventPages(t *testing.T, s incident.Store) {
	const n = 23
	var cs []incident.ChangeEvent
	for i := range n { // three starts, so that most are ties
		cs = append(cs, ChangeEvent(i, func(c *incident.ChangeEvent) { c.StartedAt = Epoch().Add(time.Duration(i%3) * time.Hour) }))
	}
	putChanges(t, s, cs...)
	seen := map[incident.ID]bool{}
	f := incident.ChangeFilter{Limit: 5}
	pages := 0
	for last := ""; pages == 0 || f.After != ""; pages++ {
		events, next, err := s.ChangeEvents(t.Context(), f)
		if err != nil || pages > n {
			t.Fatalf("ChangeEvents(%+v): %v", f, err)
		}
		for _, e := range events {
			key := e.StartedAt.Format(time.RFC3339) + string(e.ID)
			if seen[e.ID] || last != "" && key >= last {
				t.Errorf("%s comes behind %s, want each once, newest first", key, last)
			}
			seen[e.ID], last = true, key
		}
		f.After = next
	}
	equal(t, "change events on all pages, and pages", []int{len(seen), pages}, []int{n, 5})
	for _, cursor := range []string{"x", "e30"} {
		_, _, err := s.ChangeEvents(t.Context(), incident.ChangeFilter{After: cursor})
		fails(t, "ChangeEvents after "+cursor, err, incident.ErrInvalid)
		_, _, err = s.Shifts(t.Context(), incident.ShiftFilter{After: cursor})
		fails(t, "Shifts after "+cursor, err, incident.ErrInvalid)
	}
	_, next, err := s.ChangeEvents(t.Context(), incident.ChangeFilter{Limit: 1})
	if err != nil || next == "" {
		t.Fatalf("ChangeEvents, one of many: next %q, %v", next, err)
	}
	_, _, err = s.Shifts(t.Context(), incident.ShiftFilter{After: next})
	fails(t, "Shifts after a cursor of change events", err, incident.ErrInvalid)
}

func testChangeEventTombstones(t *testing.T, s incident.Store) {
	ctx := t.Context()
	c := ChangeEvent(1)
	putChanges(t, s, c)
	c.DeletedAt, c.DeletedReason = Epoch(), "by mistake"
	c.Seq = putChanges(t, s, c)
	want := []incident.Change{{Seq: c.Seq, Kind: incident.EntityChangeEvent, ID: c.ID, Gone: true}}
	equal(t, "Changes", check(s.Changes(ctx, 0, 10))(t, "Changes"), want)
	equal(t, "tombstone", check(s.ChangeEvent(ctx, c.ID))(t, "ChangeEvent"), &c)
	want[0].Seq, want[0].Gone = putChanges(t, s, ChangeEvent(1)), false
	equal(t, "Changes after it came back", check(s.Changes(ctx, 0, 10))(t, "Changes"), want)
}
