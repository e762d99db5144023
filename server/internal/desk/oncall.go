package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	// DutyAhead is how far ahead Duties looks.
	DutyAhead = 14 * 24 * time.Hour

	maxShifts = 2000 // that Duties reads
	shiftPage = 500
)

// ShiftConnections returns the connections whose systems tell who is on call, by name.
func (d *Desk) ShiftConnections(ctx context.Context) ([]incident.Connection, error) {
	return d.connectionsOf(ctx, func(s importers.Source, _ incident.Connection) bool { return s.Shifts })
}

// TeamsOf returns the teams that an incident and its services belong to, by name, as far as the viewer may know them.
func (d *Desk) TeamsOf(inc *incident.Incident, sight incident.Sight) []incident.Team {
	snapshot := d.Live.Snapshot()
	ids := []incident.ID{inc.Team}
	touched := servicesOf(inc.Services)
	for _, s := range snapshot.Services(sight) {
		if slices.Contains(touched, s.ID) {
			ids = append(ids, s.Team)
		}
	}
	return slices.DeleteFunc(snapshot.Teams(sight), func(t incident.Team) bool { return !slices.Contains(ids, t.ID) })
}

// TeamIDs resolves names of teams, or ids, as far as the viewer may know them; an unknown one is ErrInvalid.
func (d *Desk) TeamIDs(wanted []string, sight incident.Sight) ([]incident.ID, error) {
	return names{d.Live.Snapshot(), sight}.teams(wanted)
}

// OnCallAt returns the shifts of teams' schedules at an instant, by schedule, then by level of escalation. They are
// what rosters tell: a schedule that names no team, or that nobody has read, is not among them.
func (d *Desk) OnCallAt(ctx context.Context, teams []incident.Team, at time.Time) ([]incident.Shift, error) {
	if len(teams) == 0 || at.IsZero() {
		return nil, nil
	}
	f := incident.ShiftFilter{From: at, To: at.Add(time.Microsecond), Limit: shiftPage}
	for _, t := range teams {
		f.Teams = append(f.Teams, t.ID)
	}
	shifts, _, err := d.Store.Shifts(ctx, f)
	slices.SortStableFunc(shifts, func(a, b incident.Shift) int {
		return cmp.Or(cmp.Compare(a.ScheduleName, b.ScheduleName), cmp.Compare(a.Schedule, b.Schedule), cmp.Compare(a.Level, b.Level))
	})
	return shifts, err
}

// Duty is who is on call in one schedule, now and next. At least one of them is not empty.
type Duty struct {
	First  incident.Shift // of all; it says whose schedule this is
	Now    []incident.Shift
	Coming []incident.Shift // in order of their beginning
}

// Duties returns the schedules that have a shift between now and DutyAhead, by name. all is false where there are
// more shifts than can be read at once: the last of them are missing then.
func (d *Desk) Duties(ctx context.Context) (duties []Duty, all bool, err error) {
	now := d.Now().UTC()
	f := incident.ShiftFilter{From: now, To: now.Add(DutyAhead), Limit: shiftPage}
	at := map[incident.ID]int{}
	for n := 0; n < maxShifts; n += shiftPage {
		shifts, next, err := d.Store.Shifts(ctx, f)
		if err != nil {
			return nil, false, err
		}
		for _, s := range shifts {
			i, known := at[s.Schedule]
			if !known {
				i = len(duties)
				at[s.Schedule], duties = i, append(duties, Duty{First: s})
			}
			if s.From.After(now) {
				duties[i].Coming = append(duties[i].Coming, s)
			} else {
				duties[i].Now = append(duties[i].Now, s)
			}
		}
		if f.After = next; next == "" {
			break
		}
	}
	slices.SortStableFunc(duties, func(a, b Duty) int {
		return cmp.Or(cmp.Compare(a.First.ScheduleName, b.First.ScheduleName), cmp.Compare(a.First.Schedule, b.First.Schedule))
	})
	return duties, f.After == "", nil
}
