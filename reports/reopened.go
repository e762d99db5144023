package reports

import (
	"fmt"

	"hindsight/analytics"
)

// reopenedByMonth shows which share of resolved incidents came back.
func reopenedByMonth(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByNothing
	all := s.Reopened(q)[0]
	q.GroupBy = calendar(s, q)
	c := Chart{
		X: Axis{Unit: Text}, Y: Axis{Label: "Share that came back", Unit: Share},
		Source: sourceOf(s, q, all.Resolved, leftOut(all.LeftOut,
			LeftOut{Reason: "not resolved yet", N: all.Open},
			LeftOut{Reason: "without a history of states", N: all.Missing})),
		Table: Table{Columns: append([]Column{{Key: "period", Title: "Period", Unit: Text}}, reopenedColumns()...)},
	}
	c.Source.Method, c.Source.Metric = "reopened / resolved with 95 % Wilson interval", "reopened"
	marks := Series{Name: "Share that came back", Shape: Interval}
	top := 0.0
	for i, g := range s.Reopened(q) {
		if g.Key == "" {
			continue // without a day to draw them at
		}
		label := periodLabel(g.Group)
		c.X.Categories = append(c.X.Categories, label)
		if p, ok := estimated(i, false, Share, label, g.Rate); ok {
			marks.Points = append(marks.Points, p)
			top = max(top, *g.Rate.High)
		}
		c.Table.Rows = append(c.Table.Rows, append([]Cell{Str(label)}, reopenedCells(g)...))
	}
	c.Series = filled(marks)
	if len(c.Series) == 0 {
		c.Empty = nothing(s, q, c.Source, "Only sources with a history of states show what came back.")
		return c
	}
	c.Y.Max = ceiling(top)
	c.Answer = fmt.Sprintf("%s of %s came back: %s.", Format(Count, float64(all.Reopened)), counted(all.Resolved, "resolved incident"), estimateWords(Share, all.Rate))
	return c
}

// ceiling returns where an axis of small shares ends: at the first of 5, 10, 20, 30, 50 and 100 % above x.
func ceiling(x float64) *float64 {
	for _, top := range []float64{0.05, 0.1, 0.2, 0.3, 0.5} {
		if x <= top {
			return &top
		}
	}
	all := 1.0
	return &all
}

func reopenedColumns() []Column {
	return append(estimateColumns("reopened", "Share that came back", Share),
		Column{Key: "reopened", Title: "Reopened", Unit: Count},
		Column{Key: "resolved", Title: "Resolved", Unit: Count},
		Column{Key: "returns", Title: "Returns in all", Unit: Count},
		Column{Key: "open", Title: "Not resolved yet", Unit: Count},
		Column{Key: "missing", Title: "Without a history", Unit: Count},
	)
}

func reopenedCells(g analytics.ReopenedGroup) []Cell {
	return append(EstimateCells(g.Rate), whole(g.Reopened), whole(g.Resolved), whole(g.Returns), whole(g.Open), whole(g.Missing))
}
