package web_test

import (
	"bytes"
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
)

// A calendar and a contract are made, tried and changed in the browser; what a change does to the past is said before it is saved.
func TestContractPages(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Manager)
	put := func(inc *incident.Incident) {
		t.Helper()
		seq, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{inc}) })
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if !s.app.Desk.Follow.WaitFor(ctx, seq) {
			t.Fatal("the follower does not see the incident")
		}
	}
	inc := incidenttest.Incident(0) // Monday, 6 January 2025: opened 09:01, resolved 10:00 UTC, which is 10:01 to 11:00 in Berlin
	put(inc)

	week := []string{"name", "Office", "kind", "hours", "zone", "Europe/Berlin", "w1", "09:00-10:30, 10:45-17:00"}
	bad, _ := s.post("/admin/calendars/new", http.StatusUnprocessableEntity, "name", "Office", "kind", "hours", "zone", "Europe/Berlin", "w1", "nine to five", "action", "try")
	s.holds(bad, "the form of a calendar", "is not of the form 09:00-17:30")
	form, kind := formWithFile(t, "holidays.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:synthetic-1\r\nDTSTART;VALUE=DATE:20250501\r\nSUMMARY:Labour Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", append(week, "action", "holidays")...)
	req, err := http.NewRequest(http.MethodPost, s.server.URL+"/admin/calendars/new", bytes.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	filled, _ := s.do(req, http.StatusOK)
	s.holds(filled, "the form with a file", "2025-05-01 Labour Day", "No figure of the past changes")
	s.post("/admin/calendars/new", http.StatusSeeOther, append(week, "days", "2025-05-01 Labour Day\n2024-12-24 09:00-12:00 Christmas Eve", "action", "save")...)
	calendars := s.get("/admin/calendars", http.StatusOK)
	s.holds(calendars, "the list of calendars", "Office", "Mon 09:00-10:30, 10:45-17:00", "2 days with hours of their own")
	calendar := between(calendars, `href="/admin/calendars/pol_`, `"`)

	terms := func(within, action string) []string {
		return []string{"name", "Gold", "zone", "Europe/Berlin", "every", "quarter", "p0.name", "Resolution", "p0.span", "opened..resolved", "p0.within", within, "p0.goal", "95",
			"p0.calendar", "pol_" + calendar, "p1.name", "", "x0.from", "", "action", action}
	}
	wrong, _ := s.post("/admin/contracts/new", http.StatusUnprocessableEntity, terms("soon", "save")...)
	s.holds(wrong, "the form of a contract", `"soon" is not a time`, "What you typed is still here")
	fresh, _ := s.post("/admin/contracts/new", http.StatusOK, terms("1h", "try")...)
	s.holds(fresh, "a new contract that is tried", "Q1 2025, Gold: Resolution: from 0 clocks met to 1.", "no clock")
	_, path := s.post("/admin/contracts/new", http.StatusSeeOther, terms("1h", "save")...)
	page := s.get(path, http.StatusOK)
	s.holds(page, "the contract", "Q1 2025", "1 of 1", "counted in the hours of Office", "None: no clock ran beyond its promise.")
	s.holds(s.get("/sla", http.StatusOK), "the page of compliance", "Contracts", "Gold", "Q1 2025")

	edit := "/admin" + path
	tried, _ := s.post(edit, http.StatusOK, append(terms("40m", "try"), "version", "1")...)
	s.holds(tried, "a change that is tried", "Q1 2025, Gold: Resolution: from 0 breaches to 1, from 1 clock met to 0.", inc.Title, "Save as a new version")
	s.post(edit, http.StatusSeeOther, append(terms("40m", "save"), "version", "1", "note", "renewed")...)
	stale, _ := s.post(edit, http.StatusUnprocessableEntity, append(terms("30m", "save"), "version", "1")...)
	s.holds(stale, "a change of a version that is old", "was saved meanwhile")
	// 59 minutes less the quarter of an hour without business time.
	s.holds(s.get(path, http.StatusOK), "the contract", "44m", "4m", "calendar Office, version 1", "renewed", "the source's own clock says breached")
	covered := s.get("/incidents/"+string(inc.ID), http.StatusOK)
	if link := path + "?version=2"; !strings.Contains(covered, `href="`+link+`"`) {
		t.Errorf("the incident does not lead to %s", link)
	}
	s.holds(covered, "the incident", "Gold: Resolution", "44m of 40m", "over by 4m", "6 Jan 2025, 09:56:00 UTC", "calendar Office, version 1", "the source's own clock says breached", "as the source states")
	s.holds(s.get(path+"?version=1", http.StatusOK), "its first version", "within 1h", "None: no clock ran beyond its promise.")

	// Without the break the clock shows 59 minutes; the version that was replaced before is counted as it was.
	s.post("/admin/calendars/pol_"+calendar, http.StatusSeeOther, "name", "Office", "kind", "hours", "zone", "Europe/Berlin", "w1", "09:00-17:00", "version", "1", "action", "save")
	follow := func(path, state string) string {
		t.Helper()
		link := regexp.MustCompile(`href="(/contracts/[^"]*&state=` + state + `[^"]*)#clocks"`).FindStringSubmatch(s.get(path, http.StatusOK))
		if link == nil {
			t.Fatalf("%s leads to no clocks that are %s", path, state)
		}
		return s.get(html.UnescapeString(link[1]), http.StatusOK)
	}
	s.holds(follow(path+"?version=1", "met"), "the clock of the first version", "44m", "calendar Office, version 1", "counted in the calendars as they were on")
	s.holds(follow(path, "breached"), "the clock of the version in force", "59m", "calendar Office, version 2", "Calendars count as they are now")

	untimed := incidenttest.Incident(1, func(inc *incident.Incident) { inc.Milestones = inc.Milestones[:2] })
	put(untimed)
	s.holds(s.get(path, http.StatusOK), "the contract with an incident that nobody timed", "1 it is over, and no time is recorded for resolved")
	s.holds(follow(path, "missing"), "the clocks that are missing", "missing", untimed.Title, "it is over, and no time is recorded for resolved")

	s.post("/admin/calendars/pol_"+calendar+"/remove", http.StatusSeeOther)
	s.holds(s.get("/admin/calendars", http.StatusOK), "the list after a calendar in use was to go", "Office")
	s.post(edit+"/remove", http.StatusSeeOther)
	s.holds(s.get(path, http.StatusOK), "the contract that was taken back", "taken back")
	s.signIn(incident.Viewer)
	s.get(edit, http.StatusForbidden)
}

// between returns what stands in a text behind a beginning, up to an end.
func between(text, begin, end string) string {
	_, rest, _ := strings.Cut(text, begin)
	found, _, _ := strings.Cut(rest, end)
	return found
}
