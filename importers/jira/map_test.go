package jira

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// mapped maps a body with a mapping.
func mapped(t testing.TB, body []byte, settings map[string]string, words string) importers.Draft {
	t.Helper()
	cfg := config("https://example.atlassian.net/", cloud)
	maps.Copy(cfg.Settings, settings)
	return importertest.Mapped(t, Source(), cfg, body, words)
}

const german = `{"fields":{"impact_started":"Beginn der Störung","severity":"customfield_10041","responders":"Helfer","sla_resolution":"Zeit bis zur Lösung"},"severity":{"Major outage":2}}`

func TestCloudIssue(t *testing.T) {
	d := mapped(t, importertest.File(t, "synthetic_cloud.json"), nil, german)
	inc := d.Incident
	importertest.Equal(t, "id, number, address", []string{inc.Ref.ExternalID, inc.Number, inc.URL}, []string{"10042", "OPS-17", "https://example.atlassian.net/browse/OPS-17"})
	importertest.Equal(t, "status", inc.Status, incident.Resolved)
	importertest.Equal(t, "severity", []any{inc.Severity, inc.SeverityRaw, inc.PriorityRaw}, []any{incident.Sev2, "Major outage", "Höchste"})
	importertest.Equal(t, "description", inc.Description, "## Impact\n\nAll **card** payments \\<script>\n[dashboard](https://metrics.example.com/d/1)\n\n- EU\n- US\n\n```text\n503 upstream\n```")
	importertest.Equal(t, "problem", inc.KnownProblem, "OPS-25")
	importertest.Equal(t, "duplicates nothing", []incident.ID{inc.DuplicateOf, inc.MergedInto}, []incident.ID{"", ""})
	importertest.Equal(t, "reopened", *inc.Reopened, 1)
	for name, want := range map[incident.MilestoneName]time.Time{
		incident.ImpactStarted: importertest.Clock(0, 45), incident.Opened: importertest.Clock(1, 0), incident.Acked: importertest.Clock(1, 10),
		incident.ResolvedAt: importertest.Clock(7, 0), // from the log: resolutiondate is of before the reopening
		incident.ClosedAt:   {}, incident.MitigatedAt: {},
	} {
		importertest.Equal(t, string(name), inc.Milestones.At(name), want)
	}
	var segments []string
	for _, s := range inc.Segments {
		segments = append(segments, fmt.Sprintf("%s %s", s.From.Format("15:04"), s.Status))
	}
	importertest.Equal(t, "segments", segments, []string{"01:00 triggered", "01:10 investigating", "03:00 resolved", "04:00 investigating", "07:00 resolved"})
	var people []string
	for _, p := range inc.People {
		people = append(people, p.Role+" "+p.Name)
	}
	importertest.Equal(t, "people", people, []string{"reporter Reporter One", "author Monitoring Account", "assignee Responder Two", "responder Responder Three", "responder Responder One"})
	var events []string
	for _, e := range d.Timeline {
		events = append(events, string(e.Kind)+" "+e.Text)
	}
	importertest.Equal(t, "timeline", events, []string{"created Created", "severity_changed Priorität: Mittel → Höchste", "status_changed Status: Offen → In Arbeit",
		"assigned Bearbeiter: Responder One → Responder Two", "note @Responder Two restarts the pool", "resolved Status: In Arbeit → Gelöst",
		"other Lösung: Erledigt", "reopened Status: Gelöst → In Arbeit", "resolved Status: In Arbeit → Geschlossen"})
	importertest.Equal(t, "warnings", len(d.Warnings), 0)
	if !slices.Contains(inc.Custom, incident.CustomValue{Name: "Region", Value: "Europe, Nordics"}) || slices.ContainsFunc(inc.Custom, func(c incident.CustomValue) bool { return c.Name == "Rang" }) {
		t.Errorf("custom values are %v, want the region with both its levels and not the rank", inc.Custom)
	}
}

// TestLevels reads two cycles of a translated service level: one met, one running and breached.
func TestLevels(t *testing.T) {
	yes, no := true, false
	importertest.Equal(t, "service levels", mapped(t, importertest.File(t, "synthetic_cloud.json"), nil, german).Incident.SLA, []incident.SLACycle{
		{Goal: "resolution", Name: "Zeit bis zur Lösung", Start: importertest.Clock(1, 0), Stop: importertest.Clock(3, 0), Target: 4 * time.Hour, Breached: &no},
		{Goal: "resolution", Name: "Zeit bis zur Lösung", Start: importertest.Clock(4, 0), Target: 4 * time.Hour, Breached: &yes},
	})
}

func TestServerIssue(t *testing.T) {
	d := mapped(t, importertest.File(t, "synthetic_server.json"), map[string]string{"deployment": dataCenter, "private_notes": "yes"}, "")
	inc := d.Incident
	importertest.Equal(t, "merged", []any{inc.Status, inc.MergedInto, inc.DuplicateOf}, []any{incident.Merged, incident.ID("20001"), incident.ID("20001")})
	importertest.Equal(t, "kind", inc.Kind, incident.Drill)
	importertest.Equal(t, "description", inc.Description, "## What\n**db-2** has no space, see [graph](https://metrics.example.com/d/2) and `/var`.\n1. purge\n   1. logs\n```bash\ndf -h *\n```\n> told by @responder.one")
	importertest.Equal(t, "resolved, though resolutiondate is null", inc.Milestones.At(incident.ResolvedAt), time.Time{})
	last := d.Timeline[1]
	importertest.Equal(t, "restricted comment", []any{last.Text, last.Private}, []any{"only for the team", true})
	if without := mapped(t, importertest.File(t, "synthetic_server.json"), nil, ""); len(without.Timeline) != len(d.Timeline)-1 {
		t.Errorf("a restricted comment is told although the connection does not ask for it")
	}
}

func TestOddIssues(t *testing.T) {
	const dates = `"created":"2026-04-01T10:00:00.000+0000","updated":"2026-04-01T10:00:00.000+0000"`
	for _, tc := range []struct{ name, fields, rest, words, status, resolved, warning string }{
		{"nulls everywhere", `"summary":"x","status":null,"priority":null,"components":null,"labels":null,"issuelinks":null,"comment":null,"assignee":null,"description":null,"parent":null`, "", "", "unknown", "", "status"},
		{"values of other shapes", `"summary":7,"status":"Open","priority":[],"components":{},"labels":"a","issuelinks":{},"comment":[],"assignee":4`, "", "", "unknown", "", "summary"},
		{"a status in no map", `"summary":"x","status":{"id":"9","name":"Parked","statusCategory":{"key":"undefined"}}`, "", "", "unknown", "", "status"},
		{"which the mapping knows by name", `"summary":"x","status":{"id":"9","name":"Parked","statusCategory":{"key":"undefined"}}`, "", `{"status":{"Parked":"mitigated"}}`, "mitigated", "", ""},
		{"which the mapping knows by id, though its category says otherwise", `"summary":"x","status":{"id":"9","name":"Beobachtung","statusCategory":{"key":"done"}}`, "", `{"status":{"status 9":"mitigated"}}`, "mitigated", "", ""},
		{"a priority in no map", `"summary":"x","status":{"name":"Open"},"priority":{"id":"10099","name":"Whenever"}`, "", "", "triggered", "", "priority"},
		{"resolutiondate outlives the reopening", `"summary":"x","status":{"id":"3","name":"In Progress","statusCategory":{"key":"indeterminate"}},"resolutiondate":"2026-04-01T12:00:00.000+0000"`, "", "", "investigating", "", ""},
		{"done without a history", `"summary":"x","status":{"id":"5","name":"Done","statusCategory":{"key":"done"}},"resolutiondate":"2026-04-01T12:00:00.000+0200"`, "", "", "resolved", "2026-04-01T10:00:00Z", ""},
		{"a duplicate by its resolution alone", `"summary":"x","status":{"id":"5","name":"Done","statusCategory":{"key":"done"}},"resolution":{"name":"Duplicate"},"resolutiondate":"2026-04-01T12:00:00.000+0000"`, "", "", "merged", "", ""},
		{"still open, though it duplicates another", `"summary":"x","status":{"name":"Open"},"issuelinks":[{"type":{"name":"Duplicate"},"outwardIssue":{"id":"5","key":"A-5"}}]`, "", "", "triggered", "", ""},
		{"a milestone that is no time", `"summary":"x","status":{"name":"Open"},"customfield_1":"soon"`, "", `{"fields":{"detected":"customfield_1"}}`, "triggered", "", "customfield_1"},
		{"resolved before it was created", `"summary":"x","status":{"name":"Resolved"},"resolutiondate":"2026-03-01T12:00:00.000+0000"`, "", "", "resolved", "2026-03-01T12:00:00Z", "resolutiondate"},
		{"a change to a status that is gone", `"summary":"x","status":{"name":"Open"}`, `,"changelog":{"histories":[{"created":"2026-04-01T11:00:00.000+0000","items":[{"field":"status","from":"1","to":"777","toString":"Gone"}]},7]}`, "", "triggered", "", "changelog.status"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := mapped(t, fmt.Appendf(nil, `{"issue":{"id":"5","key":"A-5","fields":{%s,%s}%s}}`, dates, tc.fields, tc.rest), nil, tc.words)
			importertest.Equal(t, "status", string(d.Incident.Status), tc.status)
			resolved := ""
			if at := d.Incident.Milestones.At(incident.ResolvedAt); !at.IsZero() {
				resolved = at.Format(time.RFC3339)
			}
			importertest.Equal(t, "resolved", resolved, tc.resolved)
			warned := ""
			if len(d.Warnings) > 0 {
				warned = d.Warnings[0].Field
			}
			importertest.Equal(t, "first warning", warned, tc.warning)
		})
	}
}

func TestRefusedRecords(t *testing.T) {
	importertest.Refused(t, Source(), config("https://example.atlassian.net", cloud), `{`, `[]`, `{}`, `{"issue":{"id":"","fields":{}}}`, `{"issue":{"id":"5","fields":{"created":"the day before yesterday"}}}`)
}

func TestHook(t *testing.T) {
	sign := func(body string) http.Header {
		mac := hmac.New(sha256.New, []byte("s3cret"))
		mac.Write([]byte(body))
		return http.Header{"X-Hub-Signature": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}, "X-Atlassian-Webhook-Identifier": {"d-1"}}
	}
	for _, tc := range []struct{ name, body, want string }{
		{"updated", `{"webhookEvent":"jira:issue_updated","issue":{"id":"10042","key":"OPS-17","fields":{"project":{"id":"1","key":"OPS"}}}}`, "10042 false"},
		{"deleted", `{"webhookEvent":"jira:issue_deleted","issue":{"id":"10042","key":"OPS-17"}}`, "10042 true"},
		{"of another project", `{"webhookEvent":"jira:issue_updated","issue":{"id":"10042","fields":{"project":{"id":"2","key":"HR"}}}}`, ""},
		{"comment", `{"webhookEvent":"comment_created","comment":{"id":"7"},"issue":{"id":"10042","key":"OPS-17"}}`, "10042 false"},
		{"link, which changes neither issue", `{"webhookEvent":"issuelink_created","issueLink":{"id":1,"sourceIssueId":10042,"destinationIssueId":10050}}`, "10042 false,10050 false"},
		{"something else", `{"webhookEvent":"sprint_started"}`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := importers.Delivery{Header: sign(tc.body), Body: []byte(tc.body)}
			id, err := Source().Hook.Verify(d, []string{"old", "s3cret"})
			if id != "d-1" || err != nil {
				t.Errorf("verify = %q, %v, want d-1", id, err)
			}
			d.Header.Set("X-Hub-Signature", "sha256=00")
			if _, err := Source().Hook.Verify(d, []string{"s3cret"}); !errors.Is(err, importers.ErrForged) {
				t.Errorf("a wrong signature gave %v, want ErrForged", err)
			}
			news, err := Source().Hook.Read(d, config("https://example.atlassian.net", cloud))
			var got []string
			for _, n := range news {
				got = append(got, fmt.Sprintf("%s %v", n.ID, n.Gone))
			}
			if err != nil {
				t.Error(err)
			}
			importertest.Equal(t, "news", strings.Join(got, ","), tc.want)
		})
	}
}

func TestMarkup(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"wiki table", `"||Host||State||\n|db-1|up|"`, "| Host | State |\n| --- | --- |\n|db-1|up|"},
		{"wiki panel and colour", `"{panel:title=x}\n{color:red}hot{color} -old-\n{panel}"`, "hot ~~old~~"},
		{"wiki code that never ends", `"{noformat}\n*a*"`, "```\n*a*\n```"},
		{"wiki bare link and picture", `"[https://example.com/a] !shot.png|thumbnail!"`, "<https://example.com/a> [attachment shot.png]"},
		{"range of days is no strike", `"Mon-Fri 9-5"`, "Mon-Fri 9-5"},
		{"document of tasks and a table", `{"type":"doc","content":[{"type":"taskList","content":[{"type":"taskItem","attrs":{"state":"DONE"},"content":[{"type":"text","text":"page"}]}]},{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableHeader","content":[{"type":"paragraph","content":[{"type":"text","text":"a|b"}]}]}]}]}]}`, "- [x] page\n\n| a\\|b |\n| --- |"},
		{"script in a link", `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"go","marks":[{"type":"link","attrs":{"href":"javascript:alert(1)"}}]}]}]}`, "go"},
		{"node of tomorrow", `{"type":"doc","content":[{"type":"hologram","content":[{"type":"text","text":"kept"}]}]}`, "kept"},
		{"date, card and emoji", `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"date","attrs":{"timestamp":"1772409600000"}},{"type":"text","text":" "},{"type":"inlineCard","attrs":{"url":"https://example.com"}},{"type":"emoji","attrs":{"shortName":":fire:"}}]}]}`, "2026-03-02 https://example.com:fire:"},
		{"no document", `17`, ""},
	} {
		importertest.Equal(t, tc.name, markdown(json.RawMessage(tc.in)), tc.want)
	}
}

func FuzzMap(f *testing.F) {
	f.Add(importertest.File(f, "synthetic_cloud.json"))
	f.Add(importertest.File(f, "synthetic_server.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		cfg := config("https://example.atlassian.net", cloud)
		cfg.Mapping = json.RawMessage(german)
		_, err := mapIssue(incident.Raw{Body: body}, cfg)
		var wrong *importers.MapError
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("map: %v, want a *MapError", err)
		}
		if err == nil {
			mapped(t, body, nil, german)
		}
	})
}
