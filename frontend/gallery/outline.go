package gallery

import (
	"hindsight/frontend"
	"hindsight/incident"
)

// outline is the page of what contributed, with all that it can show.
func (w world) outline() frontend.FactorsPage {
	inc := w.inc(0)
	home := frontend.RetroFactorsPath(inc.ID)
	page := frontend.FactorsPage{Shell: w.on("What contributed", frontend.NavIncidents, home, frontend.Link{Label: "Incidents", Path: "/incidents"}), Incident: inc, MayEdit: true,
		Told: frontend.FactorTelling{Title: inc.Title}, Names: []string{w.say("cache"), "deploy"}, Abouts: []string{w.say("checkout")},
		Suggested: []frontend.SuggestedFactor{{Role: "contributing", Category: "deploy", Text: w.say("The release had no canary"), From: []frontend.Link{{Label: w.say("INC02039"), Path: "/incidents/inc_0001"}}}},
		Rejected:  []incident.FactorStatement{{Key: "fac_x", By: w.say("admin"), At: w.shell.Now, FactorSays: incident.FactorSays{State: incident.FactorRejected, Role: "contributing", Text: w.say("Human error")}}}}
	words := []string{"Retries multiplied the load on zone b", "The cache was cold after the failover", "Nobody had tried the failover with real load", "The release had no canary"}
	for i := range w.rows {
		n := incident.FactorNode{Depth: i % 4, FactorStatement: incident.FactorStatement{Key: string(number("fac", i)), Told: i%2 == 0, FactorSays: incident.FactorSays{State: incident.FactorClaimed, Role: incident.FactorRoles[i%3], Category: w.say("cache"), Text: w.say(words[i%4])}}}
		if n.Depth > 0 {
			n.Up = string(number("fac", i-1))
		}
		row := frontend.OutlineRow{FactorNode: n, MayUp: i > 0, MayIn: i > 0, MayOut: n.Depth > 0, MayDown: i+1 < w.rows}
		if i%2 == 1 {
			row.State, row.By, row.At, row.About, row.Confidence, row.Before, row.Source = incident.FactorConfirmed, w.say("admin"), w.shell.Now, w.say("checkout"), incident.FactorGuess, incident.WasThereBefore, w.say("cold start")
			row.Shown = []frontend.EvidenceLine{{Text: "https://graphs.example.com/zone-b", URL: "https://graphs.example.com/zone-b"}, {Text: w.say("2026-11-12 14:02:00 UTC Error rate above 5 %")}}
		}
		if i == 3 {
			row.Links, row.AlsoTo = []string{string(number("fac", 0))}, []frontend.Link{{Label: w.say(words[0]), Path: "#" + frontend.FactorAnchor(string(number("fac", 0)))}}
		}
		page.Told.Rows = append(page.Told.Rows, row)
	}
	return page
}

// taxonomy is what factors are called.
func (w world) taxonomy() frontend.TaxonomyPage {
	page := frontend.TaxonomyPage{Shell: w.on("Categories of factors", frontend.NavSettings, "/admin/taxonomy"), Version: 3, Total: 60}
	for i, name := range []string{"Configuration push", "Binary push", "Capacity"} {
		page.Rows = append(page.Rows, frontend.CategoryRow{Category: incident.Category{Name: w.say(name), Text: w.say("A changed setting was rolled out."), Synonyms: []string{w.say("config"), "flag"}, Source: "https://sre.google/workbook/postmortem-analysis/"}, Uses: i, Path: "/causes/cases?factor=x"})
	}
	for range w.rows {
		page.Others = append(page.Others, frontend.CategoryRow{Category: incident.Category{Name: w.say("cold cache")}, Uses: 2, Path: "/causes/cases?factor=x"})
	}
	return page
}

// outlineStates are what else the outline can be like.
func outlineStates(w world) []State {
	empty, reader, asking, wrong := w.outline(), w.outline(), w.outline(), w.outline()
	empty.Told.Rows, empty.Rejected, empty.Suggested = nil, nil, nil
	reader.MayEdit = false
	asking.Why = &frontend.WhyLadder{Steps: asking.Told.Rows[:2], Below: asking.Told.Rows[2:3]}
	wrong.Form = frontend.Form{Errors: []frontend.FieldError{{Field: "text", Message: "say what it was"}}}
	none := frontend.TaxonomyPage{Shell: w.on("Categories of factors", frontend.NavSettings, "/admin/taxonomy"), Standard: true}
	return []State{{"taxonomy/none", none}, {"factors/empty", empty}, {"factors/reader", reader}, {"factors/asking", asking}, {"factors/wrong", wrong}}
}
