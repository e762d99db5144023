// Package icingatest is a made-up Icinga 2.13 for tests, in a browser too: it answers with everything at once, and with 404
// where nothing matches; a query is a POST that says it is a GET. This is as
// https://icinga.com/docs/icinga-2/latest/doc/12-icinga2-api/ says and as version 2.13.6 does. Its hosts and services are made
// up. Start with [New].
package icingatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// The API user that the server knows.
const (
	User     = "reader"
	Password = "synthetic"
)

// Began is when the services of Upstream went wrong, in seconds since 1970: 2026-10-20T12:00:00.5Z.
const Began = 1792497600.5

// Upstream is an Icinga for a connection to try.
var Upstream = importertest.Upstream{
	Source: "icinga",
	New:    func() http.Handler { return New(Many(25)...) },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "user": User, "password": Password}
	},
	Incidents: 18,
	Title:     "Synthetic service 1 on web-1 is warning",
}

// Server is an Icinga whose fields tests change between requests.
type Server struct {
	Objects  map[string]Object // hosts and services, by full name
	Comments []Object
	Now      time.Time // by its clock; zero: the machine's
	mu       sync.Mutex
}

// Object holds an object's attributes.
type Object = map[string]any

// New returns an Icinga with the host web-1, which is up, and these services of it.
func New(services ...Object) *Server {
	s := &Server{Objects: map[string]Object{"web-1": {"name": "web-1", "display_name": "web-1", "state": 0}}}
	for _, o := range services {
		s.Objects["web-1!"+o["name"].(string)] = o
	}
	return s
}

// Service returns a service of web-1 whose hard state has been so since a time; it was well a minute before.
func Service(name string, state int, since float64) Object {
	return Object{"name": name, "display_name": name, "host_name": "web-1", "state": state, "state_type": 1, "last_hard_state_change": since,
		"last_state_ok": since - 60, "acknowledgement": 0, "acknowledgement_last_change": 0, "downtime_depth": 0,
		"groups": []string{}, "vars": nil, "last_check_result": map[string]any{"output": "synthetic", "exit_status": 0}}
}

// Many returns n services in all states; every fourth is well.
func Many(n int) (services []Object) {
	for i := range n {
		services = append(services, Service(fmt.Sprintf("Synthetic service %d", i), i%4, Began))
	}
	return services
}

// ServeHTTP answers as Icinga does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if !s.Now.IsZero() {
		w.Header().Set("Date", s.Now.UTC().Format(http.TimeFormat))
	}
	if user, password, _ := r.BasicAuth(); user != User || password != Password {
		refuse(w, http.StatusUnauthorized, "Unauthorized. Please check your user credentials.")
		return
	}
	var ask query
	if r.Method == http.MethodPost && (r.Header.Get("X-HTTP-Method-Override") != http.MethodGet || json.NewDecoder(r.Body).Decode(&ask) != nil) {
		refuse(w, http.StatusBadRequest, "Invalid request.")
		return
	}
	results := s.find(r.URL.Path, ask)
	if len(results) == 0 {
		refuse(w, http.StatusNotFound, "No objects found.")
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"results": results})
}

// query is the body of a query.
type query struct {
	Filter string
	Vars   struct{ Names []string } `json:"filter_vars"`
}

// find returns what a path and a query lead to.
func (s *Server) find(path string, ask query) (results []any) {
	switch path {
	case "/v1":
		return []any{map[string]any{"user": User, "permissions": []string{"objects/query/Service"}}}
	case "/v1/objects/comments":
		for _, c := range s.Comments {
			results = append(results, map[string]any{"name": "c", "attrs": c})
		}
	case "/v1/objects/hosts", "/v1/objects/services":
		for name, o := range s.Objects {
			if strings.Contains(name, "!") == strings.HasSuffix(path, "services") && ask.finds(name, o) {
				results = append(results, map[string]any{"name": name, "attrs": o})
			}
		}
	}
	return results
}

// finds reports whether the filter lets an object through: by its name, or those with a hard state that is bad.
func (q query) finds(name string, o Object) bool {
	if q.Vars.Names != nil {
		return slices.Contains(q.Vars.Names, name)
	}
	return q.Filter == "" || o["state"] != 0 && o["state_type"] == 1
}

func refuse(w http.ResponseWriter, status int, text string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": float64(status), "status": text})
}
