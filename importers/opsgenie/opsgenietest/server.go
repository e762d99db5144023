// Package opsgenietest is a made-up Opsgenie account, on which the source is tried. What it answers to which request (offsets up
// to a ceiling, searches by creation, opaque offsets of timelines, lists without "next" at their end) follows
// https://docs.opsgenie.com/docs/api-overview and the pages on incidents, alerts and schedules there; what it holds is
// invented. Start with [New] or [Upstream].
package opsgenietest

import (
	"net/http"
	"strings"
	"sync"

	"hindsight/importers/importertest"
)

// Server is one account with the key "synthetic-key". Its data may be changed between requests.
type Server struct {
	Incidents []Object
	Alerts    []Object
	Timeline  map[string][]Object // entries by incident
	Linked    map[string][]string // ids of alerts by incident
	Logs      map[string][]Object // by alert
	Schedules []Object
	Periods   []Object       // of the rotation that each schedule has
	Ceiling   int            // offset and limit together may not exceed it
	Forbidden string         // prefix of paths that the key may not read
	Asked     map[string]int // requests by the first word behind the version: "incidents"

	mu sync.Mutex
}

// ServeHTTP refuses a wrong key with 401.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Asked[strings.Split(r.URL.Path+"//", "/")[2]]++
	switch {
	case r.Header.Get("Authorization") != "GenieKey synthetic-key":
		Refuse(w, 401, "Could not authenticate")
	case s.Forbidden != "" && strings.HasPrefix(r.URL.Path, s.Forbidden):
		Refuse(w, 403, "You are not authorized")
	case Described(r):
		s.described().ServeHTTP(w, r)
	default:
		s.beside().ServeHTTP(w, r)
	}
}

// Described reports whether the vendor's published description has an operation; it is too old for some of them.
func Described(r *http.Request) bool {
	_, pattern := (&Server{}).beside().Handler(r)
	return pattern == ""
}

func (s *Server) described() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/incidents/{$}", func(w http.ResponseWriter, r *http.Request) { s.list(w, r, s.Incidents) })
	mux.HandleFunc("GET /v2/alerts", func(w http.ResponseWriter, r *http.Request) { s.list(w, r, s.Alerts) })
	mux.HandleFunc("GET /v1/incidents/{id}", func(w http.ResponseWriter, r *http.Request) { one(w, r, s.Incidents) })
	mux.HandleFunc("GET /v2/alerts/{id}", func(w http.ResponseWriter, r *http.Request) { one(w, r, s.Alerts) })
	mux.HandleFunc("GET /v2/alerts/{id}/logs", func(w http.ResponseWriter, r *http.Request) { behind(w, r, s.Logs[r.PathValue("id")]) })
	mux.HandleFunc("GET /v2/alerts/{id}/notes", func(w http.ResponseWriter, r *http.Request) {
		behind(w, r, []Object{{"note": "Restarted", "owner": "responder.two@example.com", "createdAt": "2026-05-04T12:10:00Z", "offset": "1"}})
	})
	mux.HandleFunc("GET /v2/schedules", func(w http.ResponseWriter, r *http.Request) {
		answer(w, Object{"data": append([]Object{}, s.Schedules...)})
	})
	mux.HandleFunc("GET /v2/schedules/{id}/timeline", s.rendered)
	mux.HandleFunc("GET /v2/account", func(w http.ResponseWriter, r *http.Request) {
		answer(w, Object{"data": Object{"name": "example", "userCount": 3, "plan": Object{"name": "Enterprise"}}})
	})
	return mux
}

func (s *Server) beside() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/incidents/{id}/associated-alert-ids", func(w http.ResponseWriter, r *http.Request) {
		answer(w, Object{"data": s.Linked[r.PathValue("id")]})
	})
	mux.HandleFunc("GET /v2/incident-timelines/{id}/entries", s.entries)
	mux.HandleFunc("GET /v1/services/{id}", func(w http.ResponseWriter, r *http.Request) { one(w, r, []Object{{"id": "svc-1", "name": "Billing"}}) })
	mux.HandleFunc("GET /v2/teams/{id}", func(w http.ResponseWriter, r *http.Request) {
		one(w, r, []Object{{"id": "team-1", "name": "Payments"}})
	})
	mux.HandleFunc("GET /v2/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		one(w, r, []Object{{"id": "user-1", "username": "one@example.com", "fullName": "Responder One"}})
	})
	return mux
}

func one(w http.ResponseWriter, r *http.Request, all []Object) {
	for _, o := range all {
		if o["id"] == r.PathValue("id") {
			answer(w, Object{"data": o})
			return
		}
	}
	Refuse(w, 404, "Not found")
}

func answer(w http.ResponseWriter, body Object) {
	w.Header().Set("X-RateLimit-State", "OK")
	importertest.Answer(w, 200, importertest.With(body, Object{"took": 0.01, "requestId": "synthetic"}))
}

// Refuse answers as the vendor does when it refuses a request.
func Refuse(w http.ResponseWriter, status int, message string) {
	importertest.Answer(w, status, Object{"message": message, "took": 0.0, "requestId": "synthetic"})
}
