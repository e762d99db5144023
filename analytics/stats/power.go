package stats

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// RatioSample says how many values each of two samples needs to show that durations were multiplied by
// a ratio, for log-normal durations.
type RatioSample struct {
	Normal  int     // t-test on logarithms, normal approximation
	Exact   int     // t-test on logarithms, noncentral t
	Noether int     // Mann-Whitney test (Noether 1987)
	Less    float64 // P(x < y) that the ratio means
}

// SampleForRatio returns the sizes for a two-sided test at alpha with the given power. sigma is the standard
// deviation of the logarithms, ratio is not 1.
func SampleForRatio(sigma, ratio, alpha, power float64) RatioSample {
	z := normalQuantile(1-alpha/2) + normalQuantile(power)
	delta := math.Abs(math.Log(ratio)) / sigma
	s := RatioSample{Less: normalCDF(delta / math.Sqrt2)}
	s.Normal = int(math.Ceil(2 * z * z / (delta * delta)))
	s.Noether = int(math.Ceil(z * z / (6 * (s.Less - 0.5) * (s.Less - 0.5))))
	s.Exact = max(2, s.Normal-2)
	for PowerOfRatio(s.Exact, s.Exact, sigma, ratio, alpha) < power {
		s.Exact++
	}
	return s
}

// PowerOfRatio returns how likely a two-sided t-test on logarithms sees that durations were multiplied by ratio.
// Both samples have at least two values.
func PowerOfRatio(n1, n2 int, sigma, ratio, alpha float64) float64 {
	df := float64(n1 + n2 - 2)
	shift := math.Abs(math.Log(ratio)) / (sigma * math.Sqrt(1/float64(n1)+1/float64(n2)))
	critical := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1 - alpha/2)
	return 1 - noncentralT(critical, df, shift) + noncentralT(-critical, df, shift)
}

// PowerOfRatioNormal is PowerOfRatio by the normal approximation.
func PowerOfRatioNormal(n1, n2 int, sigma, ratio, alpha float64) float64 {
	shift := math.Abs(math.Log(ratio)) / (sigma * math.Sqrt(1/float64(n1)+1/float64(n2)))
	z := normalQuantile(1 - alpha/2)
	return normalCDF(shift-z) + normalCDF(-shift-z)
}

// noncentralT returns P(T ≤ t) for a noncentral t variable: the mean of Φ(t·s − shift) over
// s = √(χ²/df), by Gauss-Legendre quadrature.
func noncentralT(t, df, shift float64) float64 {
	chi := distuv.ChiSquared{K: df}
	low, high := math.Sqrt(chi.Quantile(1e-14)/df), math.Sqrt(chi.Quantile(1-1e-14)/df)
	return quad.Fixed(func(s float64) float64 {
		return normalCDF(t*s-shift) * chi.Prob(s*s*df) * 2 * s * df
	}, low, high, 200, nil, 0)
}

// VisibleRatio returns the smallest reduction, as a ratio below 1, that a two-sided test at alpha on the
// logarithms of n1 and n2 durations sees with the given power (normal approximation). Its inverse is the
// smallest increase.
func VisibleRatio(n1, n2 int, sigma, alpha, power float64) float64 {
	z := normalQuantile(1-alpha/2) + normalQuantile(power)
	return math.Exp(-z * sigma * math.Sqrt(1/float64(n1)+1/float64(n2)))
}

// PowerOfRates returns how likely the exact conditional test sees the difference of two Poisson
// counts with the expected values mu1 and mu2 over equal periods.
func PowerOfRates(mu1, mu2, alpha float64) float64 {
	a, b := distuv.Poisson{Lambda: mu1}, distuv.Poisson{Lambda: mu2}
	var power float64
	for x := 0; x <= far(mu1); x++ {
		px := a.Prob(float64(x))
		for y := 0; y <= far(mu2); y++ {
			if differs(x, y, alpha) {
				power += px * b.Prob(float64(y))
			}
		}
	}
	return power
}

// far returns a count that a Poisson variable with mean mu never reaches in practice.
func far(mu float64) int { return int(mu + 10*math.Sqrt(mu) + 20) }

// differs reports whether twice the smaller tail of the conditional test is at most alpha.
func differs(x, y int, alpha float64) bool {
	b := distuv.Binomial{N: float64(x + y), P: 0.5}
	return 2*b.CDF(float64(min(x, y))) <= alpha
}

// VisibleRateDrop returns the smallest drop of a rate, as a ratio below 1, that two counts show at the
// two-sided alpha with the given power: before events are expected over exposure 1, and the later
// period has the given exposure. It uses the root that stabilises the variance of counts (Huffman 1984) with a
// continuity correction of half an event, and agrees with the exact test to about a hundredth. It is 0
// when not even a drop to nothing would be seen.
func VisibleRateDrop(before, exposure, alpha, power float64) float64 {
	root := math.Sqrt(math.Max(0, before-0.5)) - rootGap(exposure, alpha, power)
	if root < 0 {
		return 0
	}
	return math.Max(0, root*root-0.5/exposure) / before
}

// VisibleRateRise is VisibleRateDrop for the smallest increase, as a ratio above 1.
func VisibleRateRise(before, exposure, alpha, power float64) float64 {
	root := math.Sqrt(before+0.5) + rootGap(exposure, alpha, power)
	return (root*root + 0.5/exposure) / before
}

// rootGap returns how far the roots of two rates must lie apart: the variance of the root of a count is
// 1/4.
func rootGap(exposure, alpha, power float64) float64 {
	z := normalQuantile(1-alpha/2) + normalQuantile(power)
	return z / 2 * math.Sqrt(1+1/exposure)
}
