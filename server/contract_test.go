package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/desk"
)

// openAPI is as much of the API's own description as the checks need.
type openAPI struct {
	Paths map[string]map[string]struct {
		Description string `json:"description"`
		Responses   map[string]struct {
			Content map[string]struct {
				Schema schema `json:"schema"`
			} `json:"content"`
		} `json:"responses"`
		RequestBody json.RawMessage `json:"requestBody"`
	} `json:"paths"`
	Components struct {
		Schemas map[string]schema `json:"schemas"`
	} `json:"components"`
}

// schema is the part of JSON Schema that the description uses.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       types             `json:"type"`
	AnyOf      []schema          `json:"anyOf"`
	Format     string            `json:"format"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	Additional *schema           `json:"additionalProperties"`
}

// types is one type or several.
type types []string

func (t *types) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*t = types{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(t))
}

// check returns what of a value is not as its schema says, with its place.
func (api openAPI) check(place string, s schema, value any) (faults []string) {
	if s.Ref != "" {
		return api.check(place, api.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")], value)
	}
	if len(s.AnyOf) > 0 {
		for _, alternative := range s.AnyOf {
			if faults = api.check(place, alternative, value); len(faults) == 0 {
				return nil
			}
		}
		return faults
	}
	if len(s.Type) > 0 && !slices.Contains(s.Type, kindOf(value)) && (kindOf(value) != "integer" || !slices.Contains(s.Type, "number")) {
		return []string{fmt.Sprintf("%s is %s, want %v", place, kindOf(value), s.Type)}
	}
	switch x := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339Nano, x); s.Format == "date-time" && (err != nil || !strings.HasSuffix(x, "Z")) {
			faults = append(faults, fmt.Sprintf("%s is %q, want a time in UTC", place, x))
		}
	case []any:
		for i, item := range x {
			if s.Items != nil {
				faults = append(faults, api.check(fmt.Sprintf("%s[%d]", place, i), *s.Items, item)...)
			}
		}
	case map[string]any:
		faults = append(faults, api.checkObject(place, s, x)...)
	}
	return faults
}

func (api openAPI) checkObject(place string, s schema, x map[string]any) (faults []string) {
	for _, name := range s.Required {
		if _, ok := x[name]; !ok {
			faults = append(faults, place+"."+name+" is missing")
		}
	}
	for name, member := range x {
		property, known := s.Properties[name]
		switch {
		case known:
			faults = append(faults, api.check(place+"."+name, property, member)...)
		case s.Additional != nil:
			faults = append(faults, api.check(place+"."+name, *s.Additional, member)...)
		case s.Properties != nil:
			faults = append(faults, place+"."+name+" is not described")
		}
	}
	return faults
}

// kindOf returns the JSON Schema type of a value that encoding/json decoded.
func kindOf(value any) string {
	switch x := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case float64:
		if x == float64(int64(x)) {
			return "integer"
		}
		return "number"
	}
	return "object"
}

// TestAPI calls every operation of the API's own description, and holds each answer against its schema.
func TestAPI(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		in.run(t, "import", "table", "--file", "testdata/bad.csv")
		in.mustRun(t, "import", "markdown", "--dir", "internal/demo/data/moj-incidents", "--set", "service=Cloud Platform")
		in.mustRun(t, "problems")
		s := in.serve(t, false, true)
		admin, viewer := s.withToken(t, in, "admin"), s.withToken(t, in, "viewer")
		var api openAPI
		s.visitor(t).getJSON(t, "/api/openapi.json", &api)
		ids := someIDs(t, admin)
		ids["connections"], ids["tracker"] = connectJira(t, s), connectTracker(t, s)
		beginRetro(t, s, admin, ids)
		ids["moments"] = tellMoment(t, s, ids["incidents"])
		publish(t, s, ids["other"])
		for path, methods := range api.Paths {
			for method := range methods {
				t.Run(method+" "+path, func(t *testing.T) { callOperation(t, api, admin, strings.ToUpper(method), path, ids) })
			}
		}
		t.Run("refusals", func(t *testing.T) { apiRefuses(t, api, s, admin, viewer, ids) })
		if err := s.app.Settled(t.Context()); err != nil { // what was asked for above may still be imported
			t.Fatal(err)
		}
		t.Run("paging", func(t *testing.T) { pageByPage(t, admin) })
	})
}

// someIDs finds something of every sort.
func someIDs(t *testing.T, v visitor) map[string]string {
	t.Helper()
	type list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
		Connections, Runs []struct {
			ID string `json:"id"`
		}
	}
	get := func(path string) (l list) {
		v.getJSON(t, "/api/v1"+path, &l)
		if len(l.Items)+len(l.Runs) == 0 {
			t.Fatalf("GET %s lists nothing", path)
		}
		return l
	}
	newCalendar := func(name string) string {
		return savedID(t, v, "/calendars", map[string]any{"name": name, "calendar": officeHours})
	}
	calendar := newCalendar("Office")
	contract := savedID(t, v, "/contracts", contractBody(calendar))
	if got := v.send(t, http.MethodPost, "/api/v1/durations", map[string]any{"name": "Time to nowhere", "span": "opened..mitigated"}); got.status != http.StatusCreated {
		t.Fatalf("POST /durations = %d %s", got.status, got.body)
	}
	imports := get("/imports")
	written := get("/incidents?source=markdown").Items
	var promised struct {
		Key string `json:"key"`
	}
	said := v.send(t, http.MethodPost, "/api/v1/incidents/"+written[0].ID+"/actions", map[string]any{"title": "Add a check"})
	parseJSON(t, "POST actions", said.body, &promised)
	linked := map[string]any{"runbook": "https://wiki.example.com/failover", "verdict": "helped"}
	if got := v.send(t, http.MethodPost, "/api/v1/incidents/"+written[0].ID+"/runbooks", linked); got.status != http.StatusOK {
		t.Fatalf("POST a runbook = %d %s", got.status, got.body)
	}
	account := savedID(t, v, "/users", map[string]any{"name": "nightly.one", "role": "viewer", "service": true})
	return map[string]string{"users": account, "teams": savedID(t, v, "/teams", map[string]any{"name": "red"}), "slo": makeObjective(t, v), "tokens": savedID(t, v, "/tokens", map[string]any{"name": "nightly", "owner_id": account, "abilities": []string{"read"}}), "incidents": written[0].ID, "actions": promised.Key, "other": written[1].ID, "services": get("/services").Items[0].ID,
		"problems": get("/problems?min=1").Items[0].ID, "imports": imports.Runs[0].ID, "connection": imports.Connections[0].ID,
		"durations": "time-to-nowhere", "contracts": contract, "calendars": newCalendar("Office of nobody"), "cases": "learning.repeats", "hours": "all",
		"views": savedID(t, v, "/views", viewBody("The worst")), "runbooks": get("/runbooks").Items[0].ID}
}

// officeHours and contractBody are a made-up agreement.
var officeHours = map[string]any{"zone": "Europe/Berlin", "weekly": [7][]string{1: {"09:00-17:00"}, 2: {"09:00-17:00"}}, "days": []any{map[string]any{"date": "2026-12-25", "name": "Christmas"}}}

// named gives a body another name: the configuration as code tells things apart by their names.
func named(name string, body map[string]any) map[string]any {
	body["name"] = name
	return body
}

func contractBody(calendar string) map[string]any {
	body := map[string]any{"name": "Gold", "note": "agreed", "contract": map[string]any{"window": map[string]any{"every": "year"}, "promises": []any{
		map[string]any{"name": "Resolution", "span": "opened..resolved", "within_seconds": 14400, "goal": 0.95, "severities": []int{0, 1, 2, 3, 4, 5}, "pause_in": []string{"On Hold"}, "reopen": "resume", "calendar": calendar}},
		"exclusions": []any{map[string]any{"from": "2026-01-01T00:00:00+01:00", "until": "2026-01-02T00:00:00Z", "reason": "move", "approver": "Approver One", "approved_at": "2026-02-01T00:00:00Z"}}}}
	return body
}

// viewBody is a view to save. A token that acts for nobody has to share it.
func viewBody(name string) map[string]any {
	return map[string]any{"name": name, "path": "/incidents?sev=1&range=90d", "shared": true}
}

// savedID posts a body and returns the id of what it made.
func savedID(t *testing.T, v visitor, path string, body any) string {
	t.Helper()
	got := v.send(t, http.MethodPost, "/api/v1"+path, body)
	var saved struct {
		ID string `json:"id"`
	}
	parseJSON(t, "POST "+path, got.body, &saved)
	if got.status != http.StatusCreated || saved.ID == "" {
		t.Fatalf("POST %s = %d %s", path, got.status, got.body)
	}
	return saved.ID
}

// makeObjective adds one and returns its id.
func makeObjective(t *testing.T, v visitor) string {
	t.Helper()
	got := v.send(t, http.MethodPost, "/api/v1/slo", map[string]any{"name": "up", "service": "Cloud Platform", "objective": 0.999, "days": 30})
	var made struct {
		ID string `json:"id"`
	}
	parseJSON(t, "POST /slo", got.body, &made)
	return made.ID
}

// connectJira connects a made-up Jira and returns the connection's id.
func connectJira(t *testing.T, s site) string {
	t.Helper()
	s.app.Desk.Runner.Transport = http.DefaultTransport // loopback is no public address
	conn, err := s.app.Desk.Connect(t.Context(), desk.Plan{Source: "jira", Name: "Our Jira", Settings: map[string]string{"url": jiraSite(t, new(atomic.Int64)).URL, "user": "reader@example.com", "token": "t", "projects": "OPS"}})
	if err != nil {
		t.Fatal(err)
	}
	return string(conn.ID)
}

// connectTracker connects a made-up GitHub in which issues can be made and closed, and returns the connection's id.
func connectTracker(t *testing.T, s site) string {
	t.Helper()
	cfg := githubtest.Upstream.Settings(importertest.Served(t, githubtest.New()))
	cfg["repos"], cfg["write_issues"] = "example-org/shop", "yes"
	conn, err := s.app.Desk.Connect(t.Context(), desk.Plan{Source: "github", Name: "Our GitHub", Settings: cfg})
	if err != nil {
		t.Fatal(err)
	}
	return string(conn.ID)
}

// promisedOne adds an action item; with an issue it has one in the tracker, and is verified.
func promisedOne(t *testing.T, v visitor, ids map[string]string, issue bool) string {
	t.Helper()
	of := "/api/v1/incidents/" + ids["incidents"] + "/actions"
	var made struct{ Key string }
	parseJSON(t, "POST actions", v.send(t, http.MethodPost, of, map[string]any{"title": "Add a dashboard"}).body, &made)
	if issue {
		v.send(t, http.MethodPost, of+"/"+made.Key+"/issues", map[string]any{"connection_id": ids["tracker"], "place": "example-org/shop"})
		v.send(t, http.MethodPatch, of+"/"+made.Key, map[string]any{"state": "done"})
		v.send(t, http.MethodPatch, of+"/"+made.Key, map[string]any{"state": "verified", "reason": "it was looked at"})
	}
	return made.Key
}

// tellMoment begins the retrospective of an incident, tells a moment in it and returns its id.
func tellMoment(t *testing.T, s site, id string) string {
	t.Helper()
	all, at := incident.Sight{All: true}, time.Date(2024, 3, 1, 10, 5, 0, 0, time.UTC)
	if _, _, err := s.app.Desk.BeginRetro(t.Context(), incident.ID(id), "", all); err != nil {
		t.Fatal(err)
	}
	m, _, err := s.app.Desk.AddMoment(t.Context(), incident.ID(id), desk.MomentPatch{At: &at, Title: new("Latency rose")}, all)
	if err != nil {
		t.Fatal(err)
	}
	return string(m.ID)
}

// publish puts a published retrospective of an incident.
func publish(t *testing.T, s site, id string) {
	t.Helper()
	r := incidenttest.Retro()
	r.Incident, r.State, r.Number = incident.ID(id), incident.RetroPublished, 1
	_, err := s.app.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return errors.Join(tx.PutRetro(r), tx.PutRetroSnapshot(incident.RetroSnapshot{ID: "snp_published", Incident: r.Incident, Why: incident.SnapshotPublished, Number: 1, At: r.ChangedAt,
			Body: incident.RetroBody{Title: r.Title, Sections: []incident.RetroSection{{Incident: r.Incident, Slug: "summary", Title: "Summary", Text: "web-01 was full (made up)."}}}}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func retroLink(digest string) map[string]any {
	body := map[string]any{"profile": "customers"}
	if digest != "" {
		body["digest"] = digest
	}
	return body
}

func newRetroLink(digest string) map[string]any {
	body := retroLink(digest)
	body["expires_at"] = time.Now().UTC().AddDate(0, 0, 7)
	return body
}

// linked makes a link to the published retrospective, and returns the ids that lead to it.
func linked(t *testing.T, v visitor, ids map[string]string) map[string]string {
	t.Helper()
	ids = maps.Clone(ids)
	ids["incidents"] = ids["other"]
	at := "/api/v1/incidents/" + ids["incidents"] + "/retrospective/links"
	var seen struct{ Digest string }
	parseJSON(t, at, v.send(t, http.MethodPost, at+"/preview", retroLink("")).body, &seen)
	var made struct{ Link struct{ ID string } }
	parseJSON(t, at, v.send(t, http.MethodPost, at, newRetroLink(seen.Digest)).body, &made)
	ids["seen"], ids["links"] = seen.Digest, made.Link.ID
	return ids
}

// bodies are what the writing operations are sent.
func bodies(ids map[string]string) map[string]any {
	return map[string]any{
		"PUT /api/v1/incidents/{id}/retrospective/sections/{slug}":          map[string]any{"text": "", "base": ""},
		"POST /api/v1/incidents/{id}/retrospective/sections/{slug}/updates": map[string]any{"version": 0, "client": ids["who"] + ".editor01", "updates": []any{[]any{[]any{0, "Made up.", ""}}}},

		"POST /api/v1/incidents/{id}/retrospective":                            map[string]any{},
		"PATCH /api/v1/incidents/{id}/retrospective/details":                   map[string]any{"title": "Cold cache", "due_at": "2027-02-01"},
		"POST /api/v1/incidents/{id}/retrospective/state":                      map[string]any{"state": "in_review"},
		"POST /api/v1/incidents/{id}/retrospective/review":                     map[string]any{"reviewers": []string{}},
		"POST /api/v1/incidents/{id}/retrospective/answer":                     map[string]any{"answer": "changes", "words": "say when it began"},
		"POST /api/v1/incidents/{id}/retrospective/sections":                   map[string]any{"action": "add", "title": "Decided not to do"},
		"POST /api/v1/incidents/{id}/retrospective/comments":                   map[string]any{"text": "Since when?", "section": "summary"},
		"PATCH /api/v1/incidents/{id}/retrospective/comments/{comment}":        map[string]any{"action": "resolve"},
		"POST /api/v1/incidents/{id}/retrospective/charts":                     map[string]any{"chart": "incidents-per-month", "days": 365, "all_services": true},
		"POST /api/v1/incidents/{id}/retrospective/history":                    map[string]any{"name": "made up"},
		"POST /api/v1/incidents/{id}/retrospective/history/{snapshot}/restore": map[string]any{"section": "summary"},
		"POST /api/v1/incidents/{id}/retrospective/links/preview":              retroLink(""),
		"POST /api/v1/incidents/{id}/retrospective/links":                      newRetroLink(ids["seen"]),
		"PUT /api/v1/incidents/{id}/retrospective/links/{link}":                retroLink(ids["seen"]),
		"POST /api/v1/incidents/{id}/retrospective/import/preview":             map[string]any{"text": "## Summary {#summary}\n\nMade up.\n"},
		"POST /api/v1/incidents/{id}/retrospective/rows/preview":               map[string]any{"text": "## Timeline (UTC)\n\n- 2026-01-02 03:10 Made up\n"},
		"POST /api/v1/incidents/{id}/retrospective/rows":                       map[string]any{"moments": []map[string]any{{"at": "2026-01-02T03:10:00Z", "title": "Made up"}}, "factors": []map[string]any{{"role": "contributing", "text": "Made up"}}, "action_items": []map[string]any{{"title": "Add an alert"}}},
		"POST /api/v1/incidents/{id}/retrospective/import":                     map[string]any{"text": "## Lessons {#lessons}\n\nMade up.\n"},

		"POST /api/v1/incidents":                                      map[string]any{"title": "written down", "severity": 2, "services": []string{"checkout"}, "opened_at": "2026-01-02T03:04:05Z"},
		"PATCH /api/v1/incidents/{id}":                                map[string]any{"tags": []string{"looked-at"}, "severity": 3},
		"POST /api/v1/incidents/{id}/similar":                         map[string]any{"other_id": ids["other"], "verdict": "apart"},
		"POST /api/v1/incidents/{id}/factors":                         map[string]any{"action": "add", "role": "contributing", "text": "made up", "category": "cache", "about": "checkout"},
		"POST /api/v1/incidents/{id}/runbooks":                        map[string]any{"runbook": "https://wiki.example.com/other", "verdict": "did_not_help"},
		"POST /api/v1/incidents/{id}/actions":                         map[string]any{"title": "Add an alert", "owner": "Ops", "due_at": "2027-01-31", "kind": "detect", "proof": "it pages first"},
		"PATCH /api/v1/incidents/{id}/actions/{key}":                  map[string]any{"state": "in_progress", "priority": "high", "verify_by": "2027-03-01T00:00:00Z"},
		"PUT /api/v1/incidents/{id}/actions/{key}/issues":             map[string]any{"url": "https://tickets.example.com/issues/12"},
		"POST /api/v1/incidents/{id}/actions/{key}/issues":            map[string]any{"connection_id": ids["tracker"], "place": "example-org/shop"},
		"POST /api/v1/incidents/{id}/actions/{key}/issues/close":      map[string]any{"comment": "It worked."},
		"POST /api/v1/problems/{id}/verdicts":                         map[string]any{"action": "confirm"},
		"PATCH /api/v1/problems/{id}":                                 map[string]any{"workaround": "Roll **back**", "stage": "known_error", "exit_words": "canaries are in use", "exit_days": 60, "change": "https://example.com/1"},
		"POST /api/v1/imports":                                        map[string]any{"connection_id": ids["connection"], "via": "remap"},
		"POST /api/v1/incidents/{id}/retrospective/moments":           map[string]any{"at": "2024-03-01T10:15:00Z", "about_minutes": 10, "lane": "diagnosis", "title": "Somebody saw it", "open_question": true},
		"PATCH /api/v1/incidents/{id}/retrospective/moments/{moment}": map[string]any{"title": "Latency doubled", "known_then": "Little"},
		"POST /api/v1/connections": map[string]any{"source": "jira", "name": "Another", "settings": map[string]string{"url": "https://jira.example.org", "token": "t", "projects": "OPS"},
			"mapping": map[string]any{"status": map[string]string{"parked": "triggered"}}},
		"PATCH /api/v1/connections/{id}":                map[string]any{"settings": map[string]string{"projects": "OPS, WEB"}, "follow": true, "mapping": map[string]any{"severity": map[string]int{"Highest": 2}}},
		"POST /api/v1/connections/{id}/trial":           map[string]any{"since": "2026-01-01T00:00:00Z"},
		"POST /api/v1/connections/{id}/polls":           map[string]any{"since": "2026-01-01T00:00:00Z"},
		"POST /api/v1/connections/{id}/forecast":        map[string]any{"mapping": map[string]any{"status": map[string]string{"Open": "canceled"}}},
		"POST /api/v1/connections/{id}/webhook-secrets": map[string]any{"secret": "drawn by the source"},
		"POST /api/v1/slo":                              map[string]any{"name": "two", "service": "Cloud Platform", "objective": 0.99, "calendar": "quarter", "zone": "Europe/Berlin", "weighted": true},
		"PUT /api/v1/slo/{id}":                          map[string]any{"name": "up", "service": "Cloud Platform", "objective": 0.995, "days": 28, "note": "too strict"},
		"PUT /api/v1/terms/weights":                     map[string]any{"weights": map[string]float64{"SEV1": 1, "SEV2": 0.7, "SEV3": 0.3, "SEV4": 0, "SEV5": 0, "unset": 1}},
		"PUT /api/v1/terms/dependencies":                map[string]any{"service": "Cloud Platform", "needs": []any{}},
		"PUT /api/v1/terms/rates":                       map[string]any{"low": 10, "high": 40, "currency": "EUR", "reason": "made up"},
		"POST /api/v1/views":                            viewBody("By a program"),
		"POST /api/v1/durations":                        map[string]any{"name": "Time to calm", "span": "detected|opened..mitigated", "note": "what users feel"},
		"PUT /api/v1/delivery/rule":                     map[string]any{"cap_minutes": 120, "environments": []string{"production"}, "note": "we deploy often"},
		"PUT /api/v1/load/hours": map[string]any{"zone": "Europe/Berlin", "sleep": "23:00-07:00",
			"business": [7][]string{{}, {"09:00-17:00"}, {"09:00-17:00"}, {"09:00-17:00"}, {"09:00-17:00"}, {"09:00-17:00"}, {}}},
		"POST /api/v1/config/diff":            map[string]any{"files": []map[string]string{{"name": "teams.yaml", "text": "apiVersion: hindsight/v1\nkind: Team\nmetadata: {name: By a program}\n"}}},
		"POST /api/v1/config/apply":           map[string]any{"plan": "*", "note": "agreed", "files": []map[string]string{{"name": "teams.yaml", "text": "apiVersion: hindsight/v1\nkind: Team\nmetadata: {name: By a program}\n"}}},
		"POST /api/v1/contracts":              named("Silver", contractBody("")),
		"POST /api/v1/contracts/dry-run":      contractBody(""),
		"PUT /api/v1/contracts/{id}":          contractBody(""),
		"POST /api/v1/contracts/{id}/dry-run": contractBody(""),
		"POST /api/v1/calendars":              map[string]any{"name": "Always", "calendar": map[string]any{"always": true}},
		"PUT /api/v1/calendars/{id}":          map[string]any{"name": "Other", "calendar": officeHours},
		"POST /api/v1/users":                  map[string]any{"name": "responder.one", "display": "Responder One", "role": "editor", "password": password},
		"PATCH /api/v1/users/{id}":            map[string]any{"display": "Responder Two", "role": "viewer", "disabled": false},
		"PUT /api/v1/users/{id}/teams":        map[string]any{"team_ids": []string{ids["teams"]}},
		"POST /api/v1/teams":                  map[string]any{"name": "Blue"},
		"PATCH /api/v1/teams/{id}":            map[string]any{"name": "Crimson"},
		"POST /api/v1/tokens":                 map[string]any{"name": "wall", "abilities": []string{"read"}, "days": 30},
		"POST /api/v1/calendars/{id}/dry-run": map[string]any{"name": "Other", "calendar": officeHours},
	}
}

func callOperation(t *testing.T, api openAPI, v visitor, method, path string, ids map[string]string) {
	op := api.Paths[path][strings.ToLower(method)]
	if strings.Contains(path, "/retrospective/links") {
		ids = linked(t, v, ids)
	}
	body, known := bodies(ids)[method+" "+path]
	takesFile := strings.HasSuffix(path, "/retrospective/files")
	if op.RequestBody != nil && !known && !takesFile {
		t.Fatalf("%s %s takes a body that this test does not know; add one", method, path)
	}
	if closing := strings.HasSuffix(path, "/issues/close"); closing || method == http.MethodPost && strings.HasSuffix(path, "/issues") {
		ids = maps.Clone(ids) // one that no other operation touches
		ids["actions"] = promisedOne(t, v, ids, closing)
	}
	if method == http.MethodDelete {
		ids = maps.Clone(ids) // the others need theirs
		switch {
		case strings.HasPrefix(path, "/api/v1/slo/"):
			ids["slo"] = makeObjective(t, v)
		case strings.HasPrefix(path, "/api/v1/views/"):
			ids["views"] = savedID(t, v, "/views", viewBody("To be removed"))
		}
	}
	const retro = "/api/v1/incidents/{id}/retrospective/"
	if before := map[string]string{retro + "state": "draft", retro + "answer": "in_review"}[path]; before != "" && method == http.MethodPost {
		v.send(t, method, fill(t, retro+"state", ids), map[string]any{"state": before}) // refused where it is in that state already
	}
	var got response
	if method == http.MethodPut && strings.HasSuffix(path, "/sections/{slug}") {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		got = v.do(t, method, fill(t, path, ids), bytes.NewReader(text), http.Header{"Content-Type": {"application/json"}, "If-Match": {`"0"`}})
	} else if takesFile && method == http.MethodPost {
		got = v.do(t, method, fill(t, path, ids)+"?name=queue.log", strings.NewReader("12:04 full"), http.Header{"Content-Type": {"application/octet-stream"}})
	} else if body != nil {
		got = v.send(t, method, fill(t, path, ids), body)
	} else {
		got = v.do(t, method, fill(t, path, ids), nil, nil)
	}
	declared, ok := op.Responses[fmt.Sprint(got.status)]
	if !ok {
		t.Fatalf("%s %s = %d, want one of %v\n%s", method, path, got.status, slices.Collect(maps.Keys(op.Responses)), got.body)
	}
	var value any
	parseJSON(t, path, got.body, &value)
	for _, fault := range api.check(path, declared.Content["application/json"].Schema, value) {
		t.Errorf("%s %s: %s", method, path, fault)
	}
}

func apiRefuses(t *testing.T, api openAPI, s site, admin, viewer visitor, ids map[string]string) {
	for path, methods := range api.Paths {
		for method, op := range methods {
			method = strings.ToUpper(method)
			mistake(t, api, http.StatusUnauthorized, method, path, s.visitor(t).do(t, method, fill(t, path, ids), nil, nil))
			if !strings.HasPrefix(op.Description, "Needs the ability read:") {
				mistake(t, api, http.StatusForbidden, method, path, viewer.do(t, method, fill(t, path, ids), nil, nil))
			}
			if method == http.MethodGet {
				mistake(t, api, http.StatusUnprocessableEntity, method, path, admin.get(t, fill(t, path, ids)+"?colour=blue"))
			}
			if strings.Contains(path, "{id}") && method == http.MethodGet {
				mistake(t, api, http.StatusNotFound, method, path, admin.get(t, strings.Replace(path, "{id}", "nobody", 1)))
			}
			if op.RequestBody != nil {
				if !strings.HasSuffix(path, "/retrospective/files") {
					mistake(t, api, http.StatusBadRequest, method, path, admin.send(t, method, fill(t, path, ids), map[string]any{"colour": "blue"}))
				}
				mistake(t, api, http.StatusUnsupportedMediaType, method, path, admin.do(t, method, fill(t, path, ids), strings.NewReader("{}"), http.Header{"Content-Type": {"text/plain"}}))
			}
		}
	}
	for _, query := range []string{"limit=-1", "limit=many", "sev=9", "from=yesterdayish", "after=nonsense", "sort=sideways", "service=nowhere", "q=%22", "tz=Mars"} {
		if got := admin.get(t, "/api/v1/incidents?"+query); got.status != http.StatusUnprocessableEntity && query != "q=%22" || got.status >= 500 {
			t.Errorf("GET /incidents?%s = %d, want 422\n%s", query, got.status, got.body)
		}
	}
	problem := "/api/v1/problems/" + ids["problems"]
	mistake(t, api, http.StatusConflict, http.MethodPatch, "/api/v1/problems/{id}", admin.send(t, http.MethodPatch, problem, map[string]any{"version": 99, "cause": "x"}))
	mistake(t, api, http.StatusUnprocessableEntity, http.MethodPatch, "/api/v1/problems/{id}", admin.send(t, http.MethodPatch, problem, map[string]any{"owner": "nobody that is known"}))
	stranger := s.visitor(t)
	stranger.token = "not-a-token"
	mistake(t, api, http.StatusUnauthorized, http.MethodGet, "/api/v1/incidents", stranger.get(t, "/api/v1/incidents"))
}

// mistake checks that an answer is a problem of RFC 9457 with a status.
func mistake(t *testing.T, api openAPI, want int, method, path string, got response) {
	t.Helper()
	if got.status != want || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %s = %d %s, want %d application/problem+json\n%.300s", method, path, got.status, got.header.Get("Content-Type"), want, got.body)
		return
	}
	var value map[string]any
	parseJSON(t, path, got.body, &value)
	faults := api.check("problem", api.Components.Schemas["Problem"], value)
	if len(faults) > 0 || value["status"] != float64(want) || value["detail"] == "" {
		t.Errorf("%s %s answers with %v: %v", method, path, value, faults)
	}
}

// pageByPage walks through all incidents in every order, seven at a time.
func pageByPage(t *testing.T, v visitor) {
	for _, sort := range []string{"-started", "started", "severity"} {
		seen, after := map[string]bool{}, ""
		for {
			var page struct {
				Items []struct {
					ID string `json:"id"`
				} `json:"items"`
				Total int    `json:"total"`
				Next  string `json:"next"`
			}
			v.getJSON(t, "/api/v1/incidents?limit=7&sort="+sort+"&after="+after, &page)
			for _, x := range page.Items {
				if seen[x.ID] {
					t.Fatalf("sort=%s lists %s twice", sort, x.ID)
				}
				seen[x.ID] = true
			}
			if after = page.Next; after == "" {
				if len(seen) != page.Total {
					t.Errorf("sort=%s lists %d incidents of %d", sort, len(seen), page.Total)
				}
				break
			}
		}
	}
}
