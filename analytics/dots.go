package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
)

// Dot is an incident of which only its start and its duration are asked for: a Case without words, of which a million are quickly
// made.
type Dot struct {
	At      int64   // its start in Unix microseconds; 0 when unknown
	Seconds float64 // as of a Case
	row     row
}

// StartedAt returns the start, UTC; zero when unknown.
func (d Dot) StartedAt() time.Time { return instant(d.At) }

// Dots returns the incidents of Cases(q, which) as dots, in the same order.
func (s *Snapshot) Dots(q Query, which Outcome) []Dot {
	p := s.population(q)
	var out []Dot
	for r := range p.started() {
		outcome, value := p.outcome(r)
		if which == outcome || which == AnyOutcome && outcome != Excluded {
			out = append(out, Dot{r.started[r.i], float64(value) / 1e6, r})
		}
	}
	slices.SortFunc(out, func(a, b Dot) int {
		if a.At != b.At {
			return cmp.Compare(a.At, b.At)
		}
		return cmp.Compare(a.row.id[a.row.i], b.row.id[b.row.i])
	})
	return out
}

// CasesOf puts those of Dots(q, …) at some places into words.
func (s *Snapshot) CasesOf(q Query, dots []Dot, places []int) []Case {
	p, out := s.population(q), make([]Case, len(places))
	for k, i := range places {
		out[k] = p.caseOf(dots[i].row)
	}
	return out
}

// Longest returns the places of the n longest dots, ascending; of all when there are no more.
func Longest(dots []Dot, n int) []int {
	places := make([]int, len(dots))
	for i := range places {
		places[i] = i
	}
	if len(dots) <= n {
		return places
	}
	lasting := make([]int64, len(dots))
	for i, d := range dots {
		lasting[i] = int64(d.Seconds)
	}
	stats.Select(lasting, len(dots)-n)
	least := float64(lasting[len(dots)-n])
	places = slices.DeleteFunc(places, func(i int) bool { return dots[i].Seconds < least })
	return places[:min(n, len(places))]
}
