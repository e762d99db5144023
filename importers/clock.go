package importers

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// form is one way to write a date, followed by the clock that all forms share.
type form struct {
	pattern          *regexp.Regexp
	year, month, day int // which group holds it
	example          string
}

// The clock's groups, counted from its first: hour, minute, second, fraction, half of day, zone.
const (
	clock   = `(?:[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|(?:UTC|GMT)?\s*[+-]\d{2}(?::?\d{2})?)?)?$`
	weekday = `^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?`
)

var (
	isoDate    = form{regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})` + clock), 1, 2, 3, "2026-03-31 17:06"}
	dayFirst   = form{regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})` + clock), 3, 2, 1, "31/3/2026 17:06"}
	monthFirst = form{dayFirst.pattern, 3, 1, 2, "3/31/2026 17:06"}
	dayMonth   = form{regexp.MustCompile(weekday + `(\d{1,2})[ /-]([A-Z][a-z]{2,8})\.?,?[ /-](\d{4}|\d{2})` + clock), 3, 2, 1, "31 Mar 2026 17:06"}
	monthDay   = form{regexp.MustCompile(weekday + `([A-Z][a-z]{2,8})\.?\s+(\d{1,2}),?\s+(\d{4})` + clock), 3, 1, 2, "Mar 31, 2026 17:06"}
)

// errCalendar says that a text has the form of a time, but there is no such day or hour.
var errCalendar = errors.New("is not on the calendar or the clock")

func (f TimeFormat) parseNamed(text string) (Moment, error) {
	m, err := f.parseText(dayMonth, text)
	if err != nil && !errors.Is(err, errCalendar) {
		m, err = f.parseText(monthDay, text)
	}
	return m, err
}

func (f TimeFormat) parseText(form form, text string) (Moment, error) {
	g := form.pattern.FindStringSubmatch(text)
	if g == nil {
		return Moment{}, errors.New("is not a time such as " + form.example)
	}
	year, month, day := fullYear(g[form.year]), monthOf(g[form.month]), number(g[form.day])
	c, ok := readClock(g[4:])
	// time.Date turns 31 April into 1 May; that is a typing error, not a date.
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if !ok || month == 0 || date.Month() != time.Month(month) || date.Day() != day {
		return Moment{}, fmt.Errorf("%w; expected a time such as %s", errCalendar, form.example)
	}
	m := Moment{Precision: c.precision}
	wall := date.Add(c.since)
	if c.zoned {
		m.At = wall.Add(-c.offset)
		return m, nil
	}
	m.At, m.Doubt = inZone(wall, f.Zone)
	if wall.Equal(time.Unix(0, 0)) {
		return Moment{}, nil
	}
	return m, nil
}

// inZone returns the instant at which clocks in zone show what wall shows in UTC. On two days of the
// year some times are shown twice (the earlier one is taken) and some never.
func inZone(wall time.Time, zone *time.Location) (at time.Time, doubt string) {
	if zone == nil {
		return wall, ""
	}
	offsetAt := func(t time.Time) time.Duration {
		_, seconds := t.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	shows := func(t time.Time) bool { return t.Add(offsetAt(t)).Equal(wall) }
	before, after := wall.Add(-offsetAt(wall.Add(-24*time.Hour))), wall.Add(-offsetAt(wall.Add(24*time.Hour)))
	switch {
	case before.Equal(after):
		return before, ""
	case shows(before) && shows(after):
		return before, "clocks in " + zone.String() + " showed this time twice that day; the first was taken"
	case shows(before):
		return before, ""
	case shows(after):
		return after, ""
	}
	return before, "clocks in " + zone.String() + " skipped this time that day"
}

type clockTime struct {
	since     time.Duration // since midnight
	precision incident.Precision
	offset    time.Duration
	zoned     bool
}

// readClock reads the clock's groups; without any, the time is known to the day.
func readClock(g []string) (c clockTime, ok bool) {
	if g[0] == "" {
		return clockTime{precision: incident.ToDay}, true
	}
	hour, minute, second := number(g[0]), number(g[1]), number(g[2])
	if half := strings.ToLower(g[4]); half != "" {
		if hour < 1 || hour > 12 {
			return c, false
		}
		hour %= 12
		if half[0] == 'p' {
			hour += 12
		}
	}
	c.precision = incident.ToMinute
	if g[2] != "" {
		c.precision = incident.ToSecond
	}
	fraction, _ := strconv.ParseFloat("0."+g[3]+"0", 64)
	c.since = time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(math.Round(fraction*1e6))*time.Microsecond
	c.offset, c.zoned = offset(g[5])
	return c, hour < 24 && minute < 60 && second < 60 && c.offset.Abs() < 15*time.Hour
}

// offset reads "Z", "UTC", "+01:00", "-0530", "+02", "GMT+1"'s kin with two digits.
func offset(text string) (east time.Duration, ok bool) {
	if text == "" {
		return 0, false
	}
	digits := strings.NewReplacer(":", "", "UTC", "", "GMT", "", "Z", "", " ", "").Replace(text)
	if digits == "" {
		return 0, true
	}
	east = time.Duration(number(digits[1:3])) * time.Hour
	if len(digits) == 5 {
		east += time.Duration(number(digits[3:])) * time.Minute
	}
	if digits[0] == '-' {
		east = -east
	}
	return east, true
}

// number reads digits that a pattern has already checked.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// fullYear reads two digits as spreadsheets do: 70 to 99 are of the last century.
func fullYear(digits string) int {
	n := number(digits)
	switch {
	case len(digits) == 4:
		return n
	case n >= 70:
		return 1900 + n
	}
	return 2000 + n
}

// monthOf reads digits or an English name, whole or three letters ("Sept" too); 0 when it is neither.
func monthOf(text string) int {
	if n := number(text); n > 0 {
		return n
	}
	for m := time.January; m <= time.December; m++ {
		if name := m.String(); len(text) >= 3 && strings.HasPrefix(name, text) {
			return int(m)
		}
	}
	return 0
}
