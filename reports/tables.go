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

// Breaches lists the incidents that broke a promise, newest first, each with what the clock shows.
func Breaches(s *analytics.Snapshot, q analytics.Query) Table {
	q.GroupBy = analytics.ByNothing
	t := Table{
		ID: "sla-breaches", Title: "Broken service levels",
		Columns: []Column{
			{Key: "incident", Title: "Incident", Unit: Text}, {Key: "title", Title: "Title", Unit: Text},
			{Key: "started_at", Title: "Started", Unit: Instant}, {Key: "service", Title: "Service", Unit: Text},
			{Key: "priority", Title: "Priority", Unit: Text}, {Key: "service_level", Title: "Service level", Unit: Text},
			{Key: "within_seconds", Title: "Within", Unit: Seconds}, {Key: "took_seconds", Title: "Took", Unit: Seconds}, {Key: "over_seconds", Title: "Late by", Unit: Seconds},
			{Key: "due_at", Title: "Was due", Unit: Instant}, {Key: "stopped_at", Title: "Stopped", Unit: Instant}, {Key: "counted_in", Title: "Counted in", Unit: Text},
		},
		Source: complianceSource(s, q, s.SLA(q, s.Agreements())),
	}
	for _, b := range s.Breaches(q, s.Agreements()) {
		number := Cell{Text: b.Number, Link: "/incidents/" + string(b.ID)}
		if b.Number == "" {
			number.Text = string(b.ID)
		}
		t.Rows = append(t.Rows, append([]Cell{number, Str(b.Title), {Time: b.StartedAt}, Str(strings.Join(b.Services, ", ")), Str(b.Priority), Str(b.Promise.Name)}, clockCells(b)...))
	}
	return t
}

// clockCells are what was promised of a clock that is late, what it shows, and in whose hours it runs.
func clockCells(b analytics.Clock) []Cell {
	const unsaid = "the source does not say"
	within, took, late, due, stopped := Missing(unsaid), Missing(unsaid), Missing(unsaid), Missing(unsaid), Missing(unsaid)
	if b.Promise.Within > 0 {
		within = Num(b.Promise.Within.Seconds())
	}
	if b.Elapsed > 0 {
		took = Num(b.Elapsed)
	}
	if b.Over > 0 {
		late = Num(b.Over)
	}
	if !b.Due.IsZero() {
		due = Cell{Time: b.Due}
	}
	if !b.Stop.IsZero() {
		stopped = Cell{Time: b.Stop}
	}
	if b.Running {
		late.Note, stopped = "still running", Missing("still running")
	}
	hours := Str("every second")
	switch {
	case b.Promise.Stated:
		hours = Str("by its source")
	case b.Calendar != "":
		hours = Str(fmt.Sprintf("%s, version %d", b.Calendar, b.CalendarVersion))
	}
	return []Cell{within, took, late, due, stopped, hours}
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
		row = append(row, EstimateCells(g.P75)...)
		row = append(row, EstimateCells(g.P95)...)
		noise := Missing(fmt.Sprintf("not estimable from %s", counted(g.N, "incident")))
		if g.Noise != nil {
			noise = Num(*g.Noise)
		}
		t.Rows = append(t.Rows, append(row, cell(g.Mean), noise))
	}
	return t
}
