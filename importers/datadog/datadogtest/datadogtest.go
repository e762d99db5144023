// Package datadogtest is a made-up incident management of Datadog for tests, a browser and benchmarks. It pages, searches and
// refuses as the vendor documents (https://docs.datadoghq.com/api/latest/incidents/): offsets, no filter by change, a search
// that can be sorted by creation, 401 without keys and 403 with wrong ones. No incident in it happened.
//
// Start with [New].
package datadogtest

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

// Keys that every request must carry.
const (
	apiKey = "synthetic-api-key"
	appKey = "synthetic-application-key"
)

// most is how many incidents are given at once, whatever is asked for.
const most = 100

// Upstream is the system with 130 incidents. Its address is no site of the vendor's, which are all that the source's form
// offers.
var Upstream = importertest.Upstream{
	Source: "datadog",
	New:    func() http.Handler { return New(130) },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "api_key": apiKey, "app_key": appKey}
	},
	Incidents: 130,
	Title:     "Synthetic incident 0",
	Pinned:    true,
}

// Server is the system. Its fields may be changed between requests.
type Server struct {
	Incidents []*Incident
	Asked     []string // addresses that were asked for with the right keys, in order

	mu sync.Mutex
}

// New returns a system with n incidents, six hours apart, each with the person who commanded it.
func New(n int) *Server {
	s := &Server{}
	for n := range n {
		at := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(n) * 6 * time.Hour)
		s.Incidents = append(s.Incidents, &Incident{N: n, Created: at, Modified: at.Add(time.Hour)})
	}
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch api, app := r.Header.Get("DD-API-KEY"), r.Header.Get("DD-APPLICATION-KEY"); {
	case api == "" || app == "":
		refuse(w, http.StatusUnauthorized)
		return
	case api != apiKey || app != appKey:
		refuse(w, http.StatusForbidden)
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
	switch path := strings.TrimPrefix(r.URL.Path, "/api/v2/incidents"); {
	case path == "":
		data := []any{}
		for _, i := range part(s.Incidents, q.Get("page[offset]"), q.Get("page[size]")) {
			data = append(data, i.render())
		}
		return object{"data": data, "included": users()}
	case path == "/search":
		return s.search(q.Get("sort"), q.Get("page[offset]"), q.Get("page[size]"))
	case strings.HasSuffix(path, "/relationships/todos"):
		return object{"data": []any{todo}}
	case strings.HasSuffix(path, "/relationships/integrations"):
		return object{"data": []any{integration}}
	default:
		for _, i := range s.Incidents {
			if "/"+i.ID() == path {
				return object{"data": i.render(), "included": users()}
			}
		}
	}
	return nil
}

// part returns the page at an offset.
func part(all []*Incident, from, size string) []*Incident {
	start, _ := strconv.Atoi(from)
	n, _ := strconv.Atoi(size)
	return all[min(start, len(all)):min(start+min(n, most), len(all))]
}

// search returns a page of all incidents; it knows no query.
func (s *Server) search(sort, from, size string) any {
	all := slices.Clone(s.Incidents)
	if sort == "-created" {
		slices.Reverse(all)
	}
	found := []any{}
	for _, i := range part(all, from, size) {
		found = append(found, object{"data": i.render()})
	}
	return object{"data": object{"type": "incidents_search_results", "attributes": object{"total": len(all), "facets": object{}, "incidents": found}}}
}

// refuse answers with an error in the vendor's shape.
func refuse(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(object{"errors": []string{http.StatusText(status)}})
}
