package analytics_test

import (
	"fmt"
	"slices"
	"testing"

	"hindsight/analytics"
	"hindsight/incident"
)

// Each incident shows the clocks that cover it, with why one counts nowhere. Times were computed by hand as in TestContractClocks.
func TestClocksOfOneIncident(t *testing.T) {
	no := false
	holding := lived(t, "a", "2026-03-25 09:00", "", "2026-03-25 09:00 New", "2026-03-25 11:00 On Hold")
	holding.SLA = []incident.SLACycle{{Goal: "resolution", Name: "Stated", Start: berlin(t, "2026-03-25 09:00"), Target: 8 * 3600e9, Breached: &no}}
	timeless := lived(t, "a", "2026-03-25 09:00", "")
	timeless.Status, timeless.Kind = incident.Resolved, incident.Drill
	for _, tc := range []struct {
		name string
		inc  *incident.Incident
		want []string // state, what it does now, hours, within, why
	}{
		{"on hold", holding, []string{"Stated running  0 8 ", "Gold: Resolution running paused 2 4 "}},
		{"canceled", lived(t, "a", "2026-03-25 09:00", "", "2026-03-25 10:00 Void"), []string{"Gold: Resolution canceled  0 4 canceled by status Void"}},
		{"a drill without a time", timeless, []string{"Gold: Resolution missing  0 4 it is over, and no time is recorded for resolved"}},
		{"backwards", lived(t, "a", "2026-03-25 09:00", "2026-03-24 09:00"), []string{"Gold: Resolution invalid  0 4 it ends before it begins"}},
		{"three quarters used", lived(t, "a", "2026-03-24 16:00", ""), []string{"Gold: Resolution at_risk running 4 4 "}},
		{"of another priority", func() *incident.Incident {
			inc := lived(t, "a", "2026-03-25 09:00", "")
			inc.PriorityRaw = "P9"
			return inc
		}(), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := gold(t, resolution(func(p *incident.SLAPromise) {
				p.Priorities, p.PauseIn, p.CancelOn = []string{"P1"}, []string{"On Hold"}, []string{"Void"}
			}))
			var got []string
			for _, c := range analytics.ClocksOf(tc.inc, []analytics.Agreement{a}, berlin(t, "2026-03-25 12:00")) {
				got = append(got, fmt.Sprintf("%s %s %s %.4g %.4g %s", c.Promise.Name, c.State, c.Now, c.Elapsed/3600, c.Promise.Within.Hours(), c.Why))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("ClocksOf = %q, want %q", got, tc.want)
			}
		})
	}
}

// A window says how many clocks are in none of its shares and why, and opens them.
func TestClocksApart(t *testing.T) {
	timeless := lived(t, "c", "2026-02-03 09:00", "")
	timeless.Status = incident.Resolved
	s := snapshot(t, []*incident.Incident{
		lived(t, "a", "2026-02-02 09:00", "2026-02-02 10:00"), timeless,
		lived(t, "d", "2026-02-04 09:00", "", "2026-02-04 10:00 Void"), lived(t, "e", "2026-02-05 09:00", "", "2026-02-05 10:00 void"),
		lived(t, "f", "2026-05-05 09:00", "2026-05-04 09:00"),
	})
	a := gold(t, resolution(func(p *incident.SLAPromise) { p.CancelOn = []string{"Void"} }))
	q := analytics.Query{Now: berlin(t, "2026-06-01 09:00")}
	var got []string
	for _, w := range s.Windows(q, a) {
		for _, x := range w.Apart {
			got = append(got, fmt.Sprint(w.Key, " ", x.N, " ", x.State, " ", x.Reason))
		}
	}
	want := []string{"2026-Q1 1 canceled canceled by status Void", "2026-Q1 1 canceled canceled by status void",
		"2026-Q1 1 missing it is over, and no time is recorded for resolved", "2026-Q2 1 invalid it ends before it begins"}
	if !slices.Equal(got, want) {
		t.Errorf("Apart = %q, want %q", got, want)
	}
	opened, err := s.WindowClocks(q, a, "Resolution", "2026-Q1", analytics.SLACanceled)
	if err != nil || len(opened) != 2 || opened[0].ID != "e" || opened[1].ID != "d" {
		t.Errorf("WindowClocks = %+v, %v, want those of e and d", opened, err)
	}
	if _, err := s.WindowClocks(q, a, "Resolution", "2019-Q1"); err != incident.ErrNotFound {
		t.Errorf("WindowClocks of no window = %v, want ErrNotFound", err)
	}
}
