package tableapi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/markup"
	"hindsight/incident"
)

// log returns the audited changes, oldest first. Where state and incident_state are both audited they say the same.
func (m *mapping) log() []row {
	var log []row
	both := map[string]bool{}
	for _, raw := range m.body.Audit {
		if r := decodeRow(raw); !r.at("sys_created_on").IsZero() {
			log = append(log, r)
			both[r.code("fieldname")] = true
		}
	}
	if both["state"] {
		log = slices.DeleteFunc(log, func(r row) bool { return r.code("fieldname") == "incident_state" })
	}
	slices.SortStableFunc(log, func(a, b row) int { return a.at("sys_created_on").Compare(b.at("sys_created_on")) })
	return log
}

// turns returns the changes of state, and the status before the first one.
func (m *mapping) turns(log []row) (turns []importers.Turn, first incident.Status) {
	first = m.Incident.Status
	for _, r := range log {
		if !isState(r) {
			continue
		}
		to, known := m.words.Status.Of(r.code("newvalue"))
		if !known {
			m.Warn("sys_audit.state", r.code("newvalue"), "this state is in no map; the incident passed through it")
		}
		if len(turns) == 0 {
			first, _ = m.words.Status.Of(r.code("oldvalue"))
		}
		turns = append(turns, importers.Turn{At: r.at("sys_created_on"), Status: to, Raw: r.code("newvalue"), By: r.shown("user"), Field: "sys_audit.state"})
	}
	if n := len(turns); n > 0 && turns[n-1].Status.Over() && m.Incident.Status.Over() {
		turns[n-1].Status = m.Incident.Status // which the close code or a link may have changed
	}
	return turns, first
}

func isState(r row) bool {
	return r.code("fieldname") == "state" || r.code("fieldname") == "incident_state"
}

// reopenedAfter reports whether the history has a reopening behind an instant.
func (m *mapping) reopenedAfter(at time.Time) bool {
	return slices.ContainsFunc(m.log(), func(r row) bool {
		from, _ := m.words.Status.Of(r.code("oldvalue"))
		to, known := m.words.Status.Of(r.code("newvalue"))
		return isState(r) && known && from.Over() && !to.Over() && r.at("sys_created_on").After(at)
	})
}

// history sets segments, milestones and the timeline. Where sys_audit may not be read, the count of reopenings is all.
func (m *mapping) history() {
	opened := m.Incident.Milestones.At(incident.Opened)
	m.AddEvent(incident.TimelineEvent{At: opened, Kind: incident.EventCreated, Actor: m.row.shown("opened_by"), Text: "Opened", RawKind: "opened_at"})
	if m.body.Audit == nil {
		var n int
		if _, err := fmt.Sscan(m.row.code("reopen_count"), &n); err == nil && n >= 0 {
			m.Incident.Reopened = &n
		}
		return
	}
	log := m.log()
	turns, first := m.turns(log)
	m.acknowledged(log, turns)
	m.SetHistory(name, opened, first, turns)
	for _, r := range log {
		m.changed(r)
	}
}

// acknowledged states the first assignment to a person, where the state never told that somebody works on it.
func (m *mapping) acknowledged(log []row, turns []importers.Turn) {
	worked := func(t importers.Turn) bool {
		return t.Status == incident.Acknowledged || t.Status == incident.Investigating || t.Status == incident.Mitigated
	}
	if _, stated := m.Incident.Milestones.Current(incident.Acked); stated || slices.ContainsFunc(turns, worked) {
		return
	}
	for _, r := range log {
		if r.code("fieldname") == "assigned_to" && r.code("newvalue") != "" {
			m.Incident.Milestones.Set(incident.Acked, r.at("sys_created_on"), incident.ToSecond, incident.FromLog, name, "sys_audit.assigned_to")
			return
		}
	}
}

// changed adds an event for an audited change.
func (m *mapping) changed(r row) {
	field := r.code("fieldname")
	e := incident.TimelineEvent{At: r.at("sys_created_on"), Kind: incident.EventOther, Actor: r.shown("user"), RawKind: field}
	switch field {
	case "state", "incident_state":
		from, _ := m.words.Status.Of(r.code("oldvalue"))
		to, _ := m.words.Status.Of(r.code("newvalue"))
		e.Kind = importers.EventOfTurn(from, to)
	case "assigned_to", "assignment_group":
		e.Kind = incident.EventAssigned
	case "priority", "severity", "impact", "urgency":
		e.Kind = incident.EventSeverity
	case "caused_by", "rfc":
		e.Kind = incident.EventChange
	}
	e.Text = importers.ToldChange(field, m.shownAs(r.code("oldvalue")), m.shownAs(r.code("newvalue")))
	m.AddEvent(e)
}

// shownAs returns a value of the audit as people are shown it: references are sys_ids there, whose names are known as far
// as the incident shows them today; others are left out.
func (m *mapping) shownAs(value string) string {
	if len(value) != 32 || strings.Trim(value, "0123456789abcdef") != "" {
		return value
	}
	for _, column := range audited {
		if c := m.row[column]; c.value == value && c.display != value {
			return importers.Line(c.display)
		}
	}
	return ""
}

// notes adds comments and, where the connection has them read, work notes.
func (m *mapping) notes() {
	for _, raw := range m.body.Notes {
		r := decodeRow(raw)
		private := r.code("element") != "comments"
		if private && settings.Of(m.cfg, "private_notes") != "yes" {
			continue
		}
		m.AddEvent(incident.TimelineEvent{At: r.at("sys_created_on"), Kind: incident.EventNote, Actor: r.shown("sys_created_by"), Text: text(r["value"].value), Private: private, RawKind: r.code("element")})
	}
	m.SortTimeline()
}

// text returns a note or an HTML column as plain text. Notes carry HTML between [code] and [/code].
func text(s string) string {
	return markup.Bare(strings.NewReplacer("[code]", "", "[/code]", "").Replace(s))
}
