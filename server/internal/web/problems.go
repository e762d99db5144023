package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/search/recurring"
	"hindsight/server/internal/desk"
)

const (
	problemsPath  = "/problems"
	problemsShown = 100
	groupingNeeds = 5 // incidents with words, before anything is suggested
)

func (s *Server) problems(r *request) (answer, error) {
	ctx := r.Request.Context()
	q := problemQuery(r.Request.URL.Query())
	page := frontend.ProblemsPage{Shell: r.shell("Recurring problems", frontend.NavProblems), Query: q.Text, Keep: problemHidden(q, "q"),
		Clear: problemsPath, MayEdit: r.viewer.MayChange(incident.Write), Needs: groupingNeeds, Have: s.visible(r)}
	all, err := s.VisibleProblems(ctx, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page.Trust = trusted(recurring.TrustOf(all))
	found, err := s.Standings(ctx, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page.States, page.Sorts, page.Order = problemStates(q), problemSorts(q), problemOrder(q, found)
	if page.Facets, err = s.problemFacets(ctx, r, q, all); err != nil {
		return answer{}, err
	}
	page.Chips = r.problemChips(q)
	page.Total = len(found)
	if page.Groups, err = s.problemGroups(ctx, r, found); err != nil {
		return answer{}, err
	}
	for _, g := range page.Groups {
		page.Costs = page.Costs || slices.ContainsFunc(g.Rows, func(x frontend.ProblemRow) bool { return x.Cost != "" })
	}
	for _, format := range []string{"csv", "json"} {
		page.Exports = append(page.Exports, frontend.Link{Label: strings.ToUpper(format), Path: problemsAddress(problemsPath+"/export."+format, q)})
	}
	page.Empty = s.nothing(r, len(page.Chips) > 0 || q.State != "")
	return show(page)
}

// trusted says how often people found suggestions right here.
func trusted(t recurring.Trust) string {
	if t.N == 0 {
		return "Nobody has judged a suggestion here yet, so it is not known how often they are right. " + onTrial
	}
	noun := "judgements"
	if t.N == 1 {
		noun = "judgement"
	}
	found := fmt.Sprintf("Of %d %s here %d found the suggestion right (95 %% interval %.0f %% to %.0f %%)", t.N, noun, t.Right, 100*t.Low, 100*t.High)
	if t.Shadow {
		return found + ", which is too little to rely on. " + onTrial
	}
	return found + "."
}

// onTrial says what suggestions do not do before they have earned trust.
const onTrial = "Until ten are judged and more than half are right for certain, suggestions by text are on trial: this page and searches show them, other pages do not."

// problemGroups shows what people vouch for apart from what is only suggested, and from what was rejected.
func (s *Server) problemGroups(ctx context.Context, r *request, found []desk.Standing) ([]frontend.ProblemGroup, error) {
	var out []frontend.ProblemGroup
	for _, g := range []struct {
		state       incident.ProblemState
		title, lede string
	}{
		{incident.Confirmed, "Confirmed", ""},
		{incident.Suggested, "Suggested", "Nobody has judged these yet."},
		{incident.Rejected, "Rejected", "A person said that these are no problems; they are not suggested again."},
	} {
		group := frontend.ProblemGroup{ID: string(g.state), Title: g.title, Lede: g.lede}
		var shown []desk.Standing
		for _, x := range found {
			if x.State == g.state {
				group.Total++
				if len(shown) < problemsShown {
					shown = append(shown, x)
				}
			}
		}
		members, err := s.members(ctx, r, each(shown, func(x desk.Standing) incident.Problem { return x.Problem }))
		if err != nil {
			return nil, err
		}
		group.Rows = each(shown, func(x desk.Standing) frontend.ProblemRow { return standingRow(s.problemRow(x.Problem, members), x) })
		if group.Total > 0 {
			out = append(out, group)
		}
	}
	return out, nil
}

// standingRow adds what people decided about a problem, and what it took in the last 12 months.
func standingRow(row frontend.ProblemRow, x desk.Standing) frontend.ProblemRow {
	y := x.Recurrence.Year
	row.Management, row.Returned, row.Year = x.Management, x.Return.N, y.N
	if rec := x.Recurrence; rec.Floods > 0 {
		row.Folded = fmt.Sprintf("%s: %s in %s", number(rec.Occurrences(), "occurrence"), number(rec.Flooded, "alert"), number(rec.Floods, "flood"))
	}
	if y.Measured > 0 {
		row.Lost = incident.FormatDuration(y.Lasted)
	}
	if y.Measured > 0 && y.Measured < y.N {
		row.LostOf = fmt.Sprintf("from %d", y.Measured)
	}
	row.Cost = strings.Join(amounts(y.Costs()), ", ")
	return row
}

func amounts(costs []analytics.Amount) []string {
	return each(costs, func(a analytics.Amount) string { return amount(a.Low, a.High, a.Currency) })
}

// problemRows adds what the members say together. Members that the viewer may not see are gone already.
func (s *Server) problemRows(ctx context.Context, r *request, problems []incident.Problem) ([]frontend.ProblemRow, error) {
	members, err := s.members(ctx, r, problems)
	if err != nil {
		return nil, err
	}
	var out []frontend.ProblemRow
	for _, p := range problems {
		out = append(out, s.problemRow(p, members))
	}
	return out, nil
}

// members loads the incidents of problems at once.
func (s *Server) members(ctx context.Context, r *request, problems []incident.Problem) (map[incident.ID]frontend.IncidentRow, error) {
	var ids []incident.ID
	for _, p := range problems {
		for _, m := range p.Members {
			ids = append(ids, m.Incident)
		}
	}
	slices.Sort(ids)
	rows, err := s.rows(ctx, r, slices.Compact(ids))
	out := map[incident.ID]frontend.IncidentRow{}
	for _, row := range rows {
		out[row.Incident.ID] = row
	}
	return out, err
}

func (s *Server) problemRow(p incident.Problem, members map[incident.ID]frontend.IncidentRow) frontend.ProblemRow {
	row := frontend.ProblemRow{Problem: p, Impact: incident.Duration{State: incident.NotApplicable}}
	months := map[int]int{}
	hits := map[frontend.Link]int{}
	for _, m := range p.Members {
		x, known := members[m.Incident]
		if m.Removed || !known {
			continue
		}
		row.Count++
		if at := x.Incident.StartedAt(); !at.IsZero() {
			if row.First.IsZero() || at.Before(row.First) {
				row.First = at
			}
			if at.After(row.Last) {
				row.Last = at
			}
			months[at.Year()*12+int(at.Month())-1]++
		}
		if x.Length.State == incident.Recorded {
			row.Impact.State = incident.Recorded
			row.Impact.Value += x.Length.Value
			row.Measured++
		}
		for _, l := range x.Services {
			hits[l]++
		}
		for _, a := range x.Incident.Actions {
			if a.Open() {
				row.Open++
			}
			if a.Overdue(s.Now()) {
				row.Overdue++
			}
		}
	}
	row.Spark, row.Services = monthly(row, months), mostHit(hits, frontend.ProblemPath(p.ID))
	return row
}

const sparkMonths = 24

// monthly counts members per month up to the last one, at most two years.
func monthly(row frontend.ProblemRow, months map[int]int) frontend.Spark {
	if row.Last.IsZero() {
		return frontend.Spark{}
	}
	last := row.Last.Year()*12 + int(row.Last.Month()) - 1
	first := max(row.First.Year()*12+int(row.First.Month())-1, last-sparkMonths+1)
	var counts []int
	for m := first; m <= last; m++ {
		counts = append(counts, months[m])
	}
	return frontend.Spark{Counts: counts, Label: "incidents per month up to " + row.Last.Format("January 2006")}
}

// problemsOf are the problems that incidents of a service belong to.
func (s *Server) problemsOf(ctx context.Context, r *request, service incident.ID) ([]frontend.ProblemRow, error) {
	const most = 5
	all, err := s.VisibleProblems(ctx, r.viewer.Sight())
	if err != nil {
		return nil, err
	}
	ofIt := s.Live.Snapshot().Touched(service, r.viewer.Sight())
	shown, _ := recurring.Unasked(all)
	var own []incident.Problem
	for _, p := range shown {
		if len(own) < most && slices.ContainsFunc(p.Members, func(m incident.ProblemMember) bool { return ofIt[m.Incident] }) {
			own = append(own, p)
		}
	}
	return s.problemRows(ctx, r, own)
}

func (s *Server) judgeProblem(r *request) (answer, error) {
	verdict := desk.Verdict{Action: r.PostForm("verdict")}
	done := map[string]string{"confirm": "Confirmed. It counts as a problem from now on.", "reject": "Rejected. It will not be suggested again; the list of rejected problems can bring it back.",
		"reopen": "It is a suggestion again."}[verdict.Action]
	if done == "" {
		return answer{}, incident.Invalidf("verdict", "%q is not confirm, reject or reopen", verdict.Action)
	}
	return s.decide(r, verdict, done)
}

func (s *Server) renameProblem(r *request) (answer, error) {
	return s.decide(r, desk.Verdict{Action: "rename", Title: r.PostForm("title")}, "Renamed.")
}

func (s *Server) removeMember(r *request) (answer, error) {
	return s.decide(r, desk.Verdict{Action: "remove", Incident: incident.ID(r.Param("incident"))}, "Taken out. It is listed below and can be put back.")
}

func (s *Server) restoreMember(r *request) (answer, error) {
	return s.decide(r, desk.Verdict{Action: "restore", Incident: incident.ID(r.Param("incident"))}, "Put back.")
}

func (s *Server) decide(r *request, v desk.Verdict, done string) (answer, error) {
	id := incident.ID(r.Param("id"))
	err := s.MayJudge(r.Request.Context(), id, v, r.viewer.Sight())
	var seq incident.Seq
	if err == nil {
		_, seq, err = s.Decide(r.Request.Context(), id, v, r.viewer.Name)
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.problemPage(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: 422}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	back := r.PostForm("back")
	if !localPath(back) {
		back = frontend.ProblemPath(id)
	}
	return goTo(back, frontend.Flash{Kind: frontend.Done, Text: done})
}

// exportProblems writes the list of problems as a file: all that the filters select, in the order of the page.
func (s *Server) exportProblems(r *request) (answer, error) {
	q := problemQuery(r.Request.URL.Query())
	found, err := s.Standings(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	t := desk.ProblemTable(s.Live.Snapshot(), found)
	t.Source.AsOf = s.Live.Seq()
	return tableFile(r, t)
}
