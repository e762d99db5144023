package frontend

import (
	"testing"
	"time"

	"hindsight/incident"
)

var noon = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)

func TestSwimlane(t *testing.T) {
	var ms incident.Milestones
	ms.Set(incident.Opened, noon, incident.ToSecond, incident.FromField, "x", "")
	ms.Set(incident.ResolvedAt, noon.Add(100*time.Minute), incident.ToSecond, incident.FromField, "x", "")
	ms.Set(incident.ClosedAt, noon.Add(72*time.Hour), incident.ToSecond, incident.FromField, "x", "")
	inc := &incident.Incident{Status: incident.Closed, Milestones: ms, Segments: []incident.Segment{
		{Status: incident.Triggered, From: noon, To: noon.Add(50 * time.Minute)}, {Status: incident.Resolved, From: noon.Add(100 * time.Minute)}}}
	d := swimlane(Shell{}, inc, []incident.TimelineEvent{{At: noon.Add(50 * time.Minute), Kind: incident.EventNote}, {At: noon.Add(50 * time.Minute), Kind: incident.EventNote}, {Kind: incident.EventNote}})
	if d == nil {
		t.Fatal("swimlane() = nil for two dated milestones")
	}
	// 100 minutes and a margin of 5 fill the 856 units from 92 to 948.
	if got, want := d.Rules[1].X, 92+round(856*100.0/105); got != want {
		t.Errorf("resolved is drawn at %v, want %v", got, want)
	}
	if len(d.Rules) != 2 || d.Beyond == "" {
		t.Errorf("rules = %d, beyond = %q; want 2 and closing left out in words", len(d.Rules), d.Beyond)
	}
	if len(d.Dots) != 1 || d.Dots[0].Count != 2 {
		t.Errorf("dots = %+v, want one for two events and none for the undated one", d.Dots)
	}
	if got, want := d.Segments[0].Width, round(856*50.0/105); got != want {
		t.Errorf("the first status is %v wide, want %v", got, want)
	}
}

func TestSwimlaneWithoutScale(t *testing.T) {
	var one incident.Milestones
	one.Set(incident.Opened, noon, incident.ToSecond, incident.FromField, "x", "")
	for name, inc := range map[string]*incident.Incident{
		"no time":      {Status: incident.Resolved},
		"one time":     {Status: incident.Resolved, Milestones: one},
		"same instant": {Status: incident.Resolved, Milestones: one, Segments: []incident.Segment{{From: noon}}},
	} {
		if d := swimlane(Shell{}, inc, nil); d != nil {
			t.Errorf("%s: swimlane() = %+v, want nil", name, d)
		}
	}
}

func TestTicks(t *testing.T) {
	for _, tc := range []struct {
		name  string
		span  time.Duration
		first string
	}{
		{"minutes", 20 * time.Minute, "12:00"}, {"hours", 5 * time.Hour, "12:00"}, {"days", 5 * 24 * time.Hour, "13 Nov"}, {"years", 30 * 365 * 24 * time.Hour, "2032"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ticks(noon, noon.Add(tc.span), time.UTC, 0, 900)
			if len(got) == 0 || len(got) > 8 || got[0].Label != tc.first {
				t.Errorf("ticks over %v = %+v, want at most 8 from %s", tc.span, got, tc.first)
			}
		})
	}
}

func TestMeter(t *testing.T) {
	row := SLARow{Goal: 0.95, Total: SLACell{Met: 176, N: 180}}
	m := meter(row)
	if m.From != 0.9 || m.Goal != 50 || m.Bar != 77.8 {
		t.Errorf("meter(176 of 180, goal 95 %%) = from %v, goal at %v, bar to %v; want 0.9, 50, 77.8", m.From, m.Goal, m.Bar)
	}
	if m := meter(SLARow{Goal: 0.95}); m.HasBar {
		t.Error("meter() draws a bar for nothing measured")
	}
}

func TestStripShowsEveryIncident(t *testing.T) {
	var members []MemberRow
	for i := range 23 { // on one day, years ago
		var ms incident.Milestones
		ms.Set(incident.Opened, noon.Add(time.Duration(i)*time.Minute), incident.ToSecond, incident.FromField, "x", "")
		members = append(members, MemberRow{IncidentRow: IncidentRow{Incident: &incident.Incident{Milestones: ms}}})
	}
	d := strip(Shell{Now: noon.AddDate(10, 0, 0)}, members)
	seen := map[float64]bool{}
	for _, dot := range d.Dots {
		if dot.Y < 6 || dot.Y > d.Base-6 {
			t.Errorf("a dot lies at %v, outside of 6 to %v", dot.Y, d.Base-6)
		}
		seen[dot.Y] = true
	}
	if len(seen) != 23 {
		t.Errorf("23 incidents of one day lie at %d heights, want 23", len(seen))
	}
}
