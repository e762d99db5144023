package pagerdutytest

import (
	"fmt"
	"net/http"
	"time"

	"hindsight/importers/importertest"
)

// Object is JSON of the API's shape, made up here.
type Object = importertest.Object

// Upstream is an account with 230 incidents of one afternoon.
var Upstream = importertest.Upstream{
	Source:    "pagerduty",
	New:       func() http.Handler { return New(230) },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "key": "synthetic-key"} },
	Incidents: 230,
	Title:     "Synthetic incident 1: queue grows",
}

// New returns an account with n incidents from 4 May 2026, noon, on, of which three or four begin in each second. Each has
// four log entries and was resolved after half an hour.
func New(n int) *Server {
	s := &Server{Log: map[string][]Object{}, Alerts: map[string][]Object{}, Asked: map[string]int{}, Ceiling: 10_000}
	noon := importertest.Moment("2026-05-04T12:00:00Z")
	for i := range n {
		id := fmt.Sprintf("PINC%04d", i)
		start := noon.Add(time.Duration(i) * 300 * time.Millisecond).Truncate(time.Second)
		when := func(minutes int) string { return start.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339) }
		s.Incidents = append(s.Incidents, Incident(id, i+1, when(0), Object{"status": "resolved", "updated_at": when(30), "resolved_at": when(30), "last_status_change_at": when(30)}))
		service := Ref("service", "PSVC1", "Billing")
		s.Log[id] = []Object{
			Entry("R"+id+"1", "trigger", when(0), service, nil), Entry("R"+id+"2", "assign", when(0), service, Object{"assignees": []any{User(1)}}),
			Entry("R"+id+"3", "acknowledge", when(4), User(1), nil), Entry("R"+id+"4", "resolve", when(30), User(1), nil),
		}
	}
	return s
}

// Incident returns an open incident; more replaces or adds members.
func Incident(id string, number int, created string, more Object) Object {
	title := fmt.Sprintf("Synthetic incident %d: queue grows", number)
	return importertest.With(Object{
		"id": id, "type": "incident", "summary": fmt.Sprintf("[#%d] %s", number, title), "incident_number": number, "title": title,
		"html_url": "https://example.pagerduty.com/incidents/" + id, "created_at": created, "updated_at": created, "last_status_change_at": created,
		"status": "triggered", "incident_key": "key-" + id, "service": Ref("service", "PSVC1", "Billing"), "urgency": "high", "priority": nil,
		"resolved_at": nil, "resolve_reason": nil, "assignments": []any{}, "acknowledgements": []any{}, "escalation_policy": Ref("escalation_policy", "PEP1", "Default"),
		"teams": []any{Ref("team", "PTEAM1", "Payments")}, "incident_type": Object{"name": "incident_default"}, "alert_counts": Object{"all": 1},
	}, more)
}

// Entry returns a log entry of a kind such as "trigger"; more replaces or adds members.
func Entry(id, kind, created string, agent, more Object) Object {
	return importertest.With(Object{"id": id, "type": kind + "_log_entry", "summary": kind, "created_at": created, "agent": agent,
		"channel": Object{"type": "website"}, "contexts": []any{}, "teams": []any{}}, more)
}

// Ref returns a reference to a thing of a kind such as "service".
func Ref(kind, id, summary string) Object {
	return Object{"id": id, "type": kind + "_reference", "summary": summary}
}

// User returns a reference to one of the users 0 to 3.
func User(n int) Object {
	return Ref("user", fmt.Sprintf("PUSER%d", n), "Responder "+[]string{"Zero", "One", "Two", "Three"}[n])
}
