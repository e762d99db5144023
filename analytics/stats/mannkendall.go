package stats

import (
	"cmp"
	"math"
	"slices"
)

// Monotonic says whether a series rises or falls.
type Monotonic struct {
	S         int     // rising pairs less falling ones (Mann 1945)
	Variance  float64 // of S without a trend, ties considered (Kendall 1975)
	Tau       float64 // Kendall's tau-b with time; NaN when all values are equal
	Z         float64 // (S ∓ 1) / √Variance
	P         float64 // two-sided
	Slope     float64 // per step, the median of all pairs (Sen 1968)
	SlopeEnds Interval
}

// MannKendall tests a series of equal steps for a monotonic trend. Slope's interval has the given level (Gilbert 1987). All but
// S is NaN below two values.
func MannKendall(x []float64, level float64) Monotonic {
	var m Monotonic
	var slopes []float64
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			m.S += cmp.Compare(x[j], x[i])
			slopes = append(slopes, (x[j]-x[i])/float64(j-i))
		}
	}
	n := float64(len(x))
	pairs, tied := n*(n-1)/2, 0.0
	m.Variance = n * (n - 1) * (2*n + 5) / 18
	for _, t := range runs(x) {
		tied += t * (t - 1) / 2
		m.Variance -= t * (t - 1) * (2*t + 5) / 18
	}
	s := float64(m.S)
	m.Tau = s / (math.Sqrt(pairs-tied) * math.Sqrt(pairs))
	m.Z = (s - float64(cmp.Compare(m.S, 0))) / math.Sqrt(m.Variance)
	m.P = math.Min(1, 2*normalCDF(-math.Abs(m.Z)))
	slices.Sort(slopes)
	m.Slope = Quantile(slopes, 0.5)
	m.SlopeEnds = slopeEnds(slopes, normalQuantile(1-(1-level)/2)*math.Sqrt(m.Variance))
	return m
}

// slopeEnds returns the slopes at Gilbert's ranks.
func slopeEnds(slopes []float64, c float64) Interval {
	k := float64(len(slopes))
	if k == 0 || math.IsNaN(c) {
		return Interval{math.NaN(), math.NaN()}
	}
	at := func(rank float64) float64 {
		return slopes[int(math.Min(math.Max(math.RoundToEven(rank), 1), k))-1]
	}
	return Interval{at((k - c) / 2), at((k+c)/2 + 1)}
}

// runs returns how often each value occurs.
func runs(x []float64) []float64 {
	sorted := slices.Sorted(slices.Values(x))
	var out []float64
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] {
			out = append(out, 0)
		}
		out[len(out)-1]++
	}
	return out
}
