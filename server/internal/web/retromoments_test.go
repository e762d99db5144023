package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// storySite is a site with an incident of an hour that a retrospective is begun about; it returns the incident's page.
func storySite(t *testing.T) (*importSite, string) {
	t.Helper()
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	opened := time.Date(2026, 2, 1, 14, 0, 0, 0, time.UTC)
	inc, _, err := s.app.Desk.Create(t.Context(), desk.NewIncident{Title: "Checkout is slow", Services: []string{"checkout"}, Opened: opened, Resolved: opened.Add(time.Hour)}, "editor")
	if err != nil {
		t.Fatal(err)
	}
	events := []incident.TimelineEvent{{At: opened, Kind: incident.EventCreated, Text: "Alert: latency", Actor: "monitor"}, {At: opened.Add(5 * time.Minute), Kind: incident.EventNote, Text: "Zone b is red", Actor: "Responder One"},
		{At: opened.Add(40 * time.Minute), Kind: incident.EventNote, Text: "Rolled back", Actor: "Responder Two"}}
	for i := range events {
		events[i].Incident = inc.ID
		events[i].ID = events[i].EventID()
	}
	if _, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{inc.ID: events})
	}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.app.Desk.BeginRetro(t.Context(), inc.ID, "", incident.Sight{All: true}); err != nil {
		t.Fatal(err)
	}
	return s, "/incidents/" + string(inc.ID)
}

// postAll posts a form whose fields may be repeated.
func (s *importSite) postAll(path string, status int, pairs ...string) (body string) {
	s.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequest(http.MethodPost, s.server.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		s.Fatalf("POST %s: %v", path, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, _ = s.do(req, status)
	return body
}

// TestTimelineBuilder: events are narrowed down, marked and told as one moment with forms alone; a moment is changed, by two at a time, removed
// and put back.
func TestTimelineBuilder(t *testing.T) {
	s, inc := storySite(t)
	home := inc + "/retrospective/timeline"
	page := s.get(home, http.StatusOK)
	s.holds(page, "the builder", "3 events", "Alert: latency", "A first proposal", "35m with no recorded activity", "Group the marked as one moment")
	if narrowed := s.get(home+"?person=Responder+One", http.StatusOK); strings.Contains(narrowed, "Rolled back") || !strings.Contains(narrowed, "1 of 3 events") {
		t.Error("the events of one person hold those of others")
	}
	ids := regexp.MustCompile(`name="events" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(ids) != 3 {
		t.Fatalf("%d events can be marked, want 3", len(ids))
	}
	body := s.postAll(home, http.StatusUnprocessableEntity, "action", "group", "lane", "diagnosis")
	s.holds(body, "nothing marked", "mark the events")
	s.postAll(home, http.StatusSeeOther, "action", "group", "lane", "diagnosis", "title", "Zone b was found", "events", ids[1][1], "events", ids[2][1])
	page = s.get(home, http.StatusOK)
	s.holds(page, "the narrative", "Zone b was found", "Rests on 2 events", "✓ told")

	found := regexp.MustCompile(`/timeline/(mom_[^"]+)"><input type="hidden" name="back" value="[^"]*"><input type="hidden" name="version" value="1">(.*)`).FindStringSubmatch(page)
	if found == nil {
		t.Fatal("the moment has no form")
	}
	moment := home + "/" + found[1]
	form := []string{"action", "change", "version", "1", "at", "2026-02-01T14:05", "about", "0", "lane", "diagnosis", "text", "", "known_then", "", "events", ids[1][1], "events", ids[2][1]}
	for _, base := range regexp.MustCompile(`name="(base_[a-z_]+)" value="([^"]+)"`).FindAllStringSubmatch(found[2], -1) {
		form = append(form, base[1], base[2])
	}
	s.postAll(moment, http.StatusSeeOther, append(form, "title", "Zone b was found by hand")...)
	changed := append(append([]string{}, form...), "title", "Zone b was found")
	changed[9] = "recovery" // the lane; the title is as it was
	s.postAll(moment, http.StatusSeeOther, changed...)
	page = s.get(home, http.StatusOK)
	s.holds(page, "both changes", "Zone b was found by hand")
	body = s.postAll(moment, http.StatusConflict, append(form, "title", "Zone b was seen")...)
	s.holds(body, "the same field", "Somebody else changed title to", "Zone b was found by hand")
	if !strings.Contains(body, `value="Zone b was seen"`) {
		t.Error("what was typed is lost")
	}

	s.postAll(moment, http.StatusSeeOther, "action", "remove")
	s.holds(s.get(home, http.StatusOK), "after removing", "1 removed moment", "Put back")
	s.postAll(moment, http.StatusSeeOther, "action", "restore")
	if strings.Contains(s.get(home, http.StatusOK), "removed moment") {
		t.Error("the moment is not put back")
	}
}

// TestMoveMilestone: before a time is stated the page says which durations change, by hand: resolved at 15:00 of one opened at 14:00 takes 1h, at
// 14:40 it takes 40m; the one that was there is kept.
func TestMoveMilestone(t *testing.T) {
	s, inc := storySite(t)
	home := inc + "/retrospective/timeline"
	preview := s.get(home+"?move=resolved&at=2026-02-01T14:40&reason=the+graph", http.StatusOK)
	s.holds(preview, "the preview", "What moving “resolved” changes", "State this time")
	for _, want := range []string{`<span class="dur">1h</span>`, `<b><span class="dur">40m</span></b>`} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview does not say %s", want)
		}
	}
	s.holds(s.get(home+"?move=resolved&at=2026-02-01T14:40", http.StatusOK), "without a reason", "Say why you change it")
	s.holds(s.get(home+"?move=resolved&at=2126-02-01T14:40&reason=x", http.StatusOK), "in the future", "not in the future")
	_, to := s.post(inc+"/milestones", http.StatusSeeOther, "name", "resolved", "at", "2026-02-01T14:40", "reason", "the graph", "back", home+"#times")
	if to != home+"#times" {
		t.Errorf("it leads to %s, want back to the builder", to)
	}
	s.holds(s.get(home, http.StatusOK), "afterwards", "the graph", "Also stated")
}
