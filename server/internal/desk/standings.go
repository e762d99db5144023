package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/search/recurring"
)

// ProblemQuery says which problems are wanted; its zero value wants all that nobody rejected.
type ProblemQuery struct {
	State    string   // suggested, confirmed or rejected; empty: all but rejected
	Stages   []string // incident.Stages, and "returned" for those that came back after they were resolved; none: all
	Owner    string   // id or name; NoOwner for those without; empty: all
	Services []string // ids or names: a member touched one of them
	Text     string   // in the title
	Least    int      // members
	Sort     string   // one of ProblemSorts; empty: the first of them
}

// NoOwner asks for problems that nobody owns.
const NoOwner = "none"

// StageReturned asks for resolved problems that came back.
const StageReturned = "returned"

// ProblemSorts are the orders of problems: what to fix first, most incidents, and the latest.
var ProblemSorts = []string{"fix", "count", "last"}

// Standing is a problem with what people decided about it and what its incidents say.
type Standing struct {
	incident.Problem
	Management incident.Management // of a problem that nobody took over: its stage alone
	Recurrence analytics.Recurrence
	FloodsFrom time.Time // floods before it are not folded in Recurrence, for there are many incidents; zero: all are
	Exit       incident.Exit
	Return     incident.Return
}

// Returned reports whether the problem came back after it was resolved.
func (s Standing) Returned() bool { return s.Return.N > 0 }

// ByCost says in which currency problems are ordered when they are ordered by what to fix first; empty: by time lost, for no
// rate is set, or rates are in several currencies.
func ByCost(all []Standing) string {
	currency := ""
	for _, s := range all {
		for _, c := range s.Recurrence.Year.Costs() {
			if currency != "" && currency != c.Currency {
				return ""
			}
			currency = c.Currency
		}
	}
	return currency
}

// Standings returns the problems that are asked for, of members that the viewer may see, in the order that is asked for. An unknown
// name in q is ErrInvalid.
func (d *Desk) Standings(ctx context.Context, q ProblemQuery, sight incident.Sight) ([]Standing, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	services, err := names{d.Live.Snapshot(), sight}.services("service", q.Services)
	if err != nil {
		return nil, err
	}
	all, err := d.VisibleProblems(ctx, sight)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(p incident.Problem) bool { return !q.wants(p) })
	out, err := d.standings(ctx, all, sight)
	if err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(s Standing) bool {
		touched := func(id incident.ID) bool { return slices.Contains(services, id) }
		return !q.wantsManaged(s) || len(services) > 0 && !slices.ContainsFunc(s.Recurrence.Services, touched)
	})
	slices.SortStableFunc(out, q.order(out))
	return out, nil
}

// Standing returns one problem that the viewer may see.
func (d *Desk) Standing(ctx context.Context, id incident.ID, sight incident.Sight) (Standing, error) {
	p, err := d.Problem(ctx, id, sight)
	if err != nil {
		return Standing{}, err
	}
	all, err := d.standings(ctx, []incident.Problem{*p}, sight)
	if err != nil {
		return Standing{}, err
	}
	return all[0], nil
}

func (d *Desk) standings(ctx context.Context, problems []incident.Problem, sight incident.Sight) ([]Standing, error) {
	managements, err := d.Store.Managements(ctx)
	if err != nil {
		return nil, err
	}
	groups := make([][]incident.ID, len(problems))
	for i, p := range problems {
		groups[i] = membersOf(p)
	}
	snapshot, now := d.Live.Snapshot(), d.Now().UTC()
	floods, from := d.foldedFloods(now, sight)
	measured := snapshot.Recurrences(groups, now, snapshot.Terms(), floods, sight)
	out := make([]Standing, len(problems))
	for i, p := range problems {
		m, written := managements[p.ID]
		if !written {
			m = incident.Management{Problem: p.ID, Stage: incident.StageOpen}
		}
		x := measured[i]
		out[i] = Standing{Problem: p, Management: m, Recurrence: x, FloodsFrom: from, Exit: m.Exit(x.Last(), x.Open, now), Return: m.Returned(x.Begun)}
	}
	return out, nil
}

func (q ProblemQuery) check() error {
	if q.Sort != "" && !slices.Contains(ProblemSorts, q.Sort) {
		return incident.Invalidf("sort", "%q is not one of %v", q.Sort, ProblemSorts)
	}
	if states := []string{"", string(incident.Suggested), string(incident.Confirmed), string(incident.Rejected)}; !slices.Contains(states, q.State) {
		return incident.Invalidf("state", "%q is not suggested, confirmed or rejected", q.State)
	}
	for _, s := range q.Stages {
		if s != StageReturned && !slices.Contains(incident.Stages, incident.Stage(s)) {
			return incident.Invalidf("stage", "%q is not open, known_error, resolved or returned", s)
		}
	}
	return nil
}

// wants reports whether a problem is asked for, as far as it says by itself.
func (q ProblemQuery) wants(p incident.Problem) bool {
	if q.State == "" && p.State == incident.Rejected || q.State != "" && string(p.State) != q.State {
		return false
	}
	return active(p) >= q.Least && strings.Contains(strings.ToLower(p.Title), strings.ToLower(q.Text))
}

// wantsManaged reports whether a problem is asked for, as far as people decided about it.
func (q ProblemQuery) wantsManaged(s Standing) bool {
	m := s.Management
	switch {
	case q.Owner == "":
	case q.Owner == NoOwner && m.Owner != "":
		return false
	case q.Owner != NoOwner && string(m.Owner) != q.Owner && incident.Slug(m.OwnerName) != incident.Slug(q.Owner):
		return false
	}
	return len(q.Stages) == 0 || slices.Contains(q.Stages, string(m.Stage)) || s.Returned() && slices.Contains(q.Stages, StageReturned)
}

// order compares problems as they are asked for; equal ones stay in order of members.
func (q ProblemQuery) order(all []Standing) func(a, b Standing) int {
	last := func(s Standing) time.Time { return s.Recurrence.Last() }
	switch q.Sort {
	case "count":
		return func(a, b Standing) int { return cmp.Compare(active(b.Problem), active(a.Problem)) }
	case "last":
		return func(a, b Standing) int { return last(b).Compare(last(a)) }
	}
	byCost := ByCost(all) != ""
	return func(a, b Standing) int {
		x, y := a.Recurrence.Year, b.Recurrence.Year
		if byCost {
			if c := cmp.Compare(middle(y.Costs()), middle(x.Costs())); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(y.Lasted, x.Lasted), cmp.Compare(y.N, x.N), cmp.Compare(active(b.Problem), active(a.Problem)), last(b).Compare(last(a)))
	}
}

// middle is the middle of a range of costs in one currency.
func middle(costs []analytics.Amount) (sum float64) {
	for _, c := range costs {
		sum += (c.Low + c.High) / 2
	}
	return sum
}

// KnownProblem is a problem as its incidents show it.
type KnownProblem struct {
	incident.Problem
	Management incident.Management
}

// Workaround returns what people wrote about how to end its incidents, in Markdown; only who confirmed a problem stands by it.
func (k KnownProblem) Workaround() string {
	if k.State != incident.Confirmed {
		return ""
	}
	return k.Management.Workaround
}

// KnownProblems returns the problems that are shown unasked, by those of incs that belong to them.
func (d *Desk) KnownProblems(ctx context.Context, incs []incident.ID, sight incident.Sight) (map[incident.ID][]KnownProblem, error) {
	all, err := d.VisibleProblems(ctx, sight)
	if err != nil {
		return nil, err
	}
	managements, err := d.Store.Managements(ctx)
	out, wanted := map[incident.ID][]KnownProblem{}, map[incident.ID]bool{}
	for _, id := range incs {
		wanted[id] = true
	}
	shown, _ := recurring.Unasked(all)
	for _, p := range shown {
		for _, m := range p.Members {
			if !m.Removed && wanted[m.Incident] {
				out[m.Incident] = append(out[m.Incident], KnownProblem{p, managements[p.ID]})
			}
		}
	}
	return out, err
}
