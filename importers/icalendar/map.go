package icalendar

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// maxRepetitions is how often an event is repeated at most; a daily one reaches it after 54 years.
const maxRepetitions = 20_000

// mapEvent turns an event, with all its repetitions, into shifts.
func mapEvent(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r record
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no event: " + err.Error()}
	}
	m, err := newMapping(r, cfg)
	if err != nil {
		return importers.Draft{}, err
	}
	m.roster = &incident.Roster{Ref: incident.Ref{Type: shifts, ExternalID: raw.ExternalID}}
	m.draft = importers.Draft{Roster: m.roster, Team: importers.Line(settings.Of(cfg, "team"))}
	for _, e := range m.events {
		if e.first("RECURRENCE-ID").value == "" {
			if err := m.repeat(e); err != nil {
				return importers.Draft{}, err
			}
		}
	}
	for _, e := range slices.SortedFunc(maps.Values(m.changed), func(a, b *component) int { return strings.Compare(a.text(), b.text()) }) {
		if err := m.once(e); err != nil {
			return importers.Draft{}, err
		}
	}
	for id := range m.zones.unknown {
		m.draft.Warn("TZID", importers.Line(id), "neither is this an IANA zone nor does the calendar describe it; the connection's zone was taken")
	}
	slices.SortFunc(m.draft.Warnings, func(a, b incident.Warning) int { return strings.Compare(a.Field+a.Value, b.Field+b.Value) })
	slices.SortStableFunc(m.roster.Shifts, func(a, b incident.Shift) int { return a.From.Compare(b.From) })
	return m.draft, nil
}

// mapping is an event on its way to a roster.
type mapping struct {
	record
	cfg     importers.Config
	events  []*component
	changed map[time.Time]*component // repetitions that differ, by when they would have begun
	zones   zones
	pattern *regexp.Regexp
	draft   importers.Draft
	roster  *incident.Roster
}

func newMapping(r record, cfg importers.Config) (*mapping, error) {
	fallback, err := importers.Zone(settings.Of(cfg, "zone"))
	if err != nil {
		return nil, &importers.MapError{Field: "zone", Reason: err.Error()}
	}
	m := &mapping{record: r, cfg: cfg, changed: map[time.Time]*component{}}
	if text := settings.Of(cfg, "pattern"); text != "" {
		if m.pattern, err = regexp.Compile(text); err != nil || m.pattern.NumSubexp() == 0 {
			return nil, &importers.MapError{Field: "pattern", Value: text, Reason: "the setting is no regular expression with a group"}
		}
	}
	last := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	if !r.Until.IsZero() {
		last = r.Until.AddDate(2, 0, 0)
	}
	m.zones = zones{own: map[string]zone{}, fallback: named{fallback}, last: last, unknown: map[string]bool{}}
	for _, text := range r.Zones {
		found, err := parse(text)
		if err != nil {
			return nil, &importers.MapError{Field: "VTIMEZONE", Reason: err.Error()}
		}
		for _, c := range found {
			m.zones.add(c)
		}
	}
	for _, text := range r.Events {
		found, err := parse(text)
		if err != nil {
			return nil, &importers.MapError{Field: "VEVENT", Reason: err.Error()}
		}
		m.events = append(m.events, found...)
	}
	return m, m.readChanges()
}

// readChanges notes which repetitions differ. RANGE=THISANDFUTURE, which hardly anything writes, is refused.
func (m *mapping) readChanges() error {
	for _, e := range m.events {
		p := e.first("RECURRENCE-ID")
		if p.value == "" {
			continue
		}
		if p.params["RANGE"] != "" {
			return &importers.MapError{Field: "RECURRENCE-ID", Value: importers.Line(p.value), Reason: "a change of this and all later repetitions is not understood; end the series and begin another one"}
		}
		at, err := m.zones.moments(p)
		if err != nil {
			return &importers.MapError{Field: "RECURRENCE-ID", Value: importers.Line(p.value), Reason: err.Error()}
		}
		m.changed[at[0].instant()] = e
	}
	return nil
}

// span is when an event takes place, before it is repeated.
type span struct {
	start moment
	days  int           // by the calendar
	clock time.Duration // as clocks show it
	exact time.Duration // as it passes
}

// end returns the end of a repetition. A shift that DTEND ends at 09:00 does so also when clocks were changed meanwhile;
// RFC 5545 wants the exact length there (section 3.8.5.3), but no roster means that.
func (s span) end(start moment) time.Time {
	return start.at(start.wall.AddDate(0, 0, s.days).Add(s.clock)).instant().Add(s.exact)
}

func (m *mapping) spanOf(e *component) (span, error) {
	p := e.first("DTSTART")
	at, err := m.zones.moments(p)
	if err != nil {
		return span{}, &importers.MapError{Field: "DTSTART", Value: importers.Line(p.value), Reason: err.Error()}
	}
	s := span{start: at[0]}
	if d := e.first("DURATION"); d.value != "" {
		if s.days, s.exact, err = readDuration(d.value); err != nil {
			return s, &importers.MapError{Field: "DURATION", Value: importers.Line(d.value), Reason: err.Error()}
		}
		return s, nil
	}
	end := e.first("DTEND")
	if end.value == "" {
		if s.start.whole {
			s.days = 1
		}
		return s, nil
	}
	to, err := m.zones.moments(end)
	if err != nil {
		return s, &importers.MapError{Field: "DTEND", Value: importers.Line(end.value), Reason: err.Error()}
	}
	s.clock = to[0].wall.Sub(s.start.wall)
	if end.params["TZID"] != p.params["TZID"] || strings.HasSuffix(end.value, "Z") != strings.HasSuffix(p.value, "Z") {
		s.clock, s.exact = 0, to[0].instant().Sub(s.start.instant())
	}
	if s.clock < 0 || s.exact < 0 {
		return s, &importers.MapError{Field: "DTEND", Value: importers.Line(end.value), Reason: "the event ends before it begins"}
	}
	return s, nil
}

func cancelled(e *component) bool { return strings.EqualFold(e.first("STATUS").value, "CANCELLED") }

// once adds an event that is not repeated, or the changed form of a repetition.
func (m *mapping) once(e *component) error {
	if cancelled(e) {
		return nil
	}
	s, err := m.spanOf(e)
	if err == nil {
		m.shift(e, s.start.instant(), s.end(s.start))
	}
	return err
}

// repeat adds an event as often as it takes place, but for changed repetitions.
func (m *mapping) repeat(e *component) error {
	return m.occurrences(e, func(start moment, s span) { m.shift(e, start.instant(), s.end(start)) })
}

// occurrences tells when an event takes place by its rule and its dates, but for exceptions and changed repetitions.
func (m *mapping) occurrences(e *component, tell func(start moment, s span)) error {
	if cancelled(e) {
		clear(m.changed)
		return nil
	}
	s, err := m.spanOf(e)
	if err != nil {
		return err
	}
	starts, err := m.starts(e, s.start)
	if err != nil {
		return err
	}
	except := map[time.Time]bool{}
	for _, p := range e.all("EXDATE") {
		at, err := m.zones.moments(p)
		if err != nil {
			return &importers.MapError{Field: "EXDATE", Value: importers.Line(p.value), Reason: err.Error()}
		}
		for _, t := range at {
			except[t.instant()] = true
		}
	}
	for _, start := range starts {
		at := start.instant()
		if !except[at] && m.changed[at] == nil {
			except[at] = true // RDATE may repeat what the rule gave
			tell(start, s)
		}
	}
	return nil
}

// starts returns the times at which an event begins.
func (m *mapping) starts(e *component, first moment) ([]moment, error) {
	starts := []moment{first}
	rules := e.all("RRULE")
	if len(rules) > 1 || len(e.all("EXRULE")) > 0 {
		return nil, &importers.MapError{Field: "RRULE", Reason: "several rules, or rules of exceptions, for one event are not understood"}
	}
	for _, p := range rules {
		r, err := readRule(p.value)
		if err != nil {
			return nil, &importers.MapError{Field: "RRULE", Value: importers.Line(p.value), Reason: err.Error()}
		}
		within, err := until(r.until, first)
		if err != nil {
			return nil, &importers.MapError{Field: "RRULE", Value: importers.Line(p.value), Reason: "UNTIL: " + err.Error()}
		}
		starts = nil
		r.each(first.wall, m.Until, func(wall time.Time) bool {
			if !within(first.at(wall)) {
				return false
			}
			starts = append(starts, first.at(wall))
			return true
		})
	}
	for _, p := range e.all("RDATE") {
		at, err := m.zones.moments(p)
		if err != nil {
			return nil, &importers.MapError{Field: "RDATE", Value: importers.Line(p.value), Reason: err.Error()}
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
func until(text string, first moment) (func(moment) bool, error) {
	if text == "" {
		return func(moment) bool { return true }, nil
	}
	bound, utc, err := readWall(text)
	switch {
	case err != nil:
		return nil, err
	case utc:
		return func(m moment) bool { return !m.instant().After(bound) }, nil
	case !strings.Contains(text, "T") && !first.whole:
		bound = bound.AddDate(0, 0, 1).Add(-time.Second)
	}
	return func(m moment) bool { return !m.wall.After(bound) }, nil
}
