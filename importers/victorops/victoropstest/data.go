package victoropstest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"hindsight/importers/importertest"
)

// Object is JSON of the API's shape, made up here.
type Object = importertest.Object

// Upstream is an account with 230 incidents of one second.
var Upstream = importertest.Upstream{
	Source: "victorops",
	New:    func() http.Handler { return New(230) },
	Settings: func(url string) map[string]string {
		return map[string]string{"url": url, "id": "synthetic-id", "key": "synthetic-key"}
	},
	Incidents: 230,
	Title:     "Synthetic incident 1: queue grows",
}

// New returns an account whose n incidents, numbered from 1, all started in one second of 15 January 2026, and in which
// somebody of the team "team-p1" was on call from 30 January to 2 February.
func New(n int) *Server {
	s := &Server{Logs: map[string][]Object{"team-p1": {{"user": "responder1", "on": "2026-01-30T09:00:00Z", "off": "2026-02-02T09:00:00Z"}}}}
	for i := range n {
		s.Incidents = append(s.Incidents, Incident(i+1, importertest.Moment("2026-01-15T10:00:00Z"), nil))
	}
	return s
}

// Incident returns an incident that was acknowledged after a minute and resolved after two; more replaces or adds members.
func Incident(number int, start time.Time, more Object) Object {
	at := func(d time.Duration) string { return start.Add(d).Format(time.RFC3339) }
	return importertest.With(Object{
		"incidentNumber": strconv.Itoa(number), "currentPhase": "resolved", "startTime": at(0), "entityId": fmt.Sprintf("synthetic/%d", number),
		"entityDisplayName": fmt.Sprintf("Synthetic incident %d: queue grows", number), "entityState": "CRITICAL", "entityType": "service", "service": "billing", "routingKey": "database",
		"alertCount": 2, "lastAlertTime": at(0), "pagedTeams": []any{"team-p1"}, "pagedUsers": []any{"responder1"},
		"pagedPolicies": []any{Object{"policy": Object{"name": "Primary", "slug": "pol-1"}, "team": Object{"name": "Platform", "slug": "team-p1"}}},
		"transitions": []any{
			Object{"name": "triggered", "at": at(0), "alertId": "synthetic", "manually": false},
			Object{"name": "acknowledged", "at": at(time.Minute), "by": "responder1", "manually": true},
			Object{"name": "resolved", "at": at(2 * time.Minute), "by": "responder1", "manually": true, "message": "restarted"},
		},
	}, more)
}
