package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// MomentPatch is what somebody wants to be different about a moment, or says of a new one; nil leaves a field as it is.
type MomentPatch struct {
	Version   int // the newest one that its writer knows; 0: whichever is
	At        *time.Time
	About     *time.Duration
	Lane      *incident.MomentLane
	Title     *string
	Text      *string
	KnownThen *string
	Question  *bool
	Events    *[]incident.ID
	AccountOf incident.ID // of a new one: the moment that it is another account of
}

// MomentError is an ErrConflict: somebody else changed fields of a moment that a patch changes, too, after the version that it was made from.
type MomentError struct {
	Now    incident.Moment // as the other left it
	Fields []string        // of incident.MomentFields
}

func (e *MomentError) Error() string {
	var wrote []string
	for _, f := range e.Fields {
		wrote = append(wrote, fmt.Sprintf("%s to %.200q", strings.ReplaceAll(f, "_", " "), MomentWords(e.Now, f)))
	}
	return fmt.Sprintf("%s changed %s meanwhile; send yours with version %d to replace it", e.Now.ChangedBy, strings.Join(wrote, " and "), e.Now.Version)
}

// Is makes errors.Is(err, incident.ErrConflict) true.
func (e *MomentError) Is(target error) bool { return target == incident.ErrConflict }

// MomentWords writes what a moment says in one of incident.MomentFields; times in UTC.
func MomentWords(m incident.Moment, field string) string {
	switch field {
	case "at":
		return m.At.Format("2006-01-02 15:04:05 MST")
	case "about":
		return incident.FormatDuration(m.About)
	case "lane":
		return string(m.Lane)
	case "title":
		return m.Title
	case "text":
		return m.Text
	case "known_then":
		return m.KnownThen
	case "question":
		return map[bool]string{true: "open question", false: "no open question"}[m.Question]
	case "events":
		return fmt.Sprintf("%d events", len(m.Events))
	}
	return ""
}

// apply returns the moment with what the patch says.
func (p MomentPatch) apply(m incident.Moment) incident.Moment {
	text := func(from *string, to *string) {
		if from != nil {
			*to = strings.TrimSpace(strings.ReplaceAll(*from, "\r\n", "\n"))
		}
	}
	text(p.Title, &m.Title)
	text(p.Text, &m.Text)
	text(p.KnownThen, &m.KnownThen)
	if p.At != nil {
		m.At = p.At.UTC().Truncate(time.Microsecond)
	}
	if p.About != nil {
		m.About = p.About.Truncate(time.Microsecond)
	}
	if p.Lane != nil {
		m.Lane = *p.Lane
	}
	if p.Question != nil {
		m.Question = *p.Question
	}
	if p.Events != nil {
		m.Events = nil
		for _, id := range *p.Events {
			if id != "" && !slices.Contains(m.Events, id) {
				m.Events = append(m.Events, id)
			}
		}
	}
	return m
}

// AddMoment tells a moment of an incident that the viewer may see. What the patch does not say of it, its events do: time and title are
// those of the first of them, but for words that its writer may read and not everybody who sees the incident.
func (d *Desk) AddMoment(ctx context.Context, id incident.ID, p MomentPatch, sight incident.Sight) (incident.Moment, incident.Seq, error) {
	s, err := d.Story(ctx, id, sight)
	if err != nil {
		return incident.Moment{}, 0, err
	}
	m := p.apply(incident.Moment{ID: incident.NewID("mom"), Incident: id, Lane: "key", AccountOf: p.AccountOf})
	if err := s.complete(&m); err != nil {
		return m, 0, err
	}
	out, seq, err := d.putMoments(ctx, s, []incident.Moment{m})
	return out[0], seq, err
}

// complete fills time and title of a new moment from its events, and checks what it refers to.
func (s *Story) complete(m *incident.Moment) error {
	for _, id := range m.Events {
		e := s.Event(id)
		if e == nil {
			return incident.Invalidf("events", "there is no event %.80q of this incident", id)
		}
		if m.At.IsZero() {
			m.At = e.At
		}
		if m.Title == "" && !e.Narrow {
			m.Title = firstLine(e.Text, 300)
		}
	}
	if m.AccountOf == "" {
		return nil
	}
	first, ok := s.moment(m.AccountOf)
	if !ok {
		return incident.Invalidf("account_of", "there is no moment %.80q", m.AccountOf)
	}
	if first.AccountOf != "" {
		m.AccountOf = first.AccountOf // accounts of one moment stand beside each other, not below
	}
	return nil
}

func (s *Story) moment(id incident.ID) (incident.Moment, bool) {
	i := slices.IndexFunc(s.Moments, func(m incident.Moment) bool { return m.ID == id })
	if i < 0 {
		return incident.Moment{}, false
	}
	return s.Moments[i], true
}

// putMoments stores new moments, or the next versions of those that are there.
func (d *Desk) putMoments(ctx context.Context, s *Story, ms []incident.Moment) ([]incident.Moment, incident.Seq, error) {
	if !s.Begun {
		return ms, 0, incident.Invalidf("retrospective", "no retrospective of this incident is written here; begin it first")
	}
	out := slices.Clone(ms)
	for i := range out {
		out[i].Version, out[i].ChangedBy, out[i].ChangedAt = out[i].Version+1, incident.ActorOf(ctx).Name, d.Now().UTC().Truncate(time.Microsecond)
		if err := out[i].Validate(); err != nil {
			return out, 0, err
		}
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := openRetro(tx, s.Incident.ID); err != nil {
			return err
		}
		for _, m := range out {
			if err := tx.PutMoment(m); err != nil {
				return err
			}
		}
		return nil
	})
	return out, seq, err
}

// momentTries is how often a change is made again that another one, of other fields, came before.
const momentTries = 5

// changeMoment lets f change a moment as it stands at present. When somebody else is quicker it is asked again.
func (d *Desk) changeMoment(ctx context.Context, id, moment incident.ID, sight incident.Sight, f func(*Story, incident.Moment) (incident.Moment, error)) (m incident.Moment, seq incident.Seq, err error) {
	for range momentTries {
		s, err := d.Story(ctx, id, sight)
		if err != nil {
			return m, 0, err
		}
		now, ok := s.moment(moment)
		if !ok {
			return m, 0, fmt.Errorf("desk: moment %s: %w", moment, incident.ErrNotFound)
		}
		if m, err = f(s, now); err != nil {
			return m, 0, err
		}
		if len(now.Differs(m)) == 0 && now.RemovedAt.Equal(m.RemovedAt) {
			return now, 0, nil // it says what is there already
		}
		out, seq, err := d.putMoments(ctx, s, []incident.Moment{m})
		if !errors.Is(err, incident.ErrConflict) {
			return out[0], seq, err
		}
	}
	return m, 0, fmt.Errorf("desk: moment %s changes all the time: %w", moment, incident.ErrConflict)
}

// ChangeMoment changes what the patch names. What others changed meanwhile of other fields stays; where they changed one of these
// to something else it is a *MomentError, and nothing is changed.
func (d *Desk) ChangeMoment(ctx context.Context, id, moment incident.ID, p MomentPatch, sight incident.Sight) (incident.Moment, incident.Seq, error) {
	return d.changeMoment(ctx, id, moment, sight, func(s *Story, now incident.Moment) (incident.Moment, error) {
		if p.Version > now.Version {
			return now, incident.Invalidf("version", "there is no version %d yet; the newest one is %d", p.Version, now.Version)
		}
		if !now.RemovedAt.IsZero() {
			return now, incident.Invalidf("moment", "this moment was removed; put it back first")
		}
		next := p.apply(now)
		var lost []string
		for _, field := range now.Differs(next) {
			if p.Version != 0 && now.Touched[field] > p.Version {
				lost = append(lost, field)
			}
		}
		if len(lost) > 0 {
			return now, &MomentError{Now: now, Fields: lost}
		}
		for _, e := range next.Events {
			if s.Event(e) == nil && !slices.Contains(now.Events, e) {
				return now, incident.Invalidf("events", "there is no event %.80q of this incident", e)
			}
		}
		return next, nil
	})
}

// RemoveMoment takes a moment out of the narrative, or puts one back. Nothing of it is lost.
func (d *Desk) RemoveMoment(ctx context.Context, id, moment incident.ID, remove bool, sight incident.Sight) (incident.Moment, incident.Seq, error) {
	return d.changeMoment(ctx, id, moment, sight, func(_ *Story, now incident.Moment) (incident.Moment, error) {
		switch {
		case !remove:
			now.RemovedAt = time.Time{}
		case now.RemovedAt.IsZero():
			now.RemovedAt = d.Now().UTC().Truncate(time.Microsecond)
		}
		return now, nil
	})
}

// RestOn adds events to those that a moment rests on.
func (d *Desk) RestOn(ctx context.Context, id, moment incident.ID, events []incident.ID, sight incident.Sight) (incident.Moment, incident.Seq, error) {
	return d.changeMoment(ctx, id, moment, sight, func(s *Story, now incident.Moment) (incident.Moment, error) {
		for _, e := range events {
			if s.Event(e) == nil {
				return now, incident.Invalidf("events", "there is no event %.80q of this incident", e)
			}
		}
		all := slices.Concat(now.Events, events)
		return MomentPatch{Events: &all}.apply(now), nil
	})
}
