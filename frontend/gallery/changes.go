package gallery

import (
	"fmt"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
)

// changeRow makes the i-th change. Without times it has only the moment when it was finished, and its source has no
// page of it.
func (w world) changeRow(i int) frontend.ChangeRow {
	at := w.shell.Now.Add(-time.Duration(i*i*40+25) * time.Minute)
	c := incident.ChangeEvent{
		ID: number("chg", i), Kind: incident.ChangeKinds[i%5], Number: w.say(fmt.Sprintf("CHG%05d", 900-i)), Environment: w.say("production"),
		Title:  w.say([]string{"Deploy checkout 4.18.2", "Raise the pool of database connections", "Switch new pricing on for everybody", "Release search 2.0", "Move edge hosts to new machines"}[i%5]),
		Result: incident.ChangeResults[i%5], ResultRaw: w.say([]string{"SUCCESS", "rolled_back", "ABORTED", "in_progress", "UNSTABLE"}[i%5]), Revision: w.say("9f2c1e77"),
		StartedAt: at, FinishedAt: at.Add(6 * time.Minute), URL: "https://ci.example.com/job/deploy/1842", Actor: w.say("deploy bot"),
	}
	row := frontend.ChangeRow{Source: w.say("Jenkins"), Services: w.row(0).Services, Length: incident.Duration{State: incident.Recorded, Value: 6 * time.Minute}, After: i % 3, Path: "/incidents?service=svc_0001", SoFar: i < 4}
	if !w.times || i%7 == 6 {
		c.StartedAt, c.URL, row.Length = time.Time{}, "javascript:alert(1)", incident.Duration{State: incident.NotApplicable}
	}
	if i%5 == 4 {
		row.Services, row.Path, row.SoFar, c.Actor, c.Revision = nil, "", false, "", ""
	}
	if i%5 == 3 {
		row.Services = []frontend.Link{{Label: w.say("search")}}
	}
	row.Change = c
	return row
}

func (w world) changeRows(n int) []frontend.ChangeRow {
	rows := make([]frontend.ChangeRow, n)
	for i := range rows {
		rows[i] = w.changeRow(i)
	}
	return rows
}

func (w world) changes() frontend.ChangesPage {
	p := frontend.ChangesPage{
		Shell: w.on("Changes", frontend.NavChanges, "/changes?service=svc_0001&kind=deploy"), Period: w.period("/changes"), Keep: []frontend.Hidden{{Name: "kind", Value: "deploy"}},
		Rows: w.changeRows(min(w.rows, 50)), Older: "/changes?after=abc", Newer: "/changes", Clear: "/changes", MayEdit: true, Exports: []frontend.Link{{Label: "JSON", Path: "/api/v1/changes?kind=deploy"}},
		Chips: []frontend.Chip{{Label: w.say("Service: checkout"), Remove: "/changes?kind=deploy"}, {Label: "Kind: deploy", Remove: "/changes?service=svc_0001"}}, Connected: []frontend.Link{{Label: w.say("Jenkins"), Path: "/imports/con_0001"}},
	}
	p.Period.Compare = nil
	for _, label := range []string{"Service", "Source", "Kind"} {
		p.Facets = append(p.Facets, frontend.Facet{Name: incident.Slug(label), Label: label, Options: []frontend.Choice{{Label: w.say("first value"), On: true, Count: -1, Path: "/changes?a=1"}, {Label: w.say("second value"), Count: -1, Path: "/changes?a=2"}}})
	}
	return p
}

func (w world) near() *frontend.NearChanges {
	n := &frontend.NearChanges{Total: 12, More: "/changes?service=svc_0001&from=2026-11-11"}
	for i := range 5 {
		n.Rows = append(n.Rows, frontend.NearChange{ChangeRow: w.changeRow(i), Before: time.Duration(i*i*83) * time.Minute, Stands: []string{"strongly suspected", "says nothing", "rejected", "", "too few incidents to tell"}[i],
			Sentence: w.say("A change within 2h before 14 of 24 failures (58 %); at the same hour of other weeks 31 % of the time: lift 1.9 (1.2 to 2.8)."), Suspect: i == 0, Rejected: i == 2, Needs: []string{"", w.say("checkout is configured to need payments")}[i%2]})
	}
	return n
}

// change is the page of one change.
func (w world) change() frontend.ChangePage {
	row := w.changeRow(0)
	p := frontend.ChangePage{Shell: w.on(row.Change.Title, frontend.NavChanges, "/changes/chg_0000"), Row: row, Total: 900, MayEdit: true}
	one := w.pairRow()
	p.Laid = []frontend.CaseRow{one}
	for i := range w.rows {
		p.After = append(p.After, frontend.AfterRow{CaseRow: one, Incident: number("inc", i), Gap: reports.Num(float64(600 * i)), Stands: w.say("suspected"), Sentence: w.say("A change within 2h before 14 of 24 failures."), Rejected: i%4 == 1, Confirmed: i%4 == 2, Suspect: i%4 == 0})
	}
	return p
}

// shift makes the i-th shift of a schedule, two days long.
func (w world) shift(i int) incident.Shift {
	from := w.shell.Now.AddDate(0, 0, 2*i-1)
	x := incident.Shift{Schedule: "sch_1", ScheduleName: w.say("Payments, first line"), Person: number("per", i%3), PersonName: w.say([]string{"Responder One", "Responder Two", "Responder Three"}[i%3]),
		From: from, To: from.AddDate(0, 0, 2), Override: i%4 == 1, Level: i % 3, Layer: w.say("weekdays")}
	if i%5 == 4 {
		x.Person, x.PersonName, x.Layer, x.To = "", "", "", time.Time{}
	}
	return x
}

func (w world) onCallThen() *frontend.DutyThen {
	source := frontend.Link{Label: w.say("PagerDuty"), Path: "/imports/con_0002"}
	return &frontend.DutyThen{Rows: []frontend.ShiftRow{{Shift: w.shift(0), Name: w.say("Payments, first line"), Team: w.say("Payments"), Source: source}, {Shift: w.shift(1), Team: w.say("Payments"), Source: source}, {Shift: w.shift(4), Name: "Database"}}}
}

func (w world) onCall() frontend.OnCallPage {
	p := frontend.OnCallPage{Shell: w.on("On call", frontend.NavServices, "/oncall", frontend.Link{Label: "Services", Path: "/services"}), Query: w.say("payments"), Total: w.rows + 3, Until: w.shell.Now.AddDate(0, 0, 14), Cut: w.rows > 50,
		Connected: []frontend.Link{{Label: w.say("PagerDuty"), Path: "/imports/con_0002"}}, MayEdit: true}
	for i := range min(w.rows, 50) {
		row := frontend.DutyRow{Name: w.say([]string{"Payments, first line", "Database", "Edge"}[i%3]), Team: frontend.Link{Label: w.say("Payments"), Path: "/incidents?team=team_1"}, Source: frontend.Link{Label: w.say("PagerDuty"), Path: "/imports/con_0002"}}
		row.Now = []incident.Shift{w.shift(0), w.shift(4)}[:i%3]
		if i%4 < 3 {
			row.Coming, row.More = []incident.Shift{w.shift(1), w.shift(2), w.shift(3), w.shift(4)}, i%4
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// changeStates are the pages of changes and shifts without any.
func changeStates(w world) []State {
	viewer := w.as(incident.Viewer)
	sources := []frontend.Link{{Label: "Argo CD", Path: "/imports/new/argocd"}, {Label: "Deployments by webhook", Path: "/imports/new/deploy"}, {Label: "Jenkins", Path: "/imports/new/jenkins"}}
	on := func(w world, connected []frontend.Link, empty frontend.Empty) frontend.ChangesPage {
		return frontend.ChangesPage{Shell: w.on("Changes", frontend.NavChanges, "/changes"), Clear: "/changes", Connected: connected, Sources: sources, Empty: empty, MayEdit: w.shell.User.May(incident.Import)}
	}
	duty := func(w world, connected []frontend.Link, empty frontend.Empty) frontend.OnCallPage {
		return frontend.OnCallPage{Shell: w.on("On call", frontend.NavServices, "/oncall"), Query: "zzz", Connected: connected, Sources: sources, Empty: empty, MayEdit: w.shell.User.May(incident.Import)}
	}
	nomatch, connected := frontend.Empty{Kind: frontend.NothingMatches, Text: "There is no service called “zzz”."}, w.changes().Connected
	none, waiting := on(w, connected, nomatch), on(w, connected, frontend.Empty{})
	waiting.Facets = w.changes().Facets
	none.Problem, none.Chips, none.Facets = nomatch.Text, w.changes().Chips, w.changes().Facets
	bare := w.incident()
	bare.Changes, bare.OnCall = &frontend.NearChanges{Note: "No change of its services is on record in these 24 hours."}, &frontend.DutyThen{Note: "Not known, since its start is not known."}
	quiet := w.service()
	quiet.Changes, quiet.Empty = nil, frontend.Empty{Kind: frontend.NothingMatches}
	return []State{
		{"changes/unconnected", on(w, nil, frontend.Empty{})}, {"changes/unconnected-viewer", on(viewer, nil, frontend.Empty{})},
		{"changes/empty", waiting}, {"changes/nothing-matches", none},
		{"oncall/unconnected", duty(w, nil, frontend.Empty{})}, {"oncall/unconnected-viewer", duty(viewer, nil, frontend.Empty{})},
		{"oncall/empty", duty(w, connected, frontend.Empty{})}, {"oncall/nothing-matches", duty(w, connected, nomatch)},
		{"incident/no-changes", bare}, {"service/no-changes", quiet},
	}
}
