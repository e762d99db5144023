package redmine

import (
	"fmt"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// timeline lists the creation, every change and every note.
func (m *mapping) timeline() {
	m.event(m.draft.Incident.ExternalCreatedAt, incident.EventCreated, m.Author.Name, "created", "created", false)
	for _, j := range m.journal {
		for _, c := range j.Details {
			kind, text := m.told(c)
			m.event(j.at, kind, j.User.Name, text, c.Property+"/"+c.Name, j.Private)
		}
		if note := importers.Clean(j.Notes); note != "" {
			m.event(j.at, incident.EventNote, j.User.Name, note, "notes", j.Private)
		}
	}
}

func (m *mapping) event(at time.Time, kind incident.EventKind, actor, text, raw string, private bool) {
	m.draft.Happened(incident.TimelineEvent{At: at, Kind: kind, Actor: actor, Text: text, Private: private, RawKind: raw})
}

// told says what a change was, in words.
func (m *mapping) told(c detail) (incident.EventKind, string) {
	switch c.Property + "/" + c.Name {
	case "attr/status_id":
		from, to := find(m.Statuses, c.Old), find(m.Statuses, c.New)
		return importers.EventOfTurn(m.status(from), m.status(to)), fmt.Sprintf("status from %s to %s", from.Name, to.Name)
	case "attr/priority_id":
		return incident.EventSeverity, fmt.Sprintf("priority from %s to %s", find(m.Priorities, c.Old).Name, find(m.Priorities, c.New).Name)
	case "attr/assigned_to_id":
		if c.New == "" {
			return incident.EventAssigned, "assigned to nobody"
		}
		return incident.EventAssigned, "assigned to " + m.person(c.New)
	case "attr/description":
		return incident.EventOther, "description changed"
	}
	switch {
	case c.Property == "relation":
		return incident.EventOther, relationText(c)
	case c.Property == "attachment" && c.New != "":
		return incident.EventOther, "file added: " + string(c.New)
	case c.Property == "attachment":
		return incident.EventOther, "file removed: " + string(c.Old)
	case c.Property == "cf":
		return incident.EventOther, fmt.Sprintf("custom field %s from %q to %q", c.Name, c.Old, c.New)
	}
	return incident.EventOther, fmt.Sprintf("%s from %q to %q", c.Name, c.Old, c.New)
}

func relationText(c detail) string {
	if c.New == "" {
		return fmt.Sprintf("no longer %s #%s", c.Name, c.Old)
	}
	return fmt.Sprintf("%s #%s", c.Name, c.New)
}

// person returns the name that belongs to a user's id, as far as the issue itself tells it.
func (m *mapping) person(id text) string {
	known := []named{m.Author, m.AssignedTo}
	for _, j := range m.journal {
		known = append(known, j.User)
	}
	if who := find(known, id); who.Name != "#"+string(id) {
		return who.Name
	}
	return "user " + string(id)
}
