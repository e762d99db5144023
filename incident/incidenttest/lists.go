package incidenttest

import (
	"slices"
	"testing"
	"time"

	"hindsight/incident"
)

// ids returns the ids of sample incidents.
func ids(numbers ...int) []incident.ID {
	var list []incident.ID
	for _, n := range numbers {
		list = append(list, Incident(n).ID)
	}
	return list
}

// list streams what f selects.
func list(t *testing.T, s incident.Store, f incident.Filter) []incident.ID {
	t.Helper()
	var found []incident.ID
	for inc, err := range s.Incidents(t.Context(), f) {
		if err != nil {
			t.Fatalf("Incidents(%+v): %v", f, err)
		}
		found = append(found, inc.ID)
	}
	return found
}

func testFilters(t *testing.T, s incident.Store) {
	update(t, s, func(tx incident.Tx) error {
		return tx.PutIncidents([]*incident.Incident{
			Incident(0), Incident(1), Incident(2), Incident(3),
			Incident(4, func(i *incident.Incident) { i.Private = true }),
			Incident(5, func(i *incident.Incident) { i.DeletedAt = Epoch() }),
			Incident(6, func(i *incident.Incident) { i.Kind = incident.Drill }),
			Incident(7, func(i *incident.Incident) {
				i.Status, i.Origin, i.Ref.Connection = incident.Canceled, incident.OriginPager, "con_other"
			}),
			Incident(8, func(i *incident.Incident) { i.ExcludeReason = "noise" }),
			Incident(9, func(i *incident.Incident) { i.Milestones, i.Services, i.Tags = nil, nil, nil }),
		})
	})
	at := func(n int) time.Time { return Incident(n).StartedAt() }
	service := func(n int) incident.ID { return Incident(n).Services[0].Service }
	for _, tc := range []struct {
		name   string
		filter incident.Filter
		want   []incident.ID
	}{
		{"all that are neither private nor deleted", incident.Filter{}, ids(0, 1, 2, 3, 6, 7, 8, 9)},
		{"private ones, too", incident.Filter{Sight: incident.Sight{All: true}}, ids(0, 1, 2, 3, 4, 6, 7, 8, 9)},
		{"tombstones, too", incident.Filter{Deleted: true}, ids(0, 1, 2, 3, 5, 6, 7, 8, 9)},
		{"only those that count", incident.Filter{Counted: true}, ids(0, 1, 2, 3, 9)},
		{"by id", incident.Filter{IDs: append(ids(1, 4, 3), "inc_none")}, ids(1, 3)},
		{"by severity", incident.Filter{Severities: []incident.Severity{incident.Sev1, incident.Sev2}}, ids(0, 1, 6)},
		{"by status", incident.Filter{Statuses: []incident.Status{incident.Canceled}}, ids(7)},
		{"by kind", incident.Filter{Kinds: []incident.Kind{incident.Drill, incident.Test}}, ids(6)},
		{"by origin", incident.Filter{Origins: []incident.Origin{incident.OriginPager}}, ids(7)},
		{"by connection", incident.Filter{Connections: []incident.ID{"con_other"}}, ids(7)},
		{"by team", incident.Filter{Teams: []incident.ID{Incident(0).Team}}, ids(0, 3, 6, 9)},
		{"by priority", incident.Filter{Priorities: []string{"P2"}}, ids(1, 9)},
		{"by service", incident.Filter{Services: []incident.ID{service(0), service(1)}}, ids(0, 1, 7, 8)},
		{"not of a service", incident.Filter{NotServices: []incident.ID{service(0), service(1)}}, ids(2, 3, 6, 9)},
		{"by tag", incident.Filter{Tags: []string{"tag-2", "tag-3"}}, ids(2, 3)},
		{"the period includes its start but not its end", incident.Filter{From: at(1), To: at(3)}, ids(1, 2)},
		{"from", incident.Filter{From: at(7)}, ids(7, 8)},
		{"an unknown start is in no period", incident.Filter{To: at(2)}, ids(0, 1)},
		{"different fields must all hold", incident.Filter{Tags: []string{"checkout"}, Teams: []incident.ID{Incident(1).Team}, Counted: true}, ids(1)},
		{"nothing", incident.Filter{Tags: []string{"none"}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := list(t, s, tc.filter)
			slices.Sort(got)
			slices.Sort(tc.want)
			equal(t, "Incidents", got, tc.want)
			_, total, _, err := s.Page(t.Context(), tc.filter)
			if err != nil || total != len(tc.want) {
				t.Errorf("Page: total %d and %v, want %d", total, err, len(tc.want))
			}
		})
	}
}

func testOrders(t *testing.T, s incident.Store) {
	severity := func(n int, sev incident.Severity) *incident.Incident {
		return Incident(n, func(i *incident.Incident) { i.Severity = sev })
	}
	put(t, s, severity(2, incident.Sev5))
	put(t, s, severity(3, incident.SevUnknown))
	put(t, s, severity(1, incident.Sev1))
	put(t, s, severity(4, incident.Sev3))
	for _, tc := range []struct {
		sort incident.Sort
		want []incident.ID
	}{
		{"", ids(4, 3, 2, 1)},
		{incident.NewestFirst, ids(4, 3, 2, 1)},
		{incident.OldestFirst, ids(1, 2, 3, 4)},
		{incident.WorstFirst, ids(1, 4, 2, 3)},
		{incident.RecentlyMoved, ids(4, 1, 3, 2)},
	} {
		equal(t, "Incidents by "+string(tc.sort), list(t, s, incident.Filter{Sort: tc.sort}), tc.want)
		equal(t, "two Incidents by "+string(tc.sort), list(t, s, incident.Filter{Sort: tc.sort, Limit: 2}), tc.want[:2])
	}
	_, _, _, err := s.Page(t.Context(), incident.Filter{Sort: "title"})
	fails(t, "Page in an unknown order", err, incident.ErrInvalid)
}

func testPages(t *testing.T, s incident.Store) {
	const n = 23
	var incs []*incident.Incident
	for i := range n { // three starts and two severities, so that most are ties
		incs = append(incs, Incident(i, func(inc *incident.Incident) {
			inc.Milestones = Milestones(Epoch().Add(time.Duration(i%3) * time.Hour))
			inc.Severity = incident.Severity(i % 2)
		}))
	}
	put(t, s, incs...)
	for _, sort := range []incident.Sort{"", incident.NewestFirst, incident.OldestFirst, incident.WorstFirst, incident.RecentlyMoved} {
		var paged []incident.ID
		f := incident.Filter{Sort: sort, Limit: 5}
		for pages := 0; pages == 0 || f.After != ""; pages++ {
			page, total, next, err := s.Page(t.Context(), f)
			if err != nil || total != n || pages > n {
				t.Fatalf("Page(%+v) = total %d, %v, want %d", f, total, err, n)
			}
			for _, inc := range page {
				paged = append(paged, inc.ID)
			}
			f.After = next
		}
		equal(t, "all pages by "+string(sort), paged, list(t, s, incident.Filter{Sort: sort}))
		equal(t, "incidents on all pages", len(paged), n)
	}
	page, _, next, err := s.Page(t.Context(), incident.Filter{Limit: n})
	if err != nil || len(page) != n || next != "" {
		t.Errorf("Page that fits exactly = %d incidents, next %q, %v, want %d and no next", len(page), next, err, n)
	}
}

func testCursors(t *testing.T, s incident.Store) {
	put(t, s, Incident(1), Incident(2))
	_, _, next, err := s.Page(t.Context(), incident.Filter{Limit: 1, Sort: incident.OldestFirst})
	if err != nil || next == "" {
		t.Fatalf("Page of one of two: next %q, %v", next, err)
	}
	for _, f := range []incident.Filter{
		{After: "x"}, {After: "!!!"}, {After: "e30"}, {After: next + "AA", Sort: incident.OldestFirst},
		{After: next, Sort: incident.NewestFirst}, // of another order
	} {
		_, _, _, err := s.Page(t.Context(), f)
		fails(t, "Page after "+f.After, err, incident.ErrInvalid)
	}
}

func testStreams(t *testing.T, s incident.Store) {
	const n = 1203 // more than two batches
	var incs []*incident.Incident
	for i := range n {
		incs = append(incs, Incident(i))
	}
	seq := put(t, s, incs...)
	i := 0
	for inc, err := range s.Incidents(t.Context(), incident.Filter{Sort: incident.OldestFirst}) {
		if err != nil {
			t.Fatalf("Incidents: %v", err)
		}
		want := Incident(i, func(w *incident.Incident) { w.Seq = seq })
		equal(t, "incident in a stream", inc, want)
		if i++; t.Failed() {
			return
		}
	}
	equal(t, "incidents in a stream", i, n)
	equal(t, "incidents with a limit beyond a batch", len(list(t, s, incident.Filter{Limit: 777})), 777)

	// A reader may write while it reads, and may stop.
	for inc, err := range s.Incidents(t.Context(), incident.Filter{}) {
		if err != nil {
			t.Fatalf("Incidents: %v", err)
		}
		inc.Title = "seen"
		put(t, s, inc)
		if i--; i < n-3 {
			break
		}
	}
}
