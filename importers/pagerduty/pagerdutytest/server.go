// Package pagerdutytest is a made-up PagerDuty account, on which the source is tried. What it answers to which request (offsets
// up to a ceiling, periods of six months at most, newest log entries first, codes of errors) follows
// https://developer.pagerduty.com/docs/pagination and https://developer.pagerduty.com/api-reference/; what it holds is
// invented. Start with [New] or [Upstream].
package pagerdutytest

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"hindsight/importers/importertest"
)

// Server is one account with the key "synthetic-key". Its data may be changed between requests.
type Server struct {
	Incidents []Object
	Log       map[string][]Object // log entries by incident, oldest first
	Alerts    map[string][]Object // by incident
	Changes   []Object            // change events
	Schedules []Object            // with their entries, as lists, in final_schedule and overrides_subschedule
	Ceiling   int                 // offset and limit together may not exceed it
	Forbidden string              // a path that the key may not read
	Asked     map[string]int      // requests by path

	mu sync.Mutex
}

// ServeHTTP refuses a wrong key with 401 and what has not the headers of version 2 of the API with 400.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Asked[r.URL.Path]++
	switch {
	case r.Header.Get("Authorization") != "Token token=synthetic-key":
		refuse(w, 401, 2006, "Unauthorized")
	case r.URL.Path == s.Forbidden:
		refuse(w, 403, 2010, "Access Denied")
	case !strings.Contains(r.Header.Get("Accept"), "application/vnd.pagerduty+json;version=2") || r.Header.Get("Content-Type") != "application/json":
		refuse(w, 400, 2001, "headers")
	default:
		s.routes().ServeHTTP(w, r)
	}
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /incidents", func(w http.ResponseWriter, r *http.Request) { s.list(w, r, "incidents", s.Incidents) })
	mux.HandleFunc("GET /log_entries", s.log)
	mux.HandleFunc("GET /incidents/{id}", s.incident)
	mux.HandleFunc("GET /incidents/{id}/log_entries", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		s.page(w, r, "log_entries", s.Log[id], func(e Object) Object { return importertest.With(e, Object{"incident": Ref("incident", id, "")}) })
	})
	mux.HandleFunc("GET /incidents/{id}/alerts", func(w http.ResponseWriter, r *http.Request) { s.list(w, r, "alerts", s.Alerts[r.PathValue("id")]) })
	mux.HandleFunc("GET /change_events", func(w http.ResponseWriter, r *http.Request) { s.list(w, r, "change_events", s.Changes) })
	mux.HandleFunc("GET /schedules", s.rendered)
	mux.HandleFunc("GET /services/{id}", service)
	mux.HandleFunc("GET /users/me", func(w http.ResponseWriter, r *http.Request) { refuse(w, 400, 2001, "the key belongs to no user") })
	mux.HandleFunc("GET /services", func(w http.ResponseWriter, r *http.Request) {
		importertest.Answer(w, 200, Object{"services": []any{Object{"id": "PSVC1", "type": "service", "summary": "Billing", "name": "Billing"}}, "more": false})
	})
	return mux
}

func service(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("id") != "PSVC1" {
		refuse(w, 404, 2100, "Not Found")
		return
	}
	importertest.Answer(w, 200, Object{"service": Object{"id": "PSVC1", "type": "service", "name": "Billing"}})
}

// log answers the log of the account: the entries of all incidents, each with its incident.
func (s *Server) log(w http.ResponseWriter, r *http.Request) {
	of := map[string]Object{}
	var all []Object
	for _, inc := range s.Incidents {
		for _, e := range slices.Backward(s.Log[inc["id"].(string)]) {
			all = append(all, e)
			of[e["id"].(string)] = inc
		}
	}
	s.page(w, r, "log_entries", all, func(e Object) Object { return importertest.With(e, Object{"incident": of[e["id"].(string)]}) })
}

// incident answers one incident with what lists do not have.
func (s *Server) incident(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(s.Incidents, func(inc Object) bool { return inc["id"] == r.PathValue("id") })
	if i < 0 {
		refuse(w, 404, 2100, "Not Found")
		return
	}
	importertest.Answer(w, 200, Object{"incident": importertest.With(s.Incidents[i], Object{"custom_fields": []any{
		Object{"id": "PF1", "type": "field_value", "name": "region", "display_name": "Region", "value": "eu-1"},
		Object{"id": "PF2", "type": "field_value", "name": "tags", "display_name": "Tiers", "value": []any{"gold", "silver"}}}})})
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	importertest.Answer(w, status, Object{"error": Object{"code": code, "message": message}})
}
