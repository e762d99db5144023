package reports

import (
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
)

// SharedFactors lists what contributed to several incidents, a row for each service in which it did.
func SharedFactors(r analytics.FactorReport) Table {
	t := Table{ID: "shared-factors", Title: "Factors and where they recur", Columns: []Column{{Key: "factor", Title: "Factor", Unit: Text}, {Key: "service", Title: "Service", Unit: Text},
		{Key: "incidents", Title: "Incidents", Unit: Count}, {Key: "confirmed", Title: "Confirmed", Unit: Count}, {Key: "claimed", Title: "Claimed", Unit: Count}}}
	for _, g := range r.Periods {
		t.Columns = append(t.Columns, Column{Key: incident.Slug(g.Key), Title: g.Label, Unit: Count})
	}
	t.Columns = append(t.Columns, Column{Key: "without_start", Title: "Without a date", Unit: Count})
	for _, f := range r.Factors {
		for _, p := range f.Services {
			row := []Cell{Str(f.Name), Str(orWord(p.Name, "no service named")), whole(p.N), whole(p.Confirmed), whole(p.N - p.Confirmed)}
			for _, n := range p.Periods {
				row = append(row, whole(n))
			}
			t.Rows = append(t.Rows, append(row, whole(p.NoStart)))
		}
	}
	return t
}

// Together lists pairs of services that failed together. link leads to the incidents behind a pair.
func Together(pairs []analytics.Pair, link func(analytics.Pair) string) Table {
	t := Table{ID: "failing-together", Title: "Pairs of services that fail together", Columns: []Column{{Key: "services", Title: "Services", Unit: Text}, {Key: "times", Title: "Together", Unit: Count},
		{Key: "in_one_incident", Title: "In one incident", Unit: Count}, {Key: "apart", Title: "In separate ones", Unit: Count}, {Key: "expected_by_chance", Title: "By chance", Unit: Text}, {Key: "lift", Title: "Lift, 95 % interval", Unit: Text},
		{Key: "q", Title: "q", Unit: Text}, {Key: "verdict", Title: "Against chance", Unit: Text}, {Key: "first", Title: "Which began first", Unit: Text}, {Key: "dependency", Title: "Dependency", Unit: Text}}}
	for _, p := range pairs {
		times := whole(p.Times())
		times.Link = link(p)
		row := []Cell{Str(p.NameA + " and " + p.NameB), times, whole(p.One), whole(p.Apart), lowly(p.Expected), between(p.Lift), q(p), Str(againstChance(p)), Str(p.First()), Str(p.Dependency())}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func againstChance(p analytics.Pair) string {
	switch {
	case p.Apart == 0:
		return "named together"
	case p.Expected.Value == nil:
		return "not tested"
	case p.More:
		return "more than chance"
	}
	return "cannot tell from chance"
}

func q(p analytics.Pair) Cell {
	if p.Expected.Value == nil {
		return Missing(p.Expected.Reason)
	}
	return Str(shortQ(p.Q))
}

// shortQ writes a q-value in a narrow column.
func shortQ(q float64) string { return strings.Replace(analytics.QText(q), "below ", "<", 1) }

// lowly writes a small expectation with the digits that say something.
func lowly(e analytics.Estimate) Cell {
	if e.Value == nil {
		return Missing(e.Reason)
	}
	return Str(analytics.Few(*e.Value))
}

// between writes an estimate with its interval.
func between(e analytics.Estimate) Cell {
	if text := analytics.LiftText(e); text != "" {
		return Str(text)
	}
	return Missing(e.Reason)
}

// ChangeRisks lists services by what a change shortly before their failures says. link leads to the changes of a service.
func ChangeRisks(risks []analytics.ChangeRisk, link func(analytics.ChangeRisk) string) Table {
	t := Table{ID: "changes-before-failures", Title: "Changes before failures", Columns: []Column{{Key: "service", Title: "Service", Unit: Text}, {Key: "says", Title: "What a change before a failure says", Unit: Text},
		{Key: "changes", Title: "Changes", Unit: Count}, {Key: "failures", Title: "Failures", Unit: Count}, {Key: "after_a_change", Title: "After a change", Unit: Count}, {Key: "share", Title: "Share", Unit: Share},
		{Key: "share_by_chance", Title: "By chance", Unit: Share}, {Key: "lift", Title: "Lift, 95 % interval", Unit: Text}, {Key: "q", Title: "q", Unit: Text}}}
	for _, r := range risks {
		name := Str(r.Name)
		name.Link = link(r)
		significance := Missing(r.Base.Reason)
		if r.Base.Value != nil {
			significance = Str(shortQ(r.Q))
		}
		t.Rows = append(t.Rows, []Cell{name, Str(r.Says.Words()), whole(r.Changes), whole(r.Failures), whole(r.Near), cell(r.Before), cell(r.Base), between(r.Lift), significance})
	}
	return t
}

// wherever names the services of a factor, at most three.
func wherever(f analytics.SharedFactor) string {
	var names []string
	for _, p := range f.Services {
		if p.Name != "" {
			names = append(names, p.Name)
		}
	}
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

// FactorSentence says where and how often a factor recurs.
func FactorSentence(f analytics.SharedFactor) string {
	text := f.Name + ": " + Format(Count, float64(f.All.N)) + " incidents"
	if places := wherever(f); places != "" {
		text += " of " + places
	}
	switch {
	case f.All.Confirmed == 0:
		return text + "; claimed by sources, and not confirmed by anybody here."
	case f.All.Confirmed < f.All.N:
		return text + "; confirmed in " + Format(Count, float64(f.All.Confirmed)) + " of them."
	}
	return text + "; confirmed in all of them."
}
