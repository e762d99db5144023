package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// coupled are made-up incidents: db fails five times at hours of its own and api 20 minutes later each time, both name a cold
// cache, and a private incident names an expired certificate, which a public one does, too.
func coupled(api, db incident.Service) []*incident.Incident {
	cold := []incident.Factor{{Role: "contributing", Text: "Cold cache", Claimed: true}}
	expired := []incident.Factor{{Role: "trigger", Text: "Expired certificate"}}
	var out []*incident.Incident
	for i, week := range []int{20, 23, 29, 31, 38} {
		at := noon.AddDate(0, 0, 7*week).Add(time.Duration(5*i) * time.Hour)
		x, y := beganAt(incident.ID(fmt.Sprintf("inc_db%d", i)), at, false, db), beganAt(incident.ID(fmt.Sprintf("inc_api%d", i)), at.Add(20*time.Minute), false, api)
		x.Factors, y.Factors = cold, cold
		out = append(out, x, y)
	}
	first, last := beganAt("inc_first", noon, false, db), beganAt("inc_last", noon.AddDate(0, 0, 7*60), false, api)
	last.Factors = expired
	hidden := beganAt("inc_hidden", noon, true, db)
	hidden.Factors = expired
	return append(out, first, last, hidden)
}

// TestCauses: the page says what recurs and what fails together, each number opens as many incidents, the files have the same
// numbers, and private incidents are in none of them for those who may not see them.
func TestCauses(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.lists("/causes", []string{"Nothing recurs or fails together", "No factor is named", "Fewer than two services are named", "No source of changes is connected", "No flood of alerts"}, nil)
	api, db := incident.NewService("api"), incident.NewService("db")
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{api, db}), tx.PutIncidents(coupled(api, db))}
	})
	const all = "?range=all"
	s.lists("/causes"+all, []string{"api and db: 5 times together in separate incidents within an hour, 0.0 expected by chance", "q below 0.001: more than chance.",
		"Cold cache: 10 incidents of api, db; claimed by sources", "12 of 13 incidents name a factor; 2 factors contributed to two or more", "Expired certificate", "no dependency is configured"}, []string{"cannot tell from chance"})
	s.lists("/causes/cases"+all+"&a="+string(api.ID)+"&b="+string(db.ID), []string{"api and db", "In one incident: 0 incidents", "In separate incidents at the same time: 5 times", "Synthetic inc_db4", "20m", "Synthetic inc_api4"}, nil)
	s.lists("/causes/cases"+all+"&factor=cold+CACHE", []string{"Named in: 10 incidents"}, nil)
	for path, want := range map[string]string{"together.csv": "api and db,5,0,5,0.0,", "factors.csv": "Cold cache,api,5,0,5,", "changes.csv": "service,says,"} {
		if body := s.get("/causes/"+path+all, http.StatusOK); !strings.Contains(body, want) {
			t.Errorf("GET /causes/%s does not have %s:\n%s", path, want, body)
		}
	}
	body := s.get("/api/v1/causes"+all, http.StatusOK)
	for _, want := range []string{`"times":5`, `"more_than_chance":true`, `"name":"Cold cache","incidents":10,"confirmed":0,"claimed":10`, `"incidents_floods_once":13`} {
		if !strings.Contains(body, want) {
			t.Errorf("GET /api/v1/causes does not say %s:\n%s", want, body)
		}
	}
	s.lists("/causes?q=words", []string{"igures cannot be narrowed down by this", "Nothing to show"}, nil)
	s.get("/causes/cases?a=nothing&b=db", http.StatusNotFound)

	s.signIn(incident.Viewer)
	s.lists("/causes"+all, []string{"11 of 12 incidents name a factor; 1 factor contributed", "Left out: 1 factor that one incident alone names"}, []string{"Expired certificate"})
	s.lists("/causes/cases"+all+"&factor=Expired+certificate", []string{"Named in: 1 incident"}, []string{"inc_hidden"})
}

// TestFoldedFlood: a list shows the first alert of a flood, or what people opened, with the others behind it, and all on demand.
func TestFoldedFlood(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	api := incident.NewService("api")
	var incs []*incident.Incident
	for i := range 8 {
		x := beganAt(incident.ID(fmt.Sprintf("inc_%d", i)), noon.Add(time.Duration(i)*time.Minute), false, api)
		x.Origin = incident.OriginPager
		incs = append(incs, x)
	}
	for i := range 2 {
		x := beganAt(incident.ID(fmt.Sprintf("inc_usual%d", i)), noon.AddDate(0, 0, 70*i-30), false, api)
		x.Origin = incident.OriginPager
		incs = append(incs, x)
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{api}), tx.PutIncidents(incs)}
	})
	s.lists("/incidents?range=all", []string{"10 of 10 incidents", "7 alerts of this page are folded behind the incident of the same flood; figures count each", "Synthetic inc_usual1", "Synthetic inc_0", "+ 7 alerts within 7m",
		"8 alerts of api within 7m, each at most 5m after the one before; usually next to none", "Synthetic inc_7", "Synthetic inc_usual0"}, nil)
	if body := s.get("/incidents?range=all", http.StatusOK); strings.Count(body, " data-row>") != 3 {
		t.Errorf("%d rows, want 3", strings.Count(body, " data-row>"))
	}
	s.lists("/incidents?range=all&fold=no", []string{"Fold floods of alerts", "Synthetic inc_7", "Synthetic inc_6"}, []string{"alerts within"})
	s.lists("/incidents/inc_3", []string{"Part of a flood of alerts. 8 alerts of api within 7m", "They stand behind Synthetic inc_0"}, []string{"Happening again?"})
	s.lists("/incidents/inc_0", []string{"The others stand behind this one."}, nil)
	s.lists("/causes?range=all", []string{"8 alerts in 1 flood. Lists fold them; figures count each: 10 incidents count in this period, and would be 3 if each flood counted once.", "Synthetic inc_0"}, nil)
	ticket := beganAt("inc_ticket", noon.Add(3*time.Minute), false, api)
	ticket.Origin = incident.OriginTicket
	s.put(func(tx incident.Tx) []error { return []error{tx.PutIncidents([]*incident.Incident{ticket})} })
	s.lists("/incidents?range=all", []string{"Synthetic inc_usual1", "Synthetic inc_ticket", "+ 8 alerts within 7m", "People opened this one meanwhile"}, nil)
}
