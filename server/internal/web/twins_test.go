package web_test

import (
	"net/http"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// TestSameIncident: two records are said to be one incident, by number; then the page of each says so, and unlinking
// sets both free.
func TestSameIncident(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	made := func(title string) string {
		inc, _, err := s.app.Desk.Create(t.Context(), desk.NewIncident{Title: title, Opened: time.Now().Add(-time.Hour)}, "editor")
		if err != nil {
			t.Fatal(err)
		}
		return string(inc.ID)
	}
	pager, ticket := made("Checkout pages"), made("Checkout is slow")
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		found, err := tx.IncidentsByID([]incident.ID{incident.ID(pager)})
		if err != nil {
			return err
		}
		inc := found[incident.ID(pager)]
		inc.Number = "PD-7"
		return tx.PutIncidents([]*incident.Incident{inc})
	}); err != nil {
		t.Fatal(err)
	}
	for other, want := range map[string]string{"": "there is no incident with the number", "PD-8": "there is no incident with the number", ticket: "this is the record itself"} {
		body, _ := s.post("/incidents/"+ticket+"/same", http.StatusUnprocessableEntity, "other", other)
		s.holds(body, "the page", want)
	}
	s.post("/incidents/"+ticket+"/same", http.StatusSeeOther, "other", "PD-7")
	s.holds(s.get("/incidents/"+ticket, http.StatusOK), "the ticket", "Another record of this incident counts", "Checkout pages", "Unlink")
	s.holds(s.get("/incidents/"+pager, http.StatusOK), "the pager's", "Also recorded as", "Checkout is slow")
	_, to := s.post("/incidents/"+ticket+"/apart", http.StatusSeeOther, "back", "/incidents/"+pager)
	if to != "/incidents/"+pager {
		t.Errorf("unlinking leads to %s, want the page that it was asked for on", to)
	}
	inc, err := s.app.Desk.Store.Incident(t.Context(), incident.ID(ticket))
	if err != nil || inc.SameAs != "" {
		t.Errorf("after unlinking, the ticket is the same as %q (%v)", inc.SameAs, err)
	}
}
