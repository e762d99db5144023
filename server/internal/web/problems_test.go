package web_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// TestProblemIsMergedSplitAndPutBack: an editor merges two problems, splits an incident off and takes both back on the page of the
// problem, whose history tells each step; the address of the one that was merged leads to the other.
func TestProblemIsMergedSplitAndPutBack(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	var members []incident.ProblemMember
	for _, title := range []string{"Cold cache one", "Cold cache two", "Cold cache three", "Replica lag one", "Replica lag two"} {
		inc, _, err := s.app.Desk.Create(t.Context(), desk.NewIncident{Title: title, Opened: time.Now().Add(-time.Hour)}, "editor")
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, incident.ProblemMember{Incident: inc.ID, Score: 0.8})
	}
	seq, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutProblems([]incident.Problem{
			{ID: "prb_cache", Title: "Cold caches", State: incident.Suggested, Basis: "text", Members: members[:3]},
			{ID: "prb_lag", Title: "Replicas lag", State: incident.Suggested, Basis: "text", Members: members[3:]},
		})
	})
	if err != nil || !s.app.Desk.Follow.WaitFor(t.Context(), seq) {
		t.Fatalf("problems were not put: %v", err)
	}
	takeBack := func(page string) {
		t.Helper()
		step := regexp.MustCompile(`name="event" value="(\d+)"`).FindStringSubmatch(page)
		if step == nil {
			t.Fatal("no step can be taken back")
		}
		s.post("/problems/prb_cache/undo", http.StatusSeeOther, "event", step[1])
	}

	s.holds(s.get("/problems", http.StatusOK), "the list", "Nobody has judged a suggestion here yet")
	s.holds(s.get("/problems/prb_cache", http.StatusOK), "the problem", "3 incidents", "It is the same as another problem", "Replicas lag (2)")
	s.post("/problems/prb_cache/merge", http.StatusSeeOther, "other", "prb_lag")
	page := s.get("/problems/prb_cache", http.StatusOK)
	s.holds(page, "after merging", "5 incidents", "Replica lag two", "It was merged with another problem")
	s.holds(s.get("/problems/prb_lag", http.StatusOK), "the address of the merged one", "Cold caches", "5 incidents")
	// Wilson's interval of 5 in 5 with z = 1.96 is 5/(5+z²) to 1: 56.6 % to 100 %.
	s.holds(s.get("/problems", http.StatusOK), "the list", "Of 5 judgements here 5 found the suggestion right (95 % interval 57 % to 100 %), which is too little to rely on.")
	takeBack(page)
	s.holds(s.get("/problems/prb_cache", http.StatusOK), "after taking it back", "3 incidents", "(taken back)")
	s.holds(s.get("/problems/prb_lag", http.StatusOK), "the other one again", "Replicas lag", "2 incidents")

	s.post("/problems/prb_cache/split", http.StatusUnprocessableEntity)
	_, to := s.post("/problems/prb_cache/split", http.StatusSeeOther, "incidents", string(members[0].Incident), "part", "Cold caches at night")
	page = s.get(to, http.StatusOK)
	s.holds(page, "after splitting", "2 incidents", "It was split by hand", "taken out by a person")
	takeBack(page)
	s.holds(s.get("/problems/prb_cache", http.StatusOK), "put back", "3 incidents")
	s.post("/problems/prb_cache/merge", http.StatusUnprocessableEntity, "other", "nothing")
	s.post("/problems/prb_cache/undo", http.StatusUnprocessableEntity, "event", "x")
}
