package gallery

import (
	"fmt"
	"math"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/echarts"
)

func (w world) source() reports.Source {
	return reports.Source{
		From: w.shell.Now.AddDate(0, 0, -90), To: w.shell.Now, Zone: "UTC", Filter: w.say("service checkout"), N: 19, Method: "median with 95 % order-statistic interval", Metric: "ttr", AsOf: 48213,
		LeftOut: []reports.LeftOut{{Reason: "still open", N: 2, Link: "/incidents?status=open"}, {Reason: w.say("no resolution time"), N: 4}},
	}
}

// figure makes a figure as the server does; a chart that cannot be drawn is a mistake of this package.
func figure(c reports.Chart, size frontend.FigureSize) frontend.Figure {
	option, err := echarts.Option(c, echarts.Browser())
	if err != nil {
		panic(err)
	}
	return frontend.Figure{Chart: c, Option: option, Size: size, Exports: []frontend.Link{{Label: "CSV", Path: "/api/v1/charts/" + c.ID + ".csv"}, {Label: "SVG", Path: "/api/v1/charts/" + c.ID + ".svg"}, {Label: "PNG", Path: "/api/v1/charts/" + c.ID + ".png"}}}
}

func (w world) durationsChart(id string) frontend.Figure {
	c := reports.Chart{
		ID: id, Title: "How long do incidents last?", Answer: w.say("Half were over within 1h 14m, nine of ten within 4h 2m; no clear change."),
		X: reports.Axis{Label: "Started", Unit: reports.Instant}, Y: reports.Axis{Label: "To resolve", Unit: reports.Seconds, Log: true},
		Lines: []reports.Line{{Axis: "y", At: 4 * 3600, Label: w.say("target 4h")}}, Table: w.table(), Source: w.source(),
	}
	dots := reports.Series{Name: w.say("each incident"), Shape: reports.Dots}
	for i := range 3 * w.rows {
		dots.Points = append(dots.Points, reports.Point{X: float64(w.shell.Now.AddDate(0, 0, -i*90/(3*w.rows)).Unix()), Y: 600 * math.Exp(float64((i*7)%11)/3), Label: w.say(fmt.Sprintf("INC%05d, 1h 14m", 2040-i)), Link: "/incidents/inc_0001"})
	}
	c.Series = []reports.Series{dots}
	return figure(c, frontend.Medium)
}

func (w world) countsChart(id string) frontend.Figure {
	c := reports.Chart{
		ID: id, Title: "How often do incidents happen?", Answer: w.say("1.9 a month, was 3.3: probably fewer."),
		X: reports.Axis{Categories: []string{"Jun", "Jul", "Aug", "Sep", "Oct", "Nov"}}, Y: reports.Axis{Label: "Incidents", Unit: reports.Count}, Table: w.table(), Source: w.source(),
	}
	now, before := reports.Series{Name: "this period", Shape: reports.Bars}, reports.Series{Name: "the period before", Shape: reports.Bars, Ghost: true}
	for i := range 6 {
		now.Points = append(now.Points, reports.Point{X: float64(i), Y: float64((i*5)%7 + 1), Label: fmt.Sprintf("%d incidents", (i*5)%7+1), Link: "/incidents?from=2026-06-01"})
		before.Points = append(before.Points, reports.Point{X: float64(i), Y: float64((i*3)%8 + 2), Label: fmt.Sprintf("%d incidents", (i*3)%8+2)})
	}
	c.Series = []reports.Series{now, before}
	return figure(c, frontend.Medium)
}

func (w world) emptyChart(id string) frontend.Figure {
	return frontend.Figure{Chart: reports.Chart{ID: id, Title: "How fast are incidents acknowledged?", Empty: "19 incidents were seen; none of them says when it was acknowledged.", Source: w.source()}}
}

func (w world) table() reports.Table {
	t := reports.Table{ID: "numbers", Title: "Numbers by month", Columns: []reports.Column{{Key: "month", Title: "Month", Unit: reports.Text}, {Key: "n", Title: "Incidents", Unit: reports.Count}, {Key: "median_seconds", Title: "Median", Unit: reports.Seconds}, {Key: "met", Title: "Within target", Unit: reports.Share}}, Source: w.source()}
	for i := range min(w.rows, 24) {
		median := reports.Num(float64(3600 + 417*i))
		if i%4 == 3 {
			median = reports.Missing("not estimable from 4 incidents")
		}
		t.Rows = append(t.Rows, []reports.Cell{reports.Str(w.say(w.shell.Now.AddDate(0, -i, 0).Format("Jan 2006"))), {Number: new(float64(i + 3)), Link: "/incidents?from=2026-06-01"}, median, reports.Num(0.889)})
	}
	return t
}

func (w world) verdicts() []frontend.Verdict {
	return []frontend.Verdict{
		{Question: "How often?", State: frontend.Better, Phrase: "Probably better.", Detail: w.say("1.9 a month (90 % interval 1.1 to 3.0), was 3.3."), N: 6, WasN: 10, Metric: "rate"},
		{Question: "How long?", State: frontend.Unclear, Phrase: "Cannot tell.", Detail: "Median 38m against 41m; only a change beyond −59 % or +142 % would have been visible.", N: 6, WasN: 10, Metric: "ttr"},
		{Question: "Do the same ones return?", State: frontend.Worse, Phrase: "Clearly worse.", Detail: "5 of 6 belong to a known problem, was 2 of 10.", N: 6, WasN: 10, Metric: "repeat"},
	}
}

func (w world) stats() []frontend.Stat {
	was := reports.Num(19)
	lo, hi := 1680.0, 4980.0
	return []frontend.Stat{
		{Label: "Incidents", Unit: reports.Count, Value: reports.Num(11), Was: &was, Verdict: w.verdicts()[0], Metric: "rate", Path: "/incidents"},
		{Label: "To mitigate, median", Unit: reports.Seconds, Value: reports.Num(2280), Lo: &lo, Hi: &hi, N: 11, Verdict: w.verdicts()[1], Metric: "ttm"},
		{Label: "Met their SLA", Unit: reports.Share, Value: reports.Num(0.888), N: 9, Metric: "sla"},
		{Label: "To mitigate, 90th percentile", Unit: reports.Seconds, Value: reports.Missing(w.say("not estimable from 11 incidents")), N: 11, Metric: "ttm"},
	}
}

func (w world) spark() frontend.Spark {
	return frontend.Spark{Counts: []int{0, 2, 1, 3, 0, 5, 2, 1, 1, 0, 4, 6}, Label: "incidents a month, December 2025 to November 2026"}
}

func (w world) overview() frontend.OverviewPage {
	year := w.rowsOf(1)
	return frontend.OverviewPage{
		Shell: w.on("Overview", frontend.NavOverview, "/"), Period: w.period("/"), Stats: w.stats(), Scan: w.scan(), Figures: []frontend.Figure{w.durationsChart("overview-ttr")},
		Checklist: []frontend.Step{{Text: "Create an administrator", Done: true}, {Text: "Import incidents", Path: "/imports/new"}, {Text: "Define a contract for service levels", Path: "/admin/contracts/new"}},
		Recurring: w.problemRows(3), OnTrial: 12, MayJudge: true, SLA: frontend.SLACounts{Met: 14, AtRisk: 2, Breached: 1, TooFew: 1}, Recent: w.rowsOf(min(6, w.rows)), YearAgo: year, Published: w.retros().YearsAgo, Sources: w.connections(3), Exports: exports("/"),
	}
}

func (w world) services() frontend.ServicesPage {
	p := frontend.ServicesPage{Shell: w.on("Services", frontend.NavServices, "/services"), Period: w.period("/services"), Total: w.rows, Clear: "/services", Exports: exports("/services"), Figures: []frontend.Figure{w.countsChart("by-service")}, Sorts: w.incidents().Sorts, Scan: w.scan()}
	for i := range w.rows {
		was := 4 + i
		p.Rows = append(p.Rows, frontend.ServiceRow{Service: incident.Service{ID: number("svc", i), Name: w.say([]string{"checkout", "payments-db", "search", "edge"}[i%4]), Tier: i%3 + 1}, Team: w.say("Payments"), Count: 11 - i%5, Was: &was, Open: i % 2, Median: reports.Num(2280), P90: reports.Missing("too few"), Marks: w.marks(i), Spark: w.spark(), Problems: i % 3})
	}
	return p
}

func (w world) service() frontend.ServicePage {
	s := incident.NewService(w.say("checkout"))
	s.Tier, s.Alias = 1, []string{w.say("chk-api")}
	return frontend.ServicePage{
		Shell: w.on("checkout", frontend.NavServices, "/services/svc_0001", frontend.Link{Label: "Services", Path: "/services"}), Service: s, Team: frontend.Link{Label: w.say("Payments")}, Period: w.period("/services/svc_0001"),
		Reliability: w.reliability(), Verdicts: w.verdicts(), Stats: w.stats(), Panels: w.panels(), Figures: []frontend.Figure{w.emptyChart("service-tta")}, Table: w.table(), Problems: w.problemRows(2), Recent: w.rowsOf(min(5, w.rows)), List: "/incidents?service=svc_0001", Changes: w.changeRows(5), AllMade: "/changes?service=svc_0001", Exports: exports("/services/svc_0001"),
	}
}

func (w world) sla() frontend.SLAPage {
	row := func(name string, goal float64, met, n int, state frontend.SLAState) frontend.SLARow {
		lo, hi := max(0, float64(met)/float64(n)-0.02), min(1, float64(met)/float64(n)+0.01)
		r := frontend.SLARow{Name: w.say(name), Scope: w.say("priority 1 - Critical"), Within: 4 * time.Hour, Goal: goal, Total: frontend.SLACell{Met: met, N: n, State: state}, Lo: &lo, Hi: &hi, State: state, Open: 2, Path: "/incidents?priority=1", Left: []reports.LeftOut{{Reason: "no end", N: 3}}}
		for i := range 5 {
			r.Cells = append(r.Cells, frontend.SLACell{Met: met / 5, N: n/5 + i%2, State: state, Path: "/incidents?from=2026-07-01"})
		}
		return r
	}
	stated := row("Response, as contracted", 0, 8, 9, frontend.TooFew)
	stated.Cells[1] = frontend.SLACell{State: frontend.TooFew}
	p := frontend.SLAPage{
		Shell: w.on("SLA compliance", frontend.NavSLA, "/sla"), Period: w.period("/sla"), Counts: frontend.SLACounts{Met: 14, AtRisk: 2, Breached: 1, TooFew: 1}, Labels: []string{"Q3 2025", "Q4 2025", "Q1 2026", "Q2 2026", "Q3 2026"},
		Own: []frontend.SLARow{row("Resolution, critical", 0.95, 176, 180, frontend.Met), row("Acknowledged within 15 minutes", 0.9, 31, 35, frontend.AtRisk), row("Resolution, all", 0.9, 40, 60, frontend.Breached)}, Stated: []frontend.SLARow{stated},
		Facets: w.incidents().Facets[:2], Chips: w.incidents().Chips[:1], Clear: "/sla", Source: w.source(), Exports: exports("/sla"), MayEdit: true, Figures: []frontend.Figure{w.countsChart("sla-by-month")}, Contracts: w.contractCards(),
	}
	for i := range w.rows {
		p.Breaches = append(p.Breaches, frontend.BreachRow{IncidentRow: w.row(i), Objective: w.say("Resolution, critical"), Taken: incident.Duration{State: incident.Recorded, Value: 5 * time.Hour}, Within: 4 * time.Hour})
	}
	return p
}
