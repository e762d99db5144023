package analytics

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Budget is how an objective stands as of Now. All estimates are in seconds unless they say otherwise; their bounds say how
// far the stated precision of times lets them be off.
//
// Where the service needs others ([incident.Dependencies]), what those lose counts too; Own is without it, and Spenders, Shared,
// WithoutWorst, Teams and Factors are about the service's own incidents.
type Budget struct {
	Objective incident.Objective
	From, To  time.Time // the window; that of a calendar window ends behind Now
	Now       time.Time
	// Since is when the record begins that the service's incidents come from, where that is inside the window: of what was
	// before, nothing is known. Zero: the record covers the window.
	Since       time.Time
	Maintenance time.Duration  // taken out of the window, with what contracts exclude
	Excluded    []ExcludedTime // what Maintenance is made of
	Own         *OwnBudget     // nil: the service needs no other
	Needs       []NeedLoss     // what each group that it needs took
	Allowed     time.Duration  // the whole budget: (1 − objective) of the window less maintenance

	State     BudgetState
	Consumed  Estimate
	Remaining Estimate // negative when it is overspent
	Share     Estimate // Consumed / Allowed
	Burn      Estimate // how many times faster than evenly the window so far went; 1 lasts exactly
	Alerts    []BurnAlert
	Exhausted Exhaustion

	Spenders []Spender // those who spent most alone first
	Shared   float64   // spent while several incidents went on of which no single one mattered
	// WithoutWorst is Consumed as if the first of Spenders had not been.
	WithoutWorst Estimate
	Teams        []BudgetPart
	Factors      []BudgetPart // incidents with several are in each, so they do not add up

	Late        []Case // maintenance that was declared after it had begun
	LateTook    time.Duration
	LateUnknown int // maintenance of which nobody knows when it was declared
	Unclear     Unclear
	Steps       []BudgetStep
}

// OwnBudget is how a budget would stand by the service's own incidents alone.
type OwnBudget struct {
	State               BudgetState // burning fast or not is not said
	Consumed, Remaining Estimate
}

// BudgetState says in one word how a budget stands.
type BudgetState string

const (
	BudgetKept      BudgetState = "within budget"
	BudgetBurning   BudgetState = "burning fast"  // there is some left, and an alert calls
	BudgetSpent     BudgetState = "budget spent"  // more than allowed, whatever the times leave open
	BudgetUndecided BudgetState = "cannot tell"   // what the times leave open decides
	BudgetUnknown   BudgetState = "nothing known" // Consumed says why
)

// Spender is what one incident took.
type Spender struct {
	Case
	Team  incident.ID
	Own   float64 // seconds by which less would be spent without it
	Alone float64 // seconds that it would have taken had it been the only one; ≥ Own
	Open  bool
}

// BudgetPart is what the incidents of a team, or those that name a factor, took.
type BudgetPart struct {
	Key, Label string // both empty: the incidents that name none
	N          int
	Own        float64 // seconds by which less would be spent without them
}

// BudgetStep is what is left of a budget at an instant, in seconds; between two steps it falls evenly.
type BudgetStep struct {
	At        time.Time
	Remaining float64
}

// Objective returns how an objective stands as of now. sight says which private incidents are included.
func (s *Snapshot) Objective(o incident.Objective, terms Terms, now time.Time, sight incident.Sight) Budget {
	weigh, combine := inFull, stats.Largest
	if o.Weighted {
		weigh, combine = terms.Weights.Of, combination(terms.Weights)
	}
	l, w := s.losses(o.Service, now, sight, weigh, combine), budgetWindowOf(o.Window, now)
	b := Budget{Objective: o, From: instant(w.whole.From), To: instant(w.whole.To), Now: now.UTC(), Unclear: l.uncertain(w.past)}
	planned := stats.Measure(w.whole, nil, l.maintenance, combine)
	b.Maintenance = length(planned.Excluded)
	b.Late, b.LateTook, b.LateUnknown = l.late(w.whole)
	b.Excluded = l.excluded(w.whole)
	b.fill(l.lost(w.past), l, w, float64(planned.Base)/1e6)
	back := stats.Stretch{From: min(w.past.From, w.past.To-(3*day).Microseconds()), To: w.past.To}
	c := s.composition(l, o.Service, back, terms, sight, asStated)
	all := l
	if c != nil {
		all = c.losses()
		b.addNeeds(s, c, w, terms, sight, float64(planned.Base)/1e6)
	}
	b.judge(s, l, c, sight)
	if b.State == BudgetUnknown {
		return b
	}
	profile := all.profile(w.past)
	b.Alerts = burnAlerts(o.Target, w.whole, all.profile(back))
	if b.State == BudgetKept && slices.ContainsFunc(b.Alerts, func(a BurnAlert) bool { return a.Fires }) {
		b.State = BudgetBurning
	}
	b.attribute(l, w.past)
	b.Exhausted = exhaustion(profile, w, b.Allowed.Seconds()*1e6)
	b.Steps = steps(profile, b.Allowed.Seconds())
	return b
}

// addNeeds counts what the service needs, and keeps what it spent by itself.
func (b *Budget) addNeeds(s *Snapshot, c *composition, w budgetWindow, terms Terms, sight incident.Sight, base float64) {
	own := *b
	own.judge(s, c.own, nil, sight)
	b.Own = &OwnBudget{own.State, own.Consumed, own.Remaining}
	b.fill(s.composedLoss(c.own, b.Objective.Service, w.past, terms, sight), c.own, w, base)
	b.Needs = s.composition(c.own, b.Objective.Service, w.past, terms, sight, asStated).taken()
}

// fill computes the budget from what was consumed; base is the window less maintenance, in seconds.
func (b *Budget) fill(consumed Estimate, l *losses, w budgetWindow, base float64) {
	past := stats.Measure(w.past, nil, l.maintenance, l.combine)
	budget := stats.ErrorBudget(b.Objective.Target, base, 0)
	b.Allowed = time.Duration(budget.Allowed * 1e9).Round(time.Microsecond)
	b.Consumed = consumed
	b.Remaining = Estimate{Method: consumed.Method, N: b.Consumed.N, Value: less(budget.Allowed, b.Consumed.Value), Low: less(budget.Allowed, b.Consumed.High), High: less(budget.Allowed, b.Consumed.Low)}
	b.Share = b.Consumed.scaled(1/budget.Allowed, "consumed / budget")
	b.Burn = b.Consumed.scaled(1/(float64(past.Base)/1e6)/(1-b.Objective.Target), "share of bad time / (1 − objective)")
}

func less(from float64, x *float64) *float64 {
	if x == nil {
		return nil
	}
	return finite(from - *x)
}

// scaled returns the estimate times a factor.
func (e Estimate) scaled(by float64, method string) Estimate {
	times := func(x *float64) *float64 {
		if x == nil {
			return nil
		}
		return finite(*x * by)
	}
	return Estimate{Value: times(e.Value), Low: times(e.Low), High: times(e.High), Method: method, N: e.N, Reason: e.Reason}
}

// judge says how the budget stands, and takes back the numbers where nothing is known. c is what the service needs, or nil.
func (b *Budget) judge(s *Snapshot, l *losses, c *composition, sight incident.Sight) {
	since, services, notKnown := l.first(), []incident.ID{b.Objective.Service}, b.Unclear.Unknown()
	if c != nil {
		services, notKnown = append(services, slices.Sorted(maps.Keys(c.known))...), notKnown+c.unclear
	}
	if since.After(b.From) || since.IsZero() && c != nil { // then others that came the same way may be older, and all must be looked through
		since, _ = s.Record(Query{Services: services, Sight: sight})
	}
	if since.After(b.From) {
		b.Since = since
	}
	reason := ""
	switch {
	case since.IsZero() || !since.Before(b.Now):
		reason = "no incident of this service has been recorded, so nothing is known about it"
	case b.Allowed <= 0 || b.Burn.Value == nil:
		reason = "nothing of the window has been observed"
	case b.Consumed.N == 0 && notKnown > 0:
		reason = fmt.Sprintf("the impact of %s is not known", incidents(notKnown))
	}
	allowed := b.Allowed.Seconds() * (1 + 1e-9) // what is met in decimals is met
	switch {
	case reason != "":
		b.State = BudgetUnknown
		for _, e := range []*Estimate{&b.Consumed, &b.Remaining, &b.Share, &b.Burn} {
			*e = unknown(e.Method, 0, reason)
		}
	case *b.Consumed.Low > allowed:
		b.State = BudgetSpent
	case *b.Consumed.High > allowed:
		b.State = BudgetUndecided
	default:
		b.State = BudgetKept
	}
}

// incidents writes a number of them.
func incidents(n int) string {
	if n == 1 {
		return "1 incident"
	}
	return fmt.Sprintf("%d incidents", n)
}

// steps returns what was left at the edges of a profile.
func steps(profile []stats.Piece, allowed float64) []BudgetStep {
	if len(profile) == 0 {
		return nil
	}
	out := []BudgetStep{{instant(profile[0].From), allowed}}
	for _, p := range profile {
		allowed -= stats.Lost([]stats.Piece{p}) / 1e6
		out = append(out, BudgetStep{instant(p.To), allowed})
	}
	return out
}

// NamedObjective is an objective with the policy that holds it.
type NamedObjective struct {
	Policy    incident.Policy
	Objective incident.Objective
}

// Objectives returns those in force by name. It leaves out those of services that only incidents name which the viewer
// may not see.
func (s *Snapshot) Objectives(sight incident.Sight) []NamedObjective {
	secret := s.secretServices(sight)
	var out []NamedObjective
	for _, p := range s.Policies(incident.ObjectivePolicy) {
		var o incident.Objective
		if json.Unmarshal(p.Body, &o) == nil && o.Validate() == nil && !secret[string(o.Service)] {
			out = append(out, NamedObjective{p, o})
		}
	}
	slices.SortFunc(out, func(a, b NamedObjective) int {
		return cmp.Or(cmp.Compare(a.Policy.Name, b.Policy.Name), cmp.Compare(a.Policy.ID, b.Policy.ID))
	})
	return out
}
