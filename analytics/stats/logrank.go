package stats

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// LogRank compares how long groups last where some are still going on.
type LogRank struct {
	N        []int     // of each group
	Observed []int     // ended
	Expected []float64 // to end, were all groups alike
	Chi      float64   // chi-square with DF degrees of freedom then; NaN when it cannot be computed
	DF       int
	P        float64
}

// CompareSurvival runs the log-rank test (Mantel 1966; Peto and Peto 1972). group[i], from 0 to groups − 1, is that of times[i],
// and ended[i] says whether it is final.
func CompareSurvival(times []float64, ended []bool, group []int, groups int) LogRank {
	r := LogRank{N: make([]int, groups), Observed: make([]int, groups), Expected: make([]float64, groups), DF: groups - 1, Chi: math.NaN(), P: math.NaN()}
	order := ascending(times)
	risk := make([]float64, groups)
	for _, g := range group {
		r.N[g]++
		risk[g]++
	}
	spread := mat.NewDense(max(1, groups), max(1, groups), nil)
	for i := 0; i < len(order); {
		t, over, left := times[order[i]], make([]float64, groups), make([]float64, groups)
		for ; i < len(order) && times[order[i]] == t; i++ {
			g := group[order[i]]
			left[g]++
			if ended[order[i]] {
				over[g]++
				r.Observed[g]++
			}
		}
		r.step(risk, sum(over), spread)
		for g := range risk {
			risk[g] -= left[g]
		}
	}
	r.test(spread)
	return r
}

// step adds what is expected at an instant at which d of those at risk ended, and its covariance.
func (r *LogRank) step(risk []float64, d float64, spread *mat.Dense) {
	n := sum(risk)
	for a, x := range risk {
		r.Expected[a] += d * x / n
		for b, y := range risk {
			if n < 2 {
				continue
			}
			same := 0.0
			if a == b {
				same = 1
			}
			spread.Set(a, b, spread.At(a, b)+d*(n-d)/(n-1)*x/n*(same-y/n))
		}
	}
}

// test solves for the statistic over all groups but the last, which the others determine.
func (r *LogRank) test(spread *mat.Dense) {
	if r.DF < 1 {
		return
	}
	off := mat.NewVecDense(r.DF, nil)
	for g := range r.DF {
		off.SetVec(g, float64(r.Observed[g])-r.Expected[g])
	}
	var solved mat.VecDense
	if solved.SolveVec(spread.Slice(0, r.DF, 0, r.DF), off) != nil {
		return
	}
	r.Chi = mat.Dot(off, &solved)
	r.P = distuv.ChiSquared{K: float64(r.DF)}.Survival(r.Chi)
}
