package stats

import "math"

// MeanABC returns the ABC interval of the mean: what BCa comes to for ever more replicates, to second order, without drawing any
// (DiCiccio and Efron 1992; Efron and Tibshirani 1993, section 14.4). The mean is linear in the data, so that its bias is
// none and its correction is the acceleration. It is the mean itself twice where all values are equal, NaN below two.
func MeanABC(values []float64, level float64) Interval {
	n := float64(len(values))
	if n < 2 {
		return Interval{Low: math.NaN(), High: math.NaN()}
	}
	mean, squares, cubes := Mean(values), 0.0, 0.0
	for _, v := range values {
		off := v - mean
		squares += off * off
		cubes += off * off * off
	}
	if squares == 0 {
		return Interval{Low: mean, High: mean}
	}
	a, error := cubes/(6*math.Pow(squares, 1.5)), math.Sqrt(squares)/n
	end := func(p float64) float64 {
		w := a + normalQuantile(p)
		return mean + error*w/((1-a*w)*(1-a*w))
	}
	return Interval{Low: end((1 - level) / 2), High: end((1 + level) / 2)}
}
