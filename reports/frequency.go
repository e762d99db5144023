package reports

import "hindsight/analytics"

// incidentsPerMonth counts the incidents that started in each month.
func incidentsPerMonth(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByNothing
	all := s.Counts(q)[0]
	q.GroupBy = analytics.ByMonth
	groups := s.Counts(q)

	c := Chart{
		X:      Axis{Unit: Text},
		Y:      Axis{Label: "Incidents", Unit: Count},
		Source: sourceOf(s, q, all.N, leftOut(all.LeftOut)),
	}
	c.Source.Method, c.Source.Metric = "count with 95 % Poisson interval (Garwood)", "count"
	c.Table.Columns = append([]Column{{Key: "month", Title: "Month", Unit: Text}}, estimateColumns("incidents", "Incidents", Count)...)
	c.Table.Columns = append(c.Table.Columns, Column{Key: "observed_days", Title: "Days observed", Unit: Count})
	bars := Series{Name: "Incidents", Shape: Bars}
	for i, g := range groups {
		label := periodLabel(g.Group)
		c.X.Categories = append(c.X.Categories, label)
		if p, ok := estimated(i, false, Count, label, g.Count); ok {
			bars.Points = append(bars.Points, p)
		}
		row := append([]Cell{Str(label)}, estimateCells(g.Count)...)
		c.Table.Rows = append(c.Table.Rows, append(row, Num(g.Days)))
	}
	c.Series = []Series{bars}
	c.Answer = frequencyAnswer(s, q, all)
	if all.N == 0 {
		c.Empty = nothing(c.Source, "Widen the period or the filter, or import incidents.")
	}
	return c
}

// frequencyAnswer judges the period against the one before, where there is one.
func frequencyAnswer(s *analytics.Snapshot, q analytics.Query, now analytics.CountGroup) string {
	if q.From.IsZero() || q.To.IsZero() || now.N == 0 {
		return counted(now.N, "incident") + "."
	}
	q.GroupBy = analytics.ByNothing
	before := s.Counts(q.Previous())[0]
	return analytics.JudgeRate(now.N, now.Days, before.N, before.Days).Sentence
}
