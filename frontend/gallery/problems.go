package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

func (w world) problemRows(n int) []frontend.ProblemRow {
	rows := make([]frontend.ProblemRow, n)
	states := []incident.ProblemState{incident.Suggested, incident.Confirmed, incident.Rejected}
	for i := range rows {
		rows[i] = frontend.ProblemRow{
			Problem: incident.Problem{ID: number("prb", i), Title: w.say([]string{"Config rollout without canary", "Failover loops", "Certificates expire"}[i%3]), State: states[i%3], Terms: []string{w.say("rollout"), "canary", "config"}, Basis: "text", By: "admin"},
			Count:   7 - i%4, First: w.shell.Now.AddDate(-1, 0, 0), Last: w.shell.Now.AddDate(0, 0, -9), Impact: incident.Duration{State: incident.Recorded, Value: 580 * time.Minute}, Measured: 3, Services: w.row(0).Services, Spark: w.spark(), Open: 2, Overdue: 1,
			Management: incident.Management{Stage: incident.StageOpen}, Year: 5, Lost: "9h 40m", LostOf: "from 3",
		}
		if i%3 == 1 {
			rows[i].Management, rows[i].Cost = w.management(incident.Stages[i/3%3]), "8,400 to 25,000 EUR"
			rows[i].Returned = map[bool]int{true: 2}[rows[i].Management.Stage == incident.StageResolved]
		}
		if i%3 == 2 { // a problem of notices without dates
			rows[i].First, rows[i].Last, rows[i].Impact, rows[i].Measured = time.Time{}, time.Time{}, incident.Duration{State: incident.NotApplicable}, 0
			rows[i].Lost, rows[i].LostOf = "", ""
		}
	}
	return rows
}

func (w world) problems() frontend.ProblemsPage {
	rows := w.problemRows(w.rows)
	p := frontend.ProblemsPage{
		Shell: w.on("Recurring problems", frontend.NavProblems, "/problems"), Query: w.say("rollout"), Keep: []frontend.Hidden{{Name: "stage", Value: w.say("open")}}, Total: w.rows, Figures: []frontend.Figure{w.countsChart("pareto")}, Single: 41, Trust: "Of 24 judgements here 21 found the suggestion right (95 % interval 69 % to 96 %).", Needs: 5, Have: 1942, MayEdit: true, Clear: "/problems", Exports: exports("/problems"),
		States: []frontend.Choice{{Label: "All", On: true, Count: 12, Path: "/problems"}, {Label: "Suggested", Count: 3, Path: "/problems?state=suggested"}, {Label: "Confirmed", Count: 9, Path: "/problems?state=confirmed"}, {Label: "Rejected", Count: 0, Path: "/problems?state=rejected"}},
		Sorts:  []frontend.Choice{{Label: "What to fix first", On: true, Count: -1, Path: "/problems"}, {Label: "Most incidents", Count: -1, Path: "/problems?sort=count"}, {Label: "Latest", Count: -1, Path: "/problems?sort=last"}},
		Order:  "First what cost most in the last 12 months, in EUR; then what took most time.", Costs: true,
		Facets: []frontend.Facet{{Name: "stage", Label: "Stage", Options: []frontend.Choice{{Label: "Known error", Count: -1, Path: "/problems?stage=known_error"}, {Label: "Resolved", Count: -1, Path: "/problems?stage=resolved"}}},
			{Name: "owner", Label: "Owner", Options: []frontend.Choice{{Label: "Nobody", Count: 3, Path: "/problems?owner=none"}, {Label: w.say("Payments"), On: true, Count: 2, Path: "/problems"}}}},
		Chips: []frontend.Chip{{Label: w.say("Owner: Payments"), Remove: "/problems"}},
	}
	for _, g := range []frontend.ProblemGroup{{ID: "confirmed", Title: "Confirmed"}, {ID: "suggested", Title: "Suggested", Lede: "Nobody has judged these yet."}, {ID: "rejected", Title: "Rejected"}} {
		for _, row := range rows {
			if string(row.Problem.State) == g.ID {
				g.Rows = append(g.Rows, row)
			}
		}
		g.Total = len(g.Rows)
		p.Groups = append(p.Groups, g)
	}
	return p
}

// management is what people decided about a problem.
func (w world) management(stage incident.Stage) incident.Management {
	m := incident.Management{Problem: "prb_0001", Version: 4, Stage: stage, Owner: "team_1", OwnerName: w.say("Payments"), Workaround: w.say("1. Drain the loop: `failover --hold`\n2. Wait for the **replica**\n\n[Runbook](https://example.org/runbook) and [bad](javascript:alert(1))"),
		Cause: w.say("The health check fails while the cache is cold, so that the new primary is failed over again."), ExitWords: w.say("Health checks know a cold cache."), ExitDays: 60, ChangeURL: "https://example.org/changes/12", By: w.say("an editor"), At: w.shell.Now.Add(-50 * time.Hour)}
	if stage == incident.StageResolved {
		m.ResolvedAt = w.shell.Now.AddDate(0, 0, -21)
	}
	return m
}

func (w world) managedPart(stage incident.Stage) frontend.ManagedPart {
	m := w.management(stage)
	return frontend.ManagedPart{Management: m, Lacks: m.Lacks(), Owned: "/problems?owner=team_1", Link: frontend.ChangeLink{Title: w.say("Health checks know a cold cache"), Note: "deploy, 3 Nov 2026, succeeded", URL: "https://example.org/changes/12"},
		Behind: "/problems/prb_0001/incidents?figure=returned", Owners: []string{w.say("Payments"), w.say("Responder One")},
		Exit: frontend.ExitPart{Exit: incident.Exit{Asked: 60, Days: 23, Last: w.shell.Now.AddDate(0, 0, -23)}, Sentence: "23 of 60 days without an incident, last on 28 Oct 2026.", Path: "/problems/prb_0001/incidents?figure=interval"}}
}

func (w world) knownProblems() []frontend.KnownProblem {
	m := w.management(incident.StageKnownError)
	return []frontend.KnownProblem{{Link: frontend.Link{Label: w.say("Failover loops"), Path: "/problems/prb_0001"}, State: incident.Confirmed, Stage: m.Stage, Owner: m.OwnerName, Workaround: m.Workaround},
		{Link: frontend.Link{Label: w.say("Cold caches"), Path: "/problems/prb_0002"}, State: incident.Suggested}}
}

func (w world) purity() []frontend.Purity {
	path := "/problems/prb_0001/incidents?figure=service"
	return []frontend.Purity{{By: "service", Note: "Of 7 incidents that name one.", More: 2, Parts: []frontend.PurityPart{{Label: w.say("checkout"), N: 6, Of: 7, Share: "86 % (95 % interval 49 % to 97 %)", Path: path}, {Label: w.say("payments-db"), N: 2, Of: 7, Share: "29 % (95 % interval 8 % to 64 %)", Path: path}}},
		{By: "team", Note: "Of 4 incidents that name one; 3 name none. Too few: 4 incidents, so no share is told.", Parts: []frontend.PurityPart{{Label: w.say("Payments"), N: 4, Of: 4, Path: path}}}, {By: "factor", Note: "No incident names a factor."}}
}

func (w world) problem() frontend.ProblemPage {
	low, high := 6.0*86400, 61.0*86400
	behind := "/problems/prb_0001/incidents?figure=rate"
	p := frontend.ProblemPage{
		Shell: w.on("Problem", frontend.NavProblems, "/problems/prb_0001", frontend.Link{Label: "Problems", Path: "/problems"}), Row: w.problemRows(5)[4], Why: []string{w.say("7 of 7 share the words rollout and canary"), "5 of 7 touch the same services"}, Figures: []frontend.Figure{w.countsChart("problem-rate")}, Source: w.source(), Exports: exports("/problems/prb_0001"), MayEdit: true,
		Managed: w.managedPart(incident.StageKnownError), Purity: w.purity(), Folded: frontend.Folded{Text: w.say("40 alerts in 2 floods: a flood counts once in how often, how far apart and whether more seldom. 14 occurrences in all, of 52 incidents; in the last 12 months 9 of 47."), Path: "/problems/prb_0001/incidents?figure=incidents"}, LeftOut: w.say("Left out of all figures: 2 incidents (1 drill, 1 request)."),
		Helpers: []frontend.Helper{{Link: frontend.Link{Label: w.say("Responder One"), Path: behind}, N: 4, Of: 6}, {Link: frontend.Link{Label: w.say("Responder Two"), Path: behind}, N: 1, Of: 6}},
		Cost:    frontend.CostPart{Amounts: []string{"8,400 to 25,000 EUR"}, Parts: []frontend.Pair{{Name: w.say("checkout"), Value: w.say("1h 24m lost by weight, times 100 to 300 EUR a minute: made up")}}, Note: w.say("Without a rate, and so in no cost: search."), Path: behind},
		Stats: []frontend.Stat{{Label: "Incidents, last 12 months", Unit: reports.Count, Value: reports.Num(5), Metric: "problem_year", Path: behind}, {Label: "Time lost, last 12 months", Unit: reports.Seconds, Value: reports.Num(34800), N: 3, Metric: "problem_year", Path: behind},
			{Label: "From one to the next, median", Unit: reports.Seconds, Value: reports.Num(31 * 86400), Lo: &low, Hi: &high, N: 6, Metric: "problem_interval", Path: behind}},
		Trend: w.verdicts()[:2],
		Actions: []frontend.ActionRow{{Action: incident.ActionItem{Title: w.say("Block rollout without canary"), State: "open", Owner: w.say("Payments")}, Incident: frontend.Link{Label: w.say("Checkout fails after a rollout"), Path: "/incidents/inc_0003"}, Age: "overdue by 12 days", Late: true, After: -1},
			{Action: incident.ActionItem{Title: "Alert on retry rate", State: "open"}, Incident: frontend.Link{Label: "INC02037", Path: "/incidents/inc_0003"}, Age: "open for 34 days", After: -1},
			{Action: incident.ActionItem{Title: w.say("Roll out to one host first"), State: "verified"}, Incident: frontend.Link{Label: "INC02040", Path: "/incidents/inc_0000"}, After: 2, Back: w.shell.Now.AddDate(0, 0, -9), Effect: "4 in the 365 days before it was done, 2 in the 120 days after; the next one came after 40 days. Too few incidents: 2 now and 4 before; a comparison of rates needs 10 in all."}},
	}
	p.Trend[0].Path = behind
	for i := range w.rows {
		p.Members = append(p.Members, frontend.MemberRow{IncidentRow: w.row(i), Score: 0.9, Reasons: []string{w.say("words: rollout, canary"), "same service"}})
	}
	p.Merge = []frontend.Choice{{Value: "prb_0002", Label: w.say("Failover loops"), Count: 5}}
	p.History = []frontend.HistoryRow{{At: w.shell.Now, By: w.say("an editor"), Text: "was edited", Undo: 7, Edited: []frontend.EditedPart{{FieldChange: incident.FieldChange{Field: "owner", Before: "", After: w.say("Payments")}}, {FieldChange: incident.FieldChange{Field: "workaround", Before: w.say("Wait"), After: w.say("Drain the loop, then wait for the replica")}, Long: true}}},
		{At: w.shell.Now, Text: "gained, 71 % alike", Incident: frontend.Link{Label: w.say("INC02040"), Path: "/incidents/inc_0000"}}, {At: w.shell.Now, By: "an editor", Text: "was rejected", TakenBack: true}}
	p.Removed = []frontend.MemberRow{{IncidentRow: w.row(w.rows), Score: 0.4, Reasons: []string{"words: rollout"}}}
	return p
}

// problemStates are a problem that nobody has taken over, one that came back, and one that somebody else changed while a form was
// open.
func problemStates(w world) []State {
	fresh := w.problem()
	fresh.Row, fresh.Managed = w.problemRows(1)[0], frontend.ManagedPart{Management: incident.Management{Stage: incident.StageOpen}}
	fresh.Cost = frontend.CostPart{Note: "Nobody has said what a minute costs.", Path: "/problems/prb_0001/incidents?figure=lost"}
	fresh.History, fresh.Actions, fresh.Helpers, fresh.LeftOut, fresh.Members = nil, nil, nil, "", fresh.Members[:2]
	fresh.Purity = []frontend.Purity{{By: "service", Note: "No incident names a service."}, {By: "team", Note: "No incident names a team."}, {By: "factor", Note: "No incident names a factor."}}
	back := w.problem()
	back.Row, back.Managed = w.problemRows(8)[7], w.managedPart(incident.StageResolved)
	back.Managed.Returned, back.Managed.Exit.Sentence, back.Managed.Exit.Days = "It came back on 5 Nov 2026, 12 days after it was resolved; 2 incidents since, the last on 11 Nov 2026.", "0 of 60 days without an incident: 1 incident of it still goes on.", 0
	meanwhile := w.problem()
	meanwhile.Form = frontend.Form{Errors: []frontend.FieldError{{Message: "Somebody else saved while you were writing. What they changed stands above your text; nothing of yours is saved yet."}}}
	meanwhile.Managed.Workaround, meanwhile.Managed.Cause = "", ""
	meanwhile.Managed.Lacks = meanwhile.Managed.Management.Lacks()
	meanwhile.Managed.Meanwhile = []incident.FieldChange{{Field: "owner", Before: "Payments", After: "Storage"}, {Field: "exit_days", Before: "30 days without an incident", After: "60 days without an incident"}}
	viewer := w.problem()
	viewer.MayEdit = false
	return []State{{"problem/empty", fresh}, {"problem/returned", back}, {"problem/meanwhile", meanwhile}, {"problem/viewer", viewer}}
}
