package web

import (
	"slices"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
)

// behindProblem is the page that lists the incidents behind a figure of a problem; of is the value that a share is of.
func behindProblem(id incident.ID, figure, of string) string {
	path := frontend.ProblemPath(id) + "/incidents?figure=" + queryEscape(figure)
	if of != "" {
		path += "&of=" + queryEscape(of)
	}
	return path
}

// problemFigures are the figures of a problem that are not about what its incidents have in common.
var problemFigures = map[string]struct{ name, anchor, period string }{
	"interval": {"From one incident to the next", "problem_interval", "all time"}, "rate": {"Incidents, last 12 months against the 12 before", "problem_trend", "the last 24 months"},
	"incidents": {"Incidents, last 12 months, each alert of a flood by itself", "problem_year", "the last 12 months"},
	"lasted":    {"Time lost", "problem_year", "the last 12 months"}, "lost": {"Cost", "problem_cost", "the last 12 months"},
	"returned": {"Since it was resolved", "exit_criterion", "since it was resolved"}, "open": {"Open now", "problem_year", "now"},
}

// problemIncidents lists the incidents behind a figure of a problem.
func (s *Server) problemIncidents(r *request) (answer, error) {
	ctx := r.Request.Context()
	x, err := s.Standing(ctx, incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	rows, err := s.members(ctx, r, []incident.Problem{x.Problem})
	if err != nil {
		return answer{}, err
	}
	var incs []*incident.Incident
	for _, m := range x.Members {
		if row, known := rows[m.Incident]; known && !m.Removed {
			incs = append(incs, row.Incident)
		}
	}
	figure, of := r.Query("figure"), r.Query("of")
	page := frontend.MembersPage{Shell: r.shell("Behind a number", frontend.NavProblems, frontend.Link{Label: "Recurring problems", Path: problemsPath}, frontend.Link{Label: x.Title, Path: frontend.ProblemPath(x.ID)}), Noun: "incident"}
	var members []analytics.Member
	if known, ok := problemFigures[figure]; ok {
		page.Name, page.Anchor, page.Period = known.name, known.anchor, known.period
		members = s.ProblemMembers(x, incs, figure, r.viewer.Sight())
	} else if members = analytics.MembersHaving(incs, figure, of); members == nil {
		return answer{}, incident.ErrNotFound
	} else {
		page.Name, page.Whose, page.Anchor, page.Period = capital(figure), s.Live.Snapshot().Name(incident.ID(of)), "problem_purity", "all time"
	}
	page.Groups = memberGroups(members)
	return show(page)
}

// memberGroups lists members by how they stand in a figure, the newest first.
func memberGroups(members []analytics.Member) []frontend.MemberGroup {
	var out []frontend.MemberGroup
	for _, part := range []struct {
		of    analytics.Part
		title string
	}{{analytics.Counted, "Counted"}, {analytics.Beside, "In the whole, not in the number"}, {analytics.NotIn, "Left out"}} {
		group := frontend.MemberGroup{ID: string(part.of), Title: part.title}
		for _, m := range members {
			if m.Part == part.of {
				group.Rows = append(group.Rows, memberRow(m))
			}
		}
		slices.SortStableFunc(group.Rows, func(x, y frontend.CaseRow) int { return y.StartedAt.Compare(x.StartedAt) })
		group.Total = len(group.Rows)
		group.Rows = group.Rows[:min(group.Total, casesShown)]
		if group.Total > 0 || part.of == analytics.Counted {
			out = append(out, group)
		}
	}
	return out
}
