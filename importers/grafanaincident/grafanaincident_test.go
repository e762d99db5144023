package grafanaincident

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// object is JSON in the shape of the API's, made up here.
type object = map[string]any

// stack is a stand-in for a Grafana stack: three methods, cursors that hold a position, and "" for no time.
type stack struct {
	incidents []object // oldest first
	activity  int      // items of each incident
	asked     map[string]int
}

const prefix = "/api/plugins/grafana-irm-app/resources/api/v1/"

func incidentOf(id int, created time.Time, more object) object {
	at := func(d time.Duration) string { return created.Add(d).Format(time.RFC3339Nano) }
	i := object{"incidentID": strconv.Itoa(id), "title": "Checkout fails", "status": "resolved", "severity": "Critical", "summary": "It failed.", "isDrill": false,
		"createdTime": at(0), "modifiedTime": at(2 * time.Hour), "closedTime": at(time.Hour), "incidentStart": at(-time.Minute), "incidentEnd": at(50 * time.Minute),
		"overviewURL": "/a/grafana-irm-app/incidents/" + strconv.Itoa(id), "createdByUser": object{"name": "Responder One"},
		"labels":             []any{object{"key": "service", "label": "checkout"}, object{"key": "tags", "label": "payments"}},
		"incidentMembership": object{"assignments": []any{object{"user": object{"name": "Responder Two"}, "role": object{"name": "Commander"}}}},
		"taskList":           object{"tasks": []any{object{"text": "Add a test", "status": "todo"}}}}
	for k, v := range more {
		i[k] = v
	}
	return i
}

func (s *stack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		IncidentID string
		Query      struct {
			Limit     int
			Direction string `json:"orderDirection"`
			ID        string `json:"incidentID"`
		}
		Cursor struct{ NextValue string }
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", "Fri, 20 Nov 2026 12:00:00 GMT")
	if r.Header.Get("Authorization") != "Bearer synthetic-token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&body) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if s.asked == nil {
		s.asked = map[string]int{}
	}
	s.asked[r.URL.Path]++
	begin, _ := strconv.Atoi(body.Cursor.NextValue)
	switch r.URL.Path {
	case prefix + "IncidentsService.QueryIncidentPreviews":
		list := append([]object{}, s.incidents...)
		if body.Query.Direction == "DESC" {
			for i := range list {
				list[i] = s.incidents[len(list)-1-i]
			}
		}
		end := min(begin+body.Query.Limit, len(list))
		send(w, object{"incidentPreviews": list[begin:end], "cursor": object{"nextValue": strconv.Itoa(end), "hasMore": end < len(list)}})
	case prefix + "IncidentsService.GetIncident":
		for _, i := range s.incidents {
			if i["incidentID"] == body.IncidentID {
				send(w, object{"incident": i})
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	case prefix + "ActivityService.QueryActivity":
		items := []object{}
		end := min(begin+body.Query.Limit, s.activity)
		for i := begin; i < end; i++ {
			items = append(items, object{"activityItemID": fmt.Sprint(i), "activityKind": "userNote", "eventTime": "2026-11-01T10:00:00Z", "createdTime": "2026-11-01T11:00:00Z", "body": fmt.Sprint("note ", i), "user": object{"name": "Responder One"}})
		}
		send(w, object{"activityItems": items, "cursor": object{"nextValue": strconv.Itoa(end), "hasMore": end < s.activity}})
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func send(w http.ResponseWriter, v any) { json.NewEncoder(w).Encode(v) }

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "token": "synthetic-token"}}
}

var start = time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)

func crowd(n, activity int) *stack {
	s := &stack{activity: activity}
	for i := range n {
		s.incidents = append(s.incidents, incidentOf(i+1, start, nil))
	}
	return s
}

func TestRunAPI(t *testing.T) {
	importertest.RunAPI(t, Source(), importertest.Fake{Handler: func() http.Handler { return crowd(130, 2) }, Config: config, Want: 130})
}

func collect(t *testing.T, s *stack, into *importertest.Haul) *importertest.Haul {
	t.Helper()
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	h, err := importertest.Collect(context.Background(), t, Source(), config(srv.URL), into, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestFollowAndActivity(t *testing.T) {
	s := crowd(3, 230)
	h := collect(t, s, nil)
	if d := h.Draft(t, incidents, "2"); len(d.Timeline) != 230 || d.Timeline[229].Text != "note 229" {
		t.Errorf("%d events, want the 230 of three pages in order", len(d.Timeline))
	}
	s.asked = nil
	h = collect(t, s, h)
	if len(s.asked) != 1 || s.asked[prefix+"IncidentsService.QueryIncidentPreviews"] != 1 {
		t.Errorf("a poll without news asked %v, want one list", s.asked)
	}
	s.incidents[0] = incidentOf(1, start, object{"status": "active", "modifiedTime": "2026-11-20T11:59:00Z"})
	if d := collect(t, s, h).Draft(t, incidents, "1"); d.Incident.Status != incident.Investigating || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("after a reopening: %q, %+v; want investigating without a resolution", d.Incident.Status, d.Incident.Milestones)
	}
}

func mapped(t *testing.T, i object) importers.Draft {
	t.Helper()
	text, err := json.Marshal(object{"incident": i})
	if err != nil {
		t.Fatal(err)
	}
	d, err := mapIncident(incident.Raw{ExternalID: "1", Body: text}, config("https://example.grafana.net"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMap(t *testing.T) {
	d := mapped(t, incidentOf(1, start, nil))
	inc := d.Incident
	for name, want := range map[incident.MilestoneName]time.Time{incident.Opened: start, incident.ImpactStarted: start.Add(-time.Minute),
		incident.ResolvedAt: start.Add(time.Hour), incident.ImpactEnded: start.Add(50 * time.Minute)} {
		if got := inc.Milestones.At(name); !got.Equal(want) {
			t.Errorf("%s at %s, want %s", name, got, want)
		}
	}
	if inc.Severity != incident.Sev1 || inc.Kind != incident.Real || inc.URL != "https://example.grafana.net/a/grafana-irm-app/incidents/1" ||
		len(inc.Services) != 1 || len(inc.People) != 2 || inc.People[1].Role != "commander" || len(d.Warnings) != 0 {
		t.Errorf("mapped to %+v, warnings %v", inc, d.Warnings)
	}
	same := start.Format(time.RFC3339Nano)
	if got := mapped(t, incidentOf(1, start, object{"incidentStart": same})).Incident.Milestones.At(incident.ImpactStarted); !got.IsZero() {
		t.Errorf("a start that Grafana filled in gives impact from %s, want none", got)
	}
	if got := mapped(t, incidentOf(1, start, object{"isDrill": true})).Incident.Kind; got != incident.Drill {
		t.Errorf("a drill is %q", got)
	}
	odd := mapped(t, object{"incidentID": "1", "title": nil, "status": "paused", "severity": "Purple", "createdTime": "", "closedTime": "", "labels": nil, "incidentMembership": nil, "taskList": nil})
	if odd.Incident.Title != "(no title)" || odd.Incident.Status != incident.StatusUnknown || len(odd.Incident.Milestones) != 0 || len(odd.Warnings) != 3 {
		t.Errorf("nulls and unknown words: %+v, warnings %v", odd.Incident, odd.Warnings)
	}
}

func FuzzMap(f *testing.F) {
	text, err := json.Marshal(object{"incident": incidentOf(1, start, nil), "activity": []any{object{"activityKind": "userNote", "eventTime": "2026-11-01T10:00:00Z"}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, body []byte) {
		var wrong *importers.MapError
		if _, err := mapIncident(incident.Raw{ExternalID: "1", Body: body}, importers.Config{}); err != nil && !errors.As(err, &wrong) {
			t.Fatalf("map: %v, want a *MapError", err)
		}
	})
}
