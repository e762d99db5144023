package redmine_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/redmine"
	"hindsight/incident"
)

const key = "synthetic-key"

// fake answers as Redmine 5.0 does: limits above 100 are clamped, closed issues are hidden without status_id=*, a wrong
// key sees what is public, unknown operators are an error.
type fake struct {
	mu     sync.Mutex
	issues map[int]map[string]any
	asked  []string // paths with queries
	touch  func(f *fake)
}

// issueOf returns an open issue of the tracker Bug in project ops.
func issueOf(id int, created, updated string) map[string]any {
	return map[string]any{"id": id, "subject": fmt.Sprintf("synthetic %d", id), "project": named(1, "ops"), "tracker": named(1, "Bug"),
		"status": named(1, "New"), "priority": named(2, "Normal"), "author": named(3, "Reporter One"),
		"created_on": created, "updated_on": updated, "journals": []any{}}
}

func named(id int, name string) map[string]any { return map[string]any{"id": id, "name": name} }

func newFake(issues ...map[string]any) *fake {
	f := &fake{issues: map[int]map[string]any{}}
	for _, is := range issues {
		f.issues[is["id"].(int)] = is
	}
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r.URL.String())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	known := r.Header.Get("X-Redmine-API-Key") == key
	switch path := r.URL.Path; {
	case path == "/users/current.json" && !known:
		w.WriteHeader(http.StatusUnauthorized)
	case path == "/users/current.json":
		answer(w, map[string]any{"user": map[string]any{"login": "reader", "firstname": "Reader", "lastname": "One", "admin": true}})
	case path == "/issue_statuses.json":
		answer(w, map[string]any{"issue_statuses": []any{named(1, "New"), named(2, "In Progress"), map[string]any{"id": 5, "name": "Closed", "is_closed": true}}})
	case path == "/enumerations/issue_priorities.json":
		answer(w, map[string]any{"issue_priorities": []any{named(2, "Normal"), named(5, "Immediate")}})
	case path == "/trackers.json":
		answer(w, map[string]any{"trackers": []any{named(1, "Bug"), named(2, "Feature")}})
	case path == "/projects.json":
		answer(w, map[string]any{"projects": []any{map[string]any{"name": "Ops", "identifier": "ops"}}, "total_count": 1})
	case path == "/issues.json":
		f.list(w, r)
		if f.touch != nil {
			f.touch(f)
		}
	default:
		id, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(path, "/issues/"), ".json"))
		if f.issues[id] == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer(w, map[string]any{"issue": f.issues[id]})
	}
}

func answer(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	least, ok := strings.CutPrefix(q.Get("issue_id"), ">=")
	from, to := "", "9999"
	if updated := q.Get("updated_on"); updated != "" {
		if rest, between := strings.CutPrefix(updated, "><"); between {
			from, to, _ = strings.Cut(rest, "|")
		} else if from, ok = strings.CutPrefix(updated, ">="); !ok {
			ok = false
		}
	}
	if !ok || q.Get("sort") != "id" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	first, _ := strconv.Atoi(least)
	limit, _ := strconv.Atoi(q.Get("limit"))
	var ids []int
	for id, is := range f.issues {
		at := is["updated_on"].(string)
		project, tracker := is["project"].(map[string]any)["name"], is["tracker"].(map[string]any)["id"].(int)
		switch {
		case id < first, at < from, at > to,
			q.Get("status_id") != "*" && is["closed_on"] != nil,
			q.Get("project_id") != "" && q.Get("project_id") != project,
			q.Get("tracker_id") != "" && !slices.Contains(strings.Split(q.Get("tracker_id"), "|"), strconv.Itoa(tracker)):
			continue
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	issues := []any{}
	for _, id := range ids[:min(len(ids), min(limit, 100))] {
		is := map[string]any{"id": id, "updated_on": f.issues[id]["updated_on"]}
		issues = append(issues, is)
	}
	answer(w, map[string]any{"issues": issues, "total_count": len(ids), "offset": 0, "limit": min(limit, 100)})
}

func config(more map[string]string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "key": key}}
		for k, v := range more {
			cfg.Settings[k] = v
		}
		return cfg
	}
}

// many returns issues that all share one second.
func many(n int) (issues []map[string]any) {
	for id := 1; id <= n; id++ {
		issues = append(issues, issueOf(id, "2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"))
	}
	return issues
}

func TestReads(t *testing.T) {
	importertest.RunAPI(t, redmine.Source(), importertest.Fake{
		Handler: func() http.Handler { return newFake(many(230)...) },
		Config:  config(nil), Want: 230,
	})
}

func TestReadsChosenProjectsAndTrackers(t *testing.T) {
	issues := many(6)
	issues[0]["project"], issues[1]["project"], issues[2]["project"] = named(2, "web"), named(3, "hr"), named(2, "web")
	issues[2]["tracker"] = named(2, "Feature")
	importertest.RunAPI(t, redmine.Source(), importertest.Fake{
		Handler: func() http.Handler { return newFake(issues...) },
		Config:  config(map[string]string{"projects": "ops, web", "trackers": "bug"}), Want: 4,
	})
}

func draftOf(t *testing.T, body any, cfg importers.Config) importers.Draft {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	d, err := redmine.Source().Collections[0].Map(incident.Raw{ExternalID: "7", Body: text}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func clockOf(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
