package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestDelivery: figures of deployments abstain while there are none, count what followed within four hours, and take a
// person's word over nearness.
func TestDelivery(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	s.lists("/delivery", []string{"Delivery", "No source of changes is connected"}, []string{"Change fail rate"})
	checkout, search := incident.NewService("checkout"), incident.NewService("search")
	checkout.Team = "team_red"
	changes := []incident.ChangeEvent{changeAt(9, "Deploy search", noon.Add(-time.Hour), search)}
	for i := range 4 { // at noon of 1, 2, 3 and 4 March, less an hour
		changes = append(changes, changeAt(i, fmt.Sprintf("Deploy checkout %d", i+1), noon.Add(time.Duration(i-1)*24*time.Hour-time.Hour), checkout))
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout, search}), tx.PutTeams([]incident.Team{{ID: "team_red", Name: "Red"}}), tx.PutConnection(ci()), tx.PutChangeEvents(changes),
			tx.PutIncidents([]*incident.Incident{beganAt("inc_1", noon, false, checkout), beganAt("inc_2", noon.Add(8*time.Hour), true, checkout), beganAt("inc_3", noon.Add(30*time.Hour), false, search)})}
	})
	const days = "?from=2026-03-01&to=2026-03-06"
	s.lists("/delivery"+days, []string{"1 of 5 deployments failed: 0 by the word of a source or a person, 1 because", "within 4h after them", "Deployments a day", "1", "n = 5", "Change fail rate", "20.0 %", "interval 3.6 % to 62.4 %",
		"no source says which deployments were unplanned repairs", "Too few incidents: 1 of 3 incidents began within 4h after a deployment", "suspected for beginning within 4h after a deployment: 1", "unattributed: 2",
		"Deploy checkout 2", "suspected: near in time", "Synthetic inc_1", "checkout"}, []string{"Deploy checkout 3"})
	s.lists("/cases/delivery.deployments"+days, []string{"Counted: 5 deployments", "Deploy checkout 4", "Deploy search"}, []string{"Left out"})
	s.lists("/cases/delivery.failed"+days, []string{"Counted: 1 deployment", "near in time: 1 incident", "In the whole, not in the number: 4 deployments"}, nil)
	s.lists("/cases/delivery.recovery"+days, []string{"Counted: 0 deployments", "Left out: 1 deployment", "recovered at a time that nobody knows"}, nil)
	s.lists("/cases/delivery.near"+days, []string{"Counted: 1 incident", "suspected: near in time", "In the whole, not in the number: 2 incidents", "unattributed"}, nil)
	// The numbers of a row lead to what they count.
	body := s.get("/delivery"+days, http.StatusOK)
	for _, tc := range []struct{ figure, service, counted string }{{"deployments", string(checkout.ID), "Counted: 4 deployments"}, {"failed", string(checkout.ID), "Counted: 1 deployment"}, {"deployments", string(search.ID), "Counted: 1 deployment"}, {"failed", string(search.ID), "Counted: 0 deployments"}} {
		link := "/cases/delivery." + tc.figure + "?service=" + tc.service + "&from=2026-03-01&to=2026-03-06"
		if !strings.Contains(body, `href="`+strings.ReplaceAll(link, "&", "&amp;")+`"`) {
			t.Errorf("no number leads to %s", link)
		}
		s.lists(link, []string{tc.counted}, nil)
	}
	s.lists("/delivery"+days+"&service=search", []string{"0 of 1 deployment failed", "None in this period."}, nil)
	s.lists("/delivery"+days+"&team=red", []string{"1 of 4 deployments failed"}, nil)
	s.lists("/delivery"+days+"&service=nowhere", []string{"There is no service called"}, nil)
	s.lists("/delivery?from=2025-03-01&to=2025-03-06", []string{"No deployment in this period"}, nil)

	s.lists("/incidents/inc_1", []string{"It brought this about : Deploy checkout 2", "No change brought this about"}, nil)
	s.post("/incidents/inc_1/edit", http.StatusSeeOther, "field", "caused_by", "value", "none")
	s.lists("/incidents/inc_1", []string{"No change brought this about, says", "Take back what was said"}, nil)
	s.lists("/delivery"+days, []string{"0 of 5 deployments failed", "said by a person to come from no change: 1"}, nil)
	s.post("/incidents/inc_1/edit", http.StatusSeeOther, "field", "caused_by", "value", string(changes[0].ID))
	s.lists("/delivery"+days, []string{"1 of 5 deployments failed: 1 by the word", "Deploy search", "confirmed by a person"}, nil)
	s.post("/incidents/inc_1/edit", http.StatusUnprocessableEntity, "field", "caused_by", "value", "che_nothing")
	body = s.get("/api/v1/delivery"+days, http.StatusOK)
	for _, want := range []string{`"deployments":5`, `"failed_by_word":1`, `"cap_minutes":240`, `"basis":"confirmed"`} {
		if !strings.Contains(body, want) {
			t.Errorf("GET /api/v1/delivery does not say %s:\n%s", want, body)
		}
	}
	form := []string{"cap_minutes", "30", "environments", "production\nlive", "note", "shorter"}
	s.lists("/admin/delivery", []string{"Deployments and their incidents", "Longest time from a deployment"}, []string{"Take back"})
	if body, _ := s.post("/admin/delivery", http.StatusOK, append(form, "action", "try")...); !strings.Contains(body, "incidents that are near a deployment from ") {
		t.Errorf("trying a rule does not say what changes:\n%s", body)
	}
	s.post("/admin/delivery", http.StatusUnprocessableEntity, "cap_minutes", "soon", "environments", "production", "action", "save")
	s.post("/admin/delivery", http.StatusUnprocessableEntity, "cap_minutes", "0", "environments", "production", "action", "save")
	s.post("/admin/delivery", http.StatusSeeOther, append(form, "action", "save")...)
	s.lists("/delivery"+days, []string{"within 30m after them"}, nil)
	s.lists("/admin/delivery", []string{"Take back", "shorter"}, nil)
	s.post("/admin/delivery/remove", http.StatusSeeOther)
	s.lists("/delivery"+days, []string{"within 4h after them"}, nil)
	s.signIn(incident.Viewer)
	s.get("/admin/delivery", http.StatusForbidden)
	s.lists("/delivery"+days, []string{"1 of 2 incidents began within"}, []string{"It brought this about"})
}
