package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// TestRetroRows goes from a document to a retrospective with its rows, with forms alone: what is left waits, nothing is written before it is
// confirmed, and what was taken is not proposed again.
func TestRetroRows(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout := incident.NewService("checkout")
	inc := outage(s, checkout)
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{inc})}
	})
	began := inc.Milestones.At(incident.Opened)
	day := began.Format("2006-01-02")
	doc := fmt.Sprintf(`# Checkout outage on %s

## Summary
Orders <b>failed</b>.

## Timeline (UTC)
- %s 00:05 Alert fires
- %s 00:10 - 00:20 Rolled back
- somebody slept

## Root cause
- No canary

## Action items
- [ ] Add a canary (owner: admin, due: 2031-05-06)
- [x] Write a [runbook](https://x.example/1)
`, day, day, day)
	const at = "/incidents/inc_1/retrospective"
	s.lists(at, []string{"a document that was written elsewhere"}, nil)
	s.lists(at+"/rows", []string{"Which document?", "or its text"}, []string{"Take these", "Read the imported document"})
	s.get("/incidents/inc_none/retrospective/rows", http.StatusNotFound)
	for name, text := range map[string]string{"choose a file, or paste a text": " ", "this is no text": "%PDF-1.4"} {
		if body, _ := s.post(at+"/rows", http.StatusUnprocessableEntity, "do", "read", "text", text); !strings.Contains(body, name) {
			t.Errorf("a document %q does not say %q", text, name)
		}
	}
	s.post(at+"/rows", http.StatusSeeOther, "do", "read", "text", doc)
	shown := []string{"Nothing is written yet.", "a text that was pasted", "taking them begins the retrospective", "1 line of the timeline had no time (9)", "not sure", "Alert fires",
		"Line 7, an entry of a list that begins with a time under “Timeline (UTC)”.", "Rolled back", "Until 00:20 UTC.", "No canary", "Add a canary"}
	s.lists(at+"/rows", shown, []string{"<b>failed</b>"})
	if _, err := s.app.Desk.Store.Retro(t.Context(), "inc_1"); err == nil {
		t.Error("a retrospective was begun before anything was confirmed")
	}

	// What is wrong is said beside what was typed, and nothing is written.
	stamp := between(s.get(at+"/rows", http.StatusOK), `name="stamp" value="`, `"`)
	form := []string{"do", "take", "stamp", stamp, "moment-7-take", "on", "moment-7-title", "", "moment-7-at", day + "T00:05", "moment-7-about", "0", "moment-7-lane", "detection", "factor-12-take", "on", "factor-12-text", "No canary, nowhere", "factor-12-role", "contributing",
		"factor-12-category", "Deployment planning", "action-15-take", "on", "action-15-title", "Add a canary", "action-15-owner", "admin", "action-15-due", "2031-05-06", "action-15-state", "open", "section-4-take", "on",
		"time-7-take", "on", "time-7-at", day + "T00:05", "time-7-precision", "minute"}
	body, _ := s.post(at+"/rows", http.StatusUnprocessableEntity, form...)
	for _, want := range []string{"say what happened, or leave the row out", "No canary, nowhere</textarea>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page after a mistake does not have %q", want)
		}
	}
	s.lists(at+"/rows", []string{"No canary, nowhere"}, nil) // it waits, whoever goes away now
	form[7] = "The pager went off"
	_, to := s.post(at+"/rows", http.StatusSeeOther, form...)
	if to != at {
		t.Fatalf("after taking rows one is at %s", to)
	}
	s.lists(at, []string{"Taken: 1 text, 1 time, 1 moment, 1 factor, 1 action item.", "Orders failed.", "The pager went off", "No canary, nowhere", "Add a canary"}, []string{"Rolled back"})
	s.post(at+"/rows", http.StatusSeeOther, form...) // a second click
	s.lists(at, []string{"Nothing was written this time"}, nil)
	now, err := s.app.Desk.Store.Incident(t.Context(), "inc_1")
	if err != nil {
		t.Fatal(err)
	}
	detected, _ := now.Milestones.Current(incident.Detected)
	if got := detected.At.Format("2006-01-02 15:04"); got != day+" 00:05" || !strings.Contains(detected.Reason, "line 7") || detected.Basis != incident.FromPerson {
		t.Errorf("detected = %+v", detected)
	}
	if len(now.Edits) != 2 || now.Edits[0].By != "admin" {
		t.Errorf("edits = %+v, want one of the factor and one of the action item", now.Edits)
	}

	// The document is gone; the same one again offers what was not taken alone.
	s.lists(at+"/rows", []string{"Read the text of this retrospective"}, nil)
	s.post(at+"/rows", http.StatusSeeOther, "do", "read", "text", doc)
	s.lists(at+"/rows", []string{"1 row already there", "at this minute stands “The pager went off”", "Rolled back", "runbook"}, []string{"taking them begins"})
	s.post(at+"/rows", http.StatusConflict, "do", "take", "stamp", "doc_another", "moment-8-take", "on")
	s.post(at+"/rows", http.StatusSeeOther, "do", "keep", "stamp", between(s.get(at+"/rows", http.StatusOK), `name="stamp" value="`, `"`), "moment-8-title", "Rolled back, at last")
	if page := s.get(at+"/rows", http.StatusOK); !strings.Contains(page, `value="Rolled back, at last"`) {
		t.Error("what was kept for later is not there")
	}
	s.post(at+"/rows", http.StatusSeeOther, "do", "drop")
	s.lists(at+"/rows", []string{"Which document?"}, nil)
}

// TestRowsOfTheSameDocument: where the incident was imported from the document, nothing of it is told twice.
func TestRowsOfTheSameDocument(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout := incident.NewService("checkout")
	inc := outage(s, checkout)
	inc.Factors = []incident.Factor{{Role: "contributing", Text: "No canary watched the new version of checkout"}}
	const told = "Orders failed for a while, since nothing watched them (made up)."
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{inc}),
			tx.PutRetrospectives([]incident.Retrospective{{Incident: inc.ID, Sections: []incident.Section{{Slug: "summary", Title: "Summary", Body: told}}}})}
	})
	const at = "/incidents/inc_1/retrospective"
	doc := "## Summary\n\n" + told + "\n\n## Impact\n\nNobody could pay for an hour (made up).\n\n## Root cause\n\n- No canary watched the new version\n- no canary watched the new VERSION of checkout!\n"
	s.post(at+"/rows", http.StatusSeeOther, "do", "read", "text", doc)
	s.lists(at+"/rows", []string{"Summary already there", "similar to “No canary watched the new version of checkout”", "1 row already there"}, nil)
	stamp := between(s.get(at+"/rows", http.StatusOK), `name="stamp" value="`, `"`)
	s.post(at+"/rows", http.StatusSeeOther, "do", "take", "stamp", stamp, "section-3-take", "on", "section-7-take", "on", "factor-11-take", "on", "factor-11-role", "contributing", "factor-11-text", "No canary")
	sections, err := s.app.Desk.Store.RetroSections(t.Context(), "inc_1")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, x := range sections {
		all.WriteString(x.Text + "\n")
	}
	if strings.Count(all.String(), told) != 1 || strings.Count(all.String(), "Nobody could pay") != 1 {
		t.Errorf("the texts are\n%s", all.String())
	}
	_, err = s.app.Desk.TakeRows(t.Context(), "inc_1", desk.RowsToTake{Sections: []incident.RetroSection{{Slug: "elsewhere", Title: "Elsewhere", Text: told}}}, incident.Sight{All: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.Desk.SectionText(t.Context(), "inc_1", "elsewhere", incident.Sight{All: true}); err == nil {
		t.Error("a text that stands in the summary is told in another section, too")
	}
}

// TestRowsInAnotherZone: times that nobody changed are read again in the zone that is named, and what was changed stays.
func TestRowsInAnotherZone(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout := incident.NewService("checkout")
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{outage(s, checkout)})}
	})
	const at = "/incidents/inc_1/retrospective"
	s.post(at+"/rows", http.StatusSeeOther, "do", "read", "text", "## Timeline\n\n- 2026-01-10 12:00 Alert fires\n- 2026-01-10 12:30 Rolled back\n")
	form := func(do string) []string {
		stamp := between(s.get(at+"/rows", http.StatusOK), `name="stamp" value="`, `"`)
		return []string{"do", do, "stamp", stamp, "zone", "Europe/Berlin", "moment-3-take", "on", "moment-3-title", "The pager went off", "moment-3-at", "2026-01-10T12:00", "moment-3-lane", "key", "moment-4-take", "on", "moment-4-title", "Rolled back", "moment-4-at", "2026-01-10T12:31", "moment-4-lane", "key"}
	}
	body, _ := s.post(at+"/rows", http.StatusConflict, form("take")...) // nothing is written in a zone that nobody saw
	for i, page := range []string{body, s.get(at+"/rows", http.StatusOK)} {
		for _, want := range []string{`name="zone" value="Europe/Berlin"`, `value="The pager went off"`, `name="moment-3-at" type="datetime-local" value="2026-01-10T11:00"`, `name="moment-4-at" type="datetime-local" value="2026-01-10T12:31"`} {
			if !strings.Contains(page, want) {
				t.Errorf("page %d does not have %s", i, want)
			}
		}
	}
	refused := append(form("take"), "moment-3-title", "")
	refused[9], refused[11] = "", "2026-01-10T11:00"
	s.post(at+"/rows", http.StatusUnprocessableEntity, refused...)
	again := form("take")
	again[11] = "2026-01-10T11:00"
	if _, to := s.post(at+"/rows", http.StatusSeeOther, again...); to != at {
		t.Fatalf("after taking rows one is at %s", to)
	}
	moments, err := s.app.Desk.Store.Moments(t.Context(), "inc_1")
	if err != nil || len(moments) != 2 || moments[0].At.Format("15:04") != "11:00" || moments[1].At.Format("15:04") != "12:31" {
		t.Errorf("%v, the moments are %+v", err, moments)
	}
}

// TestLongRows: a form that is longer than one that the longest document makes is refused as a whole, and what waits stays.
func TestLongRows(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Admin)
	checkout := incident.NewService("checkout")
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout}), tx.PutIncidents([]*incident.Incident{outage(s, checkout)})}
	})
	const at = "/incidents/inc_1/retrospective/rows"
	s.post(at, http.StatusSeeOther, "do", "read", "text", "## Timeline (UTC)\n\n- 2026-01-10 12:00 Alert fires\n")
	stamp := between(s.get(at, http.StatusOK), `name="stamp" value="`, `"`)
	s.post(at, http.StatusSeeOther, "do", "keep", "stamp", stamp, "moment-3-text", strings.Repeat("ü", 600_000), "moment-3-title", "Behind a long text")
	if page := s.get(at, http.StatusOK); !strings.Contains(page, `value="Behind a long text"`) {
		t.Error("what stood behind 1 MB was lost")
	}
	body, _ := s.post(at, http.StatusRequestEntityTooLarge, "do", "keep", "stamp", stamp, "moment-3-text", strings.Repeat("ü", 2_000_000), "moment-3-title", "Lost")
	if !strings.Contains(said(body), "longer than 8 MB") || !strings.Contains(s.get(at, http.StatusOK), `value="Behind a long text"`) {
		t.Errorf("a form that is too long is not refused as a whole:\n%.2000s", said(body))
	}
}
