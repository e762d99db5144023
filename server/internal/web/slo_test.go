package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// started is what fell counts back from, one instant for all, so that incidents stand to each other as the test says however slow the machine is.
var started = time.Now()

// fell writes down an incident of a service with impact from so long ago for so long; zero lasts still.
func (s *importSite) fell(id, service string, ago, lasted time.Duration, change ...func(*incident.Incident)) {
	s.Helper()
	x := incident.NewService(service)
	inc := &incident.Incident{ID: incident.ID(id), Number: strings.ToUpper(id), Title: "It fell: " + id, Status: incident.Triggered, Kind: incident.Real, Severity: incident.Sev1,
		Services: []incident.ServiceUse{{Service: x.ID, Name: service}}}
	began := started.Add(-ago).Truncate(time.Second)
	inc.Milestones.Set(incident.ImpactStarted, began, incident.ToSecond, incident.FromField, "test", "")
	if lasted > 0 {
		inc.Status = incident.Resolved
		inc.Milestones.Set(incident.ImpactEnded, began.Add(lasted), incident.ToSecond, incident.FromField, "test", "")
	}
	for _, f := range change {
		f(inc)
	}
	if _, err := s.app.Desk.Store.Update(context.Background(), func(tx incident.Tx) error {
		if err := tx.PutServices([]incident.Service{x}); err != nil {
			return err
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	}); err != nil {
		s.Fatalf("PutIncidents(%s): %v", id, err)
	}
	if err := s.app.CatchUp(context.Background()); err != nil {
		s.Fatalf("CatchUp: %v", err)
	}
}

const hours, days = time.Hour, 24 * time.Hour

// TestObjectives: from the empty page to an objective, its budget, a change with both versions, and its end.
func TestObjectives(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	s.holds(s.get("/slo", http.StatusOK), "the empty page", "No objectives yet", "99.9 % over 30 days allow 43 minutes")
	s.fell("inc_old", "Shop", 90*days, time.Minute)
	s.fell("inc_a", "Shop", 5*days, 20*time.Minute)
	s.fell("inc_b", "Shop", 5*days-10*time.Minute, 15*time.Minute) // the first ten of them beside inc_a
	s.fell("inc_c", "Shop", 4*days, 0, func(inc *incident.Incident) { inc.Status = incident.Closed })

	body, _ := s.post("/slo/new", http.StatusUnprocessableEntity, "name", "Shop works", "service", string(incident.NewService("Shop").ID), "objective", "100", "window", "days", "days", "30")
	s.holds(body, "the form again", "above 0 and below 100")
	_, to := s.post("/slo/new", http.StatusSeeOther, "name", "Shop works", "service", string(incident.NewService("Shop").ID), "objective", "99.9", "window", "days", "days", "30", "note", "as agreed")
	page := s.get(to, http.StatusOK)
	s.holds(page, "the objective", "within budget", "18m 12s of 43m 12s left", "Without the worst one 15m would be spent instead of 25m.", "10m were spent while several incidents went on",
		"1 incident has no end of impact and is in no number", "as agreed", "Burn alerts as of now", "14.40")
	s.holds(s.get("/slo", http.StatusOK), "the list", "Shop works", "within budget", "18m 12s of 43m 12s left", "last 30 days")

	base := regexp.MustCompile(`name="base" value="(\d+)"`).FindStringSubmatch(s.get(to+"/edit", http.StatusOK))
	if base == nil || base[1] != "1" {
		t.Fatalf("the form carries base %v, want 1", base)
	}
	id := strings.TrimPrefix(to, "/slo/")
	change := []string{"id", id, "base", "1", "name", "Shop works", "service", "Shop", "objective", "99.95", "window", "days", "days", "30"}
	s.post("/slo/new", http.StatusSeeOther, change...)
	s.holds(s.get(to, http.StatusOK), "the changed objective", "budget spent", "overspent by 3m 24s, of a budget of 21m 36s", "It was spent on", "99.9 %, last 30 days", "99.95 %, last 30 days")
	body, _ = s.post("/slo/new", http.StatusUnprocessableEntity, change...)
	s.holds(body, "a change from an old version", "Somebody else changed this objective meanwhile")

	s.signIn(incident.Viewer)
	s.get(to, http.StatusOK)
	s.post(to+"/delete", http.StatusForbidden)
	s.signIn(incident.Admin)
	s.post(to+"/delete", http.StatusSeeOther)
	s.get(to, http.StatusNotFound)
}

// TestTermsOfImpact: the service page prices lost time once there is a rate, and says what a service loses because of another.
func TestTermsOfImpact(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	s.fell("inc_shop", "Shop", 20*hours, time.Hour, func(inc *incident.Incident) { inc.Severity = incident.Sev2 })
	s.fell("inc_db", "Database", 10*hours, time.Hour)
	path := "/services/" + string(incident.NewService("Shop").ID)
	s.holds(s.get(path, http.StatusOK), "the service without a rate", "Set a rate per minute", "no dependencies are set")
	s.post("/slo/terms/rates", http.StatusSeeOther, "service", "", "low", "100", "high", "300", "currency", "eur", "reason", "made up for the test")
	s.post("/slo/terms/dependencies", http.StatusSeeOther, "service", "Shop", "all", "Database")
	body, _ := s.post("/slo/terms/dependencies", http.StatusUnprocessableEntity, "service", "Database", "all", "Shop")
	s.holds(body, "a circle", "would need itself")
	// SEV2 counts half: 30 minutes.
	s.holds(s.get(path, http.StatusOK), "the service with a rate", "3,000 to 9,000 EUR", "made up for the test", "took 1h that would not have been lost otherwise")
	s.post("/slo/terms/weights", http.StatusSeeOther, "SEV1", "1", "SEV2", "1", "SEV3", "0", "SEV4", "0", "SEV5", "0", "unset", "1")
	s.holds(s.get(path, http.StatusOK), "the service with other weights", "6,000 to 18,000 EUR")
	body, _ = s.post("/slo/terms/weights", http.StatusUnprocessableEntity, "SEV1", "2", "SEV2", "1", "SEV3", "0", "SEV4", "0", "SEV5", "0", "unset", "1")
	s.holds(body, "a share above 1", "give SEV1 a share from 0 to 1")
}

// TestObjectiveWithNeeds: an objective counts what its service needs, beside what it spent by itself, without what contracts exclude.
func TestObjectiveWithNeeds(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	s.fell("inc_old", "Shop", 90*days, time.Minute)
	s.fell("inc_shop", "Shop", 20*hours, time.Hour)
	s.fell("inc_db", "Database", 10*hours, time.Hour)
	s.post("/slo/terms/dependencies", http.StatusSeeOther, "service", "Shop", "all", "Database")
	_, to := s.post("/slo/new", http.StatusSeeOther, "name", "Shop works", "service", "Shop", "objective", "99", "window", "days", "days", "30")
	s.holds(s.get(to, http.StatusOK), "the objective", "5h 12m of 7h 12m left; it spent 1h by itself, and 2h with what it needs", "By its own incidents alone it would have spent 1h", "Database", "took 1h that would not have been lost otherwise")

	now := time.Now().UTC()
	_, contract := s.post("/admin/contracts/new", http.StatusSeeOther, "name", "Gold", "every", "month", "p0.name", "Resolution", "p0.span", "opened..resolved", "p0.within", "1h", "p0.goal", "95",
		"x0.from", now.Add(-21*hours).Format("2006-01-02 15:04"), "x0.until", now.Add(-18*hours).Format("2006-01-02 15:04"), "x0.services", "Shop", "x0.reason", "disks were moved", "x0.approver", "Approver One",
		"x0.approved_at", now.Format("2006-01-02 15:04"), "action", "save")
	page := s.get(to, http.StatusOK)
	s.holds(page, "the objective less excluded time", "6h 10m of 7h 10m left", "1h with what it needs", "3h of this time do not count", "disks were moved, approved by Approver One, after the fact", "Gold")
	if !strings.Contains(page, `href="`+contract+`"`) {
		t.Errorf("the excluded time does not lead to %s", contract)
	}
	s.holds(s.get("/services/"+string(incident.NewService("Shop").ID), http.StatusOK), "the service", "3h of this time do not count", "disks were moved")
	s.holds(s.get(contract, http.StatusOK), "the contract", "taken from the clocks, availability and error budgets")
}

// TestOpenSLO: a file goes in by the page and comes out by the API with what cannot be measured.
func TestOpenSLO(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	const file = `apiVersion: openslo/v1
kind: SLO
metadata: {name: shop-errors, displayName: Shop answers}
spec:
  service: New Shop
  budgetingMethod: Occurrences
  timeWindow: [{duration: 4w, isRolling: true}]
  indicator: {metadata: {name: good}, spec: {ratioMetric: {good: {metricSource: {spec: {query: sum(good)}}}}}}
  objectives: [{target: 0.9995}]
`
	form, kind := formWithFile(t, "slo.yaml", file)
	send := func(status int, form []byte, kind string) string {
		req, err := http.NewRequest(http.MethodPost, s.server.URL+"/slo/openslo", bytes.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		body, _ := s.do(req, status)
		return body
	}
	s.holds(send(http.StatusOK, form, kind), "the answer", "1 objective saved: Shop answers", "New services: New Shop", "its ratioMetric is read from a metric store", "counts events; here time is counted",
		"No incident of this service has been recorded")
	s.holds(send(http.StatusOK, form, kind), "the same file again", "0 objectives saved", "Unchanged: Shop answers.")
	out := s.get("/api/v1/slo.yaml", http.StatusOK)
	for _, want := range []string{"sum(good)", "target: 0.9995", "service: New Shop", "duration: 4w"} {
		if !strings.Contains(out, want) {
			t.Errorf("GET /api/v1/slo.yaml lacks %q:\n%s", want, out)
		}
	}
	var list struct {
		Items []struct {
			Name, State string
			Consumed    struct {
				Value *float64
			} `json:"consumed_seconds"`
		}
	}
	if err := json.Unmarshal([]byte(s.get("/api/v1/slo", http.StatusOK)), &list); err != nil || len(list.Items) != 1 || list.Items[0].State != "nothing known" || list.Items[0].Consumed.Value != nil {
		t.Errorf("GET /api/v1/slo = %+v, %v, want one objective of which nothing is known", list, err)
	}
	bad, kind := formWithFile(t, "slo.yaml", "apiVersion: openslo/v2\nkind: SLO\n")
	s.holds(send(http.StatusUnprocessableEntity, bad, kind), "another version", "not of apiVersion openslo/v1")
}
