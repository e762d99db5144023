package analytics

import "hindsight/incident"

// ReopenedGroup says how many incidents came back after they had been resolved.
// Rate is Reopened / Resolved with the Wilson interval.
type ReopenedGroup struct {
	Group
	Resolved int // resolved or closed at least once, and the source records returns
	Reopened int // of them: came back at least once
	Returns  int // how often, in all
	Open     int // never resolved yet: not in the rate
	Missing  int // the source records no history: not in the rate
	Rate     Estimate
}

// Reopened returns how many incidents came back, group by group.
func (s *Snapshot) Reopened(q Query) []ReopenedGroup {
	p := s.population(q)
	ends := []int{columnOf(incident.ResolvedAt), columnOf(incident.ClosedAt)}
	buckets := collect(p, p.grouping(), func(g *ReopenedGroup, r row) {
		n := int(r.reopened[r.i])
		switch {
		case n < 0:
			g.Missing++
		case n > 0:
			g.Resolved++
			g.Reopened++
			g.Returns += n
		case r.flags[r.i].has(isOver), r.earliest(r.i, ends) != 0:
			g.Resolved++
		default:
			g.Open++
		}
	})
	out := make([]ReopenedGroup, len(buckets))
	for i, b := range buckets {
		b.acc.Group, b.acc.Rate = b.group, share(b.acc.Reopened, b.acc.Resolved)
		out[i] = b.acc
	}
	return out
}
