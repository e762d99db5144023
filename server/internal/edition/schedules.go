package edition

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/reports/draw"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// Schedules keeps and makes the reports that are sent again and again.
type Schedules struct {
	Desk   *desk.Desk
	Engine func() (*draw.Engine, error) // draws charts for files; it is asked when one is needed
}

// Keeper is who keeps schedules: people who may write, each their own.
type Keeper struct {
	User incident.ID
	Name string
	All  bool // may see, pause and remove those of others, too
}

func (k Keeper) keeps(s incident.ReportSchedule) bool {
	return k.All || k.User != "" && k.User == s.Owner
}

// List returns the schedules that somebody keeps, by name.
func (e *Schedules) List(ctx context.Context, who Keeper) ([]incident.ReportSchedule, error) {
	all, err := e.Desk.Store.ReportSchedules(ctx)
	return slices.DeleteFunc(all, func(s incident.ReportSchedule) bool { return !who.keeps(s) }), err
}

// Get returns a schedule; ErrNotFound also for one that somebody else keeps.
func (e *Schedules) Get(ctx context.Context, id incident.ID, who Keeper) (incident.ReportSchedule, error) {
	s, err := e.Desk.Store.ReportSchedule(ctx, id)
	if err != nil {
		return incident.ReportSchedule{}, err
	}
	if !who.keeps(*s) {
		return incident.ReportSchedule{}, fmt.Errorf("edition: schedule %s: %w", id, incident.ErrNotFound)
	}
	return *s, nil
}

// Save makes a schedule, or changes the one with its id; then Version is the newest that its writer knows. It begins with the next time that it is due.
// ErrInvalid with the field; ErrConflict when somebody else changed it meanwhile.
func (e *Schedules) Save(ctx context.Context, s incident.ReportSchedule, who Keeper) (incident.ReportSchedule, error) {
	now := e.Desk.Now().UTC().Truncate(time.Microsecond)
	s.Name, s.Question = strings.TrimSpace(s.Name), strings.TrimSpace(s.Question)
	if s.ID == "" {
		s.ID, s.Version, s.Owner = incident.NewID("rps"), 0, who.User
	} else {
		was, err := e.Get(ctx, s.ID, who)
		if err != nil {
			return s, err
		}
		s.Owner = was.Owner                        // it says what the owner may see, whoever changes it
		s.Paused = was.Paused && was.Stopped == "" // whoever changes one that has stopped has it go on
	}
	if err := e.check(ctx, &s); err != nil {
		return s, err
	}
	s.Version++
	s.SavedAt, s.SavedBy, s.NextAt, s.Stopped, s.Digest = now, who.Name, s.Next(now), "", ""
	return s, e.put(ctx, s)
}

func (e *Schedules) put(ctx context.Context, s incident.ReportSchedule) error {
	_, err := e.Desk.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutReportSchedule(s) })
	return err
}

// check returns ErrInvalid for what cannot be made or sent, and puts the question in canonical order.
func (e *Schedules) check(ctx context.Context, s *incident.ReportSchedule) error {
	if err := s.Validate(); err != nil {
		return err
	}
	switch kind, err := Find(s.Kind); {
	case err != nil:
		return incident.Invalidf("kind", "there is no report %q", s.Kind)
	case kind.Of != "":
		return incident.Invalidf("kind", "a report about one %s cannot be scheduled", kind.Of)
	}
	for _, f := range s.Formats {
		if !slices.Contains(Formats, f) {
			return incident.Invalidf("format", "%q is not one of %s", f, strings.Join(Formats, ", "))
		}
	}
	_, sight, err := e.owner(ctx, *s)
	if err != nil {
		return err
	}
	q, err := e.question(*s, e.Desk.Now())
	if err != nil {
		return err
	}
	if _, err := e.Desk.Figures(ctx, q, sight); err != nil {
		return err
	}
	q.From, q.To, q.Range, q.Zone = time.Time{}, time.Time{}, "all", nil
	s.Question = q.Encode()
	if len(s.To) > 0 && e.Desk.Mail == nil {
		return incident.Invalidf("to", "this installation sends no e-mail; choose a channel, or set up a mail server")
	}
	for _, id := range s.Channels {
		if _, err := e.Desk.Store.Channel(ctx, id); err != nil {
			return incident.Invalidf("channel", "that channel is not there any more")
		}
	}
	return nil
}

// question returns what a schedule asks for when it is due at a time: its filters and the period that it covers.
func (e *Schedules) question(s incident.ReportSchedule, due time.Time) (query.Query, error) {
	v, err := url.ParseQuery(s.Question)
	if err != nil {
		return query.Query{}, incident.Invalidf("question", "these are no filters: %v", err)
	}
	for _, name := range []string{"range", "sort", "limit", "after"} {
		v.Del(name)
	}
	from, to := s.Covers(due)
	v.Set("tz", s.Zone)
	v.Set("from", from.Format(time.RFC3339)) // and not as a day: there are zones whose clocks jump over its midnight
	v.Set("to", to.Format(time.RFC3339))
	kind, err := Find(s.Kind)
	if err != nil {
		return query.Query{}, err
	}
	return Question(kind, v, due)
}

// owner returns who a schedule is made for, and what it may tell: what they may see now, or with channels what everybody may. ErrInvalid when they may
// not have it any more, with why.
func (e *Schedules) owner(ctx context.Context, s incident.ReportSchedule) (incident.User, incident.Sight, error) {
	u, sight, there, err := e.Desk.Person(ctx, s.Owner)
	switch {
	case err != nil:
		return u, sight, err
	case !there:
		return u, sight, incident.Invalidf("owner", "the account of its owner is closed")
	case !u.Role.May(incident.Write):
		return u, sight, incident.Invalidf("owner", "its owner may not send reports any more")
	case len(s.Channels) > 0:
		return u, incident.Sight{}, nil
	}
	return u, sight, nil
}

// Pause stops a schedule, or lets it go on from the next time that it is due.
func (e *Schedules) Pause(ctx context.Context, id incident.ID, paused bool, who Keeper) error {
	s, err := e.Get(ctx, id, who)
	if err != nil || s.Paused == paused {
		return err
	}
	now := e.Desk.Now().UTC().Truncate(time.Microsecond)
	s.Version++
	s.Paused, s.Stopped, s.SavedAt, s.SavedBy, s.NextAt = paused, "", now, who.Name, s.Next(now)
	return e.put(ctx, s)
}

// Remove removes a schedule with what was kept of its runs.
func (e *Schedules) Remove(ctx context.Context, id incident.ID, who Keeper) error {
	if _, err := e.Get(ctx, id, who); err != nil {
		return err
	}
	_, err := e.Desk.Store.Update(ctx, func(tx incident.Tx) error { return tx.DeleteReportSchedule(id) })
	return err
}
