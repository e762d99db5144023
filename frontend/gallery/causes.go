package gallery

import (
	"fmt"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

// causes fills the page about what lies behind incidents of several services.
func (w world) causes() frontend.CausesPage {
	const path = "/causes"
	p := frontend.CausesPage{Shell: w.on("Across services", frontend.NavProblems, path), Period: w.period(path), Clear: path,
		Tabs:    []frontend.Choice{{Label: "Recurring problems", Path: "/problems", Count: -1}, {Label: "Across services", Path: path, On: true, Count: -1}},
		Facets:  []frontend.Facet{{Name: "sev", Label: "Severity", Options: []frontend.Choice{{Label: w.say("SEV1"), Count: -1, Path: path + "?sev=1"}}}},
		Exports: []frontend.Link{{Label: "Pairs as CSV", Path: path + "/together.csv"}, {Label: "JSON", Path: "/api/v1" + path}},
		Notes:   []string{w.say("incidents left out: 2 drill")}}
	p.Period.Compare = nil
	p.First = []frontend.Finding{
		{Kind: "coupling", Text: w.say("checkout and payments: 7 times together"), Path: path + "/cases?a=svc_0001&b=svc_0002", Link: "See them"},
		{Kind: "factor", Text: w.say("Cold cache: 12 incidents of checkout, payments"), Path: path + "/cases?factor=cold", Link: "See them"},
		{Kind: "change", Text: w.say("checkout: a change within 4h before 14 of 24 failures")}}
	p.Factors = w.factorTable(path)
	p.Together = frontend.CoFailure{Lede: w.say("12 pairs failed together three times or more."), Matrix: w.matrix(path), Pairs: w.pairs(path), Notes: []string{w.say("Left out: 3 pairs.")},
		Links: []frontend.Link{{Label: "State which service needs which", Path: "/slo/terms"}}}
	p.Floods = frontend.FloodList{Lede: w.say("46 alerts in 2 floods."), Total: 40}
	for range min(w.rows, 20) {
		p.Floods.Rows = append(p.Floods.Rows, frontend.FloodRow{CaseRow: w.pairRow(), Sentence: w.say("42 alerts of checkout within 6m."), All: "/incidents?from=2026-11-20&to=2026-11-20"})
	}
	p.Changes = frontend.ChangesBefore{Lede: "2 services with changes and failures on record.", Notes: []string{"Counted are changes of the service."},
		Table: reports.Table{ID: "changes", Title: "Changes before failures", Columns: []reports.Column{{Key: "service", Title: "Service", Unit: reports.Text}, {Key: "says", Title: "What a change before a failure says", Unit: reports.Text}, {Key: "share", Title: "Share", Unit: reports.Share}},
			Rows: [][]reports.Cell{{reports.Str(w.say("checkout")), reports.Str("suspected"), reports.Num(0.58)}, {reports.Str(w.say("payments")), reports.Str("says nothing"), reports.Missing("no failure")}}}}
	return p
}

func (w world) factorTable(path string) frontend.FactorTable {
	t := frontend.FactorTable{Lede: w.say("20 of 31 incidents name a factor."), Undated: true, Notes: []string{w.say("Left out: 9 factors.")}}
	for q := range 4 {
		t.Periods = append(t.Periods, fmt.Sprintf("Q%d 2026", q+1))
	}
	for i := range min(w.rows, 25) {
		for part := range 3 {
			row := frontend.FactorRow{Name: w.say("Cold cache"), Service: part > 0, Total: frontend.CountCell{N: 12 + i, Path: path + "/cases?factor=cold"}, Confirmed: i, Claimed: 12}
			if part > 0 {
				row.Name = w.say("checkout")
			}
			for q := range t.Periods {
				row.Cells = append(row.Cells, frontend.CountCell{N: (q + i) % 4, Path: path + "/cases?factor=cold"})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func (w world) matrix(path string) frontend.Matrix {
	m := frontend.Matrix{Note: "The services with the clearest couplings, of 41."}
	for i := range min(w.rows, 18) {
		m.Services = append(m.Services, frontend.Link{Label: w.say(fmt.Sprintf("service %d", i+1)), Path: frontend.ServicePath(number("svc", i))})
		var row []frontend.MatrixCell
		for j := range i {
			row = append(row, frontend.MatrixCell{N: (i * j) % 7, Level: (i + j) % 5, Path: path + "/cases?a=svc_0001&b=svc_0002", Sentence: w.say("7 times together, 1.2 expected by chance")})
		}
		m.Rows = append(m.Rows, append(row, frontend.MatrixCell{N: 20 + i, Self: true}))
	}
	return m
}

func (w world) pairs(path string) reports.Table {
	t := reports.Table{ID: "failing-together", Title: "Pairs of services", Columns: []reports.Column{{Key: "services", Title: "Services", Unit: reports.Text}, {Key: "times", Title: "Together", Unit: reports.Count}, {Key: "lift", Title: "Lift, 95 % interval", Unit: reports.Text}}}
	for i := range min(w.rows, 50) {
		n := reports.Num(float64(7 + i))
		n.Link = path + "/cases?a=svc_0001&b=svc_0002"
		t.Rows = append(t.Rows, []reports.Cell{reports.Str(w.say("checkout and payments")), n, reports.Str("5.8 (2.9 to 11)")})
	}
	return t
}

// pairRow is one incident of such pages.
func (w world) pairRow() frontend.CaseRow {
	return frontend.CaseRow{Path: frontend.IncidentPath("inc_0001"), Number: "INC-1", Title: w.say("Checkout fails"), Severity: incident.Sev1, StartedAt: w.shell.Now, Services: w.say("checkout, payments")}
}

// pair fills the page behind a cell of the page about causes.
func (w world) pair() frontend.PairPage {
	one := w.pairRow()
	p := frontend.PairPage{Shell: w.on("Behind a number", frontend.NavProblems, "/causes/cases?a=svc_0001&b=svc_0002"), Name: w.say("checkout and payments"), Sentence: w.say("7 times together."), Anchor: "co_failure", Period: "All time",
		OneTitle: "In one incident", Total: [2]int{w.rows, 900}, Links: []frontend.Link{{Label: "State one", Path: "/slo/terms"}}}
	for range w.rows {
		p.One = append(p.One, one)
		p.Apart = append(p.Apart, frontend.PairRow{Earlier: one, Later: one, Gap: reports.Num(1200)})
	}
	return p
}

// causeStates are pages about causes without any.
func causeStates(w world) []State {
	bare := frontend.CausesPage{Shell: w.on("Across services", frontend.NavProblems, "/causes"), Period: w.period("/causes"), Clear: "/causes", Nothing: "Nothing recurs."}
	bare.Period.Compare = nil
	none := frontend.NoNumbers{Title: "No factor is named", Text: "None of 31 incidents names what contributed to it.", Links: []frontend.Link{{Label: "Learning", Path: "/learning"}}}
	bare.Floods.None = frontend.NoNumbers{Title: "No flood of alerts", Text: "None."}
	bare.Factors.None, bare.Together.None, bare.Changes.None = none, frontend.NoNumbers{Title: "Fewer than two services are named", Text: "Name them."}, frontend.NoNumbers{Title: "No source of changes is connected", Text: "Connect one."}
	wrong := bare
	wrong.Problem = "There is no service called “zzz”."
	return []State{{"causes/empty", bare}, {"causes/wrong", wrong}, {"pair/empty", frontend.PairPage{Shell: w.on("Behind a number", frontend.NavProblems, "/causes/cases"), Name: "a and b", Anchor: "co_failure", Period: "All time"}}}
}

// claims is the work list of claimed factors.
func (w world) claims() frontend.ClaimsPage {
	p := frontend.ClaimsPage{Shell: w.on("Claimed factors", frontend.NavProblems, "/causes/claimed", frontend.Link{Label: "Across services", Path: "/causes"}), Period: w.period("/causes/claimed"),
		Total: w.rows + 3, Claimed: 5 * w.rows, Took: 61 * time.Hour, MayEdit: true, Note: "These are of the 500 longest of 1,204 incidents; the list goes on as they are judged."}
	for i := range min(w.rows, 25) {
		g := frontend.ClaimGroup{Name: w.say("cache"), Took: time.Duration(90-i) * time.Minute, N: 7, Unmeasured: i % 2, All: "/causes/cases?factor=cache"}
		for j := range 2 {
			says := incident.FactorSays{State: incident.FactorClaimed, Role: "contributing", Category: w.say("cache"), Text: w.say("The cache was cold")}
			g.Rows = append(g.Rows, frontend.ClaimRow{FactorStatement: incident.FactorStatement{Key: "fac_1", FactorSays: says, Told: true}, Incident: w.inc(5*i + j), Length: incident.Duration{State: incident.Recorded, Value: 40 * time.Minute}})
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}
