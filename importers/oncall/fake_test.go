package oncall

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/importers"
)

// object is JSON of the API's shape, made up here.
type object = map[string]any

// engine is a stand-in for OnCall. It lists groups newest first, in pages of at most 100, whose links lead to the address
// that it believes to have; it refuses "Bearer", times with a zone and more than 365 days of shifts.
type engine struct {
	mu        sync.Mutex
	groups    []object // newest first
	notes     []object
	schedules []object
	shifts    map[string][]object
	asked     map[string]int
	forbidden string // a path that the key may not read
}

// groupOf returns a group that was acknowledged after a minute and resolved after two.
func groupOf(id string, created time.Time, more object) object {
	at := func(d time.Duration) string { return created.Add(d).Format("2006-01-02T15:04:05.000000Z07:00") }
	g := object{
		"id": id, "integration_id": "C1", "team_id": "T1", "route_id": "R1", "alerts_count": 3, "state": "resolved", "created_at": at(430444 * time.Microsecond),
		"acknowledged_at": at(time.Minute), "acknowledged_by": "U1", "resolved_at": at(2 * time.Minute), "resolved_by": "U2", "title": "Memory is short",
		"labels":      []any{object{"key": object{"id": "severity", "name": "severity"}, "value": object{"id": "critical", "name": "critical"}}},
		"permalinks":  object{"slack": "https://example.slack.com/archives/C1/p1", "slack_app": "slack://x", "telegram": nil, "web": "https://grafana.example.com/a/grafana-oncall-app/alert-groups/" + id},
		"silenced_at": nil, "last_alert": object{"id": "A1", "alert_group_id": id, "created_at": at(0), "payload": object{
			"commonAnnotations": object{"summary": "Less than 5 % left", "runbook_url": "https://runbooks.example.com/memory"}}},
	}
	for k, v := range more {
		g[k] = v
	}
	return g
}

func noteOf(id, group string) object {
	return object{"id": id, "alert_group_id": group, "author": "U2", "source": "web", "created_at": "2025-01-15T11:00:00Z", "text": "More memory for " + group}
}

func (e *engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asked == nil {
		e.asked = map[string]int{}
	}
	e.asked[r.URL.Path]++
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	id, deep := strings.CutPrefix(r.URL.Path, "/api/v1/alert_groups/")
	switch {
	case r.Header.Get("Authorization") != "synthetic-key" || r.URL.Path == e.forbidden:
		w.WriteHeader(http.StatusForbidden)
	case deep && id != "":
		e.one(w, strings.TrimSuffix(id, "/"))
	case deep:
		e.list(w, r)
	case r.URL.Path == "/api/v1/resolution_notes/":
		of := r.URL.Query().Get("alert_group_id")
		paged(w, r, slices.DeleteFunc(slices.Clone(e.notes), func(n object) bool { return of != "" && n["alert_group_id"] != of }))
	case r.URL.Path == "/api/v1/users/":
		paged(w, r, []object{{"id": "U1", "username": "responder.one"}, {"id": "U2", "username": "responder.two"}})
	case r.URL.Path == "/api/v1/users/current/":
		answerJSON(w, object{"id": "U1", "username": "responder.one", "role": "admin"})
	case r.URL.Path == "/api/v1/integrations/":
		paged(w, r, []object{{"id": "C1", "name": "Alertmanager"}})
	case r.URL.Path == "/api/v1/teams/":
		paged(w, r, []object{{"id": "T1", "name": "Platform"}})
	case r.URL.Path == "/api/v1/schedules/":
		paged(w, r, e.schedules)
	case strings.HasSuffix(r.URL.Path, "/final_shifts"):
		e.final(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func answerJSON(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

func (e *engine) one(w http.ResponseWriter, id string) {
	for _, g := range e.groups {
		if g["id"] == id {
			answerJSON(w, g)
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
}

func (e *engine) list(w http.ResponseWriter, r *http.Request) {
	from, to, ok := strings.Cut(r.URL.Query().Get("started_at"), "_")
	if ok {
		for _, text := range []string{from, to} {
			if _, err := time.Parse(naive, text); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
	}
	paged(w, r, slices.DeleteFunc(slices.Clone(e.groups), func(g object) bool {
		created := g["created_at"].(string)[:26]
		return ok && (created < from || created > to)
	}))
}

func paged(w http.ResponseWriter, r *http.Request, all []object) {
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
	answerJSON(w, object{"count": len(all), "next": next, "previous": nil, "results": append([]object{}, part...), "page_size": size, "current_page_number": number, "total_pages": pages})
}

func (e *engine) final(w http.ResponseWriter, r *http.Request) {
	id := strings.Split(r.URL.Path, "/")[4]
	from, err1 := time.Parse(time.DateOnly, r.URL.Query().Get("start_date"))
	to, err2 := time.Parse(time.DateOnly, r.URL.Query().Get("end_date"))
	if err1 != nil || err2 != nil || to.Sub(from) > 365*day {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	start, end := from.Format(time.RFC3339), to.Format(time.RFC3339)
	found := []object{}
	for _, s := range e.shifts[id] {
		if s["shift_start"].(string) < end && s["shift_end"].(string) > start {
			found = append(found, object{"user_pk": s["user_pk"], "user_email": "", "user_username": s["user_username"],
				"shift_start": max(s["shift_start"].(string), start), "shift_end": min(s["shift_end"].(string), end)})
		}
	}
	answerJSON(w, object{"count": len(found), "next": nil, "previous": nil, "results": found, "current_page_number": 1, "page_size": 50, "total_pages": 1})
}

func config(more ...string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "key": "synthetic-key"}}
		for i := 0; i+1 < len(more); i += 2 {
			cfg.Settings[more[i]] = more[i+1]
		}
		return cfg
	}
}

func serve(t *testing.T, h http.Handler) string {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}
