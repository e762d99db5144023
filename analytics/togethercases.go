package analytics

import (
	"cmp"
	"slices"

	"hindsight/incident"
)

// Meeting is two failures, of two services, that began within TogetherWithin of each other, the earlier one first. Each is the
// first incident of its failure.
type Meeting struct{ Earlier, Later Case }

// TogetherCases lists what is behind a pair of Together(q): the incidents that name both services, and the meetings of
// separate ones, oldest first. q.Services does not matter.
func (s *Snapshot) TogetherCases(q Query, a, b incident.ID) (one []Case, apart []Meeting) {
	q.GroupBy, q.Span, q.Services = ByNothing, incident.Span{}, []incident.ID{a, b}
	p := s.population(q)
	hasA, hasB := setsWith(s, []incident.ID{a}), setsWith(s, []incident.ID{b})
	var rows []row
	for r := range p.started() {
		if r.leftOut != 0 {
			continue
		}
		if hasA.has(r.services[r.i]) && hasB.has(r.services[r.i]) {
			one = append(one, p.caseOf(r))
		}
		if r.started[r.i] != 0 {
			rows = append(rows, r)
		}
	}
	sortCases(one)
	slices.SortFunc(rows, func(x, y row) int {
		return cmp.Or(cmp.Compare(x.started[x.i], y.started[y.i]), cmp.Compare(x.services[x.i], y.services[y.i]))
	})
	left, right := spells(rows, hasA), spells(rows, hasB)
	reach := TogetherWithin.Microseconds()
	for i, j := 0, 0; i < len(left) && j < len(right); {
		switch x, y := left[i], right[j]; {
		case x.at < y.at-reach:
			i++
		case y.at < x.at-reach:
			j++
		default:
			if !shareNumber(x.rows, y.rows) {
				m := Meeting{p.caseOf(rows[x.rows[0]]), p.caseOf(rows[y.rows[0]])}
				if y.at < x.at {
					m.Earlier, m.Later = m.Later, m.Earlier
				}
				apart = append(apart, m)
			}
			i, j = i+1, j+1
		}
	}
	return one, apart
}

// spell is a failure with the numbers of its incidents.
type spell struct {
	at   int64
	rows []int32
}

// spells joins the incidents of one service, in time order, to failures, as timelines does.
func spells(rows []row, of codes) []spell {
	var out []spell
	for n, r := range rows {
		at := r.started[r.i]
		switch last := len(out) - 1; {
		case !of.has(r.services[r.i]):
		case last < 0 || at-out[last].at > TogetherWithin.Microseconds():
			out = append(out, spell{at, []int32{int32(n)}})
		default:
			out[last].rows = append(out[last].rows, int32(n))
		}
	}
	return out
}
