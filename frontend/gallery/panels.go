package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

func (w world) marks(i int) []frontend.Mark {
	all := []frontend.Mark{{Question: "How often", State: frontend.Worse, Text: "1.97 times, 95 % interval 1.36 to 4.28", Q: 0.01}, {Question: "How long", State: frontend.Better, Text: "0.61 times, 95 % interval 0.44 to 0.83", Q: 0.04}}
	return all[:i%3]
}

func (w world) scan() frontend.Scan {
	return frontend.Scan{Looked: 31, Tests: 52, Marked: 2, TooFew: 7, Periods: "1 Mar 2016 to 28 Feb 2017, compared with 1 Mar 2015 to 28 Feb 2016",
		Services: []frontend.ScanRow{{Name: w.say("checkout"), Path: "/services/svc_0001", Marks: w.marks(2)}}}
}

func (w world) panels() []frontend.Panel {
	heat := &frontend.Heat{Shaded: w.rows > 4}
	for h := range 24 {
		heat.Hours = append(heat.Hours, time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC).Format("15"))
	}
	for d := range 7 {
		row := frontend.HeatRow{Day: []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}[d]}
		for h := range 24 {
			n := (d*5 + h*3) % 6
			level := 0
			if heat.Shaded {
				level = min(4, n)
			}
			row.Cells = append(row.Cells, frontend.HeatCell{N: n, Level: level})
		}
		heat.Rows = append(heat.Rows, row)
	}
	return []frontend.Panel{
		{ID: "often", Title: "How often?", Lead: "Each period beside what the others lead one to expect.", Figures: []frontend.Figure{w.countsChart("how-often")}},
		{ID: "long", Title: "How long?", Figures: []frontend.Figure{w.durationsChart("panel-ttr"), w.emptyChart("panel-survival")}, Checks: w.checks(), FoldedTitle: "What did they cost?", Folded: []frontend.Figure{w.emptyChart("panel-mean")}},
		{ID: "gap", Title: "Does the gap grow?", Programme: &frontend.Programme{Action: "/services/svc_0001", Begin: w.shell.Now, Keep: []frontend.Hidden{{Name: "range", Value: w.say("12m")}}}},
		{ID: "when", Title: "When?", Heat: heat},
	}
}

func (w world) checks() []frontend.Check {
	return []frontend.Check{{Name: "Mann-Whitney test", Sentence: "Weak evidence that durations are shorter now (exact).", N: "63 incidents", Metric: "mann_whitney"},
		{Name: "Severity held constant", Sentence: w.say("Cannot tell: within a severity durations are 0.95 times what they were (95 % interval 0.71 to 1.22; 34 incidents now, 29 before). All severities together give the same answer."), N: "63 incidents", Metric: "within_severities"}}
}

func (w world) cases() frontend.CasesPage {
	p := frontend.CasesPage{Shell: w.on("Incidents behind a number", frontend.NavIncidents, "/cases"), Metric: "Time to resolve", Anchor: "time_to_resolve", Outcomes: "measured", Period: "All time", Total: w.rows, Reason: w.say("")}
	for i := range w.rows {
		p.Rows = append(p.Rows, frontend.CaseRow{Path: "/incidents/inc_0001", Number: w.say("INC1"), Title: w.say("Checkout fails"), Severity: incident.Severity(i % 6), StartedAt: w.shell.Now, Services: w.say("checkout"), Took: reports.Num(4440)})
	}
	return p
}

func (w world) members() frontend.MembersPage {
	p := frontend.MembersPage{Shell: w.on("Behind a number", frontend.NavIncidents, "/cases/load.escalated.team_0001"), Name: "Escalated", Whose: w.say("Payments"), Anchor: "escalated", Noun: "incident", Period: "All time"}
	for _, title := range []string{"Counted", "In the whole, not in the number", "Left out"} {
		g := frontend.MemberGroup{ID: "m" + string(title[0]), Title: title, Total: w.rows}
		for i := range w.rows {
			g.Rows = append(g.Rows, frontend.CaseRow{Path: "/incidents/inc_0001", Number: w.say("INC1"), Title: w.say("Checkout fails"), Severity: incident.Severity(i % 6), StartedAt: w.shell.Now, Services: w.say("checkout"), Reason: w.say("twice")})
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}
