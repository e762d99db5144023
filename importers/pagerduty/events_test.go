package pagerduty

import (
	"context"
	"errors"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/pagerduty/pagerdutytest"
	"hindsight/incident"
)

// maySecond is when the block of 2 May 2023 began: 84 days of 86,400 s since 1970, 231 times over.
const maySecond = "2023-02-16"

func TestChangeEvents(t *testing.T) {
	a := pagerdutytest.New(1)
	a.Changes = []object{
		{"id": "01SYNTHETIC1", "type": "change_event", "summary": "Billing 4.2 rolled out", "timestamp": "2023-05-04T11:50:00Z", "source": "pipeline",
			"services": []any{object{"id": "PSVC1", "type": "service_reference"}, object{"id": "PGONE", "type": "service_reference"}},
			"links":    []any{object{"href": "javascript:x"}, object{"href": "https://builds.example.com/42"}}},
		{"id": "01SYNTHETIC2", "type": "change_event", "summary": "Flag on", "timestamp": "2023-05-04T11:55:00Z", "services": []any{pagerdutytest.Ref("service", "PSVC2", "Search")}},
	}
	h := read(t, a, nil)
	c := h.Draft(t, changes, "01SYNTHETIC1").Change
	if c.Title != "Billing 4.2 rolled out" || !c.StartedAt.Equal(importertest.Moment("2023-05-04T11:50:00Z")) || c.URL != "https://builds.example.com/42" || c.Actor != "pipeline" ||
		len(c.Services) != 1 || c.Services[0].Name != "Billing" || c.Result != incident.ChangeResultUnknown {
		t.Errorf("change event %+v, want it on Billing, whose name was asked for, with the link that is one", c)
	}
	if c = h.Draft(t, changes, "01SYNTHETIC2").Change; len(c.Services) != 1 || c.Services[0].Name != "Search" || a.Asked["/services/PSVC2"] != 0 {
		t.Errorf("change event %+v, want it on Search without another request", c)
	}
	var broken *importers.MapError
	if _, err := mapChange(incident.Raw{ExternalID: "x", Body: []byte(`{"change_event":{"id":"x","summary":"s"}}`)}, importers.Config{}); !errors.As(err, &broken) || broken.Field != "timestamp" {
		t.Errorf("a change event without a time gave %v, want a MapError of timestamp", err)
	}
}

func TestShifts(t *testing.T) {
	a := pagerdutytest.New(1)
	turn := func(n int, start, end string) object {
		return object{"user": pagerdutytest.User(n), "start": start, "end": end}
	}
	a.Schedules = []object{{"id": "PSCHED", "type": "schedule", "name": "Primary", "teams": []any{pagerdutytest.Ref("team", "PT1", "Payments")},
		"final_schedule": []object{
			turn(1, "2023-05-01T09:00:00+02:00", "2023-05-02T09:00:00+02:00"), turn(2, "2023-05-02T07:00:00Z", "2023-05-02T19:00:00Z"), turn(1, "2023-12-02T07:00:00Z", "2023-12-03T07:00:00Z")},
		"overrides_subschedule": []object{turn(2, "2023-05-02T07:00:00Z", "2023-05-02T19:00:00Z")},
	}}
	h := read(t, a, nil)
	var rosters, total int
	for _, r := range h.Records {
		if len(r.ExternalID) > 7 && r.ExternalID[:7] == "PSCHED/" {
			rosters++
			total += len(h.Draft(t, shifts, r.ExternalID).Roster.Shifts)
		}
	}
	if rosters != 3 || total != 3 {
		t.Errorf("%d rosters with %d shifts, want three blocks (May, December, and the present one, which is empty) with three shifts", rosters, total)
	}
	first := maySecond
	got := h.Draft(t, shifts, "PSCHED/"+first)
	want := []incident.Shift{
		{ScheduleRef: "PSCHED", ScheduleName: "Primary", Person: "PUSER1", PersonName: "Responder One", From: importertest.Moment("2023-05-01T07:00:00Z"), To: importertest.Moment("2023-05-02T07:00:00Z")},
		{ScheduleRef: "PSCHED", ScheduleName: "Primary", Person: "PUSER2", PersonName: "Responder Two", From: importertest.Moment("2023-05-02T07:00:00Z"), To: importertest.Moment("2023-05-02T19:00:00Z"), Override: true},
	}
	if got.Team != "Payments" || len(got.Roster.Shifts) != 2 || got.Roster.Shifts[0] != want[0] || got.Roster.Shifts[1] != want[1] {
		t.Errorf("shifts %+v of team %q, want %+v of Payments", got.Roster.Shifts, got.Team, want)
	}
}

// Blocks are the same ones wherever a window begins.
func TestBlocksStandStill(t *testing.T) {
	a := pagerdutytest.New(1)
	a.Schedules = []object{{"id": "PSCHED", "name": "Primary", "final_schedule": []object{{"user": pagerdutytest.User(1), "start": "2023-05-02T07:00:00Z", "end": "2023-05-03T07:00:00Z"}}, "overrides_subschedule": []object{}}}
	in := input(t, a)
	for _, from := range []string{"2023-04-20T00:00:00Z", "2023-05-02T07:30:00Z", "2023-05-05T23:59:59Z"} {
		s, err := rosters.Listing().Page(context.Background(), in, importers.At{From: importertest.Moment(from), To: importertest.Moment(from).Add(time.Hour)})
		if want := "PSCHED/" + maySecond; err != nil || len(s.Records) != 1 || s.Records[0].ExternalID != want {
			t.Errorf("from %s came %+v, %v; want %s", from, s.Records, err, want)
		}
	}
}

func FuzzMapOthers(f *testing.F) {
	f.Add([]byte(`{"change_event":{"id":"x","summary":"s","timestamp":"2023-05-04T11:50:00Z","services":[{"summary":"a"}],"links":[{"href":"https://x.example.com"}]},"services":[{"name":"b"}],
		"from":"2023-05-04T00:00:00Z","schedule":{"id":"P","name":"n","teams":[{"summary":"t"}],"final_schedule":{"rendered_schedule_entries":[{"user":{"id":"u","summary":"n"},"start":"2023-05-04T00:00:00Z","end":null}]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if d, err := mapChange(incident.Raw{ExternalID: "x", Body: body}, importers.Config{}); err == nil {
			if err := d.Change.Validate(); err != nil {
				t.Error(err)
			}
		}
		if d, err := mapRoster(incident.Raw{ExternalID: "x", Body: body}, importers.Config{}); err == nil {
			for _, s := range d.Roster.Shifts {
				if err := s.Validate(); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
