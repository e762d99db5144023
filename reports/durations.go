package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// metricOf returns what a chart of durations measures: the query's span, else the metric with that id.
func metricOf(q analytics.Query, id string) analytics.Metric {
	if len(q.Span.From) > 0 {
		id = q.Span.String()
	}
	for _, m := range analytics.Metrics() {
		if len(m.Span.From) > 0 && m.Span.String() == id {
			return m
		}
	}
	m, err := analytics.FindMetric(id)
	if err != nil { // a span that is put together by hand and has no name
		m = analytics.Metric{ID: id, Title: id, Span: q.Span, Unit: analytics.Seconds, FewerIsBetter: true}
	}
	if q.Calendar != nil {
		m.Calendar, m.Title = q.Calendar, m.Title+" in business time"
	}
	return m
}

// durationSource describes a figure of durations.
func durationSource(s *analytics.Snapshot, q analytics.Query, m analytics.Metric, g analytics.DurationGroup) Source {
	src := sourceOf(s, q, g.N, leftOut(g.LeftOut,
		LeftOut{Reason: stillOpen, N: g.NOpen, Outcome: analytics.Open},
		LeftOut{Reason: "no " + endWords(m.Span), N: g.NMissing, Outcome: analytics.Missing},
		LeftOut{Reason: "end before they begin", N: g.NInvalid, Outcome: analytics.Invalid},
	))
	src.Measures, src.Outcomes, src.Counted = m.ID, []analytics.Outcome{analytics.Recorded}, true
	src.Metric = m.ID
	src.Method = m.Title + ": " + g.Median.Method
	return src
}

// endWords names the two ends of a span: "opening or resolution time".
func endWords(s incident.Span) string {
	var words []string
	for _, name := range slices.Concat(s.From, s.To) {
		words = append(words, milestoneNoun(name))
	}
	return strings.Join(words, " or ") + " time"
}

func milestoneNoun(name incident.MilestoneName) string {
	switch name {
	case incident.Opened:
		return "opening"
	case incident.Detected:
		return "detection"
	case incident.Acked:
		return "acknowledgement"
	case incident.MitigatedAt:
		return "mitigation"
	case incident.ResolvedAt:
		return "resolution"
	case incident.ClosedAt:
		return "closing"
	}
	return strings.ReplaceAll(string(name), "_", " ")
}

const recordEnds = "Durations need both ends: map the fields that hold them, or set them on the incidents' pages."

// durationDots shows every incident as a dot in its month or longer period, with quartiles where there are enough.
func durationDots(metric string) func(*analytics.Snapshot, analytics.Query) Chart {
	return func(s *analytics.Snapshot, q analytics.Query) Chart {
		m := metricOf(q, metric)
		q.Span, q.GroupBy = m.Span, analytics.ByNothing
		all := s.Durations(q)[0]
		q.GroupBy = calendar(s, q)
		months := s.Durations(q)
		if n := len(months); n > 0 && months[n-1].Key == "" {
			months = months[:n-1] // without a day to draw them at
		}

		c := Chart{
			X: Axis{Unit: Text}, Y: Axis{Label: m.Title, Unit: Seconds, Log: true},
			Source: durationSource(s, q, m, all), Answer: durationAnswer(s, q, m, all),
			Table: Table{Columns: durationColumns("period", "Period")},
		}
		boxes := Series{Name: "Quartiles and median", Shape: Box}
		for i, g := range months {
			label := periodLabel(g.Group)
			c.X.Categories = append(c.X.Categories, label)
			c.Table.Rows = append(c.Table.Rows, durationCells(label, g))
			if g.Median.Known() {
				lo, hi := g.NearestRank(0.25), g.NearestRank(0.75)
				boxes.Points = append(boxes.Points, Point{
					X: float64(i), Y: *g.Median.Value, Lo: lo, Hi: hi,
					Label: fmt.Sprintf("%s: half took %s to %s, median %s, n = %d", label, Format(Seconds, *lo), Format(Seconds, *hi), estimateWords(Seconds, g.Median), g.N),
				})
			}
		}
		recorded := s.Dots(q, analytics.Recorded)
		c.Series = []Series{{Name: "Each incident", Shape: Dots, Points: dots(s, q, recorded, months)}}
		if all.NOpen > 0 {
			c.Series = append(c.Series, Series{Name: "Still open, so far", Shape: OpenDots, Points: dots(s, q, s.Dots(q, analytics.Open), months)})
		}
		if len(boxes.Points) > 0 {
			c.Series = append(c.Series, boxes)
		}
		for _, x := range []struct {
			name string
			analytics.Estimate
		}{{"median of all", all.Median}, {"90th percentile of all", all.P90}} {
			if x.Known() {
				c.Lines = append(c.Lines, Line{Axis: "y", At: *x.Value, Label: x.name})
			}
		}
		c.addLevels(analytics.LevelsOf(recorded), months, q.Location)
		if all.N+all.NOpen == 0 {
			c.Empty = nothing(s, q, c.Source, recordEnds)
		}
		return c
	}
}

// mostNamed is how many dots say which incident they are and lead to it. Of more, which lie upon each other, the longest do.
const mostNamed = 1500

// dots puts the incidents into the months that they started in.
func dots(s *analytics.Snapshot, q analytics.Query, all []analytics.Dot, months []analytics.DurationGroup) []Point {
	out, month := make([]Point, len(all)), 0
	for i, d := range all {
		if at := d.StartedAt(); month >= len(months) || at.Before(months[month].From) || !at.Before(months[month].To) {
			month = placeOf(at, months) // they are in order, so that the next one is in the same month as a rule
		}
		out[i] = Point{X: float64(month), Y: d.Seconds}
	}
	named := analytics.Longest(all, mostNamed)
	for k, x := range s.CasesOf(q, all, named) {
		out[named[k]].Label, out[named[k]].Link = caseLabel(x), "/incidents/"+string(x.ID)
	}
	return out
}

// placeOf returns the place of the period that an instant lies in, the last one for an instant in none.
func placeOf(at time.Time, months []analytics.DurationGroup) int {
	i, found := slices.BinarySearchFunc(months, at, func(g analytics.DurationGroup, at time.Time) int {
		switch {
		case g.From.IsZero(), g.From.After(at): // the group without a start is the last one
			return 1
		case !g.To.After(at):
			return -1
		}
		return 0
	})
	if !found {
		i = len(months) - 1
	}
	return i
}

func caseLabel(x analytics.Case) string {
	text := fmt.Sprintf("%s %s: %s", cmp.Or(x.Number, string(x.ID)), x.Title, Format(Seconds, x.Seconds))
	if x.Outcome == analytics.Open {
		text += " so far"
	}
	return text
}

// durationAnswer judges the period against the one before; without one it says what is.
func durationAnswer(s *analytics.Snapshot, q analytics.Query, m analytics.Metric, all analytics.DurationGroup) string {
	if all.N+all.NOpen == 0 {
		return ""
	}
	said := []string{fmt.Sprintf("%s: median %s.", m.Title, estimateWords(Seconds, all.Median))}
	if all.P90.Known() {
		said = append(said, fmt.Sprintf("One in ten took longer than %s.", estimateWords(Seconds, all.P90)))
	}
	if c := s.Compare(q); !q.From.IsZero() && !q.To.IsZero() && c.Missing == "" {
		said = append(said, s.Verdict(c, m).Sentence)
	}
	return strings.Join(said, " ")
}

// durationShares shows which share of incidents was done within any time, with the period before behind it.
func durationShares(metric string) func(*analytics.Snapshot, analytics.Query) Chart {
	return func(s *analytics.Snapshot, q analytics.Query) Chart {
		m := metricOf(q, metric)
		q.Span, q.GroupBy = m.Span, analytics.ByNothing
		now := s.Durations(q)[0]
		c := Chart{
			X:      Axis{Label: m.Title, Unit: Seconds, Log: true},
			Y:      Axis{Label: "Share of incidents", Unit: Share},
			Source: durationSource(s, q, m, now), Answer: durationAnswer(s, q, m, now),
			Series: []Series{{Name: "This period", Shape: Steps, Points: steps(now.Values)}},
			Table: Table{Columns: []Column{
				{Key: "share", Title: "Share of incidents", Unit: Share}, {Key: "within_seconds", Title: "Within", Unit: Seconds},
			}},
		}
		c.Source.Method = m.Title + ": share of incidents at or below each value"
		ghost := analytics.DurationGroup{}
		if !q.From.IsZero() && !q.To.IsZero() {
			ghost = s.Durations(q.Previous())[0]
			c.Table.Columns = append(c.Table.Columns, Column{Key: "before_within_seconds", Title: "The period before", Unit: Seconds})
		}
		if ghost.N > 0 {
			c.Series = append(c.Series, Series{Name: fmt.Sprintf("The period before (n = %d)", ghost.N), Shape: Steps, Ghost: true, Points: steps(ghost.Values)})
		}
		c.Table.Rows = shareRows(now, ghost, len(c.Table.Columns) > 2)
		if now.N == 0 {
			c.Empty = nothing(s, q, c.Source, recordEnds)
		}
		return c
	}
}

// steps turns ascending values into their distribution function: one point per distinct value, or where there are more than an eye
// can tell apart, one for each so many.
func steps(values []float64) []Point {
	var out []Point
	drawn, every := 0, 1+len(values)/mostSteps
	for i, v := range values {
		if i+1 < len(values) && (values[i+1] == v || i+1 < drawn+every && every > 1 && drawn > 0) {
			continue
		}
		drawn = i + 1
		y := float64(i+1) / float64(len(values))
		if len(out) == 0 {
			out = append(out, Point{X: v, Y: 0, Label: "none below " + Format(Seconds, v)})
		}
		out = append(out, Point{X: v, Y: y, Label: Format(Share, y) + " within " + Format(Seconds, v)})
	}
	return out
}

func shareRows(now, before analytics.DurationGroup, compare bool) [][]Cell {
	var rows [][]Cell
	for _, p := range []float64{0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1} {
		row := []Cell{Num(p), rank(now, p)}
		if compare {
			row = append(row, rank(before, p))
		}
		rows = append(rows, row)
	}
	return rows
}

func rank(g analytics.DurationGroup, p float64) Cell {
	if x := g.NearestRank(p); x != nil {
		return Num(*x)
	}
	return Missing("no incident")
}
