package reports

import (
	"fmt"
	"slices"
	"time"

	"hindsight/analytics"
)

// addLevels draws where the level of durations changes, and says so.
func (c *Chart) addLevels(l analytics.Levels, months []analytics.DurationGroup, zone *time.Location) {
	var places []int
	var said []string
	for _, x := range l.Shifts {
		places = append(places, placeOf(x.At, months))
		said = append(said, levelWords(x, zone))
	}
	c.addShifts(places)
	if len(said) > 0 {
		c.Answer += " " + shiftWords(said)
	}
}

// addShifts draws changes of level at their places, several in one period as one. Only the last has a label: those of
// neighbours would lie on each other.
func (c *Chart) addShifts(places []int) {
	places = slices.Compact(places)
	for n, i := range places {
		line := Line{Axis: "x", At: float64(i)}
		if n == len(places)-1 {
			line.Label = "level changes"
		}
		c.Lines = append(c.Lines, line)
	}
}

// shiftWords tell of the last change of level and how many were before it, and that a date found in the data proves nothing.
func shiftWords(said []string) string {
	text := "The level changes " + said[len(said)-1]
	switch before := len(said) - 1; {
	case before == 1:
		text += ", and once before"
	case before > 1:
		text += fmt.Sprintf(", and %d times before", before)
	}
	dates := "A date found in the data is"
	if len(said) > 1 {
		dates = "Dates found in the data are"
	}
	return text + ". " + dates + " no test of what happened then."
}

// levelWords describe a change of the level of durations with its own uncertainty.
func levelWords(x analytics.DurationShift, zone *time.Location) string {
	return fmt.Sprintf("with the incident of %s from typically %s to %s (found by %d of %d penalties)",
		dayBetween(x.At, x.First, x.Last, zone), Format(Seconds, x.Before), Format(Seconds, x.After), x.Seen, len(analytics.Penalties))
}

// dayBetween writes a day with those between which it could lie as well; a nil zone is UTC.
func dayBetween(at, first, last time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	day := func(t time.Time) string { return t.In(zone).Format("2 Jan 2006") }
	if day(first) == day(last) {
		return day(at)
	}
	return fmt.Sprintf("%s (between %s and %s)", day(at), day(first), day(last))
}
