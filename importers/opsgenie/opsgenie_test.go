package opsgenie

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/opsgenie/opsgenietest"
	"hindsight/incident"
)

func read(t *testing.T, a *opsgenietest.Server, more ...string) *importertest.Haul {
	t.Helper()
	return importertest.ReadAll(t, Source(), config(t, a, more...), nil)
}

// object is JSON of the API's shape, made up here.
type object = opsgenietest.Object

// held is a made-up account whose requests and answers are held to the vendor's description, as far as it goes.
func held(t testing.TB, s *opsgenietest.Server) http.Handler {
	contract := importertest.Contract(t, "testdata/openapi.json", s)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if opsgenietest.Described(r) {
			contract.ServeHTTP(w, r)
		} else {
			s.ServeHTTP(w, r)
		}
	})
}

func config(t *testing.T, s *opsgenietest.Server, more ...string) importers.Config {
	return opsgenietest.Upstream.ConfigWith(importertest.Served(t, held(t, s)), more...)
}

func input(t *testing.T, s *opsgenietest.Server, more ...string) importers.Input {
	return importertest.Input(t, Source(), config(t, s, more...))
}

func TestRunAPI(t *testing.T) {
	a := opsgenietest.New(3)
	importertest.RunAPI(t, Source(), importertest.Fake{Handler: func() http.Handler { return held(t, a) }, Config: opsgenietest.Upstream.Config, Want: 3})
}

// All pages of one second are read, and of a list that is longer than the vendor's ceiling the walk asks for less.
func TestPagesAndCeiling(t *testing.T) {
	a := opsgenietest.New(230)
	in := input(t, a)
	at0 := importers.At{From: importertest.Moment("2026-05-04T12:00:00Z"), To: importertest.Moment("2026-05-04T13:00:00Z")}
	page := listOf("/v1/incidents/", countIncidents)
	var got []string
	for {
		s, err := page(context.Background(), in, at0)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s.Touched...)
		if at0.Token = s.Next; s.Next == "" {
			break
		}
	}
	if len(got) != 230 || got[0] != "inc-0000" || got[229] != "inc-0229" {
		t.Errorf("read %d ids, want all 230 in order of creation", len(got))
	}
	if s, err := page(context.Background(), in, importers.At{From: at0.From, To: at0.To, Token: "20000"}); err != nil || !s.TooMany {
		t.Errorf("above the ceiling came %+v, %v; want too many", s, err)
	}
	s, err := page(context.Background(), in, importers.At{From: importertest.Moment("2026-05-04T12:00:01Z"), To: importertest.Moment("2026-05-04T12:00:02Z")})
	if err != nil || len(s.Touched) != 3 { // created 1.2, 1.5 and 1.8 s past noon
		t.Errorf("one second holds %q, %v; want three", s.Touched, err)
	}
}

func TestIncident(t *testing.T) {
	a := opsgenietest.New(1)
	a.Incidents[0] = importertest.With(a.Incidents[0], object{"impactStartDate": "2026-05-04T11:50:00Z", "impactEndDate": "2026-05-04T12:25:00Z", "links": object{"web": "https://example.app.opsgenie.com/incident/detail/inc-0000"},
		"responders": []any{object{"type": "user", "id": "user-1"}}, "extraProperties": object{"region": "eu"}, "description": "Consumers stuck"})
	a.Timeline["inc-0000"] = append(a.Timeline["inc-0000"], object{"id": "n", "group": "custom", "type": "CustomUserEntry", "eventTime": "2026-05-04T12:05:00Z", "actor": object{"name": "Responder Two"},
		"description": object{"type": "plain_text", "content": "Restarted a consumer"}})
	d := read(t, a).Draft(t, incidents, "inc-0000")
	inc := d.Incident
	for name, want := range map[incident.MilestoneName]string{incident.ImpactStarted: "11:50:00", incident.Detected: "11:59:00", incident.Opened: "12:00:00", incident.ImpactEnded: "12:25:00",
		incident.ResolvedAt: "12:30:00", incident.ClosedAt: "12:40:00"} {
		if got := inc.Milestones.At(name).Format(time.TimeOnly); got != want {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	if _, acked := inc.Milestones.Current(incident.Acked); acked {
		t.Error("the incident is acknowledged; incidents have no acknowledgement")
	}
	if inc.Status != incident.Closed || inc.Severity != incident.Sev2 || inc.Number != "#7" || d.Team != "Payments" || inc.Services[0].Name != "Billing" || *inc.Reopened != 0 || inc.URL == "" {
		t.Errorf("incident %+v of team %q", inc, d.Team)
	}
	if want := []incident.Participation{{Name: "Responder One", Role: "responder"}, {Name: "Responder One", Role: "resolver"}}; !reflect.DeepEqual(inc.People, want) {
		t.Errorf("people %+v, want %+v", inc.People, want)
	}
	var kinds []string
	for _, e := range d.Timeline {
		kinds = append(kinds, e.RawKind)
	}
	if got, want := strings.Join(kinds, " "), "alert IncidentCreated CustomUserEntry IncidentResolved IncidentClosed"; got != want || d.Timeline[2].Text != "Restarted a consumer" || d.Timeline[2].Kind != incident.EventNote {
		t.Errorf("timeline %s (%+v), want %s", got, d.Timeline, want)
	}
	if custom := fmt.Sprint(inc.Custom); !strings.Contains(custom, "{region eu}") || !strings.Contains(custom, "{Alerts 1}") {
		t.Errorf("custom %s", custom)
	}
}

// Alerts of an incident are part of it, and no incidents of their own; where alerts are counted, incidents are not read.
func TestNothingCountsTwice(t *testing.T) {
	a := opsgenietest.New(3)
	for count, want := range map[string]string{countIncidents: incidents, countAlerts: alerts} {
		h := read(t, a, "count", count)
		if len(h.Records) != 3 {
			t.Errorf("counting %s, %d records were read, want 3", count, len(h.Records))
		}
		for key := range h.Records {
			if !strings.HasPrefix(key, want+"/") {
				t.Errorf("counting %s, %s was read", count, key)
			}
		}
	}
}

func TestAlert(t *testing.T) {
	a := opsgenietest.New(1)
	d := read(t, a, "count", countAlerts).Draft(t, alerts, "alert-0000")
	for name, want := range map[incident.MilestoneName]string{incident.Opened: "11:59:00", incident.Acked: "12:03:00", incident.ResolvedAt: "12:29:00", incident.ClosedAt: "12:29:00"} {
		if got := d.Incident.Milestones.At(name).Format(time.TimeOnly); got != want {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	if len(d.Timeline) != 2 || d.Timeline[0].Text != "Alert created" || d.Timeline[1].Kind != incident.EventNote || d.Timeline[1].Text != "Restarted" {
		t.Errorf("timeline %+v, want the log entry and the note", d.Timeline)
	}
	a.Alerts[0] = importertest.With(a.Alerts[0], object{"status": "open"})
	d = read(t, a, "count", countAlerts).Draft(t, alerts, "alert-0000")
	if _, over := d.Incident.Milestones.Current(incident.ResolvedAt); over || d.Incident.Status != incident.Acknowledged {
		t.Errorf("an alert that was opened again has the status %s and is over: %v; want acknowledged, and no resolution", d.Incident.Status, over)
	}
}

func TestReopened(t *testing.T) {
	a := opsgenietest.New(1)
	a.Incidents[0] = importertest.With(a.Incidents[0], object{"status": "open"})
	a.Timeline["inc-0000"] = append(a.Timeline["inc-0000"], opsgenietest.Entry("IncidentReopened", "2026-05-04T13:00:00Z", "Reopened"))
	inc := read(t, a).Draft(t, incidents, "inc-0000").Incident
	if _, over := inc.Milestones.Current(incident.ResolvedAt); over || *inc.Reopened != 1 || inc.Status != incident.Triggered {
		t.Errorf("reopened %d times, status %s, resolved %v; want once, triggered, no resolution", *inc.Reopened, inc.Status, over)
	}
}

// A long timeline is read page by page; a part that the key may not read is left out, and so are names, with a warning.
func TestParts(t *testing.T) {
	a := opsgenietest.New(1)
	for i := range 45 {
		a.Timeline["inc-0000"] = append(a.Timeline["inc-0000"], opsgenietest.Entry("ResponderAdded", fmt.Sprintf("2026-05-04T12:10:%02dZ", i), "Added"))
	}
	if n := len(read(t, a).Draft(t, incidents, "inc-0000").Timeline); n != 49 {
		t.Errorf("%d events, want 48 of three pages and an alert", n)
	}
	for forbidden, want := range map[string]int{"/v2/incident-timelines": 1, "/v2/alerts": 48, "/v1/services": 49} {
		a.Forbidden = forbidden
		d := read(t, a).Draft(t, incidents, "inc-0000")
		if len(d.Timeline) != want {
			t.Errorf("without %s, %d events, want %d", forbidden, len(d.Timeline), want)
		}
		if forbidden == "/v1/services" && (d.Incident.Services[0].Name != "svc-1" || len(d.Warnings) != 1) {
			t.Errorf("services %+v, warnings %+v; want the id, with a warning", d.Incident.Services, d.Warnings)
		}
	}
}

// A resolution by a name that nobody documented gives no time, and says so.
func TestUnknownTypes(t *testing.T) {
	a := opsgenietest.New(1)
	a.Timeline["inc-0000"] = []object{opsgenietest.Entry("CaseWasFinished", "2026-05-04T12:30:00Z", "Done")}
	d := read(t, a).Draft(t, incidents, "inc-0000")
	if _, known := d.Incident.Milestones.Current(incident.ResolvedAt); known || len(d.Warnings) != 1 || d.Incident.Reopened != nil {
		t.Errorf("milestones %+v, warnings %+v; want no resolution and a warning", d.Incident.Milestones, d.Warnings)
	}
}

// Records that are gone, in an account whose key is throttled once.
func TestGoneAndThrottled(t *testing.T) {
	a := opsgenietest.New(2)
	inner := held(t, a)
	first := true
	cfg := opsgenietest.Upstream.Config(importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			w.Header().Set("X-RateLimit-State", "THROTTLED")
			w.Header().Set("X-RateLimit-Reason", "ACCOUNT")
			w.Header().Set("X-RateLimit-Period-In-Sec", "60")
			opsgenietest.Refuse(w, 429, "You are making too many requests!")
			return
		}
		inner.ServeHTTP(w, r)
	})))
	client, clock := importertest.Client(t, Source(), cfg)
	got, err := Source().Collections[0].Fetch(context.Background(), importers.Input{Config: cfg, Client: client}, []string{"inc-0001", "inc-gone"})
	if err != nil || len(got) != 1 || got[0].ExternalID != "inc-0001" {
		t.Errorf("Fetch = %+v, %v; want inc-0001 alone", got, err)
	}
	if len(clock.Waits) == 0 || clock.Waits[0] != time.Minute {
		t.Errorf("waited %v, want a minute, as X-RateLimit-Period-In-Sec says", clock.Waits)
	}
}

func TestShifts(t *testing.T) {
	a := opsgenietest.New(0)
	user := func(id string) object { return object{"id": id, "type": "user", "name": id + "@example.com"} }
	a.Schedules = []object{{"id": "sch-1", "name": "Primary", "ownerTeam": object{"id": "team-1", "name": "Payments"}}}
	a.Periods = []object{
		{"startDate": "2023-05-01T07:00:00Z", "endDate": "2023-05-02T07:00:00Z", "type": "historical", "flattenedRecipients": []any{user("one")}},
		{"startDate": "2023-05-02T07:00:00Z", "endDate": "2023-05-02T19:00:00Z", "type": "override", "recipient": user("two")},
		{"startDate": "2023-05-02T19:00:00Z", "endDate": "2023-05-03T07:00:00Z", "type": "default", "recipient": object{"type": "none"}},
	}
	d := read(t, a).Draft(t, shifts, "sch-1/2023-02-16") // 231 blocks of 84 days after 1970
	want := []incident.Shift{
		{ScheduleRef: "sch-1", ScheduleName: "Primary", Layer: "Weekdays", Person: "one", PersonName: "one@example.com", From: importertest.Moment("2023-05-01T07:00:00Z"), To: importertest.Moment("2023-05-02T07:00:00Z")},
		{ScheduleRef: "sch-1", ScheduleName: "Primary", Layer: "Weekdays", Person: "two", PersonName: "two@example.com", From: importertest.Moment("2023-05-02T07:00:00Z"), To: importertest.Moment("2023-05-02T19:00:00Z"), Override: true},
	}
	if d.Team != "Payments" || !reflect.DeepEqual(d.Roster.Shifts, want) {
		t.Errorf("shifts %+v of team %q, want %+v", d.Roster.Shifts, d.Team, want)
	}
}

func TestProbe(t *testing.T) {
	a := opsgenietest.New(1)
	if scope, err := probe(context.Background(), input(t, a)); err != nil || !strings.Contains(scope.Identity, "account example, plan Enterprise") || scope.Reach[0] != countIncidents {
		t.Errorf("probe = %+v, %v", scope, err)
	}
	a.Forbidden = "/v1/incidents"
	if _, err := probe(context.Background(), input(t, a)); err == nil || !strings.Contains(err.Error(), "count alerts instead") {
		t.Errorf("probe on a plan without incidents = %v, want the advice to count alerts", err)
	}
	if _, err := probe(context.Background(), input(t, a, "count", countAlerts)); err != nil {
		t.Errorf("probe of alerts = %v", err)
	}
	if _, err := probe(context.Background(), input(t, a, "key", "wrong")); !importers.HasStatus(err, 401) {
		t.Errorf("probe with a wrong key = %v, want the 401", err)
	}
}

func TestHook(t *testing.T) {
	body := []byte(`{"action":"Acknowledge","alert":{"alertId":"alert-1"}}`)
	if _, err := verify(importers.Delivery{Query: url.Values{"token": {"s3cret"}}, Body: body}, []string{"s3cret"}); err != nil {
		t.Errorf("verify with the token in the address = %v", err)
	}
	if _, err := verify(importers.Delivery{Query: url.Values{"token": {"other"}}, Body: body}, []string{"s3cret"}); !errors.Is(err, importers.ErrForged) {
		t.Errorf("verify with another token = %v, want ErrForged", err)
	}
	for _, tc := range []struct{ body, count, want string }{
		{string(body), countAlerts, "alerts/alert-1 false"},
		{string(body), countIncidents, ""},
		{`{"action":"Delete","alert":{"alertId":"alert-1"}}`, countAlerts, "alerts/alert-1 true"},
		{`{"action":"Create","incident":{"incidentId":"inc-1"}}`, countIncidents, "incidents/inc-1 false"},
		{`{"action":"Close","incident":{"id":"inc-1"}}`, countAlerts, ""},
		{`{"action":"Test"}`, countIncidents, ""},
	} {
		news, err := readHook(importers.Delivery{Body: []byte(tc.body)}, opsgenietest.Upstream.ConfigWith("https://api.opsgenie.com", "count", tc.count))
		got := ""
		if len(news) == 1 {
			got = fmt.Sprintf("%s/%s %v", news[0].Collection, news[0].ID, news[0].Gone)
		}
		if err != nil || got != tc.want {
			t.Errorf("readHook(%s) counting %s = %q, %v; want %q", tc.body, tc.count, got, err, tc.want)
		}
	}
	if _, err := readHook(importers.Delivery{Body: []byte(`{}`)}, importers.Config{}); err == nil {
		t.Error("a webhook that says nothing was taken")
	}
}

func TestOddRecords(t *testing.T) {
	nulls := opsgenietest.Record("x", "2023-05-04T12:00:00Z", nil)
	for key := range nulls {
		nulls[key] = nil
	}
	text, _ := json.Marshal(object{"incident": nulls})
	d, err := mapIncident(incident.Raw{ExternalID: "x", Body: text}, importers.Config{})
	if err != nil || d.Incident.Title != "(no title)" || d.Incident.Status != incident.StatusUnknown {
		t.Errorf("of nulls alone came %+v, %v", d.Incident, err)
	}
	for field, body := range map[string]string{"": `[]`, "incident": `{"incident":[]}`, "createdAt": `{"incident":{"message":"x","createdAt":"99/99/2024"}}`} {
		var e *importers.MapError
		if _, err := mapIncident(incident.Raw{ExternalID: "x", Body: []byte(body)}, importers.Config{}); !errors.As(err, &e) || e.Field != field {
			t.Errorf("mapping %s gave %v, want a MapError of %q", body, err, field)
		}
	}
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"incident":{"id":"x","message":"m","status":"open","createdAt":"2023-05-04T12:00:00Z","responders":[{"type":"user","id":"u"}]},"timeline":[{"type":"IncidentResolved","eventTime":"2023-05-04T12:30:00Z"}],
		"alert":{"id":"x","message":"m","report":{"ackTime":5}},"alerts":[{"createdAt":"2023-05-04T12:00:00Z"}],"logs":[{"log":"l","createdAt":"2023-05-04T12:00:00Z"}],"notes":[{}],
		"schedule":{"id":"s"},"timeline2":{}}`))
	f.Add([]byte(`{"schedule":{"id":"s","name":"n"},"timeline":{"finalTimeline":{"rotations":[{"name":"r","periods":[{"startDate":"2023-05-04T12:00:00Z","recipient":{"type":"user","name":"a"}}]}]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		h := importertest.Haul{Source: Source(), Records: map[string]importers.Record{}}
		for _, c := range Source().Collections {
			if _, err := c.Map(incident.Raw{ExternalID: "x", Body: body}, importers.Config{}); err == nil {
				h.Records[c.Name+"/x"] = importers.Record{ExternalID: "x", Body: body}
				h.Draft(t, c.Name, "x")
			}
		}
	})
}
