package web

import (
	"fmt"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/query"
)

// panels are the questions of the page of a service, one a row, in the order in which they help to decide.
func (s *Server) panels(snapshot *analytics.Snapshot, a analytics.Query, q query.Query) ([]frontend.Panel, error) {
	m := snapshot.Lasting(a)
	a.Span, q.Metric = m.Span, m.ID
	out := []frontend.Panel{
		{ID: "often", Title: "How often?", Lead: "Each period beside what the others lead one to expect."},
		{ID: "long", Title: "How long?", Lead: "Every incident is a dot, hollow while it is open."},
		{ID: "gap", Title: "Does the gap grow?", Lead: "A straight line means that incidents come as often as ever; one that flattens, that they become rarer."},
		{ID: "when", Title: "When?", Lead: "Counted by the clock of " + zoneName(a) + "."},
	}
	charts := [][]string{{"how-often"}, {"ttr-dots", "ttr-survival"}, {"gaps"}, {"when"}}
	var err error
	for i := range out {
		if out[i].Figures, err = s.figures(snapshot, a, q, frontend.Medium, charts[i]...); err != nil {
			return nil, err
		}
	}
	if out[1].Folded, err = s.figures(snapshot, a, q, frontend.Small, "ttr-mean"); err != nil {
		return nil, err
	}
	out[1].FoldedTitle = "What did they cost? The mean, for questions of cost alone"
	out[2].Programme = &frontend.Programme{Action: frontend.ServicePath(a.Services[0]), Keep: hidden(q, "programme", "service"), Begin: q.Programme}
	out[1].Checks = checks(snapshot.Checks(snapshot.Compare(a), m))
	out[2].Checks = checks(snapshot.Gaps(a).Checks())
	out[3].Heat = heat(snapshot.Pattern(a))
	return out, nil
}

func checks(all []analytics.Check) []frontend.Check {
	var out []frontend.Check
	for _, c := range all {
		out = append(out, frontend.Check{Name: c.Name, Sentence: c.Sentence, N: written(c.N) + " " + c.Of, Metric: c.Metric})
	}
	return out
}

func zoneName(a analytics.Query) string {
	if a.Location == nil {
		return "UTC"
	}
	return a.Location.String()
}

// heat is the hours of the week as a table; it has shades only when a test says that they are not chance.
func heat(p analytics.Pattern) *frontend.Heat {
	table := reports.HourTable(p)
	if len(table.Rows) == 0 {
		return nil
	}
	h := &frontend.Heat{Shaded: p.Shown()}
	most := 1.0
	for _, row := range table.Rows {
		for _, c := range row[1:] {
			most = max(most, *c.Number)
		}
	}
	for _, c := range table.Columns[1:] {
		h.Hours = append(h.Hours, c.Title)
	}
	for _, row := range table.Rows {
		day := frontend.HeatRow{Day: row[0].Text}
		for _, c := range row[1:] {
			cell := frontend.HeatCell{N: int(*c.Number)}
			if h.Shaded && cell.N > 0 {
				cell.Level = 1 + int(3.999*(*c.Number-1)/max(1, most-1)*min(1, most-1))
				cell.Level = min(4, cell.Level)
			}
			day.Cells = append(day.Cells, cell)
		}
		h.Rows = append(h.Rows, day)
	}
	return h
}

// scanned marks the services whose rate or durations changed by more than the number of questions explains.
func scanned(snapshot *analytics.Snapshot, a analytics.Query) (frontend.Scan, map[incident.ID][]frontend.Mark) {
	m, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		return frontend.Scan{}, nil
	}
	scan := snapshot.Scan(a, m)
	out := frontend.Scan{Looked: scan.Looked, Tests: scan.Tests, Marked: scan.Marked, TooFew: scan.TooFew, Uncovered: scan.Uncovered, Periods: scan.Comparison.Words, Missing: capital(scan.Comparison.Missing)}
	marks := map[incident.ID][]frontend.Mark{}
	for _, row := range scan.Services {
		found := append(mark("How often", row.Rate), mark("How long", row.Duration)...)
		if len(found) == 0 {
			continue
		}
		marks[row.Service] = found
		out.Services = append(out.Services, frontend.ScanRow{Name: snapshot.Name(row.Service), Path: frontend.ServicePath(row.Service), Marks: found})
	}
	return out, marks
}

// mark is empty for what was not marked.
func mark(question string, x *analytics.ScanMark) []frontend.Mark {
	if x == nil || !x.Marked {
		return nil
	}
	state := frontend.Worse
	if r := x.Verdict.Ratio.Value; r != nil && *r < 1 {
		state = frontend.Better
	}
	return []frontend.Mark{{Question: question, State: state, Text: x.Verdict.Change(), Q: x.Q}}
}

// seenWords say at which step incidents dropped out.
func seenWords(x analytics.Seen) string {
	return fmt.Sprintf("Seen: %d; of these match the filter: %d; began in the period: %d; count: %d.", x.All, x.Matching, x.InPeriod, x.Counting)
}
