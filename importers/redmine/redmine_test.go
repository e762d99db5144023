package redmine_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/redmine"
	"hindsight/importers/redmine/redminetest"
	"hindsight/incident"
)

// config returns settings for the made-up Redmine at a URL, and more of them.
func config(more map[string]string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: redminetest.Upstream.Settings(url)}
		maps.Copy(cfg.Settings, more)
		return cfg
	}
}

// serve starts f and returns settings for it.
func serve(t *testing.T, f http.Handler, more map[string]string) importers.Config {
	t.Helper()
	return config(more)(importertest.Served(t, f))
}

func TestReads(t *testing.T) {
	importertest.RunAPI(t, redmine.Source(), importertest.Fake{Handler: redminetest.Upstream.New, Config: config(nil), Want: 230})
}

func TestReadsChosenProjectsAndTrackers(t *testing.T) {
	issues := redminetest.Many(6)
	issues[0]["project"], issues[1]["project"], issues[2]["project"] = redminetest.Named(2, "web"), redminetest.Named(3, "hr"), redminetest.Named(2, "web")
	issues[2]["tracker"] = redminetest.Named(2, "Feature")
	importertest.RunAPI(t, redmine.Source(), importertest.Fake{
		Handler: func() http.Handler { return redminetest.New(issues...) },
		Config:  config(map[string]string{"projects": "ops, web", "trackers": "bug"}), Want: 4,
	})
}

func draftOf(t *testing.T, body any, cfg importers.Config) importers.Draft {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	d, err := redmine.Source().Collections[0].Map(incident.Raw{ExternalID: "7", Body: text}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNothingIsLostWhenIssuesChangeBetweenPages(t *testing.T) {
	f := redminetest.New(redminetest.Many(150)...)
	f.Listed = func(f *redminetest.Server) { // one is deleted and one updated behind each page
		delete(f.Issues, 1)
		f.Issues[2]["updated_on"] = "2026-10-20T11:59:59Z"
		f.Listed = nil
	}
	if h := importertest.ReadAll(t, redmine.Source(), serve(t, f, nil), nil); len(h.Records) != 149 {
		t.Errorf("read %d issues, want the 149 that are left", len(h.Records))
	}
}

func TestPollReadsWhatChangedSince(t *testing.T) {
	f := redminetest.New(redminetest.Many(3)...)
	f.Now = importertest.Moment("2026-10-20T12:00:00Z")
	cfg := serve(t, f, nil)
	h := importertest.ReadAll(t, redmine.Source(), cfg, nil)
	f.Issues[2]["subject"], f.Issues[2]["updated_on"] = "synthetic, changed", "2026-10-20T10:00:00Z" // in the same second
	f.Issues[4] = redminetest.NewIssue(4, "2026-10-20T10:00:00Z", "2026-10-20T10:00:00Z")
	h = importertest.ReadAll(t, redmine.Source(), cfg, h)
	if got := h.Draft(t, "issues", "2").Incident.Title; got != "synthetic, changed" || len(h.Records) != 4 {
		t.Errorf("after the poll: title %q and %d records, want the change and 4", got, len(h.Records))
	}
}

func TestAWrongKeyIsAnError(t *testing.T) {
	cfg := serve(t, redminetest.New(redminetest.Many(3)...), map[string]string{"key": "wrong"})
	h, err := importertest.Collect(context.Background(), t, redmine.Source(), cfg, nil, 0)
	if !importers.HasStatus(err, http.StatusUnauthorized) || len(h.Records) != 0 {
		t.Errorf("with a wrong key: %d records, %v, want a 401 although the list answers 200", len(h.Records), err)
	}
	client, _ := importertest.Client(t, redmine.Source(), cfg)
	if _, err := redmine.Source().Probe(context.Background(), importers.Input{Config: cfg, Client: client}); !importers.HasStatus(err, http.StatusUnauthorized) {
		t.Errorf("Probe with a wrong key: %v, want a 401", err)
	}
}

func TestProbe(t *testing.T) {
	cfg := serve(t, redminetest.New(), nil)
	client, _ := importertest.Client(t, redmine.Source(), cfg)
	got, err := redmine.Source().Probe(context.Background(), importers.Input{Config: cfg, Client: client})
	if err != nil || got.Identity != "Reader One (reader)" || !slices.Equal(got.Reach, []string{"Ops (ops)"}) || len(got.Notes) != 1 {
		t.Errorf("Probe = %+v, %v, want the user, one project, and a word on its being an administrator", got, err)
	}
	cfg.Settings["trackers"] = "Incident"
	if _, err := redmine.Source().Probe(context.Background(), importers.Input{Config: cfg, Client: client}); err == nil || !strings.Contains(err.Error(), "Incident") {
		t.Errorf("Probe with a tracker that is not there: %v, want it named", err)
	}
}

func TestDeletedIssuesAreLeftOut(t *testing.T) {
	f := redminetest.New(redminetest.Many(3)...)
	cfg := serve(t, f, nil)
	client, _ := importertest.Client(t, redmine.Source(), cfg)
	in := importers.Input{Config: cfg, Client: client}
	delete(f.Issues, 2)
	c := redmine.Source().Collections[0]
	got, err := c.Fetch(context.Background(), in, []string{"1", "2"})
	if err != nil || len(got) != 1 || got[0].ExternalID != "1" {
		t.Errorf("Fetch(1, 2) = %+v, %v, want issue 1 alone", got, err)
	}
	if ids, next, err := c.Census(context.Background(), in, ""); err != nil || next != "" || !slices.Equal(ids, []string{"1", "3"}) {
		t.Errorf("Census = %q, then %q, %v, want 1 and 3 alone", ids, next, err)
	}
}

func TestPrivateIssuesAndNotes(t *testing.T) {
	secret := redminetest.NewIssue(1, "2026-10-20T10:00:00Z", "2026-10-20T10:00:00Z")
	secret["is_private"] = true
	noted := redminetest.NewIssue(2, "2026-10-20T10:00:00Z", "2026-10-20T10:00:00Z")
	noted["journals"] = []any{
		map[string]any{"id": 1, "notes": "synthetic, for all", "created_on": "2026-10-20T10:01:00Z"},
		map[string]any{"id": 2, "notes": "synthetic, for few", "created_on": "2026-10-20T10:02:00Z", "private_notes": true},
	}
	h := importertest.ReadAll(t, redmine.Source(), serve(t, redminetest.New(secret, noted), nil), nil)
	if body := string(h.Records["issues/2"].Body); len(h.Records) != 1 || strings.Contains(body, "for few") || !strings.Contains(body, "for all") {
		t.Errorf("without the setting, read %d issues, the second as %s; want it alone, and without its private note", len(h.Records), body)
	}
	h = importertest.ReadAll(t, redmine.Source(), serve(t, redminetest.New(secret, noted), map[string]string{"private": "yes"}), nil)
	if d := h.Draft(t, "issues", "2"); !d.Timeline[2].Private || d.Timeline[1].Private {
		t.Errorf("with the setting, the timeline is %+v, want the second note private", d.Timeline)
	}
	if !h.Draft(t, "issues", "1").Incident.Private {
		t.Error("with the setting, the private issue is public")
	}
}

// recorded serves what a real server answered.
func recorded(w http.ResponseWriter, r *http.Request) {
	file := map[string]string{"/issues.json": "issues-list", "/issue_statuses.json": "issue_statuses",
		"/enumerations/issue_priorities.json": "issue_priorities"}[r.URL.Path]
	if strings.HasPrefix(r.URL.Path, "/issues/") {
		file = "issue-" + strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/issues/"), ".json")
	}
	w.Header().Set("Content-Type", "application/json")
	if file == "" {
		w.Write([]byte("{}"))
		return
	}
	text, _ := os.ReadFile("testdata/" + file + ".json")
	w.Write(text)
}

func TestRecordedIssues(t *testing.T) {
	h := importertest.ReadAll(t, redmine.Source(), serve(t, http.HandlerFunc(recorded), map[string]string{"private": "yes"}), nil)
	closed, dup, reopened := h.Draft(t, "issues", "1"), h.Draft(t, "issues", "2"), h.Draft(t, "issues", "3")
	inc := closed.Incident
	at := importertest.Moment("2026-11-20T09:57:32Z")
	if inc.Status != incident.Closed || inc.Severity != incident.Sev1 || *inc.Reopened != 0 || inc.Number != "#1" ||
		!inc.Milestones.At(incident.Acked).Equal(at) || !inc.Milestones.At(incident.ResolvedAt).Equal(at) || !inc.Milestones.At(incident.ClosedAt).Equal(at) {
		t.Errorf("closed: %+v, want SEV1, acknowledged, resolved and closed at %v", inc, at)
	}
	if inc.Description != "error ratio 7%\nh2. Impact\n* EU" {
		t.Errorf("description = %q, want line feeds alone", inc.Description)
	}
	if dup.Incident.DuplicateOf != "1" || dup.Incident.MergedInto != "" || closed.Incident.DuplicateOf != "" {
		t.Errorf("the open duplicate is of %q, merged into %q; the original of %q; want 1 and nothing", dup.Incident.DuplicateOf, dup.Incident.MergedInto, closed.Incident.DuplicateOf)
	}
	inc = reopened.Incident
	if inc.Status != incident.Investigating || *inc.Reopened != 1 || !inc.Milestones.At(incident.ResolvedAt).IsZero() || !inc.Milestones.At(incident.ClosedAt).IsZero() ||
		!inc.Milestones.At(incident.Acked).Equal(importertest.Moment("2026-11-20T10:13:08Z")) {
		t.Errorf("reopened: %+v, want one reopening and neither a resolution nor a closing, whatever closed_on says", inc)
	}
	var told []string
	for _, e := range reopened.Timeline {
		told = append(told, string(e.Kind)+": "+e.Text)
	}
	want := []string{"created: created", "status_changed: status from New to In Progress", "assigned: assigned to Redmine Admin", "note: ack",
		"resolved: status from In Progress to Closed", "note: lag cleared", "reopened: status from Closed to Feedback",
		"severity_changed: priority from Urgent to Immediate", "note: lag is back, reopening", "note: private: vendor ticket 88"}
	if !slices.Equal(told, want) {
		t.Errorf("timeline:\n%s\nwant:\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

func TestClosedDuplicateIsMerged(t *testing.T) {
	is := redminetest.NewIssue(7, "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z")
	is["status"], is["closed_on"] = redminetest.Named(5, "Closed"), "2026-11-20T11:00:00Z"
	is["relations"] = []any{map[string]any{"issue_id": 7, "issue_to_id": 3, "relation_type": "duplicates"}}
	got := draftOf(t, map[string]any{"issue": is}, importers.Config{}).Incident
	if got.Status != incident.Merged || got.MergedInto != "3" || !got.Milestones.At(incident.ClosedAt).Equal(importertest.Moment("2026-11-20T11:00:00Z")) {
		t.Errorf("status %s, merged into %q, closed %v, want merged, 3, and closed_on since no journal tells", got.Status, got.MergedInto, got.Milestones.At(incident.ClosedAt))
	}
}

func TestUnknownWords(t *testing.T) {
	is := redminetest.NewIssue(7, "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z")
	is["status"], is["priority"] = redminetest.Named(9, "Waiting for vendor"), redminetest.Named(9, "Panic")
	got := draftOf(t, map[string]any{"issue": is}, importers.Config{})
	if got.Incident.Status != incident.StatusUnknown || got.Incident.Severity != 0 || len(got.Warnings) != 2 {
		t.Errorf("status %s, severity %d, warnings %+v, want unknown, none, and a word on both", got.Incident.Status, got.Incident.Severity, got.Warnings)
	}
	is["status"] = map[string]any{"id": 9, "name": "Abgeschlossen", "is_closed": true}
	if got := draftOf(t, map[string]any{"issue": is}, importers.Config{}).Incident.Status; got != incident.Closed {
		t.Errorf("a closed status of another name means %s, want closed", got)
	}
}

func TestMappedFields(t *testing.T) {
	is := redminetest.NewIssue(7, "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z")
	is["custom_fields"] = []any{
		map[string]any{"id": 1, "name": "Impact from", "value": "2026-11-20 09:30"},
		map[string]any{"id": 2, "name": "Affected", "value": []string{"checkout"}},
		map[string]any{"id": 3, "name": "Squad", "value": "Payments"},
		map[string]any{"id": 4, "name": "Nothing", "value": nil},
	}
	cfg := importers.Config{Mapping: json.RawMessage(`{"fields":{"impact_started":"Impact from","service":"Affected","team":"Squad"}}`)}
	got := draftOf(t, map[string]any{"issue": is}, cfg)
	if !got.Incident.Milestones.At(incident.ImpactStarted).Equal(time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)) ||
		len(got.Incident.Services) != 1 || got.Incident.Services[0].Name != "checkout" || got.Team != "Payments" {
		t.Errorf("impact since %v, services %+v, team %q, want what the custom fields say", got.Incident.Milestones.At(incident.ImpactStarted), got.Incident.Services, got.Team)
	}
	if got := draftOf(t, map[string]any{"issue": is}, importers.Config{}).Incident; !got.Milestones.At(incident.ImpactStarted).IsZero() || got.Services[0].Name != "ops" {
		t.Errorf("without a mapping: impact since %v, services %+v, want none and the project", got.Milestones.At(incident.ImpactStarted), got.Services)
	}
}

func FuzzMap(f *testing.F) {
	for _, file := range []string{"issue-1", "issue-2", "issue-3"} {
		text, err := os.ReadFile("testdata/" + file + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"issue":{"id":null,"status":null,"journals":null,"custom_fields":[{"value":null}],"created_on":"","relations":null}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := redmine.Source().Collections[0].Map(incident.Raw{ExternalID: "7", Body: body}, importers.Config{}); err != nil {
			return
		}
		h := importertest.Haul{Source: redmine.Source(), Records: map[string]importers.Record{"issues/7": {ExternalID: "7", Body: body}}}
		h.Draft(t, "issues", "7")
	})
}
