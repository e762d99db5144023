package main

import (
	"maps"
	"math"
	"slices"
)

// adjusted returns the mutual information of two groupings above what chance gives groups of these sizes, as a share of the
// mean of their entropies (Vinh, Epps, Bailey, JMLR 2010, with the arithmetic mean); 1 for equal groupings.
func adjusted(information float64, truth, predicted map[string]float64, n float64) float64 {
	chance := expected(sizesOf(truth), sizesOf(predicted), n)
	mean := (entropy(truth, n) + entropy(predicted, n)) / 2
	if mean-chance < 1e-12 {
		return 1
	}
	return (information - chance) / (mean - chance)
}

// size is how many groups have so many items.
type size struct{ items, groups float64 }

func sizesOf(groups map[string]float64) []size {
	counts := map[float64]float64{}
	for _, k := range groups {
		counts[k]++
	}
	var out []size
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, size{k, counts[k]})
	}
	return out
}

// expected is the mutual information that groups of given sizes have when items fall into them by chance: the number of items
// that two groups share is hypergeometric.
func expected(as, bs []size, n float64) float64 {
	var sum float64
	for _, a := range as {
		for _, b := range bs {
			ways := lnFactorial(a.items) + lnFactorial(b.items) + lnFactorial(n-a.items) + lnFactorial(n-b.items) - lnFactorial(n)
			var one float64
			for k := max(1, a.items+b.items-n); k <= min(a.items, b.items); k++ {
				chance := math.Exp(ways - lnFactorial(k) - lnFactorial(a.items-k) - lnFactorial(b.items-k) - lnFactorial(n-a.items-b.items+k))
				one += k / n * math.Log(n*k/(a.items*b.items)) * chance
			}
			sum += a.groups * b.groups * one
		}
	}
	return sum
}

func lnFactorial(k float64) float64 {
	v, _ := math.Lgamma(k + 1)
	return v
}
