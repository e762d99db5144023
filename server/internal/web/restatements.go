package web

import (
	"fmt"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/search"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const restatementsPath = "/restatements"

// restatements is the log of months whose figures are not what they were.
func (s *Server) restatements(r *request) (answer, error) {
	ctx := r.Request.Context()
	service := r.Query("service")
	q := query.Query{Range: "all"}
	if service != "" {
		q.Services = []string{service}
	}
	page := frontend.NumbersPage{Shell: r.shell("Restatements", frontend.NavHelp), Clear: restatementsPath,
		Lede:    "Months that were over and whose figures changed afterwards: which, by how much, and what was changed in between.",
		Exports: []frontend.Link{{Label: "JSON", Path: pathOf("/api/v1/restatements", q)}}, Chips: r.chips(restatementsPath, q)}
	all, err := s.Restatements(ctx, service, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	services, err := s.RestatedServices(ctx, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page.Facets = r.facetsOf(restatementsPath, q, map[string][]search.Bucket{"service": each(services, func(x incident.Service) search.Bucket {
		return search.Bucket{Value: string(x.ID), Label: x.Name, Count: -1}
	})})
	at, months, err := s.Published(ctx)
	if err != nil {
		return answer{}, err
	}
	page.None = frontend.NoNumbers{Title: "No figure was restated", Text: "The months that are over are looked at every few minutes. None of them has changed since the first look."}
	if service != "" {
		page.None.Text = "The months that are over are looked at every few minutes, for the 100 services with most incidents each alone. None of this one has changed since the first look."
	}
	if at.IsZero() {
		page.None.Text = "The months that are over have not been looked at yet; the first look is taken within minutes."
	} else {
		page.Notes = append(page.Notes, fmt.Sprintf("%d months are watched, in UTC, without private incidents", months), "last look "+at.In(r.zone()).Format("2 Jan 2006, 15:04"))
	}
	for i, x := range all[:min(len(all), 50)] {
		page.Sections = append(page.Sections, s.restated(r, i, x))
	}
	if len(all) > 50 {
		page.Notes = append(page.Notes, fmt.Sprintf("the newest 50 of %d; the JSON export has all", len(all)))
	}
	return show(page)
}

func (s *Server) restated(r *request, i int, x desk.Restatement) frontend.NumbersSection {
	out := frontend.NumbersSection{ID: fmt.Sprintf("restated-%d", i), Title: fmt.Sprintf("%s, noted on %s", x.Month, x.At.In(r.zone()).Format("2 Jan 2006, 15:04")),
		Lede: fmt.Sprintf("As of change %d the figures are not those of change %d.", x.To, x.From)}
	t := reports.Table{Title: "Figures of " + x.Month + fmt.Sprintf(" as of change %d", x.To), Columns: []reports.Column{{Key: "figure", Title: "Figure"}, {Key: "before", Title: "Before"}, {Key: "now", Title: "Now"}}}
	for j := range t.Columns {
		t.Columns[j].Unit = reports.Text
	}
	count := func(n int) string { return reports.Format(reports.Count, float64(n)) }
	for _, row := range []struct{ name, before, now string }{
		{"Incidents", count(x.Before.Incidents), count(x.Now.Incidents)},
		{"Time to resolve, median", medianWords(x.Before), medianWords(x.Now)},
		{"Service levels met", metWords(x.Before), metWords(x.Now)},
	} {
		if row.before != row.now {
			t.Rows = append(t.Rows, []reports.Cell{reports.Str(row.name), reports.Str(row.before), reports.Str(row.now)})
		}
	}
	out.Tables = []reports.Table{t, s.causeTable(r, x)}
	if x.More > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("and %d further changes", x.More))
	}
	return out
}

// causeTable lists what changed; a private incident is not named to those who may not see it.
func (s *Server) causeTable(r *request, x desk.Restatement) reports.Table {
	t := reports.Table{Title: fmt.Sprintf("Why %s changed by change %d", x.Month, x.To), Columns: []reports.Column{{Key: "incident", Title: "Incident", Unit: reports.Text}, {Key: "what", Title: "What changed", Unit: reports.Text}, {Key: "by", Title: "By", Unit: reports.Text}}}
	for _, c := range x.Causes {
		what, by := reports.Str(strings.ReplaceAll(c.What, "_", " ")), reports.Str(c.By)
		if c.By == "" {
			by = reports.Missing("nobody here")
		}
		t.Rows = append(t.Rows, []reports.Cell{s.incidentCell(r, c.Incident), what, by})
	}
	return t
}

func (s *Server) incidentCell(r *request, id incident.ID) reports.Cell {
	if id == "" {
		return reports.Missing("all")
	}
	inc, err := s.Incident(r.Request.Context(), id, r.viewer.Sight())
	if err != nil {
		return reports.Missing("an incident that is private or gone")
	}
	name := reports.Str(inc.Title)
	if name.Text == "" {
		name.Text = inc.Label()
	}
	name.Link = frontend.IncidentPath(id)
	return name
}

func medianWords(m desk.MonthFigures) string {
	if m.Median == nil {
		return fmt.Sprintf("not estimable from %d", m.Measured)
	}
	return fmt.Sprintf("%s, n = %d", reports.Format(reports.Seconds, *m.Median), m.Measured)
}

func metWords(m desk.MonthFigures) string {
	if m.Clocks == 0 {
		return "none measured"
	}
	return fmt.Sprintf("%s, %d of %d", reports.Format(reports.Share, float64(m.Met)/float64(m.Clocks)), m.Met, m.Clocks)
}
