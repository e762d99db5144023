package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Excess is how a count compares with what the counts of other occasions lead to expect.
type Excess struct {
	Expected float64  // the others' rate times the exposure
	Ratio    float64  // count / Expected; +Inf where nothing was expected, NaN where nothing was seen either
	Interval Interval // of Ratio
	// P is the chance of so high a count, or a higher one, when the occasion is like the others.
	P float64
	// Inflation is by how much the others vary more than Poisson counts do, at least 1 (Pearson's statistic divided by its
	// degrees of freedom; McCullagh and Nelder 1989, quasi-likelihood).
	Inflation float64
}

// ExcessOver compares a count with those of other occasions, each seen at an exposure of its own, above 0, in any unit. Given
// the total, the count is binomial (Przyborowski and Wilenski 1940), so that the uncertainty of what is expected is in P and in
// the interval, which is Clopper and Pearson's, transformed; both counts are divided by Inflation first. Without other
// occasions everything but P, which is 1, is NaN.
func ExcessOver(count int, exposure float64, others []int, exposures []float64, level float64) Excess {
	total, over := 0.0, 0.0
	for i, n := range others {
		total, over = total+float64(n), over+exposures[i]
	}
	if over <= 0 || exposure <= 0 {
		nan := math.NaN()
		return Excess{Expected: nan, Ratio: nan, Interval: Interval{nan, nan}, P: 1, Inflation: nan}
	}
	e := Excess{Expected: total / over * exposure, Inflation: inflation(others, exposures, total/over)}
	e.Ratio = float64(count) / e.Expected
	p0 := exposure / (exposure + over)
	k, rest := float64(count)/e.Inflation, total/e.Inflation
	e.P = 1
	if count > 0 {
		e.P = mathext.RegIncBeta(k, rest+1, p0)
	}
	odds := func(p float64) float64 { return p / (1 - p) * over / exposure }
	tail := (1 - level) / 2
	e.Interval = Interval{0, math.Inf(1)}
	if count > 0 {
		e.Interval.Low = odds(distuv.Beta{Alpha: k, Beta: rest + 1}.Quantile(tail))
	}
	if total > 0 {
		e.Interval.High = odds(distuv.Beta{Alpha: k + 1, Beta: rest}.Quantile(1 - tail))
	}
	return e
}

// inflation is Pearson's statistic of counts around a common rate, divided by its degrees of freedom, and at least 1.
func inflation(counts []int, exposures []float64, rate float64) float64 {
	if rate <= 0 || len(counts) < 2 {
		return 1
	}
	chi := 0.0
	for i, n := range counts {
		mu := rate * exposures[i]
		chi += (float64(n) - mu) * (float64(n) - mu) / mu
	}
	return math.Max(1, chi/float64(len(counts)-1))
}
