package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/incident"
)

// jira is a made-up Jira Cloud with three issues, one of them in a status that no map knows.
type jira struct {
	*httptest.Server
	status atomic.Int64 // answered instead, unless 0
}

func newJira(t *testing.T) *jira {
	j := &jira{}
	var issues []string
	for i, status := range []string{"Parked", "Resolved", "Resolved"} {
		at := time.Now().UTC().AddDate(0, 0, -10-i)
		stamp := func(h int) string { return at.Add(time.Duration(h) * time.Hour).Format("2006-01-02T15:04:05.000-0700") }
		issues = append(issues, fmt.Sprintf(`{"id":"%d","key":"OPS-%d","fields":{"summary":"Synthetic incident %d","project":{"id":"1","key":"OPS"},"created":%q,"updated":%q,
			"resolutiondate":%q,"status":{"id":"%d","name":%q,"statusCategory":{"key":"undefined"}},"priority":{"id":"1","name":"Highest"}},"changelog":{"startAt":0,"maxResults":0,"total":0,"histories":[]}}`,
			10000+i, i, i, stamp(0), stamp(5), stamp(2+i), 50+i, status))
	}
	j.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := j.status.Load(); n != 0 {
			w.WriteHeader(int(n))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/myself"):
			fmt.Fprint(w, `{"displayName":"Reading account"}`)
		case strings.HasSuffix(r.URL.Path, "/project/OPS"):
			fmt.Fprint(w, `{"id":"1","key":"OPS","name":"Operations"}`)
		case strings.Contains(r.URL.Path, "/project/"):
			w.WriteHeader(http.StatusNotFound)
		case strings.HasSuffix(r.URL.Path, "/approximate-count"):
			fmt.Fprint(w, `{"count":3}`)
		case strings.HasSuffix(r.URL.Path, "/bulkfetch"):
			fmt.Fprint(w, `{"issues":[],"issueChangeLogs":[]}`)
		default:
			fmt.Fprintf(w, `{"isLast":true,"issues":[%s]}`, strings.Join(issues, ","))
		}
	}))
	t.Cleanup(j.Close)
	return j
}

// connectJira fills in the first step and returns the connection's path.
func (s *importSite) connectJira(upstream *jira) string {
	s.Helper()
	s.app.Desk.Runner.Transport = http.DefaultTransport // loopback is no public address
	_, to := s.upload("jira", http.StatusSeeOther, "", "", "name", "Our Jira", "set.url", upstream.URL, "set.user", "reader@example.com", "set.token", "s3cr3t", "set.projects", "OPS")
	conn, found := strings.CutSuffix(to, "/test")
	if !found {
		s.Fatalf("connecting leads to %s, want the test", to)
	}
	return conn
}

// TestConnect goes through all steps, each at its own address, and finds at the end what the map says.
func TestConnect(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	s.holds(s.get("/imports/new", http.StatusOK), "the sources", "A running system", "Jira", "polled, can push")
	s.holds(s.get("/imports/new/jira", http.StatusOK), "the form", "Browse projects in the projects that are read", "Connect and continue")
	conn := s.connectJira(newJira(t))
	s.holds(s.get(conn, http.StatusOK), "the connection", "Setting up is not finished")
	s.holds(s.get(conn+"/test", http.StatusOK), "the test", "It works", "Reading account", "OPS Operations", "about 3 issues", "Smallest permission")

	words := s.get(conn+"/words", http.StatusOK)
	s.holds(words, "the words", "3 records, read just now", "1 word without a meaning", "Parked", "Resolved", "as it is: resolved")
	_, to := s.post(conn+"/words", http.StatusSeeOther, "w.0.field", "status", "w.0.word", "Parked", "w.0.to", "resolved", "field.team", "Squad")
	if to != conn+"/preview" {
		t.Errorf("the words lead to %s, want the preview", to)
	}
	s.holds(s.get(to, http.StatusOK), "the preview", "3 records looked at", "Synthetic incident 0", "What these records say", "100 %")
	if n := s.total(incident.Filter{}); n != 0 {
		t.Errorf("before the import there are %d incidents, want 0", n)
	}
	s.holds(s.get(conn+"/begin", http.StatusOK), "the last step", "Read from this day on, in UTC", "every 5m",
		"About 3 records: about 1 request, ", "Jira itself says how many records there are", "A request lists 100 at once", "While previewing, a request")
	s.holds(s.get(conn+"/begin?since=2999-01-01", http.StatusOK), "the last step", "is not a day in the past")
	body, _ := s.post(conn+"/runs", http.StatusUnprocessableEntity, "begin", "1", "since", "2999-01-01", "follow", "yes")
	s.holds(body, "the last step", "is not a day in the past")
	_, to = s.post(conn+"/runs", http.StatusSeeOther, "begin", "1", "since", time.Now().AddDate(0, 0, -60).Format(time.DateOnly), "follow", "yes")
	if run := s.await(to); run.State != incident.RunOK || run.New != 3 || run.Via != "poll" {
		t.Errorf("run = %s via %s with %d new: %s; want ok, poll, 3", run.State, run.Via, run.New, run.Message)
	}
	s.holds(s.get(to, http.StatusOK), "the run", "3 read", "3 new", "1 request to the source")
	inc, err := s.app.Desk.Store.FindIncident(t.Context(), "Our Jira", "10000")
	if err != nil || inc.Status != incident.Resolved {
		t.Errorf("FindIncident = %+v, %v, want it resolved as the mapping says", inc, err)
	}
	page := s.get(conn, http.StatusOK)
	s.holds(page, "the connection", "every 5m, compared daily", "set, never shown", "none: pushes are not set up", "1 status, 1 field")
	if strings.Contains(page, "not finished") || strings.Contains(page, "s3cr3t") {
		t.Error("the page of a finished connection says that it is not finished, or shows a secret")
	}
}

// TestProblemsOfSources: what is wrong is said with what to do about it.
func TestProblemsOfSources(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	upstream := newJira(t)
	conn := s.connectJira(upstream)
	for _, tc := range []struct {
		name   string
		status int64
		want   []string
	}{
		{"wrong token", http.StatusUnauthorized, []string{"It does not work yet", "answered 401", "The credentials are wrong or have expired"}},
		{"no permission", http.StatusForbidden, []string{"answered 403", "The smallest permission that suffices: Browse projects"}},
		{"wrong address", http.StatusNotFound, []string{"answered 404", "Correct the address"}},
	} {
		upstream.status.Store(tc.status)
		s.holds(s.get(conn+"/test", http.StatusOK), tc.name, tc.want...)
	}
	s.holds(s.get(conn+"/preview", http.StatusOK), "the preview", "could not be read", "Correct the")
	s.holds(s.get(conn+"/words", http.StatusOK), "the words", "could not be read", "What do its words mean?")
	s.app.Desk.Runner.Transport = nil // guarded
	s.holds(s.get(conn+"/test", http.StatusOK), "a private address", "127.0.0.1, in a private network", "HINDSIGHT_ALLOW_NETWORKS=127.0.0.1")
}

// TestSettingsKeepSecrets: a secret is never sent back, stays when its field is empty, and does not go elsewhere.
func TestSettingsKeepSecrets(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn := s.connectJira(newJira(t))
	page := s.get(conn+"/settings", http.StatusOK)
	s.holds(page, "the settings", "It is kept as it is when this stays empty")
	if strings.Contains(page, "s3cr3t") {
		t.Error("the form holds the secret")
	}
	_, to := s.post(conn+"/settings", http.StatusSeeOther, "set.token", "", "set.projects", "OPS, WEB")
	s.holds(s.get(to, http.StatusOK), "the test", "The settings are saved", "The project WEB", "It works")
	body, _ := s.post(conn+"/settings", http.StatusUnprocessableEntity, "set.url", "https://elsewhere.example.org", "set.token", "")
	s.holds(body, "the form", "this secret was entered for")
	body, _ = s.upload("jira", http.StatusUnprocessableEntity, "", "", "name", "Our Jira", "set.url", "https://jira.example.org", "set.token", "t2", "set.projects", "X")
	s.holds(body, "the form", `there is a connection`, "another name")
	if strings.Contains(body, "t2") {
		t.Error("the form sent back holds the secret")
	}
}

// TestForecastAndBack: a changed mapping is shown before it is done, and an earlier one comes back.
func TestForecastAndBack(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn := s.connectJira(newJira(t))
	_, to := s.post(conn+"/runs", http.StatusSeeOther)
	s.await(to)
	status := func(want incident.Status) {
		t.Helper()
		if inc, err := s.app.Desk.Store.FindIncident(t.Context(), "Our Jira", "10000"); err != nil || inc.Status != want {
			t.Errorf("the incident is %q (%v), want %q", inc.Status, err, want)
		}
	}
	status(incident.StatusUnknown)
	s.holds(s.get(conn+"/words", http.StatusOK), "the words", "3 records kept here", "See what would change")
	body, _ := s.post(conn+"/words", http.StatusOK, "w.0.field", "status", "w.0.word", "Parked", "w.0.to", "canceled")
	s.holds(body, "the forecast", "1 incident would change", "Status")
	status(incident.StatusUnknown)
	_, to = s.post(conn+"/remap", http.StatusSeeOther, s.hidden(body, "mapping")...)
	s.await(to)
	status(incident.Canceled)
	page := s.get(conn, http.StatusOK)
	s.holds(page, "the connection", "Mappings so far", "1 status", "in force", "nothing of its own")
	body = s.get(conn+"/forecast?version=1", http.StatusOK)
	s.holds(body, "the way back", "Going back to mapping 1", "1 incident would change")
	_, to = s.post(conn+"/remap", http.StatusSeeOther, s.hidden(body, "version")...)
	s.await(to)
	status(incident.StatusUnknown)
	s.get(conn+"/forecast?version=77", http.StatusNotFound)
}

// TestPushesAndPauses: a secret is shown once, two are good at a time, and a pause holds until somebody ends it.
func TestPushesAndPauses(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	conn := s.connectJira(newJira(t))
	s.holds(s.get(conn+"/webhook", http.StatusOK), "the page", "none yet: every delivery is refused", "http://hindsight.test/hooks/con_", "System → WebHooks", "YOUR-SECRET")
	first, _ := s.post(conn+"/webhook", http.StatusOK)
	s.holds(first, "the page", "It is shown this once", "one is good")
	s.holds(s.get(conn+"/webhook", http.StatusOK), "the page again", "YOUR-SECRET")
	second, _ := s.post(conn+"/webhook", http.StatusOK)
	s.holds(second, "the page", "two are good")
	s.post(conn+"/webhook/drop", http.StatusSeeOther)
	s.holds(s.get(conn+"/webhook", http.StatusOK), "the page", "The older secret is not good any more", "one is good")
	s.post(conn+"/webhook", http.StatusSeeOther, "secret", "whsec_drawn-by-the-source")
	kept := s.get(conn+"/webhook", http.StatusOK)
	s.holds(kept, "the page", "The secret is kept", "two are good")
	if strings.Contains(kept, "drawn-by-the-source") {
		t.Error("the page shows a secret that was entered")
	}

	s.post(conn+"/follow", http.StatusSeeOther, "on", "yes")
	s.post(conn+"/pause", http.StatusSeeOther)
	s.holds(s.get(conn, http.StatusOK), "the connection", "It is not polled", "paused by editor")
	s.holds(s.get("/imports", http.StatusOK), "the imports", "not polled: paused by editor")
	s.post(conn+"/resume", http.StatusSeeOther)
	stored, err := s.app.Desk.Store.Connection(t.Context(), incident.ID(strings.TrimPrefix(conn, "/imports/")))
	if err != nil || !stored.Follow {
		t.Errorf("Connection = %+v, %v, want it to follow", stored, err)
	}
	if page := s.get(conn, http.StatusOK); strings.Contains(page, "It is not polled") {
		t.Error("a resumed connection says that it is paused")
	}
}

// TestPushOnly: a source that cannot be asked is set up once it can push.
func TestPushOnly(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	_, to := s.upload("deploy", http.StatusSeeOther, "", "", "name", "Pipelines")
	conn, found := strings.CutSuffix(to, "/webhook")
	if !found {
		t.Fatalf("connecting leads to %s, want the page about pushes", to)
	}
	s.holds(s.get(conn, http.StatusOK), "the connection", "Setting up is not finished")
	s.holds(s.get(to, http.StatusOK), "the page", "Connect", "Pushes", "none yet: every delivery is refused")
	body, _ := s.post(to, http.StatusOK)
	s.holds(body, "the page", "It is shown this once", "Done: to the connection")
	if page := s.get(conn, http.StatusOK); strings.Contains(page, "not finished") || strings.Contains(page, "Read now") {
		t.Error("a connection that can be pushed to says that it is not finished, or offers to be polled")
	}
	s.get(conn+"/begin", http.StatusNotFound)
}

// A calendar tells who is on call and has no words: the step says so, and shows no empty tables.
func TestCalendarHasNoWords(t *testing.T) {
	s := newImportSite(t, false)
	s.signIn(incident.Editor)
	feed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/calendar")
		fmt.Fprint(w, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Responder One\r\nDTSTART:20260302T090000Z\r\nDTEND:20260303T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	}))
	t.Cleanup(feed.Close)
	s.app.Desk.Runner.Transport = http.DefaultTransport // loopback is no public address
	_, to := s.upload("icalendar", http.StatusSeeOther, "", "", "name", "Rota", "set.url", feed.URL+"/rota.ics")
	conn := strings.TrimSuffix(to, "/test")
	page := s.get(conn+"/words", http.StatusOK)
	s.holds(page, "the words", "There are no words to give a meaning", "Save and preview")
	if strings.Contains(page, "A further word") || strings.Contains(page, "A further name") {
		t.Error("the page asks for words of a calendar")
	}
	s.post(conn+"/words", http.StatusSeeOther)
	s.holds(s.get(conn+"/preview", http.StatusOK), "the preview", "Responder One", "Shifts: at least one")
}
