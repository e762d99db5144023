package pagerduty

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// The types of log entries that change the state, or of which more is made than an event.
const (
	triggered      = "trigger_log_entry"
	acknowledged   = "acknowledge_log_entry"
	unacknowledged = "unacknowledge_log_entry"
	resolved       = "resolve_log_entry"
	annotated      = "annotate_log_entry"
)

// reopened reports an entry that tells of a reopening. The API's description names no type for it.
func reopened(kind string) bool { return strings.HasPrefix(kind, "reopen") }

// logEntry is one entry of an incident's log.
type logEntry struct {
	ID        string
	Type      string
	Summary   string
	CreatedAt string `json:"created_at"`
	Agent     reference
	Assignees []reference
	Note      string
	Event     struct{ Description string } `json:"event_details"`
	Contexts  []struct{ Type, Href, Text string }
	Channel   struct {
		Type    string
		Summary string
		Content string
		Details json.RawMessage
		Body    json.RawMessage
	}

	at time.Time
}

// rank orders entries of one second as they can only have happened: the trigger first, a resolution behind an
// acknowledgement, a reopening last. The log itself ties on the second.
func (e logEntry) rank() int {
	switch {
	case e.Type == triggered:
		return 0
	case e.Type == acknowledged:
		return 2
	case e.Type == unacknowledged:
		return 3
	case e.Type == resolved:
		return 5
	case reopened(e.Type):
		return 6
	case e.Type == annotated:
		return 4
	}
	return 1 // assigned, escalated, notified
}

// readLog reads the log in the order in which it happened. An entry that cannot be read, or placed in time, is left
// out with a warning.
func (m *mapper) readLog(log []json.RawMessage) {
	for _, raw := range log {
		var e logEntry
		if err := json.Unmarshal(raw, &e); err != nil {
			m.draft.Warn("log_entries", "", "an entry cannot be read: "+importers.Line(err.Error()))
			continue
		}
		if e.at = importers.ISO(e.CreatedAt); e.at.IsZero() {
			m.draft.Warn("log_entries/created_at", importers.Line(e.CreatedAt), "an entry without a time was left out")
			continue
		}
		m.log = append(m.log, e)
	}
	slices.SortStableFunc(m.log, func(a, b logEntry) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.ID, b.ID))
	})
}

// mapTimes sets the milestones. The record's own times go first; the log has the first acknowledgement, which the
// record forgets when it times out or when the incident is resolved.
func (m *mapper) mapTimes() error {
	d, inc := &m.draft, &m.draft.Incident
	if err := d.SetTime(incident.Opened, name, "created_at", m.inc.CreatedAt, importers.ISO8601); err != nil {
		return err
	}
	opened := inc.Milestones.At(incident.Opened)
	inc.ExternalCreatedAt = opened
	if m.inc.Status == "resolved" && inc.Status != incident.Merged {
		if err := d.SetTime(incident.ResolvedAt, name, "resolved_at", m.inc.ResolvedAt, importers.ISO8601); err != nil {
			return err
		}
	}
	if len(m.alerts) > 0 {
		inc.Milestones.Set(incident.Detected, m.alerts[0].at, incident.ToSecond, incident.FromField, name, "alerts/created_at")
	}
	d.SetHistory(name, opened, incident.Triggered, m.turns())
	return nil
}

// turns returns the changes of status that the log tells of. Further events of an open incident trigger it in the log
// again without changing its state; behind a resolution, such an entry is a reopening. Where the log is not whole,
// the last turn is the one that the record states.
func (m *mapper) turns() []importers.Turn {
	var turns []importers.Turn
	state := incident.Triggered
	for _, e := range m.log {
		var next incident.Status
		switch {
		case e.Type == acknowledged:
			next = incident.Acknowledged
		case e.Type == unacknowledged, reopened(e.Type), e.Type == triggered && state == incident.Resolved:
			next = incident.Triggered
		case e.Type == resolved:
			next = incident.Resolved
		}
		if next == "" || next == state {
			continue
		}
		state = next
		turns = append(turns, importers.Turn{At: e.at, Status: next, Raw: string(next), By: e.Agent.label(), Field: "log_entries/" + e.Type})
	}
	said, known := words.Status.Of(m.inc.Status)
	if at := m.statusAt(); known && said != state && !at.IsZero() {
		turns = append(turns, importers.Turn{At: at, Status: said, Raw: m.inc.Status, By: m.inc.StatusBy.label(), Field: "last_status_change_at"})
	}
	if m.draft.Incident.Status == incident.Merged && len(turns) > 0 {
		turns[len(turns)-1].Status = incident.Merged
	}
	return turns
}

// statusAt returns when the record says that its status changed last.
func (m *mapper) statusAt() time.Time {
	at := importers.ISO(m.inc.StatusAt)
	if m.inc.Status == "resolved" {
		if t := importers.ISO(m.inc.ResolvedAt); !t.IsZero() {
			at = t
		}
	}
	if n := len(m.log); n > 0 && at.Before(m.log[n-1].at) && m.inc.Status != "resolved" {
		return time.Time{} // a record that is older than its log
	}
	return at
}
