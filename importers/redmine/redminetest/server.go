// Package redminetest is a made-up Redmine 5.0 for tests, in a browser too: limits above 100 are clamped, closed issues are
// hidden without status_id=*, a wrong key sees what is public, an unknown operator is an error. This is as
// https://www.redmine.org/projects/redmine/wiki/Rest_api says and as version 5.0.4 does. Its issues are made up. Start
// with [New].
package redminetest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// Key is the API key that the server knows; it is an administrator's.
const Key = "synthetic-key"

// Upstream is a Redmine for a connection to try.
var Upstream = importertest.Upstream{
	Source:    "redmine",
	New:       func() http.Handler { return New(Many(230)...) },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "key": Key} },
	Incidents: 230,
	Title:     "Synthetic issue 1",
}

// Server is a Redmine whose fields tests change between requests.
type Server struct {
	Issues   map[int]Issue
	ReadOnly bool          // the key's user may read alone
	Stuck    bool          // the workflow lets nobody close an issue, and says nothing of it
	Now      time.Time     // by its clock; zero: the machine's
	Listed   func(*Server) // called behind each list of issues, if it is set
	mu       sync.Mutex
}

// Issue is an issue as the API shows it alone.
type Issue = map[string]any

// New returns a Redmine with these issues.
func New(issues ...Issue) *Server {
	s := &Server{Issues: map[int]Issue{}}
	for _, is := range issues {
		s.Issues[is["id"].(int)] = is
	}
	return s
}

// NewIssue returns an open issue of the tracker Bug in project ops. Times are as Redmine writes them, 2026-10-20T10:00:00Z.
func NewIssue(id int, created, updated string) Issue {
	return Issue{"id": id, "subject": "Synthetic issue " + strconv.Itoa(id), "project": Named(1, "ops"), "tracker": Named(1, "Bug"),
		"status": Named(1, "New"), "priority": Named(2, "Normal"), "author": Named(3, "Reporter One"),
		"created_on": created, "updated_on": updated, "journals": []any{}}
}

// Many returns n issues, with ids from 1, that all share one second.
func Many(n int) (issues []Issue) {
	for id := 1; id <= n; id++ {
		issues = append(issues, NewIssue(id, "2026-10-20T10:00:00Z", "2026-10-20T10:00:00Z"))
	}
	return issues
}

// Named returns how Redmine refers to something.
func Named(id int, name string) map[string]any { return map[string]any{"id": id, "name": name} }

// ServeHTTP answers as Redmine does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if !s.Now.IsZero() {
		w.Header().Set("Date", s.Now.UTC().Format(http.TimeFormat))
	}
	switch path := r.URL.Path; {
	case path == "/users/current.json" && r.Header.Get("X-Redmine-API-Key") != Key:
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method != http.MethodGet:
		s.write(w, r)
	case path == "/issues.json":
		s.list(w, r)
		if s.Listed != nil {
			s.Listed(s)
		}
	case strings.HasPrefix(path, "/issues/"):
		id, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(path, "/issues/"), ".json"))
		if s.Issues[id] == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer(w, map[string]any{"issue": s.Issues[id]})
	case small[path] != nil:
		answer(w, small[path])
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// write makes and changes issues: a change is answered with 204, whatever of it the workflow lets through.
func (s *Server) write(w http.ResponseWriter, r *http.Request) {
	var in struct{ Issue map[string]any }
	json.NewDecoder(r.Body).Decode(&in)
	id, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/issues/"), ".json"))
	switch {
	case r.Header.Get("X-Redmine-API-Key") != Key || s.ReadOnly:
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPost && r.URL.Path == "/issues.json":
		id := 1000 + len(s.Issues)
		i := NewIssue(id, "2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z")
		i["subject"], i["description"], i["project"] = in.Issue["subject"], in.Issue["description"], Named(1, in.Issue["project_id"].(string))
		s.Issues[id] = i
		w.WriteHeader(http.StatusCreated)
		answer(w, map[string]any{"issue": i})
	case r.Method == http.MethodPut && s.Issues[id] != nil:
		if status, _ := in.Issue["status_id"].(float64); status == 5 && !s.Stuck {
			s.Issues[id]["status"], s.Issues[id]["closed_on"] = Named(5, "Closed"), "2026-10-22T10:00:00Z"
		}
		s.Issues[id]["journals"] = append(s.Issues[id]["journals"].([]any), map[string]any{"notes": in.Issue["notes"]})
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// small is what the server answers the same always.
var small = map[string]any{
	"/users/current.json": map[string]any{"user": map[string]any{"login": "reader", "firstname": "Reader", "lastname": "One", "admin": true}},
	"/issue_statuses.json": map[string]any{"issue_statuses": []any{Named(1, "New"), Named(2, "In Progress"),
		map[string]any{"id": 5, "name": "Closed", "is_closed": true}}},
	"/enumerations/issue_priorities.json": map[string]any{"issue_priorities": []any{Named(2, "Normal"), Named(5, "Immediate")}},
	"/trackers.json":                      map[string]any{"trackers": []any{Named(1, "Bug"), Named(2, "Feature")}},
	"/projects.json":                      map[string]any{"projects": []any{map[string]any{"name": "Ops", "identifier": "ops"}}, "total_count": 1},
}

func answer(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }
