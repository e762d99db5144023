package stats

import "math"

// Mean returns the arithmetic mean; NaN for no values.
func Mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// StandardDeviation returns the sample standard deviation (divisor n − 1); NaN below two values.
func StandardDeviation(values []float64) float64 {
	mean := Mean(values)
	var sum float64
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / (float64(len(values)) - 1))
}

// MeanNoise returns the half width of the interval in which the difference of two means lies with the
// given level when nothing has changed, by the normal approximation. It reproduces the simulated noise
// bands of Davidovič, Incident Metrics in SRE (2021).
func MeanNoise(sd, n1, n2, level float64) float64 {
	return normalQuantile(1-(1-level)/2) * sd * math.Sqrt(1/n1+1/n2)
}

// LooksWorse returns the chance that the second of two means is not below the first although every value of the
// second sample was multiplied by 1 − reduction (Davidovič 2021, normal approximation).
func LooksWorse(mean, sd, n1, n2, reduction float64) float64 {
	r := 1 - reduction
	return normalCDF(-mean * reduction / (sd * math.Sqrt(1/n1+r*r/n2)))
}

// LogSigma returns the standard deviation of the logarithm of a log-normal variable with this mean and
// standard deviation.
func LogSigma(mean, sd float64) float64 { return math.Sqrt(math.Log1p(sd * sd / (mean * mean))) }
