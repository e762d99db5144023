package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Garwood returns the exact interval of the expected number of events when count were seen
// (Garwood, Fiducial Limits for the Poisson Distribution, 1936). Divide by the exposure for a rate. At
// count 0 its lower bound is 0.
func Garwood(count int, level float64) Interval {
	tail := (1 - level) / 2
	in := Interval{0, chiSquareQuantile(1-tail, 2*count+2) / 2}
	if count > 0 {
		in.Low = chiSquareQuantile(tail, 2*count) / 2
	}
	return in
}

// PoissonUpper returns the one-sided upper bound of the expected number of events: 3.0 at count 0 and 95 %
// ("rule of three").
func PoissonUpper(count int, level float64) float64 {
	return chiSquareQuantile(level, 2*count+2) / 2
}

// PoissonMidP returns the mid-P interval of the expected number of events (Lancaster 1961): narrower
// than Garwood's, with the stated level on average rather than at least.
func PoissonMidP(count int, level float64) Interval {
	tail := (1 - level) / 2
	midp := func(mu float64) float64 { // P(X < count) + P(X = count)/2, falling in mu
		p := distuv.Poisson{Lambda: mu}
		return p.CDF(float64(count)) - p.Prob(float64(count))/2
	}
	far := Garwood(count, level).High*2 + 10
	in := Interval{0, bisect(0, far, func(mu float64) bool { return midp(mu) <= tail })}
	if count > 0 {
		in.Low = bisect(0, far, func(mu float64) bool { return midp(mu) <= 1-tail })
	}
	return in
}

// Change is how a rate changed: Ratio is the first rate divided by the second. The p-values test the
// hypothesis that both are equal.
type Change struct {
	Ratio    float64 // NaN when neither period has an event, +Inf when the second has none
	Interval Interval
	// PLess and PGreater are one-sided: small when the first rate is the smaller, the greater one.
	PLess, PGreater float64
	// PDoubled is twice the smaller of both, at most 1. PMinLike adds the outcomes that are no
	// likelier than the one seen, as binom.test of R.
	PDoubled, PMinLike float64
}

// RateRatio compares two Poisson rates, given the total (Przyborowski and Wilenski 1940): the first count
// is then binomial, and the interval is Clopper and Pearson's, transformed. Exposures are in any
// unit, the same for both, and above 0.
func RateRatio(count1 int, exposure1 float64, count2 int, exposure2, level float64) Change {
	total := count1 + count2
	p0 := exposure1 / (exposure1 + exposure2)
	b := distuv.Binomial{N: float64(total), P: p0}
	c := Change{Ratio: (float64(count1) / exposure1) / (float64(count2) / exposure2)}
	share := ClopperPearson(count1, total, level)
	odds := func(p float64) float64 { return p / (1 - p) * exposure2 / exposure1 }
	c.Interval = Interval{odds(share.Low), odds(share.High)}
	c.PLess = b.CDF(float64(count1))
	c.PGreater = 1 - below(b, count1)
	c.PDoubled = math.Min(1, 2*math.Min(c.PLess, c.PGreater))
	seen := b.Prob(float64(count1)) * (1 + 1e-7) // as R, so that equals count as equal
	for k := 0; k <= total; k++ {
		if q := b.Prob(float64(k)); q <= seen {
			c.PMinLike += q
		}
	}
	c.PMinLike = math.Min(1, c.PMinLike)
	return c
}

// Failures is an estimate of the mean time between failures.
type Failures struct {
	Mean     float64  // total time / failures; NaN without failures
	Interval Interval // two-sided; without failures only its lower side is bounded
	Lower    float64  // one-sided lower bound
}

// MTBF returns the mean time between failures of a repairable system with its chi-square
// interval (NIST/SEMATECH e-Handbook 8.4.5.1). total is operating time, in any unit. atFailure says that
// observation stopped at the last failure; otherwise it stopped at a time fixed beforehand.
func MTBF(total float64, failures int, level float64, atFailure bool) Failures {
	alpha := 1 - level
	df := 2*failures + 2
	if atFailure {
		df = 2 * failures
	}
	f := Failures{Mean: math.NaN(), Interval: Interval{0, math.Inf(1)}}
	if df > 0 {
		f.Interval.Low = 2 * total / chiSquareQuantile(1-alpha/2, df)
		f.Lower = 2 * total / chiSquareQuantile(1-alpha, df)
	}
	if failures > 0 {
		f.Mean = total / float64(failures)
		f.Interval.High = 2 * total / chiSquareQuantile(alpha/2, 2*failures)
	}
	return f
}

func chiSquareQuantile(p float64, df int) float64 {
	return distuv.ChiSquared{K: float64(df)}.Quantile(p)
}

// bisect returns the point in [low, high] from which on reached holds, to the last digit or two.
func bisect(low, high float64, reached func(float64) bool) float64 {
	for range 200 {
		mid := low + (high-low)/2
		if mid == low || mid == high {
			break
		}
		if reached(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
