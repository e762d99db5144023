package importers

import (
	"fmt"

	"hindsight/incident"
)

// EventOfTurn returns what a change from one status to another is on the timeline of a ticket. A status that is unknown, or
// empty, is neither over nor open.
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
