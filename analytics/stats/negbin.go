package stats

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// NegBin is the negative binomial distribution of a count with mean Mu and variance Mu + Mu²/Size: Poisson counts whose
// rate varies by a gamma law. Size may be fractional.
type NegBin struct{ Size, Mu float64 }

// LogProb returns the logarithm of the chance of exactly k.
func (d NegBin) LogProb(k int) float64 {
	x := float64(k)
	a, _ := math.Lgamma(x + d.Size)
	b, _ := math.Lgamma(d.Size)
	c, _ := math.Lgamma(x + 1)
	out := a - b - c - d.Size*math.Log1p(d.Mu/d.Size)
	if k > 0 {
		out += x * math.Log(d.Mu/(d.Mu+d.Size))
	}
	return out
}

// CDF returns the chance of at most k.
func (d NegBin) CDF(k int) float64 {
	if k < 0 {
		return 0
	}
	return mathext.RegIncBeta(d.Size, float64(k)+1, d.Size/(d.Size+d.Mu))
}

// Upper returns the chance of at least k.
func (d NegBin) Upper(k int) float64 {
	if k <= 0 {
		return 1
	}
	return mathext.RegIncBeta(float64(k), d.Size, d.Mu/(d.Size+d.Mu))
}

// Quantile returns the least k with a chance of at least p of at most k.
func (d NegBin) Quantile(p float64) int { return leastCount(p, d.Mu, d.CDF) }

// poissonQuantile is Quantile of a Poisson count.
func poissonQuantile(mu, p float64) int {
	if mu == 0 {
		return 0
	}
	return leastCount(p, mu, func(k int) float64 { return distuv.Poisson{Lambda: mu}.CDF(float64(k)) })
}

// leastCount returns the least k whose cdf reaches p, looking first around near.
func leastCount(p, near float64, cdf func(int) float64) int {
	high := int(near) + 1
	for cdf(high) < p {
		high *= 2
	}
	return sort.Search(high, func(k int) bool { return cdf(k) >= p*(1-1e-13) })
}

// Dispersion says whether counts vary as Poisson counts do.
type Dispersion struct {
	Mean, Variance float64 // sample variance, divisor n − 1
	Index          float64 // Variance / Mean: 1 for Poisson counts
	ChiSquare      float64 // (n − 1) · Index, chi-square with DF degrees of freedom for Poisson counts (Fisher 1950)
	DF             int
	P              float64 // chance of so much variance, or more, of Poisson counts
	Poisson        float64 // log-likelihood of a Poisson law
	// Fit is the negative binomial law of greatest likelihood, Likelihood its logarithm; both are NaN when the
	// variance does not exceed the mean, for then a Poisson law is all that can be told.
	Fit        NegBin
	Likelihood float64
}

// Disperse measures counts of equal exposure. All is NaN below two counts or when none is above 0.
func Disperse(counts []int) Dispersion {
	values := make([]float64, len(counts))
	for i, c := range counts {
		values[i] = float64(c)
	}
	nan := math.NaN()
	d := Dispersion{Mean: Mean(values), Variance: math.Pow(StandardDeviation(values), 2), DF: len(counts) - 1, Fit: NegBin{nan, nan}, Likelihood: nan}
	if d.DF < 1 || d.Mean == 0 {
		d.Index, d.ChiSquare, d.P, d.Poisson = nan, nan, nan, nan
		return d
	}
	d.Index = d.Variance / d.Mean
	d.ChiSquare = d.Index * float64(d.DF)
	d.P = distuv.ChiSquared{K: float64(d.DF)}.Survival(d.ChiSquare)
	for _, x := range values {
		d.Poisson += distuv.Poisson{Lambda: d.Mean}.LogProb(x)
	}
	if d.Variance > d.Mean {
		d.fit(counts)
	}
	return d
}

// fit finds the size at which the likelihood is greatest; the mean of the counts is that of the law.
func (d *Dispersion) fit(counts []int) {
	// The derivative of the likelihood by the size, with differences of digamma written out as sums (Anscombe 1950).
	score := func(size float64) float64 {
		sum := -float64(len(counts)) * math.Log1p(d.Mean/size)
		for _, c := range counts {
			for j := range c {
				sum += 1 / (size + float64(j))
			}
		}
		return sum
	}
	const least, most = 1e-6, 1e9
	size := bisect(least, most, func(s float64) bool { return score(s) <= 0 })
	if size >= most*(1-1e-9) {
		return // as good as Poisson
	}
	d.Fit, d.Likelihood = NegBin{size, d.Mean}, 0
	for _, c := range counts {
		d.Likelihood += d.Fit.LogProb(c)
	}
}
