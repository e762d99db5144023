package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Growth is a power-law process fitted to the failures of a repairable thing (Crow 1975; MIL-HDBK-189; IEC 61164): λ·t^β of them
// are expected by time t. A β below 1 is improvement. It presumes that the process began at time 0; for a thing
// older than its record β depends on where that was cut.
type Growth struct {
	N          int
	Beta       float64 // greatest likelihood
	Lambda     float64
	Unbiased   float64 // β without bias
	BetaEnds   Interval
	Intensity  float64 // failures per unit of time at the end
	MTBF       float64 // 1 / Intensity
	MTBFEnds   Interval
	Cumulative float64 // time / failures
	// CvM is the Cramér-von Mises distance of the times from the law, of M of them: large ones do not fit.
	CvM      float64
	M        int
	PNoTrend float64 // two-sided chance of such a β without growth
	end      float64
}

// CrowAMSAA fits the times of failures, ascending and counted from the beginning. atFailure says that observation stopped
// at the last failure, otherwise at end. Intervals have the given level; that of the MTBF is exact (Crow 1982). All is NaN
// but N and Cumulative when there are too few failures.
func CrowAMSAA(times []float64, end float64, atFailure bool, level float64) Growth {
	n := len(times)
	free := n // failures whose times are free
	if atFailure && n > 0 {
		end, free = times[n-1], n-1
	}
	N, logs := float64(n), logSum(times[:free], end)
	g := Growth{N: n, M: free, end: end, Beta: N / logs, Cumulative: end / N}
	if free == 0 || logs == 0 {
		nan := math.NaN()
		return Growth{n, nan, nan, nan, Interval{nan, nan}, nan, nan, Interval{nan, nan}, end / N, nan, free, nan, end}
	}
	g.Unbiased = g.Beta * (N - 1) / N
	if atFailure {
		g.Unbiased = g.Beta * (N - 2) / N
	}
	g.Lambda = N / math.Pow(end, g.Beta)
	g.Intensity, g.MTBF = N*g.Beta/end, end/(N*g.Beta)
	law, tail := distuv.ChiSquared{K: 2 * float64(free)}, (1-level)/2
	g.BetaEnds = Interval{g.Beta * law.Quantile(tail) / (2 * N), g.Beta * law.Quantile(1-tail) / (2 * N)}
	g.PNoTrend = math.Min(1, 2*math.Min(law.CDF(2*logs), law.Survival(2*logs)))
	g.CvM = cramerVonMises(times[:free], end, g.Unbiased)
	g.MTBFEnds = g.mtbfAtTime(tail)
	if atFailure {
		g.MTBFEnds = g.mtbfAtFailure(tail)
	}
	return g
}

func logSum(times []float64, end float64) float64 {
	so := 0.0
	for _, t := range times {
		so += math.Log(end / t)
	}
	return so
}

func cramerVonMises(times []float64, end, beta float64) float64 {
	m := float64(len(times))
	so := 1 / (12 * m)
	for i, t := range times {
		off := math.Pow(t/end, beta) - (2*float64(i+1)-1)/(2*m)
		so += off * off
	}
	return so
}

// Next returns how many failures are expected within horizon after the end.
func (g Growth) Next(horizon float64) float64 {
	return g.Lambda * (math.Pow(g.end+horizon, g.Beta) - math.Pow(g.end, g.Beta))
}

// mtbfAtFailure: true MTBF by estimated is n² over the product of two independent gamma variates of shapes n and n − 1.
func (g Growth) mtbfAtFailure(tail float64) Interval {
	n := float64(g.N)
	product := func(y float64) float64 { return gammaProductCDF(n, n-1, y) }
	at := func(p float64) float64 {
		return bisectLog(1e-12, 16*n*n+1e4, func(y float64) bool { return product(y) >= p })
	}
	return Interval{g.MTBF * n * n / at(1-tail), g.MTBF * n * n / at(tail)}
}

// gammaProductCDF returns the chance that the product of gamma variates of shapes a and b is at most y: the integral of one
// law over the other, on a logarithmic scale where the trapezoidal rule converges fast.
func gammaProductCDF(a, b, y float64) float64 {
	first := distuv.Gamma{Alpha: a, Beta: 1}
	second := distuv.Gamma{Alpha: b, Beta: 1}
	low, high := math.Log(second.Quantile(1e-16)), math.Log(second.Quantile(1-1e-15))+0.5
	const steps = 400
	h, so := (high-low)/steps, 0.0
	for i := range steps + 1 {
		x := math.Exp(low + float64(i)*h)
		so += first.CDF(y/x) * second.Prob(x) * x
	}
	return so * h
}

// mtbfAtTime: given the sum of logarithms, the chance of k failures is in proportion to x^k / (k! (k−1)!), where x is n² by true
// MTBF over estimated.
func (g Growth) mtbfAtTime(tail float64) Interval {
	n := float64(g.N)
	far := 40*n*n + 1e4
	most := bisectLog(1e-12, far, func(x float64) bool { return failuresUpTo(g.N, x) <= tail })
	least := bisectLog(1e-12, far, func(x float64) bool { return 1-failuresUpTo(g.N-1, x) >= tail })
	in := Interval{g.MTBF * n * n / most, g.MTBF * n * n / least}
	if g.N == 1 { // one or more failures are certain
		in.High = math.Inf(1)
	}
	return in
}

// failuresUpTo returns the chance of at most n failures in that law.
func failuresUpTo(n int, x float64) float64 {
	mode := math.Max(1, math.Floor(math.Sqrt(x)))
	weight := func(k float64) float64 {
		a, _ := math.Lgamma(k + 1)
		b, _ := math.Lgamma(k)
		return k*math.Log(x) - a - b
	}
	top := weight(mode)
	var upTo, all float64
	last := mode + 12*math.Sqrt(mode) + 40
	for k := math.Max(1, mode-12*math.Sqrt(mode)-40); k <= last; k++ {
		w := math.Exp(weight(k) - top)
		all += w
		if k <= float64(n) {
			upTo += w
		}
	}
	return upTo / all
}

// bisectLog is bisect for values of unknown size.
func bisectLog(low, high float64, reached func(float64) bool) float64 {
	return math.Exp(bisect(math.Log(low), math.Log(high), func(x float64) bool { return reached(math.Exp(x)) }))
}
