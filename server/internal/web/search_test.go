package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// TestSearchGoesOn: a search is completed where it ends, leads to the passage that it found, and is counted by month.
func TestSearchGoesOn(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	checkout := incident.NewService("Checkout API")
	one := beganAt("inc_1", noon, false, checkout)
	one.Title, one.Description = "Orders fail", "The certificate of the gateway had expired."
	two := beganAt("inc_2", noon.AddDate(0, 1, 0), false, checkout)
	two.Title = "Certificate expired again"
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{one, two})}
	})
	for path, want := range map[string][]string{
		"/search?q=cert+service%3Ache": {`href="/search?q=cert&#43;service%3A%22Checkout&#43;API%22"`},
		"/search?q=ser":                {`href="/search?q=service%3A"`},
		"/search?q=certificate": {`href="/incidents/inc_1#description:~:text=certificate"`, `/api/v1/charts/incidents-per-month.csv?q=certificate`,
			`/incidents/export.csv?q=certificate`},
	} {
		body := s.get(path, http.StatusOK)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %s", path, w)
			}
		}
	}
	csv := s.get("/api/v1/charts/incidents-per-month.csv?q=orders&from=2020-01-01&to="+time.Now().Format(time.DateOnly), http.StatusOK)
	if n := strings.Count(csv, ",1,"); n != 1 {
		t.Errorf("the chart of what has the word counts one incident %d times:\n%s", n, csv)
	}
}

// TestSayAlike: what a person says of a suggestion is kept, heeded and taken back.
func TestSayAlike(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	cache := incident.NewService("cache")
	var incs []*incident.Incident
	for i, title := range []string{"Cold cache after failover", "Cache cold after the failover", "Cold caches after failover again"} {
		x := beganAt(incident.ID("inc_"+string(rune('a'+i))), noon.AddDate(0, 0, i), false, cache)
		x.Title, x.Description = title, "The cache was cold, retries exhausted the connection pool."
		incs = append(incs, x)
	}
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{cache}), tx.PutIncidents(incs)}
	})
	s.lists("/incidents/inc_a", []string{"Happening again?", "Cache cold after the failover", "nobody has judged one yet"}, nil)
	s.post("/incidents/inc_a/alike", http.StatusSeeOther, "other", "inc_b", "verdict", "apart")
	s.lists("/incidents/inc_a", []string{"1 incident left out: people said that another problem is behind", "Take back"}, nil)
	s.post("/incidents/inc_a/alike", http.StatusSeeOther, "other", "inc_c", "verdict", "same")
	s.lists("/incidents/inc_a", []string{"a person said: the same problem"}, nil)
	s.post("/incidents/inc_b/alike", http.StatusSeeOther, "other", "inc_c", "verdict", "same") // a is c, and b is not a
	s.lists("/incidents/inc_b", nil, []string{"a person said: the same problem"})
	s.post("/incidents/inc_b/alike", http.StatusSeeOther, "other", "inc_a", "verdict", "undo")
	s.lists("/incidents/inc_a", []string{"Cache cold after the failover"}, []string{"left out"})
	s.post("/incidents/inc_b/alike", http.StatusNotFound, "other", "inc_nobody", "verdict", "same")
	s.post("/incidents/inc_b/alike", http.StatusUnprocessableEntity, "other", "inc_a", "verdict", "perhaps")
}
