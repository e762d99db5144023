package stats

import (
	"math"
	"slices"
)

// RankSum is the outcome of a Mann-Whitney (Wilcoxon rank sum) test of x against y.
type RankSum struct {
	U          float64 // pairs with x > y, plus half of those with x = y: the W of R
	Ties       bool    // some value occurs twice
	Less       float64 // P(x < y) + P(x = y)/2, estimated: 0.5 means no difference
	Cliff      float64 // P(x > y) − P(x < y), Cliff's delta
	Exact      PValues // NaN with ties, and above ExactPairs pairs
	Asymptotic PValues // normal, with continuity correction and variance corrected for ties
}

// PValues are the two one-sided tests and the two-sided one. Less is small when x tends to be smaller than y.
type PValues struct{ TwoSided, Less, Greater float64 }

// ExactPairs is the largest number of pairs for which exact distributions are computed.
const ExactPairs = 10_000

// MannWhitney tests whether x tends to be smaller or larger than y (Mann and Whitney 1947; Hollander and
// Wolfe, Nonparametric Statistical Methods, 4.1). It is NaN when a sample is empty.
func MannWhitney(x, y []float64) RankSum {
	m, n := float64(len(x)), float64(len(y))
	less, equal := pairs(x, y)
	r := RankSum{U: m*n - less - equal/2}
	r.Less = (less + equal/2) / (m * n)
	r.Cliff = (m*n - 2*less - equal) / (m * n)
	tied := tieTerm(x, y)
	r.Ties = tied > 0
	r.Asymptotic = rankSumNormal(r.U, m, n, tied)
	nan := math.NaN()
	r.Exact = PValues{nan, nan, nan}
	if !r.Ties && m*n <= ExactPairs && m*n > 0 {
		below := rankSumCDF(len(x), len(y))
		u := int(r.U)
		r.Exact.Less, r.Exact.Greater = below(u), 1-below(u-1)
		r.Exact.TwoSided = math.Min(1, 2*math.Min(r.Exact.Less, r.Exact.Greater))
	}
	return r
}

// pairs counts the pairs with x < y and with x = y.
func pairs(x, y []float64) (less, equal float64) {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	lo, hi := 0, 0 // of x, below y and not above y
	for _, v := range y {
		for lo < len(x) && x[lo] < v {
			lo++
		}
		for hi = max(hi, lo); hi < len(x) && x[hi] <= v; hi++ {
		}
		less += float64(lo)
		equal += float64(hi - lo)
	}
	return less, equal
}

// tieTerm returns the sum of t³ − t over groups of t equal values in both samples together.
func tieTerm(x, y []float64) float64 {
	all := slices.Concat(x, y)
	slices.Sort(all)
	var sum float64
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j] == all[i] {
			j++
		}
		t := float64(j - i)
		sum += t*t*t - t
		i = j
	}
	return sum
}

// rankSumNormal returns the p-values of the normal approximation with continuity correction.
func rankSumNormal(u, m, n, tied float64) PValues {
	d, total := u-m*n/2, m+n
	sd := math.Sqrt(m * n / 12 * (total + 1 - tied/(total*(total-1))))
	if sd == 0 {
		return PValues{1, 1, 1} // every value is the same
	}
	p := PValues{Less: normalCDF((d + 0.5) / sd), Greater: normalCDF(-(d - 0.5) / sd)}
	sign := 0.0
	if d != 0 {
		sign = math.Copysign(0.5, d)
	}
	z := (d - sign) / sd
	p.TwoSided = math.Min(1, 2*math.Min(normalCDF(z), normalCDF(-z)))
	return p
}

// rankSumCDF returns P(U ≤ u) of the Mann-Whitney statistic without ties. The number of arrangements with
// U = u is the coefficient of q^u in the Gaussian binomial Π (1 − q^(n+i)) / (1 − q^i), i = 1…m.
func rankSumCDF(m, n int) func(u int) float64 {
	c := make([]float64, m*n+1)
	c[0] = 1
	for i := 1; i <= m; i++ {
		for u := len(c) - 1; u >= n+i; u-- {
			c[u] -= c[u-n-i]
		}
		for u := i; u < len(c); u++ {
			c[u] += c[u-i]
		}
	}
	var total float64
	for u := range c {
		// The distribution is symmetric; the lower half has lost the fewest digits.
		total += c[min(u, m*n-u)]
	}
	return func(u int) float64 {
		if u < 0 {
			return 0
		}
		if 2*u > m*n {
			return 1 - sum(c[:max(0, m*n-u)])/total
		}
		return sum(c[:u+1]) / total
	}
}

func sum(values []float64) float64 {
	var s float64
	for _, v := range values {
		s += v
	}
	return s
}

// Shift is the Hodges-Lehmann estimate of how far x lies above y.
type Shift struct {
	Value     float64 // median of all differences x − y; NaN when a sample is empty
	Interval  Interval
	Low, High int     // ranks (from 1) of the interval's ends among the differences
	Coverage  float64 // of the exact interval, without ties; NaN for the normal one
}

// HodgesLehmann returns the shift of x against y with the interval of order statistics of the pairwise
// differences (Hodges and Lehmann 1963; Hollander and Wolfe 4.2, 4.3). The ranks are exact up to
// ExactPairs pairs, else from the normal approximation.
func HodgesLehmann(x, y []float64, level float64) Shift {
	if len(x)*len(y) > ExactPairs {
		return HodgesLehmannNormal(x, y, level)
	}
	m, n := len(x), len(y)
	if m*n == 0 {
		return noShift()
	}
	below := rankSumCDF(m, n)
	q := 0
	for below(q) < (1-level)/2 { // the quantile of the rank sum distribution, as qwilcox of R
		q++
	}
	q = max(q, 1)
	s := shiftAt(x, y, q)
	s.Coverage = 1 - 2*below(q-1)
	return s
}

// HodgesLehmannNormal is HodgesLehmann with the ranks of the normal approximation.
func HodgesLehmannNormal(x, y []float64, level float64) Shift {
	m, n := float64(len(x)), float64(len(y))
	if m*n == 0 {
		return noShift()
	}
	z := normalQuantile(1 - (1-level)/2)
	rank := math.Floor(m*n/2 - z*math.Sqrt(m*n*(m+n+1)/12))
	return shiftAt(x, y, max(1, int(rank)))
}

func noShift() Shift {
	nan := math.NaN()
	return Shift{Value: nan, Interval: Interval{nan, nan}, Coverage: nan}
}

// shiftAt returns the median difference and the differences of rank low and its mirror.
func shiftAt(x, y []float64, low int) Shift {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	mn := len(x) * len(y)
	high := mn - low + 1
	middle := (difference(x, y, (mn+1)/2) + difference(x, y, mn/2+1)) / 2
	in := Interval{difference(x, y, low), difference(x, y, high)}
	return Shift{Value: middle, Interval: in, Low: low, High: high, Coverage: math.NaN()}
}

// difference returns the k-th smallest (from 1) of all x − y, x and y ascending, without storing them: it bisects
// the floating-point numbers themselves, so the result is exact. Cost is 64 passes over both samples.
func difference(x, y []float64, k int) float64 {
	low, high := ordinal(x[0]-y[len(y)-1]), ordinal(x[len(x)-1]-y[0])
	for low < high {
		mid := low + int64(uint64(high-low)/2)
		if atMost(x, y, fromOrdinal(mid)) >= k {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return fromOrdinal(low)
}

// atMost counts the differences x − y that are at most d.
func atMost(x, y []float64, d float64) int {
	count, j := 0, 0 // y[j:] are far enough from x
	for _, v := range x {
		for j < len(y) && v-y[j] > d {
			j++
		}
		count += len(y) - j
	}
	return count
}

// ordinal maps floating-point numbers to integers in the same order.
func ordinal(f float64) int64 {
	bits := int64(math.Float64bits(f))
	if bits < 0 {
		return math.MinInt64 - bits
	}
	return bits
}

func fromOrdinal(n int64) float64 {
	if n < 0 {
		n = math.MinInt64 - n
	}
	return math.Float64frombits(uint64(n))
}

// HodgesLehmannRatio returns by what x is y multiplied: exp of the shift of the logarithms, for values above 0. It
// is what to say about durations: 0.8 means a fifth shorter.
func HodgesLehmannRatio(x, y []float64, level float64) Shift {
	s := HodgesLehmann(logs(x), logs(y), level)
	s.Value = math.Exp(s.Value)
	s.Interval = Interval{math.Exp(s.Interval.Low), math.Exp(s.Interval.High)}
	return s
}

func logs(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = math.Log(v)
	}
	return out
}
