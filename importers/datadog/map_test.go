package datadog

import (
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
	return importertest.Mapped(t, Source(), config("https://api.datadoghq.eu"), body, mapping)
}

func TestIncident(t *testing.T) {
	d := mapped(t, importertest.File(t, "synthetic_incident.json"), "")
	inc := d.Incident
	importertest.Equal(t, "head", []any{inc.Ref.ExternalID, inc.Number, inc.URL, inc.Title, inc.Private, inc.Kind, d.Team, inc.Description},
		[]any{"00000000-0000-4000-8000-00000000002a", "IR-42", "https://app.datadoghq.eu/incidents/42", "Checkout answers 503", true, incident.Real, "shop", "Card payments **fail**."})
	importertest.Equal(t, "status", []any{inc.Status, inc.StatusRaw, inc.Severity, inc.SeverityRaw}, []any{incident.Closed, "completed", incident.Sev2, "SEV-2"})
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.ImpactStarted: importertest.Clock(0, 45), incident.Detected: importertest.Clock(0, 50), incident.Opened: importertest.Clock(1, 0).Add(250 * time.Millisecond), incident.Acked: {},
		incident.MitigatedAt: {}, incident.ImpactEnded: importertest.Clock(3, 30), incident.ResolvedAt: importertest.Clock(7, 0), incident.ClosedAt: {},
	} {
		importertest.Equal(t, string(name), inc.Milestones.At(name), want)
	}
	importertest.Equal(t, "reopened, which is not told", inc.Reopened, nil)
	importertest.Equal(t, "people", inc.People, []incident.Participation{{Name: "Responder One", Role: "commander"}, {Name: "two@example.com", Role: "reporter"}})
	importertest.Equal(t, "services", inc.Services, []incident.ServiceUse{{Name: "checkout", Role: "affected"}, {Name: "payments", Role: "affected"}})
	importertest.Equal(t, "factors", inc.Factors, []incident.Factor{{Role: "contributing", Text: "A pool was too small", Claimed: true}})
	importertest.Equal(t, "custom values", inc.Custom, []incident.CustomValue{{Name: "detection_method", Value: "monitor"}, {Name: "Further teams", Value: "platform"}, {Name: "Customer impact", Value: "yes"}, {Name: "Customer impact scope", Value: "All card payments"}})
	var links []string
	for _, l := range inc.Links {
		links = append(links, l.Kind+" "+l.URL+" "+l.Title)
	}
	importertest.Equal(t, "links", links, []string{"postmortem https://app.example.com/notebook/7 Postmortem IR-42", "chat https://slack.example.com/app_redirect?channel=C0SYNTH incident-42", "same_as https://jira.example.com/browse/OPS-7 Jira OPS-7"})
	importertest.Equal(t, "actions", inc.Actions, []incident.ActionItem{{Title: "Alert on pool use", Owner: "two@example.com", Due: time.Date(2026, 3, 20, 5, 0, 0, 0, time.UTC), State: "open"}, {Title: "Raise the limit", Owner: "Responder Four", Done: time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC), State: "done"}})
	var events []string
	for _, e := range d.Timeline {
		events = append(events, e.At.Format("15:04 ")+e.Text)
	}
	importertest.Equal(t, "timeline", events, []string{"01:00 Created", "01:02 Declared", "07:00 Resolved"})
	importertest.Equal(t, "warnings", len(d.Warnings), 1) // of the script that is no link
}

func TestOfficialExamples(t *testing.T) {
	inc := mapped(t, importertest.File(t, "official_examples.json"), "").Incident
	importertest.Equal(t, "head", []any{inc.Ref.ExternalID, inc.Title, inc.Status, inc.Severity}, []any{"00000000-0000-0000-1234-000000000000", "A test incident title", incident.StatusUnknown, incident.Sev5})
	importertest.Equal(t, "opened", inc.Milestones.At(incident.Opened), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
}

func TestAddresses(t *testing.T) {
	for api, want := range map[string]string{
		"https://api.datadoghq.com": "https://app.datadoghq.com/incidents/7", "https://api.us3.datadoghq.com": "https://us3.datadoghq.com/incidents/7",
		"https://api.ddog-gov.com": "https://app.ddog-gov.com/incidents/7", "http://127.0.0.1:80": "",
	} {
		m := mapping{cfg: config(api)}
		importertest.Equal(t, api, m.address(7), want)
	}
}

func TestOddIncidents(t *testing.T) {
	const dates = `"created":"2026-04-01T10:00:00Z","modified":"2026-04-02T10:00:00Z"`
	for _, tc := range []struct{ name, attributes, words, status, severity, kind, resolved, warning string }{
		{"nulls everywhere", `"title":"x","state":null,"severity":null,"fields":null,"customer_impacted":null,"detected":null,"resolved":null`, "", "unknown", "unset", "real", "", ""},
		{"values of other shapes", `"title":7,"state":[],"severity":{},"fields":[],"is_test":"yes","public_id":"a"`, "", "unknown", "unset", "real", "", "title"},
		{"a state of tomorrow", `"title":"x","state":"asleep"`, "", "unknown", "unset", "real", "", "state"},
		{"which the mapping knows", `"title":"x","state":"asleep"`, `{"status":{"asleep":"mitigated"}}`, "mitigated", "unset", "real", "", ""},
		{"state and severity in fields alone", `"title":"x","fields":{"state":{"type":"dropdown","value":"stable"},"severity":{"value":"SEV-0"}}`, "", "mitigated", "SEV1", "real", "", ""},
		{"a severity that nobody set", `"title":"x","state":"active","severity":"UNKNOWN"`, "", "investigating", "unset", "real", "", ""},
		{"a test", `"title":"x","state":"active","is_test":true`, "", "investigating", "unset", "test", "", ""},
		{"resolved once, open again", `"title":"x","state":"active","resolved":"2026-04-01T11:00:00Z"`, "", "investigating", "unset", "real", "", ""},
		{"an odd date", `"title":"x","state":"resolved","resolved":"tomorrow"`, "", "resolved", "unset", "real", "", "resolved"},
		{"resolved before it was opened", `"title":"x","state":"resolved","resolved":"2026-03-01T11:00:00Z"`, "", "resolved", "unset", "real", "2026-03-01T11:00:00Z", "resolved"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, fmt.Appendf(nil, `{"incident":{"id":"a","attributes":{%s,%s}}}`, dates, tc.attributes), tc.words)
			warned := importertest.Warned(d)
			importertest.Equal(t, "status, severity, kind, resolved and warning", []string{string(d.Incident.Status), d.Incident.Severity.String(), string(d.Incident.Kind), importertest.Stated(d, incident.ResolvedAt), warned},
				[]string{tc.status, tc.severity, tc.kind, tc.resolved, tc.warning})
		})
	}
}

func TestRefusedRecords(t *testing.T) {
	importertest.Refused(t, Source(), config("https://api.example.com"), `{`, `[]`, `{}`, `{"incident":null}`, `{"incident":{"id":" "}}`)
}

func TestHook(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"an incident", `{"incident":"00000000-0000-4000-8000-00000000002a"}`, "00000000-0000-4000-8000-00000000002a"},
		{"a test, whose variables are empty", `{"incident":""}`, ""},
		{"a test, whose variables are not filled in", `{"incident":"$INCIDENT_UUID"}`, ""},
	} {
		d := importers.Delivery{Header: http.Header{"Authorization": {"Bearer s3cret"}}, Body: []byte(tc.body)}
		if _, err := verify(d, []string{"s3cret"}); err != nil {
			t.Errorf("%s: verify = %v", tc.name, err)
		}
		if _, err := verify(d, []string{"other"}); !errors.Is(err, importers.ErrForged) {
			t.Errorf("%s: verify with another secret = %v, want ErrForged", tc.name, err)
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

// TestSites accepts the vendor's hosts alone, so that keys go nowhere else.
func TestSites(t *testing.T) {
	cfg := importers.Config{Settings: map[string]string{"api_key": "a", "app_key": "b"}}
	for url, fine := range map[string]bool{"": true, "https://api.datadoghq.eu": true, "https://api.datadoghq.example.com": false} {
		cfg.Settings["url"] = url
		if err := Source().Validate(cfg); (err == nil) != fine {
			t.Errorf("the site %q: %v", url, err)
		}
	}
}

func FuzzMap(f *testing.F) {
	f.Add(importertest.File(f, "synthetic_incident.json"))
	f.Add(importertest.File(f, "official_examples.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		importertest.Mappable(t, Source(), collection, config("https://api.datadoghq.eu"), importers.Record{ExternalID: "1", Body: body})
	})
}
