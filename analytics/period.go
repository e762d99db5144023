package analytics

import (
	"fmt"
	"time"
)

// period is one stretch of the calendar.
type period struct {
	from, to   time.Time
	key, label string
}

// periods returns the weeks, months, quarters or years that cover [from, to) in loc, in order.
func periods(d Dimension, from, to time.Time, loc *time.Location) []period {
	var out []period
	year, month, day := from.In(loc).Date()
	switch d {
	case ByWeek:
		weekday := (int(startOfDay(year, month, day, time.UTC).Weekday()) + 6) % 7 // Monday is 0
		day -= weekday
	case ByMonth:
		day = 1
	case ByQuarter:
		month, day = month-(month-1)%3, 1
	case ByYear:
		month, day = time.January, 1
	}
	for start := startOfDay(year, month, day, loc); start.Before(to); {
		switch d {
		case ByWeek:
			day += 7
		case ByMonth:
			month++
		case ByQuarter:
			month += 3
		case ByYear:
			year++
		}
		next := startOfDay(year, month, day, loc)
		key, label := periodName(d, start.In(loc))
		out = append(out, period{start.UTC(), next.UTC(), key, label})
		start = next
	}
	return out
}

// periodName returns the key and the label of the period that begins at start.
func periodName(d Dimension, start time.Time) (key, label string) {
	switch d {
	case ByWeek:
		year, week := start.ISOWeek()
		key = fmt.Sprintf("%d-W%02d", year, week)
		return key, key
	case ByMonth:
		return start.Format("2006-01"), start.Format("Jan 2006")
	case ByQuarter:
		q := (int(start.Month()) + 2) / 3
		return fmt.Sprintf("%d-Q%d", start.Year(), q), fmt.Sprintf("Q%d %d", q, start.Year())
	}
	return start.Format("2006"), start.Format("2006")
}

// startOfDay returns the first instant of a civil day in loc. time.Date leaves open what it does where
// midnight does not exist or comes twice (it happens in Cairo, Havana and Beirut); here the day
// begins with its first instant.
func startOfDay(year int, month time.Month, day int, loc *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, loc)
	wanted := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	begin, end := t.ZoneBounds()
	switch read := civil(t); {
	case read.Before(wanted): // midnight was skipped, and t lies before the gap
		return end
	case read.After(wanted): // midnight was skipped, and t lies behind the gap
		return begin
	case begin.IsZero():
		return t
	}
	_, offset := t.Zone()
	_, before := begin.Add(-time.Nanosecond).In(loc).Zone()
	first := t.Add(time.Duration(offset-before) * time.Second)
	if first.Before(begin) && civil(first).Equal(wanted) {
		return first // midnight comes twice, and t is the second one
	}
	return t
}

// civil returns what a clock on the wall shows at t, as if it were UTC.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
