package opsgenietest

import (
	"fmt"
	"net/http"
	"time"

	"hindsight/importers/importertest"
)

// Object is JSON of the API's shape, made up here.
type Object = importertest.Object

// Upstream is an account with 60 incidents of one afternoon.
var Upstream = importertest.Upstream{
	Source:    "opsgenie",
	New:       func() http.Handler { return New(60) },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "key": "synthetic-key"} },
	Incidents: 60,
	Title:     "Synthetic incident 0: queue grows",
}

// New returns an account with n incidents from 4 May 2026, noon, on, of which three or four begin in each second, and as many
// alerts, of which each belongs to one of them.
func New(n int) *Server {
	s := &Server{Timeline: map[string][]Object{}, Linked: map[string][]string{}, Logs: map[string][]Object{}, Ceiling: 20_000, Asked: map[string]int{}}
	noon := importertest.Moment("2026-05-04T12:00:00Z")
	for i := range n {
		start := noon.Add(time.Duration(i) * 300 * time.Millisecond)
		when := func(minutes int) string {
			return start.Add(time.Duration(minutes) * time.Minute).Format("2006-01-02T15:04:05.000Z")
		}
		id, alert := fmt.Sprintf("inc-%04d", i), fmt.Sprintf("alert-%04d", i)
		title := Object{"message": fmt.Sprintf("Synthetic incident %d: queue grows", i)}
		s.Incidents = append(s.Incidents, importertest.With(Record(id, when(0), title), Object{"status": "closed", "impactedServices": []any{"svc-1"}, "ownerTeam": "team-1"}))
		s.Timeline[id] = []Object{Entry("IncidentCreated", when(0), "Created"), Entry("IncidentResolved", when(30), "Resolved"), Entry("IncidentClosed", when(40), "Closed")}
		s.Linked[id] = []string{alert}
		s.Alerts = append(s.Alerts, importertest.With(Record(alert, when(-1), title), Object{"status": "closed", "acknowledged": true,
			"report": Object{"ackTime": 240_000, "closeTime": 1_800_000, "closedBy": "Responder One"}}))
		s.Logs[alert] = []Object{{"log": "Alert created", "type": "system", "owner": "System", "createdAt": when(-1), "offset": "1"}}
	}
	return s
}

// Record returns an open incident or alert; more replaces or adds members.
func Record(id, created string, more Object) Object {
	return importertest.With(Object{"id": id, "tinyId": "7", "message": "Synthetic: queue grows", "status": "open", "priority": "P2", "createdAt": created, "updatedAt": created,
		"tags": []any{"eu", "billing"}, "ownerTeam": "", "responders": []any{}, "extraProperties": Object{}}, more)
}

// Entry returns an entry of an incident's timeline, of a type such as "IncidentCreated".
func Entry(kind, when, text string) Object {
	return Object{"id": kind + when, "group": "incident", "type": kind, "eventTime": when, "hidden": false, "actor": Object{"name": "Responder One", "type": "user"},
		"title": Object{"type": "plain_text", "content": text}}
}
