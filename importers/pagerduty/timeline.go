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

// kinds are the documented types of log entries, and three that the API gives without documenting them.
var kinds = map[string]incident.EventKind{
	triggered:                           incident.EventOther, // the first one: created
	acknowledged:                        incident.EventAcknowledged,
	unacknowledged:                      incident.EventStatus,
	resolved:                            incident.EventResolved,
	annotated:                           incident.EventNote,
	"assign_log_entry":                  incident.EventAssigned,
	"reassign_log_entry":                incident.EventAssigned,
	"delegate_log_entry":                incident.EventAssigned,
	"escalate_log_entry":                incident.EventEscalated,
	"exhaust_escalation_path_log_entry": incident.EventEscalated,
	"repeat_escalation_path_log_entry":  incident.EventEscalated,
	"urgency_change_log_entry":          incident.EventSeverity,
	"priority_change_log_entry":         incident.EventSeverity,
}

// alert is one of the events that were grouped into the incident.
type alert struct {
	Summary   string
	Status    string
	Severity  string
	CreatedAt string `json:"created_at"`

	at time.Time
}

// readAlerts reads the alerts in time order; one that cannot be read, or placed in time, is left out with a warning.
func (m *mapper) readAlerts(alerts []json.RawMessage) {
	for _, raw := range alerts {
		var a alert
		if err := json.Unmarshal(raw, &a); err != nil {
			m.draft.Warn("alerts", "", "an alert cannot be read: "+importers.Line(err.Error()))
			continue
		}
		if a.at = importers.ISO(a.CreatedAt); a.at.IsZero() {
			m.draft.Warn("alerts/created_at", importers.Line(a.CreatedAt), "an alert without a time was left out")
			continue
		}
		m.alerts = append(m.alerts, a)
	}
	slices.SortStableFunc(m.alerts, func(a, b alert) int { return a.at.Compare(b.at) })
}

// mapTimeline makes an event of each log entry and of each alert. Notes are entries of the log.
func (m *mapper) mapTimeline() {
	first, over := true, false
	for _, e := range m.log {
		kind, known := kinds[e.Type]
		switch {
		case !known:
			kind = incident.EventOther
		case e.Type == triggered && first:
			kind, first = incident.EventCreated, false
		case e.Type == triggered && over:
			kind = incident.EventReopened
		}
		if reopened(e.Type) {
			kind = incident.EventReopened
		}
		over = e.Type == resolved || over && kind != incident.EventReopened
		m.draft.Happened(incident.TimelineEvent{At: e.at, Kind: kind, Actor: e.Agent.label(), Text: e.text(), RawKind: e.Type})
		for _, c := range e.Contexts {
			if c.Type == "link" {
				m.draft.AddLink("dashboard", "log_entries/contexts", c.Href, c.Text)
			}
		}
	}
	for _, a := range m.alerts {
		text := strings.TrimSpace("Alert " + a.Severity)
		m.draft.Happened(incident.TimelineEvent{At: a.at, Kind: incident.EventOther, Text: text + ": " + a.Summary, RawKind: "alert"})
	}
}

// text says what happened. The text of a note stands in its channel.
func (e logEntry) text() string {
	if e.Type == annotated {
		return importers.Clean(cmp.Or(e.Channel.Content, e.Note, e.Channel.Summary, e.Summary))
	}
	text := cmp.Or(e.Summary, strings.ReplaceAll(strings.TrimSuffix(e.Type, "_log_entry"), "_", " "))
	if e.Note != "" {
		text += "\n" + e.Note
	}
	return importers.Clean(text)
}
