package firehydrant

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func mapped(t testing.TB, body []byte, mapping string) importers.Draft {
	t.Helper()
	return importertest.Mapped(t, Source(), config("https://api.example.com"), body, mapping)
}

// own says what a team's own milestone stands for.
const own = `{"status":{"customers_fine":"mitigated"},"fields":{"mitigated":"customers_fine"}}`

func TestIncident(t *testing.T) {
	d := mapped(t, importertest.File(t, "synthetic_incident.json"), own)
	inc := d.Incident
	importertest.Equal(t, "head", []any{inc.Ref.ExternalID, inc.Number, inc.URL, inc.Title, inc.Private, inc.Kind, d.Team, inc.Description},
		[]any{"aaaaaaaa-1111-4000-8000-00000000002a", "#42", "https://app.example.com/incidents/42", "Checkout answers 503", true, incident.Real, "Shop", "Card payments **fail**."})
	importertest.Equal(t, "status by its phase", []any{inc.Status, inc.StatusRaw, inc.Severity, inc.SeverityRaw, inc.PriorityRaw}, []any{incident.Resolved, "retro_written", incident.Sev2, "SEV2", "P1"})
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.ImpactStarted: importertest.Clock(0, 45), incident.Detected: importertest.Clock(0, 50), incident.Opened: importertest.Clock(1, 0).Add(250 * time.Millisecond), incident.Acked: importertest.Clock(1, 5),
		incident.MitigatedAt: importertest.Clock(3, 30), incident.ResolvedAt: importertest.Clock(7, 0), incident.ClosedAt: {},
	} {
		importertest.Equal(t, string(name), inc.Milestones.At(name), want)
	}
	importertest.Equal(t, "reopened, which is not told", inc.Reopened, nil)
	var segments []string
	for _, s := range inc.Segments {
		segments = append(segments, fmt.Sprintf("%s %s", s.From.Format("15:04"), s.Status))
	}
	importertest.Equal(t, "segments", segments, []string{"01:00 triggered", "01:05 acknowledged", "01:10 investigating", "03:30 mitigated", "07:00 resolved"})
	var events []string
	for _, e := range d.Timeline {
		events = append(events, fmt.Sprintf("%s %s %s: %s", e.At.Format("15:04"), e.Kind, e.Actor, e.Text))
	}
	importertest.Equal(t, "timeline", events, []string{"01:00 created Responder Three: Created", "01:20 note Responder One: Pool is exhausted", "02:00 note Responder Two: Rollback started",
		"02:30 other Responder Two: incident restriction", "07:00 status_changed Responder Two: bulk milestone update"})
	importertest.Equal(t, "people", inc.People, []incident.Participation{{Name: "Responder Three", Role: "reporter"}, {Name: "Responder One", Role: "commander"}, {Name: "Responder Two", Role: "responder"}})
	importertest.Equal(t, "services", inc.Services, []incident.ServiceUse{{Name: "Checkout", Role: "affected"}, {Name: "Payments", Role: "affected"}})
	var links []string
	for _, l := range inc.Links {
		links = append(links, l.Kind+" "+l.URL+" "+l.Title)
	}
	importertest.Equal(t, "links", links, []string{"chat https://example.slack.com/archives/C0SYNTH inc-42", "call https://meet.example.com/42 Bridge", "postmortem https://docs.example.com/retro-42 Retrospective 42",
		"same_as https://status.example.com/incidents/42 Public status", "same_as https://jira.example.com/browse/OPS-7 OPS-7"})
	importertest.Equal(t, "actions", inc.Actions, []incident.ActionItem{{Title: "Alert on pool use", Owner: "Responder Two", URL: "https://jira.example.com/browse/OPS-8", Due: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), State: "open"},
		{Title: "Raise the limit", State: "done"}})
	importertest.Equal(t, "custom values", inc.Custom, []incident.CustomValue{{Name: "Further teams", Value: "Platform"}, {Name: "Environments", Value: "Production"}, {Name: "Functionalities", Value: "Pay by card"},
		{Name: "Customer impact", Value: "No card can be charged"}, {Name: "Summary", Value: "Cards failed for two hours."}, {Name: "Customers impacted", Value: "120"}, {Name: "label jurisdiction", Value: "eu"},
		{Name: "Duration: Time to acknowledge", Value: "PT20M"}, {Name: "Region", Value: "EU, US"}})
	importertest.Equal(t, "retrospective", *d.Retrospective, incident.Retrospective{Title: "Looking back at 42", State: "imported", Sections: []incident.Section{
		{Slug: "summary", Title: "Summary", Body: "A pool was too small."}, {Slug: "what-went-well", Title: "What went well?", Body: "The rollback"}, {Slug: "details", Title: "Details", Body: "More to come"}}})
	importertest.Equal(t, "warnings", len(d.Warnings), 0)
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
			warned := importertest.Warned(d)
			importertest.Equal(t, "status, severity, kind, impact start, resolved and warning", []string{string(d.Incident.Status), d.Incident.Severity.String(), string(d.Incident.Kind), importertest.Stated(d, incident.ImpactStarted), importertest.Stated(d, incident.ResolvedAt), warned},
				[]string{tc.status, tc.severity, tc.kind, tc.started, tc.resolved, tc.warning})
		})
	}
}

func TestRefusedRecords(t *testing.T) {
	importertest.Refused(t, Source(), config("https://api.example.com"), `{`, `[]`, `{}`, `{"incident":null}`, `{"incident":{"id":" "}}`)
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
	f.Add(importertest.File(f, "synthetic_incident.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		cfg := config("https://api.example.com")
		cfg.Mapping = json.RawMessage(own)
		importertest.Mappable(t, Source(), collection, cfg, importers.Record{ExternalID: "1", Body: body})
	})
}
