package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CalendarPolicy is the kind of policies whose body is a Calendar.
const CalendarPolicy PolicyKind = "calendar"

// Calendar says when business time runs: always, or in weekly hours of a zone with special days.
type Calendar struct {
	Always bool      `json:"always,omitempty"` // every second counts, and the rest is ignored
	Zone   string    `json:"zone,omitempty"`   // IANA name
	Weekly [7][]Hour `json:"weekly,omitempty"` // by time.Weekday: Sunday first
	// Days are dates whose hours replace the weekly ones; a holiday has none.
	Days []Day `json:"days,omitempty"`
}

// Day is a date with hours of its own.
type Day struct {
	Date  string `json:"date"` // "2026-12-25"
	Name  string `json:"name,omitempty"`
	Hours []Hour `json:"hours,omitempty"`
}

// Hour is a stretch of clock time within a day, in minutes since midnight, half open. To may be 1440, the end of
// the day. One whose end is not behind its beginning ends on the next day, and belongs to the day on which it begins.
type Hour struct{ From, To int }

// String returns the form that UnmarshalText reads: "09:00-17:30".
func (h Hour) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
}

// MarshalText writes h as String does.
func (h Hour) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads "09:00-17:30". It returns ErrInvalid for anything else.
func (h *Hour) UnmarshalText(text []byte) error {
	from, to, _ := strings.Cut(string(text), "-")
	var ok, good bool
	h.From, ok = minutes(from)
	h.To, good = minutes(to)
	if !ok || !good || h.From == endOfDay {
		return Invalidf("hours", "%q is not of the form 09:00-17:30", text)
	}
	return nil
}

const endOfDay = 24 * 60

// minutes reads "17:30", up to "24:00".
func minutes(text string) (int, bool) {
	var h, m int
	if n, err := fmt.Sscanf(text, "%02d:%02d", &h, &m); n != 2 || err != nil || len(text) != len("17:30") {
		return 0, false
	}
	at := 60*h + m
	return at, h >= 0 && m >= 0 && m < 60 && at <= endOfDay
}

// Validate returns ErrInvalid when the calendar cannot be kept: an unknown zone, a date that is none or comes twice, or
// hours in no day at all.
func (c Calendar) Validate() error {
	if c.Always {
		return nil
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		return Invalidf("zone", "%q is not a time zone; write one such as Europe/Berlin", c.Zone)
	}
	seen, open := map[string]bool{}, slices.ContainsFunc(c.Weekly[:], func(hs []Hour) bool { return len(hs) > 0 })
	for _, d := range c.Days {
		if _, err := time.Parse(time.DateOnly, d.Date); err != nil {
			return Invalidf("days", "%q is not a date; write one such as 2026-12-25", d.Date)
		}
		if seen[d.Date] {
			return Invalidf("days", "%s is there twice", d.Date)
		}
		seen[d.Date] = true
		open = open || len(d.Hours) > 0
	}
	if !open {
		return Invalidf("weekly", "business time never runs; give at least one day hours")
	}
	return nil
}
