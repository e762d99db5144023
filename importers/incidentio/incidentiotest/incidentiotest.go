// Package incidentiotest is a made-up incident.io for tests, a browser and benchmarks. It pages, filters, limits and refuses
// as the vendor documents (https://docs.incident.io/api-reference): lists by id behind "after", changes by date,
// test incidents left out of the list, follow-ups in one answer, errors in one shape. No incident in it happened.
//
// Start with [New].
package incidentiotest

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
	most = 20              // incidents that are given at once, whatever is asked for
)

// Upstream is the system with 50 incidents that can be listed, and three tests.
var Upstream = importertest.Upstream{
	Source:    "incidentio",
	New:       func() http.Handler { return New() },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "key": key} },
	Incidents: 50,
	Title:     "Synthetic incident 0",
}

// Server is the system. Its fields may be changed between requests.
type Server struct {
	Incidents []*Incident
	Updates   int      // of each incident
	Asked     []string // addresses that were asked for with the right key, in order

	mu sync.Mutex
}

// New returns a system with 50 incidents, all created in the same second, as by an import, and three tests.
func New() *Server {
	s := &Server{Updates: 2}
	for n := range 53 {
		at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		s.Incidents = append(s.Incidents, &Incident{n: n, created: at, Updated: at.Add(time.Duration(n) * time.Hour), mode: "standard", document: n == 7})
	}
	for _, i := range s.Incidents[50:] {
		i.mode = "test"
	}
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+key {
		refuse(w, http.StatusUnauthorized, "authentication_error", "The API key is not valid")
		return
	}
	s.Asked = append(s.Asked, r.URL.RequestURI())
	if id, single := strings.CutPrefix(r.URL.Path, "/v2/incidents/"); single {
		s.one(w, id)
		return
	}
	if found := s.answer(r); found != nil {
		answer(w, http.StatusOK, found)
		return
	}
	refuse(w, http.StatusNotFound, "not_found", "There is no such resource")
}

// answer returns what is at an address; nil when there is nothing.
func (s *Server) answer(r *http.Request) any {
	q := r.URL.Query()
	switch r.URL.Path {
	case "/v2/incidents":
		return s.list(q.Get("updated_at[gte]"), q.Get("after"), q.Get("page_size"))
	case "/v2/incident_updates":
		return s.updatesOf(q.Get("incident_id"), q.Get("after"), q.Get("page_size"))
	case "/v2/follow_ups":
		return object{"follow_ups": s.followUps(q.Get("incident_id"))}
	case "/v1/incident_attachments":
		return object{"incident_attachments": []any{}}
	case "/v1/identity":
		return object{"identity": object{"name": "Reading key", "roles": []string{"viewer"}}}
	case "/v2/incident_timestamps":
		return object{"incident_timestamps": []any{object{"id": "1", "name": "Impact started", "rank": 1}, object{"id": "2", "name": "Paged", "rank": 2}}}
	}
	if strings.HasPrefix(r.URL.Path, "/v1/postmortem_documents/doc-") {
		return object{"markdown": "# Looked back\n\nFine."}
	}
	return nil
}

// one answers with an incident, whether it is a test or not.
func (s *Server) one(w http.ResponseWriter, id string) {
	n := slices.IndexFunc(s.Incidents, func(i *Incident) bool { return i.ID() == id })
	switch {
	case n < 0:
		refuse(w, http.StatusNotFound, "not_found", "There is no such incident")
	case s.Incidents[n].Hidden:
		refuse(w, http.StatusForbidden, "authorization_error", "The key may not see private incidents")
	default:
		answer(w, http.StatusOK, object{"incident": s.Incidents[n].render()})
	}
}

// list returns a page of the incidents that changed on a day or later, oldest first.
func (s *Server) list(since, after, size string) any {
	var found []*Incident
	for _, i := range s.Incidents {
		if i.mode != "test" && !i.Hidden && i.Updated.Format(time.DateOnly) >= since {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b *Incident) int { return a.n - b.n })
	total := len(found)
	found = slices.DeleteFunc(found, func(i *Incident) bool { return i.ID() <= after })
	n, _ := strconv.Atoi(size)
	n = min(n, most)
	meta := object{"page_size": n, "total_record_count": total}
	if len(found) > n {
		found = found[:n]
		meta["after"] = found[n-1].ID()
	}
	incidents := []any{}
	for _, i := range found {
		incidents = append(incidents, i.render())
	}
	return object{"incidents": incidents, "pagination_meta": meta}
}

// refuse answers with an error in the vendor's shape. https://docs.incident.io/api-reference/introduction
func refuse(w http.ResponseWriter, status int, kind, message string) {
	answer(w, status, object{"type": kind, "status": status, "errors": []any{object{"code": kind, "message": message}}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
