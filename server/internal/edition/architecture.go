package edition

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/analytics/stats"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// architecture is what architects take to the planning meeting: what to fix first.
var architecture = Kind{ID: "architecture", Title: "Architecture and reliability", Reader: "architects", Range: "12m",
	About: "Where impact comes from, what keeps coming back, what fails together, which changes worked, and what to decide.", write: writeArchitecture}

const (
	problemsShown = 20
	pairsShown    = 20
	pairsBeyond   = 5 // that chance can explain, for comparison
	factorsShown  = 30
	mostRead      = 20_000 // incidents that are read from the store
	mostDecisions = 8      // that a report asks for
)

func writeArchitecture(w *writing) error {
	causes, err := w.desk.Causes(w.ctx, w.asked.Question, w.asked.Sight)
	if err != nil {
		return err
	}
	problems, err := w.standings()
	if err != nil {
		return err
	}
	impact := w.chart("time-by-service")
	w.sumImpact(impact, problems, causes)

	w.section("Where impact comes from", impact)
	factors := reports.SharedFactors(causes.Factors).Only("factor", "service", "incidents", "confirmed", "claimed")
	factors.Shown, factors.Source = factorsShown, w.source(causes.Factors.Named, causes.Factors.LeftOut, "shared_factors", "factors that contributed to two incidents or more; n counts incidents with a named factor")
	if len(factors.Rows) > 0 {
		w.add(reports.Heading{Level: 2, Text: "By component and factor"}, factors)
	} else {
		w.add(reports.Prose("No contributing factor is named by two incidents or more, so what lies behind them cannot be told apart by factor. Confirm factors in retrospectives, or map the field of your ticket system that names causes."))
	}
	w.section("Recurring problems", w.problemParts(problems)...)
	w.section("Fragile couplings", w.couplings(causes)...)
	if err := w.whatWorked(causes); err != nil {
		return err
	}
	if err := w.detection(); err != nil {
		return err
	}
	books, err := w.runbookGaps(problems)
	if err != nil {
		return err
	}
	w.section("Runbooks", books...)
	w.section("Decisions asked for", w.decisions(problems, causes)...)
	return nil
}

// source describes numbers that the desk made from the question.
func (w *writing) source(n int, left []analytics.LeftOut, metric, method string) reports.Source {
	s := reports.Source{From: w.query.From, To: w.query.To, Zone: w.query.Location.String(), Filter: w.filter(), N: n, Metric: metric, Method: method, AsOf: w.snapshot.AsOf()}
	for _, l := range left {
		s.LeftOut = append(s.LeftOut, reports.LeftOut{Reason: l.Reason, N: l.N})
	}
	return s
}

// standing describes what is told as it stands, without regard to the period, and to filters but those that method names.
func (w *writing) standing(n int, metric, method string) reports.Source {
	return reports.Source{Zone: w.query.Location.String(), N: n, Metric: metric, Method: method, AsOf: w.snapshot.AsOf()}
}

// standings returns the recurring problems of the services that the question selects, what to fix first at the top, as they stood at the end of the
// period: problems of a record that ended years ago have no last 12 months of ours.
func (w *writing) standings() ([]desk.Standing, error) {
	all, err := w.desk.At(w.end()).Standings(w.ctx, desk.ProblemQuery{Services: w.asked.Question.Services}, w.asked.Sight)
	if err != nil {
		return nil, err
	}
	of := w.selected()
	all = slices.DeleteFunc(all, func(s desk.Standing) bool {
		touches := func(id incident.ID) bool { return of[id] }
		return s.Recurrence.Year.N == 0 && !s.Returned() || of != nil && !slices.ContainsFunc(membersOf(s.Problem), touches)
	})
	for i, s := range all { // what came behind the end of the period is not told
		begun := slices.DeleteFunc(slices.Clone(s.Recurrence.Begun), func(at time.Time) bool { return at.After(w.end()) })
		all[i].Return = s.Management.Returned(begun)
	}
	return all, nil
}

// selected are the incidents, whenever they began, that the question selects by something else than their services; nil: all.
func (w *writing) selected() map[incident.ID]bool {
	q := w.query
	if len(q.Teams)+len(q.Connections)+len(q.Severities)+len(q.Priorities)+len(q.Tags)+len(q.Kinds) == 0 {
		return nil
	}
	q.From, q.To, q.GroupBy, q.Span = time.Time{}, time.Time{}, analytics.ByNothing, incident.Span{}
	out := map[incident.ID]bool{}
	for _, c := range w.snapshot.Cases(q, analytics.AnyOutcome) {
		out[c.ID] = true
	}
	return out
}

func (w *writing) sumImpact(impact reports.Part, problems []desk.Standing, causes desk.Causes) {
	if c, is := impact.(reports.Chart); is && c.Empty == "" {
		w.say("%s", c.Answer)
	}
	if len(problems) > 0 {
		w.sum(reports.Item{Text: "To fix first: " + problemSentence(problems[0]), Link: "/problems/" + string(problems[0].ID)})
	} else {
		w.say("No problem is known to have come back in the 12 months up to %s.", w.day(w.end()))
	}
	if more := slices.IndexFunc(causes.Together.Pairs, func(p analytics.Pair) bool { return p.More }); more >= 0 {
		p := causes.Together.Pairs[more]
		w.say("%s and %s: %s", p.NameA, p.NameB, p.Sentence())
	} else if causes.Together.Tested == 0 {
		w.say("No two services failed often enough to tell whether they fail together.")
	} else {
		w.say("No two services fail together more often than chance lets them, as far as %s can tell.", counted(causes.Together.Tested, "tested pair"))
	}
	if i := slices.IndexFunc(causes.Risks, suspicious); i >= 0 {
		w.say("%s: %s.", causes.Risks[i].Name, causes.Risks[i].Sentence())
	}
}

func suspicious(r analytics.ChangeRisk) bool {
	return r.Says == analytics.SuspicionSome || r.Says == analytics.SuspicionStrong
}

// problemSentence says what a problem is expected to take.
func problemSentence(x desk.Standing) string {
	e := x.Recurrence.Year.PerQuarter()
	text := x.Title + ": " + counted(x.Recurrence.Year.N, "incident") + " in the last 12 months"
	if e.Known() {
		text += fmt.Sprintf(", %s (%s – %s) expected a quarter", reports.Format(reports.Seconds, *e.Value), reports.Format(reports.Seconds, *e.Low), reports.Format(reports.Seconds, *e.High))
	}
	if x.Returned() {
		text += "; " + counted(x.Return.N, "incident") + " after it was resolved"
	}
	return text + "."
}

func (w *writing) problemParts(problems []desk.Standing) []reports.Part {
	if len(problems) == 0 {
		return []reports.Part{reports.Prose("No problem is known to have come back in the 12 months up to " + w.day(w.end()) + ".")}
	}
	t := desk.ProblemTable(w.snapshot, problems).Only("problem", "stage", "owner", "services", "incidents_12_months", "lasted_seconds", "quarter_seconds", "quarter_low_seconds", "quarter_high_seconds", "cost_low", "cost_high", "currency", "trend")
	t.Shown = problemsShown
	t.Source.AsOf, t.Source.Zone, t.Source.Metric = w.snapshot.AsOf(), w.query.Location.String(), "problem_year"
	t.Source.Method = "the 12 months up to " + w.day(w.end()) + "; expected a quarter: as often and as long as in these, with the Poisson interval of the number; n counts problems"
	return []reports.Part{reports.Prose("What to fix first is at the top: by cost where rates are set, else by time lost. Suggested problems are the machine's word until somebody confirms them."), t}
}

func (w *writing) couplings(c desk.Causes) []reports.Part {
	pairs := c.Together.Pairs
	if len(pairs) == 0 {
		return []reports.Part{reports.Prose(fmt.Sprintf("No two services failed together %d times or more.", analytics.FewestTogether))}
	}
	more := 0
	for _, p := range pairs {
		if p.More {
			more++
		}
	}
	t := reports.Together(pairs, func(analytics.Pair) string { return "" })
	t.Shown = min(more+pairsBeyond, pairsShown)
	t.Source = w.source(c.Together.Services, c.Together.LeftOut, "co_failure", fmt.Sprintf("beginnings within an hour against the same timelines moved by whole weeks; q corrected for %s; n counts services", counted(c.Together.Tested, "pair")))
	return []reports.Part{reports.Prose("Services whose failures begin within an hour of each other, more than chance first. Who is first more often is a hint of what brings down what, no proof."), t}
}

// whatWorked tells what the data say of the action items that are done, and of changes before failures.
func (w *writing) whatWorked(c desk.Causes) error {
	groups, all, err := w.desk.AllActions(w.ctx, desk.ActionQuery{Services: w.asked.Question.Services, Teams: w.asked.Question.Teams, Effects: desk.ActionEffects}, w.asked.Sight)
	if err != nil {
		return err
	}
	t := reports.Table{ID: "action-effects", Title: "What was done, and what happened since", Shown: groupsShown, Columns: []reports.Column{{Key: "action", Title: "Action item", Unit: reports.Text}, {Key: "incident", Title: "After", Unit: reports.Text},
		{Key: "done", Title: "Done", Unit: reports.Instant}, {Key: "outcome", Title: "Since then", Unit: reports.Text}, {Key: "counted", Title: "What was counted", Unit: reports.Text}, {Key: "compared", Title: "Of", Unit: reports.Text}}}
	n := map[string]int{}
	for _, g := range groups {
		for _, x := range g.Items {
			n[x.Effect.Outcome]++
			counted := x.Effect.Why
			if counted == "" {
				counted = x.Effect.Effect.Sentence
			}
			t.Rows = append(t.Rows, []reports.Cell{{Text: x.Title, Link: "/incidents/" + string(x.Incident.ID) + "#actions"}, reports.Str(x.Incident.Label()), instant(x.Done), reports.Str(effectWords[x.Effect.Outcome]), reports.Str(counted), reports.Str(x.Effect.Of)})
		}
	}
	t.Source = w.standing(len(t.Rows), "action_effect", "of the services and teams of the question, whenever they were done; before against after, equally long, a year at most; n counts action items that are done")
	if !all {
		t.Note = "There are more action items than are read for one report."
	}
	if len(t.Rows) == 0 {
		w.section("Changes that worked and did not", reports.Prose("No action item is done after which incidents could be counted."))
	} else {
		w.section("Changes that worked and did not", reports.Prose(fmt.Sprintf("Of %s that are done: %d with fewer incidents since than chance explains, %d that came back, %d without a difference, %d with too few incidents to tell, %d not compared.",
			counted(len(t.Rows), "action item"), n[desk.EffectWorked], n[desk.EffectBack], n[desk.EffectNone], n[desk.EffectFew], n[desk.EffectUncompared])), t)
	}
	if risks := w.risks(c); len(risks.Rows) > 0 {
		w.add(reports.Heading{Level: 2, Text: "Changes before failures"}, risks)
	}
	return nil
}

// risks says of each service what a change shortly before its failures means.
func (w *writing) risks(c desk.Causes) reports.Table {
	t := reports.ChangeRisks(c.Risks, func(analytics.ChangeRisk) string { return "" })
	t.Shown, t.Source = groupsShown, w.source(c.Changes, nil, "change_before_failure", "failures after a change against the same hour of other weeks; n counts changes")
	if !c.AllChanges {
		t.Note = "There are more changes than are read for this; the oldest are missing."
	}
	return t
}

var effectWords = map[string]string{desk.EffectWorked: "fewer, more than chance", desk.EffectNone: "no difference that can be told from chance", desk.EffectFew: "too few to tell", desk.EffectBack: "it came back", desk.EffectUncompared: "not compared"}

// detection says how often people opened the record of an incident, and not a monitor, and how long it took to notice.
func (w *writing) detection() error {
	found := map[string]int{}
	total, cut := 0, false
	for inc, err := range w.desk.Store.Incidents(w.ctx, w.filterOf()) {
		if err != nil {
			return err
		}
		if total == mostRead {
			cut = true
			break
		}
		total++
		found[foundBy(inc)]++
	}
	if total == 0 {
		return nil
	}
	people := found[byPeople]
	known := people + found[byMachines]
	in := stats.Wilson(people, known, analytics.Level)
	of := reports.Format(reports.Count, float64(people)) + " of " + counted(known, "incident")
	figures := reports.Figures{{Name: "Opened by people", Unit: reports.Share, Value: reports.Missing("all records come from one side, so this does not tell who noticed first"), Words: of}}
	if people > 0 && people < known {
		figures[0].Value, figures[0].Low, figures[0].High = reports.Num(float64(people)/float64(known)), &in.Low, &in.High
		w.say("People, not monitors or pagers, opened %s (%s).", of, figures[0].Interval())
	}
	q := w.grouped(analytics.ByNothing)
	if m, err := analytics.FindMetric("time_to_detect"); err == nil {
		q.Span = m.Span
		g := w.snapshot.Durations(q)[0]
		f := reports.Figure{Name: "Time to detect, median", Unit: reports.Seconds, Value: reports.Missing(g.Median.Reason), Low: g.Median.Low, High: g.Median.High, Words: "of " + counted(g.N, "incident") + " with both times"}
		if g.Median.Known() {
			f.Value = reports.Num(*g.Median.Value)
		}
		figures = append(figures, f)
	}
	which := counted(total, "incident")
	if cut {
		which = "the newest " + which
	}
	w.section("Detection", reports.Prose(fmt.Sprintf("Who opened the record: a pager or a monitor, or people through tickets, by hand or on a status page. Of %s, files and documents do not say it of %s.", which, reports.Format(reports.Count, float64(found[""])))), figures)
	return nil
}

const (
	byPeople   = "people"
	byMachines = "machines"
)

// foundBy says who opened an incident's record; empty: nobody can tell.
func foundBy(inc *incident.Incident) string {
	switch inc.Origin {
	case incident.OriginTicket, incident.OriginManual, incident.OriginStatusPage:
		return byPeople
	case incident.OriginPager, incident.OriginMonitor:
		return byMachines
	}
	return ""
}

// filterOf is what the question asks of the store.
func (w *writing) filterOf() incident.Filter {
	q := w.query
	return incident.Filter{Severities: q.Severities, Kinds: q.Kinds, Services: q.Services, Teams: q.Teams, Priorities: q.Priorities, Tags: q.Tags, Connections: q.Connections, From: q.From, To: q.To, Counted: true, Sight: q.Sight, Sort: incident.NewestFirst}
}

// runbookGaps lists problems without a runbook that was used, and runbooks that were never used.
func (w *writing) runbookGaps(problems []desk.Standing) ([]reports.Part, error) {
	uses, err := w.desk.Store.RunbookUses(w.ctx, w.asked.Sight)
	if err != nil {
		return nil, err
	}
	used := map[incident.ID]bool{}
	for _, u := range uses {
		used[u.Incident] = used[u.Incident] || u.Used()
	}
	var without []reports.Item
	for _, x := range problems {
		if !slices.ContainsFunc(x.Members, func(m incident.ProblemMember) bool { return !m.Removed && used[m.Incident] }) {
			without = append(without, reports.Item{Text: x.Title + ", " + counted(x.Recurrence.Year.N, "incident") + " in the last 12 months", Link: "/problems/" + string(x.ID)})
		}
	}
	books, err := w.desk.Runbooks(w.ctx, "", mostRunbooks, w.asked.Sight)
	if err != nil {
		return nil, err
	}
	var idle []reports.Item
	for _, b := range books.Rows {
		if b.Incidents == 0 {
			idle = append(idle, reports.Item{Text: b.Title, Link: "/runbooks/" + string(b.ID)})
		}
	}
	var parts []reports.Part
	add := func(title, none string, items []reports.Item) {
		if len(items) == 0 {
			parts = append(parts, reports.Prose(none))
			return
		}
		words := fmt.Sprintf("%s: %d.", title, len(items))
		if len(items) > listed {
			words = fmt.Sprintf("%s: %d, of which the first %d are here.", title, len(items), listed)
		}
		parts = append(parts, reports.Prose(words), reports.List{Items: items[:min(len(items), listed)]})
	}
	if len(problems) == 0 {
		parts = append(parts, reports.Prose("There is no recurring problem of these 12 months to look for runbooks of."))
	} else {
		add("Recurring problems in none of whose incidents a runbook was used", "A runbook was used in each recurring problem.", without)
	}
	if books.Total > 0 {
		add("Runbooks that no incident used", "Each runbook was used.", idle)
	}
	return parts, nil
}

const (
	mostRunbooks = 1_000_000
	listed       = 10
)

// decisions asks for what only people can decide.
func (w *writing) decisions(problems []desk.Standing, c desk.Causes) []reports.Part {
	var items []reports.Item
	for _, x := range problems[:min(len(problems), problemsShown)] {
		link := "/problems/" + string(x.ID)
		switch {
		case x.Returned():
			items = append(items, reports.Item{Text: x.Title + ": resolved, and it came back. Open it again, or say why this is another problem.", Link: link})
		case x.State == incident.Suggested:
			items = append(items, reports.Item{Text: x.Title + ": is this one problem? Confirm or reject it.", Link: link})
		case x.Management.OwnerName == "":
			items = append(items, reports.Item{Text: x.Title + ": who owns it?", Link: link})
		case len(x.Management.Lacks()) > 0:
			items = append(items, reports.Item{Text: x.Title + ": a known error that lacks " + strings.Join(x.Management.Lacks(), " and ") + ".", Link: link})
		}
	}
	for _, p := range c.Together.Pairs {
		if p.More && p.Needs == analytics.NoNeed {
			items = append(items, reports.Item{Text: fmt.Sprintf("%s and %s fail together more than chance, and no dependency is known. Is there one? Say so, or cut it.", p.NameA, p.NameB)})
		}
	}
	if len(items) == 0 {
		return []reports.Part{reports.Prose("Nothing waits for a decision, as far as the data tell.")}
	}
	parts := []reports.Part{reports.List{Boxes: true, Items: items[:min(len(items), mostDecisions)]}}
	if len(items) > mostDecisions {
		parts = append(parts, reports.Prose(fmt.Sprintf("%d more wait on the pages of recurring problems and across services.", len(items)-mostDecisions)))
	}
	return parts
}
