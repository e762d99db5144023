package web

import (
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/query"
)

const (
	slaPath       = "/sla"
	slaColumns    = 5 // periods that fit beside the rest of the row
	breachesShown = 100
)

func (s *Server) sla(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	a, err := s.Figures(ctx, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	req, _, err := s.Scope(ctx, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.SLAPage{Shell: r.shell("SLA compliance", frontend.NavSLA), Period: r.period(slaPath, q, false), Chips: r.chips(slaPath, q), Clear: slaPath,
		Print: r.Query("print") != "", MayEdit: r.viewer.MayChange(incident.Agree)}
	req.Facets, req.Filter.Limit = true, 1
	counted, err := s.Index.Search(ctx, req)
	if err != nil {
		return answer{}, err
	}
	page.Facets = narrowFacets(r.facetsOf(slaPath, q, counted.Facets))
	snapshot := s.Live.Snapshot()
	s.fillSLA(&page, snapshot, a, q)
	page.Contracts = contractCards(snapshot, a)
	if len(page.Own)+len(page.Stated)+len(page.Contracts) == 0 {
		page.Empty = s.nothing(r, q.Filtered() || q.Range != "all")
		return show(page)
	}
	if page.Breaches, err = s.breaches(r, snapshot, a); err != nil {
		return answer{}, err
	}
	page.Figures, err = s.figures(snapshot, a, q, frontend.Medium, "sla-by-month", "sla-by-priority")
	compliance := reports.Compliance(snapshot, a)
	page.Source = compliance.Source
	page.Exports = []frontend.Link{{Label: "CSV", Path: pathOf("/sla/export.csv", q)}, {Label: "JSON", Path: pathOf("/sla/export.json", q)},
		{Label: "Breaches as CSV", Path: pathOf("/sla/breaches.csv", q)}, {Label: "Print", Path: pathOf(slaPath, q) + printMark(q)}}
	return answer{page: page}, err
}

func printMark(q query.Query) string {
	if q.Encode() == "" {
		return "?print=1"
	}
	return "&print=1"
}

// narrowFacets are the facets that compliance, with promises or with rules, can be narrowed down by.
func narrowFacets(all []frontend.Facet) []frontend.Facet {
	return slices.DeleteFunc(all, func(f frontend.Facet) bool {
		return !slices.Contains([]string{"service", "team", "priority", "sev", "source"}, f.Name)
	})
}

// fillSLA adds a row per promise: its total, and a cell per period.
func (s *Server) fillSLA(page *frontend.SLAPage, snapshot *analytics.Snapshot, a analytics.Query, q query.Query) {
	a.GroupBy = analytics.ByNothing
	totals := snapshot.SLA(a, snapshot.Agreements())
	cells := map[string][]frontend.SLACell{}
	for _, by := range []analytics.Dimension{analytics.ByMonth, analytics.ByQuarter, analytics.ByYear} {
		a.GroupBy = by
		groups := snapshot.SLA(a, snapshot.Agreements())
		cells, page.Labels = slaCells(groups, q)
		if len(page.Labels) <= slaColumns || by == analytics.ByYear {
			break
		}
	}
	for _, g := range totals {
		row := slaRow(g, q)
		row.Cells = cells[g.Promise.Key]
		if g.Promise.Stated {
			page.Stated = append(page.Stated, row) // the source sets no goal, so there is nothing to judge by
			continue
		}
		page.Own = append(page.Own, row)
		switch row.State {
		case frontend.Met:
			page.Counts.Met++
		case frontend.Breached:
			page.Counts.Breached++
		case frontend.AtRisk:
			page.Counts.AtRisk++
		default:
			page.Counts.TooFew++
		}
	}
}

// slaCells are the periods of every promise, by its key, and their labels. A promise has no group where no clock of
// it ran; every row gets a cell for every period all the same, so that columns are of one period.
func slaCells(groups []analytics.ComplianceGroup, q query.Query) (map[string][]frontend.SLACell, []string) {
	columns := slices.Clone(groups)
	slices.SortStableFunc(columns, func(a, b analytics.ComplianceGroup) int {
		if a.From.IsZero() != b.From.IsZero() {
			return b.From.Compare(a.From) // without a time last
		}
		return a.From.Compare(b.From)
	})
	columns = slices.CompactFunc(columns, func(a, b analytics.ComplianceGroup) bool { return a.Label == b.Label })
	labels := each(columns, func(g analytics.ComplianceGroup) string { return g.Label })
	cells := map[string][]frontend.SLACell{}
	for _, g := range groups {
		if cells[g.Promise.Key] == nil {
			cells[g.Promise.Key] = make([]frontend.SLACell, len(labels))
		}
		n := g.Met + g.Breached
		path := ""
		if !g.From.IsZero() {
			path = pathOf(incidentsPath, with(q, func(q *query.Query) { q.Range, q.From, q.To = "custom", g.From, g.To }))
		}
		cells[g.Promise.Key][slices.Index(labels, g.Label)] = frontend.SLACell{Met: g.Met, N: n, State: compliance(g), Path: path}
	}
	return cells, labels
}

func slaRow(g analytics.ComplianceGroup, q query.Query) frontend.SLARow {
	row := frontend.SLARow{Name: g.Promise.Name, Within: g.Promise.Within, Goal: g.Promise.Goal, Lo: g.Rate.Low, Hi: g.Rate.High, State: compliance(g), Open: g.Running,
		Total: frontend.SLACell{Met: g.Met, N: g.Met + g.Breached, State: compliance(g)}, Path: pathOf(incidentsPath, with(q, func(*query.Query) {}))}
	for _, l := range []reports.LeftOut{{Reason: "a time is missing", N: g.Missing}, {Reason: "it ends before it begins", N: g.Invalid}} {
		if l.N > 0 {
			row.Left = append(row.Left, l)
		}
	}
	for _, l := range g.LeftOut {
		row.Left = append(row.Left, reports.LeftOut{Reason: l.Reason, N: l.N})
	}
	return row
}

// compliance judges a rate against its goal. Promises that only the source knows have none.
func compliance(g analytics.ComplianceGroup) frontend.SLAState {
	switch {
	case g.Promise.Goal == 0:
		return frontend.NoGoal
	case g.Met+g.Breached == 0 || g.Rate.Value == nil:
		return frontend.TooFew
	case *g.Rate.Value < g.Promise.Goal:
		return frontend.Breached
	case g.Rate.Low != nil && *g.Rate.Low < g.Promise.Goal:
		return frontend.AtRisk
	}
	return frontend.Met
}

func (s *Server) breaches(r *request, snapshot *analytics.Snapshot, a analytics.Query) ([]frontend.BreachRow, error) {
	a.GroupBy = analytics.ByNothing
	all := snapshot.Breaches(a, snapshot.Agreements())
	all = all[:min(len(all), breachesShown)]
	rows, err := s.rows(r.Request.Context(), r, each(all, func(b analytics.Clock) incident.ID { return b.ID }))
	if err != nil {
		return nil, err
	}
	byID := map[incident.ID]frontend.IncidentRow{}
	for _, row := range rows {
		byID[row.Incident.ID] = row
	}
	var out []frontend.BreachRow
	for _, b := range all {
		row, ok := byID[b.ID]
		if !ok {
			continue
		}
		x := frontend.BreachRow{IncidentRow: row, Objective: b.Promise.Name, Within: b.Promise.Within, Taken: row.Length}
		if b.Over > 0 {
			x.Taken = incident.Duration{State: incident.Recorded, Value: b.Promise.Within + time.Duration(b.Over*float64(time.Second))}
			if b.Running {
				x.Taken.State = incident.Pending
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// exportSLA writes compliance, or the list of breaches, as a file.
func (s *Server) exportSLA(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	a, err := s.Figures(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	t := reports.Compliance(s.Live.Snapshot(), a)
	if strings.Contains(r.Request.URL.Path, "breaches") {
		t = reports.Breaches(s.Live.Snapshot(), a)
	}
	return tableFile(r, t)
}
