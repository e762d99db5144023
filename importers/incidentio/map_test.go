package incidentio

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
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

const paged = `{"fields":{"acknowledged":"Paged"}}`

func TestIncident(t *testing.T) {
	d := mapped(t, importertest.File(t, "synthetic_incident.json"), paged)
	inc := d.Incident
	importertest.Equal(t, "head", []any{inc.Ref.ExternalID, inc.Number, inc.URL, inc.Title, inc.Private, inc.Kind}, []any{"01SYNTHETIC0000000000000A1", "INC-42", "https://app.example.com/incidents/42", "Checkout answers 503", true, incident.Real})
	importertest.Equal(t, "status", []any{inc.Status, inc.StatusRaw}, []any{incident.Resolved, "Documenting"})
	importertest.Equal(t, "severity", []any{inc.Severity, inc.SeverityRaw}, []any{incident.Sev2, "Major"})
	importertest.Equal(t, "reopened", *inc.Reopened, 1)
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.ImpactStarted: importertest.Clock(0, 45), incident.Opened: importertest.Clock(1, 0).Add(500 * time.Millisecond), incident.Acked: importertest.Clock(1, 2),
		incident.MitigatedAt: importertest.Clock(3, 30), incident.ResolvedAt: importertest.Clock(7, 0), incident.ClosedAt: {}, incident.Detected: {},
	} {
		importertest.Equal(t, string(name), inc.Milestones.At(name), want)
	}
	var segments []string
	for _, s := range inc.Segments {
		segments = append(segments, fmt.Sprintf("%s %s by %s", s.From.Format("15:04"), s.Status, s.By))
	}
	importertest.Equal(t, "segments", segments, []string{"01:00 triggered by High error rate", "01:10 investigating by Responder One", "03:00 resolved by Responder One", "04:00 investigating by Reopen workflow", "07:00 resolved by Responder One"})
	var events []string
	for _, e := range d.Timeline {
		events = append(events, string(e.Kind)+" "+e.Text)
	}
	importertest.Equal(t, "timeline", events, []string{"created Created", "status_changed Status: Triage\n\nSeverity: Minor", "status_changed Status: Triage → Fixing\n\nSeverity: Minor → Major\n\nPool is exhausted",
		"note Rollback started", "resolved Status: Fixing → Documenting", "reopened Status: Documenting → Fixing", "resolved Status: Fixing → Documenting\n\nOver for good"})
	importertest.Equal(t, "people", inc.People, []incident.Participation{{Name: "Responder One", Role: "commander"}, {Name: "Responder Two", Role: "reporter"}})
	importertest.Equal(t, "services", inc.Services, []incident.ServiceUse{{Name: "Checkout", Role: "affected"}, {Name: "Payments", Role: "affected"}})
	importertest.Equal(t, "team", d.Team, "Shop")
	importertest.Equal(t, "custom values", inc.Custom, []incident.CustomValue{{Name: "Customers affected", Value: "120"}, {Name: "Incident type", Value: "Production outage"}, {Name: "Duration: Time to fix", Value: "9000 s"}, {Name: "Workload", Value: "90 min"}})
	var links []string
	for _, l := range inc.Links {
		links = append(links, l.Kind+" "+l.URL)
	}
	importertest.Equal(t, "links", links, []string{"call https://meet.example.com/42", "chat https://app.slack.com/client/T0SYNTH/C0SYNTH", "same_as https://jira.example.com/browse/OPS-7",
		"postmortem https://docs.example.com/pm-42", "same_as https://example.pagerduty.com/incidents/PSYNTH1", "change https://github.example.com/shop/pull/9"})
	importertest.Equal(t, "actions", inc.Actions, []incident.ActionItem{{Title: "Alert on pool use", Owner: "Responder Two", URL: "https://jira.example.com/browse/OPS-8", State: "open"},
		{Title: "Raise the limit", Owner: "Shop", State: "done"}, {Title: "Rewrite it all", State: "unknown"}})
	importertest.Equal(t, "retrospective", *d.Retrospective, incident.Retrospective{Title: "INC-42: what happened", State: "imported", Sections: []incident.Section{
		{Slug: "summary", Title: "Summary", Body: "A pool was too small."}, {Slug: "lessons-learned", Title: "Lessons learned", Body: "- measure the pool\n\n### Detail\n\nmore"}}})
	importertest.Equal(t, "warnings", len(d.Warnings), 1) // of the script that is no link
}

// TestOfficialExamples maps what the vendor's description shows: values that contradict each other, since each example
// stands alone.
func TestOfficialExamples(t *testing.T) {
	d := mapped(t, importertest.File(t, "official_examples.json"), `{"fields":{"service":"Affected Team"}}`)
	inc := d.Incident
	at := time.Date(2021, 8, 17, 13, 28, 57, 801578000, time.UTC)
	importertest.Equal(t, "head", []any{inc.Ref.ExternalID, inc.Number, inc.Title, inc.Status, inc.StatusRaw, inc.Severity}, []any{"01FDAG4SAP5TYPT98WGR2N7W91", "INC-123", "Our database is sad", incident.Triggered, "Closed", incident.Sev3})
	importertest.Equal(t, "impact started", inc.Milestones.At(incident.ImpactStarted), at)
	importertest.Equal(t, "services", inc.Services, []incident.ServiceUse{{Name: "Primary On-call", Role: "affected"}})
	importertest.Equal(t, "actions", inc.Actions, []incident.ActionItem{{Title: "Cat is stuck in the tree", Owner: "Lisa Karlin Curtis", URL: "https://linear.app/incident-io/issue/INC-1609/find-copywriter-to-write-up", Created: at, State: "open"}})
	importertest.Equal(t, "merged", inc.MergedInto, incident.ID("")) // an update names a target, but the status is not merged
	importertest.Equal(t, "warnings", len(d.Warnings), 0)
}

func TestOddIncidents(t *testing.T) {
	const dates = `"created_at":"2026-04-01T10:00:00Z","updated_at":"2026-04-02T10:00:00Z"`
	for _, tc := range []struct{ name, fields, rest, words, status, opened, resolved, warning string }{
		{"nulls everywhere", `"name":"x","mode":"standard","incident_status":null,"severity":null,"creator":null,"custom_field_entries":null,"incident_timestamp_values":null,"incident_role_assignments":null`, `,"updates":null`, "", "unknown", "2026-04-01T10:00:00Z", "", "incident_status.category"},
		{"values of other shapes", `"name":7,"mode":"standard","incident_status":"x","severity":[],"custom_field_entries":{},"incident_role_assignments":[4],"postmortem_document_ids":"a"`, `,"updates":[7,"x"]`, "", "unknown", "2026-04-01T10:00:00Z", "", "name"},
		{"a category of tomorrow", `"name":"x","mode":"standard","incident_status":{"name":"Asleep","category":"dormant"}`, "", "", "unknown", "2026-04-01T10:00:00Z", "", "incident_status.category"},
		{"which the mapping knows", `"name":"x","mode":"standard","incident_status":{"name":"Asleep","category":"dormant"}`, "", `{"status":{"dormant":"mitigated"}}`, "mitigated", "2026-04-01T10:00:00Z", "", ""},
		{"a status that the mapping knows by name", `"name":"x","mode":"standard","incident_status":{"name":"Watching","category":"live"}`, "", `{"status":{"status Watching":"mitigated"}}`, "mitigated", "2026-04-01T10:00:00Z", "", ""},
		{"written down afterwards", `"name":"x","mode":"retrospective","incident_status":{"name":"Closed","category":"closed"},"incident_timestamp_values":[{"incident_timestamp":{"name":"Reported at"},"value":{"value":"2026-01-01T08:00:00Z"}},{"incident_timestamp":{"name":"Resolved at"},"value":{"value":"2026-01-01T09:00:00Z"}}]`, `,"updates":[{"id":"1","created_at":"2026-04-01T10:00:00Z","new_incident_status":{"name":"Closed","category":"closed"}}]`, "", "closed", "2026-01-01T08:00:00Z", "2026-01-01T09:00:00Z", ""},
		{"written down afterwards, without times", `"name":"x","mode":"retrospective","incident_status":{"name":"Closed","category":"closed"}`, `,"updates":[{"id":"1","created_at":"2026-04-01T10:00:00Z","new_incident_status":{"name":"Closed","category":"closed"}}]`, "", "closed", "", "", ""},
		{"resolved once, open again", `"name":"x","mode":"standard","incident_status":{"name":"Fixing","category":"live"},"incident_timestamp_values":[{"incident_timestamp":{"name":"Resolved at"},"value":{"value":"2026-04-01T11:00:00Z"}}]`, `,"updates":[{"id":"1","created_at":"2026-04-01T11:00:00Z","new_incident_status":{"name":"Closed","category":"closed"}}]`, "", "investigating", "2026-04-01T10:00:00Z", "", ""},
		{"declined", `"name":"x","mode":"standard","incident_status":{"name":"Declined","category":"declined"}`, `,"updates":[{"id":"1","created_at":"2026-04-01T11:00:00Z","new_incident_status":{"name":"Declined","category":"declined"}}]`, "", "canceled", "2026-04-01T10:00:00Z", "", ""},
		{"a mode of tomorrow", `"name":"x","mode":"stream","incident_status":{"name":"Fixing","category":"live"}`, "", "", "investigating", "2026-04-01T10:00:00Z", "", "mode"},
		{"a timestamp that is no time", `"name":"x","mode":"standard","incident_status":{"name":"Fixing","category":"live"},"incident_timestamp_values":[{"incident_timestamp":{"name":"Detected"},"value":{"value":"soon"}}]`, "", "", "investigating", "2026-04-01T10:00:00Z", "", "Detected"},
		{"resolved before it was opened", `"name":"x","mode":"standard","incident_status":{"name":"Closed","category":"closed"},"incident_timestamp_values":[{"incident_timestamp":{"name":"Resolved"},"value":{"value":"2026-03-01T11:00:00Z"}}]`, "", "", "closed", "2026-04-01T10:00:00Z", "2026-03-01T11:00:00Z", "timestamp Resolved"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, fmt.Appendf(nil, `{"incident":{"id":"5",%s,%s}%s}`, dates, tc.fields, tc.rest), tc.words)
			importertest.Equal(t, "status", string(d.Incident.Status), tc.status)
			importertest.Equal(t, "opened", importertest.Stated(d, incident.Opened), tc.opened)
			importertest.Equal(t, "resolved", importertest.Stated(d, incident.ResolvedAt), tc.resolved)
			importertest.Equal(t, "first warning", importertest.Warned(d), tc.warning)
		})
	}
}

func TestMerged(t *testing.T) {
	d := mapped(t, []byte(`{"incident":{"id":"5","name":"x","mode":"standard","incident_status":{"name":"Merged","category":"merged"}},"updates":[{"id":"1","created_at":"2026-04-01T11:00:00Z","new_incident_status":{"name":"Merged","category":"merged"},"merged_into_incident_id":"6"}]}`), "")
	importertest.Equal(t, "merged", []any{d.Incident.Status, d.Incident.MergedInto, d.Incident.Milestones.At(incident.ResolvedAt)}, []any{incident.Merged, incident.ID("6"), time.Time{}})
}

func TestRefusedRecords(t *testing.T) {
	importertest.Refused(t, Source(), config("https://api.example.com"), `{`, `[]`, `{}`, `{"incident":null}`, `{"incident":{"id":" "}}`)
}

func TestHook(t *testing.T) {
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte("synthetic signing key"))
	now := importertest.Clock(12, 0)
	sign := func(body string, at time.Time) http.Header {
		unix := strconv.FormatInt(at.Unix(), 10)
		mac := hmac.New(sha256.New, []byte("synthetic signing key"))
		fmt.Fprintf(mac, "msg_1.%s.%s", unix, body)
		return http.Header{"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {unix}, "Webhook-Signature": {"v1,AAAA v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))}}
	}
	for _, tc := range []struct{ name, body, want string }{
		{"created", `{"event_type":"public_incident.incident_created_v2","public_incident.incident_created_v2":{"id":"01A","name":"x"}}`, "01A"},
		{"private: an id alone", `{"event_type":"private_incident.incident_updated_v2","private_incident.incident_updated_v2":{"id":"01B"}}`, "01B"},
		{"status", `{"event_type":"public_incident.incident_status_updated_v2","public_incident.incident_status_updated_v2":{"incident":{"id":"01C"},"message":"m"}}`, "01C"},
		{"follow-up", `{"event_type":"public_incident.follow_up_updated_v2","public_incident.follow_up_updated_v2":{"id":"fu","incident_id":"01D"}}`, "01D"},
		{"private follow-up, whose id is not the incident's", `{"event_type":"private_incident.follow_up_created_v1","private_incident.follow_up_created_v1":{"id":"fu"}}`, ""},
		{"an alert", `{"event_type":"public_alert.alert_created_v1","public_alert.alert_created_v1":{"id":"al"}}`, ""},
		{"a test", `{"event_type":"example"}`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := importers.Delivery{Header: sign(tc.body, now), Body: []byte(tc.body), At: now}
			if id, err := verify(d, []string{"whsec_b3RoZXI=", secret}); err != nil || id != "msg_1" {
				t.Errorf("verify = %q, %v, want msg_1", id, err)
			}
			news, err := readHook(d, config("https://api.example.com"))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(news) > 0 {
				got = news[0].ID
			}
			importertest.Equal(t, "news", got, tc.want)
		})
	}
	const body = `{"event_type":"example"}`
	for name, d := range map[string]importers.Delivery{
		"another body":  {Header: sign(body, now), Body: []byte(body + " "), At: now},
		"an old one":    {Header: sign(body, now), Body: []byte(body), At: now.Add(6 * time.Minute)},
		"not signed":    {Header: http.Header{}, Body: []byte(body), At: now},
		"no time at it": {Header: http.Header{"Webhook-Signature": sign(body, now)["Webhook-Signature"]}, Body: []byte(body), At: now},
	} {
		if _, err := verify(d, []string{secret}); !errors.Is(err, importers.ErrForged) {
			t.Errorf("%s: verify = %v, want ErrForged", name, err)
		}
	}
	if _, err := readHook(importers.Delivery{Body: []byte(`[`)}, importers.Config{}); err == nil {
		t.Error("a body that is no JSON was read")
	}
}

// TestWords says for every category and mode of the vendor's description what it stands for.
func TestWords(t *testing.T) {
	for _, word := range []string{"triage", "declined", "merged", "canceled", "live", "learning", "closed", "paused"} {
		if _, ok := words.Status.Of(word); !ok {
			t.Errorf("the documented category %q is not declared", word)
		}
	}
	if modes := []string{"standard", "retrospective", "test", "tutorial"}; slices.ContainsFunc(modes, func(m string) bool { _, ok := words.Kind.Of(m); return !ok }) {
		t.Errorf("of the documented modes %q some are not declared", modes)
	}
}

func FuzzMap(f *testing.F) {
	f.Add(importertest.File(f, "synthetic_incident.json"))
	f.Add(importertest.File(f, "official_examples.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		cfg := config("https://api.example.com")
		cfg.Mapping = json.RawMessage(paged)
		importertest.Mappable(t, Source(), collection, cfg, importers.Record{ExternalID: "1", Body: body})
	})
}
