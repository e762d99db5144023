package web

import (
	"fmt"
	"net/url"
	"slices"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/query"
)

const (
	matrixServices = 18 // in the matrix at most
	fewPairs       = 10 // shown when none says much
)

// coFailure shows which services fail together.
func (s *Server) coFailure(r analytics.TogetherReport, q query.Query, edit bool) frontend.CoFailure {
	more := 0
	for _, p := range r.Pairs {
		if p.More {
			more++
		}
	}
	telling := tellingPairs(r.Pairs)
	out := frontend.CoFailure{Matrix: matrix(telling, r.Order, q), Pairs: reports.Together(telling[:min(len(telling), pairsShown)], func(p analytics.Pair) string { return pairPath(q, p) })}
	out.Lede = fmt.Sprintf("%s failed together three times or more; in separate incidents, %s did so more than chance lets them.", number(len(r.Pairs), "pair"), written(more))
	if more == 0 {
		out.Lede = fmt.Sprintf("%s failed together three times or more; none in separate incidents more than chance lets them.", number(len(r.Pairs), "pair"))
	}
	out.None = frontend.NoNumbers{Title: "No two services fail together", Text: fmt.Sprintf("No pair of %s failed together three times: neither in one incident that names both nor in separate ones that began within an hour of each other.", number(r.Services, "service"))}
	if r.Services < 2 {
		out.None = frontend.NoNumbers{Title: "Fewer than two services are named", Text: "Which services fail together can be told once incidents of two or more name theirs. What a source calls component, product or configuration item can be read as the service.", Links: []frontend.Link{{Label: "Imports", Path: "/imports"}}}
	}
	if len(r.Pairs) > 0 {
		out.Notes = []string{fmt.Sprintf("Together: in one incident that names both, or in separate ones that began within an hour of each other. Incidents of one service within the hour are one failure, so a flood of alerts counts once. By chance: the meetings that are left when one of the two timelines is moved by one to eight weeks, so that both keep their rates, bursts and hours. q is the expected share of false findings among pairs as clear as this, of %s that could be tested.", number(r.Tested, "pair"))}
		if edit {
			out.Links = append(out.Links, frontend.Link{Label: "State which service needs which", Path: "/slo/terms"})
		}
	}
	if shown, n := min(len(telling), pairsShown), len(r.Pairs); n > shown {
		out.Notes = append(out.Notes, fmt.Sprintf("Listed: %d of %d, those that say most; the others met about as often as chance lets them. The exports have all.", shown, n))
	}
	if suggest := suggestions(r.Pairs); suggest != "" {
		out.Notes = append(out.Notes, suggest)
	}
	if r.Few > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("Left out: %s that failed together once or twice.", number(r.Few, "pair")))
	}
	if r.Cut > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("Not compared: %s with the fewest incidents.", number(r.Cut, "service")))
	}
	if r.NoStart > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%s without a date can be in one incident with others, and in nothing else.", number(r.NoStart, "incident")))
	}
	return out
}

// tellingPairs are those that are more than chance or that incidents name together; where there is none, the most frequent ones.
func tellingPairs(pairs []analytics.Pair) []analytics.Pair {
	out := slices.DeleteFunc(slices.Clone(pairs), func(p analytics.Pair) bool { return !p.More && p.One < analytics.FewestTogether })
	if len(out) == 0 {
		return pairs[:min(len(pairs), fewPairs)]
	}
	return out
}

// suggestions names couplings of which no dependency is configured.
func suggestions(pairs []analytics.Pair) string {
	n := 0
	for _, p := range pairs {
		if p.More && p.Needs == analytics.NoNeed {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("For %s that fail together more than by chance no dependency is configured. Which way one would run is not in these numbers; which of the two began first is a hint.", number(n, "pair"))
}

// matrix sets the services of some pairs against each other, in an order.
func matrix(telling []analytics.Pair, order []incident.ID, q query.Query) frontend.Matrix {
	shown, failures, pairs := map[incident.ID]string{}, map[incident.ID]int{}, map[[2]incident.ID]analytics.Pair{}
	for _, p := range telling {
		if fresh := len(shown) + missing(shown, p.A) + missing(shown, p.B); fresh <= matrixServices {
			shown[p.A], shown[p.B] = p.NameA, p.NameB
		}
		failures[p.A], failures[p.B] = p.FailuresA, p.FailuresB
		pairs[[2]incident.ID{p.A, p.B}], pairs[[2]incident.ID{p.B, p.A}] = p, p
	}
	var m frontend.Matrix
	order = slices.DeleteFunc(slices.Clone(order), func(id incident.ID) bool { return missing(shown, id) == 1 })
	for i, id := range order {
		m.Services = append(m.Services, frontend.Link{Label: shown[id], Path: frontend.ServicePath(id)})
		var row []frontend.MatrixCell
		for _, other := range order[:i] {
			cell := frontend.MatrixCell{}
			if p, is := pairs[[2]incident.ID{id, other}]; is {
				cell = frontend.MatrixCell{N: p.Times(), Level: level(p), Path: pairPath(q, p), Sentence: p.NameA + " and " + p.NameB + ": " + p.Sentence()}
			}
			row = append(row, cell)
		}
		m.Rows = append(m.Rows, append(row, frontend.MatrixCell{N: failures[id], Self: true}))
	}
	if all := len(failures); all > len(order) {
		m.Note = fmt.Sprintf("The %d services with the clearest couplings, of %d.", len(order), all)
	}
	return m
}

func missing(shown map[incident.ID]string, id incident.ID) int {
	if _, is := shown[id]; is {
		return 0
	}
	return 1
}

// level shades a pair by its lift, if it is more than chance: from 2, 4 and 8 on it gets darker.
func level(p analytics.Pair) int {
	switch {
	case !p.More:
		return 0
	case p.Lift.Value == nil || *p.Lift.Value >= 8:
		return 4
	case *p.Lift.Value >= 4:
		return 3
	case *p.Lift.Value >= 2:
		return 2
	}
	return 1
}

// causeCases lists what is behind a pair of services, or a factor.
func (s *Server) causeCases(r *request) (answer, error) {
	v := r.Request.URL.Query()
	q, err := query.Parse(v, s.Now())
	if err != nil {
		return answer{}, err
	}
	a, err := s.Figures(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.PairPage{Shell: r.shell("Behind a number", frontend.NavProblems, frontend.Link{Label: "Across services", Path: pathOf(causesPath, with(q, func(q *query.Query) { q.Services = nil }))}), Period: q.PeriodLabel(), Chips: r.chips(causeCasesPath, q)}
	snapshot := s.Live.Snapshot()
	if factor := v.Get("factor"); factor != "" {
		fillCases(&page, snapshot.FactorCases(a, factor, v.Get("undated") != ""))
		page.Name, page.Anchor, page.OneTitle = factor, "shared_factors", "Named in"
		page.Chips = nil
		return show(page)
	}
	return s.pairCases(r, &page, snapshot, a, v)
}

func fillCases(page *frontend.PairPage, cases []analytics.Case) {
	page.Total[0] = len(cases)
	slices.Reverse(cases)
	page.One = each(cases[:min(len(cases), casesShown)], caseRow)
}

func (s *Server) pairCases(r *request, page *frontend.PairPage, snapshot *analytics.Snapshot, a analytics.Query, v url.Values) (answer, error) {
	x, err := serviceNamed(snapshot, v.Get("a"), a.Sight)
	if err != nil {
		return answer{}, err
	}
	y, err := serviceNamed(snapshot, v.Get("b"), a.Sight)
	if err != nil {
		return answer{}, err
	}
	one, apart := snapshot.TogetherCases(a, x.ID, y.ID)
	fillCases(page, one)
	page.Name, page.Anchor, page.OneTitle = x.Name+" and "+y.Name, "co_failure", "In one incident"
	page.Chips = nil
	page.Total[1] = len(apart)
	slices.Reverse(apart)
	for _, m := range apart[:min(len(apart), casesShown)] {
		page.Apart = append(page.Apart, frontend.PairRow{Earlier: caseRow(m.Earlier), Later: caseRow(m.Later), Gap: reports.Num(m.Later.StartedAt.Sub(m.Earlier.StartedAt).Seconds())})
	}
	a.Services = []incident.ID{x.ID}
	for _, p := range snapshot.Together(a).Pairs {
		if p.A == x.ID && p.B == y.ID || p.A == y.ID && p.B == x.ID {
			page.Sentence = capital(p.Sentence())
			if p.More && p.Needs == analytics.NoNeed && r.viewer.May(incident.Agree) {
				page.Links = []frontend.Link{{Label: "No dependency between the two is configured; state one, if there is one", Path: "/slo/terms"}}
			} else if p.Needs != analytics.NoNeed {
				page.Sentence += " It is configured that " + p.Dependency() + "."
			}
		}
	}
	return show(*page)
}
