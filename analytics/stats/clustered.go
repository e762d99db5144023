package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// DispersionP returns the chance that Poisson counts vary as much within the series as these, or more, when each series
// has a rate of its own: the dispersion statistics of the series and their degrees of freedom are added (Fisher
// 1950). It is NaN when no series has two counts and an event.
func DispersionP(series ...[]int) float64 {
	chi, df := 0.0, 0
	for _, counts := range series {
		if d := Disperse(counts); !math.IsNaN(d.ChiSquare) {
			chi, df = chi+d.ChiSquare, df+d.DF
		}
	}
	if df == 0 {
		return math.NaN()
	}
	return distuv.ChiSquared{K: float64(df)}.Survival(chi)
}

// ClusteredRatio compares two rates of events that come in clusters. inflation is by how much the variance of each count
// exceeds that of a Poisson count: 1 + mean/size of negative binomial counts, so that the logarithm of a count has
// the variance inflation/count (delta method; Hilbe, Negative Binomial Regression, 2011). The interval is normal on the
// logarithm of the ratio. Where a count is 0 that has no variance: then the events of the other period, divided
// by its inflation, are compared as Poisson counts. With both inflations at 1 it comes close to RateRatio.
func ClusteredRatio(count1 int, exposure1, inflation1 float64, count2 int, exposure2, inflation2, level float64) Change {
	if count1 == 0 || count2 == 0 {
		few := func(n int, by float64) int { return int(math.Ceil(float64(n) / by)) }
		c := RateRatio(few(count1, inflation1), exposure1, few(count2, inflation2), exposure2, level)
		c.Ratio = (float64(count1) / exposure1) / (float64(count2) / exposure2)
		return c
	}
	x, y := float64(count1), float64(count2)
	ratio := (x / exposure1) / (y / exposure2)
	se := math.Sqrt(inflation1/x + inflation2/y)
	half := normalQuantile(1-(1-level)/2) * se
	z := math.Log(ratio) / se
	c := Change{Ratio: ratio, Interval: Interval{ratio * math.Exp(-half), ratio * math.Exp(half)}, PLess: normalCDF(z), PGreater: normalCDF(-z)}
	c.PDoubled = math.Min(1, 2*math.Min(c.PLess, c.PGreater))
	c.PMinLike = c.PDoubled
	return c
}

// NormalP returns the two-sided chance of a standard normal value as far from 0 as z.
func NormalP(z float64) float64 { return 2 * normalCDF(-math.Abs(z)) }
