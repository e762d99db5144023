package icalendar

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/importers/ical"
	"hindsight/incident"
)

const mostDays = 1000

// Holidays reads an iCalendar file of whole days, as holiday feeds publish them: each is a day without hours, in order, at most
// 1000 from ten years before now on; what repeats without an end does so for a year. Events with a time of day are passed
// over and counted. It returns ErrInvalid, naming "file", when the text is no calendar or an event of it cannot be read.
func Holidays(text []byte, now time.Time) (days []incident.Day, passed int, err error) {
	p, err := split(text, "", "", importers.Input{Now: now})
	if err != nil {
		return nil, 0, incident.Invalidf("file", "%v", err)
	}
	if len(p.Rejects) > 0 {
		return nil, 0, incident.Invalidf("file", "%s", p.Rejects[0].Reason)
	}
	seen := map[string]bool{}
	for _, raw := range p.Records {
		found, err := holidaysOf(raw.Body)
		if err != nil {
			return nil, 0, incident.Invalidf("file", "%v", err)
		}
		if len(found) == 0 {
			passed++
		}
		for _, d := range found {
			if recent := d.Date >= now.AddDate(-10, 0, 0).Format(time.DateOnly); recent && !seen[d.Date] {
				seen[d.Date], days = true, append(days, d)
			}
		}
	}
	if len(days) > mostDays {
		return nil, passed, incident.Invalidf("file", "it has %d days; give one with at most %d", len(days), mostDays)
	}
	slices.SortFunc(days, func(a, b incident.Day) int { return cmp.Compare(a.Date, b.Date) })
	return days, passed, nil
}

// holidaysOf returns the whole days of one event with its repetitions.
func holidaysOf(body []byte) (out []incident.Day, err error) {
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	m, err := newMapping(r, importers.Config{})
	if err != nil {
		return nil, err
	}
	for _, e := range m.event.Parts {
		if e.First("RECURRENCE-ID").Value != "" {
			continue
		}
		err := m.event.Occurrences(e, func(start ical.Moment, s ical.Span) { out = append(out, daysOf(e, start, s)...) })
		if err != nil {
			return nil, err
		}
	}
	for _, e := range m.event.Changed {
		s, err := m.event.SpanOf(e)
		if err != nil {
			return nil, err
		}
		if !ical.Cancelled(e) {
			out = append(out, daysOf(e, s.Start, s)...)
		}
	}
	return out, nil
}

// daysOf returns the days of an event that takes place once; none when it has a time of day.
func daysOf(e *ical.Component, start ical.Moment, s ical.Span) (out []incident.Day) {
	end := start.Wall.AddDate(0, 0, s.Days).Add(s.Clock)
	for day := start.Wall; start.Whole && day.Before(end) && len(out) <= mostDays; day = day.AddDate(0, 0, 1) {
		out = append(out, incident.Day{Date: day.Format(time.DateOnly), Name: e.First("SUMMARY").Text()})
	}
	return out
}
