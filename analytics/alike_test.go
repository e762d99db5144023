package analytics_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// TestAlike: incidents of one service with a factor, a synonym of it counted as it, and the incident that the item is of in no rate. By
// hand: seven of Payments came before, one of them the item's own, one 12 days after; one of another service, one with another factor
// and a private one are none of them.
func TestAlike(t *testing.T) {
	done := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	var incs []*incident.Incident
	add := func(id, service, factor string, days int) *incident.Incident {
		inc := &incident.Incident{ID: incident.ID(id), Title: id, Ref: incident.Ref{Connection: "con_1"}, Kind: incident.Real, Status: incident.Resolved,
			Services: []incident.ServiceUse{{Service: incident.ID(service)}}, Factors: []incident.Factor{{Role: "contributing", Category: factor}}}
		inc.Milestones.Set(incident.ImpactStarted, done.AddDate(0, 0, days), incident.ToSecond, incident.FromField, "test", "")
		incs = append(incs, inc)
		return inc
	}
	for week := range 104 { // others, so that the record goes on
		add(fmt.Sprintf("other%d", week), "svc_search", "hardware", -364+7*week)
	}
	for n, factor := range []string{"capacity", "Capacity management", " CAPACITY ", "capacity", "quota", "capacity", "capacity"} {
		add(fmt.Sprintf("own%d", n), "svc_pay", factor, -20-30*n)
	}
	add("again", "svc_pay", "quota", 12)
	add("elsewhere", "svc_search", "capacity", 3)
	add("unlike", "svc_pay", "hardware", 4)
	add("secret", "svc_pay", "capacity", 5).Private = true
	body, err := json.Marshal(incident.Taxonomy{Categories: []incident.Category{{Name: "Capacity management", Synonyms: []string{"capacity", "quota"}}}})
	if err != nil {
		t.Fatal(err)
	}
	now := done.AddDate(1, 0, 0)
	live := analytics.NewLive(func() time.Time { return now })
	err = live.Apply(t.Context(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs, Policies: []incident.Policy{{Kind: incident.TaxonomyPolicy, ID: incident.TaxonomyPolicyID, Version: 1, Body: body}}})
	if err != nil {
		t.Fatal(err)
	}
	l := live.Snapshot().Alike("own0", now, nil, incident.Sight{})
	if got, want := fmt.Sprint(l.Factors), "[Capacity management]"; got != want || l.N != 8 {
		t.Errorf("Alike = %s, %d incidents; want %s, 8", got, l.N, want)
	}
	e := l.After(done, done.AddDate(0, 0, -20))
	if e.NBefore != 6 || e.NNow != 1 || e.Waited != 12*24*time.Hour || e.To.Sub(e.Done) != e.Done.Sub(e.From) {
		t.Errorf("After = %d before, %d after, waited %v, %v to %v to %v; want 6, 1, 12 days, equal times", e.NBefore, e.NNow, e.Waited, e.From, e.Done, e.To)
	}
	if c, is := l.FirstAfter(done); !is || c.ID != "again" {
		t.Errorf("first after = %v, %v, want the one of 12 days later", c.ID, is)
	}
	if all := live.Snapshot().Alike("own0", now, nil, incident.Sight{All: true}); all.N != 9 {
		t.Errorf("for somebody who sees all there are %d, want 9", all.N)
	}
}
