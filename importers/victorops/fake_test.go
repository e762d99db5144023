package victorops

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
)

// object is JSON of the API's shape, made up here.
type object = map[string]any

// account is a stand-in for one account. It answers as the vendor's description says: only resolved incidents without
// currentPhase, a hundred on a page at most, 401 without credentials and 403 with wrong ones.
type account struct {
	mu        sync.Mutex
	incidents []object
	live      []object
	logs      map[string][]object // by team: {"user", "on", "off"}
	asked     map[string]int
	refuse    int    // that many reporting requests are answered with 403
	refusal   string // and this body
}

var synthetic = []object{{"name": "Platform", "slug": "team-p1", "memberCount": 2}, {"name": "Web shop", "slug": "team-w2", "memberCount": 1}}

// incidentOf returns an incident that was acknowledged after a minute and resolved after two.
func incidentOf(number int, start time.Time, more object) object {
	at := func(d time.Duration) string { return start.Add(d).Format(time.RFC3339) }
	inc := object{
		"incidentNumber": strconv.Itoa(number), "currentPhase": "resolved", "startTime": at(0), "entityId": fmt.Sprintf("synthetic/%d", number),
		"entityDisplayName": "Queue grows", "entityState": "CRITICAL", "entityType": "service", "service": "billing", "routingKey": "database", "alertCount": 2,
		"lastAlertTime": at(0), "pagedTeams": []any{"team-p1"}, "pagedUsers": []any{"responder1"},
		"pagedPolicies": []any{object{"policy": object{"name": "Primary", "slug": "pol-1"}, "team": object{"name": "Platform", "slug": "team-p1"}}},
		"transitions": []any{
			object{"name": "triggered", "at": at(0), "alertId": "synthetic", "manually": false},
			object{"name": "acknowledged", "at": at(time.Minute), "by": "responder1", "manually": true},
			object{"name": "resolved", "at": at(2 * time.Minute), "by": "responder1", "manually": true, "message": "restarted"},
		},
	}
	for k, v := range more {
		inc[k] = v
	}
	return inc
}

func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.asked == nil {
		a.asked = map[string]int{}
	}
	a.asked[r.URL.Path]++
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	report := r.URL.Path == "/api-reporting/v2/incidents"
	switch {
	case r.Header.Get("X-VO-Api-Id") == "" || r.Header.Get("X-VO-Api-Key") == "":
		w.WriteHeader(http.StatusUnauthorized)
	case r.Header.Get("X-VO-Api-Key") != "synthetic-key":
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"Authentication failed"}`)
	case report && a.refuse > 0:
		a.refuse--
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, a.refusal)
	case report:
		a.report(w, r)
	case r.URL.Path == "/api-public/v1/incidents":
		answer(w, object{"incidents": a.live})
	case r.URL.Path == "/api-public/v1/team":
		answer(w, synthetic)
	case strings.HasPrefix(r.URL.Path, "/api-reporting/v1/team/"):
		a.log(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func answer(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

func (a *account) report(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	phases := strings.Split(q.Get("currentPhase"), ",")
	if q.Get("currentPhase") == "" {
		phases = []string{"resolved"}
	}
	var found []object
	for _, inc := range a.incidents {
		start := inc["startTime"].(string)
		number := inc["incidentNumber"].(string)
		numbers := q.Get("incidentNumber")
		if !slices.Contains(phases, inc["currentPhase"].(string)) || numbers != "" && !slices.Contains(strings.Split(numbers, ","), number) ||
			start <= q.Get("startedAfter") || q.Get("startedBefore") != "" && start >= q.Get("startedBefore") {
			continue
		}
		found = append(found, inc)
	}
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit > 100 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	part := found[min(offset, len(found)):min(offset+limit, len(found))]
	answer(w, object{"offset": offset, "limit": limit, "total": len(found), "incidents": append([]object{}, part...)})
}

func (a *account) log(w http.ResponseWriter, r *http.Request) {
	slug := strings.Split(r.URL.Path, "/")[4]
	q := r.URL.Query()
	logs := []any{}
	for _, l := range a.logs[slug] {
		if l["on"].(string) < q.Get("end") && (l["off"] == nil || l["off"].(string) > q.Get("start")) {
			logs = append(logs, object{"userId": l["user"], "log": []any{object{"on": l["on"], "off": l["off"],
				"duration": object{"hours": 1, "minutes": 0}, "escalationPolicy": object{"name": "Primary", "slug": "pol-1"}}}})
		}
	}
	answer(w, object{"teamSlug": slug, "start": q.Get("start"), "end": q.Get("end"), "userLogs": logs})
}

func config(more ...string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "id": "synthetic-id", "key": "synthetic-key"}}
		for i := 0; i+1 < len(more); i += 2 {
			cfg.Settings[more[i]] = more[i+1]
		}
		return cfg
	}
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}
