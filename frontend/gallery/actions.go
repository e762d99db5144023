package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// actionEntries are action items in every state, of incidents of the world.
func (w world) actionEntries() []frontend.ActionEntry {
	now := w.shell.Now
	items := []struct {
		incident.ActionItem
		age, wait string
	}{
		{incident.ActionItem{Title: "Block rollout without canary", Owner: "Payments", Kind: "prevent", Priority: "high", State: "open", Created: now.AddDate(0, 0, -94), Due: now.AddDate(0, 0, -12), Proof: "No rollout reaches all hosts within an hour", URL: "https://example.org/issues/7"}, "overdue by 12 days", ""},
		{incident.ActionItem{Title: "Investigate retries", State: "in_progress", Kind: "detect", Created: now.AddDate(0, 0, -34)}, "open for 34 days", ""},
		{incident.ActionItem{Title: "Roll out to one host first", Owner: "Payments", State: "done", Done: now.AddDate(0, 0, -40), VerifyBy: now.AddDate(0, 0, -3), Proof: "No failed rollout in a month"}, "", "verification was due 3 days ago"},
		{incident.ActionItem{Title: "Alert on retry rate", Owner: "Search", State: "verified", Done: now.AddDate(0, 0, -90), Judged: now.AddDate(0, 0, -30), Reason: "It paged twice, both times in time."}, "", ""},
		{incident.ActionItem{Title: "Raise the timeout", State: "ineffective", Done: now.AddDate(0, 0, -90), Judged: now.AddDate(0, 0, -30), Reason: "The same requests failed later."}, "", ""},
		{incident.ActionItem{Title: "Tidy up", State: "unknown"}, "", ""},
		{incident.ActionItem{Title: "Buy a second database", State: "dropped", Judged: now.AddDate(0, 0, -5), Reason: "It costs more in a year than the hour did."}, "", ""},
	}
	var out []frontend.ActionEntry
	for i, x := range items {
		for _, text := range []*string{&x.Title, &x.Owner, &x.Proof, &x.Reason} {
			if *text != "" {
				*text = w.say(*text)
			}
		}
		e := frontend.ActionEntry{ActionStatement: incident.ActionStatement{ActionItem: x.ActionItem, Told: true}, Of: w.row(i).Incident, Age: x.age, Wait: x.wait, Late: x.age == "overdue by 12 days", Team: w.say("Payments")}
		e.Key = string(number("act", i))
		if i == 0 {
			e.By, e.At = w.say("Responder One"), now.AddDate(0, 0, -2)
			e.Issue = incident.IssueSays{Name: "GitHub example-org/shop#7", Title: e.Title, State: incident.ActionDropped, Outcome: "closed as not planned", Closed: now.AddDate(0, 0, -1), Assignee: "responder-two"}
			e.IssueGaps = []incident.ActionGap{{Field: "state", Here: "open", There: "dropped", Clash: true}, {Field: "due", Here: "2026-11-08T23:59:59Z", There: "2026-12-01T00:00:00Z"}}
			e.Seen = now.Add(-4 * time.Minute)
			e.Differs = []incident.ActionGap{{Field: "owner", Here: w.say("Payments"), There: w.say("Platform"), Clash: true}, {Field: "due", Here: "2026-11-08T23:59:59Z", There: "2026-12-01T00:00:00Z"}}
		}
		if i == 3 {
			e.URL, e.Issue, e.MayClose = "https://example.org/issues/9", incident.IssueSays{Name: "GitHub example-org/shop#9", State: incident.ActionOpen, Outcome: "open"}, true
		}
		if i == 2 {
			e.URL, e.Issue, e.Adrift = "https://example.org/browse/OPS-17", incident.IssueSays{Name: "Jira OPS-17", State: incident.ActionOpen, Outcome: "Open"}, true
		}
		e.Effect = w.effect(x.State, i)
		out = append(out, e)
	}
	return out
}

// effect is what the data say of an item that is done: each outcome in one state.
func (w world) effect(state string, i int) frontend.ActionEffect {
	of := w.say("incidents of Payments with factor “Capacity”")
	switch state {
	case "done":
		return frontend.ActionEffect{Outcome: "came_back", Of: of, Text: "3 in the 40 days before it was done, 1 in the 40 days after; the next one came after 12 days. Too few incidents: 1 now and 3 before; a comparison of rates needs 6 in all.",
			Again: frontend.Link{Label: w.say("INC-204"), Path: frontend.IncidentPath(number("inc", i))}, Days: "12 days"}
	case "verified":
		return frontend.ActionEffect{Outcome: "worked", Of: of, Text: "14 in the 90 days before it was done, 3 in the 90 days after; the next one came after 31 days. Clearly fewer.", Note: "It was made to detect sooner: fewer incidents are not what it promised."}
	case "ineffective":
		return frontend.ActionEffect{Outcome: "not_compared", Why: "Its incident has no service or no factor yet, and belongs to no confirmed problem: name both, and it is compared with incidents like it."}
	}
	return frontend.ActionEffect{}
}

// actionPart is the action items of one incident.
func (w world) actionPart(id incident.ID) frontend.ActionPart {
	all := w.actionEntries()
	for i := range all {
		all[i].Of = w.row(0).Incident
	}
	last := len(all) - 1
	return frontend.ActionPart{Incident: id, Items: all[:last], Dropped: all[last:], MayEdit: true, MakesIssues: true, Owners: []string{w.say("Payments"), "Search"}}
}

// issue is the issue that would be made of an action item of a private incident, which a tracker was asked for before.
func (w world) issue() frontend.IssuePage {
	e := w.actionEntries()[0]
	inc := *e.Of
	inc.Private = true
	return frontend.IssuePage{Shell: w.on("Create an issue", frontend.NavIncidents, frontend.IncidentPath(inc.ID)), Incident: &inc, Item: e.ActionStatement, Subject: e.Title,
		Text:    "What would prove that it worked: " + e.Proof + "\n\nTo be verified by 2027-03-01.",
		Places:  []frontend.Choice{{Value: "con_1 example-org/shop", Label: "example-org/shop (GitHub, " + w.say("Our repositories") + ")", On: true}, {Value: "con_2 OPS", Label: "OPS (Jira, Tickets)"}},
		Ordered: &incident.IssueOrder{IssueSays: incident.IssueSays{Name: "GitHub, Our repositories, example-org/shop"}}}
}

func (w world) actions() frontend.ActionsPage {
	rows := w.actionEntries()
	for len(rows) < w.rows {
		more := w.actionEntries()
		for i := range more {
			more[i].Key += string(number("x", len(rows)))
		}
		rows = append(rows, more...)
	}
	return frontend.ActionsPage{Shell: w.on("Action items", frontend.NavProblems, "/actions"), Total: len(rows) + 3, MayEdit: true, Clear: "/actions", Exports: exports("/actions"),
		Tabs:   []frontend.Choice{{Label: "Recurring problems", Count: -1, Path: "/problems"}, {Label: "Action items", On: true, Count: -1, Path: "/actions"}},
		Asked:  []frontend.Choice{{Label: "Open", On: true, Count: -1, Path: "/actions"}, {Label: "Mine", Count: -1, Path: "/actions?owner=me"}},
		Facets: []frontend.Facet{{Name: "owner", Label: "Owner", Options: []frontend.Choice{{Label: "Nobody", Count: 3, Path: "/actions?owner=none"}, {Label: w.say("Payments"), On: true, Count: 2, Path: "/actions"}}}},
		Chips:  []frontend.Chip{{Label: w.say("Owner: Payments"), Remove: "/actions"}},
		Groups: []frontend.ActionListGroup{{ID: "overdue", Title: "Overdue", Total: 1, Rows: rows[:1]}, {ID: "soon", Title: "Due within 14 days"},
			{ID: "later", Title: "Due later, or without a date", Lede: w.say("Among them"), Total: len(rows) + 2, Rows: rows[1:], All: "/actions?group=later", More: "All 9"}}}
}
