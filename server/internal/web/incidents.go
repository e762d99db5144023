package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/search"
	"hindsight/server/internal/query"
)

const incidentsPath = "/incidents"

func (s *Server) incidents(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.IncidentsPage{Shell: r.shell("Incidents", frontend.NavIncidents), Query: q.Text, Period: r.period(incidentsPath, q, false),
		Keep: hidden(q, "q", "after"), Chips: r.chips(incidentsPath, q), Clear: incidentsPath, All: s.visible(r)}
	page.Sorts = sorts(incidentsPath, q, standardSort(q), frontend.Choice{Value: "-started", Label: "Newest first"}, frontend.Choice{Value: "started", Label: "Oldest first"},
		frontend.Choice{Value: "severity", Label: "Worst first"}, frontend.Choice{Value: "relevance", Label: "Best match"})
	for _, format := range []string{"csv", "json"} {
		page.Exports = append(page.Exports, frontend.Link{Label: strings.ToUpper(format), Path: pathOf("/incidents/export."+format, with(q, func(*query.Query) {}))})
	}
	req, scope, err := s.Scope(ctx, q, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Problem = message(err)
		page.Empty = frontend.Empty{Kind: frontend.NothingMatches}
		return show(page)
	}
	if err != nil {
		return answer{}, err
	}
	req.Facets = true
	found, err := s.Index.Search(ctx, req)
	if err != nil {
		return answer{}, err
	}
	page.Total, page.Facets = found.Total, r.facetsOf(incidentsPath, q, found.Facets)
	if len(q.Kinds) == 0 {
		page.Requests, page.Asked = requestsIn(q, found.Facets["kind"])
	}
	if found.Next != "" {
		page.Older = pathOf(incidentsPath, with(q, func(q *query.Query) { q.After = found.Next }))
	}
	if q.After != "" {
		page.Newer = pathOf(incidentsPath, with(q, func(*query.Query) {}))
	}
	page.Empty = emptiness(page, found)
	if q.Text == "" {
		page.Weeks = s.bars(q, scope)
	}
	page.Rows, err = s.hitRows(ctx, r, found.Hits)
	page.Unfolded = r.Request.URL.Query().Get("fold") == "no"
	if !page.Unfolded {
		page.Rows, page.Folded = s.fold(r, page.Rows)
	}
	page.Refold = pathOf(incidentsPath, q)
	if !page.Unfolded {
		page.Refold = foldLink(page.Refold)
	}
	return answer{page: page}, err
}

// foldLink leads to a list with all its rows.
func foldLink(path string) string {
	if strings.Contains(path, "?") {
		return path + "&fold=no"
	}
	return path + "?fold=no"
}

// requestsIn counts the service requests among what was found, and leads to them.
func requestsIn(q query.Query, kinds []search.Bucket) (int, string) {
	for _, b := range kinds {
		if b.Value == string(incident.Request) {
			return b.Count, pathOf(incidentsPath, with(q, func(q *query.Query) { q.Kinds = []incident.Kind{incident.Request} }))
		}
	}
	return 0, ""
}

// standardSort is the order when none is asked for.
func standardSort(q query.Query) string {
	if q.Text != "" {
		return "relevance"
	}
	return "-started"
}

// message is an error for people: without the name of the parameter, which stands beside it.
func message(err error) string {
	var field *incident.FieldError
	if errors.As(err, &field) {
		return field.Message
	}
	return err.Error()
}

// visible counts the incidents that the viewer may see.
func (s *Server) visible(r *request) int {
	return s.Live.Snapshot().Visible(r.viewer.Sight())
}

func emptiness(page frontend.IncidentsPage, found search.Result) frontend.Empty {
	switch {
	case found.Total > 0:
		return frontend.Empty{}
	case page.All == 0:
		return frontend.Empty{Kind: frontend.NothingYet}
	case found.Suggest != "":
		return frontend.Empty{Kind: frontend.NothingMatches, Text: "Did you mean " + found.Suggest + "?"}
	}
	return frontend.Empty{Kind: frontend.NothingMatches}
}

const mostBars = 40 // more would be too narrow to hit with a pointer

// bars counts the incidents of the question per week, or per month where weeks would be too many. Filters
// that only the index knows (text, status, origin) do not narrow them.
func (s *Server) bars(q query.Query, a analytics.Query) []frontend.Bar {
	if len(q.Statuses)+len(q.Origins)+len(q.NotServices) > 0 {
		return nil
	}
	snapshot := s.Live.Snapshot()
	for _, by := range []analytics.Dimension{analytics.ByWeek, analytics.ByMonth, analytics.ByQuarter, analytics.ByYear} {
		a.GroupBy = by
		groups := snapshot.Counts(a)
		if len(groups) == 0 || len(groups) > mostBars && by != analytics.ByYear {
			continue
		}
		var out []frontend.Bar
		for _, g := range groups {
			if g.From.IsZero() {
				continue
			}
			out = append(out, frontend.Bar{Label: g.Label, Count: g.N, Path: pathOf(incidentsPath, with(q, func(q *query.Query) {
				q.Range, q.From, q.To = "custom", g.From, g.To
			}))})
		}
		return out
	}
	return nil
}

// mostExported is how many incidents a file holds. More are refused: a file that is not whole looks as if it were.
const mostExported = 200_000

// exportIncidents writes the list as a file: every incident that the question selects, in its order.
func (s *Server) exportIncidents(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	req, _, err := s.Scope(ctx, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	req.Filter.Limit, req.Filter.After = 1000, ""
	t := incidentTable(q)
	for {
		found, err := s.Index.Search(ctx, req)
		if err != nil {
			return answer{}, err
		}
		if found.Total > mostExported {
			return answer{}, incident.Invalidf("range", "these are %d incidents; a file holds at most %d, so choose a shorter period or another filter", found.Total, mostExported)
		}
		rows, err := s.rows(ctx, r, each(found.Hits, func(h search.Hit) incident.ID { return h.ID }))
		if err != nil {
			return answer{}, err
		}
		for _, row := range rows {
			t.Rows = append(t.Rows, incidentCells(row))
		}
		if found.Next == "" {
			t.Source.N, t.Source.AsOf = len(t.Rows), found.AsOf
			break
		}
		req.Filter.After = found.Next
	}
	return tableFile(r, t)
}

func incidentTable(q query.Query) reports.Table {
	return reports.Table{ID: "incidents", Title: "Incidents", Source: reports.Source{From: q.From, To: q.To, Zone: q.Zone.String(), Filter: q.Encode()},
		Columns: []reports.Column{{Key: "id", Title: "Id", Unit: reports.Text}, {Key: "number", Title: "Number", Unit: reports.Text},
			{Key: "title", Title: "Title", Unit: reports.Text}, {Key: "severity", Title: "Severity", Unit: reports.Text},
			{Key: "priority", Title: "Priority", Unit: reports.Text}, {Key: "status", Title: "Status", Unit: reports.Text},
			{Key: "services", Title: "Services", Unit: reports.Text}, {Key: "team", Title: "Team", Unit: reports.Text},
			{Key: "started_at", Title: "Started", Unit: reports.Instant}, {Key: "resolved_at", Title: "Resolved", Unit: reports.Instant},
			{Key: "length_seconds", Title: "Length", Unit: reports.Seconds}, {Key: "not_counted", Title: "Not counted because", Unit: reports.Text},
			{Key: "source", Title: "Source", Unit: reports.Text}}}
}

func incidentCells(row frontend.IncidentRow) []reports.Cell {
	inc := row.Incident
	services := strings.Join(each(row.Services, func(l frontend.Link) string { return l.Label }), "; ")
	at := func(t time.Time) reports.Cell {
		if t.IsZero() {
			return reports.Missing("not known")
		}
		return reports.Cell{Time: t}
	}
	length := reports.Missing(string(row.Length.State))
	if row.Length.State == incident.Recorded {
		length = reports.Num(row.Length.Value.Seconds())
	}
	return []reports.Cell{reports.Str(string(inc.ID)), reports.Str(inc.Number), reports.Str(inc.Title), reports.Str(inc.Severity.String()),
		reports.Str(inc.PriorityRaw), reports.Str(string(inc.Status)), reports.Str(services), reports.Str(row.Team), at(inc.StartedAt()),
		at(inc.Milestones.At(incident.ResolvedAt)), length, reports.Str(inc.Uncounted()), reports.Str(row.Source)}
}

// rawRecord downloads the record that an incident was made of, exactly as it came.
func (s *Server) rawRecord(r *request) (answer, error) {
	ctx := r.Request.Context()
	inc, err := s.Incident(ctx, incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	if may, err := s.MayReadRaw(ctx, inc, r.viewer.Sight()); err != nil || !may || inc.RawID == "" {
		return answer{}, cmp.Or(err, incident.ErrNotFound)
	}
	raw, err := s.Store.Raw(ctx, inc.RawID)
	if err != nil {
		return answer{}, err
	}
	ending, kind := ".txt", "text/plain; charset=utf-8"
	if json.Valid(raw.Body) {
		ending, kind = ".json", "application/json"
	}
	name := slices.DeleteFunc([]rune(incident.Slug(raw.ExternalID)), func(x rune) bool { return x > 127 })
	return answer{file: &file{name: "record-" + string(name) + ending, contentType: kind, body: raw.Body, rows: -1}}, nil
}
