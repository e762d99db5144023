package reports

import (
	"fmt"
	"strings"
	"time"
)

// Words returns what a figure was made from, as the lines that are printed under it: how many incidents
// of which period and filter, what was left out, and how it was computed.
func (s Source) Words() []string {
	first := []string{"n = " + Format(Count, float64(s.N))}
	if p := s.Period(); p != "" {
		first = append(first, p)
	}
	if s.Filter != "" {
		first = append(first, s.Filter)
	}
	lines := []string{strings.Join(first, " · ")}
	if out := s.leftOut(); out != "" {
		lines = append(lines, "Left out: "+out)
	}
	var last []string
	if s.Method != "" {
		last = append(last, s.Method)
	}
	if s.AsOf > 0 {
		last = append(last, "as of change "+Format(Count, float64(s.AsOf)))
	}
	if len(last) > 0 {
		lines = append(lines, strings.Join(last, " · "))
	}
	return lines
}

// Period writes the half-open period by its first and last day in the source's zone: "1 Jan 2026 – 31 Mar
// 2026 (Europe/Berlin)". Without any bound it is empty.
func (s Source) Period() string {
	zone := s.Location()
	first := func() string { return s.From.In(zone).Format("2 Jan 2006") }
	last := func() string { return s.To.Add(-time.Nanosecond).In(zone).Format("2 Jan 2006") }
	switch {
	case s.From.IsZero() && s.To.IsZero():
		return ""
	case s.From.IsZero():
		return fmt.Sprintf("until %s (%s)", last(), zone)
	case s.To.IsZero():
		return fmt.Sprintf("since %s (%s)", first(), zone)
	}
	return fmt.Sprintf("%s – %s (%s)", first(), last(), zone)
}

// Location returns the zone that periods and days are in; UTC where Zone names none that is known.
func (s Source) Location() *time.Location {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (s Source) leftOut() string {
	var words []string
	for _, l := range s.LeftOut {
		if l.N > 0 {
			words = append(words, Format(Count, float64(l.N))+" "+l.Reason)
		}
	}
	return strings.Join(words, ", ")
}
