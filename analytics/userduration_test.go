package analytics_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

func policyOf(t *testing.T, id incident.ID, kind incident.PolicyKind, name string, body any) incident.Policy {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return incident.Policy{ID: id, Version: 2, Kind: kind, Name: name, Body: data, SavedBy: "admin", SavedAt: at(t, "2026-01-01T00:00")}
}

// TestUserDurations: from Friday 16:00 to Monday 10:00 are 66 hours by the clock and two of office hours; what goes on counts
// so far in the same hours.
func TestUserDurations(t *testing.T) {
	weekend := &incident.Incident{ID: "a", Kind: incident.Real, Status: incident.Resolved}
	weekend.Milestones.Set(incident.Opened, at(t, "2026-01-09T16:00"), incident.ToSecond, incident.FromField, "test", "")
	weekend.Milestones.Set(incident.ResolvedAt, at(t, "2026-01-12T10:00"), incident.ToSecond, incident.FromField, "test", "")
	open := &incident.Incident{ID: "b", Kind: incident.Real, Status: incident.Investigating, Milestones: weekend.Milestones[:1]}
	office := incident.Calendar{Zone: "UTC"}
	for day := time.Monday; day <= time.Friday; day++ {
		office.Weekly[day] = []incident.Hour{{From: 9 * 60, To: 17 * 60}}
	}
	span := incident.UserDuration{From: []incident.MilestoneName{incident.Detected, incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}
	business := span
	business.Calendar = "cal_1"
	lost := span
	lost.Calendar = "cal_2"
	l := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	mustApply(t, l, incident.Delta{Upto: 1, CaughtUp: true, Incidents: []*incident.Incident{weekend, open}, Policies: []incident.Policy{
		policyOf(t, "cal_1", incident.CalendarPolicy, "Office", office), policyOf(t, "dur_1", incident.DurationPolicy, "Time to Fix", span),
		policyOf(t, "dur_2", incident.DurationPolicy, "Office time to fix", business), policyOf(t, "dur_3", incident.DurationPolicy, "Lost", lost)}})
	s := l.Snapshot()
	for id, want := range map[string][2]float64{"time-to-fix": {66 * 3600, 70 * 3600}, "office-time-to-fix": {2 * 3600, 6 * 3600}} {
		m, err := s.FindMetric(id)
		if err != nil {
			t.Errorf("FindMetric(%q): %v", id, err)
			continue
		}
		g := s.Durations(analytics.Query{Span: m.Span, Calendar: m.Calendar, Now: at(t, "2026-01-12T14:00")})[0]
		if len(g.Values) != 1 || g.Values[0] != want[0] || len(g.OpenValues) != 1 || g.OpenValues[0] != want[1] {
			t.Errorf("%s took %v and goes on for %v, want %v", id, g.Values, g.OpenValues, want)
		}
	}
	for _, id := range []string{"lost", "nothing"} {
		if _, err := s.FindMetric(id); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("FindMetric(%q) = %v, want ErrInvalid", id, err)
		}
	}
	if all := s.UserMetrics(); len(all) != 2 {
		t.Errorf("UserMetrics = %v, want those whose calendar there is", all)
	}
}

// TestStartSensitivity: all wrong the same way, the median moves by the error, but no duration falls below zero; each
// wrong by itself, it moves by as much as the median of evenly spread errors does, 1.96 · 1800 / (2·√n) seconds.
func TestStartSensitivity(t *testing.T) {
	many := make([]float64, 2000)
	for i := range many {
		many[i] = 3600
	}
	s, ok := analytics.StartSensitivity(many, 900)
	if !ok || s.AllEarlier != 900 || s.AllLater != -900 || math.Abs(s.High-39.5) > 6 || math.Abs(s.Low+39.5) > 6 {
		t.Errorf("StartSensitivity of 2000 hours = %+v, %v, want ±900 together and about ±39.5 apart", s, ok)
	}
	if s.N != 2000 || s.Simulated != 500 {
		t.Errorf("of %d durations %d were simulated, want a sample of 500 of 2000", s.N, s.Simulated)
	}
	if few, _ := analytics.StartSensitivity(many[:500], 900); few.Simulated != 500 || few.N != 500 {
		t.Errorf("of %d durations %d were simulated, want all 500", few.N, few.Simulated)
	}
	if again, _ := analytics.StartSensitivity(many, 900); again != s {
		t.Errorf("StartSensitivity gives %+v, then %+v", s, again)
	}
	if s, _ := analytics.StartSensitivity([]float64{300, 300, 300, 300, 300, 300}, 900); s.AllLater != -300 {
		t.Errorf("five minutes that began later by fifteen move by %v, want -300", s.AllLater)
	}
	if _, ok := analytics.StartSensitivity(many[:5], 900); ok {
		t.Error("StartSensitivity of five durations has an answer")
	}
}
