package pagerduty

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/pagerduty/pagerdutytest"
	"hindsight/incident"
)

// object is JSON of the API's shape, made up here.
type object = pagerdutytest.Object

func raw(o any) json.RawMessage {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return text
}

// mapped maps an incident with its log.
func mapped(t *testing.T, inc object, log ...object) importers.Draft {
	t.Helper()
	r := record{Incident: raw(inc)}
	for _, e := range log {
		r.Log = append(r.Log, raw(e))
	}
	id, _ := inc["id"].(string)
	rec, err := r.as(id)
	if err != nil {
		t.Fatal(err)
	}
	h := importertest.Haul{Source: Source(), Config: importers.Config{Connection: "con_test"}, Records: map[string]importers.Record{incidents + "/" + id: rec}}
	return h.Draft(t, incidents, id)
}

func moment(d importers.Draft, name incident.MilestoneName) string {
	if at := d.Incident.Milestones.At(name); !at.IsZero() {
		return at.Format(time.TimeOnly)
	}
	return ""
}

// statuses lists the segments.
func statuses(d importers.Draft) string {
	var out []string
	for _, s := range d.Incident.Segments {
		out = append(out, s.From.Format("15:04:05")+" "+string(s.Status))
	}
	return strings.Join(out, ", ")
}

func clock(text string) string { return "2024-03-01T" + text + "Z" }

// The acknowledgement times out and comes again: the first one counts, although the record has forgotten it.
func TestFirstAcknowledgement(t *testing.T) {
	d := mapped(t, pagerdutytest.Incident("P1", 7, clock("10:00:00"), object{"status": "resolved", "resolved_at": clock("11:00:00")}),
		pagerdutytest.Entry("R1", "trigger", clock("10:00:00"), pagerdutytest.Ref("service", "PSVC1", "Billing"), nil),
		pagerdutytest.Entry("R2", "acknowledge", clock("10:05:00"), pagerdutytest.User(1), nil),
		pagerdutytest.Entry("R3", "unacknowledge", clock("10:35:00"), pagerdutytest.Ref("service", "PSVC1", "Billing"), nil),
		pagerdutytest.Entry("R4", "acknowledge", clock("10:50:00"), pagerdutytest.User(2), nil),
		pagerdutytest.Entry("R5", "resolve", clock("11:00:00"), pagerdutytest.User(2), nil))
	if got := moment(d, incident.Acked); got != "10:05:00" {
		t.Errorf("acknowledged at %q, want 10:05:00, the first time", got)
	}
	if want := "10:00:00 triggered, 10:05:00 acknowledged, 10:35:00 triggered, 10:50:00 acknowledged, 11:00:00 resolved"; statuses(d) != want {
		t.Errorf("segments %s, want %s", statuses(d), want)
	}
	want := []incident.Participation{{Name: "Responder One", Role: "acknowledger"}, {Name: "Responder Two", Role: "acknowledger"}, {Name: "Responder Two", Role: "resolver"}}
	if !reflect.DeepEqual(d.Incident.People, want) {
		t.Errorf("people %+v, want %+v", d.Incident.People, want)
	}
	if *d.Incident.Reopened != 0 {
		t.Errorf("reopened %d times, want 0", *d.Incident.Reopened)
	}
}

func TestResolutionWithoutTheField(t *testing.T) {
	inc := pagerdutytest.Incident("P1", 7, clock("10:00:00"), object{"status": "resolved", "last_status_change_at": clock("11:00:02")})
	d := mapped(t, inc, pagerdutytest.Entry("R5", "resolve", clock("11:00:00"), pagerdutytest.User(2), nil), pagerdutytest.Entry("R6", "annotate", clock("12:00:00"), pagerdutytest.User(2), nil))
	m, _ := d.Incident.Milestones.Current(incident.ResolvedAt)
	if moment(d, incident.ResolvedAt) != "11:00:00" || m.Basis != incident.FromLog || m.Field != "log_entries/resolve_log_entry" {
		t.Errorf("resolved %+v, want 11:00:00 from the log", m)
	}
	d = mapped(t, inc)
	if m, _ = d.Incident.Milestones.Current(incident.ResolvedAt); moment(d, incident.ResolvedAt) != "11:00:02" || m.Field != "last_status_change_at" {
		t.Errorf("resolved %+v, want 11:00:02, when the status changed, as there is no log", m)
	}
}

// All within one second, in the order of ids that would make it senseless.
func TestTies(t *testing.T) {
	second := clock("10:00:00")
	log := []object{
		pagerdutytest.Entry("R1", "resolve", second, pagerdutytest.User(1), nil), pagerdutytest.Entry("R2", "acknowledge", second, pagerdutytest.User(1), nil),
		pagerdutytest.Entry("R3", "assign", second, pagerdutytest.User(1), object{"assignees": []any{pagerdutytest.User(3)}}), pagerdutytest.Entry("R4", "trigger", second, pagerdutytest.Ref("service", "PSVC1", "Billing"), nil),
	}
	d := mapped(t, pagerdutytest.Incident("P1", 7, second, object{"status": "resolved", "resolved_at": second}), log...)
	var kinds []string
	for i, e := range d.Timeline {
		kinds = append(kinds, string(e.Kind))
		if e.Pos != i {
			t.Errorf("event %d has the position %d", i, e.Pos)
		}
	}
	if want := []string{"created", "assigned", "acknowledged", "resolved"}; !slices.Equal(kinds, want) {
		t.Errorf("timeline %v, want %v", kinds, want)
	}
	if want := "10:00:00 triggered, 10:00:00 acknowledged, 10:00:00 resolved"; statuses(d) != want {
		t.Errorf("segments %s, want %s", statuses(d), want)
	}
}

func TestMerged(t *testing.T) {
	d := mapped(t, pagerdutytest.Incident("P1", 7, clock("10:00:00"), object{"status": "resolved", "resolved_at": clock("10:10:00"),
		"resolve_reason": object{"type": "merge_resolve_reason", "incident": pagerdutytest.Ref("incident", "P2", "[#8] Queue grows")}}),
		pagerdutytest.Entry("R1", "resolve", clock("10:10:00"), pagerdutytest.User(1), nil))
	inc := d.Incident
	if inc.Status != incident.Merged || inc.StatusRaw != "resolved" || inc.MergedInto != "P2" || inc.Uncounted() != "merged" {
		t.Errorf("status %s (%s) into %q, want merged (resolved) into P2, not counted", inc.Status, inc.StatusRaw, inc.MergedInto)
	}
	if at := moment(d, incident.ResolvedAt); at != "" {
		t.Errorf("resolved at %s, want never: a merge resolves nothing", at)
	}
}

func TestReopened(t *testing.T) {
	log := []object{pagerdutytest.Entry("R1", "trigger", clock("10:00:00"), pagerdutytest.User(1), nil), pagerdutytest.Entry("R2", "resolve", clock("10:10:00"), pagerdutytest.User(1), nil)}
	open := object{"status": "acknowledged", "last_status_change_at": clock("10:30:00")}
	for _, tc := range []struct {
		name string
		log  []object
		want string
	}{
		{"by an entry of its own", []object{pagerdutytest.Entry("R3", "reopen", clock("10:20:00"), pagerdutytest.User(1), nil), pagerdutytest.Entry("R4", "acknowledge", clock("10:30:00"), pagerdutytest.User(1), nil)},
			"10:00:00 triggered, 10:10:00 resolved, 10:20:00 triggered, 10:30:00 acknowledged"},
		{"by a trigger", []object{pagerdutytest.Entry("R3", "trigger", clock("10:20:00"), pagerdutytest.User(1), nil), pagerdutytest.Entry("R4", "acknowledge", clock("10:30:00"), pagerdutytest.User(1), nil)},
			"10:00:00 triggered, 10:10:00 resolved, 10:20:00 triggered, 10:30:00 acknowledged"},
		{"only told by the record", nil, "10:00:00 triggered, 10:10:00 resolved, 10:30:00 acknowledged"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, pagerdutytest.Incident("P1", 7, clock("10:00:00"), open), slices.Concat(log, tc.log)...)
			if statuses(d) != tc.want || *d.Incident.Reopened != 1 || moment(d, incident.ResolvedAt) != "" {
				t.Errorf("segments %s, reopened %d, resolved %q; want %s, once, not resolved", statuses(d), *d.Incident.Reopened, moment(d, incident.ResolvedAt), tc.want)
			}
		})
	}
}

// Further events of an acknowledged incident trigger it in the log again, which changes nothing.
func TestRepeatedTriggers(t *testing.T) {
	d := mapped(t, pagerdutytest.Incident("P1", 7, clock("10:00:00"), object{"status": "acknowledged"}),
		pagerdutytest.Entry("R1", "trigger", clock("10:00:00"), pagerdutytest.Ref("service", "PSVC1", "Billing"), nil), pagerdutytest.Entry("R2", "acknowledge", clock("10:05:00"), pagerdutytest.User(1), nil),
		pagerdutytest.Entry("R3", "trigger", clock("10:06:00"), pagerdutytest.Ref("service", "PSVC1", "Billing"), nil))
	if want := "10:00:00 triggered, 10:05:00 acknowledged"; statuses(d) != want {
		t.Errorf("segments %s, want %s", statuses(d), want)
	}
	if d.Timeline[0].Kind != incident.EventCreated || d.Timeline[2].Kind != incident.EventOther {
		t.Errorf("kinds %s and %s, want created once and other", d.Timeline[0].Kind, d.Timeline[2].Kind)
	}
}

func TestSeverity(t *testing.T) {
	for _, tc := range []struct {
		name     string
		priority any
		urgency  string
		want     incident.Severity
		warnings int
	}{
		{"priority", pagerdutytest.Ref("priority", "PP", "P1"), "low", incident.Sev1, 0},
		{"no priority, high urgency", nil, "high", incident.Sev2, 0},
		{"no priority, low urgency", nil, "low", incident.Sev4, 0},
		{"a priority of the account's own", pagerdutytest.Ref("priority", "PP", "Meltdown"), "high", incident.SevUnknown, 1},
		{"an urgency that is new", nil, "severity_based", incident.SevUnknown, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, pagerdutytest.Incident("P1", 7, clock("10:00:00"), object{"priority": tc.priority, "urgency": tc.urgency}))
			if d.Incident.Severity != tc.want || d.Incident.UrgencyRaw != tc.urgency || len(d.Warnings) != tc.warnings {
				t.Errorf("severity %d, urgency %q, warnings %+v; want %d, %q, %d", d.Incident.Severity, d.Incident.UrgencyRaw, d.Warnings, tc.want, tc.urgency, tc.warnings)
			}
		})
	}
}

func TestAttributes(t *testing.T) {
	d := mapped(t, pagerdutytest.Incident("P1", 7, "2024-03-01T11:00:00+01:00", object{
		"conference_bridge":    object{"conference_number": "+1-555-0100", "conference_url": "https://call.example.com/7"},
		"teams":                []any{pagerdutytest.Ref("team", "PT1", "Payments"), pagerdutytest.Ref("team", "PT2", "Platform")},
		"assignments":          []any{object{"at": clock("10:00:00"), "assignee": pagerdutytest.User(3)}},
		"incidents_responders": []any{object{"state": "joined", "user": pagerdutytest.User(2)}, object{"state": "declined", "user": pagerdutytest.User(0)}},
	}), pagerdutytest.Entry("R1", "trigger", clock("10:00:00"), pagerdutytest.Ref("service", "PSVC1", "Billing"), object{
		"channel": object{"type": "api", "details": object{"depth": 9000}}, "contexts": []any{object{"type": "link", "href": "https://graphs.example.com/q", "text": "Depth"},
			object{"type": "link", "href": "javascript:alert(1)"}}}),
		pagerdutytest.Entry("R2", "annotate", clock("10:02:00"), pagerdutytest.User(1), object{"channel": object{"type": "note", "summary": "Restarted one\nconsumer"}}))
	inc := d.Incident
	if inc.Number != "#7" || inc.URL != "https://example.pagerduty.com/incidents/P1" || d.Team != "Payments" || inc.Description != `{"depth":9000}` {
		t.Errorf("number %q, URL %q, team %q, description %q", inc.Number, inc.URL, d.Team, inc.Description)
	}
	if moment(d, incident.Opened) != "10:00:00" || !inc.ExternalCreatedAt.Equal(importertest.Moment(clock("10:00:00"))) {
		t.Errorf("opened at %s, want 10:00:00 UTC", moment(d, incident.Opened))
	}
	wantLinks := []incident.Link{{Kind: "call", URL: "https://call.example.com/7", Title: "Conference bridge"}, {Kind: "dashboard", URL: "https://graphs.example.com/q", Title: "Depth"}}
	if !reflect.DeepEqual(inc.Links, wantLinks) || len(d.Warnings) != 1 {
		t.Errorf("links %+v, warnings %+v; want %+v and a warning about the script", inc.Links, d.Warnings, wantLinks)
	}
	if note := d.Timeline[1]; note.Kind != incident.EventNote || note.Text != "Restarted one\nconsumer" || note.Actor != "Responder One" {
		t.Errorf("note %+v", note)
	}
	for _, want := range []string{"{Responder One responder", "{Responder Three assignee", "{Responder Two responder"} {
		if got := strings.ReplaceAll(fmt.Sprint(inc.People), "{ ", "{"); !strings.Contains(got, want) {
			t.Errorf("people %s lack %s", got, want)
		}
	}
}

// Nulls everywhere, unknown words and times of no calendar: a draft or a reason, never a panic.
func TestOddRecords(t *testing.T) {
	nulls := pagerdutytest.Incident("P1", 7, clock("10:00:00"), nil)
	for key := range nulls {
		if key != "id" {
			nulls[key] = nil
		}
	}
	if d := mapped(t, nulls); d.Incident.Title != "(no title)" || d.Incident.Status != incident.StatusUnknown || len(d.Incident.Milestones) != 0 {
		t.Errorf("of nulls alone came %+v", d.Incident)
	}
	d := mapped(t, pagerdutytest.Incident("P1", 7, clock("10:00:00"), object{"status": "paused"}), pagerdutytest.Entry("R1", "sing", "yesterday", pagerdutytest.User(1), nil), pagerdutytest.Entry("R2", "sing", clock("10:00:00"), pagerdutytest.User(1), nil))
	if d.Incident.Status != incident.StatusUnknown || d.Incident.StatusRaw != "paused" || len(d.Timeline) != 1 || len(d.Warnings) != 2 {
		t.Errorf("status %s, %d events, warnings %+v; want unknown, 1, and warnings of the word and of the time", d.Incident.Status, len(d.Timeline), d.Warnings)
	}
	for name, body := range map[string]string{
		"created_at": `{"incident":{"id":"P1","title":"x","created_at":"31/31/2024"}}`,
		"incident":   `{"log_entries":[]}`,
		"":           `[]`,
	} {
		_, err := mapIncident(incident.Raw{ExternalID: "P1", Body: []byte(body)}, importers.Config{})
		if e, ok := err.(*importers.MapError); !ok || e.Field != name {
			t.Errorf("mapping %s gave %v, want a MapError of %q", body, err, name)
		}
	}
}

// Parts add up in any order and any number of times.
func TestCombine(t *testing.T) {
	inc := pagerdutytest.Incident("P1", 7, clock("10:00:00"), nil)
	parts := []record{
		{Incident: raw(inc), Log: []json.RawMessage{raw(pagerdutytest.Entry("R2", "acknowledge", clock("10:05:00"), pagerdutytest.User(1), nil))}},
		{Incident: raw(importertest.With(inc, object{"updated_at": clock("10:09:00")})), Log: []json.RawMessage{raw(pagerdutytest.Entry("R1", "trigger", clock("10:00:00"), pagerdutytest.User(1), nil))}},
		{Incident: raw(importertest.With(inc, object{"status": "resolved"})), Details: raw(inc), Alerts: []json.RawMessage{raw(object{"id": "A", "status": "triggered"}), []byte(`"odd"`)}},
		{Incident: raw(inc), Alerts: []json.RawMessage{raw(object{"id": "A", "status": "resolved"})}},
	}
	want := ""
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2, 2, 1}, {2, 0, 3, 1, 0}} {
		var sum []byte
		for _, i := range order {
			rec, err := parts[i].as("P1")
			if err != nil {
				t.Fatal(err)
			}
			if sum == nil {
				sum = rec.Body
				continue
			}
			if sum, err = combine(sum, rec.Body); err != nil {
				t.Fatal(err)
			}
		}
		if want == "" {
			want = string(sum)
		}
		if string(sum) != want {
			t.Errorf("in the order %v the parts add up to %s, want %s", order, sum, want)
		}
	}
	var r record
	if err := json.Unmarshal([]byte(want), &r); err != nil || len(r.Log) != 2 || len(r.Alerts) != 2 || !strings.Contains(string(r.Incident), clock("10:09:00")) || !strings.Contains(string(r.Alerts[1]), "resolved") {
		t.Errorf("the sum is %s, want both log entries, the resolved alert and the newer incident", want)
	}
}

func FuzzMap(f *testing.F) {
	r := record{Incident: raw(pagerdutytest.Incident("P1", 7, clock("10:00:00"), object{"priority": pagerdutytest.Ref("priority", "PP", "P1")})),
		Details: raw(object{"custom_fields": []any{object{"name": "a", "value": 1}}, "conference_bridge": object{"conference_url": "https://x.example.com"}}),
		Log:     []json.RawMessage{raw(pagerdutytest.Entry("R1", "trigger", clock("10:00:00"), pagerdutytest.User(1), nil)), raw(pagerdutytest.Entry("R2", "resolve", clock("10:00:00"), pagerdutytest.User(1), nil))},
		Alerts:  []json.RawMessage{raw(object{"id": "A", "created_at": clock("09:59:00"), "summary": "s"})}}
	body, _ := r.encode()
	f.Add(body)
	f.Add([]byte(`{"incident":{"created_at":"0001-01-01T00:00:00Z","title":"\u202e\u0000"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if combined, err := combine(body, body); err == nil {
			if again, err := combine(combined, body); err != nil || string(again) != string(combined) {
				t.Errorf("combined again: %s, %v; want %s", again, err, combined)
			}
		}
		h := importertest.Haul{Source: Source(), Records: map[string]importers.Record{incidents + "/P1": {ExternalID: "P1", Body: body}}}
		if _, err := mapIncident(incident.Raw{ExternalID: "P1", Body: body}, importers.Config{}); err == nil {
			h.Draft(t, incidents, "P1")
		}
	})
}
