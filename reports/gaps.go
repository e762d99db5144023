package reports

import (
	"fmt"
	"math"
	"time"

	"hindsight/analytics"
)

// mostSteps is how many steps of a line an eye can tell apart.
const mostSteps = 1000

// gapsGrow counts incidents up over time: a straight line means that they come as often as ever.
func gapsGrow(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByNothing
	all := s.Counts(q)[0]
	g := s.Gaps(q)
	c := Chart{
		X: Axis{Unit: Instant}, Y: Axis{Label: "Incidents so far", Unit: Count},
		Source: sourceOf(s, q, all.N, leftOut(all.LeftOut, LeftOut{Reason: "counted, but without a start", N: all.N - len(g.Starts)})),
		Table:  soFar(s, q),
	}
	c.Source.Method, c.Source.Metric, c.Source.Counted = "Laplace and Lewis-Robinson tests for a trend", "trend", true
	c.Answer = g.Sentence
	if len(g.Starts) == 0 || !g.From.Before(g.To) {
		c.Empty = nothing(s, q, c.Source, "A trend needs several incidents with a start.")
		return c
	}
	line := Series{Name: "Incidents so far", Shape: Steps}
	if !g.ByFailure {
		line.Points = append(line.Points, Point{X: float64(g.From.Unix()), Label: "none yet"})
	}
	every := 1 + len(g.Starts)/mostSteps
	for i, t := range g.Starts {
		if i%every != 0 && i != len(g.Starts)-1 {
			continue
		}
		line.Points = append(line.Points, Point{X: float64(t.Unix()), Y: float64(i + 1), Label: FormatTime(t.In(c.Source.Location())) + ": " + counted(i+1, "incident") + " so far"})
	}
	n := float64(len(g.Starts))
	if !g.ByFailure {
		line.Points = append(line.Points, Point{X: float64(g.To.Unix()), Y: n, Label: counted(len(g.Starts), "incident") + " in all"})
	}
	even := Series{Name: "If they came evenly", Shape: Steps, Ghost: true, Points: slope(g.From, g.To, func(share float64) float64 { return n * share })}
	c.Series = filled(line, even)
	if g.Growth != nil {
		c.addGrowth(g)
	}
	return c
}

// soFar lists how many incidents there were up to the end of each period.
func soFar(s *analytics.Snapshot, q analytics.Query) Table {
	t := Table{Columns: []Column{{Key: "period", Title: "Period", Unit: Text}, {Key: "incidents", Title: "Incidents", Unit: Count}, {Key: "so_far", Title: "So far", Unit: Count}}}
	q.GroupBy = calendar(s, q)
	total := 0
	for _, g := range s.Counts(q) {
		total += g.N
		t.Rows = append(t.Rows, []Cell{Str(periodLabel(g.Group)), whole(g.N), whole(total)})
	}
	return t
}

// slope samples a curve over a stretch of time; at takes the share of the stretch.
func slope(from, to time.Time, at func(share float64) float64) []Point {
	const parts = 100
	var out []Point
	for i := range parts + 1 {
		share := float64(i) / parts
		t := from.Add(time.Duration(share * float64(to.Sub(from))))
		out = append(out, Point{X: float64(t.Unix()), Y: at(share)})
	}
	return out
}

// addGrowth draws the power law from the beginning of the programme on, where it could be fitted.
func (c *Chart) addGrowth(g analytics.Gaps) {
	c.Answer += " " + g.Growth.Sentence
	if !g.Growth.Beta.Known() {
		return
	}
	c.Source.Method += "; " + g.Growth.Beta.Method
	before := len(g.Starts) - g.Growth.N
	days := g.To.Sub(g.Growth.Begin).Hours() / 24
	fit := g.Growth.Fit
	c.Series = append(c.Series, Series{Name: fmt.Sprintf("Power law, growth parameter %.2f", *g.Growth.Beta.Value), Shape: Steps,
		Points: slope(g.Growth.Begin, g.To, func(share float64) float64 {
			return float64(before) + fit.Lambda*math.Pow(days*share, fit.Beta)
		})})
	if !g.Growth.Begin.Before(g.From) {
		c.Lines = append(c.Lines, Line{Axis: "x", At: float64(g.Growth.Begin.Unix()), Label: "programme"})
	}
}
