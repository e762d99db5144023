package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/search/recurring"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	problemsPath  = "/problems"
	problemsShown = 100
	groupingNeeds = 5 // incidents with words, before anything is suggested
)

func (s *Server) problems(r *request) (answer, error) {
	ctx := r.Request.Context()
	v := r.Request.URL.Query()
	q, err := query.Parse(v, s.Now())
	if err != nil {
		return answer{}, err
	}
	state := v.Get("state")
	page := frontend.ProblemsPage{Shell: r.shell("Recurring problems", frontend.NavProblems), Period: r.period(problemsPath, q, false), Chips: r.chips(problemsPath, q),
		Clear: problemsPath, MayEdit: r.viewer.Role.Can(incident.Editor) && !s.Demo, Needs: groupingNeeds, Have: s.visible(r)}
	for _, c := range []frontend.Choice{{Value: "", Label: "Suggested and confirmed"}, {Value: "suggested", Label: "Suggested"}, {Value: "confirmed", Label: "Confirmed"}, {Value: "rejected", Label: "Rejected"}} {
		c.On, c.Count, c.Path = c.Value == state, -1, problemsPath
		if c.Value != "" {
			c.Path += "?state=" + c.Value
		}
		page.States = append(page.States, c)
	}
	all, err := s.VisibleProblems(ctx, r.viewer.Private())
	if err != nil {
		return answer{}, err
	}
	page.Trust = trusted(recurring.TrustOf(all))
	wanted := slices.DeleteFunc(all, func(p incident.Problem) bool { return !wants(p, state, q.Text) })
	page.Total = len(wanted)
	if page.Rows, err = s.problemRows(ctx, r, wanted[:min(len(wanted), problemsShown)]); err != nil {
		return answer{}, err
	}
	page.Empty = s.nothing(r, state != "" || q.Text != "")
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

func wants(p incident.Problem, state, text string) bool {
	if state == "" && p.State == incident.Rejected || state != "" && string(p.State) != state {
		return false
	}
	return strings.Contains(strings.ToLower(p.Title), strings.ToLower(text))
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
			if a.State == "open" {
				row.Open++
				if !a.Due.IsZero() && a.Due.Before(s.Now()) {
					row.Overdue++
				}
			}
		}
	}
	row.Spark, row.Services = monthly(row, months), mostHit(hits, frontend.ProblemPath(p.ID))
	return row
}

// mostHit lists the services that most members touched; the page of the problem has the others.
func mostHit(hits map[frontend.Link]int, more string) []frontend.Link {
	const most = 3
	links := slices.SortedFunc(maps.Keys(hits), func(a, b frontend.Link) int {
		return cmp.Or(hits[b]-hits[a], strings.Compare(a.Label, b.Label))
	})
	if rest := len(links) - most; rest > 1 {
		links = append(links[:most], frontend.Link{Label: fmt.Sprintf("%d more", rest), Path: more})
	}
	return links
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
	all, err := s.VisibleProblems(ctx, r.viewer.Private())
	if err != nil {
		return nil, err
	}
	ofIt := map[incident.ID]bool{}
	for _, id := range s.Live.Snapshot().Incidents(analytics.Query{Services: []incident.ID{service}, Private: r.viewer.Private()}, analytics.AnyOutcome) {
		ofIt[id] = true
	}
	shown, _ := recurring.Unasked(all)
	var own []incident.Problem
	for _, p := range shown {
		if len(own) < most && slices.ContainsFunc(p.Members, func(m incident.ProblemMember) bool { return ofIt[m.Incident] }) {
			own = append(own, p)
		}
	}
	return s.problemRows(ctx, r, own)
}

func (s *Server) problem(r *request) (answer, error) {
	page, err := s.problemPage(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) problemPage(r *request, form frontend.Form) (frontend.ProblemPage, error) {
	ctx := r.Request.Context()
	p, err := s.Problem(ctx, incident.ID(r.Param("id")), r.viewer.Private())
	if err != nil {
		return frontend.ProblemPage{}, err
	}
	page := frontend.ProblemPage{Shell: r.shell(p.Title, frontend.NavProblems, frontend.Link{Label: "Recurring problems", Path: problemsPath}),
		MayEdit: r.viewer.Role.Can(incident.Editor) && !s.Demo, Form: form,
		Exports: []frontend.Link{{Label: "JSON", Path: "/api/v1/problems/" + string(p.ID)}}}
	members, err := s.members(ctx, r, []incident.Problem{*p})
	if err != nil {
		return page, err
	}
	page.Row = s.problemRow(*p, members)
	factors := map[string]int{}
	for _, m := range p.Members {
		x, known := members[m.Incident]
		if !known {
			continue
		}
		row := frontend.MemberRow{IncidentRow: x, Score: m.Score, Reasons: m.Reasons}
		if m.Removed {
			page.Removed = append(page.Removed, row)
			continue
		}
		page.Members = append(page.Members, row)
		page.Actions = append(page.Actions, actionsOf(x.Incident)...)
		for _, f := range x.Incident.Factors {
			factors[f.Text]++
		}
	}
	slices.SortStableFunc(page.Members, func(a, b frontend.MemberRow) int { return b.Incident.StartedAt().Compare(a.Incident.StartedAt()) })
	page.Why, page.Factors = why(*p), factorCounts(factors, len(page.Members))
	page.Source = reports.Source{N: len(page.Members), AsOf: s.Live.Seq(), Method: "grouped by " + basisWords(p.Basis)}
	if page.History, err = s.problemHistory(ctx, p, members); err != nil || !page.MayEdit {
		return page, err
	}
	page.Merge, err = s.mergeable(r, p)
	return page, err
}

func basisWords(basis string) string {
	if basis == "source" {
		return "the ticket system's own problem reference"
	}
	return "the words that the incidents share"
}

func why(p incident.Problem) []string {
	out := []string{"Grouped by " + basisWords(p.Basis) + "."}
	if len(p.Terms) > 0 {
		out = append(out, "Shared words: "+strings.Join(p.Terms[:min(8, len(p.Terms))], ", ")+".")
	}
	return out
}

func actionsOf(inc *incident.Incident) []frontend.ActionRow {
	return each(inc.Actions, func(a incident.ActionItem) frontend.ActionRow {
		return frontend.ActionRow{Action: a, Incident: frontend.Link{Label: inc.Title, Path: frontend.IncidentPath(inc.ID)}, After: -1}
	})
}

func factorCounts(counts map[string]int, of int) []frontend.FactorCount {
	var out []frontend.FactorCount
	for text, n := range counts {
		out = append(out, frontend.FactorCount{Text: text, Count: n, Of: of})
	}
	slices.SortFunc(out, func(a, b frontend.FactorCount) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text))
	})
	return out
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
	_, seq, err := s.Decide(r.Request.Context(), id, v, r.viewer.Name)
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
