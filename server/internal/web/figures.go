package web

import (
	"fmt"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
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

// comparison is two periods of equal length: what is judged, and what it is compared with.
type comparison struct {
	now, before analytics.Query
	missing     string // why there is nothing to compare with; empty: there is
	words       string // "1 Mar 2016 to 28 Feb 2017, compared with the 12 months before"
}

// compare returns the periods to compare. Without a period it takes the last twelve months of the record
// and those before, for a record that ended years ago has no last twelve months of ours.
func (s *Server) compare(snapshot *analytics.Snapshot, q query.Query, a analytics.Query) (comparison, bool) {
	c := comparison{now: a, before: a}
	if from, to, ok := q.Previous(); ok {
		c.before.From, c.before.To = from, to
	} else {
		if !q.From.IsZero() || !q.To.IsZero() || q.Compare == "none" {
			return c, false
		}
		end := lastDay(snapshot, a)
		if end.IsZero() {
			return c, false
		}
		middle := end.AddDate(-1, 0, 0)
		c.now.From, c.now.To = middle, end
		c.before.From, c.before.To = end.AddDate(-2, 0, 0), middle
	}
	day := func(t time.Time) string { return t.In(q.Zone).Format("2 Jan 2006") }
	if first, _ := snapshot.Record(a); c.before.From.Before(first.Truncate(24 * time.Hour)) {
		c.missing = "the record of these incidents begins on " + day(first) + ", so there is nothing before to compare with; choose a later or shorter period"
		return c, true
	}
	c.words = fmt.Sprintf("%s to %s, compared with %s to %s", day(c.now.From), day(c.now.To.Add(-time.Second)), day(c.before.From), day(c.before.To.Add(-time.Second)))
	return c, true
}

// lastDay is the end of the day on which the newest incident of a began.
func lastDay(snapshot *analytics.Snapshot, a analytics.Query) time.Time {
	var last time.Time
	for _, c := range snapshot.Cases(a, analytics.AnyOutcome) {
		if c.StartedAt.After(last) {
			last = c.StartedAt
		}
	}
	if last.IsZero() {
		return last
	}
	return last.Truncate(24*time.Hour).AddDate(0, 0, 1)
}

// verdicts answer "is it getting better?": how often, how long to resolve, how long to answer.
func verdicts(snapshot *analytics.Snapshot, c comparison) []frontend.Verdict {
	if c.missing != "" {
		return []frontend.Verdict{{Question: "Compared with before", State: frontend.Unclear, Phrase: "Cannot tell", Detail: capital(c.missing) + "."}}
	}
	out := []frontend.Verdict{rateVerdict(snapshot, c)}
	for _, id := range []string{"time_to_resolve", "time_to_acknowledge"} {
		m, err := analytics.FindMetric(id)
		if err != nil {
			continue
		}
		now, before := c.now, c.before
		now.Span, before.Span = m.Span, m.Span
		v := analytics.Judge(m, values(snapshot, now), values(snapshot, before))
		out = append(out, verdict(m.Title, m.ID, v))
	}
	return out
}

func rateVerdict(snapshot *analytics.Snapshot, c comparison) frontend.Verdict {
	n, days := rate(snapshot, c.now)
	was, wasDays := rate(snapshot, c.before)
	return verdict("How often", "count", analytics.JudgeRate(n, days, was, wasDays))
}

func rate(snapshot *analytics.Snapshot, q analytics.Query) (int, float64) {
	q.GroupBy = analytics.ByNothing
	for _, g := range snapshot.Counts(q) {
		return g.N, g.Days
	}
	return 0, 0
}

func values(snapshot *analytics.Snapshot, q analytics.Query) []float64 {
	q.GroupBy = analytics.ByNothing
	for _, g := range snapshot.Durations(q) {
		return g.Values
	}
	return nil
}

// verdict puts a judgement of analytics on a page.
func verdict(question, metric string, v analytics.Verdict) frontend.Verdict {
	state := frontend.Unclear
	switch v.Phrase {
	case analytics.ClearlyBetter, analytics.ProbablyBetter:
		state = frontend.Better
	case analytics.ClearlyWorse, analytics.ProbablyWorse:
		state = frontend.Worse
	case analytics.NoChange:
		state = frontend.Same
	}
	return frontend.Verdict{Question: question, State: state, Phrase: capital(string(v.Phrase)), Detail: v.Sentence, N: v.NNow, WasN: v.NBefore, Metric: metric}
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
	var out []frontend.Stat
	for _, g := range snapshot.Counts(a) {
		out = append(out, frontend.Stat{Label: "Incidents", Unit: reports.Count, Value: reports.Num(float64(g.N)), N: g.N, Metric: "count", Path: list})
	}
	for _, id := range []string{"time_to_resolve", "time_to_acknowledge"} {
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
			if id == "time_to_resolve" {
				out = append(out, frontend.Stat{Label: m.Title + ", 90 % within", Unit: reports.Seconds, Value: cell(g.P90), Lo: g.P90.Low, Hi: g.P90.High, N: g.N, Metric: m.ID})
			}
		}
	}
	return out
}

// spark counts incidents per month of the query's period, or of the last 24 months of the record.
func spark(snapshot *analytics.Snapshot, a analytics.Query) frontend.Spark {
	a.GroupBy = analytics.ByMonth
	groups := snapshot.Counts(a)
	groups = groups[max(0, len(groups)-24):]
	out := frontend.Spark{}
	for _, g := range groups {
		out.Counts = append(out.Counts, g.N)
	}
	if n := len(groups); n > 0 {
		out.Label = "incidents per month, " + groups[0].Label + " to " + groups[n-1].Label
	}
	return out
}
