package icalendar

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/ical"
	"hindsight/incident"
)

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
	m.draft = importers.NewRoster(shifts, raw.ExternalID, settings.Of(cfg, "team"))
	for _, e := range m.event.Parts {
		if e.First("RECURRENCE-ID").Value == "" {
			if err := m.repeat(e); err != nil {
				return importers.Draft{}, err
			}
		}
	}
	for _, e := range slices.SortedFunc(maps.Values(m.event.Changed), func(a, b *ical.Component) int { return strings.Compare(a.Text(), b.Text()) }) {
		if err := m.once(e); err != nil {
			return importers.Draft{}, err
		}
	}
	for id := range m.event.Zones.Unknown {
		m.draft.Warn("TZID", importers.Line(id), "neither is this an IANA zone nor does the calendar describe it; the connection's zone was taken")
	}
	slices.SortFunc(m.draft.Warnings, func(a, b incident.Warning) int { return strings.Compare(a.Field+a.Value, b.Field+b.Value) })
	slices.SortStableFunc(m.draft.Roster.Shifts, func(a, b incident.Shift) int { return a.From.Compare(b.From) })
	return m.draft, nil
}

// mapping is an event on its way to a roster.
type mapping struct {
	record
	cfg     importers.Config
	event   *ical.Event
	pattern *regexp.Regexp
	draft   importers.Draft
}

func newMapping(r record, cfg importers.Config) (*mapping, error) {
	fallback, err := importers.Zone(settings.Of(cfg, "zone"))
	if err != nil {
		return nil, &importers.MapError{Field: "zone", Reason: err.Error()}
	}
	m := &mapping{record: r, cfg: cfg}
	if text := settings.Of(cfg, "pattern"); text != "" {
		if m.pattern, err = regexp.Compile(text); err != nil || m.pattern.NumSubexp() == 0 {
			return nil, &importers.MapError{Field: "pattern", Value: text, Reason: "the setting is no regular expression with a group"}
		}
	}
	last := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	if !r.Until.IsZero() {
		last = r.Until.AddDate(2, 0, 0)
	}
	zones := ical.NewZones(fallback, last)
	for _, text := range r.Zones {
		found, err := ical.Parse(text)
		if err != nil {
			return nil, &importers.MapError{Field: "VTIMEZONE", Reason: err.Error()}
		}
		for _, c := range found {
			zones.Add(c)
		}
	}
	var parts []*ical.Component
	for _, text := range r.Events {
		found, err := ical.Parse(text)
		if err != nil {
			return nil, &importers.MapError{Field: "VEVENT", Reason: err.Error()}
		}
		parts = append(parts, found...)
	}
	m.event, err = ical.NewEvent(parts, zones, r.Until)
	return m, err
}

// once adds an event that is not repeated, or the changed form of a repetition.
func (m *mapping) once(e *ical.Component) error {
	if ical.Cancelled(e) {
		return nil
	}
	s, err := m.event.SpanOf(e)
	if err == nil {
		m.shift(e, s.Start.Instant(), s.End(s.Start))
	}
	return err
}

// repeat adds an event as often as it takes place, but for changed repetitions.
func (m *mapping) repeat(e *ical.Component) error {
	return m.event.Occurrences(e, func(start ical.Moment, s ical.Span) { m.shift(e, start.Instant(), s.End(start)) })
}
