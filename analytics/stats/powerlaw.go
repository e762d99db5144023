package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ModifiedGrowth is the power law with modified likelihood estimates.
type ModifiedGrowth struct {
	Beta, Lambda, MTBF float64
	Ends               Interval // of MTBF, approximate
}

// PowerLaw fits failures seen until end with the estimates and the approximate interval of NIST/SEMATECH e-Handbook
// 8.4.5.2. All is NaN below two failures.
func PowerLaw(times []float64, end, level float64) ModifiedGrowth {
	r, z := float64(len(times)), normalQuantile(1-(1-level)/2)
	m := ModifiedGrowth{Beta: (r - 1) / logSum(times, end)}
	if r < 2 {
		m.Beta = math.NaN()
	}
	m.Lambda = r / math.Pow(end, m.Beta)
	m.MTBF = end / (r * m.Beta)
	low := r + z*z/4 + math.Sqrt(r*z*z/2+z*z*z*z/16)
	high := r - z*math.Sqrt(r/2)
	m.Ends = Interval{m.MTBF * r * (r - 1) / (low * low), m.MTBF * r * (r - 1) / (high * high)}
	if high <= 0 {
		m.Ends.High = math.Inf(1)
	}
	return m
}

// GroupedGrowth is the power law fitted to counts in intervals.
type GroupedGrowth struct {
	Beta, Lambda float64
	Expected     []float64 // count of each interval
	MTBF         float64   // at the end
	LastMTBF     float64   // length of the last interval by its expected count
	ChiSquare    float64   // of the counts against Expected, without pooling; trust P where these are 5 or more
	DF           int
	P            float64
}

// CrowGrouped fits counts of failures in intervals that end at ends, ascending, the first beginning at 0 (MIL-HDBK-189).
// All is NaN when nothing was counted or there is one interval alone.
func CrowGrouped(ends, counts []float64) GroupedGrowth {
	nan := math.NaN()
	total, k := sum(counts), len(ends)
	if total == 0 || k < 2 {
		return GroupedGrowth{nan, nan, nil, nan, nan, nan, 0, nan}
	}
	end := ends[k-1]
	score := func(b float64) float64 { // falls in b
		so, before := 0.0, 0.0
		for i, at := range ends {
			at /= end
			hi, lo := math.Pow(at, b), math.Pow(before, b)
			logs := hi * math.Log(at)
			if before > 0 {
				logs -= lo * math.Log(before)
			}
			so += counts[i] * logs / (hi - lo)
			before = at
		}
		return so
	}
	g := GroupedGrowth{DF: k - 2}
	g.Beta = bisectLog(1e-6, 1e3, func(b float64) bool { return score(b) <= 0 })
	g.Lambda = total / math.Pow(end, g.Beta)
	before := 0.0
	for i, at := range ends {
		e := g.Lambda * (math.Pow(at, g.Beta) - math.Pow(before, g.Beta))
		g.Expected = append(g.Expected, e)
		g.ChiSquare += (counts[i] - e) * (counts[i] - e) / e
		g.LastMTBF, before = (at-before)/e, at
	}
	g.MTBF = end / (total * g.Beta)
	g.P = nan
	if g.DF > 0 {
		g.P = distuv.ChiSquared{K: float64(g.DF)}.Survival(g.ChiSquare)
	}
	return g
}

// Observed is one of several like things, with the times of its failures from its own beginning until End.
type Observed struct {
	Times []float64
	End   float64
}

// CrowSeveral fits one power law to several things (Crow 1975): N/β + Σ ln t − N·Σ T^β ln T / Σ T^β = 0. Both are NaN without
// failures, or when likelihood grows without end.
func CrowSeveral(things []Observed) (beta, lambda float64, n int) {
	logs, longest := 0.0, 0.0
	for _, x := range things {
		n += len(x.Times)
		longest = math.Max(longest, x.End)
		for _, t := range x.Times {
			logs += math.Log(t)
		}
	}
	if n == 0 {
		return math.NaN(), math.NaN(), 0
	}
	N := float64(n)
	powers := func(b float64) (so, weighted float64) { // of End/longest, so that nothing overflows
		for _, x := range things {
			p := math.Pow(x.End/longest, b)
			so, weighted = so+p, weighted+p*math.Log(x.End)
		}
		return so, weighted
	}
	const most = 1e3
	beta = bisectLog(1e-6, most, func(b float64) bool {
		so, weighted := powers(b)
		return N/b+logs-N*weighted/so <= 0
	})
	if beta >= most*(1-1e-9) {
		return math.NaN(), math.NaN(), n
	}
	so, _ := powers(beta)
	return beta, N / (so * math.Pow(longest, beta)), n
}
