package datadog

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
)

// fake answers as Datadog documents: offsets, no filter by change, a search that can be sorted by creation. Its
// incidents are made up.
type fake struct {
	incidents []*made
	asked     []string
}

type made struct {
	n                 int
	created, modified time.Time
	archived          bool
}

func (m *made) id() string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", m.n) }

// newFake makes 250 incidents, a day apart, each with the person who commanded it.
func newFake() *fake {
	f := &fake{}
	for n := range 250 {
		at := time.Date(2025, 7, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(n) * 24 * time.Hour)
		f.incidents = append(f.incidents, &made{n: n, created: at, modified: at.Add(time.Hour)})
	}
	return f
}

func (m *made) render() any {
	a := map[string]any{"public_id": m.n + 1, "title": fmt.Sprintf("Synthetic incident %d", m.n), "created": m.created.Format(time.RFC3339), "modified": m.modified.Format(time.RFC3339),
		"state": "stable", "severity": "SEV-3", "fields": map[string]any{"services": map[string]any{"type": "autocomplete", "value": []string{"checkout"}}}}
	if m.archived {
		a["archived"] = m.modified.Format(time.RFC3339)
	}
	integrations := []any{}
	if m.n%50 == 7 {
		integrations = append(integrations, map[string]any{"id": "in", "type": "incident_integrations"})
	}
	return map[string]any{"id": m.id(), "type": "incidents", "attributes": a, "relationships": map[string]any{
		"commander_user": map[string]any{"data": map[string]any{"id": fmt.Sprint("u", m.n%3), "type": "users"}}, "integrations": map[string]any{"data": integrations}}}
}

func users() (all []any) {
	for n := range 3 {
		all = append(all, map[string]any{"id": fmt.Sprint("u", n), "type": "users", "attributes": map[string]any{"name": fmt.Sprint("Responder ", n)}})
	}
	return all
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("DD-API-KEY") != "api" || r.Header.Get("DD-APPLICATION-KEY") != "app" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.asked = append(f.asked, r.URL.RequestURI())
	q := r.URL.Query()
	path := strings.TrimPrefix(r.URL.Path, "/api/v2/incidents")
	var answer any
	switch {
	case path == "":
		var data []any
		for _, m := range part100(f.incidents, q.Get("page[offset]"), q.Get("page[size]")) {
			data = append(data, m.render())
		}
		answer = map[string]any{"data": append([]any{}, data...), "included": users()}
	case path == "/search":
		answer = f.search(q.Get("sort"), q.Get("page[offset]"), q.Get("page[size]"))
	case strings.HasSuffix(path, "/relationships/todos"):
		answer = map[string]any{"data": []any{map[string]any{"id": "t", "type": "incident_todos", "attributes": map[string]any{"content": "Mend it", "assignees": []any{}}}}}
	case strings.HasSuffix(path, "/relationships/integrations"):
		answer = map[string]any{"data": []any{map[string]any{"id": "in", "type": "incident_integrations", "attributes": map[string]any{"integration_type": 8,
			"metadata": map[string]any{"issues": []any{map[string]any{"project_key": "OPS", "account": "https://jira.example.com", "issue_key": "OPS-1", "redirect_url": "https://jira.example.com/browse/OPS-1"}}}}}}}
	default:
		for _, m := range f.incidents {
			if "/"+m.id() == path {
				answer = map[string]any{"data": m.render(), "included": users()}
			}
		}
	}
	if answer == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

func part100(all []*made, from, size string) []*made {
	start, _ := strconv.Atoi(from)
	n, _ := strconv.Atoi(size)
	return all[min(start, len(all)):min(start+min(n, 100), len(all))]
}

func (f *fake) search(sort, from, size string) any {
	all := slices.Clone(f.incidents)
	if sort == "-created" {
		slices.Reverse(all)
	}
	found := []any{}
	for _, m := range part100(all, from, size) {
		found = append(found, map[string]any{"data": m.render()})
	}
	return map[string]any{"data": map[string]any{"type": "incidents_search_results", "attributes": map[string]any{"total": len(all), "facets": map[string]any{}, "incidents": found}}}
}

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "api_key": "api", "app_key": "app"}}
}

// serve starts a fake that is held to the vendor's description.
func serve(t *testing.T, f http.Handler) string {
	s := httptest.NewServer(importertest.Contract(t, "testdata/openapi.json", f))
	t.Cleanup(s.Close)
	return s.URL
}

// input returns what a source gets for a server.
func input(t *testing.T, url string) importers.Input {
	client, clock := importertest.Client(t, Source(), config(url))
	return importers.Input{Config: config(url), Client: client, Now: clock.Now()}
}
