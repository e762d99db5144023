package icalendar

import (
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/ical"
	"hindsight/incident"
)

// shift adds a shift for each person of an event.
func (m *mapping) shift(e *ical.Component, from, to time.Time) {
	if !to.After(from) {
		m.draft.Warn("DTEND", from.Format(time.RFC3339), "an event without a length was left out")
		return
	}
	for _, who := range m.people(e) {
		m.draft.Roster.Shifts = append(m.draft.Roster.Shifts, incident.Shift{Person: who.id, PersonName: who.name, ScheduleName: importers.Line(m.Calendar), From: from.UTC(), To: to.UTC()})
	}
}

// person is somebody on call; the id is the address of an attendee.
type person struct {
	id   incident.ID
	name string
}

// people returns who is on call in an event. Who declined is not.
func (m *mapping) people(e *ical.Component) (found []person) {
	if settings.Of(m.cfg, "person") == "attendees" {
		for _, p := range e.All("ATTENDEE") {
			if strings.EqualFold(p.Params["PARTSTAT"], "DECLINED") || strings.EqualFold(p.Params["CUTYPE"], "RESOURCE") || strings.EqualFold(p.Params["CUTYPE"], "ROOM") {
				continue
			}
			address := importers.Line(p.Value)
			if i := strings.Index(strings.ToLower(address), "mailto:"); i == 0 {
				address = strings.ToLower(address[len("mailto:"):])
			}
			name := importers.Line(p.Params["CN"])
			if name == "" {
				name = address
			}
			if !importers.Unset(name) {
				found = append(found, person{incident.ID(address), name})
			}
		}
	}
	if len(found) > 0 {
		return found
	}
	title := e.First("SUMMARY").Text()
	if m.pattern != nil {
		g := m.pattern.FindStringSubmatch(title)
		if g == nil {
			m.draft.Warn("SUMMARY", title, "the title does not match the setting pattern; it is no shift")
			return nil
		}
		title = importers.Line(g[1])
	}
	if importers.Unset(title) {
		m.draft.Warn("SUMMARY", "", "the event names nobody")
		return nil
	}
	return []person{{"", title}}
}
