package desk

import (
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
)

// ProblemTable is one row a problem. Costs in several currencies have no number of their own.
func ProblemTable(snapshot *analytics.Snapshot, found []Standing) reports.Table {
	t := reports.Table{ID: "problems", Title: "Recurring problems", Source: reports.Source{N: len(found), Method: "the last 12 months, unless a column says otherwise"}}
	t.Columns = []reports.Column{
		{Key: "id", Title: "Id", Unit: reports.Text}, {Key: "problem", Title: "Problem", Unit: reports.Text}, {Key: "state", Title: "State", Unit: reports.Text},
		{Key: "stage", Title: "Stage", Unit: reports.Text}, {Key: "owner", Title: "Owner", Unit: reports.Text}, {Key: "services", Title: "Services", Unit: reports.Text},
		{Key: "incidents", Title: "Incidents in all", Unit: reports.Count}, {Key: "incidents_12_months", Title: "Incidents", Unit: reports.Count},
		{Key: "occurrences", Title: "Occurrences in all, floods once", Unit: reports.Count}, {Key: "occurrences_12_months", Title: "Occurrences, floods once", Unit: reports.Count},
		{Key: "floods", Title: "Floods", Unit: reports.Count}, {Key: "in_floods", Title: "Incidents in floods", Unit: reports.Count},
		{Key: "open", Title: "Open now", Unit: reports.Count}, {Key: "first", Title: "First", Unit: reports.Instant}, {Key: "last", Title: "Last", Unit: reports.Instant},
		{Key: "lasted_seconds", Title: "Time lost", Unit: reports.Seconds}, {Key: "measured", Title: "of incidents", Unit: reports.Count},
		{Key: "quarter_seconds", Title: "Expected a quarter", Unit: reports.Seconds}, {Key: "quarter_low_seconds", Title: "Expected a quarter, from", Unit: reports.Seconds, Bound: true}, {Key: "quarter_high_seconds", Title: "Expected a quarter, to", Unit: reports.Seconds, Bound: true},
		{Key: "cost_low", Title: "Cost, low", Unit: reports.Count}, {Key: "cost_high", Title: "Cost, high", Unit: reports.Count}, {Key: "currency", Title: "Currency", Unit: reports.Text},
		{Key: "interval_seconds", Title: "Median interval", Unit: reports.Seconds}, {Key: "trend", Title: "Trend", Unit: reports.Text},
		{Key: "workaround", Title: "Workaround", Unit: reports.Text}, {Key: "lacks", Title: "A known error that lacks", Unit: reports.Text},
		{Key: "exit_days", Title: "Days without an incident", Unit: reports.Count}, {Key: "exit_of", Title: "asked for", Unit: reports.Count},
		{Key: "resolved", Title: "Resolved", Unit: reports.Instant}, {Key: "returned", Title: "Incidents since", Unit: reports.Count},
	}
	for _, x := range found {
		t.Rows = append(t.Rows, problemCells(snapshot, x))
	}
	return t
}

func problemCells(snapshot *analytics.Snapshot, x Standing) []reports.Cell {
	m, rec := x.Management, x.Recurrence
	count := func(n int) reports.Cell { return reports.Num(float64(n)) }
	at := func(t time.Time) reports.Cell {
		if t.IsZero() {
			return reports.Missing("not known")
		}
		return reports.Cell{Time: t}
	}
	lasted, low, high, currency := reports.Missing("not known"), reports.Missing("no rate"), reports.Missing("no rate"), reports.Missing("no rate")
	if rec.Year.Measured > 0 {
		lasted = reports.Num(rec.Year.Lasted.Seconds())
	}
	if costs := rec.Year.Costs(); len(costs) == 1 {
		low, high, currency = reports.Num(costs[0].Low), reports.Num(costs[0].High), reports.Str(costs[0].Currency)
	} else if len(costs) > 1 {
		low, high, currency = reports.Missing("several currencies"), reports.Missing("several currencies"), reports.Str(currencies(costs))
	}
	first := time.Time{}
	if len(rec.Starts) > 0 {
		first = rec.Starts[0]
	}
	exitDays, exitOf := reports.Missing("none asked for"), reports.Missing("none asked for")
	if x.Exit.Asked > 0 {
		exitDays, exitOf = count(x.Exit.Days), count(x.Exit.Asked)
	}
	row := []reports.Cell{reports.Str(string(x.ID)), {Text: x.Title, Link: "/problems/" + string(x.ID)}, reports.Str(string(x.State)), reports.Str(string(m.Stage)), reports.Str(m.OwnerName),
		reports.Str(namesOf(snapshot, rec.Services)), count(rec.N), count(rec.Year.N), count(rec.Occurrences()), count(rec.Year.Once), count(rec.Floods), count(rec.Flooded), count(rec.Open), at(first), at(rec.Last()), lasted, count(rec.Year.Measured)}
	row = append(row, reports.EstimateCells(rec.Year.PerQuarter())...)
	return append(row, low, high, currency, reports.EstimateCells(rec.Interval())[0], reports.Str(rec.Trend().Evidence), reports.Str(m.Workaround), reports.Str(strings.Join(m.Lacks(), ", ")), exitDays, exitOf,
		at(m.ResolvedAt), count(x.Return.N))
}

func namesOf(s *analytics.Snapshot, services []incident.ID) string {
	names := make([]string, len(services))
	for i, id := range services {
		names[i] = s.Name(id)
	}
	return strings.Join(names, ", ")
}

func currencies(costs []analytics.Amount) string {
	names := make([]string, len(costs))
	for i, c := range costs {
		names[i] = c.Currency
	}
	return strings.Join(names, ", ")
}
