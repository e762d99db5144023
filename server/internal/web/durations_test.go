package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestOwnDurations: whoever may edit defines a duration, a second save is a new version, and it is a metric of the API.
func TestOwnDurations(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	s.lists("/durations", []string{"No duration was defined here", "Define a duration"}, nil)
	var incs []*incident.Incident
	for i := range 7 { // resolved after 10, 20 … 70 minutes
		inc := beganAt(incident.ID("inc_"+string(rune('a'+i))), noon.Add(time.Duration(i)*time.Hour), false, incident.NewService("checkout"))
		inc.Milestones.Set(incident.MitigatedAt, noon.Add(time.Duration(i)*time.Hour+time.Duration(i+1)*10*time.Minute), incident.ToSecond, incident.FromField, "test", "")
		inc.Milestones.Set(incident.ResolvedAt, noon.Add(time.Duration(i)*time.Hour+time.Duration(i+1)*10*time.Minute), incident.ToSecond, incident.FromField, "test", "")
		incs = append(incs, inc)
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{incident.NewService("checkout")}), tx.PutIncidents(incs)}
	})
	s.post("/durations", http.StatusSeeOther, "name", "To calm", "span", "detected|opened..mitigated", "note", "agreed")
	s.lists("/durations", []string{"To calm", "From the first known of detected or opened to the first known of mitigated, in wall-clock time", "Version 1, saved here by", "Median", "40m", "±15m on start times moves the median by −", "when all are wrong the same way"}, nil)
	s.post("/durations", http.StatusSeeOther, "name", "to  calm", "span", "opened..mitigated")
	s.lists("/durations?metric=to-calm", []string{"Version 2"}, nil)
	s.post("/durations", http.StatusUnprocessableEntity, "name", "x", "span", "opened..later")
	s.post("/durations", http.StatusUnprocessableEntity, "name", "Time to resolve", "span", "opened..closed")
	body := s.get("/api/v1/measurements?metric=to-calm", http.StatusOK)
	for _, want := range []string{`"value":2400`, `"all_later_seconds":-900`} {
		if !strings.Contains(body, want) {
			t.Errorf("the API does not say %s:\n%s", want, body)
		}
	}
	s.get("/api/v1/measurements?metric=nothing", http.StatusUnprocessableEntity)
	s.lists("/services/checkout", []string{"Time to resolve: ±15m on start times moves the median by"}, nil)
	s.signIn(incident.Viewer)
	s.lists("/durations", []string{"to calm"}, []string{"Define a duration"})
}
