package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/search"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	causesPath     = "/causes"
	causeCasesPath = "/causes/cases"
	factorsShown   = 25
	pairsShown     = 50
	risksShown     = 50
	findingsShown  = 3 // of each kind
	namesShown     = 5 // of services with a factor in one incident each
)

// problemTabs are the pages about what recurs.
func problemTabs(path string) []frontend.Choice {
	return tabs(path, frontend.Link{Label: "Recurring problems", Path: problemsPath}, frontend.Link{Label: "Across services", Path: causesPath}, frontend.Link{Label: "Learning", Path: learningPath}, frontend.Link{Label: "Action items", Path: actionsPath}, frontend.Link{Label: "Runbooks", Path: runbooksPath})
}

func (s *Server) causes(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.CausesPage{Shell: r.shell("Across services", frontend.NavProblems), Tabs: problemTabs(causesPath), Period: r.period(causesPath, q, false), Chips: r.chips(causesPath, q), Clear: causesPath}
	for _, e := range []frontend.Link{{Label: "Factors as CSV", Path: causesPath + "/factors.csv"}, {Label: "Pairs as CSV", Path: causesPath + "/together.csv"}, {Label: "Changes as CSV", Path: causesPath + "/changes.csv"}, {Label: "JSON", Path: "/api/v1/causes"}} {
		page.Exports = append(page.Exports, frontend.Link{Label: e.Label, Path: pathOf(e.Path, with(q, func(*query.Query) {}))})
	}
	c, err := s.Causes(r.Request.Context(), q, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Problem, page.Nothing = capital(message(err))+".", "The question cannot be answered as it stands."
		none := frontend.NoNumbers{Title: "Nothing to show", Text: "Take the filter away.", Links: []frontend.Link{{Label: "Remove all filters", Path: causesPath}}}
		page.Factors.None, page.Together.None, page.Changes.None, page.Floods.None = none, none, none, none
		return show(page)
	}
	if err != nil {
		return answer{}, err
	}
	if page.Facets, err = s.causeFacets(r, q); err != nil {
		return answer{}, err
	}
	page.Factors, page.Together = factorTable(c.Factors, q), s.coFailure(c.Together, q, r.viewer.May(incident.Agree))
	page.Factors.Claims = pathOf(claimedPath, with(q, func(*query.Query) {}))
	if page.Changes, err = s.changesBefore(r, c, q); err != nil {
		return answer{}, err
	}
	page.Floods = s.floodList(c, r.viewer.Sight())
	page.First = findings(c, q)
	page.Nothing = "Nothing recurs or fails together more often than chance lets it, as far as the sources tell. What each part needs is said below."
	for _, l := range c.Factors.LeftOut {
		page.Notes = append(page.Notes, fmt.Sprintf("incidents left out: %d %s", l.N, l.Reason))
	}
	return show(page)
}

// causeFacets offers what tells incidents apart but their service: the page is about all of them.
func (s *Server) causeFacets(r *request, q query.Query) ([]frontend.Facet, error) {
	connections, err := s.Store.Connections(r.Request.Context())
	if err != nil {
		return nil, err
	}
	return r.facetsOf(causesPath, q, map[string][]search.Bucket{
		"severity": each([]string{"1", "2", "3", "4", "5"}, func(v string) search.Bucket { return search.Bucket{Value: v, Label: "SEV" + v, Count: -1} }),
		"team": each(s.Live.Snapshot().Teams(r.viewer.Sight()), func(t incident.Team) search.Bucket {
			return search.Bucket{Value: string(t.ID), Label: t.Name, Count: -1}
		}),
		"connection": each(connections, func(c incident.Connection) search.Bucket {
			return search.Bucket{Value: string(c.ID), Label: c.Name, Count: -1}
		})}), nil
}

// findings are what stands out: of each kind the most telling ones.
func findings(c desk.Causes, q query.Query) []frontend.Finding {
	var out []frontend.Finding
	n := 0
	told := map[incident.ID]bool{} // of services that fail together, each is told of once
	for _, p := range c.Together.Pairs {
		if n < findingsShown && p.More && !told[p.A] && !told[p.B] {
			n++
			told[p.A], told[p.B] = true, true
			out = append(out, frontend.Finding{Kind: "coupling", Text: p.NameA + " and " + p.NameB + ": " + p.Sentence(), Path: pairPath(q, p), Link: "See them"})
		}
	}
	n = 0
	for _, f := range c.Factors.Factors {
		if named := slices.IndexFunc(f.Services, func(p analytics.FactorPlace) bool { return p.Name == "" }); n < findingsShown && (len(f.Services) > 2 || named < 0 && len(f.Services) == 2) {
			n++
			out = append(out, frontend.Finding{Kind: "factor", Text: reports.FactorSentence(f), Path: factorPath(q, f.Name, "", analytics.Group{}, false), Link: "See them"})
		}
	}
	n = 0
	for _, r := range c.Risks {
		if n < findingsShown && (r.Says == analytics.SuspicionSome || r.Says == analytics.SuspicionStrong) {
			n++
			out = append(out, frontend.Finding{Kind: "change", Text: r.Name + ": " + r.Sentence() + ".", Path: changesOf(q, r), Link: "See the changes"})
		}
	}
	return out
}

// changesOf leads to the changes of a service in the period.
func changesOf(q query.Query, r analytics.ChangeRisk) string {
	return pathOf(changesPath, query.Query{Services: []string{string(r.Service)}, Range: q.Range, From: q.From, To: q.To, Zone: q.Zone})
}

// causeCase is the address of what is behind a number.
func causeCase(q query.Query, more string) string {
	path := pathOf(causeCasesPath, with(q, func(q *query.Query) { q.Limit = 0 }))
	if strings.Contains(path, "?") {
		return path + "&" + more
	}
	return path + "?" + more
}

func pairPath(q query.Query, p analytics.Pair) string {
	return causeCase(with(q, func(q *query.Query) { q.Services = nil }), "a="+queryEscape(string(p.A))+"&b="+queryEscape(string(p.B)))
}

func factorPath(q query.Query, factor string, service incident.ID, period analytics.Group, undated bool) string {
	if service != "" {
		q.Services = []string{string(service)}
	}
	if !period.From.IsZero() {
		q.Range, q.From, q.To = "custom", period.From, period.To
	}
	more := "factor=" + queryEscape(factor)
	if undated {
		more += "&undated=1"
	}
	return causeCase(q, more)
}

func factorTable(r analytics.FactorReport, q query.Query) frontend.FactorTable {
	t := frontend.FactorTable{Periods: each(r.Periods, func(g analytics.Group) string { return g.Label })}
	row := func(f analytics.SharedFactor, p analytics.FactorPlace, name string, service bool) frontend.FactorRow {
		path := func(g analytics.Group, undated bool) string {
			if service && p.Service == "" {
				return ""
			}
			return factorPath(q, f.Name, p.Service, g, undated)
		}
		out := frontend.FactorRow{Name: name, Service: service, Total: frontend.CountCell{N: p.N, Path: path(analytics.Group{}, false)}, Confirmed: p.Confirmed, Claimed: p.N - p.Confirmed,
			Undated: frontend.CountCell{N: p.NoStart, Path: path(analytics.Group{}, true)}}
		for i, n := range p.Periods {
			out.Cells = append(out.Cells, frontend.CountCell{N: n, Path: path(r.Periods[i], false)})
		}
		t.Undated = t.Undated || p.NoStart > 0
		return out
	}
	for _, f := range r.Factors[:min(len(r.Factors), factorsShown)] {
		t.Rows = append(t.Rows, row(f, f.All, f.Name, false))
		once := len(f.Services)
		for i, p := range f.Services {
			if p.N == 1 && len(f.Services)-i > 1 {
				once = i
				break
			}
			t.Rows = append(t.Rows, row(f, p, cmp.Or(p.Name, "no service named"), true))
		}
		if once < len(f.Services) {
			t.Rows = append(t.Rows, onceRow(f.Services[once:], r.Periods))
		}
	}
	t.Lede = fmt.Sprintf("%s of %s name a factor; %s contributed to two or more.", written(r.Named), number(r.Incidents, "incident"), number(len(r.Factors), "factor"))
	if n := len(r.Factors); n > factorsShown {
		t.Notes = append(t.Notes, fmt.Sprintf("The %d that most incidents name are shown, of %d; the exports have all.", factorsShown, n))
	}
	t.Notes = append(t.Notes, factorNotes(r)...)
	t.None = frontend.NoNumbers{Title: "No factor recurs", Text: fmt.Sprintf("%s of %s name a factor, and each only once.", written(r.Named), number(r.Incidents, "incident"))}
	if r.Named == 0 {
		t.None = frontend.NoNumbers{Title: "No factor is named", Text: fmt.Sprintf("None of %s names what contributed to it. Factors come from sources that have a field for them, from columns of a table that you map to “factors”, and from postmortems. The page about learning says which incidents have none.", number(r.Incidents, "incident")),
			Links: []frontend.Link{{Label: "Learning", Path: learningPath}}}
	}
	return t
}

// onceRow is one row for the services in which a factor contributed to one incident each.
func onceRow(places []analytics.FactorPlace, periods []analytics.Group) frontend.FactorRow {
	out := frontend.FactorRow{Service: true, Cells: make([]frontend.CountCell, len(periods))}
	var names []string
	for _, p := range places {
		names = append(names, cmp.Or(p.Name, "no service named"))
		out.Total.N += p.N
		out.Confirmed += p.Confirmed
		out.Claimed += p.N - p.Confirmed
		out.Undated.N += p.NoStart
		for i, n := range p.Periods {
			out.Cells[i].N += n
		}
	}
	out.Name = "once each: " + strings.Join(names[:min(len(names), namesShown)], ", ")
	if more := len(names) - namesShown; more > 0 {
		out.Name += fmt.Sprintf(" and %d more", more)
	}
	return out
}

func factorNotes(r analytics.FactorReport) []string {
	var out []string
	if len(r.Factors) > 0 {
		out = append(out, "Claimed: a source or a document calls it a cause, and nobody here has confirmed it. Confirmed: a person here did. An incident of several services is in the row of each. Components of a source are services here.")
	}
	if r.Single > 0 {
		out = append(out, fmt.Sprintf("Left out: %s that one incident alone names.", number(r.Single, "factor")))
	}
	if r.Prose > 0 {
		out = append(out, fmt.Sprintf("%s only in a sentence of their own; such factors are compared by the recurring problems, not here.", number(r.Prose, "incident")+" tell what contributed"))
	}
	return out
}

// changesBefore says what changes shortly before failures say.
func (s *Server) changesBefore(r *request, c desk.Causes, q query.Query) (frontend.ChangesBefore, error) {
	known := s.knownServices(r)
	shown := c.Risks[:min(len(c.Risks), risksShown)]
	out := frontend.ChangesBefore{Table: reports.ChangeRisks(shown, func(x analytics.ChangeRisk) string {
		if !known[x.Service] {
			return ""
		}
		return changesOf(q, x)
	})}
	some := 0
	for _, x := range c.Risks {
		if x.Says == analytics.SuspicionSome || x.Says == analytics.SuspicionStrong {
			some++
		}
	}
	hours := incident.FormatDuration(c.Within)
	out.Lede = fmt.Sprintf("%s with changes and failures on record; after the changes of %s failures come more often than by chance.", number(len(c.Risks), "service"), written(some))
	out.Notes = []string{fmt.Sprintf("Counted are changes of the service, and of what it is configured to need, within %s before a failure. By chance: the same failures, had they happened at the same hour of the same weekday up to eight weeks earlier or later; so deploying every morning does not make a morning's failure suspicious. That a failure follows a change is a suspicion, not a cause.", hours)}
	if n := len(c.Risks); n > risksShown {
		out.Notes = append(out.Notes, fmt.Sprintf("The first %d of %d are shown; the exports have all.", risksShown, n))
	}
	if !c.AllChanges {
		out.Notes = append(out.Notes, "There are more changes than are read for one figure; the oldest are missing.")
	}
	connected, err := s.ChangeConnections(r.Request.Context())
	switch {
	case err != nil:
		return out, err
	case c.Changes == 0 && len(connected) == 0:
		out.None, out.Notes = frontend.NoNumbers{Title: "No source of changes is connected", Text: "Deployments, settings and flags that a connected system tells of are set beside failures here.", Links: []frontend.Link{{Label: "How changes get here", Path: changesPath}}}, nil
	case len(c.Risks) == 0:
		out.None, out.Notes = frontend.NoNumbers{Title: "No failure can be set beside a change", Text: fmt.Sprintf("%s on record in this period; none is of a service that failed, or of what such a service is configured to need.", number(c.Changes, "change"))}, nil
	}
	return out, nil
}

// exportCauses answers with one of the tables of the page as CSV.
func (s *Server) exportCauses(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	c, err := s.Causes(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	var t reports.Table
	switch name := r.Request.URL.Path; {
	case strings.HasSuffix(name, "/factors.csv"):
		t = reports.SharedFactors(c.Factors)
	case strings.HasSuffix(name, "/together.csv"):
		t = reports.Together(c.Together.Pairs, func(p analytics.Pair) string { return pairPath(q, p) })
	default:
		t = reports.ChangeRisks(c.Risks, func(x analytics.ChangeRisk) string { return changesOf(q, x) })
	}
	return tableFile(r, t)
}
