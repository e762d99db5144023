package web

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// problemQuery reads the parameters of the list of problems.
func problemQuery(v url.Values) desk.ProblemQuery {
	kept := func(name string) []string {
		var out []string
		for _, x := range v[name] {
			if x = strings.TrimSpace(x); x != "" && !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
		return out
	}
	return desk.ProblemQuery{State: v.Get("state"), Stages: kept("stage"), Owner: strings.TrimSpace(v.Get("owner")), Services: kept("service"), Text: strings.TrimSpace(v.Get("q")), Sort: v.Get("sort")}
}

// problemPairs are the parameters of q in canonical order, without those that say what is the case anyway.
func problemPairs(q desk.ProblemQuery) (out []frontend.Hidden) {
	add := func(name string, values ...string) {
		for _, v := range values {
			if v != "" {
				out = append(out, frontend.Hidden{Name: name, Value: v})
			}
		}
	}
	add("q", q.Text)
	add("state", q.State)
	add("stage", q.Stages...)
	add("owner", q.Owner)
	add("service", q.Services...)
	if q.Sort != desk.ProblemSorts[0] {
		add("sort", q.Sort)
	}
	return out
}

// problemHidden are the parameters of q but one, as form fields.
func problemHidden(q desk.ProblemQuery, but string) []frontend.Hidden {
	return slices.DeleteFunc(problemPairs(q), func(h frontend.Hidden) bool { return h.Name == but })
}

// problemsAddress is the address of a page that asks q, canonically.
func problemsAddress(page string, q desk.ProblemQuery) string {
	text := strings.Join(each(problemPairs(q), func(h frontend.Hidden) string { return h.Name + "=" + queryEscape(h.Value) }), "&")
	if text == "" {
		return page
	}
	return page + "?" + text
}

func problemStates(q desk.ProblemQuery) []frontend.Choice {
	var out []frontend.Choice
	for _, c := range []frontend.Choice{{Value: "", Label: "Suggested and confirmed"}, {Value: "suggested", Label: "Suggested"}, {Value: "confirmed", Label: "Confirmed"}, {Value: "rejected", Label: "Rejected"}} {
		to := q
		to.State = c.Value
		c.On, c.Count, c.Path = c.Value == q.State, -1, problemsAddress(problemsPath, to)
		out = append(out, c)
	}
	return out
}

func problemSorts(q desk.ProblemQuery) []frontend.Choice {
	var out []frontend.Choice
	for _, c := range []frontend.Choice{{Value: "fix", Label: "What to fix first"}, {Value: "count", Label: "Most incidents"}, {Value: "last", Label: "Latest"}} {
		to := q
		to.Sort = c.Value
		c.On, c.Count, c.Path = c.Value == q.Sort || q.Sort == "" && c.Value == desk.ProblemSorts[0], -1, problemsAddress(problemsPath, to)
		out = append(out, c)
	}
	return out
}

// problemOrder says how what to fix first is worked out.
func problemOrder(q desk.ProblemQuery, found []desk.Standing) string {
	switch currency := desk.ByCost(found); {
	case q.Sort != "" && q.Sort != desk.ProblemSorts[0], len(found) == 0:
		return ""
	case currency != "":
		return "First what cost most in the last 12 months, in " + currency + "; then what took most time."
	}
	return "First what took most time in the last 12 months; no rate, or rates in several currencies, say what time costs."
}

// stageWords are the stages that lists can be narrowed down to.
var stageWords = []frontend.Choice{{Value: string(incident.StageOpen), Label: "Open"}, {Value: string(incident.StageKnownError), Label: "Known error"},
	{Value: string(incident.StageResolved), Label: "Resolved"}, {Value: desk.StageReturned, Label: "Came back after it was resolved"}}

// problemFacets are the ways to narrow the list of problems down.
func (s *Server) problemFacets(ctx context.Context, r *request, q desk.ProblemQuery, all []incident.Problem) ([]frontend.Facet, error) {
	switched := func(chosen []string, value string) []string {
		if i := slices.Index(chosen, value); i >= 0 {
			return slices.Delete(slices.Clone(chosen), i, i+1)
		}
		return append(slices.Clone(chosen), value)
	}
	stage := frontend.Facet{Name: "stage", Label: "Stage"}
	for _, c := range stageWords {
		to := q
		to.Stages = switched(q.Stages, c.Value)
		stage.Options = append(stage.Options, frontend.Choice{Value: c.Value, Label: c.Label, On: slices.Contains(q.Stages, c.Value), Count: -1, Path: problemsAddress(problemsPath, to)})
	}
	owners, err := s.problemOwners(ctx, all)
	if err != nil {
		return nil, err
	}
	owner := frontend.Facet{Name: "owner", Label: "Owner"}
	for _, c := range owners {
		to, on := q, q.Owner == c.Value
		if to.Owner = c.Value; on {
			to.Owner = ""
		}
		c.On, c.Path = on, problemsAddress(problemsPath, to)
		owner.Options = append(owner.Options, c)
	}
	service := frontend.Facet{Name: "service", Label: "Service"}
	snapshot := s.Live.Snapshot()
	known := desk.ByIncidents(snapshot.Services(r.viewer.Sight()), s.ServiceCounts(snapshot, r.viewer.Sight()))
	service.More = max(0, len(known)-facetOptions)
	for _, x := range known[:min(len(known), facetOptions)] {
		to := q
		to.Services = switched(q.Services, string(x.ID))
		service.Options = append(service.Options, frontend.Choice{Value: string(x.ID), Label: x.Name, On: slices.Contains(q.Services, string(x.ID)), Count: -1, Path: problemsAddress(problemsPath, to)})
	}
	facets := []frontend.Facet{stage, owner, service}
	return slices.DeleteFunc(facets, func(f frontend.Facet) bool { return len(f.Options) < 2 && f.Name != "service" || len(f.Options) == 0 }), nil
}

// problemOwners are nobody, and those who own a problem, each with how many.
func (s *Server) problemOwners(ctx context.Context, all []incident.Problem) ([]frontend.Choice, error) {
	managements, err := s.Store.Managements(ctx)
	out := []frontend.Choice{{Value: desk.NoOwner, Label: "Nobody"}}
	for _, p := range all {
		m := managements[p.ID]
		if p.State == incident.Rejected {
			continue
		}
		value, label := string(m.Owner), m.OwnerName
		if m.Owner == "" {
			value = desk.NoOwner
		}
		i := slices.IndexFunc(out, func(c frontend.Choice) bool { return c.Value == value })
		if i < 0 {
			i, out = len(out), append(out, frontend.Choice{Value: value, Label: label})
		}
		out[i].Count++
	}
	slices.SortStableFunc(out[1:], func(a, b frontend.Choice) int { return strings.Compare(a.Label, b.Label) })
	return out, err
}

// problemChips are the filters in force, each with the list without it.
func (r *request) problemChips(q desk.ProblemQuery) []frontend.Chip {
	var out []frontend.Chip
	without := func(label string, change func(*desk.ProblemQuery)) {
		to := q
		change(&to)
		out = append(out, frontend.Chip{Label: label, Remove: problemsAddress(problemsPath, to)})
	}
	if q.Text != "" {
		without("Title: "+q.Text, func(q *desk.ProblemQuery) { q.Text = "" })
	}
	for i, stage := range q.Stages {
		label := stage
		if at := slices.IndexFunc(stageWords, func(c frontend.Choice) bool { return c.Value == stage }); at >= 0 {
			label = stageWords[at].Label
		}
		without("Stage: "+label, func(q *desk.ProblemQuery) { q.Stages = slices.Delete(slices.Clone(q.Stages), i, i+1) })
	}
	if q.Owner != "" {
		label := q.Owner
		if managements, err := r.server.Store.Managements(r.Request.Context()); err == nil {
			for _, m := range managements {
				if string(m.Owner) == q.Owner {
					label = m.OwnerName
				}
			}
		}
		if q.Owner == desk.NoOwner {
			label = "nobody"
		}
		without("Owner: "+label, func(q *desk.ProblemQuery) { q.Owner = "" })
	}
	for i, id := range q.Services {
		without("Service: "+r.serviceName(id), func(q *desk.ProblemQuery) { q.Services = slices.Delete(slices.Clone(q.Services), i, i+1) })
	}
	return out
}
