package reports

import (
	"fmt"
	"strings"

	"hindsight/analytics"
)

// howOften counts incidents per period beside the range that all other periods lead one to expect, with changes of level.
func howOften(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByNothing
	all := s.Counts(q)[0]
	compared := s.Compare(q)
	q.GroupBy = finest(s, q)
	r := s.Rhythm(q)
	drawn := 0
	c := Chart{X: Axis{Unit: Text}, Y: Axis{Label: "Incidents", Unit: Count}}
	c.Table.Columns = []Column{{Key: "period", Title: "Period", Unit: Text}, {Key: "incidents", Title: "Incidents", Unit: Count},
		{Key: "expected", Title: "Expected from the others", Unit: Count}, {Key: "expected_low", Title: "9 of 10 cases, from", Unit: Count},
		{Key: "expected_high", Title: "9 of 10 cases, to", Unit: Count}, {Key: "observed_days", Title: "Days observed", Unit: Count}}
	bars := Series{Name: "Incidents", Shape: Bars}
	band := Series{Name: "Expected in 9 of 10 cases", Shape: Interval}
	for i, g := range r.Counts {
		label, x := periodLabel(g.Group), r.Expected[i]
		c.X.Categories = append(c.X.Categories, label)
		bars.Points = append(bars.Points, Point{X: float64(i), Y: float64(g.N), Label: label + ": " + counted(g.N, "incident")})
		row := []Cell{Str(label), whole(g.N), Missing("nothing to compare with"), Missing("nothing to compare with"), Missing("nothing to compare with"), Num(g.Days)}
		if x.Known {
			lo, hi := float64(x.Low), float64(x.High)
			band.Points = append(band.Points, Point{X: float64(i), Y: x.Mean, Lo: &lo, Hi: &hi,
				Label: fmt.Sprintf("%s: the other periods lead one to expect %d to %d", label, x.Low, x.High)})
			row[2], row[3], row[4] = Num(x.Mean), Num(lo), Num(hi)
		}
		c.Table.Rows = append(c.Table.Rows, row)
		drawn += g.N
	}
	var places []int
	for _, x := range r.Shifts {
		for i, g := range r.Counts {
			if !x.At.Before(g.From) && x.At.Before(g.To) {
				places = append(places, i)
			}
		}
	}
	c.addShifts(places)
	c.Source = sourceOf(s, q, all.N, leftOut(all.LeftOut, LeftOut{Reason: "counted, but without a day to draw them at", N: all.N - drawn}))
	c.Source.Method, c.Source.Metric, c.Source.Counted = rhythmMethod(r), "frequency", true
	c.Series = filled(bars, band)
	c.Answer = strings.Join(append(rateWords(s, compared), rhythmWords(r, q)...), " ")
	if all.N == 0 {
		c.Empty = nothing(s, q, c.Source, "Widen the period or the filter, or import incidents.")
	}
	return c
}

func rhythmMethod(r analytics.Rhythm) string {
	if r.Clustered {
		return "90 % predictive range, negative binomial: each period from all others"
	}
	return "90 % predictive range, gamma-Poisson: each period from all others"
}

// rateWords judge the rate against the period before, where there is one.
func rateWords(s *analytics.Snapshot, c analytics.Comparison) []string {
	if c.Missing != "" {
		return nil
	}
	return []string{analytics.JudgeRate(s.Frequency(c.Now), s.Frequency(c.Before)).Sentence}
}

// rhythmWords say which periods stand out, whether counts cluster, and where their level changes.
func rhythmWords(r analytics.Rhythm, q analytics.Query) []string {
	outside, known := 0, 0
	for _, x := range r.Expected {
		if x.Known {
			known++
		}
		if x.Outside {
			outside++
		}
	}
	var out []string
	if known > 1 {
		out = append(out, fmt.Sprintf("%s of %s outside what the others lead one to expect; about one in ten does so by chance.", counted(outside, "period"), Format(Count, float64(known))+lies(outside)))
	}
	if r.Weeks < 2 {
		return out
	}
	if r.Clustered {
		out = append(out, fmt.Sprintf("Weekly counts vary %.1f times as much as chance alone makes them: incidents come in clusters, or their level changed.", r.Dispersion.Index))
	}
	var said []string
	for _, x := range r.Shifts {
		said = append(said, rateShiftWords(x, q))
	}
	if len(said) > 0 {
		out = append(out, shiftWords(said))
	}
	return out
}

func lies(n int) string {
	if n == 1 {
		return " lies"
	}
	return " lie"
}

// rateShiftWords describe a change of the rate with its own uncertainty.
func rateShiftWords(x analytics.RateShift, q analytics.Query) string {
	return fmt.Sprintf("in the week of %s from %s to %s incidents a week (found by %d of %d penalties)",
		dayBetween(x.At, x.First, x.Last, q.Location), Format(Count, x.Before), Format(Count, x.After), x.Seen, len(analytics.Penalties))
}

// finest returns the shortest period that gives no more than mostPeriods of them.
func finest(s *analytics.Snapshot, q analytics.Query) analytics.Dimension {
	q.GroupBy = analytics.ByWeek
	if len(s.Counts(q)) <= mostPeriods {
		return analytics.ByWeek
	}
	return calendar(s, q)
}
