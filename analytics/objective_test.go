package analytics_test

import (
	"context"
	"encoding/json"
	"math"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// struck returns an incident of the web service with impact between two times; an empty end is still going on.
func struck(t *testing.T, id, from, to string, change ...func(*incident.Incident)) *incident.Incident {
	t.Helper()
	inc := &incident.Incident{ID: incident.ID(id), Kind: incident.Real, Status: incident.Resolved,
		Services: []incident.ServiceUse{{Service: "svc_web", Name: "Web"}}}
	inc.Milestones.Set(incident.ImpactStarted, at(t, from), incident.ToSecond, incident.FromField, "test", "")
	inc.Milestones.Set(incident.ImpactEnded, at(t, to), incident.ToSecond, incident.FromField, "test", "")
	if to == "" {
		inc.Status = incident.Triggered
	}
	for _, f := range change {
		f(inc)
	}
	return inc
}

func severity(s incident.Severity) func(*incident.Incident) {
	return func(inc *incident.Incident) { inc.Severity = s }
}

func hitting(service incident.ID) func(*incident.Incident) {
	return func(inc *incident.Incident) {
		inc.Services = []incident.ServiceUse{{Service: service, Name: string(service)}}
	}
}

// early is an incident long before every window here, so that the record covers them.
func early(t *testing.T) *incident.Incident {
	return struck(t, "early", "2025-01-01T00:00:00Z", "2025-01-01T00:01:00Z")
}

func rolling(days int) incident.Objective {
	return incident.Objective{Service: "svc_web", Target: 0.999, Window: incident.ObjectiveWindow{Days: days}}
}

func monthly(zone string) incident.Objective {
	return incident.Objective{Service: "svc_web", Target: 0.999, Window: incident.ObjectiveWindow{Calendar: incident.CalendarMonth, Zone: zone}}
}

func budget(t *testing.T, o incident.Objective, now string, incs ...*incident.Incident) analytics.Budget {
	t.Helper()
	s := snapshot(t, append(incs, early(t)))
	return s.Objective(o, s.Terms(), at(t, now), incident.Sight{All: true})
}

// seconds compares to the microsecond, which is what times are kept in.
func seconds(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > 1e-5 {
		t.Errorf("%s = %v, want %v", what, show(got), want)
	}
}

func show(x *float64) any {
	if x == nil {
		return "none"
	}
	return *x
}

// TestBudgetByHand works out on paper what 30 days at 99.9 % allow (43.2 minutes) and what became of it.
func TestBudgetByHand(t *testing.T) {
	const now = "2026-06-16T00:00:00Z"
	weighted := rolling(30)
	weighted.Weighted = true
	for _, tc := range []struct {
		name              string
		o                 incident.Objective
		now               string
		incs              []*incident.Incident
		allowed, consumed float64 // minutes
		own               map[incident.ID]float64
		shared, without   float64
		state             analytics.BudgetState
	}{
		{"what overlaps is nobody's own", rolling(30), now, []*incident.Incident{
			struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z"), struck(t, "b", "2026-06-10T10:10:00Z", "2026-06-10T10:25:00Z")},
			43.2, 25, map[incident.ID]float64{"a": 10, "b": 5}, 10, 15, analytics.BudgetKept},
		{"weights by severity, the worst counts", weighted, now, []*incident.Incident{
			struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z", severity(incident.Sev1)),
			struck(t, "b", "2026-06-10T10:10:00Z", "2026-06-10T10:30:00Z", severity(incident.Sev2))},
			43.2, 25, map[incident.ID]float64{"a": 15, "b": 5}, 5, 10, analytics.BudgetKept},
		{"an incident across the edge of a rolling window", rolling(30), now, []*incident.Incident{
			struck(t, "a", "2026-05-16T23:50:00Z", "2026-05-17T00:10:00Z")},
			43.2, 10, map[incident.ID]float64{"a": 10}, 0, 0, analytics.BudgetKept},
		{"an open incident lasts until now", rolling(30), now, []*incident.Incident{struck(t, "a", "2026-06-15T23:50:00Z", "")},
			43.2, 10, map[incident.ID]float64{"a": 10}, 0, 0, analytics.BudgetBurning},
		{"overspent", rolling(7), now, []*incident.Incident{struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z")},
			10.08, 20, map[incident.ID]float64{"a": 20}, 0, 0, analytics.BudgetSpent},
		// 31 days less the hour that is skipped on 29 March: 743 h. The incident begins in February, local time.
		{"a month with a change of summer time", monthly("Europe/Berlin"), "2026-03-31T12:00:00Z", []*incident.Incident{
			struck(t, "a", "2026-02-28T22:50:00Z", "2026-02-28T23:10:00Z")},
			44.58, 10, map[incident.ID]float64{"a": 10}, 0, 0, analytics.BudgetKept},
		// At 22:05 UTC it is 00:05 on 1 April in Berlin: March has gone with what it spent. 30 days. Alerts still look back: of
		// the last 6 hours 60 minutes were bad, and of the last 30 minutes 25.
		{"a new month begins with the whole budget", monthly("Europe/Berlin"), "2026-03-31T22:05:00Z", []*incident.Incident{
			struck(t, "a", "2026-03-31T21:00:00Z", "2026-03-31T22:00:00Z")},
			43.2, 0, map[incident.ID]float64{}, 0, math.NaN(), analytics.BudgetBurning},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := budget(t, tc.o, tc.now, tc.incs...)
			if got := b.Allowed.Minutes(); math.Abs(got-tc.allowed) > 1e-9 {
				t.Errorf("Allowed = %v min, want %v", got, tc.allowed)
			}
			seconds(t, "Consumed", b.Consumed.Value, 60*tc.consumed)
			seconds(t, "Remaining", b.Remaining.Value, 60*(tc.allowed-tc.consumed))
			for _, x := range b.Spenders {
				seconds(t, "own part of "+string(x.ID), &x.Own, 60*tc.own[x.ID])
			}
			if len(b.Spenders) != len(tc.own) {
				t.Errorf("%d incidents spent, want %d", len(b.Spenders), len(tc.own))
			}
			seconds(t, "Shared", &b.Shared, 60*tc.shared)
			if !math.IsNaN(tc.without) {
				seconds(t, "WithoutWorst", b.WithoutWorst.Value, 60*tc.without)
			}
			if b.State != tc.state {
				t.Errorf("State = %q, want %q", b.State, tc.state)
			}
		})
	}
}

// TestBudgetUncertainty: each of two incidents known to the minute may be a minute longer or shorter; what has no end is in no
// number.
func TestBudgetUncertainty(t *testing.T) {
	coarse := func(inc *incident.Incident) {
		for i := range inc.Milestones {
			inc.Milestones[i].Precision = incident.ToMinute
		}
	}
	endless := func(inc *incident.Incident) { inc.Status = incident.Resolved }
	b := budget(t, rolling(30), "2026-06-16T00:00:00Z",
		struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z", coarse), struck(t, "b", "2026-06-11T10:00:00Z", "2026-06-11T10:10:00Z", coarse),
		struck(t, "c", "2026-06-12T10:00:00Z", "", endless), struck(t, "d", "2026-06-13T10:00:00Z", "2026-06-13T09:00:00Z"))
	seconds(t, "Consumed", b.Consumed.Value, 1800)
	seconds(t, "Consumed.Low", b.Consumed.Low, 1680)
	seconds(t, "Consumed.High", b.Consumed.High, 1920)
	if len(b.Unclear.Coarse) != 2 || len(b.Unclear.NoEnd) != 1 || b.Unclear.NoEnd[0].ID != "c" || len(b.Unclear.Invalid) != 1 {
		t.Errorf("Unclear = %+v, want 2 coarse, c without an end, 1 invalid", b.Unclear)
	}
	// 10.08 minutes are allowed in 7 days, and 9 to 11 were spent.
	if b := budget(t, rolling(7), "2026-06-16T00:00:00Z", struck(t, "b", "2026-06-11T10:00:00Z", "2026-06-11T10:10:00Z", coarse)); b.State != analytics.BudgetUndecided {
		t.Errorf("State = %q, want %q", b.State, analytics.BudgetUndecided)
	}
}

func TestBudgetOfNothingKnown(t *testing.T) {
	s := snapshot(t, []*incident.Incident{struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z", hitting("svc_other"))})
	if b := s.Objective(rolling(30), s.Terms(), at(t, "2026-06-16T00:00:00Z"), incident.Sight{All: true}); b.State != analytics.BudgetUnknown || b.Consumed.Known() || b.Consumed.Reason == "" {
		t.Errorf("Objective of a service without incidents: %q, consumed %v, reason %q; want a reason and no number", b.State, b.Consumed.Value, b.Consumed.Reason)
	}
	private := struck(t, "p", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z", func(inc *incident.Incident) { inc.Private = true })
	s = snapshot(t, []*incident.Incident{early(t), private})
	b := s.Objective(rolling(30), s.Terms(), at(t, "2026-06-16T00:00:00Z"), incident.Sight{})
	seconds(t, "Consumed for who may not see private incidents", b.Consumed.Value, 0)
}

// TestBudgetMaintenance: a day of maintenance leaves 29 of 30 days, and is flagged when its record came after it began.
func TestBudgetMaintenance(t *testing.T) {
	planned := func(declared string) func(*incident.Incident) {
		return func(inc *incident.Incident) {
			inc.Kind = incident.Maintenance
			inc.Milestones.Set(incident.Opened, at(t, declared), incident.ToSecond, incident.FromField, "test", "")
		}
	}
	down := struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z")
	for _, tc := range []struct {
		declared string
		late     int
	}{{"2026-06-01T00:00:00Z", 0}, {"2026-06-10T12:00:00Z", 1}} {
		b := budget(t, rolling(30), "2026-06-16T00:00:00Z", down, struck(t, "m", "2026-06-10T00:00:00Z", "2026-06-11T00:00:00Z", planned(tc.declared)))
		if b.Allowed != 41*time.Minute+45*time.Second+600*time.Millisecond || b.Maintenance != 24*time.Hour || len(b.Late) != tc.late {
			t.Errorf("declared %s: allowed %v, maintenance %v, %d late; want 41m45.6s, 24h, %d", tc.declared, b.Allowed, b.Maintenance, len(b.Late), tc.late)
		}
		seconds(t, "Consumed inside maintenance", b.Consumed.Value, 0)
	}
}

// TestBurnAlerts: the service has been down for the last hour. Thresholds are those of the workbook for 30 days, and for 7
// days 2 %, 5 % and 10 % of 168 hours in 1, 6 and 72 hours.
func TestBurnAlerts(t *testing.T) {
	for days, want := range map[int][]float64{30: {14.4, 6, 1}, 7: {3.36, 1.4, 0.7 / 3}} {
		b := budget(t, rolling(days), "2026-06-16T00:00:00Z", struck(t, "a", "2026-06-15T23:00:00Z", ""))
		if len(b.Alerts) != len(want) {
			t.Fatalf("%d days: %d alerts, want %d", days, len(b.Alerts), len(want))
		}
		burns := []float64{1000, 1000.0 / 6, 1000.0 / 72}
		for i, a := range b.Alerts {
			if math.Abs(a.Threshold-want[i]) > 1e-9 || a.LongBurn == nil || math.Abs(*a.LongBurn-burns[i]) > 1e-6 || !a.Fires {
				t.Errorf("%d days, rule %d: threshold %v, burn %v, fires %v; want %v, %v, true", days, i, a.Threshold, show(a.LongBurn), a.Fires, want[i], burns[i])
			}
		}
	}
	if b := budget(t, rolling(2), "2026-06-16T00:00:00Z"); len(b.Alerts) != 2 {
		t.Errorf("2 days: %d alerts, want 2, for 3 days are longer than the window", len(b.Alerts))
	}
}

// TestExhaustion: in 15 of 30 days one episode took 10 of 43.2 minutes. The exact 95 % interval of one Poisson event is
// 0.02532 to 5.57164 (Garwood 1936), so at most 55.7 minutes go in 15 days, and the other 33.2 in 8.94 days.
func TestExhaustion(t *testing.T) {
	const now = "2026-06-16T00:00:00Z"
	b := budget(t, monthly(""), now, struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:10:00Z"))
	wait := 33.2 / (10 * 5.571643) * 15 * 24
	if got := b.Exhausted.Earliest.Sub(at(t, now)).Hours(); math.Abs(got-wait) > 0.01 || !b.Exhausted.Latest.IsZero() {
		t.Errorf("Exhausted = %+v, want from %.2f hours on and perhaps not at all", b.Exhausted, wait)
	}
	b = budget(t, rolling(30), now, struck(t, "a", "2026-06-15T23:50:00Z", ""))
	if want := at(t, now).Add(33*time.Minute + 12*time.Second); !b.Exhausted.Ongoing.Equal(want) {
		t.Errorf("Ongoing = %v, want %v", b.Exhausted.Ongoing, want)
	}
	b = budget(t, rolling(7), now, struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z"))
	if want := at(t, "2026-06-10T10:10:04.8Z"); !b.Exhausted.Spent.Equal(want) {
		t.Errorf("Spent = %v, want %v, 10.08 minutes into the incident", b.Exhausted.Spent, want)
	}
	if b := budget(t, rolling(30), now); b.Exhausted.Reason == "" || !b.Exhausted.Earliest.IsZero() {
		t.Errorf("Exhausted without an incident = %+v, want no projection and a reason", b.Exhausted)
	}
}

func TestBudgetByTeamAndFactor(t *testing.T) {
	of := func(team incident.ID, factors ...string) func(*incident.Incident) {
		return func(inc *incident.Incident) {
			inc.Team = team
			for _, f := range factors {
				inc.Factors = append(inc.Factors, incident.Factor{Role: "contributing", Category: f})
			}
			inc.Factors = append(inc.Factors, incident.Factor{Role: "went_well", Category: "runbook"})
		}
	}
	b := budget(t, rolling(30), "2026-06-16T00:00:00Z",
		struck(t, "a", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z", of("team_1", "deploy", "cache")),
		struck(t, "b", "2026-06-10T10:00:00Z", "2026-06-10T10:20:00Z", of("team_1", "deploy")),
		struck(t, "c", "2026-06-11T10:00:00Z", "2026-06-11T10:05:00Z", of("")))
	want := []analytics.BudgetPart{{Key: "team_1", Label: "team_1", N: 2, Own: 1200}, {N: 1, Own: 300}}
	if len(b.Teams) != 2 || b.Teams[0] != want[0] || b.Teams[1] != want[1] {
		t.Errorf("Teams = %+v, want %+v", b.Teams, want)
	}
	// Without the incidents that name the cache the other one would have spent as much.
	factors := []analytics.BudgetPart{{Key: "deploy", Label: "deploy", N: 2, Own: 1200}, {Key: "cache", Label: "cache", N: 1}, {N: 1, Own: 300}}
	for i := range factors {
		if len(b.Factors) != len(factors) || b.Factors[i] != factors[i] {
			t.Fatalf("Factors = %+v, want %+v", b.Factors, factors)
		}
	}
}

// TestReliability: of one day the shop loses 10:00 to 11:00 by itself, until 11:30 with its database, and 12:00 to 13:00 when
// both replicas are down. The price is 100 to 300 a minute.
func TestReliability(t *testing.T) {
	incs := []*incident.Incident{
		struck(t, "own", "2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z"),
		struck(t, "db", "2026-06-10T10:30:00Z", "2026-06-10T11:30:00Z", hitting("svc_db")),
		struck(t, "r1", "2026-06-10T10:00:00Z", "2026-06-10T13:00:00Z", hitting("svc_r1")), struck(t, "r2", "2026-06-10T12:00:00Z", "2026-06-10T14:00:00Z", hitting("svc_r2")),
	}
	body, err := json.Marshal(incident.Dependencies{Service: "svc_web", Needs: []incident.Needs{{Services: []incident.ID{"svc_db"}}, {Any: true, Services: []incident.ID{"svc_r1", "svc_r2"}}}})
	if err != nil {
		t.Fatal(err)
	}
	rate, err := json.Marshal(incident.CostRate{Low: 100, High: 300, Currency: "EUR", Reason: "made up"})
	if err != nil {
		t.Fatal(err)
	}
	live := analytics.NewLive(time.Now)
	if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs, Policies: []incident.Policy{
		{ID: "pol_1", Kind: incident.DependenciesPolicy, Body: body}, {ID: "pol_2", Kind: incident.RatePolicy, Body: rate}}}); err != nil {
		t.Fatal(err)
	}
	s, from := live.Snapshot(), at(t, "2026-06-10T00:00:00Z")
	r := s.Reliability("svc_web", from, from.AddDate(0, 0, 1), from.AddDate(0, 0, 9), s.Terms(), incident.Sight{All: true})
	near(t, "Any", r.Any.Value, 23.0/24, 12)
	near(t, "Composed", r.Composed.Value, 21.5/24, 12)
	if len(r.Needs) != 2 || r.Needs[0].Own != 1800 || r.Needs[1].Own != 3600 {
		t.Errorf("Needs = %+v, want 1800 and 3600 seconds of their own", r.Needs)
	}
	if r.Cost == nil || r.Cost.Low != 6000 || r.Cost.High != 18000 {
		t.Errorf("Cost = %+v, want 6000 to 18000", r.Cost)
	}
	if r := s.Reliability("svc_db", from, from.AddDate(0, 0, 1), from.AddDate(0, 0, 9), s.Terms(), incident.Sight{All: true}); r.Composed.Known() || r.Composed.Reason == "" {
		t.Errorf("Composed without dependencies = %+v, want a reason", r.Composed)
	}
	for _, tc := range []struct {
		from time.Time
		why  string
	}{{from.AddDate(0, 0, -9), "the record begins on 10 Jun 2026 only"}, {from.AddDate(0, 0, 30), "the record falls silent after 10 Jun 2026"}} {
		r := s.Reliability("svc_web", tc.from, tc.from.AddDate(0, 0, 1), from.AddDate(1, 0, 0), s.Terms(), incident.Sight{All: true})
		for name, e := range map[string]analytics.Estimate{"Any": r.Any, "Weighted": r.Weighted, "Composed": r.Composed, "Lost": r.Lost} {
			if e.Known() || e.Reason != tc.why {
				t.Errorf("%s from %v = %+v, want no value, %q", name, tc.from, e, tc.why)
			}
		}
	}
}

// TestBudgetWithNeeds: of one day with a budget of 2:24 hours the shop spends 10:00 to 11:00 by itself, until 11:30 with its database. A
// contract excludes 10:15 to 10:45 for it, which leaves a budget of 2:21 and takes half an hour of impact.
func TestBudgetWithNeeds(t *testing.T) {
	body, err := json.Marshal(incident.Dependencies{Service: "svc_web", Needs: []incident.Needs{{Services: []incident.ID{"svc_db"}}}})
	if err != nil {
		t.Fatal(err)
	}
	promises := []incident.SLAPromise{{Name: "Resolution", Span: "opened..resolved", WithinSeconds: 3600, Goal: 0.9}}
	excluding := func(name incident.AppliesTo, services ...incident.ID) incident.Policy {
		return policy(t, "pol_gold", incident.ContractPolicy, "Gold", 1, incident.Contract{Window: incident.Window{Every: incident.Month}, Until: "2026-06-11", Promises: promises,
			Exclusions: []incident.SLAExclusion{{From: at(t, "2026-06-10T10:15:00Z"), Until: at(t, "2026-06-10T10:45:00Z"), Services: services, Reason: "move", Approver: "Approver One", ApprovedAt: at(t, "2026-06-01T00:00:00Z"), AppliesTo: name},
				{From: at(t, "2026-06-11T00:00:00Z"), Until: at(t, "2026-06-12T00:00:00Z"), Reason: "behind the term", Approver: "Approver One", ApprovedAt: at(t, "2026-06-01T00:00:00Z")}}})
	}
	for _, tc := range []struct {
		name                        string
		contract                    incident.Policy
		allowed, consumed, own, off float64
	}{
		{"nothing excluded", incident.Policy{}, 8640, 5400, 3600, 0},
		{"for the service", excluding(incident.ToAll, "svc_web", "svc_db"), 8460, 3600, 1800, 1800},
		{"for all services, from availability alone", excluding(incident.ToAvailability), 8460, 3600, 1800, 1800},
		{"from clocks alone", excluding(incident.ToClocks, "svc_web"), 8640, 5400, 3600, 0},
		{"for another service", excluding(incident.ToAll, "svc_db"), 8640, 5400, 3600, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			live := analytics.NewLive(time.Now)
			if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Policies: []incident.Policy{{ID: "pol_1", Kind: incident.DependenciesPolicy, Body: body}, tc.contract},
				Incidents: []*incident.Incident{early(t), struck(t, "own", "2026-06-10T10:00:00Z", "2026-06-10T11:00:00Z"), struck(t, "db", "2026-06-10T10:30:00Z", "2026-06-10T11:30:00Z", hitting("svc_db"))}}); err != nil {
				t.Fatal(err)
			}
			s, o := live.Snapshot(), rolling(1)
			o.Target = 0.9
			b := s.Objective(o, s.Terms(), at(t, "2026-06-11T00:00:00Z"), incident.Sight{All: true})
			if b.Own == nil || len(b.Needs) != 1 || b.Needs[0].Own != 1800 || b.Allowed.Seconds() != tc.allowed || b.Maintenance.Seconds() != tc.off {
				t.Fatalf("Objective = allowed %v, maintenance %v, own %+v, needs %+v", b.Allowed, b.Maintenance, b.Own, b.Needs)
			}
			seconds(t, "Consumed", b.Consumed.Value, tc.consumed)
			seconds(t, "Own.Consumed", b.Own.Consumed.Value, tc.own)
			if n := len(b.Excluded); (n == 1) != (tc.off > 0) || n > 0 && (b.Excluded[0].ContractName != "Gold" || b.Excluded[0].To.Sub(b.Excluded[0].From) != 30*time.Minute) {
				t.Errorf("Excluded = %+v, want what is taken out", b.Excluded)
			}
			up := s.Uptime(analytics.Query{Services: []incident.ID{"svc_web"}, GroupBy: analytics.ByService, From: at(t, "2026-06-10T00:00:00Z"), To: at(t, "2026-06-11T00:00:00Z"), Sight: incident.Sight{All: true}})
			if len(up) != 1 || up[0].Maintenance.Seconds() != tc.off || up[0].Down.Seconds() != tc.own {
				t.Errorf("Uptime = %+v, want %v s taken out and %v s down", up, tc.off, tc.own)
			}
		})
	}
}
