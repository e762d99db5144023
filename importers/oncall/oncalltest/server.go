// Package oncalltest is a made-up Grafana OnCall, on which the source is tried. What it answers to which request (pages of at most
// 100, links to the address that it believes to have, times without a zone, at most 365 days of shifts, tokens without
// "Bearer") follows https://grafana.com/docs/oncall/latest/oncall-api-reference/; what it holds is invented. Start with
// [New] or [Upstream].
package oncalltest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hindsight/importers/importertest"
)

// Server is one OnCall with the token "synthetic-key". Its data may be changed between requests.
type Server struct {
	Groups    []Object // alert groups, newest first
	Notes     []Object // resolution notes
	Schedules []Object
	Shifts    map[string][]Object // by schedule
	Asked     map[string]int      // requests by path
	Forbidden string              // a path that the token may not read

	mu sync.Mutex
}

// ServeHTTP refuses a wrong token with 403. Its clock shows 20 November 2026, noon.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Asked == nil {
		s.Asked = map[string]int{}
	}
	s.Asked[r.URL.Path]++
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	path, _ := strings.CutPrefix(r.URL.Path, "/api/v1/")
	id, deep := strings.CutPrefix(path, "alert_groups/")
	switch {
	case r.Header.Get("Authorization") != "synthetic-key" || r.URL.Path == s.Forbidden:
		w.WriteHeader(http.StatusForbidden)
	case deep && id != "":
		s.one(w, strings.TrimSuffix(id, "/"))
	case deep:
		s.list(w, r)
	case path == "users/current/":
		importertest.Answer(w, 200, Object{"id": "U1", "username": "responder.one", "role": "admin"})
	case strings.HasSuffix(path, "/final_shifts"):
		s.final(w, r)
	default:
		s.lists(w, r, path)
	}
}

// lists answers the short lists.
func (s *Server) lists(w http.ResponseWriter, r *http.Request, path string) {
	switch path {
	case "resolution_notes/":
		of := r.URL.Query().Get("alert_group_id")
		paged(w, r, slices.DeleteFunc(slices.Clone(s.Notes), func(n Object) bool { return of != "" && n["alert_group_id"] != of }))
	case "users/":
		paged(w, r, []Object{{"id": "U1", "username": "responder.one"}, {"id": "U2", "username": "responder.two"}})
	case "integrations/":
		paged(w, r, []Object{{"id": "C1", "name": "Alertmanager"}})
	case "teams/":
		paged(w, r, []Object{{"id": "T1", "name": "Platform"}})
	case "schedules/":
		paged(w, r, s.Schedules)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *Server) one(w http.ResponseWriter, id string) {
	i := slices.IndexFunc(s.Groups, func(g Object) bool { return g["id"] == id })
	if i < 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	importertest.Answer(w, 200, s.Groups[i])
}

const naive = "2006-01-02T15:04:05" // the API's times in requests have no zone

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	from, to, ok := strings.Cut(r.URL.Query().Get("started_at"), "_")
	if ok {
		for _, text := range []string{from, to} {
			if _, err := time.Parse(naive, text); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
	}
	paged(w, r, slices.DeleteFunc(slices.Clone(s.Groups), func(g Object) bool {
		created := g["created_at"].(string)[:26]
		return ok && (created < from || created > to)
	}))
}

func paged(w http.ResponseWriter, r *http.Request, all []Object) {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, _ := strconv.Atoi(r.URL.Query().Get("perpage"))
	number, size = max(number, 1), min(max(size, 1), 100)
	pages := max((len(all)+size-1)/size, 1)
	if number > pages {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	var next any
	if number < pages {
		next = fmt.Sprintf("http://oncall-engine.internal:8080%s?page=%d", r.URL.Path, number+1)
	}
	part := all[min((number-1)*size, len(all)):min(number*size, len(all))]
	importertest.Answer(w, 200, Object{"count": len(all), "next": next, "previous": nil, "results": append([]Object{}, part...),
		"page_size": size, "current_page_number": number, "total_pages": pages})
}

// final answers the shifts of a schedule that touch a period of days, cut at its ends.
func (s *Server) final(w http.ResponseWriter, r *http.Request) {
	id := strings.Split(r.URL.Path, "/")[4]
	from, err1 := time.Parse(time.DateOnly, r.URL.Query().Get("start_date"))
	to, err2 := time.Parse(time.DateOnly, r.URL.Query().Get("end_date"))
	if err1 != nil || err2 != nil || to.Sub(from) > 365*24*time.Hour {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	start, end := from.Format(time.RFC3339), to.Format(time.RFC3339)
	found := []Object{}
	for _, shift := range s.Shifts[id] {
		if shift["shift_start"].(string) < end && shift["shift_end"].(string) > start {
			found = append(found, Object{"user_pk": shift["user_pk"], "user_email": "", "user_username": shift["user_username"],
				"shift_start": max(shift["shift_start"].(string), start), "shift_end": min(shift["shift_end"].(string), end)})
		}
	}
	importertest.Answer(w, 200, Object{"count": len(found), "next": nil, "previous": nil, "results": found, "current_page_number": 1, "page_size": 50, "total_pages": 1})
}
