package analytics

import "hindsight/incident"

// Seen says what became of the incidents on the way to a figure, step by step: each number is part of the one before.
type Seen struct {
	All      int // that the viewer may see
	Matching int // of them, those that the filter selects
	InPeriod int // of them, those that began in the period, and those without a start
	Counting int // of them, those that count
	Measured int // of them, those with both times of q.Span in order; Counting when q measures none
}

// Seen counts the steps for q.
func (s *Snapshot) Seen(q Query) Seen {
	out := Seen{All: s.Visible(q.Sight)}
	p := s.population(q)
	for r := range p.all() {
		out.Matching++
		if !p.inPeriod(r.chunk, r.i) {
			continue
		}
		out.InPeriod++
		if r.leftOut != 0 {
			continue
		}
		out.Counting++
		if state, _ := r.duration(r.i, p.span, p.now()); len(q.Span.From) == 0 || state == incident.Recorded {
			out.Measured++
		}
	}
	return out
}
