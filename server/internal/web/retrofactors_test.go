package web_test

import (
	"net/http"
	"strings"
	"testing"

	"hindsight/incident"
)

// outlined writes the outline of an incident: a dot for each level.
func (s *importSite) outlined(path string) string {
	s.Helper()
	inc, err := s.app.Desk.Store.Incident(s.Context(), incident.ID(strings.TrimPrefix(path, "/incidents/")))
	if err != nil {
		s.Fatal(err)
	}
	var out []string
	for _, n := range inc.FactorOutline() {
		out = append(out, strings.Repeat(".", n.Depth)+n.Text)
	}
	return strings.Join(out, " ")
}

// TestFactorOutlinePage: asking why leads down, a level each time; factors are moved and told more of with forms alone, and the drawing follows.
func TestFactorOutlinePage(t *testing.T) {
	s, inc := storySite(t)
	home := inc + "/retrospective/factors"
	s.holds(s.get(home, http.StatusOK), "the empty page", "nobody has said anything yet", "Add a factor")
	_, to := s.post(inc+"/factors", http.StatusSeeOther, "action", "add", "role", "trigger", "text", "Retries", "why", "on", "back", home)
	if !strings.HasPrefix(to, home+"?why=fac_") {
		t.Fatalf("asking on leads to %s", to)
	}
	s.holds(s.get(to, http.StatusOK), "the next question", "Ask on", "Retries", "What made that possible, or likely?")
	first := strings.TrimPrefix(to, home+"?why=")
	_, to = s.post(inc+"/factors", http.StatusSeeOther, "action", "add", "role", "contributing", "text", "Cold", "parent", first, "why", "on", "back", home)
	second := strings.TrimPrefix(to, home+"?why=")
	s.post(inc+"/factors", http.StatusSeeOther, "action", "add", "role", "contributing", "text", "Untried", "parent", second, "back", home)
	if got := s.outlined(inc); got != "Retries .Cold ..Untried" {
		t.Errorf("outline = %s", got)
	}
	s.post(inc+"/factors", http.StatusSeeOther, "action", "out", "key", second, "back", home+"#x")
	if got := s.outlined(inc); got != "Retries Cold .Untried" {
		t.Errorf("after moving out = %s", got)
	}
	body, _ := s.post(inc+"/factors", http.StatusUnprocessableEntity, "action", "up", "key", first, "back", home)
	s.holds(body, "a move to nowhere", "it cannot be moved there", "Untried")
	body, _ = s.post(inc+"/factors", http.StatusUnprocessableEntity, "action", "place", "key", second, "parent", second, "back", home)
	s.holds(body, "below itself", "cannot have made itself possible")
	s.post(inc+"/factors", http.StatusSeeOther, "action", "reword", "key", second, "role", "contributing", "text", "Cold", "confidence", "guess", "before", "yes", "evidence", "https://graphs.example.com/1", "links", "on", "also", first, "back", home)
	page := s.get(home, http.StatusOK)
	s.holds(page, "what is said", "A guess", "was there before, too", "https://graphs.example.com/1", "Also contributed to")
	for _, want := range []string{`class="g-also"`, `class="g-box g-confirmed guess"`, `href="https://graphs.example.com/1"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %s", want)
		}
	}
	if got := s.outlined(inc); got != "Retries Cold .Untried" {
		t.Errorf("saying more moved it: %s", got)
	}
}

// TestTaxonomyPage: two spellings of one thing are one after they were merged, in the figures, too.
func TestTaxonomyPage(t *testing.T) {
	s, inc := storySite(t)
	s.signIn(incident.Manager)
	for _, category := range []string{"Roll-out", "Deploy"} {
		s.post(inc+"/factors", http.StatusSeeOther, "action", "add", "role", "contributing", "category", category)
	}
	s.holds(s.get("/admin/taxonomy", http.StatusOK), "before", "Nothing is agreed on", "Roll-out", "Deploy")
	s.post("/admin/taxonomy", http.StatusSeeOther, "action", "add", "name", "Deploy", "version", "0")
	s.post("/admin/taxonomy", http.StatusSeeOther, "action", "add", "name", "Roll-out", "version", "1")
	s.post("/admin/taxonomy", http.StatusSeeOther, "action", "merge", "name", "Roll-out", "to", "Deploy", "version", "2")
	page := s.get("/admin/taxonomy", http.StatusOK)
	s.holds(page, "after merging", "1 category", "Also called Roll-out", "1 incident", "version 3")
	if strings.Contains(page, "Names in use that are no category") {
		t.Error("a synonym is shown as a name of its own")
	}
	s.holds(s.get("/causes/cases?range=all&factor=roll-out", http.StatusOK), "the incidents of a synonym", "Checkout is slow")
	body, _ := s.post("/admin/taxonomy", http.StatusUnprocessableEntity, "action", "add", "name", "roll-out", "version", "3")
	s.holds(body, "a name that is taken", "is a name of Deploy already")
	body, _ = s.post("/admin/taxonomy", http.StatusUnprocessableEntity, "action", "add", "name", "Cache", "version", "1")
	s.holds(body, "an old version", "was saved meanwhile")
}
