package rootly

import (
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// given lists the fields that state milestones one to one.
var given = []struct {
	milestone incident.MilestoneName
	field     string
}{
	{incident.Detected, "detected_at"}, {incident.Acked, "acknowledged_at"}, {incident.MitigatedAt, "mitigated_at"},
	{incident.ResolvedAt, "resolved_at"}, {incident.ClosedAt, "closed_at"},
}

// times sets milestones and segments. started_at is when the impact began if it precedes the record: Rootly sets it to
// the moment of declaration where nobody says otherwise, and when it leaves triage. What was filled in afterwards was
// not opened when its record was made.
func (m *mapping) times() {
	inc := &m.Incident
	created, started := inc.ExternalCreatedAt, m.at("started_at")
	afterwards := inc.Kind == incident.AfterTheFact
	if !afterwards {
		inc.Milestones.Set(incident.Opened, created, incident.ToSecond, incident.FromField, name, "created_at")
	}
	if inc.Kind != incident.Maintenance && (afterwards || started.Before(created)) {
		inc.Milestones.Set(incident.ImpactStarted, started, incident.ToSecond, incident.FromField, name, "started_at")
	}
	for _, g := range given {
		over := g.milestone == incident.ResolvedAt || g.milestone == incident.ClosedAt
		if !over || inc.Status == incident.Resolved || inc.Status == incident.Closed {
			inc.Milestones.Set(g.milestone, m.at(g.field), incident.ToSecond, incident.FromField, name, g.field)
		}
	}
	if !afterwards {
		m.segments(created, started)
	}
}

// segments follow from when each status was first entered. A status that comes behind that of today was left again, and
// Rootly does not say when; how often that happened is not known.
func (m *mapping) segments(created, started time.Time) {
	if started.Before(created) {
		started = created // when somebody knew of it
	}
	var turns []importers.Turn
	for _, t := range []struct {
		at          time.Time
		word, field string
		by          string
	}{
		{m.at("in_triage_at"), "in_triage", "in_triage_at", "in_triage_by"}, {started, "started", "started_at", "started_by"},
		{m.at("mitigated_at"), "mitigated", "mitigated_at", "mitigated_by"}, {m.at("resolved_at"), "resolved", "resolved_at", "resolved_by"},
		{m.at("closed_at"), "closed", "closed_at", "closed_by"}, {m.at("cancelled_at"), "cancelled", "cancelled_at", "cancelled_by"},
	} {
		status, _ := m.words.Status.Of(t.word)
		if m.a.text(t.field) == "" {
			continue
		}
		if status.Over() && m.Incident.Status == incident.Merged {
			status = incident.Merged
		}
		turns = append(turns, importers.Turn{At: t.at, Status: status, Raw: t.word, By: person(m.a.nested(t.by)), Field: t.field})
	}
	acked := m.Incident.Milestones.At(incident.Acked)
	m.SetStages(name, turns)
	if acked.IsZero() { // the moment of declaration is none: acknowledged_at says when somebody took it
		m.TakeBack(incident.Acked)
	}
}
