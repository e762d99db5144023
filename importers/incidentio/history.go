package incidentio

import (
	"cmp"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// by returns how somebody is called.
func (a actor) by() string {
	return importers.Line(cmp.Or(a.User.Name, a.Workflow.Name, a.Key.Name, a.Alert.Title))
}

// dated is an update with its time.
type dated struct {
	update
	at time.Time
}

// history sets segments, reopenings and the timeline from the updates, each of which names the status and severity that it
// leaves behind. Of an incident that was written down afterwards nobody saw when they changed.
func (m *mapping) history() {
	inc := &m.Incident
	m.AddEvent(incident.TimelineEvent{At: inc.ExternalCreatedAt, Kind: incident.EventCreated, Actor: m.Creator.by(), Text: "Created", RawKind: "created"})
	var turns []importers.Turn
	var before update
	for _, u := range m.updates() {
		is, known := m.meaning(u.Status)
		if !known && u.Status != (named{}) {
			is = incident.StatusUnknown
			m.Warn("incident_updates.category", importers.Line(u.Status.Category), "this category is in no map; the incident passed through it")
		}
		was := incident.Status("")
		if len(turns) > 0 {
			was = turns[len(turns)-1].Status
		}
		if is != "" {
			turns = append(turns, importers.Turn{At: u.at, Status: is, Raw: u.Status.Name, By: u.Updater.by(), Field: "incident_updates"})
		}
		m.told(u, before, was, is)
		before = u.update
		if inc.Status == incident.Merged && u.Merged != "" {
			inc.MergedInto = incident.ID(importers.Line(u.Merged))
		}
	}
	if len(turns) > 0 && inc.Kind != incident.AfterTheFact {
		m.SetHistory(name, time.Time{}, "", turns)
		if !inc.Status.Over() { // whatever the updates say of an end
			m.TakeBack(incident.ResolvedAt, incident.ClosedAt)
		}
	}
	m.SortTimeline()
}

// updates returns the updates in the order in which they were given.
func (m *mapping) updates() (all []dated) {
	for _, raw := range m.body.Updates {
		u := importers.Decode[update](raw)
		if at := m.ISO("incident_updates.created_at", u.CreatedAt); !at.IsZero() {
			all = append(all, dated{u, at})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.ID, b.ID)) })
	return all
}

// told adds an update to the timeline.
func (m *mapping) told(u dated, before update, was, is incident.Status) {
	kind, text := incident.EventNote, ""
	if u.Severity.Name != before.Severity.Name && u.Severity.Name != "" {
		kind, text = incident.EventSeverity, "Severity: "+changed(before.Severity.Name, u.Severity.Name)+"\n\n"
	}
	if u.Status.Name != before.Status.Name && u.Status.Name != "" {
		kind, text = incident.EventStatus, "Status: "+changed(before.Status.Name, u.Status.Name)+"\n\n"+text
		kind = importers.EventOfTurn(was, is)
	}
	m.AddEvent(incident.TimelineEvent{At: u.at, Kind: kind, Actor: u.Updater.by(), Text: text + u.Message, RawKind: "incident_update"})
}

func changed(from, to string) string {
	if from == "" {
		return importers.Line(to)
	}
	return importers.Line(from) + " → " + importers.Line(to)
}
