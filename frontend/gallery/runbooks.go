package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

func (w world) runbookRow(i int) frontend.RunbookRow {
	row := frontend.RunbookRow{ID: number("rbk", i), Title: w.say("Fail over the primary by hand"), Outside: "https://wiki.example.org/failover", Services: []string{w.say("checkout"), "payments-db"}, Imported: true,
		Incidents: 12, Helped: 4, DidNotHelp: 1, LastUsed: w.shell.Now.AddDate(0, 0, -i)}
	if i%3 == 1 {
		row.Title, row.Imported, row.Helped, row.DidNotHelp, row.Services = "wiki.example.org/runbooks/certificates", false, 0, 0, nil
	}
	if i%3 == 2 {
		row.Incidents, row.Helped, row.DidNotHelp, row.LastUsed = 0, 0, 0, time.Time{}
	}
	return row
}

func (w world) runbooks() frontend.RunbooksPage {
	p := frontend.RunbooksPage{Shell: w.on("Runbooks", frontend.NavProblems, "/runbooks"), Total: 2 * w.rows}
	for i := range w.rows {
		p.Rows = append(p.Rows, w.runbookRow(i))
	}
	if w.rows > 0 {
		p.Query = "replica"
		p.Rows[0].Snippets = []frontend.Snippet{{Field: "text", Path: "/runbooks/rbk_0000#text", Text: []frontend.Segment{{Text: "Promote the "}, {Text: "replica", Hit: true}, {Text: w.say(" and wait")}}}}
	}
	return p
}

func (w world) runbook() frontend.RunbookPage {
	lo, hi := 900.0, 5400.0
	p := frontend.RunbookPage{Shell: w.on("Fail over", frontend.NavProblems, "/runbooks/rbk_0000", frontend.Link{Label: "Runbooks", Path: "/runbooks"}), Row: w.runbookRow(0), Tags: []string{"database", w.say("failover")},
		Text:  w.say("1. Drain the loop: `failover --hold`\n2. Wait for the **replica**\n\n| step | who |\n|---|---|\n| drain | on call |\n\n[Dashboard](https://example.org/d) and [bad](javascript:alert(1))"),
		Ended: frontend.Stat{Label: "To resolve, median", Unit: reports.Seconds, Value: reports.Num(2400), Lo: &lo, Hi: &hi, N: 12, Metric: "time_to_resolve"}, More: 3}
	for i, row := range w.rowsOf(w.rows) {
		p.Uses = append(p.Uses, frontend.RunbookUseRow{IncidentRow: row, Use: w.runbookUse(i)})
	}
	return p
}

func (w world) runbookUse(i int) incident.RunbookUse {
	u := incident.RunbookUse{Runbook: number("rbk", i), Verdict: incident.RunbookLinked, Told: true}
	if i%2 == 1 {
		u.Verdict, u.By, u.At = incident.RunbookDidNotHelp, w.say("responder-one"), w.shell.Now
	}
	return u
}

// linkedRunbook is a runbook of which nothing but the address is known.
func (w world) linkedRunbook() frontend.RunbookPage {
	return frontend.RunbookPage{Shell: w.on("wiki.example.org/runbooks/certificates", frontend.NavProblems, "/runbooks/rbk_0001", frontend.Link{Label: "Runbooks", Path: "/runbooks"}), Row: w.runbookRow(1),
		Ended: frontend.Stat{Label: "To resolve, median", Unit: reports.Seconds, Value: reports.Missing("not estimable from 4 incidents"), N: 4, Metric: "time_to_resolve"}}
}

func (w world) incidentRunbooks() frontend.IncidentRunbooks {
	return frontend.IncidentRunbooks{
		Used: []frontend.IncidentRunbook{{Row: w.runbookRow(1), Use: w.runbookUse(0)}, {Row: w.runbookRow(0), Use: w.runbookUse(1)}},
		Suggested: []frontend.SuggestedRunbook{
			{Row: w.runbookRow(3), From: []frontend.RunbookUseLink{{Link: frontend.Link{Label: w.say("INC01007"), Path: "/incidents/inc_0007"}, Verdict: incident.RunbookHelped}, {Link: frontend.Link{Label: "INC01009", Path: "/incidents/inc_0009"}, Verdict: incident.RunbookLinked}}, Service: w.say("checkout"), Rate: "It helped in 9 of 11 similar incidents of which a person said so (52 % to 95 %)."},
			{Row: w.runbookRow(6), Service: w.say("checkout"), Rate: "Of the similar incidents nobody said whether it helped: too few to tell."}},
		Trust: "How often such suggestions are right cannot be told from 4 earlier incidents of which the runbook is known.", Titles: []string{w.say("Fail over the primary by hand")},
	}
}
