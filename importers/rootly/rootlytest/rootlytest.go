// Package rootlytest is a made-up Rootly for tests, a browser and benchmarks. It pages, filters, limits and refuses as the
// vendor documents (https://docs.rootly.com/api-reference): cursors, filters by time of change, parts that come with
// a page, errors as JSON:API has them. No incident in it happened.
//
// Start with [New].
package rootlytest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

const (
	key  = "synthetic-key" // which every request must carry
	kind = "application/vnd.api+json"
	most = 20 // incidents that are given at once, whatever is asked for
)

// Upstream is the system with 50 incidents.
var Upstream = importertest.Upstream{
	Source:    "rootly",
	New:       func() http.Handler { return New() },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "key": key} },
	Incidents: 50,
	Title:     "Synthetic incident 0",
}

// Server is the system. Its fields may be changed between requests.
type Server struct {
	Incidents []*Incident
	Asked     []string // addresses that were asked for with the right key, in order
	Numbered  bool     // pages have numbers alone, and no cursors

	mu sync.Mutex
}

// New returns a system with 50 incidents, all created in the same second, as by an import.
func New() *Server {
	s := &Server{}
	for n := range 50 {
		at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		s.Incidents = append(s.Incidents, &Incident{n: n, created: at, Updated: at.Add(time.Duration(n) * time.Hour)})
	}
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", kind)
	if r.Header.Get("Authorization") != "Bearer "+key || r.Header.Get("Accept") != kind {
		refuse(w, http.StatusUnauthorized)
		return
	}
	s.Asked = append(s.Asked, r.URL.RequestURI())
	answer := s.answer(r)
	if answer == nil {
		refuse(w, http.StatusNotFound)
		return
	}
	json.NewEncoder(w).Encode(answer)
}

// answer returns what is at an address; nil when there is nothing.
func (s *Server) answer(r *http.Request) any {
	q := r.URL.Query()
	switch r.URL.Path {
	case "/v1/incidents":
		return s.list(q.Get("filter[updated_at][gte]"), q.Get("page[after]"), q.Get("page[size]"), q.Get("sort"))
	case "/v1/teams":
		return object{"data": []any{object{"id": "g1", "type": "groups", "attributes": object{"name": "Shop"}}}, "meta": object{"total_count": 1}}
	case "/v1/users/me":
		return object{"data": object{"id": "7", "type": "users", "attributes": object{"full_name": "Reading account"}}}
	}
	for _, i := range s.Incidents {
		if i.ID() == strings.TrimPrefix(r.URL.Path, "/v1/incidents/") {
			data, included := i.render()
			return object{"data": data, "included": included}
		}
	}
	return nil
}

// list returns a page of the incidents that changed at a time or later, by creation.
func (s *Server) list(since, after, size, sort string) any {
	from, _ := time.Parse(time.RFC3339, since)
	found := slices.DeleteFunc(slices.Clone(s.Incidents), func(i *Incident) bool { return i.Updated.Before(from) })
	slices.SortFunc(found, func(a, b *Incident) int { return a.n - b.n })
	if sort != "created_at" {
		slices.Reverse(found)
	}
	meta := object{"total_count": len(found), "total_pages": 1, "current_page": 1, "next_page": nil, "prev_page": nil, "next_cursor": nil}
	n, _ := strconv.Atoi(size)
	n = min(n, most)
	found = slices.DeleteFunc(found, func(i *Incident) bool { return i.ID() <= after })
	if len(found) > n {
		found = found[:n]
		meta["next_page"], meta["next_cursor"] = 2, found[n-1].ID()
	}
	if s.Numbered {
		delete(meta, "next_cursor")
	}
	data, included := []any{}, []any{}
	for _, i := range found {
		d, parts := i.render()
		data, included = append(data, d), append(included, parts...)
	}
	return object{"data": data, "included": included, "links": object{"self": "x", "first": "x", "prev": nil, "next": nil, "last": nil}, "meta": meta}
}

// refuse answers with an error. https://jsonapi.org/format/#errors
func refuse(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(object{"errors": []any{object{"title": http.StatusText(status), "status": strconv.Itoa(status)}}})
}
