// Package firehydranttest is a made-up FireHydrant for tests, a browser and benchmarks. It pages, filters and refuses as the
// vendor documents (https://docs.firehydrant.com/reference): numbered pages of incidents that were updated between two
// times, in no order that is promised, and archived ones when they are asked for. No incident in it happened.
//
// Start with [New].
package firehydranttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

const key = "synthetic-key" // which every request must carry

// Upstream is the system with 40 incidents, of which two are archived and thereby gone.
var Upstream = importertest.Upstream{
	Source:    "firehydrant",
	New:       func() http.Handler { return New() },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "key": key} },
	Incidents: 38,
	Title:     "Synthetic incident 0",
}

// Server is the system. Its fields may be changed between requests, and in Listed.
type Server struct {
	Incidents []*Incident
	Asked     []string       // addresses that were asked for with the right key, in order
	Wrong     []string       // parameters that are not documented
	Listed    func(page int) // called behind each page of a list, if it is set

	mu sync.Mutex
}

// New returns a system with 40 incidents, a day apart, of which two are archived.
func New() *Server {
	s := &Server{}
	for n := range 40 {
		at := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(n) * 24 * time.Hour)
		s.Incidents = append(s.Incidents, &Incident{N: n, Created: at, Updated: at.Add(time.Hour), Archived: n == 11 || n == 12})
	}
	return s
}

// documented lists the parameters that the vendor's description has.
var documented = []string{"page", "per_page", "updated_after", "updated_before", "archived"}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("Authorization") != "Bearer "+key {
		refuse(w, http.StatusUnauthorized)
		return
	}
	s.Asked = append(s.Asked, r.URL.RequestURI())
	for name := range r.URL.Query() {
		if !slices.Contains(documented, name) {
			s.Wrong = append(s.Wrong, name)
		}
	}
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
	page, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	switch path := r.URL.Path; {
	case path == "/v1/ping":
		return object{"response": "pong", "actor": object{"id": "b", "name": "Reading bot", "type": "firehydrant_bot"}, "organization": object{"id": "o", "name": "Example"}}
	case path == "/v1/incidents":
		if s.Listed != nil {
			defer s.Listed(page)
		}
		return s.list(q.Get("updated_after"), q.Get("updated_before"), q.Get("archived") == "true", page, size)
	case path == "/v1/post_mortems/reports/rep":
		return object{"id": "rep", "name": "Report", "summary": "Looked into"}
	case strings.HasSuffix(path, "/events"):
		return s.events(path, page)
	}
	for _, i := range s.Incidents {
		if "/v1/incidents/"+i.ID() == r.URL.Path {
			return i.render()
		}
	}
	return nil
}

// list returns a page of the incidents that were changed between two times, the newest first, and neither bound itself.
func (s *Server) list(after, before string, archived bool, page, size int) any {
	from, _ := time.Parse(time.RFC3339, after)
	to, err := time.Parse(time.RFC3339, before)
	var found []any
	for _, i := range slices.Backward(s.Incidents) {
		if i.Archived == archived && i.Updated.After(from) && (err != nil || i.Updated.Before(to)) {
			found = append(found, i.render())
		}
	}
	start := min((max(page, 1)-1)*size, len(found))
	data := append([]any{}, found[start:min(start+size, len(found))]...)
	return object{"data": data, "pagination": object{"count": len(found), "page": page, "items": len(data), "pages": (len(found) + size - 1) / size}}
}

// events returns a page of an incident's timeline: one note, and a second page of one more for the incident with a report.
func (s *Server) events(path string, page int) any {
	pages := 1
	if strings.Contains(path, (&Incident{N: reported}).ID()) {
		pages = 2
	}
	note := object{"id": fmt.Sprint("v", page), "type": "note", "occurred_at": fmt.Sprintf("2026-01-01T12:0%d:00Z", page), "data": object{"body": fmt.Sprint("Note ", page)}}
	return object{"data": []any{note}, "pagination": object{"count": pages, "page": page, "pages": pages}}
}

// refuse answers with an error.
func refuse(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(object{"error": http.StatusText(status)})
}
