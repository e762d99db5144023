package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Predict returns the law of a count over horizon when total were counted over exposure, the same unit: a Poisson rate that
// is known no better than that, by Jeffreys' prior. Its mean is (total + ½) · horizon / exposure.
func Predict(total int, exposure, horizon float64) NegBin {
	size := float64(total) + 0.5
	return NegBin{size, size * horizon / exposure}
}

// Range returns the least and the greatest count between which a count of this law falls with the given level.
func (d NegBin) Range(level float64) (low, high int) {
	tail := (1 - level) / 2
	return d.Quantile(tail), d.Quantile(1 - tail)
}

// PoissonRange is Range of a Poisson law whose mean is known.
func PoissonRange(mu, level float64) (low, high int) {
	tail := (1 - level) / 2
	return poissonQuantile(mu, tail), poissonQuantile(mu, 1-tail)
}

// Unusual says how odd a count is beside what was counted before.
type Unusual struct {
	Expected     float64 // by the rate before
	Plugin       float64 // chance of so many or more if that rate were known exactly: too small
	Upper, Lower float64 // chance of so many or more, and of so many or fewer, the rate being uncertain
	Threshold    int     // least count with a chance of at most 0.001 of so many or more
}

// CountAnomaly compares count over exposure with a baseline of total over baselineExposure, in one unit. Its numbers are NaN
// when an exposure is not above 0.
func CountAnomaly(total int, baselineExposure float64, count int, exposure float64) Unusual {
	if !(baselineExposure > 0 && exposure > 0) {
		nan := math.NaN()
		return Unusual{nan, nan, nan, nan, 0}
	}
	law := Predict(total, baselineExposure, exposure)
	u := Unusual{Expected: float64(total) * exposure / baselineExposure, Upper: law.Upper(count), Lower: law.CDF(count), Plugin: 1}
	switch {
	case count > 0 && u.Expected == 0:
		u.Plugin = 0
	case count > 0:
		u.Plugin = distuv.Poisson{Lambda: u.Expected}.Survival(float64(count - 1))
	}
	far := 1
	for law.Upper(far) > 0.001 {
		far *= 2
	}
	u.Threshold = sort.Search(far, func(k int) bool { return law.Upper(k) <= 0.001 })
	return u
}

// UChart is a control chart of counts per unit (Shewhart; NIST/SEMATECH e-Handbook 6.3.3.1).
type UChart struct {
	Center  float64
	Upper   []float64 // three standard deviations above, for each count
	Lower   []float64 // below, not under 0
	Outside []int     // positions outside of both, counted from 1
}

// ControlChart returns the chart of counts over units. Its numbers are NaN when there is no unit.
func ControlChart(counts []int, units []float64) UChart {
	total := 0
	for _, c := range counts {
		total += c
	}
	u := UChart{Center: float64(total) / sum(units)}
	for i, c := range counts {
		half := 3 * math.Sqrt(u.Center/units[i])
		u.Upper = append(u.Upper, u.Center+half)
		u.Lower = append(u.Lower, math.Max(0, u.Center-half))
		if x := float64(c) / units[i]; x > u.Upper[i] || x < u.Lower[i] {
			u.Outside = append(u.Outside, i+1)
		}
	}
	return u
}

// Cusum adds up what counts have above k, never below 0.
type Cusum struct {
	K     float64   // reference value between the two rates
	Sums  []float64 // after each count
	Alarm int       // position of the first sum above the limit, counted from 1; 0: none
}

// PoissonCusum watches counts for a rise of their mean from good to bad, and gives alarm above limit (Lucas, Counted
// Data CUSUM's, 1985).
func PoissonCusum(counts []int, good, bad, limit float64) Cusum {
	c := Cusum{K: (bad - good) / (math.Log(bad) - math.Log(good))}
	so := 0.0
	for i, x := range counts {
		so = math.Max(0, so+float64(x)-c.K)
		c.Sums = append(c.Sums, so)
		if c.Alarm == 0 && so > limit {
			c.Alarm = i + 1
		}
	}
	return c
}
