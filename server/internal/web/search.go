package web

import (
	"errors"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/search"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	searchPath       = "/search"
	searchShown      = 20
	paletteShown     = 6
	completionsShown = 8
)

func (s *Server) search(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.SearchPage{Shell: r.shell("Search", ""), Query: q.Text}
	if q.Text == "" {
		page.Hints = each([]string{"status:open", "sev:1", `"no space left"`, "certificate -drill"}, searchFor)
		return show(page)
	}
	page.Goes = each(search.Complete(q.Text, s.completions(r), completionsShown), searchFor)
	q.Limit = searchShown
	req, _, err := s.Scope(ctx, q, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Problem = message(err)
		return show(page)
	}
	if err != nil {
		return answer{}, err
	}
	found, err := s.Index.Search(ctx, req)
	if err != nil {
		return answer{}, err
	}
	page.Took, page.Total = found.Took, found.Total
	if found.Suggest != "" {
		page.Hints = []frontend.Link{searchFor(found.Suggest)}
	}
	group, err := s.incidentHits(r, found)
	if err != nil {
		return answer{}, err
	}
	group.More = pathOf(incidentsPath, query.Query{Text: q.Text, Range: "all"})
	if found.Total > 0 {
		page.Groups = append(page.Groups, group)
	}
	others, err := s.otherHits(r, q, req.Query)
	if err != nil {
		return answer{}, err
	}
	for _, g := range others {
		page.Groups = append(page.Groups, g)
		page.Total += g.Total
	}
	if found.Total > 0 && q.After == "" {
		if err := s.fillFound(r, q.Text, &page); err != nil {
			return answer{}, err
		}
	}
	if found.Next != "" {
		page.Older = pathOf(searchPath, query.Query{Text: q.Text, Range: "all", After: found.Next})
	}
	return show(page)
}

// otherHits are the runbooks that a query finds and the services and problems that are called so, on the first page.
func (s *Server) otherHits(r *request, q query.Query, parsed search.Query) ([]frontend.HitGroup, error) {
	if q.After != "" {
		return nil, nil
	}
	var out []frontend.HitGroup
	found, err := s.Runbooks(r.Request.Context(), q.Text, paletteShown, r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	group := frontend.HitGroup{Label: "Runbooks", Total: found.Total}
	if found.Total > len(found.Rows) {
		group.More = runbooksPath + "?q=" + queryEscape(q.Text)
	}
	for _, x := range found.Rows {
		group.Hits = append(group.Hits, frontend.Hit{Title: []frontend.Segment{{Text: x.Title}}, Path: frontend.RunbookPath(x.ID), Meta: x.Services, Snippets: runbookSnippets(x.ID, found.Found[x.ID])})
	}
	if found.Total > 0 {
		out = append(out, group)
	}
	if parsed.OnlyRunbooks() {
		return out, nil
	}
	named, err := s.nameHits(r, q.Text)
	return append(out, named...), err
}

// completions gives the names that the viewer may know, by field.
func (s *Server) completions(r *request) func(field string) []string {
	return func(field string) []string {
		var out []string
		switch field {
		case "service":
			for _, x := range s.Live.Snapshot().Services(r.viewer.Sight()) {
				out = append(out, x.Name)
			}
		case "team":
			for _, x := range s.Live.Snapshot().Teams(r.viewer.Sight()) {
				out = append(out, x.Name)
			}
		case search.ViewField:
			all, err := s.Views(r.Request.Context(), r.saver())
			if err != nil {
				s.log.WarnContext(r.Request.Context(), "the names of saved views are not offered", "error", err)
			}
			for _, v := range all {
				if page, _, _ := strings.Cut(v.Path, "?"); !v.Removed() && (page == incidentsPath || page == searchPath) {
					out = append(out, v.Name)
				}
			}
		}
		return out
	}
}

// fillFound shows the incidents that were found over time, and leads to their list as a file.
func (s *Server) fillFound(r *request, text string, page *frontend.SearchPage) error {
	q := query.Query{Text: text, Range: "all"}
	snapshot, a, err := s.Narrow(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return err
	}
	page.Figures, err = s.figures(snapshot, a, q, frontend.Medium, "incidents-per-month")
	for _, format := range []string{"csv", "json"} {
		page.Exports = append(page.Exports, frontend.Link{Label: strings.ToUpper(format), Path: pathOf(incidentsPath+"/export."+format, q)})
	}
	return err
}

// searchFor leads to the answer to a query.
func searchFor(text string) frontend.Link {
	return frontend.Link{Label: text, Path: searchPath + "?q=" + queryEscape(text)}
}

func (s *Server) incidentHits(r *request, found search.Result) (frontend.HitGroup, error) {
	group := frontend.HitGroup{Label: "Incidents", Graded: true, Total: found.Total}
	rows, err := s.hitRows(r.Request.Context(), r, found.Hits)
	if err != nil {
		return group, err
	}
	titles := map[incident.ID][]frontend.Segment{}
	for _, h := range found.Hits {
		for _, f := range h.Fragments {
			if f.Field == "title" {
				titles[h.ID] = each(f.Segments, func(x search.Segment) frontend.Segment { return frontend.Segment{Text: x.Text, Hit: x.Mark} })
			}
		}
	}
	for _, row := range rows {
		title := titles[row.Incident.ID]
		if title == nil {
			title = []frontend.Segment{{Text: row.Incident.Title}}
		}
		hit := frontend.Hit{Title: title, Path: frontend.IncidentPath(row.Incident.ID), Severity: row.Incident.Severity, At: row.Incident.StartedAt(), Snippets: row.Snippets}
		for _, l := range row.Services {
			hit.Meta = append(hit.Meta, l.Label)
		}
		group.Hits = append(group.Hits, hit)
	}
	return group, nil
}

// nameHits are the services and problems whose name holds the words of a query.
func (s *Server) nameHits(r *request, text string) ([]frontend.HitGroup, error) {
	words := strings.ToLower(strings.Trim(text, `"`))
	services := frontend.HitGroup{Label: "Services"}
	for _, x := range s.Live.Snapshot().Services(r.viewer.Sight()) {
		if strings.Contains(strings.ToLower(x.Name), words) {
			services.Total++
			if len(services.Hits) < paletteShown {
				services.Hits = append(services.Hits, frontend.Hit{Title: []frontend.Segment{{Text: x.Name}}, Path: frontend.ServicePath(x.ID)})
			}
		}
	}
	problems := frontend.HitGroup{Label: "Recurring problems"}
	all, err := s.VisibleProblems(r.Request.Context(), r.viewer.Sight())
	for _, p := range all {
		if p.State != incident.Rejected && strings.Contains(strings.ToLower(p.Title), words) {
			problems.Total++
			if len(problems.Hits) < paletteShown {
				problems.Hits = append(problems.Hits, frontend.Hit{Title: []frontend.Segment{{Text: p.Title}}, Path: frontend.ProblemPath(p.ID)})
			}
		}
	}
	var out []frontend.HitGroup
	for _, g := range []frontend.HitGroup{services, problems} {
		if g.Total > 0 {
			out = append(out, g)
		}
	}
	return out, err
}

// places are the pages that the palette leads to.
var places = []frontend.PaletteItem{
	{Label: "Overview", Path: "/", Keys: "g o"}, {Label: "Incidents", Path: incidentsPath, Keys: "g i"},
	{Label: "Recurring problems", Path: problemsPath, Keys: "g p"}, {Label: "Services", Path: servicesPath, Keys: "g s"},
	{Label: "Runbooks", Path: runbooksPath}, {Label: "Changes", Path: changesPath}, {Label: "Delivery", Path: deliveryPath}, {Label: "Load on people", Path: loadPath}, {Label: "Learning", Path: learningPath}, {Label: "Across services: what fails together", Path: causesPath}, {Label: "Durations", Path: durationsPath}, {Label: "Restatements", Path: restatementsPath}, {Label: "On call", Path: onCallPath},
	{Label: "Saved views", Path: viewsPath},
	{Label: "SLA compliance", Path: slaPath, Keys: "g l"}, {Label: "Reports", Path: reportsPath, Keys: "g r"}, {Label: "Imports", Path: "/imports"}, {Label: "Settings", Path: "/me"},
	{Label: "How numbers are computed", Path: "/help/metrics"}, {Label: "Keyboard shortcuts", Path: "/help/keyboard", Keys: "?"},
}

func (s *Server) palette(r *request) (answer, error) {
	text := strings.TrimSpace(r.Query("q"))
	page := frontend.Palette{Shell: r.shell("", "")}
	var items []frontend.PaletteItem
	for _, p := range slices.Concat(places, reportPlaces()) {
		if strings.Contains(strings.ToLower(p.Label), strings.ToLower(text)) {
			items = append(items, p)
		}
	}
	if len(items) > 0 {
		page.Groups = append(page.Groups, frontend.PaletteGroup{Label: "Go to", Items: items})
	}
	if err := s.paletteViews(r, text, &page); err != nil || text == "" {
		return answer{page: page}, err
	}
	groups, err := s.nameHits(r, text)
	if err != nil {
		return answer{}, err
	}
	q := query.Query{Text: text, Range: "all", Limit: paletteShown}
	req, _, err := s.Scope(r.Request.Context(), q, r.viewer.Sight())
	if err == nil {
		found, err := s.Index.Search(r.Request.Context(), req)
		if err != nil {
			return answer{}, err
		}
		hits, err := s.incidentHits(r, found)
		if err != nil {
			return answer{}, err
		}
		groups = append(groups, hits)
	} else if !errors.Is(err, incident.ErrInvalid) {
		return answer{}, err
	}
	for _, g := range groups {
		group := frontend.PaletteGroup{Label: g.Label}
		for _, h := range g.Hits {
			group.Items = append(group.Items, frontend.PaletteItem{Label: plain(h.Title), Meta: strings.Join(h.Meta, ", "), Path: h.Path})
		}
		if len(group.Items) > 0 {
			page.Groups = append(page.Groups, group)
		}
	}
	return show(page)
}

// paletteViews offers the saved views whose name holds a text.
func (s *Server) paletteViews(r *request, text string, page *frontend.Palette) error {
	all, err := s.Views(r.Request.Context(), r.saver())
	group := frontend.PaletteGroup{Label: "Saved views"}
	for _, v := range all {
		if !v.Removed() && len(group.Items) < paletteShown && strings.Contains(strings.ToLower(v.Name), strings.ToLower(text)) {
			kind, _, _ := strings.Cut(v.Path, "?")
			group.Items = append(group.Items, frontend.PaletteItem{Label: v.Name, Meta: desk.ViewPages[kind], Path: v.Path})
		}
	}
	if len(group.Items) > 0 {
		page.Groups = append(page.Groups, group)
	}
	return err
}

func plain(segments []frontend.Segment) string {
	var b strings.Builder
	for _, x := range segments {
		b.WriteString(x.Text)
	}
	return b.String()
}
