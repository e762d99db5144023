// Package victoropstest is a made-up Splunk On-Call (VictorOps) account, on which the source is tried. What it answers to which
// request (resolved incidents alone unless other phases are asked for, a hundred on a page at most, 401 without
// credentials and 403 with wrong ones) follows https://portal.victorops.com/public/api-docs.html; what it holds is invented.
// Start with [New] or [Upstream].
package victoropstest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hindsight/importers/importertest"
)

// Server is one account with the id "synthetic-id" and the key "synthetic-key". Its data may be changed between requests.
type Server struct {
	Incidents []Object            // of the reporting API, oldest first
	Live      []Object            // of the public API's list of current incidents
	Logs      map[string][]Object // shifts by team: "user", "on" and "off", which may be nil
	Asked     map[string]int      // requests by path
	Refuse    int                 // that many reporting requests are answered with 403
	Refusal   string              // and this body

	mu sync.Mutex
}

// ServeHTTP refuses requests without credentials with 401 and wrong ones with 403. Its clock shows 20 November 2026, noon.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Asked == nil {
		s.Asked = map[string]int{}
	}
	s.Asked[r.URL.Path]++
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	report := r.URL.Path == "/api-reporting/v2/incidents"
	switch {
	case r.Header.Get("X-VO-Api-Id") == "" || r.Header.Get("X-VO-Api-Key") == "":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Header.Get("X-VO-Api-Id") != "synthetic-id" || r.Header.Get("X-VO-Api-Key") != "synthetic-key":
		importertest.Answer(w, http.StatusForbidden, Object{"message": "Authentication failed"})
	case report && s.Refuse > 0:
		s.Refuse--
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, s.Refusal)
	case report:
		s.report(w, r)
	case r.URL.Path == "/api-public/v1/incidents":
		importertest.Answer(w, http.StatusOK, Object{"incidents": s.Live})
	case r.URL.Path == "/api-public/v1/team":
		importertest.Answer(w, http.StatusOK, []Object{{"name": "Platform", "slug": "team-p1", "memberCount": 2}, {"name": "Web shop", "slug": "team-w2", "memberCount": 1}})
	case strings.HasPrefix(r.URL.Path, "/api-reporting/v1/team/"):
		s.log(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	phases := strings.Split(q.Get("currentPhase"), ",")
	if q.Get("currentPhase") == "" {
		phases = []string{"resolved"}
	}
	var found []Object
	for _, inc := range s.Incidents {
		start := inc["startTime"].(string)
		number := inc["incidentNumber"].(string)
		numbers := q.Get("incidentNumber")
		if !slices.Contains(phases, inc["currentPhase"].(string)) || numbers != "" && !slices.Contains(strings.Split(numbers, ","), number) ||
			start <= q.Get("startedAfter") || q.Get("startedBefore") != "" && start >= q.Get("startedBefore") {
			continue
		}
		found = append(found, inc)
	}
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit > 100 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	part := found[min(offset, len(found)):min(offset+limit, len(found))]
	importertest.Answer(w, http.StatusOK, Object{"offset": offset, "limit": limit, "total": len(found), "incidents": append([]Object{}, part...)})
}

// log answers who of a team was on call, with the shifts that touch the period.
func (s *Server) log(w http.ResponseWriter, r *http.Request) {
	slug := strings.Split(r.URL.Path, "/")[4]
	q := r.URL.Query()
	logs := []any{}
	for _, l := range s.Logs[slug] {
		if l["on"].(string) < q.Get("end") && (l["off"] == nil || l["off"].(string) > q.Get("start")) {
			logs = append(logs, Object{"userId": l["user"], "log": []any{Object{"on": l["on"], "off": l["off"],
				"duration": Object{"hours": 1, "minutes": 0}, "escalationPolicy": Object{"name": "Primary", "slug": "pol-1"}}}})
		}
	}
	importertest.Answer(w, http.StatusOK, Object{"teamSlug": slug, "start": q.Get("start"), "end": q.Get("end"), "userLogs": logs})
}
