package similar

import (
	"cmp"
	"context"
	"slices"

	"hindsight/incident"
)

const (
	// tried is how many incidents the engine is tried on, the youngest.
	tried = 200
	// FirstOf is how many suggestions are looked at.
	FirstOf = 5
)

// try asks, for the youngest incidents that their source links to an earlier one by a common problem record, whether one of those
// is among the first five suggestions out of everything that was there before. It is the nearest to asking on the day: only the
// vectors and the rarity of words know what came later. The source's own links take no part in any score, so this test favours nobody.
// The only error is ctx's.
func (e *Engine) try(ctx context.Context, w weights) (Rate, error) {
	right, n := 0, 0
	for _, at := range e.linked() {
		if err := ctx.Err(); err != nil {
			return Rate{}, err
		}
		if e.recalls(at, w) {
			right++
		}
		n++
	}
	return NewRate(right, n), nil
}

// linked returns the places of the youngest public incidents with an earlier one of the same problem record.
func (e *Engine) linked() []int {
	e.mu.RLock()
	defer e.mu.RUnlock()
	first := map[uint64]int{}
	var all []int
	for at, x := range e.entries {
		if x.linked == 0 || x.at.IsZero() || x.private {
			continue
		}
		all = append(all, at)
		if f, known := first[x.linked]; !known || x.at.Before(e.entries[f].at) {
			first[x.linked] = at
		}
	}
	all = slices.DeleteFunc(all, func(at int) bool {
		return !e.entries[first[e.entries[at].linked]].at.Before(e.entries[at].at) || e.corpus.Words(at) < fewWords
	})
	slices.SortFunc(all, func(a, b int) int {
		return cmp.Or(e.entries[b].at.Compare(e.entries[a].at), cmp.Compare(e.entries[a].id, e.entries[b].id))
	})
	return all[:min(tried, len(all))]
}

// Earlier returns at most n incidents that look like id, the most alike first, of public ones that began before it: what Similar would have said on
// the day it began, to measure what could have been concluded from it.
func (e *Engine) Earlier(id incident.ID, n int) []Match {
	e.mu.RLock()
	defer e.mu.RUnlock()
	at, known := e.places[id]
	if !known || e.corpus.Words(at) < fewWords {
		return nil
	}
	began := e.entries[at].at
	found := e.compare(at, func(other int) bool { return !e.entries[other].private && e.entries[other].at.Before(began) })
	return e.best(at, found, n, e.trust.weights)
}

// recalls reports whether one of the first suggestions for an incident, out of earlier ones, has its problem record.
func (e *Engine) recalls(at int, w weights) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	own := e.entries[at]
	found := e.compare(at, func(other int) bool { return !e.entries[other].private && e.entries[other].at.Before(own.at) })
	e.order(found, w)
	return slices.ContainsFunc(found[:min(FirstOf, len(found))], func(c compared) bool { return e.entries[c.at].linked == own.linked })
}
