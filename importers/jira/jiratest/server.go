// Package jiratest is a made-up Jira for tests, in a browser too: Cloud, with page tokens that belong to one search and with
// forty changes and twenty comments of an issue, and a Data Center, with offsets and everything. Paging, limits and errors
// are those of https://developer.atlassian.com/cloud/jira/platform/rest/v3/ and
// https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/. Its issues are made up. Start with [New].
package jiratest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"hindsight/importers/importertest"
)

// Upstream is a Jira Cloud for a connection to try.
var Upstream = importertest.Upstream{
	Source: "jira",
	New:    func() http.Handler { return New() },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "deployment": "cloud", "user": "reader@example.com", "token": "key", "projects": "OPS"}
	},
	Incidents: 230,
	Title:     "Synthetic incident 0",
}

// Server is a Jira whose fields tests change between requests. It lets the account reader@example.com in with the token
// "key", and with a bearer token "key".
type Server struct {
	Issues   []*Issue
	Asked    []string // searches, in order
	ReadOnly bool     // the account may read alone
	Broken   bool     // gives the same token for ever
	mu       sync.Mutex
}

// errNotFound is an address that leads to nothing.
var errNotFound = errors.New("nothing is here")

// ServeHTTP answers as Jira does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, password, _ := r.BasicAuth()
	if (user != "reader@example.com" || password != "key") && r.Header.Get("Authorization") != "Bearer key" {
		http.Error(w, "Client must be authenticated to access this resource.", http.StatusUnauthorized)
		return
	}
	answer, err := s.answer(r)
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(statusOf(err))
		answer = map[string]any{"errorMessages": []string{err.Error()}}
	}
	if made, ok := answer.(created); ok {
		w.WriteHeader(http.StatusCreated)
		answer = map[string]any(made)
	}
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	json.NewEncoder(w).Encode(answer)
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, errNotFound):
		return http.StatusNotFound
	case errors.Is(err, errForbidden):
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

func (s *Server) answer(r *http.Request) (any, error) {
	var q query
	if parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/rest/api/"), "/"); len(parts) > 1 && parts[1] == "issue" && (r.Method == http.MethodPost && parts[len(parts)-1] != "bulkfetch" || parts[len(parts)-1] == "transitions" || len(parts) > 2 && parts[2] == "createmeta") {
		return s.write(r, parts[2:])
	}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			return nil, err
		}
	}
	switch path := r.URL.Path; r.Method + " " + path {
	case "POST /rest/api/3/search/jql":
		return s.search(q)
	case "POST /rest/api/3/search/approximate-count":
		found, err := s.find(q.JQL)
		return map[string]any{"count": len(found)}, err
	case "POST /rest/api/3/issue/bulkfetch":
		return s.bulk(q.IDs), nil
	case "POST /rest/api/3/changelog/bulkfetch":
		return s.changelogs(q), nil
	case "GET /rest/api/2/search":
		return s.offsets(r.URL.Query())
	default:
		return s.small(path, r)
	}
}

// small answers what both deployments have below an address of their own.
func (s *Server) small(path string, r *http.Request) (any, error) {
	parts := strings.Split(strings.TrimPrefix(path, "/rest/api/"), "/")
	switch {
	case r.Method != http.MethodGet || len(parts) < 2:
	case parts[1] == "status":
		return []any{open, inProgress, done}, nil
	case parts[1] == "myself":
		return map[string]any{"displayName": "Reading account", "timeZone": "Asia/Shanghai"}, nil
	case parts[1] == "project" && len(parts) == 3 && parts[2] == "OPS":
		return map[string]any{"id": "1", "key": "OPS", "name": "Operations"}, nil
	case parts[1] == "issue" && len(parts) == 3:
		return s.one(parts[2], strings.Split(r.URL.Query().Get("fields"), ","))
	case parts[1] == "issue" && len(parts) == 4 && parts[3] == "comment":
		return s.commentsOf(parts[2], r.URL.Query().Get("startAt"))
	}
	return nil, errNotFound
}
