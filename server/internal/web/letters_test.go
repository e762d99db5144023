package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

func TestLetters(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	_, run := s.importBroken("=2+5")
	letters, err := s.app.Desk.Store.DeadLetters(t.Context(), "", 0)
	if err != nil || len(letters) != 1 {
		t.Fatalf("DeadLetters = %v, %v, want one", letters, err)
	}
	letter := letters[0]
	path := "/imports/letters/" + string(letter.ID)
	s.holds(s.get("/imports/letters", http.StatusOK), "the list", "1 record waiting", "incidents.csv, row 3")
	s.holds(s.get("/imports/letters?stage=read", http.StatusOK), "the list of a stage", "No record waits at this stage")
	if csv := s.get("/imports/letters.csv", http.StatusOK); !strings.Contains(csv, "'=2+5") || !strings.Contains(csv, "Search down") {
		t.Errorf("letters.csv = %q, want the record, and the name as no formula", csv)
	}

	body, _ := s.post(path+"/retry", http.StatusUnprocessableEntity, "back", "/imports/letters")
	s.holds(body, "a retry of the same text", "It still cannot be imported", "soon")
	later := strings.Replace(letter.Body, "soon", "later", 1)
	body, _ = s.post(path+"/retry", http.StatusUnprocessableEntity, "body", later, "back", "/imports/letters")
	s.holds(body, "a wrong repair", "It still cannot be imported", "later")
	if n := s.total(incident.Filter{}); n != 2 {
		t.Errorf("after a wrong repair there are %d incidents, want 2", n)
	}

	fixed := strings.Replace(letter.Body, "soon", "2024-03-02 11:00", 1)
	_, to := s.post(path+"/retry", http.StatusSeeOther, "body", fixed, "back", "/imports/runs/"+string(run.ID))
	if want := "/imports/runs/" + string(run.ID); to != want {
		t.Errorf("a repair leads to %q, want %q", to, want)
	}
	inc, err := s.app.Desk.Store.FindIncident(t.Context(), "table", "INC-2")
	if err != nil {
		t.Fatalf("FindIncident: %v", err)
	}
	if got, want := inc.Milestones.At(incident.ResolvedAt), time.Date(2024, 3, 2, 10, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("resolved %s, want %s", got, want)
	}
	if raw, err := s.app.Desk.Store.Raw(t.Context(), letter.RawID); err != nil || string(raw.Body) != letter.Body {
		t.Errorf("the record as received = %v, %v, want it kept", raw, err)
	}
	s.holds(s.get("/imports/letters", http.StatusOK), "the list", "None waiting")
}

// TestUnreadableLetters repairs a line that was no record: it has more cells than there are columns.
func TestUnreadableLetters(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	import2 := func(content string) {
		_, mapping := s.upload("table", http.StatusSeeOther, "incidents.csv", content, "name", "Tickets")
		u, err := url.Parse(mapping)
		if err != nil {
			t.Fatalf("Parse(%q): %v", mapping, err)
		}
		conn := strings.TrimSuffix(u.Path, "/map")
		s.post(u.Path, http.StatusSeeOther, "upload", u.Query().Get("upload"), "zone", "UTC", "dates", "ymd")
		_, to := s.post(conn+"/runs", http.StatusSeeOther, "upload", u.Query().Get("upload"))
		s.await(to)
	}
	import2("number,title,opened\nINC-1,Checkout slow,2024-03-01 09:00\nINC-2,Search, and more, down,2024-03-02 09:00\nINC-3,a,b,c,d,e\n")
	letters, err := s.app.Desk.Store.DeadLetters(t.Context(), "", 0)
	if err != nil || len(letters) != 2 {
		t.Fatalf("DeadLetters = %v, %v, want two", letters, err)
	}
	var two, three incident.DeadLetter
	for _, l := range letters {
		if strings.Contains(l.Body, "INC-2") {
			two = l
		} else {
			three = l
		}
	}
	body, _ := s.post("/imports/letters/"+string(two.ID)+"/retry", http.StatusUnprocessableEntity, "body", `INC-2,"Search, and more, down",2024-03-02 09:00`)
	s.holds(body, "a line alone", "the line with the names of the columns")
	s.post("/imports/letters/"+string(two.ID)+"/retry", http.StatusSeeOther, "body", "number,title,opened\r\nINC-2,\"Search, and more, down\",2024-03-02 09:00\r\n")
	if n := s.total(incident.Filter{}); n != 2 {
		t.Errorf("after the repair there are %d incidents, want 2", n)
	}
	s.post("/imports/letters/"+string(three.ID)+"/discard", http.StatusSeeOther)
	s.holds(s.get("/imports/letters", http.StatusOK), "the list", "None waiting")
	s.post("/imports/letters/dead_unknown/discard", http.StatusNotFound)
}
