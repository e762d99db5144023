package web

import (
	"cmp"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/reports"
	"hindsight/server/internal/query"
)

// memberPath is the page that lists what a figure counts: of a report, its name there, and a team's or none.
func memberPath(q query.Query, report, name string, team string) string {
	figure := report + "." + name
	if team != "" {
		figure += "." + team
	}
	return pathOf(casesPath+"/"+figure, with(q, func(q *query.Query) { q.Limit = 0 }))
}

// behindNumber lists what is behind a figure of the pages about load, learning and delivery.
func (s *Server) behindNumber(r *request) (answer, error) {
	figure := r.Param("figure")
	parse := query.Parse
	if strings.HasPrefix(figure, "delivery.") {
		parse = query.ParseChanges
	}
	q, err := parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	b, err := s.Behind(r.Request.Context(), figure, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.MembersPage{Shell: r.shell("Behind a number", frontend.NavIncidents), Name: b.Name, Whose: b.Whose, Anchor: b.Metric, Noun: b.Noun,
		Period: q.PeriodLabel(), Chips: r.chips(casesPath+"/"+figure, q)}
	if !b.All {
		page.Note = "There are more incidents or changes than are read for this figure; the oldest are missing."
	}
	page.Groups = memberGroups(b.Members)
	return show(page)
}

func memberRow(m analytics.Member) frontend.CaseRow {
	row := frontend.CaseRow{Number: m.Number, Title: m.Title, Severity: m.Severity, StartedAt: m.StartedAt, Services: strings.Join(m.Services, ", "), Reason: basisOrWhy(m.Why)}
	if m.Change == "" {
		row.Path = frontend.IncidentPath(m.ID)
	}
	if m.Item != "" {
		row.Title, row.Number = m.Item, cmp.Or(m.Number, m.Title)
	}
	return row
}

// basisOrWhy writes why an incident is laid to a deployment as every page does; other words stand as they are.
func basisOrWhy(why string) string {
	return cmp.Or(reports.BasisWords(analytics.AttributionBasis(why)), why)
}
