package reports

import (
	"fmt"

	"hindsight/analytics"
)

// scanServices shows which services changed, the number of questions considered: the ratio of rates and of durations of those
// that are marked; its table has all that were looked at.
func scanServices(s *analytics.Snapshot, q analytics.Query) Chart {
	m := metricOf(q, timeToResolve)
	scan := s.Scan(q, m)
	all := s.Counts(scan.Comparison.Now)[0]
	c := Chart{X: Axis{Label: "Now divided by before", Unit: Count}, Y: Axis{Unit: Text}, Source: sourceOf(s, scan.Comparison.Now, all.N, leftOut(all.LeftOut)),
		Lines: []Line{{Axis: "x", At: 1, Label: "no change"}},
		Table: Table{Columns: []Column{{Key: "service", Title: "Service", Unit: Text}, {Key: "question", Title: "Question", Unit: Text}}}}
	c.Table.Columns = append(c.Table.Columns, estimateColumns("ratio", "Now divided by before", Count)...)
	c.Table.Columns = append(c.Table.Columns, Column{Key: "q", Title: "q", Unit: Count}, Column{Key: "marked", Title: "Marked", Unit: Text})
	c.Source.Method, c.Source.Metric, c.Source.Counted = "rates and Mann-Whitney, Benjamini-Hochberg at q = 0.10", "scan", true
	marks := Series{Name: "Changed", Shape: Interval}
	for _, row := range scan.Services {
		for _, x := range []struct {
			question string
			mark     *analytics.ScanMark
		}{{"how often", row.Rate}, {"how long", row.Duration}} {
			if x.mark == nil {
				continue
			}
			name, said := s.Name(row.Service), "no"
			if x.mark.Marked {
				said = "yes"
				if p, ok := estimated(len(c.Y.Categories), true, Count, name+", "+x.question, x.mark.Verdict.Ratio); ok && len(c.Y.Categories) < maxRows {
					c.Y.Categories, marks.Points = append(c.Y.Categories, name+", "+x.question), append(marks.Points, p)
				}
			}
			cells := append([]Cell{Str(name), Str(x.question)}, EstimateCells(x.mark.Verdict.Ratio)...)
			c.Table.Rows = append(c.Table.Rows, append(cells, Num(x.mark.Q), Str(said)))
		}
	}
	c.Series = filled(marks)
	c.Answer = fmt.Sprintf("%s looked at, %s asked: %s changed by more than the number of questions explains.", counted(scan.Looked, "service"), counted(scan.Tests, "question"), Format(Count, float64(scan.Marked)))
	switch {
	case scan.Comparison.Missing != "":
		c.Answer, c.Empty = "", "Services were not compared: "+scan.Comparison.Missing+"."
	case len(marks.Points) == 0:
		c.Empty = c.Answer + fmt.Sprintf(" Too few incidents: %s; without a record of both periods: %d.", counted(scan.TooFew, "service"), scan.Uncovered)
	}
	return c
}
