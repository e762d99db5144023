package reports

import (
	"cmp"
	"fmt"
	"slices"

	"hindsight/analytics"
)

// mostTime shows where the time of incidents goes: how long those of each group lasted together, most first (a Pareto chart), and what share of all
// that is. A total that a single incident makes up is told by the longest beside it.
func mostTime(metric string, by analytics.Dimension) func(*analytics.Snapshot, analytics.Query) Chart {
	return func(s *analytics.Snapshot, q analytics.Query) Chart {
		m := metricOf(q, metric)
		q.Span, q.GroupBy = m.Span, analytics.ByNothing
		all := s.Durations(q)[0]
		q.GroupBy = by
		groups := s.Durations(q)
		slices.SortStableFunc(groups, func(a, b analytics.DurationGroup) int { return cmp.Compare(b.Lasted(), a.Lasted()) })
		c := Chart{X: Axis{Label: m.Title + ", added up", Unit: Seconds}, Y: Axis{Unit: Text}, Source: durationSource(s, q, m, all),
			Table: Table{Columns: []Column{{Key: string(by), Title: title(by), Unit: Text}, {Key: "n", Title: "Incidents", Unit: Count}, {Key: "total_seconds", Title: "Together", Unit: Seconds},
				{Key: "of_all_share", Title: "Of all", Unit: Share}, {Key: "so_far_share", Title: "With those above", Unit: Share}, {Key: "longest_seconds", Title: "Longest", Unit: Seconds}, {Key: "not_measured", Title: "Not measured", Unit: Count}}}}
		whole, soFar := 0., 0.
		for _, g := range groups {
			whole += g.Lasted()
		}
		bars := Series{Name: "Together", Shape: Bars}
		vital, named, most := 0, 0, ""
		for _, g := range groups {
			took := g.Lasted()
			if took == 0 {
				continue
			}
			if g.Key != "" {
				if named++; named == 1 {
					most = fmt.Sprintf("%s, with %s", g.Label, Format(Share, took/whole))
				}
				if soFar < 0.8*whole {
					vital++
				}
			}
			soFar += took
			share := took / whole
			c.Table.Rows = append(c.Table.Rows, []Cell{Str(g.Label), Num(float64(g.N)), Num(took), Num(share), Num(soFar / whole), Num(g.Values[len(g.Values)-1]), Num(float64(g.NOpen + g.NMissing + g.NInvalid))})
			if row := len(c.Y.Categories); row < maxRows {
				c.Y.Categories = append(c.Y.Categories, g.Label)
				bars.Points = append(bars.Points, Point{X: took, Y: float64(row), Label: fmt.Sprintf("%s: %s in %s, %s of all", g.Label, Format(Seconds, took), counted(g.N, "incident"), Format(Share, share))})
			}
		}
		c.Series = filled(bars)
		c.Source.Method = "durations added up; counted, not sampled: no interval"
		if len(c.Table.Rows) == 0 {
			c.Empty = nothing(s, q, c.Source, recordEnds)
			return c
		}
		c.Answer = fmt.Sprintf("None of it is told by %s.", by)
		if named > 0 {
			c.Answer = fmt.Sprintf("%s of %s with measured time make up four fifths of it; most has %s.", Format(Count, float64(vital)), counted(named, string(by)), most)
		}
		if by == analytics.ByService {
			c.Answer += " An incident of several services is in each of them."
		}
		return c
	}
}
