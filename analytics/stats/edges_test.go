package stats_test

import (
	"math"
	"testing"

	"hindsight/analytics/stats"
)

// TestEdges: formulas get what real data hold: nothing, one value, equal values, zeros. They say that there is no number, and do
// not fail.
func TestEdges(t *testing.T) {
	for _, x := range [][]float64{nil, {0}, {1}, {2, 2, 2}, {0, 0, 5}, {1, 2, 3, 4, 5, 6, 7, 8}} {
		counts, ended, group := make([]int, len(x)), make([]bool, len(x)), make([]int, len(x))
		ones := make([]float64, len(x))
		for i, v := range x {
			counts[i], ended[i], ones[i] = int(v), i%2 == 0, 1
		}
		stats.MannKendall(x, 0.95)
		stats.Trending(x, 10, false)
		stats.Trending(x, 10, true)
		stats.CrowAMSAA(x, 10, false, 0.9).Next(1)
		stats.CrowAMSAA(x, 10, true, 0.9).Next(1)
		stats.PowerLaw(x, 10, 0.9)
		stats.CrowGrouped(x, x)
		stats.CrowSeveral([]stats.Observed{{Times: x, End: 10}})
		stats.ChangesOfMean(x, 1, 2)
		stats.ChangesOfRate(x, 1, 2)
		stats.Pettitt(x)
		stats.CusumShift(x)
		stats.EnergySplit(x, 1, 2)
		stats.FitLogNormal(x, 0.95)
		for _, law := range []stats.Law{stats.LogNormalLaw, stats.WeibullLaw, stats.ExponentialLaw} {
			stats.FitCensored(law, x, ended)
			stats.FitCensored(law, x, make([]bool, len(x)))
		}
		stats.CompareSurvival(x, ended, group, 1)
		stats.CompareSurvival(x, ended, group, 2)
		stats.FromReplicates(x, stats.Mean, stats.Resample(x, stats.Mean, 10, 1), 0.95)
		stats.PermutationTest(x, x, stats.Mean, 1)
		stats.Disperse(counts)
		stats.ControlChart(counts, ones)
		stats.PoissonCusum(counts, 1, 2, 3)
		stats.Uniform(counts, ones)
		stats.Rayleigh(x, 24)
		stats.Concentrate(x)
		stats.BenjaminiHochberg(x)
	}
	if u := stats.CountAnomaly(0, 0, 1, 1); !math.IsNaN(u.Upper) {
		t.Errorf("a count beside no baseline is unusual with chance %v", u.Upper)
	}
	if law := stats.Predict(0, 60, 30); law.CDF(0) < 0.8 || law.CDF(0) > 0.83 { // √(60/90), by hand
		t.Errorf("after none in 60 days there is none in 30 with chance %v", law.CDF(0))
	}
	if d := stats.Concentrate([]float64{0, 0}); !math.IsNaN(d.Gini) {
		t.Errorf("the Gini index of nothing is %v", d.Gini)
	}
}
