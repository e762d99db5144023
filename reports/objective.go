package reports

import (
	"fmt"

	"hindsight/analytics"
)

// Budget shows what was spent of an error budget over its window, beside the whole of it. name is the objective's.
func Budget(s *analytics.Snapshot, name string, b analytics.Budget) Chart {
	c := Chart{ID: "error-budget", Title: "How was the error budget of " + name + " spent?",
		X: Axis{Label: "Time", Unit: Instant}, Y: Axis{Label: "Spent", Unit: Seconds},
		Source: Source{From: b.From, To: b.To, Zone: b.Objective.Window.Location().String(), Filter: "service " + s.Name(b.Objective.Service), N: b.Consumed.N,
			Method: b.Consumed.Method, Metric: "error_budget", AsOf: s.AsOf()},
		Table: Table{Columns: []Column{{Key: "at", Title: "Until", Unit: Instant}, {Key: "spent_seconds", Title: "Spent", Unit: Seconds}, {Key: "left_seconds", Title: "Left", Unit: Seconds}}}}
	for _, l := range b.Unclear.LeftOut {
		c.Source.LeftOut = append(c.Source.LeftOut, LeftOut{Reason: l.Reason, N: l.N})
	}
	if n := b.Unclear.Unknown(); n > 0 {
		c.Source.LeftOut = append(c.Source.LeftOut, LeftOut{Reason: "impact not known", N: n})
	}
	c.Table.ID, c.Table.Title, c.Table.Source = c.ID, c.Title, c.Source
	if len(b.Steps) == 0 {
		c.Empty = "There is no budget to show: " + b.Consumed.Reason + "."
		return c
	}
	spent := Series{Name: "Spent", Shape: Steps}
	whole := b.Allowed.Seconds()
	for _, x := range b.Steps {
		took := max(0, whole-x.Remaining)
		spent.Points = append(spent.Points, Point{X: float64(x.At.Unix()), Y: took, Label: fmt.Sprintf("%s spent until %s", Format(Seconds, took), x.At.In(c.Source.Location()).Format("2 Jan 15:04"))})
		c.Table.Rows = append(c.Table.Rows, []Cell{Num(float64(x.At.Unix())), Num(took), Num(x.Remaining)})
	}
	c.Series = []Series{spent}
	c.Lines = []Line{{Axis: "y", At: whole, Label: "budget " + Format(Seconds, whole)}}
	c.Answer = fmt.Sprintf("%s of %s spent.", Format(Seconds, *b.Consumed.Value), Format(Seconds, whole))
	return c
}
