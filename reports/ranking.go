package reports

import (
	"fmt"

	"hindsight/analytics"
)

// maxRows is how many groups a flat chart shows; its table has them all.
const maxRows = 20

// durationsBy compares groups: median and 90th percentile with their intervals, and the single incidents of
// groups that have too few for a median.
func durationsBy(metric string, by analytics.Dimension) func(*analytics.Snapshot, analytics.Query) Chart {
	return func(s *analytics.Snapshot, q analytics.Query) Chart {
		m := metricOf(q, metric)
		q.Span, q.GroupBy = m.Span, analytics.ByNothing
		all := s.Durations(q)[0]
		q.GroupBy = by
		groups := s.Durations(q)

		c := Chart{
			X: Axis{Label: m.Title, Unit: Seconds, Log: true}, Y: Axis{Unit: Text},
			Source: durationSource(s, q, m, all),
			Table:  Table{Columns: durationColumns(string(by), title(by))},
		}
		median := Series{Name: "Median", Shape: Interval}
		p90 := Series{Name: "90th percentile", Shape: Interval}
		few := Series{Name: "Each incident where they are few", Shape: Dots}
		for _, g := range groups {
			c.Table.Rows = append(c.Table.Rows, durationCells(g.Label, g))
			row := len(c.Y.Categories)
			if g.N == 0 || row == maxRows {
				continue
			}
			c.Y.Categories = append(c.Y.Categories, g.Label)
			if p, ok := estimated(row, true, Seconds, g.Label+", median", g.Median); ok {
				median.Points = append(median.Points, p)
			} else {
				for _, x := range g.Values {
					few.Points = append(few.Points, Point{X: x, Y: float64(row), Label: g.Label + ": " + Format(Seconds, x)})
				}
			}
			if p, ok := estimated(row, true, Seconds, g.Label+", 90th percentile", g.P90); ok {
				p90.Points = append(p90.Points, p)
			}
		}
		c.Series = filled(median, p90, few)
		c.Answer = longest(by, groups)
		if all.N == 0 {
			c.Empty = nothing(s, q, c.Source, recordEnds)
		}
		return c
	}
}

// filled drops the series without points.
func filled(series ...Series) []Series {
	var out []Series
	for _, s := range series {
		if len(s.Points) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// longest names the group whose median interval lies above all others; anything less is no answer.
func longest(by analytics.Dimension, groups []analytics.DurationGroup) string {
	var known []analytics.DurationGroup
	shown := 0
	for _, g := range groups {
		if g.Median.Known() {
			known = append(known, g)
		}
		if g.N > 0 {
			shown++
		}
	}
	more := ""
	if shown > maxRows {
		more = fmt.Sprintf(" Shown are the %d with most incidents of %d; the table has all.", maxRows, shown)
	}
	if len(known) < 2 {
		return fmt.Sprintf("Too few incidents to compare: %d of %s has a median.", len(known), counted(shown, string(by))) + more
	}
	top := known[0]
	for _, g := range known {
		if *g.Median.Value > *top.Median.Value {
			top = g
		}
	}
	for _, g := range known {
		if g.Key != top.Key && *g.Median.High >= *top.Median.Low {
			return fmt.Sprintf("Cannot tell: the longest median is that of %s, %s, but intervals overlap.", top.Label, estimateWords(Seconds, top.Median)) + more
		}
	}
	return fmt.Sprintf("%s: median %s, longer than any other.", top.Label, estimateWords(Seconds, top.Median)) + more
}

// title returns the heading of a column that names groups.
func title(by analytics.Dimension) string {
	switch by {
	case analytics.ByService:
		return "Service"
	case analytics.ByTeam:
		return "Team"
	case analytics.BySeverity:
		return "Severity"
	case analytics.ByPriority:
		return "Priority"
	case analytics.BySource:
		return "Source"
	case analytics.ByNothing:
		return "Scope"
	case analytics.ByWeek, analytics.ByMonth, analytics.ByQuarter, analytics.ByYear:
		return "Period"
	}
	return "Value"
}

// durationColumns are the columns of a table of durations, group by group.
func durationColumns(key, heading string) []Column {
	out := []Column{{Key: key, Title: heading, Unit: Text}, {Key: "n", Title: "Incidents", Unit: Count}}
	out = append(out, estimateColumns("median", "Median", Seconds)...)
	out = append(out, estimateColumns("p90", "90th percentile", Seconds)...)
	return append(out,
		Column{Key: "open", Title: "Still open", Unit: Count},
		Column{Key: "missing", Title: "Missing an end", Unit: Count},
		Column{Key: "invalid", Title: "End before they begin", Unit: Count},
		Column{Key: "left_out", Title: "Not counted", Unit: Count},
	)
}

func durationCells(label string, g analytics.DurationGroup) []Cell {
	out := []Cell{Str(label), whole(g.N)}
	out = append(out, EstimateCells(g.Median)...)
	out = append(out, EstimateCells(g.P90)...)
	return append(out, whole(g.NOpen), whole(g.NMissing), whole(g.NInvalid), whole(leftOutTotal(g.LeftOut)))
}
