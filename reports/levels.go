package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
)

// mostShifts is how many changes of level a sentence tells of; the chart shows all.
const mostShifts = 3

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

// addShifts draws changes of level at their places, several in one period as one.
func (c *Chart) addShifts(places []int) {
	for _, i := range slices.Compact(places) {
		c.Lines = append(c.Lines, Line{Axis: "x", At: float64(i), Label: "level changes"})
	}
}

// shiftWords tell of changes of level, and that a date found in the data proves nothing.
func shiftWords(said []string) string {
	text := "The level changes " + strings.Join(said[:min(len(said), mostShifts)], ", ")
	if more := len(said) - mostShifts; more > 0 {
		text += fmt.Sprintf(", and %d times more", more)
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
