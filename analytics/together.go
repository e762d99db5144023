package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// TogetherWithin is how close in time failures of two services begin to count as together: an hour, either way.
//
// Beginnings are compared and not stretches of impact, because what ticket systems call the end is when a ticket was closed:
// tickets that stay open for days overlap with everything. An hour covers what takes its time, as a queue that fills up.
const TogetherWithin = time.Hour

const (
	// FewestTogether is how often two services must have failed together to be listed.
	FewestTogether = 3
	// mostTogether is how many services are compared, those with the most failures: pairs grow with the square.
	mostTogether = 400
	// togetherLags is how many weeks, before and behind, tell what chance alone gives.
	togetherLags = 8
	// fewestLags is how many of them must lie inside the record that both services have.
	fewestLags = 6
	// togetherLevel is the expected share of false findings among the pairs that are called more than chance.
	togetherLevel = 0.05
)

// Pair is two services that failed together.
type Pair struct {
	A, B         incident.ID // A's name comes first
	NameA, NameB string
	// One is how many incidents name both. Whoever wrote them says that the two failed together; that needs no test.
	One int
	// Apart is how often separate incidents of the two began within TogetherWithin of each other. Incidents of one
	// service that begin within that time of its first one are one failure, and each failure is in one such meeting at most.
	Apart          int
	FirstA, FirstB int // of Apart: the failure of A, or of B, began more than a minute before the other
	// FailuresA and FailuresB are the failures of each in the period.
	FailuresA, FailuresB int
	// Expected is how many of Apart chance alone would give, Lift is Apart divided by it.
	Expected, Lift Estimate
	P, Q           float64 // of the test against chance; Q is corrected for all pairs (Benjamini and Hochberg 1995); 1 without a test
	More           bool    // Apart is more than chance: Q is at most 0.05
	Needs          Need    // what is configured about the two
}

// Times returns how often both failed together.
func (p Pair) Times() int { return p.One + p.Apart }

// Need says which of two services is configured to need the other, directly or through others.
type Need string

const (
	NoNeed  Need = ""
	ANeedsB Need = "a_needs_b"
	BNeedsA Need = "b_needs_a"
)

// TogetherReport is which services fail together.
type TogetherReport struct {
	From, To time.Time // UTC: of the first and the last failure that was compared; zero without any
	Services int       // with a failure or with an incident that names another service, too
	Pairs    []Pair    // together FewestTogether times or more: more than chance first, then by how often
	Few      int       // pairs that were together, and not as often as that
	Tested   int       // pairs that could have been: Q is corrected for so many
	Cut      int       // services with the fewest failures that were not compared, because there are too many
	Order    []incident.ID
	LeftOut  []LeftOut
	NoStart  int // incidents that count and have no start: they are in One alone
}

// Together finds the services that fail together. Whether separate incidents met by chance is tested against the same timelines
// moved against each other by one to eight whole weeks either way: that leaves each service its rate, its bursts and the hours
// and weekdays at which it fails, and follows a trend, as referents of the same weekday and hour do in a case-crossover design
// (Levy et al. 2001). The count is compared with the counts at those moves by stats.ExcessOver. All moves are tried, so nothing is
// drawn by lot.
//
// Services of q keep the pairs that have one of them; Q is corrected for the others all the same.
func (s *Snapshot) Together(q Query) TogetherReport {
	wanted := q.Services
	q.GroupBy, q.Span, q.Services, q.Now = ByNothing, incident.Span{}, nil, time.Time{} // what is over does not matter
	out := remember(s, "together "+s.key(q), func() TogetherReport { return s.together(q) })
	if len(wanted) > 0 {
		out.Pairs = slices.DeleteFunc(slices.Clone(out.Pairs), func(p Pair) bool { return !slices.Contains(wanted, p.A) && !slices.Contains(wanted, p.B) })
		out.Order = leaves(out.Pairs)
	}
	return out
}

func (s *Snapshot) together(q Query) TogetherReport {
	t := s.timelines(q)
	out := TogetherReport{Services: len(t.ids) + t.cut, Cut: t.cut, NoStart: t.noStart, LeftOut: s.leftOutOf(q, q.From, q.To)}
	if n := len(t.events); n > 0 {
		out.From, out.To = instant(t.events[0].at), instant(t.events[n-1].at)
	}
	now := t.meet(0)
	moved := make([]meetings, togetherLags)
	shareOut(togetherLags, workers(len(t.events)/chunkRows*togetherLags), func(_, k int) { moved[k] = t.meet(weeks(k + 1)) })
	needs := needers(s.Terms().Dependencies)
	var ps []float64
	var tested []int
	for a := range t.ids {
		for b := a + 1; b < len(t.ids); b++ {
			one := t.one[[2]uint16{uint16(a), uint16(b)}]
			apart := now.of(a, b)
			possible := t.possible(a, b)
			if possible {
				out.Tested++
			}
			switch {
			case one+apart >= FewestTogether:
				p := t.pair(a, b, one, now, moved)
				p.Needs = needOf(needs, p.A, p.B)
				if possible && p.Lift.N > 0 {
					ps, tested = append(ps, p.P), append(tested, len(out.Pairs))
				}
				out.Pairs = append(out.Pairs, p)
			case one+apart > 0:
				out.Few++
			}
		}
	}
	for i, q := range adjusted(ps, out.Tested) {
		p := &out.Pairs[tested[i]]
		p.Q, p.More = q, q <= togetherLevel
	}
	slices.SortStableFunc(out.Pairs, func(x, y Pair) int {
		return cmp.Or(rank(y)-rank(x), cmp.Compare(y.Times(), x.Times()), cmp.Compare(x.Q, y.Q), cmp.Compare(x.NameA, y.NameA), cmp.Compare(x.NameB, y.NameB), cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B))
	})
	out.Order = leaves(out.Pairs)
	return out
}

// weeks returns n weeks in microseconds.
func weeks(n int) int64 { return int64(n) * week.Microseconds() }

// rank puts pairs that are more than chance first.
func rank(p Pair) int {
	if p.More {
		return 1
	}
	return 0
}

// adjusted corrects the p-values of some tests for all n that could have been made: the others count as 1.
func adjusted(ps []float64, n int) []float64 {
	all := slices.Clone(ps)
	for len(all) < n {
		all = append(all, 1)
	}
	return stats.BenjaminiHochberg(all)[:len(ps)]
}

const liftMethod = "count over that of the timelines moved by whole weeks, conditional binomial interval"

// pair measures two services.
func (t *timelines) pair(a, b, one int, now meetings, moved []meetings) Pair {
	p := Pair{A: t.ids[a], B: t.ids[b], NameA: t.names[a], NameB: t.names[b], One: one, Apart: now.of(a, b), P: 1, Q: 1,
		FirstA: int(now.first[a*now.n+b]), FirstB: int(now.first[b*now.n+a]), FailuresA: len(t.of[a]), FailuresB: len(t.of[b])}
	exposure, length := t.exposure(a, b, 0)
	var counts []int
	var exposures []float64
	for k, m := range moved {
		lag := weeks(k + 1)
		for _, side := range [2][2]int{{a, b}, {b, a}} {
			if e, l := t.exposure(side[0], side[1], lag); e > 0 && l*2 >= length {
				counts, exposures = append(counts, m.of(side[0], side[1])), append(exposures, e)
			}
		}
	}
	switch {
	case p.Apart == 0:
		p.Expected, p.Lift = unknown(liftMethod, 0, "never in separate incidents"), unknown(liftMethod, 0, "never in separate incidents")
	case exposure == 0 || len(counts) < fewestLags:
		p.Expected, p.Lift = unknown(liftMethod, 0, shortRecord), unknown(liftMethod, 0, shortRecord)
	default:
		x := stats.ExcessOver(p.Apart, exposure, counts, exposures, Level)
		p.Expected = Estimate{Value: finite(x.Expected), Method: "mean over moves by whole weeks", N: p.Apart}
		p.Lift, p.P = estimate(x.Ratio, x.Interval, liftMethod, p.Apart), x.P
		if p.Lift.Value == nil {
			p.Lift.Reason = "none is expected by chance"
		}
	}
	return p
}

const shortRecord = "the record that both share is too short to tell what chance gives"

// Sentence says how often both failed together, and what chance has to do with it.
func (p Pair) Sentence() string {
	text := fmt.Sprintf("%s together", often(p.Times()))
	switch {
	case p.Apart == 0:
		return text + ", each time in one incident that names both."
	case p.One > 0:
		text += fmt.Sprintf(": %s in one incident that names both, %s in separate incidents within an hour", often(p.One), often(p.Apart))
	default:
		text += " in separate incidents within an hour"
	}
	if p.Expected.Value == nil {
		return text + "; " + p.Expected.Reason + "."
	}
	if p.One > 0 {
		text += fmt.Sprintf("; of the latter %s", p.chance())
	} else {
		text += ", " + p.chance()
	}
	if p.More {
		return text + ": more than chance."
	}
	return text + ": cannot tell from chance."
}

// chance writes the expectation, the lift and its q.
func (p Pair) chance() string {
	text := Few(*p.Expected.Value) + " expected by chance"
	if lift := LiftText(p.Lift); lift != "" {
		text += ", lift " + lift
	}
	if p.Q < leastQ {
		return text + ", q " + QText(p.Q)
	}
	return text + ", q = " + QText(p.Q)
}

// First says which of the two began first in separate incidents; empty when there are none.
func (p Pair) First() string {
	switch {
	case p.Apart == 0:
		return ""
	case p.FirstA == 0 && p.FirstB == 0:
		return "both within a minute"
	case p.FirstA == p.FirstB:
		return fmt.Sprintf("%s and %s as often", p.NameA, p.NameB)
	case p.FirstA > p.FirstB:
		return fmt.Sprintf("%s in %d of %d", p.NameA, p.FirstA, p.Apart)
	}
	return fmt.Sprintf("%s in %d of %d", p.NameB, p.FirstB, p.Apart)
}

// Dependency says what is configured about the two.
func (p Pair) Dependency() string {
	switch p.Needs {
	case ANeedsB:
		return p.NameA + " needs " + p.NameB
	case BNeedsA:
		return p.NameB + " needs " + p.NameA
	}
	return "none configured"
}

// LiftText writes a lift with its interval: "5.8 (2.9 to 11)", "3.2 or more"; empty when nothing is known of it.
func LiftText(e Estimate) string {
	switch {
	case e.Value != nil && e.Low != nil && e.High != nil:
		return fmt.Sprintf("%s (%s to %s)", Few(*e.Value), Few(*e.Low), Few(*e.High))
	case e.Low != nil:
		return Few(*e.Low) + " or more"
	}
	return ""
}

// leastQ is the least q-value that is written out.
const leastQ = 0.001

// QText writes a q-value: "0.002", "below 0.001".
func QText(q float64) string {
	if q < leastQ {
		return "below 0.001"
	}
	return fmt.Sprintf("%.3f", q)
}

// Few writes a small number with two digits that say something: "11", "5.8", "0.04".
func Few(x float64) string {
	switch {
	case x >= 9.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 0.095 || x == 0:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// needers returns for each service all that it needs, directly or through others.
func needers(all []incident.Dependencies) map[incident.ID]map[incident.ID]bool {
	out := map[incident.ID]map[incident.ID]bool{}
	for _, d := range all {
		out[d.Service] = map[incident.ID]bool{}
		for _, id := range NeededBy(all, d.Service) {
			out[d.Service][id] = true
		}
	}
	return out
}

// NeededBy returns what a service is configured to need, directly or through others, nearest first and without itself.
func NeededBy(all []incident.Dependencies, service incident.ID) []incident.ID {
	seen := []incident.ID{service}
	for i := 0; i < len(seen); i++ {
		for _, n := range needsOf(all, seen[i]) {
			for _, id := range n.Services {
				if !slices.Contains(seen, id) {
					seen = append(seen, id)
				}
			}
		}
	}
	return seen[1:]
}

func needOf(needs map[incident.ID]map[incident.ID]bool, a, b incident.ID) Need {
	switch {
	case needs[a][b]:
		return ANeedsB
	case needs[b][a]:
		return BNeedsA
	}
	return NoNeed
}
