package stats

import (
	"cmp"
	"math"
	"slices"
)

// Bonferroni returns p-values adjusted so that the chance of any false finding is kept (Bonferroni 1936), in the order of p.
func Bonferroni(p []float64) []float64 {
	out := make([]float64, len(p))
	for i, x := range p {
		out[i] = math.Min(1, x*float64(len(p)))
	}
	return out
}

// Holm returns p-values adjusted as Bonferroni's, but step by step, and so never larger (Holm 1979).
func Holm(p []float64) []float64 {
	out, most := make([]float64, len(p)), 0.0
	for rank, i := range ascending(p) {
		most = math.Max(most, math.Min(1, p[i]*float64(len(p)-rank)))
		out[i] = most
	}
	return out
}

// BenjaminiHochberg returns q-values: rejecting those up to q keeps the expected share of false findings among the
// findings at q, for tests that are independent or depend positively (Benjamini and Hochberg 1995).
func BenjaminiHochberg(p []float64) []float64 { return stepUp(p, 1) }

// BenjaminiYekutieli returns q-values as BenjaminiHochberg does, whatever the dependence between tests (2001).
func BenjaminiYekutieli(p []float64) []float64 {
	factor := 0.0
	for i := range p {
		factor += 1 / float64(i+1)
	}
	return stepUp(p, factor)
}

func stepUp(p []float64, factor float64) []float64 {
	out, least := make([]float64, len(p)), 1.0
	order := ascending(p)
	for rank := len(order) - 1; rank >= 0; rank-- {
		i := order[rank]
		least = math.Min(least, p[i]*factor*float64(len(p))/float64(rank+1))
		out[i] = least
	}
	return out
}

// ascending returns the indices of values from the least on.
func ascending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return order
}
