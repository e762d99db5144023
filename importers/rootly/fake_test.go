package rootly

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

// most is how many incidents are given at once, whatever is asked for.
const most = 20

// fake answers as Rootly documents: cursors, filters by time of change, parts that come with a page. Its incidents are
// made up.
type fake struct {
	incidents []*made
	asked     []string
	numbered  bool // pages have numbers alone
}

type made struct {
	n                int
	created, updated time.Time
}

func (m *made) id() string { return fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", m.n) }

// stamp writes a time as Rootly does, in the organization's zone.
func stamp(t time.Time) string {
	return t.In(time.FixedZone("", -8*3600)).Format("2006-01-02T15:04:05.000Z07:00")
}

// newFake makes 50 incidents, all created in the same second, as by an import.
func newFake() *fake {
	f := &fake{}
	for n := range 50 {
		at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		f.incidents = append(f.incidents, &made{n: n, created: at, updated: at.Add(time.Duration(n) * time.Hour)})
	}
	return f
}

// render returns an incident and what comes with it: two events of its own, and a cause that all share.
func (m *made) render() (any, []any) {
	a := map[string]any{"sequential_id": m.n, "title": fmt.Sprintf("Synthetic incident %d", m.n), "kind": "normal", "status": "mitigated", "private": false,
		"created_at": stamp(m.created), "updated_at": stamp(m.updated), "started_at": stamp(m.created), "mitigated_at": stamp(m.created.Add(time.Hour))}
	events, included := []any{}, []any{map[string]any{"id": "c1", "type": "causes", "attributes": map[string]any{"name": "Capacity"}}}
	for i := range 2 {
		id := fmt.Sprintf("e%d-%d", m.n, i)
		events = append(events, map[string]any{"id": id, "type": "incident_events"})
		included = append(included, map[string]any{"id": id, "type": "incident_events", "attributes": map[string]any{"event": "Event " + id, "occurred_at": stamp(m.created.Add(time.Minute))}})
	}
	return map[string]any{"id": m.id(), "type": "incidents", "attributes": a, "relationships": map[string]any{
		"events": map[string]any{"data": events}, "causes": map[string]any{"data": []any{map[string]any{"id": "c1", "type": "causes"}}},
		"roles": map[string]any{"data": nil}, "incident_post_mortem": map[string]any{"data": nil},
	}}, included
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer key" || r.Header.Get("Accept") != "application/vnd.api+json" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.asked = append(f.asked, r.URL.RequestURI())
	q := r.URL.Query()
	var answer any
	switch path := r.URL.Path; {
	case path == "/v1/incidents":
		answer = f.list(q.Get("filter[updated_at][gte]"), q.Get("page[after]"), q.Get("page[size]"), q.Get("sort"))
	case strings.HasPrefix(path, "/v1/incidents/"):
		for _, m := range f.incidents {
			if m.id() == strings.TrimPrefix(path, "/v1/incidents/") {
				data, included := m.render()
				answer = map[string]any{"data": data, "included": included}
			}
		}
	case path == "/v1/teams":
		answer = map[string]any{"data": []any{map[string]any{"id": "g1", "type": "groups", "attributes": map[string]any{"name": "Shop"}}}, "meta": map[string]any{"total_count": 1}}
	case path == "/v1/users/me":
		answer = map[string]any{"data": map[string]any{"id": "7", "type": "users", "attributes": map[string]any{"full_name": "Reading account"}}}
	}
	if answer == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.api+json")
	json.NewEncoder(w).Encode(answer)
}

func (f *fake) list(since, after, size, sort string) any {
	from, _ := time.Parse(time.RFC3339, since)
	found := slices.DeleteFunc(slices.Clone(f.incidents), func(m *made) bool { return m.updated.Before(from) })
	slices.SortFunc(found, func(a, b *made) int { return a.n - b.n })
	if sort != "created_at" {
		slices.Reverse(found)
	}
	meta := map[string]any{"total_count": len(found), "total_pages": 1, "current_page": 1, "next_page": nil, "prev_page": nil, "next_cursor": nil}
	n, _ := strconv.Atoi(size)
	n = min(n, most)
	found = slices.DeleteFunc(found, func(m *made) bool { return m.id() <= after })
	if len(found) > n {
		found = found[:n]
		meta["next_page"], meta["next_cursor"] = 2, found[n-1].id()
	}
	if f.numbered {
		delete(meta, "next_cursor")
	}
	data, included := []any{}, []any{}
	for _, m := range found {
		d, parts := m.render()
		data, included = append(data, d), append(included, parts...)
	}
	return map[string]any{"data": data, "included": included, "links": map[string]any{"self": "x", "first": "x", "prev": nil, "next": nil, "last": nil}, "meta": meta}
}

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "key": "key"}}
}

// serve starts a fake that is held to the vendor's description, which lacks users/me in the copy that is at hand.
func serve(t *testing.T, f http.Handler) string {
	held := importertest.Contract(t, "testdata/openapi.json", f)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/users/me" {
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
