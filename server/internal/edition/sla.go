package edition

import (
	"fmt"
	"slices"

	"hindsight/analytics"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// How many broken promises, and groups of them, a report shows a person.
const (
	breachesShown = 100
	groupsShown   = 25
)

// serviceLevels is what a manager exports and an auditor accepts.
var serviceLevels = Kind{ID: "sla", Title: "Service levels", Reader: "managers", Range: "prev_q",
	About: "What was promised, how it was kept, what broke and why, and whether it is getting better.", write: writeServiceLevels}

func writeServiceLevels(w *writing) error {
	figures, sentences := reports.Promises(w.snapshot, w.query)
	w.sumPromises(sentences)
	if len(sentences) == 0 {
		w.say("Of no promise about the incidents of this period a clock was met or broken.")
	}
	better := w.snapshot.Better(w.query)
	w.sumBetter(better)

	w.section("How promises were kept")
	if len(figures) > 0 {
		w.add(figures)
	}
	w.add(w.chart("sla-by-month"), w.table(reports.Compliance(w.snapshot, w.query)))
	for _, by := range []struct {
		dimension analytics.Dimension
		title     string
	}{{analytics.ByService, "By service"}, {analytics.ByPriority, "By class"}} {
		t := w.table(reports.Compliance(w.snapshot, w.grouped(by.dimension))).Only("service_level", string(by.dimension), "goal_share", "met_share", "met_low_share", "met_high_share", "met", "breached", "running", "missing")
		t.ID, t.Title = "sla-by-"+string(by.dimension)+"-table", "Service levels, "+lower(by.title)
		t.Shown = groupsShown
		if len(t.Rows) > 0 {
			w.add(reports.Heading{Level: 2, Text: by.title}, t)
		}
	}

	w.section("What broke", w.breaches()...)
	w.section("Excluded time", w.exclusions()...)
	if err := w.restated(); err != nil {
		return err
	}
	w.budgets()
	w.section("How long incidents take", w.chart("ttr-by-priority"), w.chart("tta-by-priority"), w.chart("mtbf-by-service"), w.chart("availability-by-service"))
	w.section("Is it getting better?", w.better(better)...)
	return w.process()
}

// sumPromises adds the sentences about the promises with most clocks.
func (w *writing) sumPromises(all []reports.Item) {
	w.sum(all[:min(len(all), promisesTold)]...)
	if len(all) > promisesTold {
		w.say("%s are not told here; the report of service levels has all.", counted(len(all)-promisesTold, "more promise"))
	}
}

// promisesTold is how many promises a summary tells of.
const promisesTold = 6

// sumBetter says in the fixed phrases whether it is getting better.
func (w *writing) sumBetter(b analytics.Better) {
	if b.Comparison.Missing != "" {
		w.say("Whether it is getting better cannot be told: %s.", b.Comparison.Missing)
	}
	for _, a := range b.Answers {
		w.say("%s: %s", a.Question, a.Verdict.Sentence)
	}
}

// better is the same with its numbers.
func (w *writing) better(b analytics.Better) []reports.Part {
	if b.Comparison.Missing != "" {
		return []reports.Part{reports.Prose("Nothing is compared: " + b.Comparison.Missing + ".")}
	}
	parts := []reports.Part{reports.Prose(b.Comparison.Words + "."), w.table(reports.Better(w.snapshot, w.query, b))}
	if b.Gaps.Sentence != "" {
		parts = append(parts, reports.Prose(b.Gaps.Sentence))
	}
	return append(parts, w.chart("incidents-per-month"), w.chart("ttr-dots"))
}

func (w *writing) breaches() []reports.Part {
	t := w.table(reports.Breaches(w.snapshot, w.query))
	all := len(t.Rows)
	if all == 0 {
		return []reports.Part{reports.Prose("No promise was broken in this period, as far as the sources tell.")}
	}
	words := counted(all, "clock") + " broken. A clock shows the time that its calendar counts, without pauses and excluded time."
	if all > mostRows {
		t.Rows = t.Rows[:mostRows]
		t.Note = fmt.Sprintf("The newest %s of %s are listed.", reports.Format(reports.Count, mostRows), counted(all, "clock"))
	}
	t.Shown = breachesShown
	return []reports.Part{reports.Prose(words), t.Only("incident", "title", "started_at", "service", "service_level", "within_seconds", "took_seconds", "over_seconds", "counted_in")}
}

func (w *writing) exclusions() []reports.Part {
	excused, late := 0, 0
	for _, g := range w.snapshot.SLA(w.grouped(analytics.ByNothing), w.snapshot.Agreements()) {
		excused, late = excused+g.Excused, late+g.ExcusedLate
	}
	t := w.table(reports.Exclusions(w.snapshot, w.query))
	if len(t.Rows) == 0 {
		return []reports.Part{reports.Prose("The contracts in force exclude no time of this period.")}
	}
	verb := "are"
	if excused == 1 {
		verb = "is"
	}
	return []reports.Part{reports.Prose(fmt.Sprintf("%s %s in time because of excluded time alone; of these, %d by time that was excluded after the fact.", counted(excused, "clock"), verb, late)), t}
}

// restated lists the months of the period whose figures changed after they were over.
func (w *writing) restated() error {
	all, err := w.desk.Restatements(w.ctx, "", w.asked.Sight)
	if err != nil {
		return err
	}
	count := func(n int) reports.Cell { return reports.Num(float64(n)) }
	t := reports.Table{ID: "restatements", Title: "Months that were restated", Source: reports.Source{Zone: "UTC", AsOf: w.snapshot.AsOf(), Method: "months in UTC, all incidents but private ones"}, Columns: []reports.Column{{Key: "month", Title: "Month", Unit: reports.Text}, {Key: "noted_at", Title: "Noted", Unit: reports.Instant},
		{Key: "met_before", Title: "Clocks met before", Unit: reports.Count}, {Key: "clocks_before", Title: "Clocks before", Unit: reports.Count}, {Key: "met", Title: "Clocks met now", Unit: reports.Count}, {Key: "clocks", Title: "Clocks now", Unit: reports.Count},
		{Key: "causes", Title: "Why", Unit: reports.Text}}}
	from, to := w.query.From.In(w.query.Location).Format("2006-01"), w.query.To.In(w.query.Location).Format("2006-01-02")
	for _, r := range all {
		if r.Month < from && !w.query.From.IsZero() || r.Month+"-01" >= to && !w.query.To.IsZero() || r.At.After(w.asked.At) {
			continue
		}
		why := counted(len(r.Causes)+r.More, "change")
		if len(r.Causes) > 0 {
			why += ", first: " + r.Causes[0].What
		}
		t.Rows = append(t.Rows, []reports.Cell{reports.Str(r.Month), {Time: r.At}, count(r.Before.Met), count(r.Before.Clocks), count(r.Now.Met), count(r.Now.Clocks), reports.Str(why)})
	}
	t.Source.N = len(t.Rows)
	if len(t.Rows) == 0 {
		w.section("Restatements", reports.Prose("No figure of a month of this period was noted to have changed after the month was over."))
		return nil
	}
	w.section("Restatements", t)
	return nil
}

// budgets shows how error budgets stand, where there are objectives.
func (w *writing) budgets() {
	all := slices.DeleteFunc(w.desk.Budgets(w.snapshot, w.asked.Sight), func(b desk.ObjectiveBudget) bool {
		return len(w.query.Services) > 0 && !slices.Contains(w.query.Services, b.Budget.Objective.Service)
	})
	if len(all) == 0 {
		return
	}
	named := make([]reports.NamedBudget, len(all))
	for i, b := range all {
		named[i] = reports.NamedBudget{Name: b.Policy.Name, Link: "/slo/" + string(b.Policy.ID), Budget: b.Budget}
	}
	w.section("Error budgets", reports.Prose("As they stand at the moment of this report, each over the window of its own objective."), reports.Objectives(w.snapshot, named))
}

// process says how far the company kept to its own rules for retrospectives.
func (w *writing) process() error {
	kept, err := w.desk.ProcessKept(w.ctx, w.asked.Question, w.asked.Sight)
	if err != nil {
		return err
	}
	all := reports.Process([]analytics.ProcessGroup{kept.Whole})
	across := reports.ProcessAcross("process-by-team", "Team", kept.Teams, func(string, analytics.ProcessGroup) string { return "" })
	for _, t := range []*reports.Table{&all, &across} {
		t.Shown = groupsShown
		t.Source.Zone, t.Source.AsOf, t.Source.From, t.Source.To = w.query.Location.String(), w.snapshot.AsOf(), w.query.From, w.query.To
		t.Source.Method, t.Source.Metric = "kept of those that can be judged, Wilson 95 % interval; n counts steps of incidents", "process_kept"
	}
	across.Source.N = all.Source.N
	if !kept.All {
		all.Note = "There are more incidents than are read for this; the oldest are missing."
	}
	if len(all.Rows) == 0 {
		return nil
	}
	w.section("Our own rules after incidents", reports.Prose("Of incidents that are over and of which the rules in force then wanted a retrospective."), all.Only("step", "kept_share", "kept_low_share", "kept_high_share", "kept", "of", "missed", "late", "waiting", "unsaid"))
	if len(across.Rows) > 0 {
		w.add(across)
	}
	return nil
}
