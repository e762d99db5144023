package analytics_test

import (
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
