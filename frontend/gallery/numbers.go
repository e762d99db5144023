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
