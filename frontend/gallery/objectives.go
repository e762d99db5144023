package gallery

import (
	"fmt"
	"time"

	"hindsight/frontend"
	"hindsight/reports"
)

func (w world) sloRows() []frontend.SLORow {
	states := []frontend.SLOState{frontend.SLOKept, frontend.SLOBurning, frontend.SLOSpent, frontend.SLOUndecided, frontend.SLOUnknown}
	var out []frontend.SLORow
	for i := range w.rows {
		row := frontend.SLORow{Name: w.say(fmt.Sprintf("Checkout works %d", i)), Path: fmt.Sprintf("/slo/slo_%04d", i), Service: frontend.Link{Label: w.say("checkout"), Path: "/services/svc_0001"},
			Target: "99.9 %", Window: "last 30 days", State: states[i%len(states)], Left: w.say("31m 12s of 43m 12s left"), Bar: 72, Burn: "0.28", Unsure: "plus or minus 2m"}
		switch row.State {
		case frontend.SLOBurning:
			row.Alert = "page, 1h and 5m"
		case frontend.SLOSpent:
			row.Left, row.Bar = "overspent by 12m, of a budget of 43m 12s", 0
		case frontend.SLOUnknown:
			row.Left, row.Bar, row.Burn, row.Unsure = "The impact of 3 incidents is not known", -1, "", ""
		}
		out = append(out, row)
	}
	return out
}

func (w world) slo() frontend.SLOPage {
	return frontend.SLOPage{Shell: w.on("Objectives", frontend.NavSLO, "/slo"), Rows: w.sloRows(), Exports: exports("/slo"), MayEdit: true, Imported: &frontend.SLOImport{
		Saved: []string{w.say("Shop answers")}, Services: []string{w.say("shop")}, Kept: []string{w.say("DataSource metrics")}, Notes: []string{w.say(`SLO "shop-errors" is measured by the impact of incidents on its service; its ratioMetric is kept.`)}}}
}

func (w world) sloUncertain() []frontend.SLOUncertain {
	return []frontend.SLOUncertain{{Text: "Plus or minus 7m, for times known to the minute, hour or day only.", Cases: []frontend.Link{{Label: w.say("INC02040"), Path: "/incidents/inc_0001"}}},
		{Text: "3 incidents have no end of impact and are in no number.", Cases: []frontend.Link{{Label: w.say("INC02041"), Path: "/incidents/inc_0002"}}}}
}

func (w world) sloDetail() frontend.SLODetailPage {
	p := frontend.SLODetailPage{Shell: w.on("Checkout works", frontend.NavSLO, "/slo/slo_0001", frontend.Link{Label: "Objectives", Path: "/slo"}), Row: w.sloRows()[1], ID: "slo_0001", MayEdit: true, OpenSLO: true, Own: "By its own incidents alone it would have spent 12m, and stand \"within budget\".", Needs: []frontend.Pair{{Name: w.say("Database"), Value: "took 19m that would not have been lost otherwise"}},
		Excluded: frontend.Excluded{Took: "3h", Parts: []frontend.SLOUncertain{{Text: w.say("1 Mar 2026 22:00 to 2 Mar 2026 01:00 UTC: database move, approved by Approver One, after the fact"), Cases: []frontend.Link{{Label: w.say("Gold"), Path: "/contracts/pol_1"}}}}},
		About:    []frontend.Pair{{Name: "Counts", Value: "any impact, in full"}, {Name: "Owner", Value: w.say("Storefront")}}, Since: w.shell.Now.AddDate(0, 0, -5), Stats: w.stats()[:2], Figures: []frontend.Figure{w.countsChart("error-budget")},
		Outlook: []string{"At the pace of the window so far, 4 stretches of impact in it: on 3 Dec 2026, 10:12 UTC at the earliest, perhaps not at all (95 % interval)."}, Shared: "3m", Without: "Without the worst one 4m would be spent instead of 12m.",
		Teams: []frontend.SLOPart{{Label: w.say("Payments"), N: 3, Own: "8m"}, {N: 1, Own: "1m"}}, Factors: []frontend.SLOPart{{Label: w.say("deploy"), N: 2, Own: "7m"}}, More: 12,
		Alerts:    []frontend.SLOAlert{{Kind: "page", Long: time.Hour, Short: 5 * time.Minute, Threshold: "14.40", LongBurn: "166", ShortBurn: "not known", Fires: true}, {Kind: "ticket", Long: 72 * time.Hour, Short: 6 * time.Hour, Threshold: "1.00", LongBurn: "0.20", ShortBurn: "0.00"}},
		Uncertain: w.sloUncertain(), Versions: []frontend.SLOVersion{{Version: 2, At: w.shell.Now, By: w.say("admin"), What: "99.9 %, last 30 days", Note: w.say("too strict before")}, {Version: 1, What: "99.95 %, last 30 days", Removed: true}}, Exports: exports("/slo")}
	for i := range w.rows {
		p.Spenders = append(p.Spenders, frontend.SLOSpender{Incident: frontend.Link{Label: w.say("INC02040"), Path: "/incidents/inc_0001"}, Title: w.say("Payments time out"), Team: w.say("Payments"), Own: "4m", Alone: "6m", Open: i == 0})
	}
	return p
}

func (w world) sloEdit() frontend.SLOEditPage {
	return frontend.SLOEditPage{Shell: w.on("Change the objective", frontend.NavSLO, "/slo/slo_0001/edit"), ID: "slo_0001", Services: []frontend.Choice{{Value: "svc_0001", Label: w.say("checkout"), On: true}},
		Form:   frontend.Form{Errors: []frontend.FieldError{{Field: "objective", Message: w.say("give a percentage above 0 and below 100")}}},
		Values: map[string]string{"base": "2", "name": w.say("Checkout works"), "objective": "100", "window": "days", "days": "30", "weighted": "on", "description": w.say("why")}}
}

func (w world) sloTerms() frontend.SLOTermsPage {
	return frontend.SLOTermsPage{Shell: w.on("Weights, dependencies, rates", frontend.NavSLO, "/slo/terms"), MayEdit: true, Weights: []frontend.Pair{{Name: "SEV1", Value: "1"}, {Name: "unset", Value: "1"}},
		Dependencies: []frontend.SLONeeds{{Service: w.say("checkout"), Needs: []string{w.say("database"), "one of " + w.say("east, west")}}},
		Rates:        []frontend.SLORate{{Amount: "100 to 300 EUR", Reason: w.say("made up")}}, Services: []frontend.Choice{{Value: "svc_0001", Label: w.say("checkout")}}}
}

func (w world) reliability() *frontend.ReliabilityPart {
	return &frontend.ReliabilityPart{Period: "21 Oct 2026, 10:00 to 20 Nov 2026, 10:00 UTC", Needs: []frontend.Pair{{Name: w.say("database"), Value: "took 30m that would not have been lost otherwise"}}, Uncertain: w.sloUncertain(),
		Stats: []frontend.Stat{{Label: "By weight of severity", Unit: reports.Share, Value: reports.Num(0.99951), N: 4, Metric: "weighted_availability"}, {Label: "With what it needs", Value: reports.Missing(w.say("no dependencies are set")), Metric: "composed_availability"}},
		Cost:  "8,400 to 25,000 EUR", Reasoning: w.say("84m lost by weight, times 100 to 300 EUR a minute: made up"), Objectives: w.sloRows()[:1]}
}
