package firehydrant

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// mapped maps a body with a mapping.
func mapped(t testing.TB, body []byte, mapping string) importers.Draft {
	t.Helper()
	cfg := config("https://api.example.com")
	cfg.Mapping = json.RawMessage(mapping)
	h := importertest.Haul{Source: Source(), Config: cfg, Records: map[string]importers.Record{collection + "/1": {ExternalID: "1", Body: body}}}
	return h.Draft(t, collection, "1")
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s = %q, want %q", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

func clock(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }

// own says what a team's own milestone stands for.
const own = `{"status":{"customers_fine":"mitigated"},"fields":{"mitigated":"customers_fine"}}`

func TestIncident(t *testing.T) {
	d := mapped(t, file(t, "synthetic_incident.json"), own)
	inc := d.Incident
	equal(t, "head", []any{inc.Ref.ExternalID, inc.Number, inc.URL, inc.Title, inc.Private, inc.Kind, d.Team, inc.Description},
		[]any{"aaaaaaaa-1111-4000-8000-00000000002a", "#42", "https://app.example.com/incidents/42", "Checkout answers 503", true, incident.Real, "Shop", "Card payments **fail**."})
	equal(t, "status by its phase", []any{inc.Status, inc.StatusRaw, inc.Severity, inc.SeverityRaw, inc.PriorityRaw}, []any{incident.Resolved, "retro_written", incident.Sev2, "SEV2", "P1"})
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.ImpactStarted: clock(0, 45), incident.Detected: clock(0, 50), incident.Opened: clock(1, 0).Add(250 * time.Millisecond), incident.Acked: clock(1, 5),
		incident.MitigatedAt: clock(3, 30), incident.ResolvedAt: clock(7, 0), incident.ClosedAt: {},
	} {
		equal(t, string(name), inc.Milestones.At(name), want)
	}
	equal(t, "reopened, which is not told", inc.Reopened, nil)
	var segments []string
	for _, s := range inc.Segments {
		segments = append(segments, fmt.Sprintf("%s %s", s.From.Format("15:04"), s.Status))
	}
	equal(t, "segments", segments, []string{"01:00 triggered", "01:05 acknowledged", "01:10 investigating", "03:30 mitigated", "07:00 resolved"})
	var events []string
	for _, e := range d.Timeline {
		events = append(events, fmt.Sprintf("%s %s %s: %s", e.At.Format("15:04"), e.Kind, e.Actor, e.Text))
	}
	equal(t, "timeline", events, []string{"01:00 created Responder Three: Created", "01:20 note Responder One: Pool is exhausted", "02:00 note Responder Two: Rollback started",
		"02:30 other Responder Two: incident restriction", "07:00 status_changed Responder Two: bulk milestone update"})
	equal(t, "people", inc.People, []incident.Participation{{Name: "Responder Three", Role: "reporter"}, {Name: "Responder One", Role: "commander"}, {Name: "Responder Two", Role: "responder"}})
	equal(t, "services", inc.Services, []incident.ServiceUse{{Name: "Checkout", Role: "affected"}, {Name: "Payments", Role: "affected"}})
	var links []string
	for _, l := range inc.Links {
		links = append(links, l.Kind+" "+l.URL+" "+l.Title)
	}
	equal(t, "links", links, []string{"chat https://example.slack.com/archives/C0SYNTH inc-42", "call https://meet.example.com/42 Bridge", "postmortem https://docs.example.com/retro-42 Retrospective 42",
		"same_as https://status.example.com/incidents/42 Public status", "same_as https://jira.example.com/browse/OPS-7 OPS-7"})
	equal(t, "actions", inc.Actions, []incident.ActionItem{{Title: "Alert on pool use", Owner: "Responder Two", URL: "https://jira.example.com/browse/OPS-8", Due: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), State: "open"},
		{Title: "Raise the limit", State: "done"}})
	equal(t, "custom values", inc.Custom, []incident.CustomValue{{Name: "Further teams", Value: "Platform"}, {Name: "Environments", Value: "Production"}, {Name: "Functionalities", Value: "Pay by card"},
		{Name: "Customer impact", Value: "No card can be charged"}, {Name: "Summary", Value: "Cards failed for two hours."}, {Name: "Customers impacted", Value: "120"}, {Name: "label jurisdiction", Value: "eu"},
		{Name: "Duration: Time to acknowledge", Value: "PT20M"}, {Name: "Region", Value: "EU, US"}})
	equal(t, "retrospective", *d.Retrospective, incident.Retrospective{Title: "Looking back at 42", State: "imported", Sections: []incident.Section{
		{Slug: "summary", Title: "Summary", Body: "A pool was too small."}, {Slug: "what-went-well", Title: "What went well?", Body: "The rollback"}, {Slug: "details", Title: "Details", Body: "More to come"}}})
	equal(t, "warnings", len(d.Warnings), 0)
}

func TestOddIncidents(t *testing.T) {
	for _, tc := range []struct{ name, fields, words, status, severity, kind, started, resolved, warning string }{
		{"nulls everywhere", `"name":"x","current_milestone":null,"severity":null,"priority":null,"lifecycle_phases":null,"milestones":null,"tag_list":null,"labels":null,"services":null`, "", "unknown", "unset", "real", "", "", ""},
		{"values of other shapes", `"name":7,"current_milestone":[],"severity":{},"lifecycle_phases":[7],"milestones":{},"tag_list":"a","services":{},"number":"x"`, "", "unknown", "unset", "real", "", "", "name"},
		{"a milestone in no map and no phase", `"name":"x","current_milestone":"asleep"`, "", "unknown", "unset", "real", "", "", "current_milestone"},
		{"which the mapping knows", `"name":"x","current_milestone":"asleep"`, `{"status":{"asleep":"mitigated"}}`, "mitigated", "unset", "real", "", "", ""},
		{"the older list of milestones", `"name":"x","current_milestone":"resolved","milestones":[{"type":"resolved","occurred_at":"2026-04-01T11:00:00Z"}]`, "", "resolved", "unset", "real", "", "2026-04-01T11:00:00Z", ""},
		{"a game day", `"name":"x","current_milestone":"investigating","severity":"GAMEDAY"`, "", "investigating", "unset", "drill", "", "", ""},
		{"maintenance by its severity", `"name":"x","current_milestone":"started","severity":"MAINTENANCE"`, "", "triggered", "unset", "maintenance", "", "", ""},
		{"a drill by its tag", `"name":"x","current_milestone":"started","severity":"SEV1","tag_list":["drill"]`, "", "triggered", "SEV1", "drill", "", "", ""},
		{"a priority alone", `"name":"x","current_milestone":"started","severity":"UNSET","priority":"P2"`, "", "triggered", "SEV2", "real", "", "", ""},
		{"started when it was opened", `"name":"x","current_milestone":"started","started_at":"2026-04-01T10:00:00Z","milestones":[{"type":"started","occurred_at":"2026-04-01T10:00:01Z"}]`, "", "triggered", "unset", "real", "", "", ""},
		{"started before", `"name":"x","current_milestone":"started","started_at":"2026-04-01T09:00:00Z"`, "", "triggered", "unset", "real", "2026-04-01T09:00:00Z", "", ""},
		{"resolved once, open again", `"name":"x","current_milestone":"investigating","milestones":[{"type":"resolved","occurred_at":"2026-04-01T11:00:00Z"}]`, "", "investigating", "unset", "real", "", "", ""},
		{"an odd date", `"name":"x","current_milestone":"resolved","milestones":[{"type":"resolved","occurred_at":"tomorrow"}]`, "", "resolved", "unset", "real", "", "", "milestone resolved"},
		{"resolved before it was opened", `"name":"x","current_milestone":"resolved","milestones":[{"type":"resolved","occurred_at":"2026-03-01T11:00:00Z"}]`, "", "resolved", "unset", "real", "", "2026-03-01T11:00:00Z", "milestone resolved"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, fmt.Appendf(nil, `{"incident":{"id":"a","created_at":"2026-04-01T10:00:00Z",%s}}`, tc.fields), tc.words)
			warned := ""
			if len(d.Warnings) > 0 {
				warned = d.Warnings[0].Field
			}
			equal(t, "status, severity, kind, impact start, resolved and warning", []string{string(d.Incident.Status), d.Incident.Severity.String(), string(d.Incident.Kind), told(d, incident.ImpactStarted), told(d, incident.ResolvedAt), warned},
				[]string{tc.status, tc.severity, tc.kind, tc.started, tc.resolved, tc.warning})
		})
	}
}

func told(d importers.Draft, name incident.MilestoneName) string {
	if at := d.Incident.Milestones.At(name); !at.IsZero() {
		return at.Format(time.RFC3339)
	}
	return ""
}

func TestRefusedRecords(t *testing.T) {
	for _, text := range []string{`{`, `[]`, `{}`, `{"incident":null}`, `{"incident":{"id":" "}}`} {
		_, err := mapIncident(incident.Raw{Body: []byte(text)}, config("https://api.example.com"))
		var wrong *importers.MapError
		if !errors.As(err, &wrong) {
			t.Errorf("map %s: %v, want a *MapError", text, err)
		}
	}
}

func TestHook(t *testing.T) {
	sign := func(body string) http.Header {
		mac := hmac.New(sha256.New, []byte("s3cret"))
		mac.Write([]byte(body))
		return http.Header{http.CanonicalHeaderKey("fh-signature"): {hex.EncodeToString(mac.Sum(nil))}}
	}
	for _, tc := range []struct{ name, body, want string }{
		{"an incident", `{"data":{"incident":{"id":"a","name":"x"}},"event":{"operation":"UPDATED","resource_type":"incident"}}`, "a"},
		{"a change event", `{"data":{"change_event":{"id":"c"}},"event":{"operation":"CREATED","resource_type":"change_event"}}`, ""},
	} {
		d := importers.Delivery{Header: sign(tc.body), Body: []byte(tc.body)}
		if _, err := verify(d, []string{"old", "s3cret"}); err != nil {
			t.Errorf("%s: verify = %v", tc.name, err)
		}
		if _, err := verify(importers.Delivery{Header: d.Header, Body: []byte(tc.body + " ")}, []string{"s3cret"}); !errors.Is(err, importers.ErrForged) {
			t.Errorf("%s: verify of another body = %v, want ErrForged", tc.name, err)
		}
		news, err := readHook(d, importers.Config{})
		got := ""
		if len(news) > 0 {
			got = news[0].ID
		}
		if err != nil || got != tc.want {
			t.Errorf("%s: news of %q, %v, want %q", tc.name, got, err, tc.want)
		}
	}
	if _, err := readHook(importers.Delivery{Body: []byte(`[`)}, importers.Config{}); err == nil {
		t.Error("a body that is no JSON was read")
	}
}

func FuzzMap(f *testing.F) {
	f.Add(file(f, "synthetic_incident.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		cfg := config("https://api.example.com")
		cfg.Mapping = json.RawMessage(own)
		_, err := mapIncident(incident.Raw{Body: body}, cfg)
		var wrong *importers.MapError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("map: %v, want a *MapError", err)
		}
		if err == nil {
			mapped(t, body, own)
		}
	})
}
