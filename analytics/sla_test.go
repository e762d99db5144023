package analytics_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// clocks returns one incident for each state of a target of one hour from opening to resolution.
func clocks() []*incident.Incident {
	open := func(id string, day int) *incident.Incident {
		inc := made(id, day, 0)
		inc.Status, inc.Milestones = incident.Triggered, inc.Milestones[:1]
		return inc
	}
	missing, drill, other := made("missing", 1, 0), made("drill", 1, 600), made("other", 1, 600)
	missing.Milestones = missing.Milestones[:1]
	drill.Kind = incident.Drill
	other.PriorityRaw = "P3"
	return []*incident.Incident{
		made("in time", 1, 30), made("exactly", 2, 60), made("late", 3, 61), open("past", 4), open("running", 5), missing, made("invalid", 6, -1), drill, other,
	}
}

func TestSLAOfPromises(t *testing.T) {
	target := incident.SLAPromise{Name: "Resolution", Span: "opened..resolved", WithinSeconds: 3600, Goal: 0.9}
	s := snapshot(t, clocks())
	now := time.Date(2026, 1, 5, 12, 30, 0, 0, time.UTC) // half an hour after "running" was opened
	for _, tc := range []struct {
		name string
		f    func(*incident.SLAPromise)
		want string // met, breached, running, missing, invalid
	}{
		{"every incident", func(*incident.SLAPromise) {}, "2 3 1 1 1"},
		{"one priority", func(x *incident.SLAPromise) { x.Priorities = []string{"P2"} }, "2 2 1 1 1"},
		{"an unknown priority", func(x *incident.SLAPromise) { x.Priorities = []string{"P9"} }, "0 0 0 0 0"},
		{"one service", func(x *incident.SLAPromise) { x.Services = []incident.ID{"svc_web"} }, "2 3 1 1 1"},
		{"an unknown service", func(x *incident.SLAPromise) { x.Services = []incident.ID{"svc_db"} }, "0 0 0 0 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			x := target
			tc.f(&x)
			groups := s.SLA(analytics.Query{Now: now}, promised(t, x))
			if len(groups) != 1 {
				t.Fatalf("SLA: %d groups, want 1", len(groups))
			}
			g := groups[0]
			if got := fmt.Sprint(g.Met, g.Breached, g.Running, g.Missing, g.Invalid); got != tc.want {
				t.Errorf("SLA (met, breached, running, missing, invalid) = %s, want %s", got, tc.want)
			}
			if g.Rate.N != g.Met+g.Breached || g.Rate.Known() != (g.Rate.N > 0) {
				t.Errorf("Rate = %+v, want n = %d", g.Rate, g.Met+g.Breached)
			}
		})
	}
	var got []string
	for _, b := range s.Breaches(analytics.Query{Now: now}, promised(t, target)) {
		got = append(got, fmt.Sprintf("%s %.0f %v", b.ID, b.Over, b.Running))
	}
	want := []string{"past 84600 true", "late 60 false", "other 32400 false"} // 24:30 h − 1 h; 1 min; 9 h
	if !slices.Equal(got, want) {
		t.Errorf("Breaches = %q, want %q", got, want)
	}
}

// promised is a contract for each promise, of its name.
func promised(t testing.TB, promises ...incident.SLAPromise) (out []analytics.Agreement) {
	t.Helper()
	for _, p := range promises {
		c := incident.Contract{Window: incident.Window{Every: incident.Month}, Promises: []incident.SLAPromise{p}}
		out = append(out, analytics.NewAgreement(policy(t, incident.ID(p.Name), incident.ContractPolicy, p.Name, 1, c), nil))
	}
	return out
}

func TestSLAAsStated(t *testing.T) {
	yes, no := true, false
	stated := func(id string, status incident.Status, cycles ...incident.SLACycle) *incident.Incident {
		inc := made(id, 1, 30)
		inc.Status, inc.SLA = status, cycles
		return inc
	}
	start := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	stop := start.Add(90 * time.Minute)
	s := snapshot(t, []*incident.Incident{
		stated("met", incident.Resolved, incident.SLACycle{Goal: "resolution", Name: "Gold", Start: start, Stop: stop, Breached: &no}),
		stated("late", incident.Resolved, incident.SLACycle{Goal: "resolution", Name: "Gold", Start: start, Stop: stop, Target: time.Hour, Breached: &yes}),
		stated("late and open", incident.Triggered, incident.SLACycle{Goal: "resolution", Name: "Gold", Start: start, Breached: &yes}),
		stated("running", incident.Triggered, incident.SLACycle{Goal: "resolution", Name: "Gold", Start: start, Breached: &no}),
		stated("not said", incident.Resolved, incident.SLACycle{Goal: "resolution", Name: "Gold", Start: start, Stop: stop}),
		stated("two clocks", incident.Resolved, incident.SLACycle{Goal: "response", Breached: &no}, incident.SLACycle{Goal: "response", Breached: &yes}),
		stated("none", incident.Resolved),
	})
	var got []string
	for _, g := range s.SLA(analytics.Query{}, nil) {
		got = append(got, fmt.Sprint(g.Promise.Key, " ", g.Promise.Name, " ", g.Met, g.Breached, g.Running, g.Missing))
	}
	want := []string{"stated:resolution:Gold Gold 1 2 1 1", "stated:response: response 1 1 0 0"}
	if !slices.Equal(got, want) {
		t.Errorf("SLA = %q, want %q", got, want)
	}
	for _, b := range s.Breaches(analytics.Query{}, nil) {
		if want := map[incident.ID]float64{"late": 1800}[b.ID]; b.Over != want { // 90 − 60 min
			t.Errorf("Breaches: %s is %v s over, want %v", b.ID, b.Over, want)
		}
	}
}
