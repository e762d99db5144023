package importers

import (
	"fmt"

	"hindsight/incident"
)

// EventOfTurn returns what a change from one status to another is on a timeline. Only what ends as resolved or closed was
// resolved: an incident that is called off, or merged into another one, changed its status, and nobody resolved it. A
// status that is unknown, or empty, is neither over nor open.
func EventOfTurn(was, is incident.Status) incident.EventKind {
	known := is != "" && is != incident.StatusUnknown
	switch {
	case known && was.Over() && !is.Over():
		return incident.EventReopened
	case is == incident.Resolved, is == incident.Closed && !was.Over():
		return incident.EventResolved
	case is == incident.Mitigated:
		return incident.EventMitigated
	}
	return incident.EventStatus
}

// AddResolver names who made the last of the turns as the one who resolved the incident, by the rule of EventOfTurn: while it
// is resolved or closed.
func (d *Draft) AddResolver(turns []Turn) {
	if n := len(turns); n > 0 && (d.Incident.Status == incident.Resolved || d.Incident.Status == incident.Closed) {
		d.AddPerson(turns[n-1].By, "resolver")
	}
}

// longValue is how long a value may be, in bytes, to be told in the timeline: edits of descriptions carry the whole text twice.
const longValue = 200

// ToldChange tells on one line how a field changed, so that a side that is empty reads as what it is; of values of more than
// 200 bytes it tells that they changed alone.
func ToldChange(field, from, to string) string {
	field, from, to = Line(field), Line(from), Line(to)
	switch {
	case from == "" && to == "", len(from) > longValue, len(to) > longValue:
		return field + " changed"
	case from == "":
		return field + ": " + to
	case to == "":
		return fmt.Sprintf("%s: %s removed", field, from)
	}
	return fmt.Sprintf("%s: %s → %s", field, from, to)
}
