package stats

import (
	"math"
	"slices"
)

// Law is a family of laws of durations: log T = Intercept + Scale · W.
type Law string

const (
	LogNormalLaw   Law = "lognormal"   // W is standard normal
	WeibullLaw     Law = "weibull"     // W is of least extreme value; its shape is 1/Scale
	ExponentialLaw Law = "exponential" // a Weibull law of Scale 1; its mean is exp(Intercept)
)

// CensoredFit is the likeliest law of a family when some durations are still going on.
type CensoredFit struct {
	Law              Law
	Intercept, Scale float64
	LogLikelihood    float64
	AIC              float64 // 2·parameters − 2·LogLikelihood: the least of several laws fits best
}

// FitCensored fits durations above 0; ended[i] says whether times[i] is final or only the time so far. (As survreg of R.) All
// is NaN when none has ended, or, but for ExponentialLaw, when all that have are equal and none went on longer.
func FitCensored(law Law, times []float64, ended []bool) CensoredFit {
	y, events := logs(times), 0
	var over []float64
	for i, e := range ended {
		if e {
			events++
			over = append(over, y[i])
		}
	}
	nan := math.NaN()
	f := CensoredFit{law, nan, nan, nan, nan}
	if events == 0 || !(slices.Min(times) > 0) {
		return f
	}
	if law != ExponentialLaw && slices.Max(y)-slices.Min(over) < 1e-12 {
		return f
	}
	if law == ExponentialLaw {
		f.Intercept, f.Scale = math.Log(sum(times)/float64(events)), 1
		f.LogLikelihood = likelihood(law, y, ended, f.Intercept, 1)
		f.AIC = 2 - 2*f.LogLikelihood
		return f
	}
	low, high := slices.Min(y)-30, slices.Max(y)+30
	best := func(logScale float64) (float64, float64) {
		return highest(low, high, func(at float64) float64 { return likelihood(law, y, ended, at, math.Exp(logScale)) })
	}
	logScale, value := highest(math.Log(1e-4), math.Log(1e3), func(s float64) float64 { _, v := best(s); return v })
	f.Intercept, _ = best(logScale)
	f.Scale, f.LogLikelihood = math.Exp(logScale), value
	f.AIC = 4 - 2*value
	return f
}

// Quantile returns the p-quantile of the law.
func (f CensoredFit) Quantile(p float64) float64 {
	w := math.Log(-math.Log1p(-p))
	if f.Law == LogNormalLaw {
		w = normalQuantile(p)
	}
	return math.Exp(f.Intercept + f.Scale*w)
}

// likelihood returns the log-likelihood of the logarithms y of durations, as densities of the durations themselves.
func likelihood(law Law, y []float64, ended []bool, at, scale float64) float64 {
	so := 0.0
	for i, v := range y {
		w := (v - at) / scale
		density, survival := w-math.Exp(w), -math.Exp(w)
		if law == LogNormalLaw {
			density, survival = -w*w/2-math.Log(2*math.Pi)/2, logSurvival(w)
		}
		if ended[i] {
			so += density - math.Log(scale) - v
		} else {
			so += survival
		}
	}
	return so
}

// logSurvival returns the logarithm of the chance of a standard normal value above w, also where that is tiny.
func logSurvival(w float64) float64 {
	if w < 30 {
		return math.Log(math.Erfc(w/math.Sqrt2) / 2)
	}
	return -w*w/2 - math.Log(w) - math.Log(2*math.Pi)/2 // Mills' ratio
}

// highest returns where a function with one peak is highest, by golden section, and its value there.
func highest(low, high float64, f func(float64) float64) (at, value float64) {
	const golden = 0.6180339887498949
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := f(a), f(b)
	for high-low > 1e-10*(1+math.Abs(low)) {
		if fa < fb || math.IsInf(fa, -1) && a < (low+high)/2 && math.IsInf(fb, -1) {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = f(b)
		} else {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = f(a)
		}
	}
	at = low + (high-low)/2
	return at, f(at)
}
