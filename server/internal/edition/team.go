package edition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// team is what developers read about their own services.
var team = Kind{ID: "team", Title: "What broke, and what to do about it", Reader: "developers", Range: "90d",
	About: "What broke, what came back, which actions are due or unproven, what was noise, what to read from others, and the load on people.", write: writeTeam}

const (
	incidentsShown = 40
	mostRows       = 10_000 // of incidents or clocks that a report holds
	mostReading    = 10
)

func writeTeam(w *writing) error {
	causes, err := w.desk.Causes(w.ctx, w.asked.Question, w.asked.Sight)
	if err != nil {
		return err
	}
	problems, err := w.standings()
	if err != nil {
		return err
	}
	incidents := w.incidents("incidents", "Incidents of the period")
	w.say("%s.", counted(incidents.Source.N, "incident"))
	better := w.snapshot.Better(w.query)
	w.sumBetter(better)
	w.section("What broke", w.figures(), w.chart("incidents-per-month"), w.chart("ttr-dots"), incidents)
	w.section("What came back", w.problemParts(problems)...)
	if err := w.actionItems(); err != nil {
		return err
	}
	w.section("Noise", w.noise(causes)...)
	if risks := w.risks(causes); len(risks.Rows) > 0 {
		w.section("Suspected changes", reports.Prose("A change shortly before a failure says something only where it is more often there than at the same hour of other weeks."), risks)
	}
	if err := w.reading(); err != nil {
		return err
	}
	return w.load()
}

// figures are the headline numbers of the question.
func (w *writing) figures() reports.Figures {
	q := w.grouped(analytics.ByNothing)
	n := w.snapshot.Counts(q)[0]
	out := reports.Figures{{Name: "Incidents", Unit: reports.Count, Value: reports.Num(float64(n.N)), Low: n.Count.Low, High: n.Count.High, Words: "the interval is that of the rate behind it"}}
	for _, id := range []string{w.snapshot.Lasting(q).ID, "time_to_acknowledge"} {
		m, err := analytics.FindMetric(id)
		if err != nil {
			continue
		}
		q.Span = m.Span
		g := w.snapshot.Durations(q)[0]
		out = append(out, figureOf(m.Title+", median", reports.Seconds, g.Median, "of "+counted(g.N, "incident")))
	}
	return out
}

// figureOf is a figure of an estimate.
func figureOf(name string, unit reports.Unit, e analytics.Estimate, words string) reports.Figure {
	f := reports.Figure{Name: name, Unit: unit, Value: reports.Missing(e.Reason), Low: e.Low, High: e.High, Words: words}
	if e.Known() {
		f.Value = reports.Num(*e.Value)
	}
	return f
}

// incidents lists what began in the period, the worst first and then the newest.
func (w *writing) incidents(id, title string) reports.Table {
	q := w.grouped(analytics.ByNothing)
	m := w.snapshot.Lasting(q)
	q.Span = m.Span
	cases := w.snapshot.Cases(q, analytics.AnyOutcome)
	slices.SortStableFunc(cases, func(a, b analytics.Case) int {
		return cmp.Or(cmp.Compare(worst(a.Severity), worst(b.Severity)), b.StartedAt.Compare(a.StartedAt))
	})
	t := reports.Table{ID: id, Title: title, Shown: incidentsShown, Source: w.source(len(cases), nil, m.ID, strings.ToLower(m.Title)+"; so far, of those that are open"), Columns: []reports.Column{
		{Key: "incident", Title: "Incident", Unit: reports.Text}, {Key: "title", Title: "Title", Unit: reports.Text}, {Key: "severity", Title: "Severity", Unit: reports.Text},
		{Key: "service", Title: "Service", Unit: reports.Text}, {Key: "started_at", Title: "Started", Unit: reports.Instant}, {Key: "lasted_seconds", Title: "Lasted", Unit: reports.Seconds}}}
	if len(cases) > mostRows {
		t.Note = fmt.Sprintf("The worst and newest %s of %s are listed.", reports.Format(reports.Count, mostRows), counted(len(cases), "incident"))
		cases = cases[:mostRows]
	}
	for _, c := range cases {
		t.Rows = append(t.Rows, []reports.Cell{{Text: cmp.Or(c.Number, string(c.ID)), Link: "/incidents/" + string(c.ID)}, reports.Str(c.Title), reports.Str(c.Severity.String()), reports.Str(strings.Join(c.Services, ", ")), instant(c.StartedAt), lasted(c)})
	}
	return t
}

// lasted is how long an incident lasted, or has lasted so far.
func lasted(c analytics.Case) reports.Cell {
	switch c.Outcome {
	case analytics.Recorded:
		return reports.Num(c.Seconds)
	case analytics.Open:
		x := reports.Num(c.Seconds)
		x.Note = "still open"
		return x
	}
	return reports.Missing("not known")
}

// worst orders severities: those that nobody stated last.
func worst(s incident.Severity) int {
	if s == 0 {
		return 100
	}
	return int(s)
}

var groupWords = map[string]string{desk.ActionsOverdue: "overdue", desk.ActionsSoon: "due soon", desk.ActionsVerify: "done, to be verified", desk.ActionsLater: "later"}

// actionItems lists what is to be done.
func (w *writing) actionItems() error {
	groups, all, err := w.desk.AllActions(w.ctx, desk.ActionQuery{Services: w.asked.Question.Services, Teams: w.asked.Question.Teams}, w.asked.Sight)
	if err != nil {
		return err
	}
	t := reports.Table{ID: "actions", Title: "Action items", Shown: incidentsShown, Columns: []reports.Column{{Key: "action", Title: "Action item", Unit: reports.Text}, {Key: "standing", Title: "Standing", Unit: reports.Text}, {Key: "owner", Title: "Owner", Unit: reports.Text},
		{Key: "due", Title: "Due", Unit: reports.Instant}, {Key: "incident", Title: "After", Unit: reports.Text}, {Key: "proof", Title: "What would prove it", Unit: reports.Text}}}
	n := map[string]int{}
	for _, g := range groups {
		for _, x := range g.Items {
			n[g.Name]++
			owner, proof := reports.Str(x.Owner), reports.Str(x.Proof)
			if x.Owner == "" {
				owner = reports.Missing("nobody")
			}
			if x.Proof == "" {
				proof = reports.Missing("nobody said what would")
			}
			t.Rows = append(t.Rows, []reports.Cell{{Text: x.Title, Link: "/incidents/" + string(x.Incident.ID) + "#actions"}, reports.Str(groupWords[g.Name]), owner, instant(x.Due), reports.Str(x.Incident.Label()), proof})
		}
	}
	t.Source = w.standing(len(t.Rows), "", "of the services and teams of the question, as they stand at the moment of this report, whenever their incidents were; n counts action items")
	if !all {
		t.Note = "There are more action items than are read for one report."
	}
	if len(t.Rows) == 0 {
		w.section("Action items", reports.Prose("No action item is open or waits to be verified."))
		return nil
	}
	words := fmt.Sprintf("%s: %d overdue, %d due within %d days, %d done and not yet verified.", counted(len(t.Rows), "action item"), n[desk.ActionsOverdue], n[desk.ActionsSoon], desk.ActionsSoonDays, n[desk.ActionsVerify])
	if n[desk.ActionsOverdue] > 0 {
		w.sum(reports.Item{Text: fmt.Sprintf("%s overdue.", counted(n[desk.ActionsOverdue], "action item")), Link: "/actions"})
	}
	w.section("Action items", reports.Prose(words), t)
	return nil
}

// noise lists alert floods.
func (w *writing) noise(c desk.Causes) []reports.Part {
	since := ""
	if !c.FloodsFrom.IsZero() {
		since = "Looked for from " + w.day(c.FloodsFrom) + " on only, for there are many incidents."
	}
	if len(c.Floods) == 0 {
		return []reports.Part{reports.Prose(strings.TrimSpace(fmt.Sprintf("No alert flood: nowhere did %d alerts or more come within minutes of each other, ten times as many as usual. %s", analytics.FewestInFlood, since)))}
	}
	t := reports.Table{ID: "floods", Title: "Alert floods", Shown: groupsShown, Source: w.source(len(c.Floods), nil, "alert_floods", "n counts floods"), Columns: []reports.Column{{Key: "from", Title: "From", Unit: reports.Instant}, {Key: "to", Title: "To", Unit: reports.Instant},
		{Key: "alerts", Title: "Alerts", Unit: reports.Count}, {Key: "usual", Title: "Usual in so long a time", Unit: reports.Count}, {Key: "services", Title: "Services", Unit: reports.Text}}}
	alerts := 0
	for _, f := range c.Floods {
		alerts += f.Alerts()
		t.Rows = append(t.Rows, []reports.Cell{{Time: f.From, Link: "/incidents/" + string(f.Lead)}, instant(f.To), reports.Num(float64(f.Alerts())), reports.Num(f.Usual), reports.Str(strings.Join(f.Services, ", "))})
	}
	t.Note = since
	return []reports.Part{reports.Prose(fmt.Sprintf("%s made %s: each is one event, and its alerts are candidates to be grouped or silenced.", counted(len(c.Floods), "flood"), counted(alerts, "alert"))), t}
}

// reading lists what others published in the period, the latest first.
func (w *writing) reading() error {
	all, err := w.desk.ListRetros(w.ctx, desk.RetroQuery{}, w.asked.Sight)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b desk.VisibleRetro) int { return b.PublishedAt.Compare(a.PublishedAt) })
	var items []reports.Item
	for _, r := range all {
		own := slices.ContainsFunc(r.Incident.Services, func(u incident.ServiceUse) bool { return slices.Contains(w.query.Services, u.Service) }) || slices.Contains(w.query.Teams, r.Incident.Team)
		if own || r.Number == 0 || r.PublishedAt.Before(w.query.From) || !w.query.To.IsZero() && !r.PublishedAt.Before(w.query.To) || len(items) == mostReading {
			continue
		}
		items = append(items, reports.Item{Text: r.Incident.Title, Link: "/incidents/" + string(r.Incident.ID) + "/retrospective"})
	}
	if len(items) > 0 {
		w.section("What others learnt", reports.List{Items: items})
	}
	return nil
}

// load tells how incidents interrupt people, by team and never by person.
func (w *writing) load() error {
	r, err := w.desk.Load(w.ctx, w.asked.Question, w.asked.Sight)
	if err != nil || len(r.Teams) == 0 {
		return err
	}
	t := reports.Table{ID: "load", Title: "Load on people", Shown: groupsShown, Source: w.source(0, nil, "interruptions", "interruptions are beginnings, escalations and returns; n counts incidents"), Columns: []reports.Column{{Key: "team", Title: "Team", Unit: reports.Text}, {Key: "incidents", Title: "Incidents", Unit: reports.Count}}}
	for _, c := range [][2]string{{"week", "A week"}, {"sleep", "In sleep hours"}, {"outside", "Outside business hours"}} {
		unit := reports.Share
		if c[0] == "week" {
			unit = reports.Count
		}
		for i, suffix := range []string{"", "_low", "_high"} {
			t.Columns = append(t.Columns, reports.Column{Key: c[0] + suffix, Title: c[1] + []string{"", ", from", ", to"}[i], Unit: unit, Bound: i > 0})
		}
	}
	if !r.All {
		t.Note = "There are more incidents than are read for this; the oldest are missing."
	}
	if !r.Ended.IsZero() {
		t.Note += " The record falls silent after " + w.day(r.Ended) + ": the period ends there."
	}
	for _, x := range r.Teams {
		row := []reports.Cell{reports.Str(x.Name), reports.Num(float64(x.Incidents))}
		for _, e := range []analytics.Estimate{x.PerWeek, x.SleepShare, x.OutsideShare} {
			if x.Withheld != "" {
				e = analytics.Estimate{Reason: x.Withheld}
			}
			row = append(row, reports.EstimateCells(e)...)
		}
		t.Rows = append(t.Rows, row)
		t.Source.N += x.Incidents
	}
	w.section("Load on people", reports.Prose("How often incidents interrupt a team, and when. It is about teams and never about persons: a team with fewer people than "+fmt.Sprint(analytics.FewestPeople)+" has no figures."), t)
	return nil
}
