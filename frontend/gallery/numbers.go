package gallery

import (
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

// numbers fills a page of figures.
func (w world) numbers(title string, nav frontend.Nav, path string) frontend.NumbersPage {
	low, high, share := 0.05, 0.36, 0.15
	p := frontend.NumbersPage{Shell: w.on(title, nav, path), Lede: "What this page answers, in a sentence.", Period: w.period(path), Clear: path,
		Tabs:    []frontend.Choice{{Label: "Changes", Path: "/changes", Count: -1}, {Label: title, Path: path, On: true, Count: -1}},
		Chips:   []frontend.Chip{{Label: w.say("Service: checkout"), Remove: path}},
		Facets:  []frontend.Facet{{Name: "service", Label: "Service", Options: []frontend.Choice{{Label: w.say("checkout"), Count: -1, Path: path + "?service=svc_0001"}}}},
		Exports: []frontend.Link{{Label: "JSON", Path: "/api/v1" + path}},
		Notes:   []string{"1 Nov 2026 to 20 Nov 2026", w.say("incidents left out: 2 drill")}}
	p.Period.Compare = nil
	table := reports.Table{ID: "by-service", Title: "By service", Columns: []reports.Column{{Key: "service", Title: "Service", Unit: reports.Text}, {Key: "n", Title: "Deployments", Unit: reports.Count},
		{Key: "rate", Title: "Change fail rate", Unit: reports.Share}, {Key: "at", Title: "Made", Unit: reports.Instant}, {Key: "s", Title: "Recovered in", Unit: reports.Seconds}}}
	for i := range min(w.rows, 50) {
		name := reports.Str(w.say("checkout"))
		if i%2 == 0 {
			name.Link = path + "?service=svc_0001"
		}
		row := []reports.Cell{name, reports.Num(float64(20 * i)), reports.Num(share), {Time: w.shell.Now}, reports.Num(5400)}
		if !w.times || i%3 == 2 {
			row = []reports.Cell{name, reports.Num(0), reports.Missing("not estimable from 0 incidents"), {Note: "not known"}, reports.Missing("not yet")}
		}
		table.Rows = append(table.Rows, row)
	}
	p.Sections = []frontend.NumbersSection{
		{ID: "figures", Title: "The figures", Lede: w.say("3 of 20 deployments failed."), Stats: []frontend.Stat{
			{Label: "Change fail rate", Unit: reports.Share, Value: reports.Num(share), Lo: &low, Hi: &high, N: 20, Metric: "change_fail_rate"},
			{Label: "Recovery, median", Unit: reports.Seconds, Value: reports.Missing("not estimable from 3 incidents"), N: 3},
			{Label: "Deployments a day", Unit: reports.Count, Value: reports.Num(1.2), N: 20, Metric: "deployment_frequency"}}, Notes: []string{w.say("One is not recovered from.")}},
		{ID: "services", Title: "By service", Tables: []reports.Table{table}, Links: []frontend.Link{{Label: w.say("All changes"), Path: "/changes"}, {Label: "Incidents", Path: "/incidents"}}},
		{ID: "bare", Title: "Nothing here", Lede: "None in this period."},
	}
	return p
}

// numberStates are pages of figures without any.
func numberStates(w world) []State {
	bare := w.numbers("Delivery", frontend.NavChanges, "/delivery")
	bare.Sections, bare.Chips = nil, nil
	defining := bare
	defining.Title, defining.None = "Durations", frontend.NoNumbers{Title: "No duration was defined here", Text: "Any span of two moments can be measured."}
	defining.Define = &frontend.DefineDuration{Calendars: []frontend.Choice{{Value: "pol_1", Label: "Office hours"}}, Form: frontend.Form{Errors: []frontend.FieldError{{Field: "span", Message: "write it as from..to"}}}}
	bare.None = frontend.NoNumbers{Title: "No source of changes is connected", Text: "These figures are made from deployments.", Links: []frontend.Link{{Label: "How changes get here", Path: "/changes"}}}
	wrong := bare
	wrong.Problem = "There is no service called “zzz”."
	stated, none := w.incident(), w.incident()
	stated.Changes, none.Changes = w.near(), w.near()
	stated.Changes.Incident, stated.Changes.MayEdit, stated.Changes.Cause, stated.Changes.CauseBy = "inc_1", true, stated.Changes.Rows[0].Change.ID, "editor"
	none.Changes.Incident, none.Changes.MayEdit, none.Changes.Cause, none.Changes.CauseBy = "inc_1", true, incident.NoChange, "editor"
	flooded := w.incident()
	flooded.Flood = &frontend.FloodRow{CaseRow: w.pairRow(), Sentence: "42 alerts of checkout within 6m.", All: "/incidents?from=2026-11-20&to=2026-11-20"}
	return []State{{"incident/flooded", flooded}, {"delivery/unconnected", bare}, {"delivery/wrong", wrong}, {"durations/defining", defining}, {"incident/cause-stated", stated}, {"incident/no-cause", none}}
}

// process is the report on how the company's own rules are kept.
func (w world) process() frontend.NumbersPage {
	p := w.numbers("How the rules are kept", frontend.NavRetros, "/retrospectives/process")
	share, low, high := 0.8, 0.4902, 0.9433
	steps := []string{"Begun, or decided that none is needed", "Has a summary", "Names a contributing factor", "Approved by as many as the rule asks for", "Published in time"}
	late := reports.Table{ID: "late", Title: "Late now", Columns: []reports.Column{{Key: "team", Title: "Team", Unit: reports.Text}, {Key: "step", Title: "Step", Unit: reports.Text}, {Key: "late", Title: "Incidents", Unit: reports.Count}, {Key: "since", Title: "The oldest was due", Unit: reports.Instant}}}
	across := reports.Table{ID: "by-teams", Title: "By team", Columns: []reports.Column{{Key: "group", Title: "Team", Unit: reports.Text}, {Key: "incidents", Title: "Incidents", Unit: reports.Count}}}
	var stats []frontend.Stat
	for i, words := range steps {
		across.Columns = append(across.Columns, reports.Column{Key: incident.Slug(words), Title: words, Unit: reports.Text})
		stat := frontend.Stat{Label: words + ": 8 of 10", Unit: reports.Share, Value: reports.Num(share), Lo: &low, Hi: &high, N: 10, Metric: "process_kept", Path: "/cases/process.begun"}
		if i == 1 {
			stat.Label, stat.Value, stat.Lo, stat.Hi, stat.N = words+": 1 of 2", reports.Missing("too few to tell: 1 of 2"), nil, nil, 2
		}
		stats = append(stats, stat)
	}
	for range min(w.rows, 12) {
		n := reports.Num(2)
		n.Link = "/cases/process.begun.team~team_0001"
		late.Rows = append(late.Rows, []reports.Cell{reports.Str(w.say("Payments")), reports.Str("published in time"), n, {Time: w.shell.Now.AddDate(0, 0, -9)}})
		row := []reports.Cell{reports.Str(w.say("Payments")), reports.Num(12)}
		for i := range steps {
			kept := reports.Str([]string{"80.0 % (49.0 % to 94.3 %), 8 of 10", "1 of 2, too few to tell", "all still in time"}[i%3])
			kept.Link = n.Link
			row = append(row, kept)
		}
		row[3] = reports.Missing("not asked for")
		across.Rows = append(across.Rows, row)
	}
	p.Sections = []frontend.NumbersSection{{ID: "steps", Title: "Step by step", Lede: "12 incidents needed a retrospective.", Stats: stats, Notes: []string{"12 incidents held against version 3 of the rules, since 2 Nov 2026."}},
		{ID: "late", Title: "Late now", Lede: "What teams still have to do and is over its time, in the order of their names.", Tables: []reports.Table{late}},
		{ID: "teams", Title: "By team", Tables: []reports.Table{across}}}
	return p
}
