package reports

import (
	"cmp"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
)

// mostFigures is how many key numbers stand side by side.
const mostFigures = 6

// Promises returns how each promise was kept in the period of q: as key numbers, those with most clocks first and at most six of them, and as
// sentences, all of them. Promises that no clock ran for are in neither.
func Promises(s *analytics.Snapshot, q analytics.Query) (Figures, []Item) {
	q.GroupBy = analytics.ByNothing
	totals := s.SLA(q, s.Agreements())
	slices.SortStableFunc(totals, func(a, b analytics.ComplianceGroup) int { return cmp.Compare(b.Met+b.Breached, a.Met+a.Breached) })
	var figures Figures
	var items []Item
	for _, g := range totals {
		if g.Met+g.Breached == 0 {
			continue
		}
		f := Figure{Name: g.Promise.Name, Unit: Share, Value: cell(g.Rate), Low: g.Rate.Low, High: g.Rate.High,
			Words: Format(Count, float64(g.Met)) + " of " + counted(g.Met+g.Breached, "clock")}
		if goal := g.Promise.Goal; goal > 0 && g.Rate.Known() {
			f.Words += ", goal " + round(goal)
			f.Level = levelOf(g.Rate, goal)
		}
		if len(figures) < mostFigures {
			figures = append(figures, f)
		}
		items = append(items, Item{Text: strings.TrimSpace(complianceAnswer([]analytics.ComplianceGroup{g}))})
	}
	return figures, items
}

// levelOf says good or bad only where chance alone could not have decided it.
func levelOf(rate analytics.Estimate, goal float64) Level {
	switch {
	case rate.Low == nil || rate.High == nil:
		return Neutral
	case *rate.Low >= goal:
		return Good
	case *rate.High < goal:
		return Bad
	}
	return Warning
}

// Exclusions lists the time that contracts exclude in the period of q, by whose word and why. They are those of the contracts in force.
func Exclusions(s *analytics.Snapshot, q analytics.Query) Table {
	t := Table{ID: "exclusions", Title: "Time that contracts exclude", Source: sourceOf(s, q, 0, nil), Columns: []Column{{Key: "contract", Title: "Contract", Unit: Text},
		{Key: "from", Title: "From", Unit: Instant}, {Key: "until", Title: "Until", Unit: Instant}, {Key: "reason", Title: "Reason", Unit: Text},
		{Key: "approver", Title: "Approved by", Unit: Text}, {Key: "approved_at", Title: "Approved", Unit: Instant}, {Key: "applies_to", Title: "Taken from", Unit: Text}, {Key: "services", Title: "Services", Unit: Text}}}
	t.Source.Method = "n counts exclusions"
	names := map[incident.ID]string{} // of services that the reader may know
	for _, x := range s.Services(q.Sight) {
		names[x.ID] = x.Name
	}
	for _, a := range s.Agreements() {
		for _, x := range a.Contract.Exclusions {
			if !q.From.IsZero() && !x.Until.After(q.From) || !q.To.IsZero() && !x.From.Before(q.To) {
				continue
			}
			approved := Cell{Time: x.ApprovedAt}
			if x.ApprovedAt.IsZero() {
				approved = Missing("nobody says when")
			} else if x.AfterTheFact() {
				approved.Note = "after the fact"
			}
			services := Str("all")
			if len(x.Services) > 0 {
				if len(q.Services) > 0 && !slices.ContainsFunc(x.Services, func(id incident.ID) bool { return slices.Contains(q.Services, id) }) {
					continue
				}
				var known []string
				for _, id := range x.Services {
					if name := names[id]; name != "" {
						known = append(known, name)
					}
				}
				if len(known) == 0 {
					continue
				}
				services.Text = strings.Join(known, ", ")
			}
			what := map[string]string{"": "clocks, availability and budgets", "clocks": "clocks", "availability": "availability and budgets"}[string(x.AppliesTo)]
			t.Rows = append(t.Rows, []Cell{Str(a.Name), {Time: x.From}, {Time: x.Until}, Str(x.Reason), Str(x.Approver), approved, Str(what), services})
			t.Source.N++
		}
	}
	return t
}

// NamedBudget is how an objective stands, with its name.
type NamedBudget struct {
	Name   string
	Link   string // path of its page; may be empty
	Budget analytics.Budget
}

// Objectives lists how error budgets stand, each over the window of its own objective.
func Objectives(s *analytics.Snapshot, all []NamedBudget) Table {
	t := Table{ID: "objectives", Title: "Error budgets", Source: Source{Zone: "UTC", N: len(all), Method: "each over its own window; n counts objectives", Metric: "error_budget", AsOf: s.AsOf()},
		Columns: []Column{{Key: "objective", Title: "Objective", Unit: Text}, {Key: "service", Title: "Service", Unit: Text}, {Key: "target_share", Title: "Target", Unit: Share},
			{Key: "from", Title: "Window from", Unit: Instant}, {Key: "to", Title: "to", Unit: Instant}, {Key: "allowed_seconds", Title: "Budget", Unit: Seconds}}}
	t.Columns = append(t.Columns, estimateColumns("spent", "Spent", Seconds)...)
	t.Columns = append(t.Columns, estimateColumns("spent_of_budget", "Of the budget", Share)...)
	t.Columns = append(t.Columns, Column{Key: "state", Title: "State", Unit: Text})
	for _, x := range all {
		name := Cell{Text: x.Name, Link: x.Link}
		row := []Cell{name, Str(s.Name(x.Budget.Objective.Service)), Num(x.Budget.Objective.Target), {Time: x.Budget.From}, {Time: x.Budget.To}, Num(x.Budget.Allowed.Seconds())}
		row = append(row, EstimateCells(x.Budget.Consumed)...)
		row = append(row, EstimateCells(x.Budget.Share)...)
		t.Rows = append(t.Rows, append(row, Str(string(x.Budget.State))))
	}
	return t
}

// Better answers whether the incidents of a question got better, a row for each question, in the fixed phrases.
func Better(s *analytics.Snapshot, q analytics.Query, b analytics.Better) Table {
	t := Table{ID: "better", Title: "Is it getting better?", Source: sourceOf(s, q, 0, nil), Columns: []Column{{Key: "question", Title: "Question", Unit: Text}, {Key: "phrase", Title: "Answer", Unit: Text},
		{Key: "ratio", Title: "Now divided by before", Unit: Count}, {Key: "ratio_low", Title: "Now divided by before, from", Unit: Count, Bound: true}, {Key: "ratio_high", Title: "Now divided by before, to", Unit: Count, Bound: true},
		{Key: "n_now", Title: "Incidents now", Unit: Count}, {Key: "n_before", Title: "Incidents before", Unit: Count}, {Key: "sentence", Title: "In words", Unit: Text}}}
	t.Source.Method = b.Comparison.Words
	for _, a := range b.Answers {
		v := a.Verdict
		phrase := string(v.Phrase)
		if v.Phrase == analytics.NoChange {
			phrase += " " + Format(Share, v.Within)
		}
		row := append([]Cell{Str(a.Question), Str(phrase)}, EstimateCells(v.Ratio)...)
		t.Rows = append(t.Rows, append(row, whole(v.NNow), whole(v.NBefore), Str(v.Sentence)))
		t.Source.N = max(t.Source.N, v.NNow)
	}
	return t
}
