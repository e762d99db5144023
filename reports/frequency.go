package reports

import "hindsight/analytics"

// incidentsPerMonth counts the incidents that started in each month, or longer period where months are too many.
func incidentsPerMonth(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByNothing
	all := s.Counts(q)[0]
	q.GroupBy = calendar(s, q)
	groups := s.Counts(q)
	undated := 0
	if n := len(groups); n > 0 && groups[n-1].Key == "" {
		undated, groups = groups[n-1].N, groups[:n-1]
	}

	c := Chart{
		X:      Axis{Unit: Text},
		Y:      Axis{Label: "Incidents", Unit: Count},
		Source: sourceOf(s, q, all.N, leftOut(all.LeftOut, LeftOut{Reason: "counted, but without a day to draw them at", N: undated})),
	}
	c.Source.Counted = true
	c.Source.Method, c.Source.Metric = "count with 95 % Poisson interval (Garwood)", "count"
	c.Table.Columns = append([]Column{{Key: "period", Title: "Period", Unit: Text}}, estimateColumns("incidents", "Incidents", Count)...)
	c.Table.Columns = append(c.Table.Columns, Column{Key: "observed_days", Title: "Days observed", Unit: Count})
	bars := Series{Name: "Incidents", Shape: Bars}
	for i, g := range groups {
		label := periodLabel(g.Group)
		c.X.Categories = append(c.X.Categories, label)
		if p, ok := estimated(i, false, Count, label, g.Count); ok {
			bars.Points = append(bars.Points, p)
		}
		row := append([]Cell{Str(label)}, EstimateCells(g.Count)...)
		c.Table.Rows = append(c.Table.Rows, append(row, Num(g.Days)))
	}
	c.Series = []Series{bars}
	c.Answer = frequencyAnswer(s, q, all)
	if all.N == 0 {
		c.Empty = nothing(s, q, c.Source, "Widen the period or the filter, or import incidents.")
	}
	return c
}

// frequencyAnswer judges the period against the one before, where there is one.
func frequencyAnswer(s *analytics.Snapshot, q analytics.Query, now analytics.CountGroup) string {
	c := s.Compare(q)
	if q.From.IsZero() || q.To.IsZero() || now.N == 0 || c.Missing != "" {
		return counted(now.N, "incident") + "."
	}
	return analytics.JudgeRate(s.Frequency(c.Now), s.Frequency(c.Before)).Sentence
}

// mostPeriods is how many periods one chart can show legibly.
const mostPeriods = 60

// calendar returns the finest period that gives no more than mostPeriods of them.
func calendar(s *analytics.Snapshot, q analytics.Query) analytics.Dimension {
	for _, by := range []analytics.Dimension{analytics.ByMonth, analytics.ByQuarter} {
		q.GroupBy = by
		if len(s.Counts(q)) <= mostPeriods {
			return by
		}
	}
	return analytics.ByYear
}
