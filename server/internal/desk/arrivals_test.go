package desk

import (
	"fmt"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store/storetest"
)

// TestArrivals: between two groupings of everything what comes joins the problem that it belongs to, what people decided about it holds,
// and everything is grouped again after a while.
func TestArrivals(t *testing.T) {
	ctx := t.Context()
	clock := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	slow := 0 * time.Second
	d := &Desk{Store: storetest.SQLite(t), Now: func() time.Time { clock = clock.Add(slow); return clock }}
	put := func(id, title, body string) {
		t.Helper()
		inc := &incident.Incident{ID: incident.ID(id), Title: title, Description: body, Kind: incident.Real, Status: incident.Resolved}
		if _, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{inc}) }); err != nil {
			t.Fatal(err)
		}
	}
	group := func() {
		t.Helper()
		if err := d.Group(ctx); err != nil {
			t.Fatalf("Group: %v", err)
		}
	}
	sizes := func() string {
		t.Helper()
		all, err := d.Store.Problems(ctx)
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, p := range all {
			out += fmt.Sprint(active(p), " ")
		}
		return out
	}
	put("c1", "TLS certificate expired on edge proxy", "Clients rejected the expired certificate of the edge proxy.")
	put("c2", "Edge proxy certificate expired", "The TLS certificate of the proxy had expired; clients failed.")
	put("x1", "Invoice numbers skipped in March", "A sequence cache was lost at restart.")
	slow = 2 * time.Second // so that a grouping takes long
	group()
	if got := sizes(); got != "2 " {
		t.Fatalf("problems of sizes %s, want one of 2", got)
	}
	put("c3", "Expired TLS certificate at the edge proxy", "Renewal was late, clients rejected the certificate.")
	put("y1", "Disk full on the log host", "Rotation kept too many files.")
	put("x2", "Invoice numbers skipped in April", "A sequence cache was lost at restart, numbers were skipped.")
	slow = 0
	group()
	if got := sizes(); got != "3 " || d.GroupDue() {
		t.Errorf("after arrivals problems of sizes %s, due %t; want one of 3, and two alike to wait", got, d.GroupDue())
	}
	events, err := d.Store.ProblemEvents(ctx, mustOne(t, d).ID, 1)
	if err != nil || len(events) != 1 || events[0].Incident != "c3" || events[0].Rule != "arrival" {
		t.Errorf("events = %+v, %v, want that c3 joined on arrival", events, err)
	}
	if _, _, err := d.Decide(ctx, mustOne(t, d).ID, Verdict{Action: "remove", Incident: "c3"}, "ada"); err != nil {
		t.Fatal(err)
	}
	put("c3", "Expired TLS certificate at the edge proxy", "Renewal was late, clients rejected the certificate, again.")
	group()
	if got := sizes(); got != "2 " {
		t.Errorf("a removed member came back: sizes %s", got)
	}
	clock = clock.Add(10 * time.Minute)
	if !d.GroupDue() {
		t.Error("ten minutes later everything is not due to be grouped")
	}
	group()
	if got := sizes(); got != "2 2 " || d.GroupDue() {
		t.Errorf("after grouping everything problems of sizes %s, due %t; want the invoices too", got, d.GroupDue())
	}
}

func mustOne(t *testing.T, d *Desk) incident.Problem {
	t.Helper()
	all, err := d.Store.Problems(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("Problems = %+v, %v, want one", all, err)
	}
	return all[0]
}
