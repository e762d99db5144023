package stats_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hindsight/analytics/stats"
)

// TestQuantilesAgreesWithSorting takes orders that are hard on quickselect, too.
func TestQuantilesAgreesWithSorting(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	orders := map[string]func(i, n int) int64{
		"random":     func(_, n int) int64 { return r.Int64N(int64(n) * 10) },
		"ties":       func(_, _ int) int64 { return r.Int64N(3) },
		"all equal":  func(_, _ int) int64 { return 7 },
		"ascending":  func(i, _ int) int64 { return int64(i) },
		"descending": func(i, n int) int64 { return int64(n - i) },
		"organ pipe": func(i, n int) int64 { return int64(min(i, n-i)) },
		"negative":   func(i, _ int) int64 { return int64(i%13) - 6 },
	}
	ps := []float64{0, 0.25, 0.5, 0.9, 0.9, 1}
	for name, of := range orders {
		for _, n := range []int{1, 2, 3, 12, 13, 14, 15, 100, 1001, 20000} {
			values := make([]int64, n)
			sorted := make([]float64, n)
			for i := range values {
				values[i] = of(i, n)
				sorted[i] = float64(values[i]) / 1e6
			}
			slices.Sort(sorted)
			got := make([]float64, len(ps))
			stats.Quantiles(values, 1e6, ps, got)
			for i, p := range ps {
				if want := stats.Quantile(sorted, p); got[i] != want {
					t.Errorf("%s, n = %d: Quantiles(%g) = %g, want %g", name, n, p, got[i], want)
				}
			}
		}
	}
}

func TestQuantilesOfNothing(t *testing.T) {
	out := []float64{-1}
	if stats.Quantiles(nil, 1, []float64{0.5}, out); out[0] != -1 {
		t.Errorf("Quantiles of no values wrote %g", out[0])
	}
}
