package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"hindsight/importers"
	"hindsight/incident"
)

// noTitle stands for the title of a record that has none, as importers.Draft.SetTitle has it.
const noTitle = "(no title)"

// completeEvent is complete for records that are change events, rosters or runbooks. What cannot be, as a finish before its
// start, is an error.
func (p *pass) completeEvent(d *importers.Draft, raw incident.Raw) error {
	d.Incident = incident.Incident{RawID: raw.ID} // by which a preview finds the record
	switch {
	case d.Change != nil && d.Roster != nil, d.Runbook != nil && (d.Change != nil || d.Roster != nil):
		return &importers.MapError{Reason: "a record is either a change, a roster or a runbook; the mapping made several of it"}
	case d.Change != nil:
		return p.completeChange(d, raw)
	case d.Runbook != nil:
		return p.completeRunbook(d, raw)
	}
	return p.completeRoster(d.Roster, raw)
}

func (p *pass) completeChange(d *importers.Draft, raw incident.Raw) error {
	c := d.Change
	c.ID, c.Ref = "", p.completeRef(c.Ref, raw)
	c.RawID, c.MapVersion = raw.ID, p.conn.MapVersion
	c.Result = or(c.Result, incident.ChangeResultUnknown)
	if c.Title = importers.Line(c.Title); c.Title == "" {
		c.Title = noTitle
		d.Warn("title", "", "the record has no title")
	}
	if u := importers.WebURL(c.URL); u != c.URL {
		d.Warn("url", c.URL, "this is no http or https address; it was not made a link")
		c.URL = u
	}
	return fieldError("", c.Validate())
}

func (p *pass) completeRoster(r *incident.Roster, raw incident.Raw) error {
	r.ID, r.Ref = "", p.completeRef(r.Ref, raw)
	r.RawID, r.MapVersion = raw.ID, p.conn.MapVersion
	for i := range r.Shifts {
		if err := r.Shifts[i].Validate(); err != nil {
			return fieldError(fmt.Sprintf("shift %d, ", i+1), err)
		}
	}
	return nil
}

// fieldError returns a domain's refusal as a mapping's error.
func fieldError(before string, err error) error {
	var field *incident.FieldError
	if errors.As(err, &field) {
		return &importers.MapError{Field: before + field.Field, Reason: field.Message}
	}
	return err
}

// openEvents fetches the change events, rosters and runbooks that most records will need at once.
func (d *desk) openEvents(items []*item) error {
	var changes, rosters, runbooks []incident.ID
	for _, it := range items {
		switch {
		case !it.mapped() || it.err != nil:
		case it.draft.Change != nil:
			changes = append(changes, it.draft.Change.Ref.ChangeEventID())
		case it.draft.Roster != nil:
			rosters = append(rosters, it.draft.Roster.Ref.RosterID())
		case it.draft.Runbook != nil:
			runbooks = append(runbooks, it.draft.Runbook.Ref.RunbookID())
		}
	}
	if err := d.runbooks.fetch(runbooks); err != nil {
		return err
	}
	if err := d.changes.fetch(changes); err != nil {
		return err
	}
	return d.rosters.fetch(rosters)
}

// findChange is find for change events.
func (d *desk) findChange(c *incident.ChangeEvent) (incident.Ref, *incident.ChangeEvent, error) {
	ref, err := incarnation(c.Ref, origin{c.ExternalCreatedAt, c.RawID}, func(ref incident.Ref) (*origin, error) {
		stored, err := d.changes.get(ref.ChangeEventID())
		if err != nil || stored == nil {
			return nil, err
		}
		return &origin{stored.ExternalCreatedAt, stored.RawID}, nil
	})
	return ref, d.changes.now[ref.ChangeEventID()], err
}

// layChange is lay for records that are change events.
func (d *desk) layChange(ctx context.Context, it *item) (effect, []string, error) {
	draft := it.draft
	ref, stored, err := d.findChange(draft.Change)
	switch {
	case err != nil:
		return kept, nil, err
	case it.raw.Gone:
		return d.removeChange(stored), nil, nil
	case stored != nil:
		outdone, err := d.outdone(ctx, it, draft.Change.ExternalUpdatedAt, stored.ExternalUpdatedAt, stored.RawID)
		if err != nil || outdone && it.fresh != isReplayed {
			return kept, nil, err
		}
		if !outdone {
			break
		}
		if draft, err = d.inForce(ctx, it, stored.RawID); err != nil || draft.Change == nil {
			return kept, nil, err
		}
	}
	next := *draft.Change
	next.Ref, next.ID = ref, ref.ChangeEventID()
	next.Services = slices.Clone(next.Services)
	for i, s := range next.Services {
		next.Services[i].Service = d.service(s.Name)
	}
	return shelve(&d.changes, next.ID, it, stored, next)
}

// removeChange leaves a tombstone. Doing so again changes nothing.
func (d *desk) removeChange(stored *incident.ChangeEvent) effect {
	if stored == nil || stored.Deleted() {
		return kept
	}
	next := *stored
	next.DeletedAt, next.DeletedReason = d.clock(), deletedAtSource
	d.changes.put(next.ID, next)
	return altered
}

// layRoster is lay for records that are rosters. All earlier shifts of the record are replaced.
func (d *desk) layRoster(ctx context.Context, it *item) (effect, []string, error) {
	draft := it.draft
	id := draft.Roster.Ref.RosterID()
	stored, err := d.rosters.get(id)
	switch {
	case err != nil:
		return kept, nil, err
	case it.raw.Gone:
		return d.removeRoster(stored), nil, nil
	case stored != nil:
		outdone, err := d.outdone(ctx, it, draft.Roster.ExternalUpdatedAt, stored.ExternalUpdatedAt, stored.RawID)
		if err != nil || outdone && it.fresh != isReplayed {
			return kept, nil, err
		}
		if !outdone {
			break
		}
		if draft, err = d.inForce(ctx, it, stored.RawID); err != nil || draft.Roster == nil {
			return kept, nil, err
		}
	}
	next := *draft.Roster
	next.ID = id
	next.Shifts = d.shifts(next, draft.Team)
	return shelve(&d.rosters, id, it, stored, next)
}

// removeRoster is removeChange for rosters; a tombstone has no shifts.
func (d *desk) removeRoster(stored *incident.Roster) effect {
	if stored == nil || stored.Deleted() {
		return kept
	}
	next := *stored
	next.Shifts, next.DeletedAt, next.DeletedReason = nil, d.clock(), deletedAtSource
	d.rosters.put(next.ID, next)
	return altered
}

// shifts returns a roster's shifts in order, with the entities that their names stand for, each once.
func (d *desk) shifts(r incident.Roster, team string) []incident.Shift {
	owner := incident.ID("")
	if team != "" {
		owner = d.team(team)
	}
	out := slices.Clone(r.Shifts)
	for i := range out {
		s := &out[i]
		if s.ScheduleRef == "" && s.ScheduleName == "" {
			s.ScheduleRef = r.Ref.ExternalID // the record is the schedule
		}
		s.Roster, s.Ref, s.Team = r.ID, r.Ref, owner
		s.Schedule = incident.ScheduleID(r.Ref.Connection, s.ScheduleRef, s.ScheduleName)
		s.Person = d.person(incident.Participation{Person: s.Person, Name: s.PersonName})
		s.ID = s.ShiftID()
	}
	slices.SortFunc(out, func(a, b incident.Shift) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(out, func(a, b incident.Shift) bool { return a.ID == b.ID })
}

// shelve puts the next version of an entity on its shelf, unless a replay makes the same of it again.
func shelve[T any](s *shelf[T], id incident.ID, it *item, stored *T, next T) (effect, []string, error) {
	if stored == nil {
		s.put(id, next)
		return made, nil, nil
	}
	changed := differing(*stored, next)
	if it.fresh == isReplayed && len(changed) == 0 {
		return kept, nil, nil
	}
	s.put(id, next)
	return altered, changed, nil
}
