package web

import (
	"fmt"
	"strconv"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/echarts"
	"hindsight/server/internal/desk"
)

const (
	sloPath       = "/slo"
	spendersShown = 50
	doubtsShown   = 20 // incidents named beside one sort of doubt
)

func (s *Server) slo(r *request) (answer, error) { return show(s.sloPage(r)) }

func (s *Server) sloPage(r *request) frontend.SLOPage {
	snapshot := s.Live.Snapshot()
	page := frontend.SLOPage{Shell: r.shell("Objectives", frontend.NavSLO), MayEdit: r.viewer.MayChange(incident.Agree)}
	for _, b := range s.Budgets(snapshot, r.viewer.Sight()) {
		page.Rows = append(page.Rows, sloRow(snapshot, b))
	}
	if len(page.Rows) > 0 {
		page.Exports = []frontend.Link{{Label: "OpenSLO", Path: "/api/v1/slo.yaml"}, {Label: "JSON", Path: "/api/v1/slo"}}
	}
	return page
}

// sloRow says in one line how an objective stands.
func sloRow(snapshot *analytics.Snapshot, b desk.ObjectiveBudget) frontend.SLORow {
	o := b.NamedObjective.Objective
	row := frontend.SLORow{Name: b.Policy.Name, Path: sloPath + "/" + string(b.Policy.ID), Target: percentOf(o.Target) + " %", Window: windowWords(o.Window), State: sloState(b.State), Bar: -1,
		Service: frontend.Link{Label: snapshot.Name(o.Service), Path: frontend.ServicePath(o.Service)}, Unsure: plusMinus(b.Consumed)}
	if b.State == analytics.BudgetUnknown {
		row.Left = capital(b.Consumed.Reason)
		return row
	}
	row.Left = fmt.Sprintf("%s of %s left", took(*b.Remaining.Value), took(b.Allowed.Seconds()))
	if *b.Remaining.Value < 0 {
		row.Left = fmt.Sprintf("overspent by %s, of a budget of %s", took(-*b.Remaining.Value), took(b.Allowed.Seconds()))
	}
	if b.Own != nil && b.Own.Consumed.Value != nil {
		row.Left += fmt.Sprintf("; it spent %s by itself, and %s with what it needs", took(*b.Own.Consumed.Value), took(*b.Consumed.Value))
	}
	row.Bar = 100 * max(0, *b.Remaining.Value) / b.Allowed.Seconds()
	row.Burn = burnWords(b.Burn.Value)
	for _, a := range b.Alerts {
		if a.Fires {
			row.Alert = alertKind(a) + ", " + incident.FormatDuration(a.Long) + " and " + incident.FormatDuration(a.Short)
			break
		}
	}
	return row
}

func took(seconds float64) string { return reports.Format(reports.Seconds, seconds) }

// burnWords writes a burn rate: "0.42", "14.4", "1,000".
func burnWords(x *float64) string {
	switch {
	case x == nil:
		return "not known"
	case *x >= 100:
		return reports.Format(reports.Count, float64(int(*x)))
	}
	return strconv.FormatFloat(*x, 'f', 2, 64)
}

func alertKind(a analytics.BurnAlert) string {
	if a.Page {
		return "page"
	}
	return "ticket"
}

// plusMinus writes what the precision of times leaves open; empty where that is nothing.
func plusMinus(e analytics.Estimate) string {
	if e.Value == nil || e.Low == nil || e.High == nil || *e.Low == *e.High {
		return ""
	}
	less, more := *e.Value-*e.Low, *e.High-*e.Value
	if less == more {
		return "plus or minus " + took(more)
	}
	return fmt.Sprintf("minus %s or plus %s", took(less), took(more))
}

func sloState(s analytics.BudgetState) frontend.SLOState {
	switch s {
	case analytics.BudgetKept:
		return frontend.SLOKept
	case analytics.BudgetBurning:
		return frontend.SLOBurning
	case analytics.BudgetSpent:
		return frontend.SLOSpent
	case analytics.BudgetUndecided:
		return frontend.SLOUndecided
	}
	return frontend.SLOUnknown
}

func windowWords(w incident.ObjectiveWindow) string {
	switch {
	case w.Calendar == "" && w.Days == 1:
		return "last 24 hours"
	case w.Calendar == "":
		return fmt.Sprintf("last %d days", w.Days)
	case w.Zone == "":
		return "this " + w.Calendar + " (UTC)"
	}
	return "this " + w.Calendar + " (" + w.Zone + ")"
}

func (s *Server) sloDetail(r *request) (answer, error) {
	snapshot := s.Live.Snapshot()
	b, err := s.Budget(snapshot, incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	o := b.NamedObjective.Objective
	page := frontend.SLODetailPage{Shell: r.shell(b.Policy.Name, frontend.NavSLO, frontend.Link{Label: "Objectives", Path: sloPath}), Row: sloRow(snapshot, b), ID: string(b.Policy.ID),
		Since: b.Since, OpenSLO: o.OpenSLO != "", About: agreed(o), MayEdit: r.viewer.MayChange(incident.Agree),
		Exports: []frontend.Link{{Label: "JSON", Path: "/api/v1/slo/" + string(b.Policy.ID)}, {Label: "All as OpenSLO", Path: "/api/v1/slo.yaml"}}}
	page.Excluded = excludedParts(b.Maintenance, b.Excluded, o.Window.Location())
	page.Uncertain = append(doubts(b.Unclear, b.Consumed), lateDoubt(b.Late, b.LateTook, b.LateUnknown)...)
	if page.Versions, err = s.sloVersions(r, b.Policy.ID); err != nil {
		return answer{}, err
	}
	if b.State == analytics.BudgetUnknown {
		page.NothingKnown = capital(b.Consumed.Reason)
		return show(page)
	}
	page.Stats, page.Outlook = budgetStats(b.Budget), outlook(b.Budget, o.Window.Location())
	page.Needs, page.Own = needPairs(snapshot, b.Needs), byItself(b.Budget)
	spent(&page, snapshot, b.Budget)
	for _, a := range b.Alerts {
		page.Alerts = append(page.Alerts, frontend.SLOAlert{Kind: alertKind(a), Long: a.Long, Short: a.Short, Threshold: burnWords(&a.Threshold),
			LongBurn: burnWords(a.LongBurn), ShortBurn: burnWords(a.ShortBurn), Fires: a.Fires})
	}
	chart := reports.Budget(snapshot, b.Policy.Name, b.Budget)
	option, err := echarts.Option(chart, echarts.Browser())
	page.Figures = []frontend.Figure{{Chart: chart, Option: option, Size: frontend.Medium}}
	return answer{page: page}, err
}

// byItself says how an objective would stand by the service's own incidents alone; empty where it needs no other.
func byItself(b analytics.Budget) string {
	switch {
	case b.Own == nil:
		return ""
	case b.Own.Consumed.Value == nil:
		return "By itself: " + b.Own.Consumed.Reason + "."
	}
	return fmt.Sprintf("By its own incidents alone it would have spent %s, and stand %q.", took(*b.Own.Consumed.Value), b.Own.State)
}

// agreed is what an objective says, in words.
func agreed(o incident.Objective) []frontend.Pair {
	counts := "any impact, in full"
	if o.Weighted {
		counts = "impact by the weight of its severity"
	}
	out := []frontend.Pair{{Name: "Counts", Value: counts}, {Name: "Window", Value: windowWords(o.Window)}}
	for _, p := range []frontend.Pair{{Name: "Owner", Value: o.Owner}, {Name: "To be looked at again", Value: o.Review}, {Name: "Description", Value: o.Description}} {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	return out
}

func (s *Server) sloVersions(r *request, id incident.ID) ([]frontend.SLOVersion, error) {
	versions, err := s.ObjectiveVersions(r.Request.Context(), id)
	return each(versions, func(v desk.ObjectiveVersion) frontend.SLOVersion {
		return frontend.SLOVersion{Version: v.Policy.Version, At: v.Policy.SavedAt, By: v.Policy.SavedBy, Note: v.Policy.Note, Removed: v.Policy.Removed,
			What: percentOf(v.Objective.Target) + " %, " + windowWords(v.Objective.Window)}
	}), err
}

func budgetStats(b analytics.Budget) []frontend.Stat {
	return []frontend.Stat{
		{Label: "Budget", Unit: reports.Seconds, Value: reports.Num(b.Allowed.Seconds()), N: b.Consumed.N, Metric: "error_budget"},
		lostStat("Spent", b.Consumed, reports.Seconds, "error_budget"), lostStat("Share of it", b.Share, reports.Share, "error_budget"),
		{Label: "Burn rate so far", Unit: reports.Text, Value: reports.Str(burnWords(b.Burn.Value)), N: b.Burn.N, Metric: "burn_rate"},
	}
}

// lostStat puts an estimate of lost time on a page, with its bounds where the times leave any open.
func lostStat(label string, e analytics.Estimate, unit reports.Unit, metric string) frontend.Stat {
	out := frontend.Stat{Label: label, Unit: unit, Value: cell(e), N: e.N, Metric: metric}
	if plusMinus(e) != "" {
		out.Lo, out.Hi = e.Low, e.High
	}
	return out
}

// spent fills in who spent a budget.
func spent(page *frontend.SLODetailPage, snapshot *analytics.Snapshot, b analytics.Budget) {
	for _, x := range b.Spenders[:min(len(b.Spenders), spendersShown)] {
		row := frontend.SLOSpender{Incident: frontend.Link{Label: x.Number, Path: frontend.IncidentPath(x.ID)}, Title: x.Title, Own: took(x.Own), Alone: took(x.Alone), Open: x.Open}
		if row.Title == "" {
			row.Title = "Untitled incident"
		}
		if x.Team != "" {
			row.Team = snapshot.Name(x.Team)
		}
		page.Spenders = append(page.Spenders, row)
	}
	page.More = len(b.Spenders) - len(page.Spenders)
	if b.Shared > 0 {
		page.Shared = took(b.Shared)
	}
	page.Without = capital(b.WithoutWorst.Reason) + "."
	if b.WithoutWorst.Value != nil {
		page.Without = fmt.Sprintf("Without the worst one %s would be spent instead of %s.", took(*b.WithoutWorst.Value), took(*b.Consumed.Value))
	}
	part := func(p analytics.BudgetPart) frontend.SLOPart {
		return frontend.SLOPart{Label: p.Label, N: p.N, Own: took(p.Own)}
	}
	page.Teams, page.Factors = each(b.Teams, part), each(b.Factors, part)
}

// outlook says when a budget was or will be spent.
func outlook(b analytics.Budget, zone *time.Location) []string {
	e := b.Exhausted
	day := func(t time.Time) string { return t.In(zone).Format("2 Jan 2006, 15:04 MST") }
	pace := fmt.Sprintf("At the pace of the window so far, %s in it", stretches(e.Episodes))
	var out []string
	if !e.Spent.IsZero() {
		return []string{"It was spent on " + day(e.Spent) + "."}
	}
	if !e.Ongoing.IsZero() {
		out = append(out, "If what is going on now goes on, it will be spent on "+day(e.Ongoing)+".")
	}
	switch {
	case e.Earliest.IsZero():
		out = append(out, capital(e.Reason)+".")
	case e.Latest.IsZero():
		out = append(out, fmt.Sprintf("%s: on %s at the earliest, perhaps not at all (95 %% interval).", pace, day(e.Earliest)))
	default:
		out = append(out, fmt.Sprintf("%s: between %s and %s (95 %% interval).", pace, day(e.Earliest), day(e.Latest)))
	}
	return out
}

// stretches writes a number of stretches of impact.
func stretches(n int) string {
	if n == 1 {
		return "1 stretch of impact"
	}
	return reports.Format(reports.Count, float64(n)) + " stretches of impact"
}
