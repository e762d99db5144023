package reports

import (
	"fmt"
	"slices"
	"strings"

	"hindsight/analytics"
)

// durationSurvival shows which share of incidents still goes on after a time, open ones included, now and before.
func durationSurvival(metric string) func(*analytics.Snapshot, analytics.Query) Chart {
	return func(s *analytics.Snapshot, q analytics.Query) Chart {
		m := metricOf(q, metric)
		q.Span = m.Span
		compared := s.Compare(q)
		compared.Now.Span, compared.Before.Span = m.Span, m.Span
		now := s.Durations(compared.Now)[0]
		c := Chart{
			X: Axis{Label: m.Title, Unit: Seconds, Log: true}, Y: Axis{Label: "Still going on", Unit: Share},
			Source: durationSource(s, compared.Now, m, now),
			Table: Table{Columns: []Column{{Key: "period", Title: "Period", Unit: Text}, {Key: "after_seconds", Title: "After", Unit: Seconds},
				{Key: "at_risk", Title: "Lasted as long", Unit: Count}}},
		}
		c.Table.Columns = append(c.Table.Columns, estimateColumns("still", "Still going on", Share)...)
		c.Source.N, c.Source.LeftOut = now.N+now.NOpen, withoutReason(c.Source.LeftOut, stillOpen)
		c.Source.Outcomes = append(c.Source.Outcomes, analytics.Open)
		c.Source.Method, c.Source.Metric = "Kaplan-Meier with 95 % log-log band; open incidents count as lasting at least so long", "survival"
		c.addSurvival("This period", now, false)
		said := []string{medianWords(m, now)}
		if compared.Missing == "" {
			before := s.Durations(compared.Before)[0]
			c.addSurvival("The period before", before, true)
			said = append(said, logRankWords(now, before))
		}
		c.Answer = strings.Join(said, " ")
		if now.N == 0 {
			c.Empty, c.Series = nothing(s, compared.Now, c.Source, recordEnds), nil
		}
		return c
	}
}

// addSurvival draws the curve of one period, with its band, and adds its rows.
func (c *Chart) addSurvival(name string, g analytics.DurationGroup, ghost bool) {
	if g.N == 0 {
		return
	}
	curve := g.Survival()
	line := Series{Name: fmt.Sprintf("%s (n = %d, open %d)", name, g.N+g.NOpen, g.NOpen), Shape: Steps, Ghost: ghost}
	line.Points = append(line.Points, Point{X: max(1, curve.Steps[0].Time/2), Y: 1, Label: name + ": all still go on"})
	every, drawn := max(1, len(curve.Steps)/24), 1+len(curve.Steps)/mostSteps
	for i, x := range curve.Steps {
		last, row := i == len(curve.Steps)-1, i%every == 0
		if i%drawn != 0 && !row && !last {
			continue
		}
		p := Point{X: max(1, x.Time), Y: x.Share, Label: fmt.Sprintf("%s: %s still go on after %s", name, Format(Share, x.Share), Format(Seconds, x.Time))}
		e := analytics.SurvivalShare(curve, i)
		p.Lo, p.Hi = e.Low, e.High
		line.Points = append(line.Points, p)
		if row || last {
			c.Table.Rows = append(c.Table.Rows, append([]Cell{Str(name), Num(x.Time), whole(x.AtRisk)}, EstimateCells(e)...))
		}
	}
	c.Series = append(c.Series, line)
}

func medianWords(m analytics.Metric, g analytics.DurationGroup) string {
	text := fmt.Sprintf("%s: half were over within %s", m.Title, estimateWords(Seconds, g.MedianWithOpen))
	if !g.MedianWithOpen.Known() {
		text = fmt.Sprintf("%s: the median is %s", m.Title, g.MedianWithOpen.Reason)
	}
	if g.NOpen > 0 {
		return text + fmt.Sprintf(", %s included as far as they go.", counted(g.NOpen, "open incident"))
	}
	return text + "."
}

// logRankWords say whether two curves differ by more than chance.
func logRankWords(now, before analytics.DurationGroup) string {
	test, why := analytics.CompareCurves(now, before)
	switch {
	case why != "":
		return "The curves are not compared: " + why + "."
	case test.P < 0.05:
		return "The two curves differ by more than chance (log-rank test, open incidents included)."
	}
	return "The two curves cannot be told apart (log-rank test, open incidents included)."
}

const stillOpen = "still open"

func withoutReason(left []LeftOut, reason string) []LeftOut {
	return slices.DeleteFunc(slices.Clone(left), func(l LeftOut) bool { return l.Reason == reason })
}

// durationMean gives the mean for questions of cost, now and before.
func durationMean(metric string) func(*analytics.Snapshot, analytics.Query) Chart {
	return func(s *analytics.Snapshot, q analytics.Query) Chart {
		m := metricOf(q, metric)
		q.Span = m.Span
		compared := s.Compare(q)
		now := s.Durations(compared.Now)[0]
		mean := now.CostMean()
		c := Chart{
			X: Axis{Label: m.Title + ", mean", Unit: Seconds}, Y: Axis{Unit: Text},
			Source: durationSource(s, compared.Now, m, now),
			Table:  Table{Columns: append([]Column{{Key: "period", Title: "Period", Unit: Text}, {Key: "n", Title: "Incidents", Unit: Count}}, estimateColumns("mean", "Mean", Seconds)...)},
		}
		c.Table.Columns = append(c.Table.Columns, Column{Key: "noise_seconds", Title: "Difference by chance", Unit: Seconds})
		c.Source.Method, c.Source.Metric = mean.Mean.Method, "mean_for_cost"
		marks := Series{Name: "Mean", Shape: Interval}
		add := func(label string, g analytics.DurationGroup, e analytics.CostMean) {
			if p, ok := estimated(len(c.Y.Categories), true, Seconds, label, e.Mean); ok {
				c.Y.Categories, marks.Points = append(c.Y.Categories, label), append(marks.Points, p)
			}
			noise := Missing("not estimable from " + counted(g.N, "incident"))
			if e.Noise != nil {
				noise = Num(*e.Noise)
			}
			row := append([]Cell{Str(label), whole(g.N)}, EstimateCells(e.Mean)...)
			c.Table.Rows = append(c.Table.Rows, append(row, noise))
		}
		add("This period", now, mean)
		if compared.Missing == "" {
			before := s.Durations(compared.Before)[0]
			add("The period before", before, before.CostMean())
		}
		c.Series = filled(marks)
		c.Answer = strings.Join(slices.DeleteFunc([]string{"Mean: " + estimateWords(Seconds, mean.Mean) + ".", mean.Caption,
			mean.NoiseWords(func(x float64) string { return Format(Seconds, x) })}, func(t string) bool { return t == "" }), " ")
		if len(marks.Points) == 0 {
			c.Empty = nothing(s, compared.Now, c.Source, recordEnds)
		}
		return c
	}
}
