// Package grafanaincidenttest is a made-up Grafana stack with incident response (IRM), on which the source is tried. What it
// answers to which request (methods of a service by POST, cursors that hold a position, "" for no time) follows
// https://grafana.com/docs/grafana-cloud/incident/api/reference/ and the vendor's client, https://github.com/grafana/incident-go; what it holds is invented. Start with
// [New] or [Upstream].
package grafanaincidenttest

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

// Object is JSON of the API's shape, made up here.
type Object = importertest.Object

// Previews is the path of the list of incidents.
const Previews = prefix + "IncidentsService.QueryIncidentPreviews"

const prefix = "/api/plugins/grafana-irm-app/resources/api/v1/"

// Upstream is a stack with 130 incidents of one second, with two notes each.
var Upstream = importertest.Upstream{
	Source:    "grafanaincident",
	New:       func() http.Handler { return New(130, 2) },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "token": "synthetic-token"} },
	Incidents: 130,
	Title:     "Synthetic incident 1: checkout fails",
}

// Start is the second in which the incidents of New were declared.
var Start = importertest.Moment("2026-10-01T10:00:00Z")

// Server is one stack with the token "synthetic-token". Its data may be changed between requests.
type Server struct {
	Incidents []Object       // oldest first
	Activity  int            // notes of each incident
	Asked     map[string]int // requests by path

	mu sync.Mutex
}

// New returns a stack with n incidents, numbered from 1, that were all declared at Start and have so many notes each.
func New(n, activity int) *Server {
	s := &Server{Activity: activity}
	for i := range n {
		s.Incidents = append(s.Incidents, Incident(i+1, Start, nil))
	}
	return s
}

// Incident returns an incident that was closed after an hour; more replaces or adds members.
func Incident(id int, created time.Time, more Object) Object {
	at := func(d time.Duration) string { return created.Add(d).Format(time.RFC3339Nano) }
	return importertest.With(Object{"incidentID": strconv.Itoa(id), "title": fmt.Sprintf("Synthetic incident %d: checkout fails", id), "status": "resolved", "severity": "Critical",
		"summary": "It failed.", "isDrill": false,
		"createdTime": at(0), "modifiedTime": at(2 * time.Hour), "closedTime": at(time.Hour), "incidentStart": at(-time.Minute), "incidentEnd": at(50 * time.Minute),
		"overviewURL": "/a/grafana-irm-app/incidents/" + strconv.Itoa(id), "createdByUser": Object{"name": "Responder One"},
		"labels":             []any{Object{"key": "service", "label": "checkout"}, Object{"key": "tags", "label": "payments"}},
		"incidentMembership": Object{"assignments": []any{Object{"user": Object{"name": "Responder Two"}, "role": Object{"name": "Commander"}}}},
		"taskList":           Object{"tasks": []any{Object{"text": "Add a test", "status": "todo"}}}}, more)
}

// request is what the three methods are asked.
type request struct {
	IncidentID string
	Query      struct {
		Limit     int
		Direction string `json:"orderDirection"`
	}
	Cursor struct{ NextValue string }
}

// ServeHTTP refuses a wrong token with 401. Its clock shows 20 November 2026, noon.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	if r.Header.Get("Authorization") != "Bearer synthetic-token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var q request
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&q) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if s.Asked == nil {
		s.Asked = map[string]int{}
	}
	s.Asked[r.URL.Path]++
	switch strings.TrimPrefix(r.URL.Path, prefix) {
	case "IncidentsService.QueryIncidentPreviews":
		list := slices.Clone(s.Incidents)
		if q.Query.Direction == "DESC" {
			slices.Reverse(list)
		}
		page(w, q, "incidentPreviews", list)
	case "IncidentsService.GetIncident":
		s.one(w, q.IncidentID)
	case "ActivityService.QueryActivity":
		page(w, q, "activityItems", s.notes())
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func page(w http.ResponseWriter, q request, name string, all []Object) {
	begin, _ := strconv.Atoi(q.Cursor.NextValue)
	end := min(begin+q.Query.Limit, len(all))
	importertest.Answer(w, http.StatusOK, Object{name: append([]Object{}, all[begin:end]...), "cursor": Object{"nextValue": strconv.Itoa(end), "hasMore": end < len(all)}})
}

func (s *Server) one(w http.ResponseWriter, id string) {
	for _, i := range s.Incidents {
		if i["incidentID"] == id {
			importertest.Answer(w, http.StatusOK, Object{"incident": i})
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func (s *Server) notes() (items []Object) {
	for i := range s.Activity {
		items = append(items, Object{"activityItemID": fmt.Sprint(i), "activityKind": "userNote", "eventTime": "2026-10-01T10:00:00Z", "createdTime": "2026-10-01T11:00:00Z",
			"body": fmt.Sprint("note ", i), "user": Object{"name": "Responder One"}})
	}
	return items
}
