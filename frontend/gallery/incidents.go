package gallery

import (
	"fmt"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

var subjects = []string{"Checkout latency above objective", "Payments database failover looped", "DNS answers at the edge were stale",
	"Search returned no results for an hour", "Config rollout stopped sign-in", "Queue consumers fell behind after deploy", "Certificate expired at the edge", "Cache cold after restart"}

// inc makes the i-th incident. Without times it has only the moment when its record was made.
func (w world) inc(i int) *incident.Incident {
	opened := w.shell.Now.AddDate(0, 0, -3*i-8).Add(time.Duration(i*37) * time.Minute)
	inc := &incident.Incident{
		ID: number("inc", i), Number: fmt.Sprintf("INC%05d", 2040-i), Title: w.say(subjects[i%len(subjects)]), URL: "https://tickets.example/INC",
		Status: incident.Resolved, StatusRaw: w.say("Resolved"), Severity: incident.Severity(i%5 + 1), SeverityRaw: w.say("2 - High"), PriorityRaw: w.say("1 - Critical"),
		Kind: incident.Real, Origin: incident.OriginTicket, Tags: []string{w.say("database"), "failover"}, MapVersion: 2,
	}
	inc.Milestones.Set(incident.Opened, opened, incident.ToSecond, incident.FromField, "servicenow", w.say("opened_at"))
	if !w.times {
		inc.Status = incident.Investigating
		return inc
	}
	for name, minutes := range map[incident.MilestoneName]int{incident.ImpactStarted: -12, incident.Detected: -3, incident.Acked: 6, incident.MitigatedAt: 38 + i, incident.ResolvedAt: 62 + 9*i, incident.ClosedAt: 3 * 24 * 60} {
		inc.Milestones.Set(name, opened.Add(time.Duration(minutes)*time.Minute), incident.ToMinute, incident.FromLog, "servicenow", "sys_audit")
	}
	inc.Milestones = append(inc.Milestones, incident.Milestone{Name: incident.Detected, At: opened.Add(-5 * time.Minute), Precision: incident.About, Basis: incident.FromPerson, Source: "admin", Reason: "The first customer wrote before the alert.", StatedAt: w.shell.Now.Add(-time.Hour)})
	inc.Segments = []incident.Segment{
		{Status: incident.Triggered, StatusRaw: "New", From: opened, To: opened.Add(6 * time.Minute)},
		{Status: incident.Investigating, StatusRaw: "In progress", From: opened.Add(6 * time.Minute), To: opened.Add(38 * time.Minute)},
		{Status: incident.Mitigated, StatusRaw: "On hold", From: opened.Add(38 * time.Minute), To: opened.Add(62 * time.Minute)},
		{Status: incident.Resolved, StatusRaw: "Resolved", From: opened.Add(62 * time.Minute)},
	}
	return inc
}

func (w world) row(i int) frontend.IncidentRow {
	inc := w.inc(i)
	span := incident.Span{From: []incident.MilestoneName{incident.ImpactStarted, incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}
	row := frontend.IncidentRow{
		Incident: inc, Team: w.say("Payments"), Source: w.say("ServiceNow"), Length: inc.Milestones.Between(span, inc.Status.Over(), w.shell.Now),
		Services: []frontend.Link{{Label: w.say("checkout"), Path: "/services/svc_0001"}, {Label: "payments-db", Path: "/services/svc_0002"}},
	}
	if i%3 == 1 {
		row.Retro = "in_review"
		row.Snippets = []frontend.Snippet{{Field: "factor", Text: w.marked("retries amplified the ", "cold cache", " after the failover")}}
	}
	return row
}

func (w world) rowsOf(n int) []frontend.IncidentRow {
	rows := make([]frontend.IncidentRow, n)
	for i := range rows {
		rows[i] = w.row(i)
	}
	return rows
}

func (w world) marked(before, hit, after string) []frontend.Segment {
	return []frontend.Segment{{Text: w.say(before)}, {Text: w.say(hit), Hit: true}, {Text: w.say(after)}}
}

func (w world) period(path string) frontend.Period {
	return frontend.Period{
		Ranges:  []frontend.Choice{{Value: "30d", Label: "Last 30 days", Path: path + "?range=30d"}, {Value: "90d", Label: "Last 90 days", On: true, Path: path}, {Value: "365d", Label: "Last 12 months", Path: path + "?range=365d"}},
		Compare: []frontend.Choice{{Value: "prev", Label: "Against the period before", On: true, Path: path}, {Value: "none", Label: "No comparison", Path: path + "?cmp=none"}},
		From:    w.shell.Now.AddDate(0, 0, -90), To: w.shell.Now, Earlier: path + "?to=2026-08-22", Action: path, Keep: []frontend.Hidden{{Name: "sev", Value: "1"}},
	}
}

func exports(path string) []frontend.Link {
	return []frontend.Link{{Label: "CSV", Path: "/api/v1/incidents?format=csv&of=" + path}, {Label: "JSON", Path: "/api/v1/incidents?of=" + path}}
}

func (w world) incidents() frontend.IncidentsPage {
	p := frontend.IncidentsPage{
		Shell: w.on("Incidents", frontend.NavIncidents, "/incidents?sev=1&q=cold+cache"), Period: w.period("/incidents"), Query: w.say("cold cache"),
		Keep: []frontend.Hidden{{Name: "sev", Value: w.say("1")}}, Rows: w.rowsOf(w.rows), Total: 128, All: 1942, Requests: 12, Asked: "/incidents?kind=request", Clear: "/incidents", Older: "/incidents?after=abc", Newer: "/incidents", Exports: exports("/incidents"),
		Chips: []frontend.Chip{{Label: w.say("Severity: SEV1"), Remove: "/incidents?q=cold+cache"}, {Label: w.say("Search: cold cache"), Remove: "/incidents?sev=1"}},
		Sorts: []frontend.Choice{{Label: "newest first", On: true, Path: "/incidents", Count: -1}, {Label: "worst first", Path: "/incidents?sort=severity", Count: -1}},
	}
	for _, label := range []string{"Severity", "Service", "Status", "Team"} {
		p.Facets = append(p.Facets, frontend.Facet{Name: incident.Slug(label), Label: label, More: 3, Options: []frontend.Choice{{Label: w.say("first value"), On: true, Count: 1204, Path: "/incidents?a=1"}, {Label: w.say("second value"), Count: 12, Path: "/incidents?a=2"}}})
	}
	p.Folded, p.Refold = 7, "/incidents?fold=no"
	p.Rows[0].Folded = &frontend.FoldedAlerts{Label: "+ 41 alerts within 6m", Why: w.say("42 alerts of checkout within 6m."), All: "/incidents?from=2026-11-20&to=2026-11-20",
		Here: []frontend.Link{{Label: w.say("INC-2 host 2 down"), Path: frontend.IncidentPath("inc_0002")}, {Label: w.say("INC-3 host 3 down"), Path: frontend.IncidentPath("inc_0003")}}}
	for i := range 13 {
		p.Weeks = append(p.Weeks, frontend.Bar{Label: "week of " + w.shell.Now.AddDate(0, 0, 7*(i-13)).Format("2 Jan 2006"), Count: (i * 5) % 9, Path: "/incidents?from=2026-09-01"})
	}
	return p
}

func (w world) incident() frontend.IncidentPage {
	inc := w.inc(0)
	inc.Format, inc.Description = incident.Markdown, w.say("Checkout failed for **4.2 %** of customers.\n\n# What we saw\n\n- retries\n- a cold cache\n\n[Dashboard](https://example.org/d) and [bad](javascript:alert(1))")
	reopened := 1
	inc.Reopened = &reopened
	inc.People = []incident.Participation{{Name: w.say("on-call engineer"), Role: "commander"}}
	inc.Custom = []incident.CustomValue{{Name: w.say("u_region"), Value: w.say("eu-west")}}
	inc.Links = []incident.Link{{Kind: "chat", URL: "https://chat.example/c/1", Title: w.say("incident channel")}, {Kind: "ticket", URL: "javascript:alert(1)", Title: "not a link"}}
	inc.Factors = []incident.Factor{{Role: "contributing", Category: "cache", Text: w.say("The cache was cold after the failover")}, {Role: "went_well", Text: w.say("The runbook was right"), Claimed: true}}
	inc.Edits = []incident.Edit{{Field: "severity", Value: "SEV1", Was: w.say("2 - High"), By: "admin", At: w.shell.Now.Add(-2 * time.Hour)}}
	return frontend.IncidentPage{
		Shell: w.on(inc.Label(), frontend.NavIncidents, "/incidents/inc_0000", frontend.Link{Label: "Incidents", Path: "/incidents"}), Incident: inc,
		Services: w.row(0).Services, Team: frontend.Link{Label: w.say("Payments"), Path: "/incidents?team=team_1"}, Connection: frontend.Link{Label: w.say("ServiceNow"), Path: "/imports/con_0001"},
		Durations: w.durations(inc), Events: w.events(inc), Retro: w.retro(), Similar: w.similar(), SimilarBefore: w.similar()[1:], SimilarApart: w.rowsOf(1), Runbooks: w.incidentRunbooks(), Factors: w.factorStatements(), FactorNames: []string{"cache", w.say("deploy")}, Actions: w.actionPart(inc.ID), Said: []frontend.SaidRow{{Other: frontend.Link{Label: w.say("Cache cold after restart"), Path: "/incidents/inc_0007"}, Words: "took back what was said of both", By: w.say("responder-one"), At: w.shell.Now}}, Suggested: []frontend.Guess{{Name: "Team", Value: w.say("Payments"), Note: "the first guess was right for 71 % of the 200 youngest incidents that have one (64 % to 77 %); always naming the most frequent would have been for 34 %"}}, SimilarTrust: []string{"Strong: of 34 that people judged 29 were the same problem (70 % to 94 %).", "Faint: nobody has judged one yet."}, Problems: w.knownProblems(),
		Clocks:  w.clockRows(),
		Changes: w.near(), OnCall: w.onCallThen(), Raw: w.raw(), Related: []frontend.Link{{Label: "Parent: INC01001", Path: "/incidents/inc_0009"}}, Exports: exports("/incidents/inc_0000"), MayEdit: true, Seen: frontend.WhoSees{Words: "its team " + w.say("Payments") + ", Responder One and administrators", Users: "Responder One"}, SimilarNote: "In a test on 200 judged pairs, 7 of 10 first suggestions were right.",
	}
}

func (w world) durations(inc *incident.Incident) []frontend.DurationLine {
	span := func(from, to incident.MilestoneName) incident.Span {
		return incident.Span{From: []incident.MilestoneName{from}, To: []incident.MilestoneName{to}}
	}
	lines := []frontend.DurationLine{
		{Label: "Time to detect", Span: span(incident.ImpactStarted, incident.Detected), Metric: "ttd"},
		{Label: "Time to acknowledge", Span: span(incident.Opened, incident.Acked), Metric: "tta"},
		{Label: "Time to mitigate", Span: span(incident.Detected, incident.MitigatedAt), Metric: "ttm"},
		{Label: "Time to resolve", Span: span(incident.Opened, incident.ResolvedAt), Metric: "ttr"},
	}
	for i := range lines {
		lines[i].Value = inc.Milestones.Between(lines[i].Span, inc.Status.Over(), w.shell.Now)
	}
	return append(lines,
		frontend.DurationLine{Label: "Impact", Span: span(incident.ImpactStarted, incident.ImpactEnded), Value: incident.Duration{State: incident.NotApplicable}, Why: "The source does not record when impact ended.", Metric: "impact"},
		frontend.DurationLine{Label: "Time to close", Span: span(incident.ResolvedAt, incident.ClosedAt), Value: incident.Duration{State: incident.Invalid}, Why: w.say("It was closed before it was resolved; correct one of the times."), Metric: "ttc"})
}

func (w world) events(inc *incident.Incident) []incident.TimelineEvent {
	start := inc.StartedAt()
	kinds := []incident.EventKind{incident.EventCreated, incident.EventAcknowledged, incident.EventNote, incident.EventEscalated, incident.EventChange, incident.EventNote, incident.EventMitigated, incident.EventResolved}
	var events []incident.TimelineEvent
	for i := range w.rows {
		events = append(events, incident.TimelineEvent{ID: number("ev", i), At: start.Add(time.Duration(i*7+i*i/40) * time.Minute), Kind: kinds[i%len(kinds)], Actor: w.say("on-call engineer"), Text: w.say("p99 above two seconds in eu-west"), Private: i%5 == 4})
	}
	return events
}

func (w world) retro() *incident.Retrospective {
	return &incident.Retrospective{Title: w.say("Payments failover"), State: "published", Authors: []string{w.say("payments team")}, Sections: []incident.Section{
		{Slug: "summary", Title: w.say("Summary"), Body: w.say("On 11 Nov checkout failed for 4.2 % of customers.\n\n> The failover looped three times.")},
		{Slug: "lessons", Body: w.say("## Where we got lucky\n\nIt was night in the largest region.\n\n| When | What |\n|---|---|\n| 09:21 | alert |\n| 09:33 | `rollback` |")},
	}}
}

func (w world) similar() []frontend.SimilarRow {
	return []frontend.SimilarRow{
		{IncidentRow: w.row(1), Score: 0.81, Strength: "strong", Reasons: []string{"same service: checkout", w.say("words: failover, loop")}, Fix: w.say("Primary was pinned by hand"), Helped: []string{w.say("Responder One"), w.say("Responder Two")}, Known: &w.knownProblems()[0]},
		{IncidentRow: w.row(3), Score: 0.64, Strength: "strong", Said: true, Reasons: []string{w.say("same factor: cold cache")}},
	}
}

func (w world) raw() *frontend.RawView {
	return &frontend.RawView{
		ID: "raw_1", Type: "incidents", ExternalID: w.say("INC0010023"), ReceivedAt: w.shell.Now.Add(-time.Hour), Origin: w.say("incidents.json?page=2"), Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		Body: w.say("{\n  \"number\": \"INC0010023\",\n  \"opened_at\": \"2026-11-11 09:21:00\"\n}"), Cut: true, Download: "/incidents/inc_0000/raw", MapVersion: 2,
		Fields:   []frontend.MappedField{{Theirs: w.say("opened_at"), Value: w.say("2026-11-11 09:21:00"), Ours: "milestone opened"}, {Theirs: "priority", Value: "1 - Critical", Ours: "severity SEV1"}},
		Warnings: []incident.Warning{{Field: w.say("u_region"), Value: w.say("eu-west"), Message: "is in no mapping; kept as a further field", Count: 1}},
	}
}

// factorStatements are factors in every state: claimed, put in other words by a person, and rejected.
func (w world) factorStatements() []incident.FactorStatement {
	return []incident.FactorStatement{
		{Key: "fac_1", Told: true, FactorSays: incident.FactorSays{State: incident.FactorClaimed, Role: "contributing", Category: w.say("cache"), Text: w.say("The cache was cold after the failover")}},
		{Key: "fac_2", Told: true, By: w.say("admin"), At: w.shell.Now, Source: w.say("bad release"), FactorSays: incident.FactorSays{State: incident.FactorConfirmed, Role: "trigger", Category: "deploy", Text: w.say("The release had no canary"), About: w.say("checkout")}},
		{Key: "fac_3", By: "admin", At: w.shell.Now, FactorSays: incident.FactorSays{State: incident.FactorConfirmed, Role: "went_well", Text: w.say("The runbook was right")}},
		{Key: "fac_4", Told: true, By: "admin", At: w.shell.Now, FactorSays: incident.FactorSays{State: incident.FactorRejected, Role: "contributing", Text: w.say("Human error")}},
	}
}
