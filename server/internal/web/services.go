package web

import (
	"context"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/query"
)

const (
	servicesPath  = "/services"
	servicesShown = 50 // rows of the list; a search narrows it down
)

func (s *Server) services(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.ServicesPage{Shell: r.shell("Services", frontend.NavServices), Period: r.period(servicesPath, q, false), Query: q.Text,
		Keep: hidden(q, "q", "after"), Chips: r.chips(servicesPath, q), Clear: servicesPath}
	words := q.Text
	q.Text = "" // names of services are looked for here, not incidents
	a, err := s.Figures(ctx, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	snapshot := s.Live.Snapshot()
	rows := s.serviceRows(snapshot, a, words)
	page.Total = len(rows)
	scan, marks := scanned(snapshot, a)
	page.Scan = scan
	sparks := sparks(snapshot, a)
	for i := range rows[:min(len(rows), servicesShown)] {
		rows[i].Spark = sparks[rows[i].Service.ID]
		rows[i].Marks = marks[rows[i].Service.ID]
	}
	page.Rows = rows[:min(len(rows), servicesShown)]
	page.Empty = s.nothing(r, words != "")
	if page.Total > 0 {
		page.Figures, err = s.figures(snapshot, a, q, frontend.Large, "ttr-by-service", "availability-by-service")
	}
	page.Exports = []frontend.Link{{Label: "CSV", Path: pathOf("/api/v1/charts/ttr-by-service.csv", q)}}
	return answer{page: page}, err
}

// nothing says why a list is empty.
func (s *Server) nothing(r *request, filtered bool) frontend.Empty {
	if s.visible(r) == 0 {
		return frontend.Empty{Kind: frontend.NothingYet}
	}
	if filtered {
		return frontend.Empty{Kind: frontend.NothingMatches}
	}
	return frontend.Empty{Kind: frontend.NothingYet}
}

// serviceRows are the services whose name holds words, most incidents first.
func (s *Server) serviceRows(snapshot *analytics.Snapshot, a analytics.Query, words string) []frontend.ServiceRow {
	byID := map[string]incident.Service{}
	for _, x := range snapshot.Services(a.Sight) {
		byID[string(x.ID)] = x
	}
	a.GroupBy = analytics.ByService
	m, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		return nil
	}
	a.Span = m.Span
	var out []frontend.ServiceRow
	for _, g := range snapshot.Durations(a) {
		x, known := byID[g.Key]
		if !known || !strings.Contains(strings.ToLower(x.Name), strings.ToLower(words)) {
			continue
		}
		row := frontend.ServiceRow{Service: x, Count: g.N + g.NOpen + g.NMissing + g.NInvalid, Open: g.NOpen, Median: brief(g.Median), P90: brief(g.P90)}
		if x.Team != "" {
			row.Team = snapshot.Name(x.Team)
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b frontend.ServiceRow) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Service.Name, b.Service.Name)
	})
	return out
}

// brief is an estimate for a narrow column; the page of the service says of how many it cannot be estimated.
func brief(e analytics.Estimate) reports.Cell {
	if e.Value == nil {
		return reports.Missing("too few")
	}
	return cell(e)
}

// serviceNamed finds a service that the viewer may know, by id or name.
func serviceNamed(snapshot *analytics.Snapshot, name string, sight incident.Sight) (incident.Service, error) {
	known := snapshot.Services(sight)
	i := slices.IndexFunc(known, func(x incident.Service) bool {
		return string(x.ID) == name || incident.Slug(x.Name) == incident.Slug(name)
	})
	if i < 0 {
		return incident.Service{}, incident.ErrNotFound
	}
	return known[i], nil
}

func (s *Server) service(r *request) (answer, error) {
	ctx := r.Request.Context()
	snapshot := s.Live.Snapshot()
	service, err := serviceNamed(snapshot, r.Param("id"), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	q.Services = nil
	path := frontend.ServicePath(service.ID)
	page := frontend.ServicePage{Shell: r.shell(service.Name, frontend.NavServices, frontend.Link{Label: "Services", Path: servicesPath}),
		Service: service, Period: r.period(path, q, true)}
	own := with(q, func(q *query.Query) { q.Services = []string{string(service.ID)} })
	a, err := s.Figures(ctx, own, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page.List = pathOf(incidentsPath, own)
	if service.Team != "" {
		page.Team = frontend.Link{Label: snapshot.Name(service.Team), Path: incidentsPath + "?team=" + queryEscape(string(service.Team))}
	}
	if err := s.fillMade(ctx, r, &page, q); err != nil {
		return answer{}, err
	}
	if seen := snapshot.Seen(a); seen.Counting == 0 {
		page.Empty = frontend.Empty{Kind: frontend.NothingMatches, Text: "No incident of " + service.Name + " that counts began in this period. " + seenWords(seen)}
		return show(page)
	}
	if q.Compare != "none" {
		page.Verdicts = verdicts(snapshot, a)
	}
	page.Stats = s.stats(snapshot, a, page.List)
	if page.Panels, err = s.panels(snapshot, a, own); err != nil {
		return answer{}, err
	}
	page.Reliability = s.reliability(r, snapshot, service.ID, q)
	page.Table = serviceTable(snapshot, a)
	page.Starts = startsOf(snapshot, a)
	page.Exports = []frontend.Link{{Label: "CSV", Path: pathOf("/api/v1/charts/ttr-dots.csv", own)}, {Label: "JSON", Path: pathOf("/api/v1/measurements", with(own, func(q *query.Query) { q.GroupBy = "month" }))}}
	if page.Figures, err = s.figures(snapshot, a, own, frontend.Medium, "ttr-ecdf", "reopened-by-month"); err != nil {
		return answer{}, err
	}
	if page.Problems, err = s.problemsOf(ctx, r, service.ID); err != nil {
		return answer{}, err
	}
	page.Recent, err = s.recent(ctx, r, own)
	return answer{page: page}, err
}

// serviceTable is the numbers of the page by month or year.
func serviceTable(snapshot *analytics.Snapshot, a analytics.Query) reports.Table {
	m, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		return reports.Table{}
	}
	a.Span, a.GroupBy = m.Span, analytics.ByMonth
	if len(snapshot.Counts(a)) > 36 {
		a.GroupBy = analytics.ByYear
	}
	return reports.Measurements(snapshot, a, m)
}

const recentShown = 10

// recent are the newest incidents of a question.
func (s *Server) recent(ctx context.Context, r *request, q query.Query) ([]frontend.IncidentRow, error) {
	req, _, err := s.Scope(ctx, q, r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	req.Filter.Sort, req.Filter.Limit = incident.NewestFirst, recentShown
	found, err := s.Index.Search(ctx, req)
	if err != nil {
		return nil, err
	}
	return s.hitRows(ctx, r, found.Hits)
}
