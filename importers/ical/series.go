package ical

import (
	"fmt"
	"strings"
	"time"

	"hindsight/importers"
)

// maxRepetitions is how often an event is repeated at most; a daily one reaches it after 54 years.
const maxRepetitions = 20_000

// Event is an event of a calendar with the forms that differ of its repetitions.
type Event struct {
	Parts   []*Component             // as written: the event itself, and the forms that differ
	Changed map[time.Time]*Component // the forms that differ, by when they would have begun
	Zones   *Zones
	Until   time.Time // how far an event without an end is repeated
}

// NewEvent puts an event together. The error is a *importers.MapError, as those of its methods are.
func NewEvent(parts []*Component, zones *Zones, until time.Time) (*Event, error) {
	e := &Event{Parts: parts, Changed: map[time.Time]*Component{}, Zones: zones, Until: until}
	return e, e.readChanges()
}

// readChanges notes which repetitions differ. RANGE=THISANDFUTURE, which hardly anything writes, is refused.
func (x *Event) readChanges() error {
	for _, e := range x.Parts {
		p := e.First("RECURRENCE-ID")
		if p.Value == "" {
			continue
		}
		if p.Params["RANGE"] != "" {
			return &importers.MapError{Field: "RECURRENCE-ID", Value: importers.Line(p.Value), Reason: "a change of this and all later repetitions is not understood; end the series and begin another one"}
		}
		at, err := x.Zones.moments(p)
		if err != nil {
			return &importers.MapError{Field: "RECURRENCE-ID", Value: importers.Line(p.Value), Reason: err.Error()}
		}
		x.Changed[at[0].Instant()] = e
	}
	return nil
}

// Span is when an event takes place, before it is repeated.
type Span struct {
	Start Moment
	Days  int           // by the calendar
	Clock time.Duration // as clocks show it
	Exact time.Duration // as it passes
}

// End returns the end of a repetition. A shift that DTEND ends at 09:00 does so also when clocks were changed meanwhile;
// RFC 5545 wants the exact length there (section 3.8.5.3), but no roster means that.
func (s Span) End(start Moment) time.Time {
	return start.At(start.Wall.AddDate(0, 0, s.Days).Add(s.Clock)).Instant().Add(s.Exact)
}

// SpanOf returns when an event takes place the first time.
func (x *Event) SpanOf(e *Component) (Span, error) {
	p := e.First("DTSTART")
	at, err := x.Zones.moments(p)
	if err != nil {
		return Span{}, &importers.MapError{Field: "DTSTART", Value: importers.Line(p.Value), Reason: err.Error()}
	}
	s := Span{Start: at[0]}
	if d := e.First("DURATION"); d.Value != "" {
		if s.Days, s.Exact, err = readDuration(d.Value); err != nil {
			return s, &importers.MapError{Field: "DURATION", Value: importers.Line(d.Value), Reason: err.Error()}
		}
		return s, nil
	}
	end := e.First("DTEND")
	if end.Value == "" {
		if s.Start.Whole {
			s.Days = 1
		}
		return s, nil
	}
	to, err := x.Zones.moments(end)
	if err != nil {
		return s, &importers.MapError{Field: "DTEND", Value: importers.Line(end.Value), Reason: err.Error()}
	}
	s.Clock = to[0].Wall.Sub(s.Start.Wall)
	if end.Params["TZID"] != p.Params["TZID"] || strings.HasSuffix(end.Value, "Z") != strings.HasSuffix(p.Value, "Z") {
		s.Clock, s.Exact = 0, to[0].Instant().Sub(s.Start.Instant())
	}
	if s.Clock < 0 || s.Exact < 0 {
		return s, &importers.MapError{Field: "DTEND", Value: importers.Line(end.Value), Reason: "the event ends before it begins"}
	}
	return s, nil
}

// Cancelled reports whether an event, or one of its repetitions, does not take place.
func Cancelled(e *Component) bool { return strings.EqualFold(e.First("STATUS").Value, "CANCELLED") }

// Occurrences tells when an event takes place by its rule and its dates, but for exceptions and changed repetitions.
func (x *Event) Occurrences(e *Component, tell func(start Moment, s Span)) error {
	if Cancelled(e) {
		clear(x.Changed)
		return nil
	}
	s, err := x.SpanOf(e)
	if err != nil {
		return err
	}
	starts, err := x.starts(e, s.Start)
	if err != nil {
		return err
	}
	except := map[time.Time]bool{}
	for _, p := range e.All("EXDATE") {
		at, err := x.Zones.moments(p)
		if err != nil {
			return &importers.MapError{Field: "EXDATE", Value: importers.Line(p.Value), Reason: err.Error()}
		}
		for _, t := range at {
			except[t.Instant()] = true
		}
	}
	for _, start := range starts {
		at := start.Instant()
		if !except[at] && x.Changed[at] == nil {
			except[at] = true // RDATE may repeat what the rule gave
			tell(start, s)
		}
	}
	return nil
}

// starts returns the times at which an event begins.
func (x *Event) starts(e *Component, first Moment) ([]Moment, error) {
	starts := []Moment{first}
	rules := e.All("RRULE")
	if len(rules) > 1 || len(e.All("EXRULE")) > 0 {
		return nil, &importers.MapError{Field: "RRULE", Reason: "several rules, or rules of exceptions, for one event are not understood"}
	}
	for _, p := range rules {
		r, err := readRule(p.Value)
		if err != nil {
			return nil, &importers.MapError{Field: "RRULE", Value: importers.Line(p.Value), Reason: err.Error()}
		}
		within, err := until(r.until, first)
		if err != nil {
			return nil, &importers.MapError{Field: "RRULE", Value: importers.Line(p.Value), Reason: "UNTIL: " + err.Error()}
		}
		starts = nil
		r.each(first.Wall, x.Until, func(wall time.Time) bool {
			if !within(first.At(wall)) {
				return false
			}
			starts = append(starts, first.At(wall))
			return true
		})
	}
	for _, p := range e.All("RDATE") {
		at, err := x.Zones.moments(p)
		if err != nil {
			return nil, &importers.MapError{Field: "RDATE", Value: importers.Line(p.Value), Reason: err.Error()}
		}
		starts = append(starts, at...)
	}
	if len(starts) > maxRepetitions {
		return nil, &importers.MapError{Field: "RDATE", Reason: fmt.Sprintf("the event is repeated more than %d times", maxRepetitions)}
	}
	return starts, nil
}

// until returns whether a repetition is within a rule's UNTIL: an instant if that is in UTC, else a clock time, or a day
// to its end.
func until(text string, first Moment) (func(Moment) bool, error) {
	if text == "" {
		return func(Moment) bool { return true }, nil
	}
	bound, utc, err := readWall(text)
	switch {
	case err != nil:
		return nil, err
	case utc:
		return func(m Moment) bool { return !m.Instant().After(bound) }, nil
	case !strings.Contains(text, "T") && !first.Whole:
		bound = bound.AddDate(0, 0, 1).Add(-time.Second)
	}
	return func(m Moment) bool { return !m.Wall.After(bound) }, nil
}
