package analytics_test

import (
	"fmt"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

type upptimeReference struct {
	Closed     times                     `json:"downtime_minutes_closed"`
	PerService map[string]upptimeService `json:"per_service"`
}

type upptimeService struct {
	First     string  `json:"first_check"`
	Last      string  `json:"last_check"`
	Downtimes int     `json:"downtimes"`
	Open      int     `json:"open_downtimes"`
	Window    float64 `json:"window_minutes"`
	Down      float64 `json:"down_minutes"`
	Pct       float64 `json:"availability_pct"`
	MTBF      float64 `json:"mtbf_minutes"`
	Until     struct {
		Window float64  `json:"window_minutes"`
		Pct    *float64 `json:"availability_pct"`
		MTBF   *float64 `json:"mtbf_minutes"`
	} `json:"until_open_downtime"`
}

// upptime returns the downtimes of a monitor; see testdata/SOURCES.md.
func upptime(t testing.TB) []*incident.Incident {
	t.Helper()
	var incs []*incident.Incident
	for _, row := range readTable(t, "upptime-downtimes.csv") {
		inc := &incident.Incident{
			ID: incident.ID(row["slug"] + row["down_at"]), Status: incident.Resolved, Kind: incident.Real,
			Services: []incident.ServiceUse{{Service: incident.ID(row["slug"]), Name: row["name"]}},
		}
		if row["up_at"] == "" {
			inc.Status = incident.Triggered
		}
		inc.Milestones.Set(incident.ImpactStarted, at(t, row["down_at"]), incident.ToSecond, incident.FromField, "upptime", "down_at")
		inc.Milestones.Set(incident.ImpactEnded, at(t, row["up_at"]), incident.ToSecond, incident.FromField, "upptime", "up_at")
		incs = append(incs, inc)
	}
	return incs
}

func TestUpptime(t *testing.T) {
	ref := readJSON[upptimeReference](t, "upptime-reference.json")
	s := snapshot(t, upptime(t))
	for slug, want := range ref.PerService {
		t.Run(slug, func(t *testing.T) {
			q := analytics.Query{Services: []incident.ID{incident.ID(slug)}, From: at(t, want.First), To: at(t, want.Last), GroupBy: analytics.ByService}
			q.Now = q.To
			g := s.Uptime(q)[0]
			if g.Incidents != want.Downtimes || g.NOpen != want.Open || g.Failures != want.Downtimes {
				t.Errorf("Uptime: %d incidents, %d open, %d failures, want %d, %d, %d",
					g.Incidents, g.NOpen, g.Failures, want.Downtimes, want.Open, want.Downtimes)
			}
			minutes := func(d time.Duration) *float64 { m := d.Minutes(); return &m }
			near(t, "window", minutes(g.Window), want.Window, 2)
			near(t, "down", minutes(g.Down), want.Down, 2)
			near(t, "availability", times100(g.Availability), want.Pct, 5)
			near(t, "mtbf", sixtieth(g.MTBF), want.MTBF, 3)

			// Without the outage that never ended: up to its start.
			open := s.Cases(analytics.Query{Services: q.Services, Span: span(t, "impact_started..impact_ended")}, analytics.Open)
			q.To = open[0].StartedAt
			groups := s.Uptime(q)
			if want.Until.Pct == nil {
				if groups[0].Availability.Known() || groups[0].MTBF.Known() {
					t.Errorf("empty window: availability %v, want none", *groups[0].Availability.Value)
				}
				return
			}
			near(t, "availability until the open outage", times100(groups[0].Availability), *want.Until.Pct, 5)
			near(t, "mtbf until the open outage", sixtieth(groups[0].MTBF), *want.Until.MTBF, 3)
		})
	}
	all := s.Durations(analytics.Query{Span: span(t, "impact_started..impact_ended")})[0]
	sameTimes(t, "closed downtimes", all, ref.Closed, 60)
	if all.NOpen != 8 {
		t.Errorf("NOpen = %d, want 8", all.NOpen)
	}
}

func times100(e analytics.Estimate) *float64 { return scaled(e, 100) }
func sixtieth(e analytics.Estimate) *float64 { return scaled(e, 1.0/60) }

func scaled(e analytics.Estimate, by float64) *float64 {
	if e.Value == nil {
		return nil
	}
	x := *e.Value * by
	return &x
}

func TestUCIStartToStart(t *testing.T) {
	ref := readJSON[uciReference](t, "uci-reference.json")
	s := snapshot(t, uci(t))
	groups := map[string]analytics.UptimeGroup{}
	for _, g := range s.Uptime(analytics.Query{GroupBy: analytics.ByCustom("category")}) {
		groups[g.Key] = g
	}
	for _, want := range ref.MTBF {
		g := groups[want.Category]
		if g.StartToStart.N != want.Incidents {
			t.Errorf("%s: %d incidents, want %d", want.Category, g.StartToStart.N, want.Incidents)
		}
		near(t, want.Category, scaled(g.StartToStart, 1.0/3600), want.Hours, 4)
		if g.Availability.Known() || g.NMissing != want.Incidents {
			t.Errorf("%s: availability known, %d missing; want none, for the log has no impact times", want.Category, g.NMissing)
		}
	}
}

// hit returns an incident with impact on the web service between two hours of 1 January 2026 UTC; negative hours
// are not known.
func hit(id string, from, to int, status incident.Status) *incident.Incident {
	inc := &incident.Incident{
		ID: incident.ID(id), Kind: incident.Real, Status: status,
		Services: []incident.ServiceUse{{Service: "svc_web", Name: "Web"}},
	}
	hour := func(h int) time.Time { return time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC) }
	inc.Milestones.Set(incident.Opened, hour(max(from, 0)), incident.ToSecond, incident.FromField, "test", "")
	if from >= 0 {
		inc.Milestones.Set(incident.ImpactStarted, hour(from), incident.ToSecond, incident.FromField, "test", "")
	}
	if to >= 0 {
		inc.Milestones.Set(incident.ImpactEnded, hour(to), incident.ToSecond, incident.FromField, "test", "")
	}
	return inc
}

// TestUptimeByHand counts hours on paper. The window is 1 January, noon of which is hour 12.
func TestUptimeByHand(t *testing.T) {
	maintenance := func(inc *incident.Incident) *incident.Incident { inc.Kind = incident.Maintenance; return inc }
	for _, tc := range []struct {
		name                                    string
		incs                                    []*incident.Incident
		now                                     int // hour; 0: none
		window, planned, down, sum              int // hours
		incidents, open, missing, inv, failures int
		availability                            float64 // −1: not known
	}{
		{name: "nothing happened", window: 24, availability: 1},
		{name: "overlap counts once", incs: []*incident.Incident{hit("a", 10, 12, incident.Resolved), hit("b", 11, 13, incident.Resolved)},
			window: 24, down: 3, sum: 4, incidents: 2, failures: 1, availability: 21.0 / 24},
		{name: "touching is one failure", incs: []*incident.Incident{hit("a", 10, 12, incident.Resolved), hit("b", 12, 13, incident.Resolved)},
			window: 24, down: 3, sum: 3, incidents: 2, failures: 1, availability: 21.0 / 24},
		{name: "open until now, and no further", incs: []*incident.Incident{hit("a", 10, -1, incident.Triggered)}, now: 16,
			window: 16, down: 6, sum: 6, incidents: 1, open: 1, failures: 1, availability: 10.0 / 16},
		{name: "running out of the window", incs: []*incident.Incident{hit("a", 20, 30, incident.Resolved)},
			window: 24, down: 4, sum: 4, incidents: 1, failures: 1, availability: 20.0 / 24},
		{name: "maintenance is neither", incs: []*incident.Incident{hit("a", 2, 6, incident.Resolved), maintenance(hit("m", 4, 8, incident.Resolved))},
			window: 24, planned: 4, down: 2, sum: 4, incidents: 1, failures: 1, availability: 18.0 / 20},
		{name: "an outage inside maintenance is no failure", incs: []*incident.Incident{hit("a", 5, 6, incident.Resolved), maintenance(hit("m", 4, 8, incident.Resolved))},
			window: 24, planned: 4, sum: 1, incidents: 1, availability: 1},
		{name: "no impact time is no uptime", incs: []*incident.Incident{hit("a", -1, -1, incident.Resolved)},
			window: 24, missing: 1, availability: -1},
		{name: "no end, invalid and no length are told", incs: []*incident.Incident{hit("a", 3, -1, incident.Resolved), hit("b", 5, 4, incident.Resolved), hit("c", 6, 6, incident.Resolved), hit("d", 7, 8, incident.Resolved)},
			window: 24, down: 1, sum: 1, incidents: 1, missing: 2, inv: 1, failures: 1, availability: 23.0 / 24},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q := analytics.Query{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}
			if tc.now > 0 {
				q.Now = q.From.Add(time.Duration(tc.now) * time.Hour)
			}
			g := snapshot(t, tc.incs).Uptime(q)[0]
			got := [...]int{int(g.Window.Hours()), int(g.Maintenance.Hours()), int(g.Down.Hours()), int(g.SumOfParts.Hours()), g.Incidents, g.NOpen, g.NMissing, g.NInvalid, g.Failures}
			want := [...]int{tc.window, tc.planned, tc.down, tc.sum, tc.incidents, tc.open, tc.missing, tc.inv, tc.failures}
			if got != want {
				t.Errorf("Uptime (window, maintenance, down, sum, incidents, open, missing, invalid, failures) = %v, want %v", got, want)
			}
			if tc.availability < 0 {
				if g.Availability.Known() || g.Availability.Reason == "" {
					t.Errorf("Availability = %+v, want a reason", g.Availability)
				}
				return
			}
			near(t, "Availability", g.Availability.Value, tc.availability, 12)
		})
	}
}

func TestUptimeByMonthSplitsAnOutage(t *testing.T) {
	long := hit("a", 12, 24*40, incident.Resolved) // to 10 February
	q := analytics.Query{
		From: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		GroupBy: analytics.ByMonth, Now: time.Date(2026, 2, 15, 0, 0, 0, 0, time.UTC),
	}
	groups := snapshot(t, []*incident.Incident{long}).Uptime(q)
	want := []struct {
		key            string
		window, down   float64 // days
		failures, incs int
		partial        bool
	}{{"2025-12", 31, 0, 0, 0, false}, {"2026-01", 31, 30.5, 1, 1, false}, {"2026-02", 14, 9, 0, 1, true}}
	if len(groups) != len(want) {
		t.Fatalf("Uptime by month: %d groups, want %d", len(groups), len(want))
	}
	for i, w := range want {
		g := groups[i]
		if g.Key != w.key || g.Window.Hours() != 24*w.window || g.Down.Hours() != 24*w.down || g.Failures != w.failures || g.Incidents != w.incs || g.Partial != w.partial {
			t.Errorf("Uptime %s: window %v, down %v, %d failures of %d incidents, partial %v; want %+v", g.Key, g.Window, g.Down, g.Failures, g.Incidents, g.Partial, w)
		}
	}
}

// TestUptimeOfNothing: without an incident and without a first instant there is no window, rather than one from 1970 on.
func TestUptimeOfNothing(t *testing.T) {
	s := snapshot(t, nil)
	q := analytics.Query{Now: time.Date(2026, 2, 15, 0, 0, 0, 0, time.UTC)}
	if g := s.Uptime(q)[0]; g.Window != 0 || g.Availability.Known() || g.MTBF.Known() {
		t.Errorf("Uptime = %+v, want no window and no numbers", g)
	}
	q.GroupBy = analytics.ByWeek
	if groups := s.Uptime(q); len(groups) != 0 {
		t.Errorf("Uptime by week: %d groups, want none", len(groups))
	}
}

// A period before anything was written down, or long after it stopped, is not one without failures.
func TestUptimeOutsideTheRecord(t *testing.T) {
	var incs []*incident.Incident
	for i := range 20 {
		inc := made(fmt.Sprint("i", i), 1+i, 30)
		inc.Milestones.Set(incident.ImpactStarted, time.Date(2026, 1, 1+i, 12, 0, 0, 0, time.UTC), incident.ToSecond, incident.FromField, "test", "")
		incs = append(incs, inc)
	}
	s := snapshot(t, incs)
	for _, tc := range []struct {
		from time.Time
		why  string
	}{
		{time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), "the record begins on 1 Jan 2026 only"},
		{time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), "the record falls silent after 20 Jan 2026"},
		{time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), ""},
	} {
		for _, by := range []analytics.Dimension{analytics.ByNothing, analytics.ByService, analytics.ByYear} {
			g := s.Uptime(analytics.Query{From: tc.from, To: tc.from.AddDate(0, 0, 7), GroupBy: by})[0]
			if g.Availability.Reason != tc.why || g.Availability.Known() != (tc.why == "") {
				t.Errorf("from %v by %q: availability %+v, want the reason %q", tc.from, by, g.Availability, tc.why)
			}
		}
	}
}
