package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson returns the score interval of a share, successes out of n (Wilson, Probable Inference,
// 1927). It never leaves [0, 1] and has a width even at 0 and 1. It is NaN for n = 0.
func Wilson(successes, n int, level float64) Interval {
	if n == 0 {
		return Interval{math.NaN(), math.NaN()}
	}
	z := normalQuantile(1 - (1-level)/2)
	N := float64(n)
	p := float64(successes) / N
	centre := (p + z*z/(2*N)) / (1 + z*z/N)
	half := z / (1 + z*z/N) * math.Sqrt(p*(1-p)/N+z*z/(4*N*N))
	in := Interval{centre - half, centre + half}
	// At the ends the formula gives exactly 0 and 1, but for rounding.
	if successes == 0 {
		in.Low = 0
	}
	if successes == n {
		in.High = 1
	}
	return in
}

// ClopperPearson returns the exact interval of a share (Clopper and Pearson 1934).
// It is NaN for n = 0.
func ClopperPearson(successes, n int, level float64) Interval {
	if n == 0 {
		return Interval{math.NaN(), math.NaN()}
	}
	tail := (1 - level) / 2
	x, N := float64(successes), float64(n)
	in := Interval{0, 1}
	if successes > 0 {
		in.Low = mathext.InvRegIncBeta(x, N-x+1, tail)
	}
	if successes < n {
		in.High = mathext.InvRegIncBeta(x+1, N-x, 1-tail)
	}
	return in
}

func normalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

func normalCDF(z float64) float64 { return distuv.UnitNormal.CDF(z) }
