package web

import (
	"fmt"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const processKeptPath = retrosPath + "/process"

// processKept is the report on how far the company keeps to its own rules for retrospectives.
func (s *Server) processKept(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.NumbersPage{Shell: r.shell("How the rules are kept", frontend.NavRetros, frontend.Link{Label: "Retrospectives", Path: retrosPath}), Period: r.period(processKeptPath, q, false),
		Chips: r.chips(processKeptPath, q), Clear: processKeptPath,
		Lede:    "Of the incidents that the company’s own rules want a retrospective of, how many went through each step. It is about teams and never about persons, and no ranking.",
		Exports: []frontend.Link{{Label: "CSV", Path: pathOf(processKeptPath+".csv", q)}, {Label: "JSON", Path: pathOf("/api/v1/retrospectives/compliance", with(q, func(*query.Query) {}))}}}
	p, err := s.ProcessKept(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page.Facets, err = s.processFacets(r, q)
	if err != nil {
		return answer{}, err
	}
	if !p.All {
		page.Notes = append(page.Notes, "there are more incidents than are read for this page; the oldest are missing")
	}
	if p.Whole.Incidents == 0 {
		page.None = frontend.NoNumbers{Title: "The rules asked for nothing", Text: "No incident of this period that is over needed a retrospective by the rules that were in force. Choose a longer period, or take a filter away.",
			Links: []frontend.Link{{Label: "See incidents", Path: incidentsPath}}}
		return show(page)
	}
	page.Sections = processSections(p, q, r.viewer.May(incident.Agree))
	return show(page)
}

func processSections(p desk.ProcessReport, q query.Query, edit bool) []frontend.NumbersSection {
	link := func(step string, g analytics.ProcessGroup) string {
		return memberPath(q, "process", analytics.ProcessFigure(step, g.By, g.Key), "")
	}
	steps := frontend.NumbersSection{ID: "steps", Title: "Step by step", Lede: fmt.Sprintf("%s needed a retrospective.", number(p.Whole.Incidents, "incident")), Notes: rulesNotes(p.Versions)}
	for _, c := range p.Whole.Steps {
		steps.Stats = append(steps.Stats, estimated(fmt.Sprintf("%s: %d of %d", capital(c.Words), c.Kept, c.Judged()), reports.Share, c.Share, "process_kept", link(c.Name, p.Whole)))
		var beside []string
		if c.Waiting > 0 {
			beside = append(beside, fmt.Sprintf("%s still in time", written(c.Waiting)))
		}
		if c.Unsaid > 0 {
			beside = append(beside, fmt.Sprintf("%s of which nobody can tell", written(c.Unsaid)))
		}
		if len(beside) > 0 {
			steps.Notes = append(steps.Notes, fmt.Sprintf("%s: %s; in no share.", capital(c.Words), strings.Join(beside, ", ")))
		}
	}
	if edit {
		steps.Links = []frontend.Link{{Label: "The rules", Path: processPath}}
	}
	late := frontend.NumbersSection{ID: "late", Title: "Late now", Lede: "What teams still have to do and is over its time, in the order of their names.", Tables: []reports.Table{reports.ProcessLate(p.Late(), link)}}
	if len(late.Tables[0].Rows) == 0 {
		late.Lede = "Nothing is late."
	}
	out := []frontend.NumbersSection{steps, late}
	for _, by := range []struct {
		id, noun string
		groups   []analytics.ProcessGroup
	}{{"rules", "Rule", p.Rules}, {"teams", "Team", p.Teams}, {"services", "Service", p.Services}} {
		t := reports.ProcessAcross("by-"+by.id, by.noun, by.groups, link)
		out = append(out, frontend.NumbersSection{ID: by.id, Title: t.Title, Tables: []reports.Table{t}})
	}
	out[len(out)-1].Notes = []string{fmt.Sprintf("Each cell says the share, where it may lie by chance (95 %%), and the count; fewer than %d are too few to tell. An incident of several teams or services is with each.", analytics.FewestProcess)}
	return out
}

// rulesNotes say which rules the incidents were held against.
func rulesNotes(versions []desk.ProcessRules) []string {
	var out []string
	for _, v := range versions {
		name := fmt.Sprintf("version %d of the rules", v.Version)
		if v.Version == 0 {
			name = "the standard rules, for no others were in force"
		}
		since := ""
		if !v.Since.IsZero() {
			since = ", since " + v.Since.UTC().Format("2 Jan 2006")
		}
		out = append(out, fmt.Sprintf("%s held against %s%s.", number(v.Incidents, "incident"), name, since))
	}
	return out
}

// processFacets are the ways to narrow the report down.
func (s *Server) processFacets(r *request, q query.Query) ([]frontend.Facet, error) {
	req, _, err := s.Scope(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	req.Facets, req.Filter.Limit = true, 1
	counted, err := s.Index.Search(r.Request.Context(), req)
	return narrowFacets(r.facetsOf(processKeptPath, q, counted.Facets)), err
}

// exportProcess writes the report as a file.
func (s *Server) exportProcess(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	p, err := s.ProcessKept(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	t := reports.Process(p.Groups())
	t.Source.AsOf, t.Source.N = s.Live.Seq(), p.Whole.Incidents
	return tableFile(r, t)
}
