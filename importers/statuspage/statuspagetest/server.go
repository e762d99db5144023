// Package statuspagetest is a made-up status page, with the management API beside it, for tests, in a browser too. Public lists
// hold the 50 most recent entries and bear an entity tag, as https://metastatuspage.com/api describes; the archive has three
// months on a page, and pages behind the last are empty; the management API's lists and errors are those of
// https://developer.statuspage.io/. Its posts are made up. Start with [New].
package statuspagetest

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

// Upstream is a page that its company reads through the management API.
var Upstream = importertest.Upstream{
	Source: "statuspage",
	New:    func() http.Handler { return New(70) },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "page": "p1", "key": "synthetic-key"}
	},
	Incidents: 70,
	Title:     "Synthetic slowness code000",
}

// Server is a page whose fields tests change between requests. The management API takes the key "synthetic-key".
type Server struct {
	Posts []map[string]any // newest first, one a month
	Asked []string         // addresses, in order
	Bare  bool             // without an archive
	mu    sync.Mutex
}

// New returns a page with n posts, one a month before 1 November 2026, every tenth of which is a maintenance.
func New(n int) *Server {
	s := &Server{}
	for i := range n {
		impact := "minor"
		if i%10 == 3 {
			impact = "maintenance"
		}
		s.Posts = append(s.Posts, Post(fmt.Sprintf("code%03d", i), time.Date(2026, time.Month(11-i), 1, 12, 0, 0, 0, time.UTC), impact))
	}
	return s
}

// Post returns an incident, or with the impact "maintenance" a maintenance, that was over an hour after it was created.
func Post(code string, created time.Time, impact string) map[string]any {
	at := func(d time.Duration) string {
		return created.Add(d).In(time.FixedZone("", -8*3600)).Format("2006-01-02T15:04:05.000-07:00")
	}
	return map[string]any{"id": code, "name": "Synthetic slowness " + code, "status": "resolved", "impact": impact, "created_at": at(0), "started_at": at(0), "updated_at": at(time.Hour),
		"monitoring_at": at(30 * time.Minute), "resolved_at": at(time.Hour), "shortlink": "https://stspg.io/" + code,
		"incident_updates": []any{map[string]any{"status": "resolved", "body": "Over.", "display_at": at(time.Hour)}, map[string]any{"status": "monitoring", "body": "Watching.", "display_at": at(30 * time.Minute)},
			map[string]any{"status": "investigating", "body": "Looking.", "display_at": at(0)}},
		"components": []any{map[string]any{"name": "API", "group": false}}}
}

// ServeHTTP answers as a page and the management API do.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Asked = append(s.Asked, r.URL.RequestURI())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	code, isPost := strings.CutPrefix(r.URL.Path, "/incidents/")
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/") && r.Header.Get("Authorization") != "OAuth synthetic-key":
		w.WriteHeader(http.StatusUnauthorized)
		send(w, map[string]any{"error": "Could not authenticate"})
	case r.URL.Path == "/v1/pages/p1":
		send(w, map[string]any{"id": "p1", "name": "Example Cloud"})
	case r.URL.Path == "/v1/pages/p1/incidents":
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		send(w, append([]map[string]any{}, s.Posts[min((number-1)*limit, len(s.Posts)):min(number*limit, len(s.Posts))]...))
	case strings.HasPrefix(r.URL.Path, "/v1/pages/p1/incidents/"):
		s.one(w, strings.TrimPrefix(r.URL.Path, "/v1/pages/p1/incidents/"))
	case r.URL.Path == "/api/v2/status.json":
		send(w, map[string]any{"page": map[string]any{"name": "Example Cloud"}})
	case r.URL.Path == "/api/v2/incidents.json":
		s.recent(w, r, "incidents", false)
	case r.URL.Path == "/api/v2/scheduled-maintenances.json":
		s.recent(w, r, "scheduled_maintenances", true)
	case r.URL.Path == "/history.json" && !s.Bare:
		s.archive(w, r)
	case isPost:
		s.one(w, strings.TrimSuffix(code, ".json"))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func send(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

func (s *Server) one(w http.ResponseWriter, code string) {
	for _, p := range s.Posts {
		if p["id"] == code {
			send(w, p)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func (s *Server) recent(w http.ResponseWriter, r *http.Request, key string, maintenance bool) {
	list := slices.DeleteFunc(slices.Clone(s.Posts), func(p map[string]any) bool { return (p["impact"] == "maintenance") != maintenance })
	list = append([]map[string]any{}, list[:min(50, len(list))]...)
	text, _ := json.Marshal(list)
	tag := fmt.Sprintf(`W/"%d-%d"`, len(text), strings.Count(string(text), "1"))
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", tag)
	send(w, map[string]any{"page": map[string]any{}, key: list})
}

func (s *Server) archive(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	months := []map[string]any{}
	for i := 3 * (number - 1); i < 3*number; i++ {
		month := map[string]any{"name": "Month", "year": 2026 - i/12, "incidents": []map[string]any{}}
		if i < len(s.Posts) {
			month["incidents"] = []map[string]any{{"code": s.Posts[i]["id"], "name": s.Posts[i]["name"], "impact": s.Posts[i]["impact"], "timestamp": "Aug <var data-var='date'>10</var>"}}
		}
		months = append(months, month)
	}
	send(w, map[string]any{"months": months, "page": map[string]any{}})
}
