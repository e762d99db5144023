package web

import (
	"fmt"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/echarts"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// figure builds a chart of the catalogue for a page. Its exports carry the page's question.
func (s *Server) figure(id string, snapshot *analytics.Snapshot, a analytics.Query, q query.Query, size frontend.FigureSize) (frontend.Figure, error) {
	d, err := reports.Find(id)
	if err != nil {
		return frontend.Figure{}, fmt.Errorf("web: chart %s: %w", id, err)
	}
	f := frontend.Figure{Chart: d.Build(snapshot, a), Size: size}
	behind(&f.Chart.Source, q)
	f.Chart.Table.Source = f.Chart.Source
	if f.Chart.Empty == "" {
		if f.Option, err = echarts.Option(f.Chart, echarts.Browser()); err != nil {
			return f, fmt.Errorf("web: chart %s: %w", id, err)
		}
	}
	for _, format := range desk.ChartFormats {
		path := pathOf("/api/v1/charts/"+id+"."+format, with(q, func(*query.Query) {}))
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		f.Exports = append(f.Exports, frontend.Link{Label: strings.ToUpper(format), Path: path + sep + "download=1"})
	}
	return f, nil
}

// figures builds several charts for a page.
func (s *Server) figures(snapshot *analytics.Snapshot, a analytics.Query, q query.Query, size frontend.FigureSize, ids ...string) ([]frontend.Figure, error) {
	var out []frontend.Figure
	for _, id := range ids {
		f, err := s.figure(id, snapshot, a, q, size)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// verdicts answer "is it getting better?": how often, how long to resolve, how long to answer.
func verdicts(snapshot *analytics.Snapshot, a analytics.Query) []frontend.Verdict {
	c := snapshot.Compare(a)
	if c.Missing != "" {
		return []frontend.Verdict{{Question: "Compared with before", State: frontend.Unclear, Phrase: "Cannot tell", Detail: capital(c.Missing) + ".", Metric: "better"}}
	}
	var out []frontend.Verdict
	for _, x := range snapshot.Answers(c, snapshot.Lasting(a)) {
		out = append(out, verdict(x.Question, x.Metric, x.Verdict, c.Words))
	}
	return out
}

// verdict puts a judgement of analytics on a page.
func verdict(question, metric string, v analytics.Verdict, periods string) frontend.Verdict {
	state := frontend.Unclear
	switch v.Phrase {
	case analytics.ClearlyBetter, analytics.ProbablyBetter:
		state = frontend.Better
	case analytics.ClearlyWorse, analytics.ProbablyWorse:
		state = frontend.Worse
	case analytics.NoChange:
		state = frontend.Same
	}
	return frontend.Verdict{Question: question, State: state, Phrase: capital(string(v.Phrase)), Detail: v.Sentence + " (" + periods + ")", N: v.NNow, WasN: v.NBefore, Metric: metric}
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// cell puts an estimate on a page, with the reason where there is none.
func cell(e analytics.Estimate) reports.Cell {
	if e.Value == nil {
		return reports.Missing(e.Reason)
	}
	return reports.Num(*e.Value)
}

// stats are the headline numbers of a selection.
func (s *Server) stats(snapshot *analytics.Snapshot, a analytics.Query, list string) []frontend.Stat {
	a.GroupBy = analytics.ByNothing
	lasts := snapshot.Lasting(a).ID
	var out []frontend.Stat
	for _, g := range snapshot.Counts(a) {
		out = append(out, frontend.Stat{Label: "Incidents", Unit: reports.Count, Value: reports.Num(float64(g.N)), N: g.N, Metric: "count", Path: list})
	}
	for _, id := range []string{lasts, "time_to_acknowledge"} {
		m, err := analytics.FindMetric(id)
		if err != nil {
			continue
		}
		a.Span = m.Span
		for _, g := range snapshot.Durations(a) {
			if g.N+g.NOpen == 0 {
				continue
			}
			out = append(out, frontend.Stat{Label: m.Title + ", median", Unit: reports.Seconds, Value: cell(g.Median), Lo: g.Median.Low, Hi: g.Median.High, N: g.N, Metric: m.ID})
			if id == lasts {
				out = append(out, frontend.Stat{Label: m.Title + ", 90 % within", Unit: reports.Seconds, Value: cell(g.P90), Lo: g.P90.Low, Hi: g.P90.High, N: g.N, Metric: m.ID})
			}
		}
	}
	return out
}

// sparks count the incidents of each service per month of the query's period, or of the last 24 months of the record.
func sparks(snapshot *analytics.Snapshot, a analytics.Query) map[incident.ID]frontend.Spark {
	table := snapshot.Cross(a, analytics.ByService, analytics.ByMonth, 0)
	months := len(table.Columns)
	if months > 0 && table.Columns[months-1].Key == "" {
		months-- // incidents without a start
	}
	first := max(0, months-sparkMonths)
	out := map[incident.ID]frontend.Spark{}
	for i, service := range table.Rows {
		x := frontend.Spark{}
		for month := first; month < months; month++ {
			x.Counts = append(x.Counts, table.Cell(i, month).Incidents())
		}
		if first < months {
			x.Label = "incidents per month, " + table.Columns[first].Label + " to " + table.Columns[months-1].Label
		}
		out[incident.ID(service.Key)] = x
	}
	return out
}
