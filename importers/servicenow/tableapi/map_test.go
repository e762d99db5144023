package tableapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/servicenow/tableapi/tableapitest"
	"hindsight/incident"
)

// mapped maps a body of a collection.
func mapped(t testing.TB, collection string, body []byte, words string) importers.Draft {
	t.Helper()
	cfg := tableapitest.Upstream.Config("https://example.service-now.com")
	cfg.Mapping = json.RawMessage(words)
	h := importertest.Haul{Source: Source(), Config: cfg, Records: map[string]importers.Record{collection + "/1": {ExternalID: "1", Body: body}}}
	return h.Draft(t, collection, "1")
}

func utcTime(day, hour, minute int) time.Time {
	return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC)
}

func TestIncident(t *testing.T) {
	d := mapped(t, incidents, importertest.File(t, "synthetic_incident.json"), `{"fields":{"impact_started":"u_impact_began"}}`)
	inc := d.Incident
	importertest.Equal(t, "number and address", []string{inc.Number, inc.URL}, []string{"INC0010023", "https://example.service-now.com/incident.do?sys_id=a0000000000000000000000000000001"})
	importertest.Equal(t, "status", []any{inc.Status, inc.StatusRaw}, []any{incident.Closed, "Geschlossen"})
	importertest.Equal(t, "severity", []any{inc.Severity, inc.PriorityRaw, inc.SeverityRaw, inc.UrgencyRaw}, []any{incident.Sev1, "1 - Kritisch", "3 - Niedrig", "1 - Hoch"})
	importertest.Equal(t, "problem, parent", []any{inc.KnownProblem, inc.Parent}, []any{"PRB0000007", incident.ID("a0000000000000000000000000000009")})
	importertest.Equal(t, "description", inc.Description, "All card payments\n<script>")
	importertest.Equal(t, "services", inc.Services, []incident.ServiceUse{{Name: "Checkout", Role: "affected"}, {Name: "checkout-eu", Role: "affected"}})
	importertest.Equal(t, "team", d.Team, "Payments")
	importertest.Equal(t, "reopened", *inc.Reopened, 1)
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.ImpactStarted: utcTime(2, 0, 45), incident.Opened: utcTime(2, 1, 0), incident.Acked: utcTime(2, 1, 10),
		incident.ResolvedAt: utcTime(2, 5, 0), // by the history: resolved_at is of before the reopening
		incident.ClosedAt:   utcTime(3, 8, 0), incident.MitigatedAt: {},
	} {
		importertest.Equal(t, string(name), inc.Milestones.At(name), want)
	}
	var people, events, segments []string
	for _, p := range inc.People {
		people = append(people, p.Role+" "+p.Name)
	}
	for _, e := range d.Timeline {
		events = append(events, string(e.Kind)+" "+e.Text)
	}
	for _, s := range inc.Segments {
		segments = append(segments, s.From.Format("15:04 ")+string(s.Status))
	}
	importertest.Equal(t, "people", people, []string{"reporter Reporter One", "author Reporter One", "assignee Responder Two", "resolver Responder Two"})
	importertest.Equal(t, "timeline", events, []string{"created Opened", "assigned assigned_to: Responder Two", "status_changed state: 1 → 2", "note We look & tell",
		"resolved state: 2 → 6", "reopened state: 6 → 2", "resolved state: 2 → 6", "status_changed state: 6 → 7"})
	importertest.Equal(t, "segments", segments, []string{"01:00 triggered", "01:10 investigating", "03:00 resolved", "04:00 investigating", "05:00 resolved", "08:00 closed"})
	no := false
	importertest.Equal(t, "service levels", inc.SLA, []incident.SLACycle{{Goal: "resolution", Name: "P1 resolution", Start: time.Date(2026, 3, 2, 1, 0, 5, 0, time.UTC), Stop: utcTime(2, 3, 0), Target: 2 * time.Hour, Breached: &no}})
	importertest.Equal(t, "link to the change", inc.Links[0], incident.Link{Kind: "change", URL: "https://example.service-now.com/change_request.do?sys_id=f0000000000000000000000000000042", Title: "caused by CHG0000042"})
	importertest.Equal(t, "retrospective", *d.Retrospective, incident.Retrospective{Title: "PRB0000007 Pool too small", State: "imported", Authors: []string{"Responder Three"},
		Sections: []incident.Section{{Slug: "factors", Title: "Cause", Body: "The pool holds ten connections"}, {Slug: "resolution", Title: "Fix", Body: "Fifty now"}}})
	if !slices.Contains(inc.Custom, incident.CustomValue{Name: "u_region", Value: "Nordeuropa"}) || slices.ContainsFunc(inc.Custom, func(c incident.CustomValue) bool { return c.Name == "work_notes" || c.Name == "u_impact_began" }) {
		t.Errorf("custom values are %v, want the region, and neither work notes nor what is a milestone", inc.Custom)
	}
	importertest.Equal(t, "warnings", len(d.Warnings), 0)
}

func TestOddIncidents(t *testing.T) {
	for _, tc := range []struct{ name, row, words, status, merged, warning string }{
		{"bare values instead of pairs", `"number":"INC1","short_description":"x","state":"2","priority":"3","opened_at":"2026-03-02 01:00:00"`, "", "investigating", "", ""},
		{"nulls everywhere", `"number":null,"short_description":null,"state":null,"priority":null,"assigned_to":null,"opened_at":null,"sys_updated_on":null`, "", "unknown", "", "short_description"},
		{"values of other shapes", `"number":7,"short_description":[],"state":{"value":["2"]},"assigned_to":{"value":{"x":1}}`, "", "unknown", "", "short_description"},
		{"a state of this instance alone", `"short_description":"x","state":{"value":"18","display_value":"Awaiting Parts"}`, "", "unknown", "", "state"},
		{"which the mapping knows by its value", `"short_description":"x","state":{"value":"18","display_value":"Awaiting Parts"}`, `{"status":{"18":"mitigated"}}`, "mitigated", "", ""},
		{"which the mapping knows by its label", `"short_description":"x","state":{"value":"18","display_value":"Awaiting Parts"}`, `{"status":{"Awaiting Parts":"mitigated"}}`, "mitigated", "", ""},
		{"closed as a duplicate of its parent", `"short_description":"x","state":"7","close_code":"Duplicate","parent_incident":"p9"`, "", "merged", "p9", ""},
		{"closed, and duplicates another", `"short_description":"x","state":"7","duplicate_of":{"value":"d9","display_value":"INC9"},"closed_at":"2026-03-02 05:00:00"`, "", "merged", "d9", ""},
		{"open, though it duplicates another", `"short_description":"x","state":"2","duplicate_of":"d9"`, "", "investigating", "", ""},
		{"an old instance", `"short_description":"x","incident_state":"6","resolved_at":"2026-03-02 05:00:00"`, "", "resolved", "", ""},
		{"a time that is none", `"short_description":"x","state":"6","resolved_at":"yesterday"`, "", "resolved", "", "resolved_at"},
		{"resolved before it was opened", `"short_description":"x","state":"6","opened_at":"2026-03-02 05:00:00","resolved_at":"2026-03-02 04:00:00"`, "", "resolved", "", "resolved_at"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, incidents, fmt.Appendf(nil, `{"incident":{"sys_id":"a1",%s},"task_sla":null,"sys_audit":[7,{"fieldname":"state"}]}`, tc.row), tc.words)
			importertest.Equal(t, "status", string(d.Incident.Status), tc.status)
			importertest.Equal(t, "merged into", string(d.Incident.MergedInto), tc.merged)
			warned := ""
			if len(d.Warnings) > 0 {
				warned = d.Warnings[0].Field
			}
			importertest.Equal(t, "first warning", warned, tc.warning)
		})
	}
}

// TestAssigned takes the first assignment to a person for the acknowledgement where the state went from new to
// resolved at once.
func TestAssigned(t *testing.T) {
	d := mapped(t, incidents, []byte(`{"incident":{"sys_id":"a1","short_description":"x","state":"6","opened_at":"2026-03-02 01:00:00"},"sys_audit":[
		{"fieldname":"assigned_to","oldvalue":"","newvalue":"d1","sys_created_on":"2026-03-02 01:07:00"},
		{"fieldname":"state","oldvalue":"1","newvalue":"6","sys_created_on":"2026-03-02 02:00:00"}]}`), "")
	importertest.Equal(t, "acknowledged", d.Incident.Milestones.At(incident.Acked), utcTime(2, 1, 7))
	importertest.Equal(t, "resolved", d.Incident.Milestones.At(incident.ResolvedAt), utcTime(2, 2, 0))
}

func TestChange(t *testing.T) {
	for _, tc := range []struct {
		name, row string
		want      incident.ChangeResult
		started   time.Time
	}{
		{"done", `"state":"3","close_code":"successful","work_start":"2026-03-02 01:00:00","start_date":"2026-03-02 00:00:00"`, incident.ChangeSucceeded, utcTime(2, 1, 0)},
		{"failed", `"state":"3","close_code":"unsuccessful","work_start":"2026-03-02 01:00:00"`, incident.ChangeFailed, utcTime(2, 1, 0)},
		{"planned", `"state":"-2","start_date":"2026-03-02 00:00:00"`, incident.ChangeRunning, utcTime(2, 0, 0)},
		{"canceled", `"state":"4","start_date":"2026-03-02 00:00:00"`, incident.ChangeCanceled, utcTime(2, 0, 0)},
		{"closed without saying how", `"state":"3","start_date":"2026-03-02 00:00:00"`, incident.ChangeResultUnknown, utcTime(2, 0, 0)},
	} {
		c := mapped(t, changes, fmt.Appendf(nil, `{"sys_id":"c1","number":"CHG1",%s}`, tc.row), "").Change
		if c.Result != tc.want || !c.StartedAt.Equal(tc.started) {
			t.Errorf("%s: %s at %v, want %s at %v", tc.name, c.Result, c.StartedAt, tc.want, tc.started)
		}
	}
}

func TestRefusedQueries(t *testing.T) {
	for _, query := range []string{"active=true^NQpriority=1", "priority=1^ORDERBYnumber"} {
		cfg := tableapitest.Upstream.Config("https://example.service-now.com")
		cfg.Settings["query"] = query
		var wrong *incident.FieldError
		if err := Source().Validate(cfg); !errors.As(err, &wrong) || wrong.Field != "query" {
			t.Errorf("the query %q gave %v, want an error about it", query, err)
		}
	}
}

func FuzzMap(f *testing.F) {
	f.Add(importertest.File(f, "synthetic_incident.json"))
	f.Add([]byte(`{"sys_id":"c1","number":"CHG1","state":"3","work_start":"2026-03-02 01:00:00"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range Source().Collections {
			_, err := c.Map(incident.Raw{Body: body}, tableapitest.Upstream.Config("https://example.service-now.com"))
			var wrong *importers.MapError
			if err != nil && !errors.As(err, &wrong) {
				t.Fatalf("map %s: %v, want a *MapError", c.Name, err)
			}
			if err == nil {
				mapped(t, c.Name, body, "")
			}
		}
	})
}
