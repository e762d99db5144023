package reports

import (
	"fmt"
	"math"

	"hindsight/analytics"
)

const knowImpact = "Availability needs the start and the end of impact: map the fields that hold them, or set them on the incidents' pages."

// availabilityByService shows the share of the period in which each service was not affected.
func availabilityByService(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByService
	groups := s.Uptime(q)
	c := Chart{
		X: Axis{Label: "Availability", Unit: Share}, Y: Axis{Unit: Text},
		Source: uptimeSource(s, q), Table: uptimeTable(groups),
	}
	c.Source.Method, c.Source.Metric = "1 − downtime / (period − maintenance and exclusions); overlapping incidents count once", "availability"
	dots := Series{Name: "Availability", Shape: Interval}
	worst := math.Inf(1)
	name, unknown := "", 0
	for _, g := range groups {
		if g.Key != "" && !g.Availability.Known() {
			unknown++
		}
		row := len(c.Y.Categories)
		p, ok := estimated(row, true, Share, g.Label, g.Availability)
		if ok && p.X < worst {
			worst, name = p.X, g.Label
		}
		if !ok || row == maxRows {
			continue
		}
		c.Y.Categories = append(c.Y.Categories, g.Label)
		p.Label = fmt.Sprintf("%s: %s, down %s", g.Label, Format(Share, p.X), Format(Seconds, g.Down.Seconds()))
		dots.Points = append(dots.Points, p)
	}
	c.Series = filled(dots)
	if len(c.Series) == 0 {
		c.Empty = nothing(s, q, c.Source, knowImpact)
		return c
	}
	least := axisFloor(worst)
	c.X.Min = &least
	if least > 0 {
		c.X.Label = fmt.Sprintf("Availability (the axis begins at %s)", round(least))
	}
	c.Answer = fmt.Sprintf("Least available is %s: %s.", name, Format(Share, worst))
	if worst == 1 {
		c.Answer = "No service was down of which all impact is known."
	}
	if unknown > 0 {
		c.Answer += fmt.Sprintf(" Of %s it cannot be told, for impact is not known.", counted(unknown, "service"))
	}
	return c
}

// axisFloor returns where an axis of shares begins so that x and what lies above it can be told apart:
// 0, 0.9, 0.99 or 0.999.
func axisFloor(x float64) float64 {
	floor := 0.0
	for _, f := range []float64{0.9, 0.99, 0.999} {
		if x >= f {
			floor = f
		}
	}
	return floor
}

// betweenFailures shows the uptime per failure of each service.
func betweenFailures(s *analytics.Snapshot, q analytics.Query) Chart {
	q.GroupBy = analytics.ByService
	groups := s.Uptime(q)
	c := Chart{
		X: Axis{Label: "Mean time between failures", Unit: Seconds, Log: true}, Y: Axis{Unit: Text},
		Source: uptimeSource(s, q), Table: uptimeTable(groups),
	}
	c.Source.Method, c.Source.Metric = "uptime / failures with 95 % chi-square interval; overlapping incidents are one failure", "mtbf"
	marks := Series{Name: "Mean time between failures", Shape: Interval}
	quiet := 0
	for _, g := range groups {
		row := len(c.Y.Categories)
		p, ok := estimated(row, true, Seconds, g.Label, g.MTBF)
		if g.Failures == 0 && g.Availability.Known() {
			quiet++
		}
		if !ok || row == maxRows {
			continue
		}
		p.Label = fmt.Sprintf("%s: %s, %s", g.Label, estimateWords(Seconds, g.MTBF), counted(g.Failures, "failure"))
		c.Y.Categories = append(c.Y.Categories, g.Label)
		marks.Points = append(marks.Points, p)
	}
	c.Series = filled(marks)
	if len(c.Series) == 0 {
		c.Empty = nothing(s, q, c.Source, knowImpact)
		return c
	}
	c.Answer = shortest(groups)
	if quiet > 0 {
		c.Answer += " " + counted(quiet, "service") + " had none; the table says for how long at least."
	}
	return c
}

// shortest names the service whose interval lies below all others.
func shortest(groups []analytics.UptimeGroup) string {
	var low *analytics.UptimeGroup
	for i, g := range groups {
		if g.MTBF.Known() && (low == nil || *g.MTBF.Value < *low.MTBF.Value) {
			low = &groups[i]
		}
	}
	said := fmt.Sprintf("%s fails most often: every %s of uptime.", low.Label, estimateWords(Seconds, low.MTBF))
	for _, g := range groups {
		apart := g.MTBF.Low != nil && low.MTBF.High != nil && *g.MTBF.Low > *low.MTBF.High
		if g.Key != low.Key && g.MTBF.Known() && !apart {
			return "Cannot tell which fails most often: intervals overlap. Lowest is " + low.Label + ", " + estimateWords(Seconds, low.MTBF) + "."
		}
	}
	return said
}

// uptimeSource describes figures about stretches of impact.
func uptimeSource(s *analytics.Snapshot, q analytics.Query) Source {
	q.GroupBy = analytics.ByNothing
	n, left := 0, []LeftOut{}
	for _, g := range s.Uptime(q) {
		n = g.Incidents
		left = leftOut(g.LeftOut,
			LeftOut{Reason: "impact not known", N: g.NMissing},
			LeftOut{Reason: "end before they begin", N: g.NInvalid})
		q.From, q.To = g.From, g.To
	}
	return sourceOf(s, q, n, left)
}

func uptimeTable(groups []analytics.UptimeGroup) Table {
	t := Table{Columns: []Column{
		{Key: "service", Title: "Service", Unit: Text},
		{Key: "availability_share", Title: "Availability", Unit: Share},
		{Key: "down_seconds", Title: "Down", Unit: Seconds},
		{Key: "maintenance_seconds", Title: "Maintenance and exclusions", Unit: Seconds},
		{Key: "window_seconds", Title: "Observed", Unit: Seconds},
		{Key: "incidents", Title: "Incidents", Unit: Count},
		{Key: "failures", Title: "Failures", Unit: Count},
	}}
	t.Columns = append(t.Columns, estimateColumns("mtbf", "Time between failures", Seconds)...)
	t.Columns = append(t.Columns, Column{Key: "missing", Title: "Impact not known", Unit: Count})
	for _, g := range groups {
		row := []Cell{Str(g.Label), cell(g.Availability), Num(g.Down.Seconds()), Num(g.Maintenance.Seconds()),
			Num(g.Window.Seconds()), whole(g.Incidents), whole(g.Failures)}
		row = append(row, EstimateCells(g.MTBF)...)
		t.Rows = append(t.Rows, append(row, whole(g.NMissing)))
	}
	return t
}
