package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/incident"
)

// ClaimedCase is an incident of which a source or a document says what contributed, and how long it took.
type ClaimedCase struct {
	ID    incident.ID
	Took  time.Duration // as long as users suffered, else as long as the record was open; 0 unless Known
	Known bool
}

// ClaimedCases lists the incidents of q that count and have a factor that nobody here has confirmed, or one that is told at such length
// that it is no name, the longest first.
func (s *Snapshot) ClaimedCases(q Query) []ClaimedCase {
	q.Span, q.GroupBy = incident.Span{}, ByNothing
	p := s.population(q)
	sp, handled := spanOf(impactSpan()), spanOf(incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}})
	var out []ClaimedCase
	for r := range p.started() {
		if r.leftOut != 0 || len(s.sets[r.claimed[r.i]]) == 0 && !r.flags[r.i].has(hasProse) {
			continue
		}
		state, took := r.duration(r.i, sp, p.now())
		if state == incident.NotApplicable {
			state, took = r.duration(r.i, handled, p.now())
		}
		c := ClaimedCase{ID: r.id[r.i]}
		if state == incident.Recorded {
			c.Took, c.Known = time.Duration(took)*time.Microsecond, true
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b ClaimedCase) int { return cmp.Or(cmp.Compare(b.Took, a.Took), cmp.Compare(a.ID, b.ID)) })
	return out
}
