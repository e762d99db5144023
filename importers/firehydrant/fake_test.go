package firehydrant

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

// fake answers as FireHydrant documents: numbered pages of incidents that were updated between two times, in no order
// that is promised, and archived ones when they are asked for. Its incidents are made up.
type fake struct {
	incidents []*made
	asked     []string
	wrong     []string       // parameters that are not documented
	listed    func(page int) // called behind each page of a list
}

type made struct {
	n                int
	created, updated time.Time
	archived         bool
}

func (m *made) id() string { return fmt.Sprintf("aaaaaaaa-1111-4000-8000-%012d", m.n) }

// newFake makes 40 incidents, a day apart, of which two are archived.
func newFake() *fake {
	f := &fake{}
	for n := range 40 {
		at := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(n) * 24 * time.Hour)
		f.incidents = append(f.incidents, &made{n: n, created: at, updated: at.Add(time.Hour), archived: n == 11 || n == 12})
	}
	return f
}

func (m *made) render() map[string]any {
	out := map[string]any{"id": m.id(), "name": fmt.Sprintf("Synthetic incident %d", m.n), "number": m.n, "created_at": m.created.Format(time.RFC3339Nano), "started_at": m.created.Format(time.RFC3339Nano),
		"current_milestone": "mitigated", "severity": "SEV3", "lifecycle_phases": []any{map[string]any{"type": "active", "milestones": []any{map[string]any{"slug": "mitigated", "occurred_at": m.updated.Format(time.RFC3339Nano)}}}}}
	if m.n == 7 {
		out["report_id"] = "rep"
	}
	if m.archived {
		out["discarded_at"] = m.updated.Format(time.RFC3339Nano)
	}
	return out
}

var documented = []string{"page", "per_page", "updated_after", "updated_before", "archived"}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer key" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.asked = append(f.asked, r.URL.RequestURI())
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains(documented, name) {
			f.wrong = append(f.wrong, name)
		}
	}
	page, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	var answer any
	switch path := r.URL.Path; {
	case path == "/v1/ping":
		answer = map[string]any{"response": "pong", "actor": map[string]any{"id": "b", "name": "Reading bot", "type": "firehydrant_bot"}, "organization": map[string]any{"id": "o", "name": "Example"}}
	case path == "/v1/incidents":
		answer = f.list(q.Get("updated_after"), q.Get("updated_before"), q.Get("archived") == "true", page, size)
		if f.listed != nil {
			defer f.listed(page)
		}
	case path == "/v1/post_mortems/reports/rep":
		answer = map[string]any{"id": "rep", "name": "Report", "summary": "Looked into"}
	case strings.HasSuffix(path, "/events"):
		answer = map[string]any{"data": []any{map[string]any{"id": fmt.Sprint("v", page), "type": "note", "occurred_at": fmt.Sprintf("2026-01-01T12:0%d:00Z", page), "data": map[string]any{"body": fmt.Sprint("Note ", page)}}},
			"pagination": map[string]any{"count": 1, "page": page, "pages": 1}}
		if strings.Contains(path, f.incidents[7].id()) {
			answer.(map[string]any)["pagination"] = map[string]any{"count": 2, "page": page, "pages": 2}
		}
	default:
		for _, m := range f.incidents {
			if "/v1/incidents/"+m.id() == path {
				answer = m.render()
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

// list gives the newest first, and neither bound itself.
func (f *fake) list(after, before string, archived bool, page, size int) any {
	from, _ := time.Parse(time.RFC3339, after)
	to, err := time.Parse(time.RFC3339, before)
	var found []any
	for _, m := range slices.Backward(f.incidents) {
		if m.archived == archived && m.updated.After(from) && (err != nil || m.updated.Before(to)) {
			found = append(found, m.render())
		}
	}
	start := min((max(page, 1)-1)*size, len(found))
	data := append([]any{}, found[start:min(start+size, len(found))]...)
	return map[string]any{"data": data, "pagination": map[string]any{"count": len(found), "page": page, "items": len(data), "pages": (len(found) + size - 1) / size}}
}

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "key": "key"}}
}

// serve starts a fake and looks at its end whether it was asked for what is documented alone.
func serve(t *testing.T, f *fake) string {
	s := httptest.NewServer(f)
	t.Cleanup(func() {
		s.Close()
		if len(f.wrong) > 0 {
			t.Errorf("the list was asked with %q, which are not documented", f.wrong)
		}
	})
	return s.URL
}

// input returns what a source gets for a server, for what was changed from the end of 2025 on.
func input(t *testing.T, url string) importers.Input {
	client, clock := importertest.Client(t, Source(), config(url))
	return importers.Input{Config: config(url), Client: client, Now: clock.Now(), Since: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)}
}
