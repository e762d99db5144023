package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Quantile returns the p-quantile of sorted by linear interpolation between the two nearest values: type 7 of
// Hyndman and Fan (1996), the default of R, NumPy and Excel, and percentile_cont of SQL.
// It is NaN for no values.
func Quantile(sorted []float64, p float64) float64 { return QuantileOfType(sorted, p, 7) }

// QuantileOfType returns the p-quantile by one of the continuous definitions of Hyndman and Fan, Sample
// Quantiles in Statistical Packages (1996): 6 (Minitab, SPSS), 7 (R, Excel) or 8 (their advice). It is for
// comparing with figures of other programs. It is NaN for no values and for other types.
func QuantileOfType(sorted []float64, p float64, kind int) float64 {
	n := float64(len(sorted))
	var h float64 // position, counted from 1
	switch kind {
	case 6:
		h = (n + 1) * p
	case 7:
		h = (n-1)*p + 1
	case 8:
		h = (n+1.0/3)*p + 1.0/3
	default:
		return math.NaN()
	}
	if n == 0 {
		return math.NaN()
	}
	h = math.Min(math.Max(h, 1), n)
	low := math.Floor(h)
	a := sorted[int(low)-1]
	if low == h {
		return a
	}
	return a + (h-low)*(sorted[int(low)]-a)
}

// NearestRank returns the smallest value with at least the share p of all values at or below it:
// percentile_disc of SQL, type 1 of Hyndman and Fan. It is always one of the values; NaN for none.
func NearestRank(sorted []float64, p float64) float64 {
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	// n·p in floating point may lie a hair above the whole number that it stands for.
	rank := int(math.Ceil(float64(n)*p - 1e-9))
	return sorted[min(max(rank, 1), n)-1]
}

// QuantileRanks returns the ranks (from 1) of the two order statistics between which the p-quantile of the
// population lies with at least the given level, whatever its distribution. Low is the
// largest l with P(Bin(n,p) ≤ l−1) ≤ α/2, high the smallest u with P(Bin(n,p) ≥ u) ≤ α/2 (Conover,
// Practical Nonparametric Statistics, 3.2). Ranks 0 and n+1 mean that n values bound no such side.
func QuantileRanks(n int, p, level float64) (low, high int) {
	tail := (1 - level) / 2
	b := distuv.Binomial{N: float64(n), P: p}
	// The number of k in [0, n] with P(Bin ≤ k−1) > tail is found by bisection, as is its mirror.
	low = sort.Search(n+1, func(l int) bool { return l > 0 && b.CDF(float64(l-1)) > tail }) - 1
	high = sort.Search(n+1, func(u int) bool { return u > 0 && 1-b.CDF(float64(u-1)) <= tail })
	return max(low, 0), high
}

// QuantileInterval returns the order-statistic interval of QuantileRanks. A side without an order
// statistic is infinite.
func QuantileInterval(sorted []float64, p, level float64) Interval {
	in := Interval{math.Inf(-1), math.Inf(1)}
	low, high := QuantileRanks(len(sorted), p, level)
	if low > 0 {
		in.Low = sorted[low-1]
	}
	if high <= len(sorted) {
		in.High = sorted[high-1]
	}
	return in
}

// QuantileCoverage returns how likely the interval between the ranks low and high holds the p-quantile.
func QuantileCoverage(n, low, high int, p float64) float64 {
	b := distuv.Binomial{N: float64(n), P: p}
	return below(b, high) - below(b, low)
}

// below returns P(B < k).
func below(b distuv.Binomial, k int) float64 {
	if k <= 0 {
		return 0
	}
	return b.CDF(float64(k - 1))
}

// MinimumForQuantile returns how many values QuantileInterval needs to bound the p-quantile on both sides.
func MinimumForQuantile(p, level float64) int {
	return sort.Search(1<<20, func(n int) bool {
		low, high := QuantileRanks(n, p, level)
		return low > 0 && high <= n
	})
}
