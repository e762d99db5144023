package importers

import "hindsight/incident"

// NewRoster begins the draft of a record that tells who is on call. team owns the shifts; it may be empty.
func NewRoster(collection, id, team string) Draft {
	return Draft{Team: Line(team), Roster: &incident.Roster{Ref: incident.Ref{Type: collection, ExternalID: id}}}
}

// AddShift adds a shift, whose texts are cleaned. One that has no beginning, or ends before it begins, is left out with a
// warning of field, where the source said so.
func (d *Draft) AddShift(field, said string, s incident.Shift) {
	s.ScheduleRef, s.ScheduleName, s.Layer = Line(s.ScheduleRef), Line(s.ScheduleName), Line(s.Layer)
	s.Person, s.PersonName = incident.ID(Line(string(s.Person))), Line(s.PersonName)
	if s.Validate() != nil {
		d.Warn(field, Line(said), "a shift without a beginning, or that ends before it begins, was left out")
		return
	}
	d.Roster.Shifts = append(d.Roster.Shifts, s)
}

// AddShift is Draft.AddShift for the part that a shift has in the month. One that has none is left out with a warning.
func (m RosterMonth) AddShift(d *Draft, field, said string, s incident.Shift) {
	part, ok := m.Cut(s)
	if !ok {
		d.Warn(field, Line(said), "a shift without times in its month was left out")
		return
	}
	d.AddShift(field, said, part)
}
