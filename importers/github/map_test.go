package github

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// draft maps an issue made of JSON; body is the issue, events its timeline.
func draft(t *testing.T, body string, mapping string, events ...string) importers.Draft {
	t.Helper()
	text := fmt.Sprintf(`{"issue": %s, "timeline": [%s]}`, body, strings.Join(events, ","))
	cfg := githubtest.Upstream.Config("https://api.github.com")
	cfg.Mapping = json.RawMessage(mapping)
	d, err := mapIssue(incident.Raw{Type: "incidents", ExternalID: "example-org/shop#7", Body: []byte(text)}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func clock(hhmm string) time.Time {
	at, err := time.Parse(time.RFC3339, "2026-03-01T"+hhmm+":00Z")
	if err != nil {
		panic(err)
	}
	return at
}

// GitHub's own example: closed as completed at 2011-04-22, opened by octocat.
func TestOfficialExample(t *testing.T) {
	text, err := os.ReadFile("testdata/example_issue.json")
	if err != nil {
		t.Fatal(err)
	}
	h := &importertest.Haul{Source: Source(), Config: githubtest.Upstream.Config("https://api.github.com"), Records: map[string]importers.Record{
		"incidents/octocat/Hello-World#1347": {ExternalID: "octocat/Hello-World#1347", Body: text}}}
	d := h.Draft(t, "incidents", "octocat/Hello-World#1347")
	inc := d.Incident
	if inc.Number != "#1347" || inc.Title != "Found a bug" || inc.URL != "https://github.com/octocat/Hello-World/issues/1347" || !slices.Equal(inc.Tags, []string{"bug"}) {
		t.Errorf("the example became %+v", inc)
	}
	if got := inc.ExternalCreatedAt.Format(time.RFC3339); got != "2011-04-22T13:33:48Z" {
		t.Errorf("created at %s", got)
	}
	if len(d.Timeline) != 5 || d.Timeline[4].Kind != incident.EventNote || !strings.Contains(d.Timeline[4].Text, "Shipped to the cloud") || d.Timeline[4].Actor != "octocat" {
		t.Errorf("the timeline is %+v", d.Timeline)
	}
}

const open = `{"number":7,"title":"Checkout is down","state":"open","created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-01T11:00:00Z","user":{"login":"responder-one"},"labels":[]}`

func closed(reason string) string {
	return `{"number":7,"title":"Checkout is down","state":"closed","state_reason":` + reason + `,"created_at":"2026-03-01T10:00:00Z","updated_at":"2026-03-01T12:00:00Z",
	 "closed_at":"2026-03-01T12:00:00Z","user":{"login":"responder-one"},"closed_by":{"login":"responder-two"},"labels":[]}`
}

func event(kind, hhmm, by, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"event":%q,"created_at":"2026-03-01T%s:00Z","actor":{"login":%q,"type":"User"}%s}`, kind, hhmm, by, more)
}

func TestStatusAndHistory(t *testing.T) {
	for _, tc := range []struct {
		name, issue     string
		events          []string
		status          incident.Status
		acked, resolved string // "" : unknown
		reopened        int
	}{
		{"just opened", open, nil, incident.Triggered, "", "", 0},
		{"assigned", open, []string{event("assigned", "10:05", "responder-one", `"assignee":{"login":"responder-two"}`)}, incident.Acknowledged, "10:05", "", 0},
		{"the reporter's own comment is no acknowledgement", open, []string{event("commented", "10:02", "responder-one", `"body":"more"`)}, incident.Triggered, "", "", 0},
		{"another's comment is", open, []string{event("commented", "10:04", "responder-two", `"body":"looking"`), event("assigned", "10:09", "x", `"assignee":{"login":"y"}`)}, incident.Acknowledged, "10:04", "", 0},
		{"a bot acknowledges nothing", open, []string{`{"event":"commented","created_at":"2026-03-01T10:01:00Z","body":"hi","actor":{"login":"triage[bot]","type":"Bot"}}`}, incident.Triggered, "", "", 0},
		{"a label says how far it is", open, []string{event("labeled", "10:10", "a", `"label":{"name":"status: investigating"}`), event("labeled", "10:40", "a", `"label":{"name":"mitigated"}`)}, incident.Mitigated, "10:10", "", 0},
		{"completed", closed(`"completed"`), []string{event("closed", "12:00", "responder-two", "")}, incident.Closed, "", "12:00", 0},
		{"closed, on an old server", closed("null"), []string{event("closed", "12:00", "responder-two", "")}, incident.Closed, "", "12:00", 0},
		{"not planned is no resolution", closed(`"not_planned"`), []string{event("closed", "12:00", "responder-two", "")}, incident.Canceled, "", "", 0},
		{"duplicate", closed(`"duplicate"`), []string{event("closed", "12:00", "responder-two", `"state_reason":"duplicate"`)}, incident.Merged, "", "", 0},
		{"a reason that is new", closed(`"gave_up"`), nil, incident.StatusUnknown, "", "", 0},
		{"reopened and closed again", closed(`"completed"`), []string{event("closed", "11:00", "a", ""), event("reopened", "11:10", "a", ""), event("closed", "12:00", "a", "")}, incident.Closed, "11:10", "12:00", 1},
		{"reopened", strings.Replace(open, `"state":"open"`, `"state":"open","state_reason":"reopened"`, 1), []string{event("closed", "10:30", "a", ""), event("reopened", "10:40", "a", "")}, incident.Investigating, "10:40", "", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := draft(t, tc.issue, "", tc.events...)
			inc := d.Incident
			if inc.Status != tc.status || *inc.Reopened != tc.reopened {
				t.Errorf("status %s, reopened %d times; want %s and %d", inc.Status, *inc.Reopened, tc.status, tc.reopened)
			}
			for name, want := range map[incident.MilestoneName]string{incident.Acked: tc.acked, incident.ResolvedAt: tc.resolved} {
				at := time.Time{}
				if want != "" {
					at = clock(want)
				}
				if got := inc.Milestones.At(name); !got.Equal(at) {
					t.Errorf("%s at %s, want %q", name, got, want)
				}
			}
			if !inc.Milestones.At(incident.ImpactStarted).IsZero() || !inc.Milestones.At(incident.Opened).Equal(clock("10:00")) {
				t.Errorf("milestones %+v", inc.Milestones)
			}
			if warned := len(d.Warnings) > 0; warned != (tc.status == incident.StatusUnknown) {
				t.Errorf("warnings %+v", d.Warnings)
			}
		})
	}
}

func TestFieldsOfAnIssue(t *testing.T) {
	body := `{"number":7,"title":"Checkout is down","state":"open","created_at":"2026-03-01T10:00:00Z","user":null,
	 "labels":[{"name":"incident"},{"name":"sev2"},{"name":"service: checkout"},{"name":"team/payments"},"area=web",{"name":"game day"}],
	 "assignees":[{"login":"responder-two"}],"milestone":{"title":"Q1"},"parent_issue_url":"https://api.github.com/repos/example-org/incidents/issues/3",
	 "issue_field_values":[{"issue_field_name":"Customers hit","data_type":"number","value":12},{"issue_field_name":"Regions","value":null,"multi_select_options":[{"name":"eu"},{"name":"us"}]}],
	 "body":"### Affected services\n\ncart, search\n\n### Impact began\n\n2026-03-01 09:41 UTC\n\n### Workaround\n\n_No response_\n"}`
	d := draft(t, body, `{"fields": {"service": "Affected services", "impact_started": "impact began"}}`)
	inc := d.Incident
	var services []string
	for _, s := range inc.Services {
		services = append(services, s.Name)
	}
	if inc.Severity != incident.Sev2 || inc.SeverityRaw != "sev2" || d.Team != "payments" || inc.Kind != incident.Drill || !slices.Equal(services, []string{"cart", "search"}) {
		t.Errorf("severity %v (%q), team %q, kind %s, services %q", inc.Severity, inc.SeverityRaw, d.Team, inc.Kind, services)
	}
	m, _ := inc.Milestones.Current(incident.ImpactStarted)
	if !m.At.Equal(clock("09:41")) || m.Basis != incident.FromText || m.Precision != incident.ToMinute {
		t.Errorf("the impact began %+v", m)
	}
	want := []incident.CustomValue{{Name: "milestone", Value: "Q1"}, {Name: "Customers hit", Value: "12"}, {Name: "Regions", Value: "eu, us"}}
	if !slices.Equal(inc.Custom, want) || inc.Parent != "example-org/incidents#3" {
		t.Errorf("custom %+v, parent %q", inc.Custom, inc.Parent)
	}
	if got := draft(t, body, "").Incident.Services; len(got) != 1 || got[0].Name != "checkout" {
		t.Errorf("without a mapping the services are %+v, want checkout of the label", got)
	}
}

func TestUnknownSeverityIsSaid(t *testing.T) {
	d := draft(t, strings.Replace(open, `"labels":[]`, `"labels":[{"name":"severity:gigantic"},{"name":"status:blocked"}]`, 1), "")
	if d.Incident.Severity != incident.SevUnknown || d.Incident.SeverityRaw != "gigantic" || len(d.Warnings) != 2 {
		t.Errorf("severity %v (%q), warnings %+v", d.Incident.Severity, d.Incident.SeverityRaw, d.Warnings)
	}
}

func TestRelations(t *testing.T) {
	for comment, want := range map[string]string{
		"Duplicate of #12": "example-org/shop#12",
		"duplicate of Example-Org/Incidents#3\nsorry":               "example-org/incidents#3",
		"Duplicate of https://github.com/example-org/shop/issues/4": "example-org/shop#4",
		"This may be a duplicate of #12":                            "",
	} {
		text, _ := json.Marshal(comment)
		mark := event("commented", "11:50", "responder-two", `"body":`+string(text))
		if got := draft(t, closed(`"duplicate"`), "", mark).Incident.MergedInto; string(got) != want {
			t.Errorf("closed as duplicate with %q: merged into %q, want %q", comment, got, want)
		}
		if got := draft(t, open, "", mark).Incident; string(got.DuplicateOf) != want || got.MergedInto != "" {
			t.Errorf("open with %q: duplicate of %q, want %q", comment, got.DuplicateOf, want)
		}
	}
	d := draft(t, open, "", event("cross-referenced", "10:20", "a", `"source":{"issue":{"title":"Roll back","html_url":"https://github.com/example-org/shop/pull/9","pull_request":{}}}`),
		event("cross-referenced", "10:21", "a", `"source":{"issue":{"title":"x","html_url":"javascript:alert(1)","pull_request":{}}}`))
	if want := []incident.Link{{Kind: "change", URL: "https://github.com/example-org/shop/pull/9", Title: "Roll back"}}; !slices.Equal(d.Incident.Links, want) {
		t.Errorf("links %+v, want %+v", d.Incident.Links, want)
	}
}

func TestBrokenRecords(t *testing.T) {
	for name, body := range map[string]string{
		"no JSON": `{`, "a list": `[]`, "a number for a title": `{"issue":{"title":1}}`, "an odd date": `{"issue":{"number":1,"created_at":"yesterday"}}`,
	} {
		if _, err := mapIssue(incident.Raw{ExternalID: "a/b#1", Body: []byte(body)}, importers.Config{}); err == nil {
			t.Errorf("%s was mapped", name)
		}
	}
	d := draft(t, `{"number":7,"title":null,"state":null,"created_at":null,"user":null,"labels":null,"assignees":null,"milestone":null,"type":null,"body":null,"closed_by":null,"issue_field_values":null}`,
		"", `{"event":null}`, `{"event":"labeled","created_at":"0000","label":null,"actor":null}`, `null`)
	if d.Incident.Status != incident.StatusUnknown || len(d.Timeline) != 0 {
		t.Errorf("nothing but null became %+v", d)
	}
}

func FuzzMap(f *testing.F) {
	for _, body := range []string{open, closed(`"completed"`)} {
		f.Add([]byte(`{"issue":` + body + `,"timeline":[` + event("closed", "11:00", "a", "") + `,` + event("commented", "11:01", "b", `"body":"Duplicate of #3"`) + `]}`))
	}
	if text, err := os.ReadFile("testdata/example_issue.json"); err == nil {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		importertest.Mappable(t, Source(), "incidents", githubtest.Upstream.Config("https://api.github.com"), importers.Record{ExternalID: "example-org/shop#7", Body: body})
	})
}
