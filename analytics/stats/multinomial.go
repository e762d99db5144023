package stats

import (
	"math"
	"math/rand/v2"
	"sort"
)

// UniformByChance returns the share of random counts with the same total that stray at least as far from their exposure as
// these, by Pearson's chi-square, the ones seen counted in (Hope 1968): the test of Uniform for expected counts
// below 5. It is NaN where Uniform is. The same seed gives the same share.
func UniformByChance(counts []int, exposure []float64, draws int, seed uint64) float64 {
	seen := Uniform(counts, exposure)
	if math.IsNaN(seen.ChiSquare) {
		return math.NaN()
	}
	bounds, so := make([]float64, len(exposure)), 0.0
	for i, x := range exposure {
		so += x
		bounds[i] = so
	}
	random := rand.New(rand.NewPCG(seed, 0))
	asFar := 1
	for range draws {
		drawn := make([]float64, len(counts))
		for range seen.N {
			drawn[sort.SearchFloat64s(bounds, random.Float64()*so)]++
		}
		chi := 0.0
		for i, e := range seen.Expected {
			if e > 0 {
				chi += (drawn[i] - e) * (drawn[i] - e) / e
			}
		}
		if chi >= seen.ChiSquare*(1-1e-12) {
			asFar++
		}
	}
	return float64(asFar) / float64(draws+1)
}
