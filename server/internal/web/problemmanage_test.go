package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// managedSite has a suggested problem of three incidents on checkout, 10, 40 and 100 days ago, of which the newest is still open, and
// a fourth incident of nothing.
func managedSite(t *testing.T) (s *importSite, newest incident.ID) {
	s = newImportSite(t, false)
	s.signIn(incident.Editor)
	var members []incident.ProblemMember
	for _, ago := range []int{10, 40, 100} {
		opened := time.Now().AddDate(0, 0, -ago)
		n := desk.NewIncident{Title: "Cold cache", Services: []string{"checkout"}, Team: "Payments", Opened: opened, Resolved: opened.Add(2 * time.Hour)}
		if ago == 10 {
			n.Resolved = time.Time{}
		}
		inc, _, err := s.app.Desk.Create(t.Context(), n, "editor")
		if err != nil {
			t.Fatal(err)
		}
		if members = append(members, incident.ProblemMember{Incident: inc.ID, Score: 0.8}); ago == 10 {
			newest = inc.ID
		}
	}
	seq, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutProblems([]incident.Problem{{ID: "prb_cache", Title: "Cold caches", State: incident.Suggested, Basis: "source", Members: members}})
	})
	if err != nil || !s.app.Desk.Follow.WaitFor(t.Context(), seq) {
		t.Fatalf("problems were not put: %v", err)
	}
	return s, newest
}

// pageWords is a page without its markup.
func pageWords(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " "))), " ")
}

// TestProblemIsManaged: taking a suggested problem over confirms it and shows its workaround on its open incidents; the exit criterion is
// counted, what a known error lacks is said, a resolved one that came back says when, and each edit can be taken back.
func TestProblemIsManaged(t *testing.T) {
	s, newest := managedSite(t)
	s.holds(s.get("/problems/prb_cache", http.StatusOK), "before", "Take it over", "nobody has said")
	s.post("/problems/prb_cache/manage", http.StatusUnprocessableEntity, "version", "0", "stage", "open", "owner", "Nobody Known", "workaround", "Wait")
	s.post("/problems/prb_cache/manage", http.StatusSeeOther, "version", "0", "stage", "known_error", "owner", "payments", "workaround", "Drain **it** <script>alert(1)</script>",
		"exit_words", "The check knows a cold cache", "exit_days", "60", "change", "https://example.com/12")
	page := s.get("/problems/prb_cache", http.StatusOK)
	text := pageWords(page)
	for _, want := range []string{"✓ confirmed", "◆ known error", "a described cause is missing", "Drain it", "Owner Payments", "The check knows a cold cache", "◌ not met 0 of 60 days without an incident: 1 incident of it still goes on.", "https://example.com/12", "Stage: open → known error"} {
		if !strings.Contains(text, want) {
			t.Errorf("the problem does not say %q", want)
		}
	}
	if strings.Contains(page, "<script>alert") {
		t.Error("the workaround became a script")
	}
	member := s.get("/incidents/"+string(newest), http.StatusOK)
	if at, events := strings.Index(member, "Known workaround"), strings.Index(member, `id="durations"`); at < 0 || at > events {
		t.Errorf("an open incident shows the workaround of its problem at %d, its durations at %d; want the workaround first", at, events)
	}

	s.post("/incidents/"+string(newest)+"/edit", http.StatusSeeOther, "field", "status", "value", "resolved")
	resolved := time.Now().UTC().AddDate(0, 0, -22)
	s.post("/problems/prb_cache/manage", http.StatusSeeOther, "version", "1", "stage", "resolved", "owner", "Payments", "exit_days", "60", "resolved_at", resolved.Format("2006-01-02"))
	text = pageWords(s.get("/problems/prb_cache", http.StatusOK))
	for _, want := range []string{"Resolved, and back. It came back on " + time.Now().UTC().AddDate(0, 0, -10).Format("2 Jan 2006"), "▲ came back 1×", "10 of 60 days without an incident, last on"} {
		if !strings.Contains(text, want) {
			t.Errorf("the resolved problem does not say %q", want)
		}
	}
	s.holds(s.get("/problems/prb_cache/incidents?figure=returned", http.StatusOK), "incidents since", "Counted: 1 incident", "In the whole, not in the number: 2 incidents")

	step := regexp.MustCompile(`name="event" value="(\d+)"`).FindStringSubmatch(s.get("/problems/prb_cache", http.StatusOK))
	if step == nil {
		t.Fatal("no step can be taken back")
	}
	s.post("/problems/prb_cache/undo", http.StatusSeeOther, "event", step[1])
	s.holds(s.get("/problems/prb_cache", http.StatusOK), "after taking it back", "Version 3", "◆ known error")
}

// TestProblemWrittenTwice: who saves a form that was opened before somebody else saved sees what changed, keeps the text, and may save it
// then.
func TestProblemWrittenTwice(t *testing.T) {
	s, _ := managedSite(t)
	s.post("/problems/prb_cache/manage", http.StatusSeeOther, "version", "0", "stage", "open", "owner", "Payments")
	page, _ := s.post("/problems/prb_cache/manage", http.StatusConflict, "version", "0", "stage", "open", "workaround", "My words")
	s.holds(page, "the form of the second", "My words", "nothing → Payments", "Somebody else saved while you were writing", "Save mine over it")
	if !strings.Contains(page, `name="version" value="1"`) {
		t.Error("the form does not carry the version that the second has seen now")
	}
	s.post("/problems/prb_cache/manage", http.StatusSeeOther, "version", "1", "stage", "open", "owner", "Payments", "workaround", "My words")
	s.holds(s.get("/problems/prb_cache", http.StatusOK), "after saving again", "My words")
}

// TestProblemList: filters are in the address, suggested problems stand apart, and the files hold what the page selects.
func TestProblemList(t *testing.T) {
	s, _ := managedSite(t)
	s.holds(s.get("/problems", http.StatusOK), "the list", "Suggested problems")
	s.post("/problems/prb_cache/manage", http.StatusSeeOther, "version", "0", "stage", "known_error", "owner", "Payments")
	list := s.get("/problems?owner=payments&stage=known_error&service=checkout", http.StatusOK)
	s.holds(list, "the filtered list", "Confirmed problems", "Cold caches", "4h", "from 2", "Stage: Known error", "Owner: payments")
	for query, want := range map[string]bool{"": true, "?owner=none": false, "?stage=resolved": false, "?stage=open&stage=known_error": true, "?q=cold": true, "?q=warm": false, "?state=suggested": false} {
		for _, path := range []string{"/problems", "/problems/export.csv", "/problems/export.json"} {
			if got := strings.Contains(s.get(path+query, http.StatusOK), "Cold caches"); got != want {
				t.Errorf("GET %s%s has the problem: %v, want %v", path, query, got, want)
			}
		}
	}
	s.holds(s.get("/problems/export.csv", http.StatusOK), "the file", "prb_cache,Cold caches,confirmed,known_error,Payments,checkout,3,3,3,3,0,0,1,")
	for _, wrong := range []string{"sort=sideways", "stage=done", "state=true", "service=" + url.QueryEscape("no such service")} {
		s.get("/problems?"+wrong, http.StatusUnprocessableEntity)
	}
	for _, path := range []string{"?figure=nothing", "", "?figure=colour&of=blue"} {
		s.get("/problems/prb_cache/incidents"+path, http.StatusNotFound)
	}
	s.holds(s.get("/problems/prb_cache", http.StatusOK), "purity", "3 of 3", "Too few: 3 incidents, so no share is told")
}

// TestServiceRequest: what a person calls a service request stays in the list, which says so, and leaves the figures of its problem; taken
// back it counts again.
func TestServiceRequest(t *testing.T) {
	s, newest := managedSite(t)
	path := "/incidents/" + string(newest)
	says := func(path, what string, words ...string) {
		t.Helper()
		text := pageWords(s.get(path, http.StatusOK))
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q: %s", what, w, text)
			}
		}
	}
	s.holds(s.get(path, http.StatusOK), "the incident", "It is a service request")
	s.post(path+"/edit", http.StatusSeeOther, "field", "kind", "value", "request")
	says("/incidents", "the list", "3 of 3 incidents. 1 of them is a service request, which counts in no figure: see it")
	says("/incidents?kind=request", "the list of requests", "1 of 3 incidents", "not counted: request")
	says("/problems/prb_cache", "its problem", "Left out of all figures: 1 incident (1 request).", "Incidents, last 12 months 2")
	page := s.get(path, http.StatusOK)
	s.holds(page, "the request", "Not counted in reliability numbers", "It is an incident", "source: real")
	if !strings.Contains(page, `name="value" value="real"`) {
		t.Error("the change cannot be taken back")
	}
	s.post(path+"/edit", http.StatusSeeOther, "field", "kind", "value", "real")
	says("/problems/prb_cache", "its problem again", "Incidents, last 12 months 3")
	if text := pageWords(s.get("/incidents", http.StatusOK)); strings.Contains(text, "service request") {
		t.Error("the list still speaks of a service request")
	}
}
