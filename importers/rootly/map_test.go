package rootly

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
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

func TestIncident(t *testing.T) {
	d := mapped(t, importertest.File(t, "synthetic_incident.json"), "")
	inc := d.Incident
	importertest.Equal(t, "head", []any{inc.Ref.ExternalID, inc.Number, inc.URL, inc.Title, inc.Private, inc.Kind, d.Team}, []any{"aaaaaaaa-0000-4000-8000-000000000001", "INC-42", "https://rootly.example.com/account/incidents/42", "Checkout answers 503", true, incident.Real, "Shop"})
	importertest.Equal(t, "status", []any{inc.Status, inc.StatusRaw}, []any{incident.Resolved, "resolved"})
	importertest.Equal(t, "severity by its level, since its name is in no map", []any{inc.Severity, inc.SeverityRaw}, []any{incident.Sev2, "Black"})
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.ImpactStarted: importertest.Clock(0, 45), incident.Detected: importertest.Clock(0, 50), incident.Opened: importertest.Clock(1, 0).Add(250 * time.Millisecond), incident.Acked: importertest.Clock(1, 5),
		incident.MitigatedAt: importertest.Clock(3, 30), incident.ResolvedAt: importertest.Clock(7, 0), incident.ClosedAt: {},
	} {
		importertest.Equal(t, string(name), inc.Milestones.At(name), want)
	}
	importertest.Equal(t, "reopened, which is not told", inc.Reopened, nil)
	var segments []string
	for _, s := range inc.Segments {
		segments = append(segments, fmt.Sprintf("%s %s by %s", s.From.Format("15:04"), s.Status, s.By))
	}
	importertest.Equal(t, "segments", segments, []string{"01:00 investigating by Responder One", "03:30 mitigated by Responder Two", "07:00 resolved by Responder Two"})
	var events []string
	for _, e := range d.Timeline {
		events = append(events, fmt.Sprintf("%s %s %s: %s", e.At.Format("15:04"), e.Kind, e.Actor, e.Text))
	}
	importertest.Equal(t, "timeline", events, []string{"01:00 created Responder One: Created", "01:10 note : Pool is exhausted", "01:20 other Responder One: Task: Check replicas",
		"02:00 note Responder Two: Rollback **started**, see [deploy 9](https://deploys.example.com/9)", "03:30 mitigated Responder Two: Mitigated: Rolled back", "07:00 resolved Responder Two: Resolved: Pool enlarged"})
	importertest.Equal(t, "people", inc.People, []incident.Participation{{Name: "Responder One", Role: "reporter"}, {Name: "Responder One", Role: "commander"}, {Name: "Responder Three", Role: "responder"}, {Name: "Responder Two", Role: "resolver"}})
	importertest.Equal(t, "services", inc.Services, []incident.ServiceUse{{Name: "Checkout", Role: "affected"}, {Name: "Payments", Role: "affected"}})
	importertest.Equal(t, "tags", inc.Tags, []string{"attempt: 2", "platform: web"})
	var links []string
	for _, l := range inc.Links {
		links = append(links, l.Kind+" "+l.URL+" "+l.Title)
	}
	importertest.Equal(t, "links", links, []string{"same_as https://example.pagerduty.com/incidents/PSYNTH1 PagerDuty 1001", "same_as https://jira.example.com/browse/OPS-7 Jira OPS-7",
		"chat https://example.slack.com/archives/C0SYNTH Slack inc-42", "call https://zoom.example.com/j/1 Zoom", "postmortem https://rootly.example.com/pm/42 Looking back at INC-42"})
	importertest.Equal(t, "custom values", inc.Custom, []incident.CustomValue{{Name: "Further teams", Value: "Platform"}, {Name: "Environments", Value: "Production"}, {Name: "Functionalities", Value: "Pay by card"},
		{Name: "Source", Value: "slack"}, {Name: "Retrospective", Value: "active"}, {Name: "Opsgenie", Value: "og-1"}})
	importertest.Equal(t, "factors", inc.Factors, []incident.Factor{{Role: "contributing", Text: "Configuration change", Claimed: true}})
	importertest.Equal(t, "actions", inc.Actions, []incident.ActionItem{{Title: "Alert on pool use", Owner: "Responder Two", URL: "https://jira.example.com/browse/OPS-8", Created: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Due: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), State: "open"},
		{Title: "Raise the limit", State: "done"}})
	importertest.Equal(t, "retrospective", *d.Retrospective, incident.Retrospective{Title: "Looking back at INC-42", State: "imported", Sections: []incident.Section{
		{Slug: "impact", Title: "Impact", Body: "Cards failed.\nAll regions."}, {Slug: "lessons", Title: "Lessons", Body: "- measure\n- alert & act"}}})
	importertest.Equal(t, "warnings", len(d.Warnings), 1) // of the script that is no link
}

func TestOddIncidents(t *testing.T) {
	const dates = `"created_at":"2026-04-01T10:00:00Z","updated_at":"2026-04-02T10:00:00Z"`
	for _, tc := range []struct{ name, fields, words, status, opened, started, resolved, warning string }{
		{"nulls everywhere", `"title":"x","status":null,"kind":null,"severity":null,"user":null,"services":null,"groups":null,"labels":null,"started_at":null`, "", "unknown", "2026-04-01T10:00:00Z", "", "", ""},
		{"values of other shapes", `"title":7,"status":[],"kind":{},"severity":"SEV1","services":{},"groups":[4],"labels":["a"],"user":4,"started_at":true`, "", "unknown", "2026-04-01T10:00:00Z", "", "", "started_at"},
		{"a status of tomorrow", `"title":"x","status":"asleep"`, "", "unknown", "2026-04-01T10:00:00Z", "", "", "status"},
		{"which the mapping knows", `"title":"x","status":"asleep"`, `{"status":{"asleep":"mitigated"}}`, "mitigated", "2026-04-01T10:00:00Z", "", "", ""},
		{"a kind of tomorrow", `"title":"x","status":"started","kind":"dream"`, "", "investigating", "2026-04-01T10:00:00Z", "", "", "kind"},
		{"started when it was declared", `"title":"x","status":"started","started_at":"2026-04-01T10:00:00Z"`, "", "investigating", "2026-04-01T10:00:00Z", "", "", ""},
		{"started when triage ended", `"title":"x","status":"started","in_triage_at":"2026-04-01T10:00:00Z","started_at":"2026-04-01T10:20:00Z"`, "", "investigating", "2026-04-01T10:00:00Z", "", "", ""},
		{"filled in afterwards", `"title":"x","status":"closed","kind":"backfilled","started_at":"2026-01-01T10:00:00Z","resolved_at":"2026-01-01T11:00:00Z"`, "", "closed", "", "2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", ""},
		{"resolved once, open again", `"title":"x","status":"started","started_at":"2026-04-01T10:00:00Z","resolved_at":"2026-04-01T11:00:00Z"`, "", "investigating", "2026-04-01T10:00:00Z", "", "", ""},
		{"cancelled", `"title":"x","status":"cancelled","cancelled_at":"2026-04-01T11:00:00Z"`, "", "canceled", "2026-04-01T10:00:00Z", "", "", ""},
		{"a duplicate", `"title":"x","status":"closed","duplicate_incident_id":"b","resolved_at":"2026-04-01T11:00:00Z"`, "", "merged", "2026-04-01T10:00:00Z", "", "", ""},
		{"an odd date", `"title":"x","status":"resolved","resolved_at":"tomorrow"`, "", "resolved", "2026-04-01T10:00:00Z", "", "", "resolved_at"},
		{"resolved before it was opened", `"title":"x","status":"resolved","resolved_at":"2026-03-01T11:00:00Z"`, "", "resolved", "2026-04-01T10:00:00Z", "", "2026-03-01T11:00:00Z", "resolved_at"},
		{"maintenance", `"title":"x","status":"completed","kind":"scheduled","started_at":"2026-03-31T11:00:00Z","scheduled_for":"2026-04-01T10:00:00Z"`, "", "closed", "2026-04-01T10:00:00Z", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, fmt.Appendf(nil, `{"incident":{"id":"a","attributes":{%s,%s}}}`, dates, tc.fields), tc.words)
			importertest.Equal(t, "status", string(d.Incident.Status), tc.status)
			importertest.Equal(t, "opened", importertest.Stated(d, incident.Opened), tc.opened)
			importertest.Equal(t, "impact started", importertest.Stated(d, incident.ImpactStarted), tc.started)
			importertest.Equal(t, "resolved", importertest.Stated(d, incident.ResolvedAt), tc.resolved)
			importertest.Equal(t, "acknowledged", importertest.Stated(d, incident.Acked), "")
			warned := importertest.Warned(d)
			if tc.name == "values of other shapes" {
				warned = d.Warnings[len(d.Warnings)-1].Field
			}
			importertest.Equal(t, "warning", warned, tc.warning)
		})
	}
}

// TestKinds says for every documented kind what it stands for.
func TestKinds(t *testing.T) {
	for word, want := range map[string]incident.Kind{
		"normal": incident.Real, "normal_sub": incident.Real, "test": incident.Test, "test_sub": incident.Test, "example": incident.Test, "example_sub": incident.Test,
		"backfilled": incident.AfterTheFact, "scheduled": incident.Maintenance, "scheduled_sub": incident.Maintenance,
	} {
		d := mapped(t, fmt.Appendf(nil, `{"incident":{"id":"a","attributes":{"title":"x","kind":%q,"parent_incident_id":"p"}}}`, word), "")
		importertest.Equal(t, word, []any{d.Incident.Kind, d.Incident.Parent}, []any{want, incident.ID("p")})
	}
}

func TestRefusedRecords(t *testing.T) {
	importertest.Refused(t, Source(), config("https://api.example.com"), `{`, `[]`, `{}`, `{"incident":null}`, `{"incident":{"id":" "}}`)
}

func TestHook(t *testing.T) {
	now := importertest.Clock(12, 0)
	sign := func(body, join string, at time.Time) http.Header {
		unix := strconv.FormatInt(at.Unix(), 10)
		mac := hmac.New(sha256.New, []byte("s3cret"))
		fmt.Fprint(mac, unix, join, body)
		return http.Header{"X-Rootly-Signature": {"t=" + unix + ", v1=" + hex.EncodeToString(mac.Sum(nil))}}
	}
	for _, tc := range []struct{ name, body, want string }{
		{"mitigated", string(importertest.File(t, "synthetic_webhook.json")), "aaaaaaaa-0000-4000-8000-000000000001 false"},
		{"deleted", `{"event":{"id":"e","type":"incident.deleted"},"data":{"id":"a"}}`, "a true"},
		{"maintenance deleted", `{"event":{"id":"e","type":"incident.scheduled.deleted"},"data":{"id":"a"}}`, "a true"},
		{"an event was deleted, not the incident", `{"event":{"id":"e","type":"incident_event.deleted"},"data":{"id":"ev","incident_id":"a"}}`, "a false"},
		{"a retrospective", `{"event":{"id":"e","type":"incident_post_mortem.published"},"data":{"id":"pm","incident":{"id":"a"}}}`, "a false"},
		{"a workflow", `{"event":{"id":"e","type":"genius_workflow_run.queued"},"data":{"id":"w","incident_id":"a"}}`, ""},
		{"an alert", `{"event":{"id":"e","type":"alert.created"},"data":{"id":"al"}}`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := importers.Delivery{Header: sign(tc.body, "", now), Body: []byte(tc.body), At: now}
			if id, err := verify(d, []string{"old", "s3cret"}); err != nil || id == "" {
				t.Errorf("verify = %q, %v, want the event's id", id, err)
			}
			news, err := readHook(d, config("https://api.example.com"))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(news) > 0 {
				got = fmt.Sprintf("%s %v", news[0].ID, news[0].Gone)
			}
			importertest.Equal(t, "news", got, tc.want)
		})
	}
	const body = `{"event":{"id":"e","type":"incident.updated"},"data":{"id":"a"}}`
	for name, d := range map[string]importers.Delivery{
		"another body":                    {Header: sign(body, "", now), Body: []byte(body + " "), At: now},
		"an old one":                      {Header: sign(body, "", now), Body: []byte(body), At: now.Add(6 * time.Minute)},
		"a dot between the time and body": {Header: sign(body, ".", now), Body: []byte(body), At: now},
		"not signed":                      {Header: http.Header{}, Body: []byte(body), At: now},
	} {
		if _, err := verify(d, []string{"s3cret"}); !errors.Is(err, importers.ErrForged) {
			t.Errorf("%s: verify = %v, want ErrForged", name, err)
		}
	}
	if _, err := readHook(importers.Delivery{Body: []byte(`[`)}, importers.Config{}); err == nil {
		t.Error("a body that is no JSON was read")
	}
}

func FuzzMap(f *testing.F) {
	f.Add(importertest.File(f, "synthetic_incident.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		importertest.Mappable(t, Source(), collection, config("https://api.example.com"), importers.Record{ExternalID: "1", Body: body})
	})
}
