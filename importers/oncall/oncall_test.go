package oncall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/oncall/oncalltest"
	"hindsight/incident"
)

var start = oncalltest.Start

// object is JSON of the API's shape, made up here.
type object = oncalltest.Object

func read(t *testing.T, e *oncalltest.Server, more ...string) *importertest.Haul {
	t.Helper()
	return importertest.ReadAll(t, Source(), oncalltest.Upstream.ConfigWith(importertest.Served(t, e), more...), nil)
}

// 230 groups of one second with 150 notes, and the two months that a shift touches.
func TestRunAPI(t *testing.T) {
	importertest.RunAPI(t, Source(), importertest.Fake{Handler: oncalltest.Upstream.New, Config: oncalltest.Upstream.Config, Want: 232})
}

func TestRequestsForAThousandGroups(t *testing.T) {
	total := func(e *oncalltest.Server) (n int) {
		for path, count := range e.Asked {
			if path != "/api/v1/schedules/S1/final_shifts" {
				n += count
			}
		}
		return n
	}
	few, many, none := oncalltest.New(1000, 150), oncalltest.New(1000, 1000), oncalltest.New(0, 0)
	read(t, few)
	read(t, many)
	read(t, none)
	t.Logf("requests for 1,000 groups: %d with 150 notes, %d with 1,000; %d for the windows without any", total(few)-total(none), total(many)-total(none), total(none))
	if got := total(few) - total(none); got > 75 {
		t.Errorf("1,000 groups with 150 notes took %d requests, want at most 75", got)
	}
	if got := total(many) - total(none); got > 160 {
		t.Errorf("1,000 groups with a note each took %d requests, want at most 160", got)
	}
}

// A group's record is the same by every road: listed with all notes or with its own, or fetched.
func TestNotesByEachRoad(t *testing.T) {
	e := oncalltest.New(3, 3)
	want := read(t, e).Records[groups+"/I0001"].Body
	for i := range 400 { // more pages than there are groups
		e.Notes = append(e.Notes, oncalltest.Note(fmt.Sprintf("X%d", i), "gone"))
	}
	if got := read(t, e).Records[groups+"/I0001"].Body; string(got) != string(want) {
		t.Errorf("with many other notes the record is\n%s, before\n%s", got, want)
	}
	got, err := fetch(context.Background(), importertest.Input(t, Source(), oncalltest.Upstream.Config(importertest.Served(t, e))), []string{"I0001", "gone"})
	if err != nil || len(got) != 1 {
		t.Fatalf("fetched %d records, %v; want one", len(got), err)
	}
	var a, b any
	if json.Unmarshal(got[0].Body, &a) != nil || json.Unmarshal(want, &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("fetched, the record is\n%s, listed\n%s", got[0].Body, want)
	}
	if bare := read(t, e, "notes", "no").Draft(t, groups, "I0001"); len(bare.Timeline) != 3 {
		t.Errorf("without notes there are %d events, want 3", len(bare.Timeline))
	}
}

// Names are a convenience: a key that may not list users still reads the groups.
func TestForbiddenNames(t *testing.T) {
	e := oncalltest.New(1, 0)
	e.Forbidden = "/api/v1/users/"
	if d := read(t, e).Draft(t, groups, "I0000"); d.Incident.People[0].Name != "U1" {
		t.Errorf("people %+v, want ids", d.Incident.People)
	}
}

func TestTeams(t *testing.T) {
	e := oncalltest.New(2, 0)
	e.Groups[1]["team_id"] = nil
	if h := read(t, e, "teams", "T1"); len(h.Records) != 3 {
		t.Errorf("read %d records, want the team's group and its two months", len(h.Records))
	}
	if h := read(t, e, "teams", "T2"); len(h.Records) != 0 {
		t.Errorf("read %d records of a team without any", len(h.Records))
	}
}

func TestMap(t *testing.T) {
	h := read(t, oncalltest.New(1, 1))
	d := h.Draft(t, groups, "I0000")
	inc := d.Incident
	if inc.Title != "Synthetic alert group I0000: memory is short" || inc.Status != incident.Resolved || inc.Severity != incident.Sev1 || inc.SeverityRaw != "critical" ||
		d.Team != "Platform" || inc.Services[0].Name != "Alertmanager" || inc.Description != "Less than 5 % left" || inc.Reopened != nil ||
		inc.URL != "https://grafana.example.com/a/grafana-oncall-app/alert-groups/I0000" || len(inc.Links) != 2 || len(d.Warnings) != 0 {
		t.Errorf("mapped to %+v of team %q, warnings %v", inc, d.Team, d.Warnings)
	}
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.Opened: start.Add(430444 * time.Microsecond), incident.Acked: start.Add(time.Minute), incident.ResolvedAt: start.Add(2 * time.Minute)} {
		if got := inc.Milestones.At(name); !got.Equal(want) {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	last := d.Timeline[len(d.Timeline)-1]
	if len(d.Timeline) != 4 || last.Kind != incident.EventNote || last.Actor != "responder.two" || last.Text != "More memory for I0000" {
		t.Errorf("timeline %+v", d.Timeline)
	}
	if len(inc.Segments) != 3 || inc.Segments[1].Status != incident.Acknowledged || inc.Segments[1].By != "responder.one" {
		t.Errorf("segments %+v", inc.Segments)
	}
	for id, want := range map[string]string{"S1/2026-01": "2026-01-30T09:00:00Z 2026-02-01T00:00:00Z", "S1/2026-02": "2026-02-01T00:00:00Z 2026-02-02T09:00:00Z"} {
		d := h.Draft(t, shifts, id)
		s := d.Roster.Shifts[0]
		if got := s.From.Format(time.RFC3339) + " " + s.To.Format(time.RFC3339); got != want || s.PersonName != "responder.one" || s.Person != "U1" ||
			s.ScheduleRef != "S1" || s.ScheduleName != "Primary" || d.Team != "Platform" {
			t.Errorf("%s: %+v of %q, want %s", id, s, d.Team, want)
		}
	}
}

func TestMapTraps(t *testing.T) {
	mapped := func(g object) (importers.Draft, error) {
		text, err := json.Marshal(object{"group": g})
		if err != nil {
			t.Fatal(err)
		}
		return mapGroup(incident.Raw{ExternalID: "I1", Body: text}, importers.Config{})
	}
	d, err := mapped(oncalltest.Group("I1", start, object{"state": "firing"}))
	if err != nil || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() || slices.ContainsFunc(d.Timeline, func(e incident.TimelineEvent) bool { return e.Kind == incident.EventResolved }) {
		t.Errorf("a group that fires again: %+v, %v; want no resolution", d.Incident.Milestones, err)
	}
	d, err = mapped(object{"id": "I1", "title": nil, "state": nil, "created_at": nil, "labels": nil, "permalinks": nil, "last_alert": object{"payload": "text"}})
	if err != nil || d.Incident.Title != "(no title)" || len(d.Timeline) != 0 || len(d.Incident.Milestones) != 0 {
		t.Errorf("nulls everywhere: %+v, %v", d.Incident, err)
	}
	d, err = mapped(oncalltest.Group("I1", start, object{"state": "frozen", "labels": []any{object{"key": object{"name": "severity"}, "value": object{"name": "purple"}}}}))
	if err != nil || d.Incident.Status != incident.StatusUnknown || d.Incident.SeverityRaw != "purple" || len(d.Warnings) != 2 {
		t.Errorf("unknown words: %q, %q, warnings %v, %v", d.Incident.Status, d.Incident.SeverityRaw, d.Warnings, err)
	}
	var wrong *importers.MapError
	if _, err = mapped(oncalltest.Group("I1", start, object{"created_at": "yesterday"})); !errors.As(err, &wrong) || wrong.Field != "created_at" {
		t.Errorf("a time that is none: %v, want an error about created_at", err)
	}
	if _, err = mapGroup(incident.Raw{Body: []byte(`{}`)}, importers.Config{}); !errors.As(err, &wrong) {
		t.Errorf("no group: %v, want a *MapError", err)
	}
}

func TestProbeAndHook(t *testing.T) {
	scope, err := probe(context.Background(), importertest.Input(t, Source(), oncalltest.Upstream.Config(importertest.Served(t, oncalltest.New(0, 0)))))
	if err != nil || scope.Identity != "responder.one (admin)" || !slices.Equal(scope.Reach, []string{"schedule Primary (S1)"}) || len(scope.Notes) != 1 {
		t.Errorf("probe = %+v, %v", scope, err)
	}
	d := importers.Delivery{Header: http.Header{"Authorization": {"Bearer synthetic"}}, Body: []byte(`{"event":{"type":"resolve"},"alert_group_id":"I1"}`)}
	if _, err := verify(d, []string{"synthetic"}); err != nil {
		t.Errorf("verify = %v", err)
	}
	if _, err := verify(d, []string{"other"}); !errors.Is(err, importers.ErrForged) {
		t.Errorf("with another secret, verify = %v, want ErrForged", err)
	}
	if news, err := readHook(d, importers.Config{}); err != nil || len(news) != 1 || news[0].ID != "I1" || news[0].Collection != groups {
		t.Errorf("readHook = %+v, %v", news, err)
	}
	if news, err := readHook(importers.Delivery{Body: []byte(`{}`)}, importers.Config{}); err == nil {
		t.Errorf("readHook of a body without an id = %+v, want an error", news)
	}
}

func FuzzMap(f *testing.F) {
	text, err := json.Marshal(object{"group": oncalltest.Group("I1", start, nil), "notes": []any{oncalltest.Note("M1", "I1")}, "names": object{"U1": "responder.one"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("I1", text)
	f.Add("S1/2026-01", []byte(`{"rota":{"id":"S1"},"log":{"results":[{"user_pk":"U1","shift_start":"2026-01-30T09:00:00Z","shift_end":"2026-02-01T00:00:00Z"}]}}`))
	f.Fuzz(func(t *testing.T, id string, body []byte) {
		for _, m := range []func(incident.Raw, importers.Config) (importers.Draft, error){mapGroup, mapShifts} {
			d, err := m(incident.Raw{ExternalID: id, Body: body}, importers.Config{})
			var wrong *importers.MapError
			if err != nil && !errors.As(err, &wrong) {
				t.Fatalf("map: %v, want a *MapError", err)
			}
			if err != nil || d.Roster == nil {
				continue
			}
			for _, s := range d.Roster.Shifts {
				if err := s.Validate(); err != nil {
					t.Fatalf("shift %+v: %v", s, err)
				}
			}
		}
	})
}
