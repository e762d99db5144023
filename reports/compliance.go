package reports

import (
	"fmt"
	"slices"

	"hindsight/analytics"
)

const setTargets = "Add a contract under service levels, or import a source that states its own."

// complianceByMonth shows how each promise was kept, month by month, or by longer periods where months are too many.
func complianceByMonth(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = calendar(s, q)
	return compliance(s, q, false)
}

// complianceByPriority shows how each promise was kept, priority by priority.
func complianceByPriority(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByPriority
	return compliance(s, q, true)
}

// compliance draws the share of clocks that were met, with its Wilson interval, one series per promise.
func compliance(s *analytics.Snapshot, q analytics.Query, flat bool) Chart {
	by := q.GroupBy
	groups := s.SLA(q, s.Agreements())
	q.GroupBy = analytics.ByNothing
	totals := s.SLA(q, s.Agreements())
	q.GroupBy = by

	places := placesOf(groups, flat)
	c := Chart{X: Axis{Unit: Text}, Y: Axis{Label: "Clocks met", Unit: Share}, Source: complianceSource(s, q, totals)}
	for _, p := range places {
		c.X.Categories = append(c.X.Categories, periodLabel(p))
	}
	if flat {
		c.X, c.Y = c.Y, c.X
	}
	c.Series = complianceSeries(groups, places, flat)
	c.Lines = goals(totals, flat)
	c.Table = Table{Columns: complianceColumns(by), Rows: complianceRows(groups)}
	c.Answer = complianceAnswer(totals)
	if len(c.Series) == 0 {
		c.Empty = nothing(s, q, c.Source, setTargets)
	}
	return c
}

// placesOf lists the groups that occur, in their order; a flat chart has room for maxRows.
func placesOf(groups []analytics.ComplianceGroup, flat bool) []analytics.Group {
	var out []analytics.Group
	for _, g := range groups {
		if flat && (g.Met+g.Breached == 0 || len(out) == maxRows) || !flat && g.Key == "" {
			continue
		}
		if !slices.ContainsFunc(out, func(o analytics.Group) bool { return o.Key == g.Key }) {
			out = append(out, g.Group)
		}
	}
	slices.SortStableFunc(out, func(a, b analytics.Group) int { return a.From.Compare(b.From) })
	return out
}

func complianceSeries(groups []analytics.ComplianceGroup, places []analytics.Group, flat bool) []Series {
	var out []Series
	at := map[string]int{} // promise → its series
	for _, g := range groups {
		place := slices.IndexFunc(places, func(p analytics.Group) bool { return p.Key == g.Key })
		p, ok := estimated(place, flat, Share, g.Promise.Name+", "+g.Label, g.Rate)
		if place < 0 || !ok {
			continue
		}
		i, known := at[g.Promise.Key]
		if !known {
			i = len(out)
			at[g.Promise.Key] = i
			out = append(out, Series{Name: g.Promise.Name, Shape: Interval})
		}
		out[i].Points = append(out[i].Points, p)
	}
	return out
}

// goals returns a line for every goal of a promise that is drawn; equal ones are one line.
func goals(totals []analytics.ComplianceGroup, flat bool) []Line {
	var out []Line
	for _, g := range totals {
		line := Line{Axis: "y", At: g.Promise.Goal, Label: "goal " + round(g.Promise.Goal)}
		if flat {
			line.Axis = "x"
		}
		if g.Rate.Known() && g.Promise.Goal > 0 && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

func complianceSource(s *analytics.Snapshot, q analytics.Query, totals []analytics.ComplianceGroup) Source {
	n, more := 0, [3]int{}
	var own []analytics.LeftOut
	for _, g := range totals {
		n += g.Met + g.Breached
		more[0], more[1], more[2] = more[0]+g.Running, more[1]+g.Missing, more[2]+g.Invalid
		own = g.LeftOut // of the selection, and so the same for every promise
	}
	src := sourceOf(s, q, n, leftOut(own,
		LeftOut{Reason: "still running in time", N: more[0]},
		LeftOut{Reason: "not known", N: more[1]},
		LeftOut{Reason: "end before they begin", N: more[2]},
	))
	src.Method, src.Metric = "clocks met / (met + breached) with 95 % Wilson interval; n counts clocks", "sla"
	return src
}

// complianceAnswer says how every promise stands, against its goal where it has one.
func complianceAnswer(totals []analytics.ComplianceGroup) string {
	text := ""
	for _, g := range totals {
		if !g.Rate.Known() {
			continue
		}
		text += fmt.Sprintf("%s: %s of %s met, %s. ", g.Promise.Name, Format(Count, float64(g.Met)),
			counted(g.Met+g.Breached, "clock"), estimateWords(Share, g.Rate))
		if goal := g.Promise.Goal; goal > 0 {
			text += againstGoal(g.Rate, goal) + " "
		}
	}
	return text
}

// againstGoal never calls a goal met or missed that chance alone could have decided.
func againstGoal(rate analytics.Estimate, goal float64) string {
	word := "reached"
	if *rate.Value < goal {
		word = "missed"
	}
	text := fmt.Sprintf("The goal of %s was %s", round(goal), word)
	if rate.Low != nil && rate.High != nil && *rate.Low <= goal && goal <= *rate.High {
		return text + ", though so few clocks cannot tell it from chance."
	}
	return text + "."
}

func complianceColumns(by analytics.Dimension) []Column {
	out := []Column{{Key: "service_level", Title: "Service level", Unit: Text}, {Key: columnKey(by), Title: title(by), Unit: Text},
		{Key: "within_seconds", Title: "Within", Unit: Seconds}, {Key: "goal_share", Title: "Goal", Unit: Share}}
	out = append(out, estimateColumns("met", "Met", Share)...)
	return append(out,
		Column{Key: "met", Title: "Clocks met", Unit: Count},
		Column{Key: "breached", Title: "Breached", Unit: Count},
		Column{Key: "running", Title: "Running in time", Unit: Count},
		Column{Key: "missing", Title: "Not known", Unit: Count},
		Column{Key: "invalid", Title: "End before they begin", Unit: Count},
	)
}

// columnKey names the column of groups: "scope" when there is one group of all.
func columnKey(by analytics.Dimension) string {
	if by == analytics.ByNothing {
		return "scope"
	}
	return string(by)
}

func complianceRows(groups []analytics.ComplianceGroup) [][]Cell {
	var rows [][]Cell
	for _, g := range groups {
		row := []Cell{Str(g.Promise.Name), Str(periodLabel(g.Group)), Missing("the source does not say"), Missing("the source does not say")}
		if !g.Promise.Stated {
			row[2], row[3] = Num(g.Promise.Within.Seconds()), Num(g.Promise.Goal)
		}
		row = append(row, EstimateCells(g.Rate)...)
		rows = append(rows, append(row, whole(g.Met), whole(g.Breached), whole(g.Running), whole(g.Missing), whole(g.Invalid)))
	}
	return rows
}
