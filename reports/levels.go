package reports

import (
	"fmt"
	"time"

	"hindsight/analytics"
)

// addLevels draws where the level of durations changes, and says so.
func (c *Chart) addLevels(l analytics.Levels, months []analytics.DurationGroup, zone *time.Location) {
	if zone == nil {
		zone = time.UTC
	}
	for _, x := range l.Shifts {
		c.Lines = append(c.Lines, Line{Axis: "x", At: float64(placeOf(x.At, months)), Label: "level changes"})
		c.Answer += " " + levelWords(x, zone)
	}
}

// levelWords describe a change of the level of durations with its own uncertainty.
func levelWords(x analytics.DurationShift, zone *time.Location) string {
	day := func(t time.Time) string { return t.In(zone).Format("2 Jan 2006") }
	when := "with the incident of " + day(x.At)
	if day(x.First) != day(x.Last) {
		when += fmt.Sprintf(" (between %s and %s)", day(x.First), day(x.Last))
	}
	return fmt.Sprintf("The level changes %s from typically %s to %s; found by %d of %d penalties. A date found in the data is no test of what happened on it.",
		when, Format(Seconds, x.Before), Format(Seconds, x.After), x.Seen, len(analytics.Penalties))
}
