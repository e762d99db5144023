package reports

import (
	"fmt"
	"strings"

	"hindsight/analytics"
)

// Compliance returns how every promise was kept, grouped as q says.
func Compliance(s *analytics.Snapshot, q analytics.Query) Table {
	groups := s.SLA(q, s.Agreements())
	by := q.GroupBy
	q.GroupBy = analytics.ByNothing
	return Table{
		ID: "sla", Title: "Service levels", Columns: complianceColumns(by), Rows: complianceRows(groups),
		Source: complianceSource(s, q, s.SLA(q, s.Agreements())),
	}
}

// Breaches lists the incidents that broke a promise, newest first.
func Breaches(s *analytics.Snapshot, q analytics.Query) Table {
	q.GroupBy = analytics.ByNothing
	t := Table{
		ID: "sla-breaches", Title: "Broken service levels",
		Columns: []Column{
			{Key: "incident", Title: "Incident", Unit: Text}, {Key: "title", Title: "Title", Unit: Text},
			{Key: "started_at", Title: "Started", Unit: Instant}, {Key: "service", Title: "Service", Unit: Text},
			{Key: "priority", Title: "Priority", Unit: Text}, {Key: "service_level", Title: "Service level", Unit: Text},
			{Key: "over_seconds", Title: "Late by", Unit: Seconds},
		},
		Source: complianceSource(s, q, s.SLA(q, s.Agreements())),
	}
	for _, b := range s.Breaches(q, s.Agreements()) {
		late := Missing("the source does not say")
		if b.Over > 0 {
			late = Num(b.Over)
		}
		if b.Running {
			late.Note = "still running"
		}
		number := Str(b.Number)
		if b.Number == "" {
			number = Str(string(b.ID))
		}
		number.Link = "/incidents/" + string(b.ID)
		t.Rows = append(t.Rows, []Cell{number, Str(b.Title), {Time: b.StartedAt}, Str(strings.Join(b.Services, ", ")),
			Str(b.Priority), Str(b.Promise.Name), late})
	}
	return t
}

// Measurements returns one metric of durations, grouped as q says, with everything that is known about it. The
// mean stands beside the range that chance alone gives it, never alone.
func Measurements(s *analytics.Snapshot, q analytics.Query, m analytics.Metric) Table {
	q.Span, q.Calendar = m.Span, m.Calendar
	groups := s.Durations(q)
	by := q.GroupBy
	q.GroupBy = analytics.ByNothing
	all := s.Durations(q)[0]
	t := Table{ID: m.ID, Title: m.Title, Columns: durationColumns(columnKey(by), title(by)), Source: durationSource(s, q, m, all)}
	t.Columns = append(t.Columns, estimateColumns("p75", "75th percentile", Seconds)...)
	t.Columns = append(t.Columns, estimateColumns("p95", "95th percentile", Seconds)...)
	t.Columns = append(t.Columns,
		Column{Key: "mean_seconds", Title: "Mean", Unit: Seconds},
		Column{Key: "mean_noise_seconds", Title: "Mean, difference by chance", Unit: Seconds})
	for _, g := range groups {
		row := durationCells(periodLabel(g.Group), g)
		row = append(row, estimateCells(g.P75)...)
		row = append(row, estimateCells(g.P95)...)
		noise := Missing(fmt.Sprintf("not estimable from %s", counted(g.N, "incident")))
		if g.Noise != nil {
			noise = Num(*g.Noise)
		}
		t.Rows = append(t.Rows, append(row, cell(g.Mean), noise))
	}
	return t
}
