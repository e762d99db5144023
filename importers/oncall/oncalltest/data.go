package oncalltest

import (
	"fmt"
	"net/http"
	"time"

	"hindsight/importers/importertest"
)

// Object is JSON of the API's shape, made up here.
type Object = importertest.Object

// Start is the second in which the alert groups of New began.
var Start = importertest.Moment("2026-01-15T10:00:00Z")

// Upstream is an OnCall with 230 alert groups of one second, of which 150 have a note.
var Upstream = importertest.Upstream{
	Source:    "oncall",
	New:       func() http.Handler { return New(230, 150) },
	Settings:  func(url string) map[string]string { return map[string]string{"url": url, "key": "synthetic-key"} },
	Incidents: 230,
	Title:     "Synthetic alert group I0000: memory is short",
}

// New returns an OnCall with groups that all began in one second, of which the first ones have a note each. Somebody was on
// call from 30 January to 2 February 2026.
func New(groups, notes int) *Server {
	s := &Server{
		Schedules: []Object{{"id": "S1", "name": "Primary", "team_id": "T1"}},
		Shifts: map[string][]Object{"S1": {{"user_pk": "U1", "user_username": "responder.one",
			"shift_start": "2026-01-30T09:00:00Z", "shift_end": "2026-02-02T09:00:00Z"}}},
	}
	for i := range groups {
		s.Groups = append(s.Groups, Group(fmt.Sprintf("I%04d", i), Start, nil))
	}
	for i := range notes {
		s.Notes = append(s.Notes, Note(fmt.Sprintf("M%04d", i), fmt.Sprintf("I%04d", i)))
	}
	return s
}

// Group returns a group that was acknowledged after a minute and resolved after two; more replaces or adds members.
func Group(id string, created time.Time, more Object) Object {
	at := func(d time.Duration) string { return created.Add(d).Format("2006-01-02T15:04:05.000000Z07:00") }
	return importertest.With(Object{
		"id": id, "integration_id": "C1", "team_id": "T1", "route_id": "R1", "alerts_count": 3, "state": "resolved", "created_at": at(430444 * time.Microsecond),
		"acknowledged_at": at(time.Minute), "acknowledged_by": "U1", "resolved_at": at(2 * time.Minute), "resolved_by": "U2", "title": "Synthetic alert group " + id + ": memory is short",
		"labels":      []any{Object{"key": Object{"id": "severity", "name": "severity"}, "value": Object{"id": "critical", "name": "critical"}}},
		"permalinks":  Object{"slack": "https://example.slack.com/archives/C1/p1", "slack_app": "slack://x", "telegram": nil, "web": "https://grafana.example.com/a/grafana-oncall-app/alert-groups/" + id},
		"silenced_at": nil, "last_alert": Object{"id": "A1", "alert_group_id": id, "created_at": at(0), "payload": Object{
			"commonAnnotations": Object{"summary": "Less than 5 % left", "runbook_url": "https://runbooks.example.com/memory"}}},
	}, more)
}

// Note returns a resolution note of a group.
func Note(id, group string) Object {
	return Object{"id": id, "alert_group_id": group, "author": "U2", "source": "web", "created_at": "2026-01-15T11:00:00Z", "text": "More memory for " + group}
}
