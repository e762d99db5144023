package analytics_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// hourly returns an instant a number of hours after the beginning of 2026.
func hourly(h float64) time.Time {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(h * float64(time.Hour)))
}

func rolledOut(id incident.ID, h float64, service incident.ID, change func(*incident.ChangeEvent)) incident.ChangeEvent {
	c := incident.ChangeEvent{ID: id, Kind: incident.ChangeDeploy, Result: incident.ChangeSucceeded, StartedAt: hourly(h), Environment: "Production",
		Services: []incident.ServiceUse{{Service: service, Name: string(service)}}}
	if change != nil {
		change(&c)
	}
	return c
}

// struckAt is a resolved incident of a service, of which a person may say what caused it.
func struckAt(t *testing.T, id incident.ID, from, to float64, service, cause incident.ID) *incident.Incident {
	t.Helper()
	inc := &incident.Incident{ID: id, Kind: incident.Real, Status: incident.Resolved, Services: []incident.ServiceUse{{Service: service, Name: string(service)}}}
	inc.Milestones.Set(incident.Opened, hourly(from), incident.ToSecond, incident.FromField, "test", "")
	inc.Milestones.Set(incident.ResolvedAt, hourly(to), incident.ToSecond, incident.FromField, "test", "")
	if cause != "" {
		if err := inc.Edit("caused_by", string(cause), "editor", hourly(to)); err != nil {
			t.Fatal(err)
		}
	}
	return inc
}

func approx(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > 1e-6 {
		t.Errorf("%s = %v, want %v", what, value(got), want)
	}
}

func value(x *float64) string {
	if x == nil {
		return "none"
	}
	return fmt.Sprint(*x)
}

// tenDays is a period of 240 hours with six deployments, one of which its source calls failed, and four incidents: one
// two hours behind a deployment, one that a person lays to another, one that a person says is none's, one by itself.
func tenDays(t *testing.T) (*analytics.Snapshot, []incident.ChangeEvent) {
	drill := struckAt(t, "i5", 60, 61, "web", "")
	drill.Kind = incident.Drill
	s := snapshot(t, []*incident.Incident{struckAt(t, "i1", 8, 9, "web", ""), struckAt(t, "i2", 60, 61, "web", "d2"),
		struckAt(t, "i3", 151, 152, "web", incident.NoChange), struckAt(t, "i4", 222, 223, "web", ""), drill})
	return s, []incident.ChangeEvent{
		rolledOut("d1", 6, "web", nil), rolledOut("d2", 54, "web", nil),
		rolledOut("d3", 102, "web", func(c *incident.ChangeEvent) { c.Result = incident.ChangeFailed }),
		rolledOut("d4", 150, "web", func(c *incident.ChangeEvent) { c.FinishedAt = hourly(150.5) }), rolledOut("d5", 198, "web", nil),
		rolledOut("d6", 200, "db", func(c *incident.ChangeEvent) { c.Environment = "" }),
		rolledOut("d7", 201, "web", func(c *incident.ChangeEvent) { c.Environment = "staging" }),
		rolledOut("d8", 202, "web", func(c *incident.ChangeEvent) { c.Result = incident.ChangeCanceled }),
	}
}

func TestDelivery(t *testing.T) {
	s, changes := tenDays(t)
	r := s.Delivery(analytics.Query{From: hourly(0), To: hourly(240), Now: hourly(1000)}, incident.StandardDelivery(), changes)
	g := r.Total
	if g.Deployments != 6 || g.Failed != 3 || g.Said != 2 || g.Open != 0 || g.Incidents != 4 || g.Near != 2 {
		t.Errorf("deployments, failed, said, open, incidents, near = %d %d %d %d %d %d, want 6 3 2 0 4 2", g.Deployments, g.Failed, g.Said, g.Open, g.Incidents, g.Near)
	}
	for basis, want := range map[analytics.AttributionBasis]int{analytics.SaidByPerson: 1, analytics.NearInTime: 1, analytics.Denied: 1, analytics.Unattributed: 1} {
		if g.Of[basis] != want {
			t.Errorf("incidents that are %s = %d, want %d", basis, g.Of[basis], want)
		}
	}
	approx(t, "deployments per day", g.PerDay.Value, 0.6)
	approx(t, "fail rate", g.FailRate.Value, 0.5)
	approx(t, "fail rate, lower bound", g.FailRate.Low, 0.187616) // Wilson, 3 of 6
	// Five deployments of web with four hours each are in 240 hours; db's are nobody's.
	approx(t, "incidents near by chance", g.NearChance, 20.0/240)
	// Four incidents of web in 240 hours: four hours see one with 1 − e^(−4·4/240); db's deployment sees none.
	approx(t, "deployments followed by chance", g.FailChance, 5*0.06449301496838222/6)
	if g.Recovery.Known() || g.Recovery.N != 3 {
		t.Errorf("recovery = %+v, want none from 3", g.Recovery)
	}
	plain, _ := g.RecoveryTimes() // 3 hours to the end of i1, 7 to that of i2, 48.5 until d4 was out
	approx(t, "median time to recovery", &plain, 7*3600)
	if g.Rework.Known() || g.Rework.Reason == "" {
		t.Errorf("rework = %+v, want a reason", g.Rework)
	}
	if len(r.Services) != 2 || r.Services[0].Key != "web" || r.Services[0].Deployments != 5 || r.Services[1].Failed != 0 {
		t.Errorf("services = %+v, want web with 5, then db without a failure", r.Services)
	}
	if len(r.Months) != 1 || !r.Months[0].Partial || r.Months[0].Deployments != 6 {
		t.Errorf("months = %+v, want a part of January with 6", r.Months)
	}
	if len(r.LeftOut) != 2 || r.LeftOut[0].N+r.LeftOut[1].N != 2 || len(g.LeftOut) != 1 || g.LeftOut[0].Reason != "drill" {
		t.Errorf("left out: changes %v, incidents %v", r.LeftOut, g.LeftOut)
	}
	if len(r.Failures) != 3 || r.Failures[0].Basis != analytics.SaidBySource || r.Failures[1].Basis != analytics.SaidByPerson || r.Failures[2].Basis != analytics.NearInTime {
		t.Errorf("failures = %+v, want those of d3, d2, d1", r.Failures)
	}
}

// TestDeliveryCap: the cap includes its last instant, and an incident behind the period's end still fails a deployment
// of the period.
func TestDeliveryCap(t *testing.T) {
	rule := incident.StandardDelivery()
	deployed := []incident.ChangeEvent{rolledOut("d1", 10, "web", nil)}
	for _, tc := range []struct {
		name    string
		at      float64
		service incident.ID
		want    int
	}{
		{"at once", 10, "web", 1}, {"as the cap ends", 14, "web", 1}, {"behind the cap", 14.001, "web", 0}, {"before", 9.999, "web", 0}, {"another service", 11, "db", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := snapshot(t, []*incident.Incident{struckAt(t, "i1", tc.at, tc.at+1, tc.service, "")})
			r := s.Delivery(analytics.Query{From: hourly(0), To: hourly(11), Now: hourly(1000)}, rule, deployed)
			if r.Total.Failed != tc.want {
				t.Errorf("failed = %d, want %d", r.Total.Failed, tc.want)
			}
		})
	}
}

// TestDeliveryEmpty: without deployments there are no rates and no panic; a failure that goes on is open, and one whose end
// nobody knows is missing.
func TestDeliveryEmpty(t *testing.T) {
	s := snapshot(t, nil)
	for _, q := range []analytics.Query{{}, {From: hourly(0), To: hourly(240)}, {From: hourly(5), To: hourly(1), Now: hourly(2)}} {
		r := s.Delivery(q, incident.StandardDelivery(), nil)
		if r.Total.FailRate.Known() || r.Total.FailRate.Reason == "" || r.Total.NearChance != nil || r.Total.Deployments != 0 {
			t.Errorf("Delivery(%v to %v) of nothing = %+v", q.From, q.To, r.Total)
		}
	}
	open, lost := struckAt(t, "i1", 11, 12, "web", ""), struckAt(t, "i2", 51, 52, "web", "")
	open.Status = incident.Investigating
	for _, inc := range []*incident.Incident{open, lost} {
		inc.Milestones = inc.Milestones[:1] // without an end
	}
	r := snapshot(t, []*incident.Incident{open, lost}).Delivery(analytics.Query{Now: hourly(100)}, incident.StandardDelivery(),
		[]incident.ChangeEvent{rolledOut("d1", 10, "web", nil), rolledOut("d2", 50, "web", nil)})
	if r.Total.Failed != 2 || r.Total.Open != 1 || r.Total.Missing != 1 {
		t.Errorf("failed, open, missing = %d %d %d, want 2 1 1", r.Total.Failed, r.Total.Open, r.Total.Missing)
	}
	if !r.From.Equal(hourly(0)) || !r.To.Equal(hourly(72)) {
		t.Errorf("the period is %v to %v, want the days of the deployments", r.From, r.To)
	}
}
