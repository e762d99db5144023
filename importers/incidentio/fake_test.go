package incidentio

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

// fake answers as incident.io documents: lists by id behind "after", changes by date, test incidents left out, follow-ups
// in one answer. Its incidents are made up.
type fake struct {
	incidents []*made
	updates   int // of each incident
	asked     []string
}

type made struct {
	n                int
	created, updated time.Time
	mode             string
	hidden           bool // private, and the key may not see it
	document         bool
}

func (m *made) id() string { return fmt.Sprintf("01FAKE%020d", m.n) }

func (m *made) render() map[string]any {
	out := map[string]any{"id": m.id(), "reference": fmt.Sprintf("INC-%d", m.n), "name": fmt.Sprintf("Synthetic incident %d", m.n), "mode": m.mode, "visibility": "public",
		"created_at": m.created.Format(time.RFC3339Nano), "updated_at": m.updated.Format(time.RFC3339Nano),
		"incident_status": status("Closed", "closed"), "severity": map[string]any{"id": "v", "name": "Minor"}}
	if m.document {
		out["postmortem_document_ids"] = []any{"doc-" + m.id()}
	}
	return out
}

func status(name, category string) map[string]any {
	return map[string]any{"id": "s-" + category, "name": name, "category": category}
}

// most is how many incidents are given at once, whatever is asked for.
const most = 20

// newFake makes 50 incidents, all created in the same second, as by an import, and three tests.
func newFake() *fake {
	f := &fake{updates: 2}
	for n := range 53 {
		at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		f.incidents = append(f.incidents, &made{n: n, created: at, updated: at.Add(time.Duration(n) * time.Hour), mode: "standard", document: n == 7})
	}
	for _, m := range f.incidents[50:] {
		m.mode = "test"
	}
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer key" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.asked = append(f.asked, r.URL.RequestURI())
	q := r.URL.Query()
	var answer any
	switch path := r.URL.Path; {
	case path == "/v2/incidents":
		answer = f.list(q.Get("updated_at[gte]"), q.Get("after"), q.Get("page_size"))
	case strings.HasPrefix(path, "/v2/incidents/"):
		for _, m := range f.incidents {
			if m.id() == strings.TrimPrefix(path, "/v2/incidents/") {
				if m.hidden {
					w.WriteHeader(http.StatusForbidden)
					return
				}
				answer = map[string]any{"incident": m.render()}
			}
		}
	case path == "/v2/incident_updates":
		answer = f.updatesOf(q.Get("incident_id"), q.Get("after"), q.Get("page_size"))
	case path == "/v2/follow_ups":
		answer = map[string]any{"follow_ups": f.followUps(q.Get("incident_id"))}
	case path == "/v1/incident_attachments":
		answer = map[string]any{"incident_attachments": []any{}}
	case strings.HasPrefix(path, "/v1/postmortem_documents/doc-"):
		answer = map[string]any{"markdown": "# Looked back\n\nFine."}
	case path == "/v1/identity":
		answer = map[string]any{"identity": map[string]any{"name": "Reading key", "roles": []string{"viewer"}}}
	case path == "/v2/incident_timestamps":
		answer = map[string]any{"incident_timestamps": []any{map[string]any{"id": "1", "name": "Impact started", "rank": 1}, map[string]any{"id": "2", "name": "Paged", "rank": 2}}}
	}
	if answer == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

func (f *fake) list(since, after, size string) any {
	var found []*made
	for _, m := range f.incidents {
		if m.mode != "test" && !m.hidden && m.updated.Format(time.DateOnly) >= since {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b *made) int { return a.n - b.n })
	total := len(found)
	found = slices.DeleteFunc(found, func(m *made) bool { return m.id() <= after })
	n, _ := strconv.Atoi(size)
	n = min(n, most)
	meta := map[string]any{"page_size": n, "total_record_count": total}
	if len(found) > n {
		found = found[:n]
		meta["after"] = found[n-1].id()
	}
	incidents := []any{}
	for _, m := range found {
		incidents = append(incidents, m.render())
	}
	return map[string]any{"incidents": incidents, "pagination_meta": meta}
}

func (f *fake) updatesOf(id, after, size string) any {
	start, _ := strconv.Atoi(after)
	n, _ := strconv.Atoi(size)
	updates := []any{}
	for i := start; i < min(start+n, f.updates); i++ {
		is := status("Investigating", "live")
		if i == f.updates-1 {
			is = status("Closed", "closed")
		}
		updates = append(updates, map[string]any{"id": strconv.Itoa(i + 1), "incident_id": id, "created_at": time.Date(2026, 3, 1, 11, i, 0, 0, time.UTC).Format(time.RFC3339),
			"new_incident_status": is, "message": fmt.Sprint("Update ", i), "updater": map[string]any{"user": map[string]any{"id": "u", "name": "Responder One"}}})
	}
	meta := map[string]any{"page_size": n}
	if start+n < f.updates {
		meta["after"] = strconv.Itoa(start + n)
	}
	return map[string]any{"incident_updates": updates, "pagination_meta": meta}
}

func (f *fake) followUps(id string) []any {
	out := []any{}
	for _, m := range f.incidents {
		if m.n%10 == 0 && (id == "" || id == m.id()) {
			out = append(out, map[string]any{"id": fmt.Sprint("fu", m.n), "incident_id": m.id(), "title": fmt.Sprint("Mend ", m.n), "status": "outstanding"})
		}
	}
	return out
}

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "key": "key"}}
}

// serve starts a fake that is held to the vendor's description; identity is not in the copy of it that is at hand.
func serve(t *testing.T, f http.Handler) string {
	held := importertest.Contract(t, "testdata/openapi.json", f)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/identity" {
			f.ServeHTTP(w, r)
			return
		}
		held.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// input returns what a source gets for a server.
func input(t *testing.T, url string) importers.Input {
	client, clock := importertest.Client(t, Source(), config(url))
	return importers.Input{Config: config(url), Client: client, Now: clock.Now()}
}
