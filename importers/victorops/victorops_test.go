package victorops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/victorops/victoropstest"
	"hindsight/incident"
)

// object is JSON of the API's shape, made up here.
type object = victoropstest.Object

func read(t *testing.T, a *victoropstest.Server, into *importertest.Haul, more ...string) *importertest.Haul {
	t.Helper()
	return importertest.ReadAll(t, Source(), victoropstest.Upstream.ConfigWith(importertest.Served(t, a), more...), into)
}

// 230 incidents of one second, and the two months that a shift touches.
func TestRunAPI(t *testing.T) {
	importertest.RunAPI(t, Source(), importertest.Fake{Handler: victoropstest.Upstream.New, Config: victoropstest.Upstream.Config, Want: 232})
}

func TestRequestsForAThousandIncidents(t *testing.T) {
	a, empty := victoropstest.New(1000), &victoropstest.Server{}
	read(t, a, nil)
	read(t, empty, nil)
	const report = "/api-reporting/v2/incidents"
	if got := a.Asked[report] - empty.Asked[report]; got > 12 {
		t.Errorf("1,000 incidents took %d requests more than none, want about 10", got)
	}
	t.Logf("%d requests of the history for 1,000 incidents, %d for none", a.Asked[report], empty.Asked[report])
	if got := empty.Asked[report]; got > 8 {
		t.Errorf("a history without incidents took %d requests, want at most 8: each takes two minutes", got)
	}
}

// Over the limit, the answer is the one for wrong credentials but for its text.
func TestForbiddenMayMeanSlowDown(t *testing.T) {
	for _, body := range []string{`{"message":"Too Many Requests"}`, `rate-limit reached`} {
		a := victoropstest.New(3)
		a.Refuse, a.Refusal = 2, body
		if h := read(t, a, nil); len(h.Records) != 5 {
			t.Errorf("after two answers %q, read %d records, want 5", body, len(h.Records))
		}
	}
	wrong := victoropstest.Upstream.ConfigWith(importertest.Served(t, victoropstest.New(3)), "key", "wrong")
	h, err := importertest.Collect(context.Background(), t, Source(), wrong, nil, 0)
	if !importers.HasStatus(err, http.StatusForbidden) || h.Requests > 1 {
		t.Errorf("with a wrong key, reading gave %v after %d requests, want the 403 at once", err, h.Requests)
	}
}

// Open incidents and recent resolutions come from the live list, without a request of the scarce quota for each.
func TestFollow(t *testing.T) {
	a := victoropstest.New(2)
	open := victoropstest.Incident(3, importertest.Moment("2026-11-20T11:50:00Z"), object{"currentPhase": "triggered"})
	open["transitions"] = open["transitions"].([]any)[:1]
	a.Incidents = append(a.Incidents, open)
	first := read(t, a, nil)
	if d := first.Draft(t, incidents, "3"); d.Incident.Status != incident.Triggered {
		t.Fatalf("the status is %q, want triggered: open incidents must be asked for", d.Incident.Status)
	}
	a.Live = []object{victoropstest.Incident(3, importertest.Moment("2026-11-20T11:50:00Z"), nil)}
	a.Asked = nil
	a.Incidents = a.Incidents[:2] // the history is late
	second := read(t, a, first)
	if n := a.Asked["/api-reporting/v2/incidents"]; n != 1 {
		t.Errorf("a poll asked the history %d times, want once", n)
	}
	if d := second.Draft(t, incidents, "3"); d.Incident.Status != incident.Resolved {
		t.Errorf("after the poll the status is %q, want resolved", d.Incident.Status)
	}
	a.Asked = nil
	got, err := fetch(context.Background(), importertest.Input(t, Source(), victoropstest.Upstream.Config(importertest.Served(t, a))), []string{"3", "1", "2", "99"})
	if err != nil || len(got) != 3 || a.Asked["/api-reporting/v2/incidents"] != 1 {
		t.Errorf("fetched %d incidents with %v and %v, want 3 with one request of the history", len(got), err, a.Asked)
	}
}

func TestTeams(t *testing.T) {
	a := victoropstest.New(2)
	a.Incidents[1]["pagedTeams"] = []any{"team-w2"}
	a.Logs["team-w2"] = []object{{"user": "responder2", "on": "2026-03-01T09:00:00Z", "off": "2026-03-02T09:00:00Z"}}
	h := read(t, a, nil, "teams", "team-w2")
	if _, ok := h.Records["incidents/2"]; !ok || len(h.Records) != 2 || h.Records["shifts/team-w2/2026-03"].Body == nil {
		t.Errorf("read %v, want the incident and the shifts of team-w2", h.Records)
	}
	scope, err := probe(context.Background(), importertest.Input(t, Source(), victoropstest.Upstream.ConfigWith(importertest.Served(t, a), "teams", "team-w2,team-gone")))
	if err != nil || !slices.Equal(scope.Reach, []string{"Web shop (team-w2)"}) || !strings.Contains(strings.Join(scope.Notes, " "), "team-gone") {
		t.Errorf("probe = %+v, %v", scope, err)
	}
}

func mapped(t *testing.T, body any) importers.Draft {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	d, err := mapIncident(incident.Raw{ExternalID: "7", Body: text}, victoropstest.Upstream.Config(""))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMap(t *testing.T) {
	d := mapped(t, victoropstest.Incident(7, importertest.Moment("2026-01-15T10:00:00Z"), nil))
	inc := d.Incident
	for name, want := range map[incident.MilestoneName]string{
		incident.Opened: "2026-01-15T10:00:00Z", incident.Acked: "2026-01-15T10:01:00Z", incident.ResolvedAt: "2026-01-15T10:02:00Z"} {
		if got := inc.Milestones.At(name); !got.Equal(importertest.Moment(want)) {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	if inc.Title != "Synthetic incident 7: queue grows" || inc.Number != "#7" || inc.Status != incident.Resolved || inc.Severity != incident.Sev1 || d.Team != "Platform" ||
		len(inc.Services) != 1 || inc.Services[0].Name != "billing" || *inc.Reopened != 0 || len(d.Warnings) != 0 {
		t.Errorf("mapped to %+v, warnings %v", inc, d.Warnings)
	}
	var parts []string
	for _, p := range inc.People {
		parts = append(parts, p.Role+" "+p.Name)
	}
	if want := []string{"responder responder1", "acknowledger responder1", "resolver responder1"}; !slices.Equal(parts, want) {
		t.Errorf("people %q, want %q", parts, want)
	}
	if len(d.Timeline) != 3 || d.Timeline[0].Kind != incident.EventCreated || d.Timeline[2].Kind != incident.EventResolved || d.Timeline[2].Text != "restarted" {
		t.Errorf("timeline %+v", d.Timeline)
	}
}

func TestMapTraps(t *testing.T) {
	start := importertest.Moment("2026-01-15T10:00:00Z")
	step := func(name string, minute int) object {
		return object{"name": name, "at": start.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339), "by": "responder1"}
	}
	t.Run("reopened", func(t *testing.T) {
		d := mapped(t, victoropstest.Incident(7, start, object{"currentPhase": "acknowledged",
			"transitions": []any{step("triggered", 0), step("acknowledged", 1), step("resolved", 2), step("triggered", 5), step("acknowledged", 6)}}))
		if *d.Incident.Reopened != 1 || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() || !d.Incident.Milestones.At(incident.Acked).Equal(start.Add(time.Minute)) {
			t.Errorf("reopened %d times, %+v; want once, no resolution, the first acknowledgement", *d.Incident.Reopened, d.Incident.Milestones)
		}
		if d.Timeline[3].Kind != incident.EventReopened {
			t.Errorf("the fourth event is %q, want reopened", d.Timeline[3].Kind)
		}
	})
	t.Run("unknown words", func(t *testing.T) {
		d := mapped(t, victoropstest.Incident(7, start, object{"currentPhase": "snoozed", "entityState": "PURPLE", "transitions": []any{step("snoozed", 1)}}))
		if d.Incident.Status != incident.StatusUnknown || d.Incident.StatusRaw != "snoozed" || d.Incident.SeverityRaw != "PURPLE" || len(d.Warnings) != 3 {
			t.Errorf("status %q (%q), warnings %v", d.Incident.Status, d.Incident.StatusRaw, d.Warnings)
		}
	})
	t.Run("nulls everywhere", func(t *testing.T) {
		d := mapped(t, object{"incidentNumber": 7, "currentPhase": nil, "startTime": nil, "entityDisplayName": nil, "service": nil, "pagedTeams": nil,
			"pagedUsers": nil, "pagedPolicies": nil, "alertCount": nil, "transitions": []any{object{"name": nil, "at": nil, "by": nil, "manually": nil}}})
		if d.Incident.Title != "(no title)" || d.Incident.Status != incident.StatusUnknown || len(d.Incident.Milestones) != 0 || len(d.Timeline) != 0 {
			t.Errorf("mapped to %+v", d.Incident)
		}
	})
	t.Run("an alert's title is no service", func(t *testing.T) {
		d := mapped(t, victoropstest.Incident(7, start, object{"service": "Synthetic incident 7: queue grows"}))
		if len(d.Incident.Services) != 1 || d.Incident.Services[0].Name != "database" {
			t.Errorf("services %+v, want the routing key", d.Incident.Services)
		}
	})
	t.Run("a date that is none", func(t *testing.T) {
		_, err := mapIncident(incident.Raw{ExternalID: "7", Body: []byte(`{"startTime":"2026-02-30T10:00:00Z"}`)}, importers.Config{})
		var wrong *importers.MapError
		if !errors.As(err, &wrong) || wrong.Field != "startTime" {
			t.Errorf("error %v, want one about startTime", err)
		}
	})
}

// A shift over the end of a month stands in both months, each with its part; one that goes on has no end yet.
func TestShifts(t *testing.T) {
	a := victoropstest.New(0)
	a.Logs["team-p1"] = append(a.Logs["team-p1"], object{"user": "responder2", "on": "2026-11-19T09:00:00Z", "off": nil})
	h := read(t, a, nil)
	for _, tc := range []struct{ id, person, from, to string }{
		{"team-p1/2026-01", "responder1", "2026-01-30T09:00:00Z", "2026-02-01T00:00:00Z"},
		{"team-p1/2026-02", "responder1", "2026-02-01T00:00:00Z", "2026-02-02T09:00:00Z"},
		{"team-p1/2026-11", "responder2", "2026-11-19T09:00:00Z", ""},
	} {
		d := h.Draft(t, shifts, tc.id)
		if len(d.Roster.Shifts) != 1 || d.Team != "Platform" {
			t.Fatalf("%s: %d shifts of team %q, want one of Platform", tc.id, len(d.Roster.Shifts), d.Team)
		}
		s := d.Roster.Shifts[0]
		to := ""
		if !s.To.IsZero() {
			to = s.To.Format(time.RFC3339)
		}
		if s.PersonName != tc.person || s.ScheduleRef != "pol-1" || s.ScheduleName != "Primary" || s.From.Format(time.RFC3339) != tc.from || to != tc.to {
			t.Errorf("%s: %+v, want %+v", tc.id, s, tc)
		}
	}
	over, err := mapShifts(incident.Raw{ExternalID: "team-p1/2026-10", Body: []byte(`{"rota":{"id":"team-p1","name":"Platform","team":"Platform"},"over":true,"log":{"userLogs":[{"userId":"responder2","log":[{"on":"2026-10-30T09:00:00Z"}]}]}}`)}, importers.Config{})
	if err != nil || !over.Roster.Shifts[0].To.Equal(importertest.Moment("2026-11-01T00:00:00Z")) {
		t.Errorf("a shift that goes on behind its month: %+v, %v; want it cut at the month's end", over.Roster, err)
	}
}

func TestHook(t *testing.T) {
	for _, body := range []string{`{"incident":"7"}`, `{"incident":7}`} {
		news, err := readHook(importers.Delivery{Body: []byte(body)}, importers.Config{})
		if err != nil || len(news) != 1 || news[0].ID != "7" || news[0].Collection != incidents || news[0].Record != nil {
			t.Errorf("readHook(%s) = %+v, %v; want incident 7, to be fetched", body, news, err)
		}
	}
	if news, err := readHook(importers.Delivery{Body: []byte(`{"text":"x"}`)}, importers.Config{}); err == nil {
		t.Errorf("readHook = %+v, want an error that shows the payload", news)
	}
	if _, err := verify(importers.Delivery{Header: http.Header{}, Query: map[string][]string{"token": {"guess"}}}, []string{"secret"}); !errors.Is(err, importers.ErrForged) {
		t.Errorf("a wrong token: %v, want ErrForged", err)
	}
}

func FuzzMap(f *testing.F) {
	text, err := json.Marshal(victoropstest.Incident(7, time.Date(2026, 1, 15, 10, 0, 0, 0, time.UTC), nil))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("7", text)
	f.Add("team-p1/2026-01", []byte(`{"rota":{"id":"team-p1"},"log":{"userLogs":[{"userId":"u","log":[{"on":"2026-01-30T09:00:00Z","off":"2026-02-02T09:00:00Z"}]}]}}`))
	f.Fuzz(func(t *testing.T, id string, body []byte) {
		raw := incident.Raw{ExternalID: id, Body: body}
		for _, m := range []func(incident.Raw, importers.Config) (importers.Draft, error){mapIncident, mapShifts} {
			d, err := m(raw, importers.Config{})
			var wrong *importers.MapError
			if err != nil && !errors.As(err, &wrong) {
				t.Fatalf("map: %v, want a *MapError", err)
			}
			if err != nil || d.Roster == nil {
				continue
			}
			for _, s := range d.Roster.Shifts {
				if err := s.Validate(); err != nil {
					t.Fatalf("shift %s: %v", fmt.Sprint(s), err)
				}
			}
		}
	})
}
