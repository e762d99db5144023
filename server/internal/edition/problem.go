package edition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// problem is the brief about one recurring problem.
var problem = Kind{ID: "problem", Title: "Recurring problem", Reader: "whoever decides about it", Range: "all", Of: "problem",
	About: "One recurring problem: what it takes, whether it becomes rarer, what is known, what was done and whether that worked.", write: writeProblem}

func writeProblem(w *writing) error {
	end := w.end()
	x, err := w.desk.At(end).Standing(w.ctx, w.asked.Of, w.asked.Sight)
	if err != nil {
		return err
	}
	rec, m := x.Recurrence, x.Management
	if rec.Silent() != "" { // its own record ended before: the 12 months are those up to its last incident; a trend is looked for in the whole record
		end = rec.Last().Add(time.Second)
		then, err := w.desk.At(end).Standing(w.ctx, w.asked.Of, w.asked.Sight)
		if err != nil {
			return err
		}
		rec.Year, x.Recurrence.Year = then.Recurrence.Year, then.Recurrence.Year
	}
	w.doc.Title = x.Title
	w.doc.About = "Recurring problem · the 12 months up to " + w.day(end)
	w.sum(reports.Item{Text: problemSentence(x), Link: "/problems/" + string(x.ID)})
	w.say("%s", rec.Trend().Sentence)
	w.say("%s", rec.Rate().Sentence)

	figures := reports.Figures{{Name: "Incidents, 12 months", Unit: reports.Count, Value: reports.Num(float64(rec.Year.N)), Words: counted(rec.N, "incident") + " in all"},
		figureOf("Expected a quarter", reports.Seconds, rec.Year.PerQuarter(), "as often and as long as in these 12 months"),
		figureOf("From one to the next, median", reports.Seconds, rec.Interval(), "of "+counted(len(rec.Starts), "start"))}
	w.section("What it takes", figures)
	for _, c := range rec.Year.Costs() {
		w.add(reports.Prose(fmt.Sprintf("Cost of the 12 months: %s to %s %s.", reports.Format(reports.Count, c.Low), reports.Format(reports.Count, c.High), c.Currency)))
	}
	known := []reports.Part{reports.Prose("Stage: " + strings.ReplaceAll(string(m.Stage), "_", " ") + ". Owner: " + cmp.Or(m.OwnerName, "nobody") + ".")}
	for _, text := range [][2]string{{"Workaround", m.Workaround}, {"Cause", m.Cause}, {"It is done with when", m.ExitWords}} {
		if text[1] != "" {
			known = append(known, reports.Prose(text[0]+": "+text[1]))
		}
	}
	if lacks := m.Lacks(); len(lacks) > 0 {
		known = append(known, reports.Prose("A known error that lacks "+strings.Join(lacks, " and ")+"."))
	}
	w.section("What is known", known...)
	w.section("Its incidents", reports.Prose(grounds(x.Problem)), w.members(x))
	if err := w.promises(x); err != nil {
		return err
	}
	w.section("Decisions asked for", w.decisions([]desk.Standing{x}, desk.Causes{})...)
	return nil
}

// grounds says why the incidents are one problem.
func grounds(p incident.Problem) string {
	text := "Grouped by what their texts have in common"
	if p.Basis == "source" {
		text = "Grouped by their source"
	}
	if len(p.Terms) > 0 {
		text += ": " + strings.Join(p.Terms, ", ")
	}
	switch p.State {
	case incident.Suggested:
		return text + ". Nobody has confirmed it."
	case incident.Rejected:
		return text + ". Somebody said that they are no one problem."
	}
	return text + "."
}

// membersOf lists the incidents of a problem that nobody took out.
func membersOf(p incident.Problem) (ids []incident.ID) {
	for _, m := range p.Members {
		if !m.Removed {
			ids = append(ids, m.Incident)
		}
	}
	return ids
}

// members lists the incidents of a problem that nobody took out, the newest first.
func (w *writing) members(x desk.Standing) reports.Table {
	why := map[incident.ID]string{}
	for _, m := range x.Members {
		why[m.Incident] = strings.Join(m.Reasons, "; ")
	}
	q := analytics.Query{Now: w.asked.At, Sight: w.asked.Sight, Location: w.query.Location}
	m := w.snapshot.Lasting(q)
	q.Span = m.Span
	cases := w.snapshot.Among(membersOf(x.Problem)).Cases(q, analytics.AnyOutcome)
	slices.Reverse(cases)
	t := reports.Table{ID: "members", Title: "Incidents of the problem", Shown: incidentsShown, Source: w.standing(len(cases), m.ID, strings.ToLower(m.Title)+"; those that count, whenever they began"), Columns: []reports.Column{{Key: "incident", Title: "Incident", Unit: reports.Text}, {Key: "title", Title: "Title", Unit: reports.Text},
		{Key: "service", Title: "Service", Unit: reports.Text}, {Key: "started_at", Title: "Started", Unit: reports.Instant}, {Key: "lasted_seconds", Title: "Lasted", Unit: reports.Seconds}, {Key: "why", Title: "Why it belongs", Unit: reports.Text}}}
	for _, c := range cases {
		t.Rows = append(t.Rows, []reports.Cell{{Text: cmp.Or(c.Number, string(c.ID)), Link: "/incidents/" + string(c.ID)}, reports.Str(c.Title), reports.Str(strings.Join(c.Services, ", ")), instant(c.StartedAt), lasted(c), reports.Str(why[c.ID])})
	}
	return t
}

// promises lists the action items after the incidents of a problem, and what happened since those that are done.
func (w *writing) promises(x desk.Standing) error {
	var found []desk.FoundAction
	for some := range slices.Chunk(membersOf(x.Problem), 500) {
		for inc, err := range w.desk.Store.Incidents(w.ctx, incident.Filter{IDs: some, Sight: w.asked.Sight, Sort: incident.NewestFirst}) {
			if err != nil {
				return err
			}
			for _, a := range inc.ActionStatements() {
				if !a.Dropped() {
					found = append(found, desk.FoundAction{ActionStatement: a, Incident: inc})
				}
			}
		}
	}
	if len(found) == 0 {
		w.section("What was done", reports.Prose("No action item was promised after any of its incidents."))
		return nil
	}
	effects, err := w.desk.ActionEffectsOf(w.ctx, found, w.asked.Sight)
	if err != nil {
		return err
	}
	t := reports.Table{ID: "promises", Title: "Action items after its incidents", Shown: incidentsShown, Source: w.standing(len(found), "action_effect", "n counts action items"), Columns: []reports.Column{{Key: "action", Title: "Action item", Unit: reports.Text}, {Key: "state", Title: "State", Unit: reports.Text},
		{Key: "owner", Title: "Owner", Unit: reports.Text}, {Key: "due", Title: "Due", Unit: reports.Instant}, {Key: "done", Title: "Done", Unit: reports.Instant}, {Key: "since", Title: "Since then", Unit: reports.Text}}}
	for i, a := range found {
		since := reports.Missing("not done")
		if a.State == incident.ActionUnknown {
			since = reports.Missing("its source does not say whether it is done")
		}
		if e := effects[i]; e.Outcome != "" {
			since = reports.Str(effectWords[e.Outcome] + ". " + cmp.Or(e.Why, e.Effect.Sentence))
		}
		t.Rows = append(t.Rows, []reports.Cell{{Text: a.Title, Link: "/incidents/" + string(a.Incident.ID) + "#actions"}, reports.Str(strings.ReplaceAll(string(a.State), "_", " ")), reports.Str(cmp.Or(a.Owner, "nobody")), instant(a.Due), instant(a.Done), since})
	}
	w.section("What was done", t)
	return nil
}
