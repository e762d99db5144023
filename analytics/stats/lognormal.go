package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// LogNormal is a log-normal law fitted to durations, and how well it fits.
type LogNormal struct {
	N               int
	Mu, Sigma       float64 // of the logarithms; Sigma with divisor n − 1
	SigmaLikeliest  float64 // with divisor n
	Median          float64 // geometric mean
	MedianEnds      Interval
	MeanLikeliest   float64
	Mean            float64 // exp(Mu + Sigma²/2)
	MeanEnds        Interval
	LogLikelihood   float64
	AndersonDarling float64 // A², of the normality of the logarithms with both parameters estimated
	Adjusted        float64 // A² · (1 + 0.75/n + 2.25/n²)
	P               float64 // D'Agostino and Stephens (1986), table 4.9; small: not log-normal
}

// FitLogNormal fits values above 0, in any order. The median's interval is that of t on the logarithms, the mean's the modified Cox
// interval with t (Olsson, Confidence Intervals for the Mean of a Log-Normal Distribution, 2005). All is NaN below two
// values or when one is not above 0, and the goodness of fit when all are equal.
func FitLogNormal(values []float64, level float64) LogNormal {
	nan := math.NaN()
	f := LogNormal{N: len(values)}
	y := slices.Sorted(slices.Values(logs(values)))
	if len(y) < 2 || !(slices.Min(values) > 0) {
		none := Interval{nan, nan}
		return LogNormal{f.N, nan, nan, nan, nan, none, nan, nan, none, nan, nan, nan, nan}
	}
	n := float64(len(y))
	f.Mu, f.Sigma = Mean(y), StandardDeviation(y)
	f.SigmaLikeliest = f.Sigma * math.Sqrt((n-1)/n)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(1 - (1-level)/2)
	v := f.Sigma * f.Sigma
	around := func(centre, half float64) Interval { return Interval{math.Exp(centre - half), math.Exp(centre + half)} }
	f.Median, f.MedianEnds = math.Exp(f.Mu), around(f.Mu, t*f.Sigma/math.Sqrt(n))
	f.Mean, f.MeanLikeliest = math.Exp(f.Mu+v/2), math.Exp(f.Mu+f.SigmaLikeliest*f.SigmaLikeliest/2)
	f.MeanEnds = around(f.Mu+v/2, t*math.Sqrt(v/n+v*v/(2*(n-1))))
	f.LogLikelihood = -n*math.Log(f.SigmaLikeliest) - n/2*math.Log(2*math.Pi) - n/2 - sum(y)
	f.AndersonDarling = andersonDarling(y, f.Mu, f.Sigma)
	f.Adjusted = f.AndersonDarling * (1 + 0.75/n + 2.25/(n*n))
	f.P = andersonDarlingP(f.Adjusted)
	return f
}

// Quantile returns the p-quantile of the fitted law.
func (f LogNormal) Quantile(p float64) float64 { return math.Exp(f.Mu + normalQuantile(p)*f.Sigma) }

// andersonDarling returns A² of sorted values against a normal law.
func andersonDarling(sorted []float64, mu, sigma float64) float64 {
	n, so := len(sorted), 0.0
	for i, v := range sorted {
		low := math.Log(normalCDF((v - mu) / sigma))
		high := math.Log(normalCDF(-(sorted[n-1-i] - mu) / sigma))
		so += (2*float64(i+1) - 1) * (low + high)
	}
	return -float64(n) - so/float64(n)
}

// andersonDarlingP returns the chance of so large an adjusted A² of normal values.
func andersonDarlingP(a float64) float64 {
	switch {
	case a < 0.2:
		return 1 - math.Exp(-13.436+101.14*a-223.73*a*a)
	case a < 0.34:
		return 1 - math.Exp(-8.318+42.796*a-59.938*a*a)
	case a < 0.6:
		return math.Exp(0.9177 - 4.279*a - 1.38*a*a)
	case a < 10:
		return math.Exp(1.2937 - 5.709*a + 0.0186*a*a)
	case math.IsNaN(a):
		return math.NaN()
	}
	return 3.7e-24
}
