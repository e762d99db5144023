package reports

import (
	"fmt"

	"hindsight/analytics"
)

// whenStart counts incidents by hour of the day; its table has every hour of the week.
func whenStart(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByNothing
	all := s.Counts(q)[0]
	p := s.Pattern(q)
	c := Chart{
		X: Axis{Label: "Hour of the day", Unit: Text}, Y: Axis{Label: "Incidents", Unit: Count},
		Source: sourceOf(s, q, all.N, leftOut(all.LeftOut, LeftOut{Reason: "counted, but without a start", N: all.N - p.N})),
		Answer: p.Sentence, Table: HourTable(p),
	}
	c.Source.Method, c.Source.Metric, c.Source.Counted = "counts against observed hours", "pattern", true
	for _, t := range p.Tests {
		c.Source.Method += "; " + t.Cycle + ": " + t.Method
	}
	if len(p.Tests) == 0 {
		c.Empty = nothing(s, q, c.Source, p.Sentence)
		return c
	}
	bars, even := Series{Name: "Incidents", Shape: Bars}, Series{Name: "If the hour did not matter", Shape: Connect, Ghost: true}
	exposure, total := [24]float64{}, 0.0
	for _, day := range p.Exposure {
		for h, x := range day {
			exposure[h], total = exposure[h]+x, total+x
		}
	}
	for h := range 24 {
		n := 0
		for d := range p.Hours {
			n += p.Hours[d][h]
		}
		label := fmt.Sprintf("%02d:00", h)
		c.X.Categories = append(c.X.Categories, label)
		bars.Points = append(bars.Points, Point{X: float64(h), Y: float64(n), Label: label + ": " + counted(n, "incident")})
		even.Points = append(even.Points, Point{X: float64(h), Y: float64(p.N) * exposure[h] / total})
	}
	c.Series = []Series{bars, even}
	return c
}

// HourTable lists the incidents of each weekday by hour of their start.
func HourTable(p analytics.Pattern) Table {
	t := Table{Columns: []Column{{Key: "weekday", Title: "Weekday", Unit: Text}}}
	for h := range 24 {
		t.Columns = append(t.Columns, Column{Key: fmt.Sprintf("h%02d", h), Title: fmt.Sprintf("%02d", h), Unit: Count})
	}
	if len(p.Tests) == 0 {
		return t
	}
	for d, hours := range p.Hours {
		row := []Cell{Str([]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}[d])}
		for _, n := range hours {
			row = append(row, whole(n))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
