// Package gitlabtest is a made-up GitLab, on which the source is tried. What it answers to which request (pages by offset with
// Link headers and without totals, as GitLab.com does beyond 10,000 rows, filters that must be paired, one GraphQL query)
// follows https://docs.gitlab.com/api/rest/, https://docs.gitlab.com/api/issues/ and
// https://docs.gitlab.com/api/deployments/; what it holds is invented. Start with [New] or [Upstream].
package gitlabtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// Server is one GitLab, which knows the token "synthetic-token". Its data may be changed between requests.
type Server struct {
	Issues      map[string][]Object // by path of the project: "example/ops"
	Notes       map[string][]Object // by project and number: "example/ops#7"
	States      map[string][]Object // resource state events, likewise
	Deployments map[string][]Object // by path of the project
	Old         bool                // ignores updated_after (gitlab-ce#56286) and knows no timelines
	ReadOnly    bool                // the token may read alone
	Calls       []string            // method and address of each request
	Queries     []string            // bodies of GraphQL requests

	mu sync.Mutex
}

// ServeHTTP refuses a wrong token with 401.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Calls = append(s.Calls, r.Method+" "+r.URL.RequestURI())
	if r.Header.Get("PRIVATE-TOKEN") != "synthetic-token" {
		refuse(w, http.StatusUnauthorized, "401 Unauthorized")
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/api/v4/projects/"), "/")
	switch r.URL.Path {
	case "/api/graphql":
		s.graphql(w, r)
	case "/api/v4/user":
		answer(w, Object{"username": "reader"})
	default:
		s.project(w, r, strings.ReplaceAll(parts[0], "%2F", "/"), parts[1:])
	}
}

// project answers what is below a project.
func (s *Server) project(w http.ResponseWriter, r *http.Request, project string, below []string) {
	switch {
	case len(below) == 0 && (s.Issues[project] != nil || s.Deployments[project] != nil):
		answer(w, Object{"path_with_namespace": project})
	case s.Issues[project] == nil && s.Deployments[project] == nil:
		refuse(w, http.StatusNotFound, "404 Project Not Found")
	case r.Method != http.MethodGet:
		s.write(w, r, project, below)
	case len(below) == 1 && below[0] == "issues" && r.URL.Query().Get("in") == "description":
		s.list(w, r, slices.DeleteFunc(slices.Clone(s.Issues[project]), func(i Object) bool {
			return !strings.Contains(fmt.Sprint(i["description"]), r.URL.Query().Get("search"))
		}))
	case len(below) == 1 && below[0] == "issues":
		s.list(w, r, slices.DeleteFunc(slices.Clone(s.Issues[project]), func(i Object) bool {
			kind, numbers := r.URL.Query().Get("issue_type"), r.URL.Query()["iids[]"]
			return kind != "" && i["issue_type"] != kind || len(numbers) > 0 && !slices.Contains(numbers, fmt.Sprint(i["iid"])) || r.URL.Query().Get("confidential") == "false" && i["confidential"] == true
		}))
	case len(below) == 1 && below[0] == "deployments":
		if q := r.URL.Query(); q.Get("updated_after") == "" || q.Get("order_by") != "updated_at" {
			refuse(w, http.StatusBadRequest, "400 Bad request - updated_at filter and updated_at sorting must be paired")
			return
		}
		s.list(w, r, s.Deployments[project])
	case len(below) == 2 && below[0] == "issues":
		one(w, s.Issues[project], "iid", below[1])
	case len(below) == 2 && below[0] == "deployments":
		one(w, s.Deployments[project], "id", below[1])
	case len(below) == 3 && below[2] == "notes":
		page(w, r, s.Notes[project+"#"+below[1]])
	case len(below) == 3 && below[2] == "resource_state_events":
		page(w, r, s.States[project+"#"+below[1]])
	default:
		refuse(w, http.StatusNotFound, "404 Not Found")
	}
}

// write makes, changes and comments on issues.
func (s *Server) write(w http.ResponseWriter, r *http.Request, project string, below []string) {
	var in Object
	json.NewDecoder(r.Body).Decode(&in)
	switch {
	case s.ReadOnly:
		refuse(w, http.StatusForbidden, "insufficient_scope")
	case r.Method == http.MethodPost && len(below) == 1 && below[0] == "issues":
		number := 1000 + len(s.Issues[project])
		i := Object{"id": 9000 + number, "iid": number, "issue_type": "issue", "title": in["title"], "description": in["description"], "state": "opened", "confidential": false,
			"closed_at": nil, "due_date": nil, "moved_to_id": nil, "created_at": "2099-01-01T00:00:00Z", "updated_at": "2099-01-01T00:00:00Z",
			"web_url": fmt.Sprintf("http://%s/%s/-/issues/%d", r.Host, project, number)}
		s.Issues[project] = append(s.Issues[project], i)
		importertest.Answer(w, http.StatusCreated, i)
	case r.Method == http.MethodPut && len(below) == 2:
		for _, i := range s.Issues[project] {
			if fmt.Sprint(i["iid"]) == below[1] && in["state_event"] == "close" {
				i["state"], i["closed_at"] = "closed", "2026-03-04T10:00:00Z"
				answer(w, i)
				return
			}
		}
		refuse(w, http.StatusNotFound, "404 Not found")
	case r.Method == http.MethodPost && len(below) == 3 && below[2] == "notes":
		key := project + "#" + below[1]
		s.Notes[key] = append(s.Notes[key], Object{"id": 1, "body": in["body"]})
		importertest.Answer(w, http.StatusCreated, Object{"id": 1})
	default:
		refuse(w, http.StatusNotFound, "404 Not Found")
	}
}

func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	s.Queries = append(s.Queries, string(text))
	if s.Old {
		answer(w, Object{"errors": []Object{{"message": "Field 'incidentManagementTimelineEvents' doesn't exist on type 'Project'"}}})
		return
	}
	answer(w, Object{"data": Object{"project": Object{"issue": Object{"escalationStatus": nil, "severity": "HIGH"},
		"incidentManagementTimelineEvents": Object{"nodes": []any{}}}}})
}

func one(w http.ResponseWriter, all []Object, key, value string) {
	i := slices.IndexFunc(all, func(x Object) bool { return fmt.Sprint(x[key]) == value })
	if i < 0 {
		refuse(w, http.StatusNotFound, "404 Not found")
		return
	}
	answer(w, all[i])
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, all []Object) {
	after, _ := time.Parse(time.RFC3339, r.URL.Query().Get("updated_after"))
	var found []Object
	for _, x := range all {
		if s.Old || !importertest.Moment(x["updated_at"].(string)).Before(after) {
			found = append(found, x)
		}
	}
	slices.SortStableFunc(found, func(a, b Object) int { return strings.Compare(a["updated_at"].(string), b["updated_at"].(string)) })
	page(w, r, found)
}

func page(w http.ResponseWriter, r *http.Request, all []Object) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("per_page"))
	number, _ := strconv.Atoi(q.Get("page"))
	from := min(max(number-1, 0)*size, len(all))
	to := min(from+size, len(all))
	if to < len(all) {
		q.Set("page", strconv.Itoa(max(number, 1)+1))
		at := "http://" + r.Host + r.URL.EscapedPath()
		w.Header().Set("Link", fmt.Sprintf(`<%s?page=1>; rel="first", <%s?%s>; rel="next"`, at, at, q.Encode()))
	}
	answer(w, append([]Object{}, all[from:to]...))
}

func answer(w http.ResponseWriter, v any) { importertest.Answer(w, http.StatusOK, v) }

func refuse(w http.ResponseWriter, status int, message string) {
	importertest.Answer(w, status, Object{"message": message})
}
