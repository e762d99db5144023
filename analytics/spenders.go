package analytics

import (
	"cmp"
	"maps"
	"slices"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// attribute says which incidents, teams and factors spent a budget inside a window.
func (b *Budget) attribute(l *losses, w stats.Stretch) {
	l = l.clipped(w)
	owners := make([]int, len(l.rows))
	for i := range owners {
		owners[i] = i
	}
	spent := stats.Spend(w, l.outages, owners, len(owners), l.maintenance, l.combine)
	b.Shared = spent.Shared / 1e6
	for i, r := range l.rows {
		alone := stats.Measure(w, l.outages[i:i+1], l.maintenance, l.combine).Weighted
		b.Spenders = append(b.Spenders, Spender{Case: l.p.caseOf(r), Team: incident.ID(l.p.s.texts[r.team[r.i]]),
			Own: spent.Own[i] / 1e6, Alone: alone / 1e6, Open: l.outages[i].To == forever})
	}
	b.WithoutWorst = unknown(lostMethod, len(l.rows), "no incident alone spent any of it")
	if worst := firstLargest(spent.Own); worst >= 0 {
		b.WithoutWorst = l.without(func(i int) bool { return i == worst }).lost(w)
	}
	slices.SortStableFunc(b.Spenders, func(x, y Spender) int {
		return cmp.Or(cmp.Compare(y.Own, x.Own), cmp.Compare(y.Alone, x.Alone), x.StartedAt.Compare(y.StartedAt), cmp.Compare(x.ID, y.ID))
	})
	b.Teams, b.Factors = l.teams(w), l.factors(w)
}

// clipped returns the losses with the outages that reach into a window only.
func (l *losses) clipped(w stats.Stretch) *losses {
	return l.without(func(i int) bool { return l.outages[i].Clip(w).Length() == 0 })
}

// without returns the losses without some outages.
func (l *losses) without(drop func(i int) bool) *losses {
	rest := *l
	rest.outages, rest.rows = nil, nil
	for i := range l.outages {
		if !drop(i) {
			rest.outages, rest.rows = append(rest.outages, l.outages[i]), append(rest.rows, l.rows[i])
		}
	}
	return &rest
}

// firstLargest returns the index of the largest value above 0, or −1.
func firstLargest(values []float64) int {
	best := -1
	for i, v := range values {
		if v > 0 && (best < 0 || v > values[best]) {
			best = i
		}
	}
	return best
}

// teams attributes a window to the teams that own incidents.
func (l *losses) teams(w stats.Stretch) []BudgetPart {
	place, owners := map[uint32]int{}, make([]int, len(l.rows))
	var out []BudgetPart
	for i, r := range l.rows {
		code := r.team[r.i]
		at, known := place[code]
		if !known {
			at = len(out)
			place[code] = at
			out = append(out, l.part(code, l.p.s.Name))
		}
		owners[i] = at
		out[at].N++
	}
	spent := stats.Spend(w, l.outages, owners, len(out), l.maintenance, l.combine)
	for i := range out {
		out[i].Own = spent.Own[i] / 1e6
	}
	return mostSpent(out)
}

// part returns the head of a part; code 0 is for incidents that name none.
func (l *losses) part(code uint32, name func(incident.ID) string) BudgetPart {
	if code == 0 {
		return BudgetPart{}
	}
	key := l.p.s.texts[code]
	return BudgetPart{Key: key, Label: name(incident.ID(key))}
}

// maxFactors is how many factors are weighed, those that most incidents name.
const maxFactors = 50

// factors attributes a window to what incidents name as trigger or contributing.
func (l *losses) factors(w stats.Stretch) []BudgetPart {
	named := map[uint32]int{}
	for _, r := range l.rows {
		codes := l.p.s.sets[r.factors[r.i]]
		if len(codes) == 0 {
			named[0]++
		}
		for _, code := range codes {
			named[code]++
		}
	}
	codes := slices.SortedFunc(maps.Keys(named), func(a, b uint32) int { return cmp.Or(cmp.Compare(named[b], named[a]), cmp.Compare(a, b)) })
	whole := stats.Measure(w, l.outages, l.maintenance, l.combine).Weighted
	var out []BudgetPart
	for _, code := range codes[:min(len(codes), maxFactors)] {
		p := l.part(code, func(text incident.ID) string { return string(text) })
		rest := l.without(func(i int) bool { return l.names(i, code) })
		p.N, p.Own = named[code], (whole-stats.Measure(w, rest.outages, l.maintenance, l.combine).Weighted)/1e6
		out = append(out, p)
	}
	return mostSpent(out)
}

// names reports whether the incident of an outage names a factor; 0: none at all.
func (l *losses) names(i int, code uint32) bool {
	codes := l.p.s.sets[l.rows[i].factors[l.rows[i].i]]
	return code == 0 && len(codes) == 0 || code != 0 && slices.Contains(codes, code)
}

// mostSpent puts those who spent most first, and incidents that name none last.
func mostSpent(parts []BudgetPart) []BudgetPart {
	slices.SortStableFunc(parts, func(a, b BudgetPart) int {
		if (a.Key == "") != (b.Key == "") {
			return cmp.Compare(b.Key, a.Key)
		}
		return cmp.Or(cmp.Compare(b.Own, a.Own), cmp.Compare(b.N, a.N), cmp.Compare(a.Label, b.Label))
	})
	return parts
}
