package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestRestatements: a correction of a month that is over is noted with who made it, an incident that comes later with its
// source, and a look without changes notes nothing.
func TestRestatements(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	at := func(id incident.ID, i int) *incident.Incident { // resolved after i times ten minutes
		inc := beganAt(id, noon.Add(time.Duration(i)*time.Hour), false)
		inc.Milestones.Set(incident.ResolvedAt, noon.Add(time.Duration(i)*time.Hour+time.Duration(i)*10*time.Minute), incident.ToSecond, incident.FromField, "test", "")
		return inc
	}
	var incs []*incident.Incident
	for i := range 7 { // 0, 10 … 60 minutes: the median is 30
		incs = append(incs, at(incident.ID("inc_"+string(rune('a'+i))), i))
	}
	look := func() {
		t.Helper()
		if err := s.app.Desk.Restate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents(incs)} })
	look()
	look()
	s.lists("/restatements", []string{"No figure was restated", "None of them has changed"}, nil)

	s.post("/incidents/inc_d/edit", http.StatusSeeOther, "field", "exclude_reason", "value", "a rehearsal") // the one of 30 minutes
	s.post("/incidents/inc_a/edit", http.StatusSeeOther, "field", "exclude_reason", "value", "a rehearsal") // the one of none: 10, 20, 40, 50, 60 are too few
	look()
	s.lists("/restatements", []string{"2026-03, noted on", "Incidents", "7", "5", "Time to resolve, median", "30m, n = 7", "not estimable from 5", "Synthetic inc_a", "exclude reason changed"}, []string{"Service levels met"})
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{at("inc_x", 7)})} })
	look()
	s.lists("/restatements", []string{"not estimable from 5", "45m, n = 6", "Synthetic inc_x", "added, or read again from its source", "nobody here"}, nil)
	body := s.get("/api/v1/restatements", http.StatusOK)
	if n := strings.Count(body, `"month":"2026-03"`); n != 2 || !strings.Contains(body, `"incident_id":"inc_x"`) {
		t.Errorf("the API tells of %d restatements, want 2 with their causes:\n%s", n, body)
	}

	// Of one service: only its incidents move its figures.
	disks := incident.NewService("Disks")
	of := func(id incident.ID, i int) *incident.Incident {
		inc := at(id, i)
		inc.Services = []incident.ServiceUse{{Service: disks.ID, Name: disks.Name, Role: "affected"}}
		return inc
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{disks}), tx.PutIncidents([]*incident.Incident{of("inc_s1", 1), of("inc_s2", 2)})}
	})
	look()
	s.lists("/restatements?service=disks", []string{"No figure was restated", "None of this one has changed"}, nil)
	s.post("/incidents/inc_s1/edit", http.StatusSeeOther, "field", "exclude_reason", "value", "a rehearsal")
	s.post("/incidents/inc_b/edit", http.StatusSeeOther, "field", "exclude_reason", "value", "a rehearsal")
	look()
	s.lists("/restatements?service=disks", []string{"2026-03, noted on", "Incidents", "2", "1", "Synthetic inc_s1"}, []string{"Synthetic inc_b"})
	s.lists("/restatements", []string{"Synthetic inc_s1"}, nil)
	own := s.get("/api/v1/restatements?service=disks", http.StatusOK)
	if strings.Count(own, `"month"`) != 1 || !strings.Contains(own, `"service_id":"`+string(disks.ID)+`"`) || strings.Contains(own, "inc_b") {
		t.Errorf("the API tells of the service %s, want one restatement of its own incidents", own)
	}
	s.get("/api/v1/restatements?service=nowhere", http.StatusUnprocessableEntity)
}
