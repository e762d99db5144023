package web_test

import (
	"strings"
	"testing"

	"hindsight/incident"
)

// TestPeriodForm: sending the form of a period again, as it is, asks for the same period.
func TestPeriodForm(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Viewer)
	page := s.get("/incidents?from=2026-03-01&to=2026-03-31", 200)
	for _, want := range []string{`name="from" value="2026-03-01"`, `name="to" value="2026-03-31"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the form does not hold %s", want)
		}
	}
	s.holds(page, "the period", "1 Mar 2026", "31 Mar 2026")
}
