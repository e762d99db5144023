package stats

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Statistic is a number made from values, in whatever order.
type Statistic func(values []float64) float64

// Acceleration returns how fast the spread of a statistic changes with its value, by the jackknife (Efron 1987). It is 0 when
// no value makes a difference, and NaN below two.
func Acceleration(data []float64, statistic Statistic) float64 {
	if len(data) < 2 {
		return math.NaN()
	}
	without := make([]float64, len(data))
	rest := make([]float64, len(data)-1)
	for i := range data {
		copy(rest, data[:i])
		copy(rest[i:], data[i+1:])
		without[i] = statistic(slices.Clone(rest))
	}
	mean, squares, cubes := Mean(without), 0.0, 0.0
	for _, v := range without {
		off := mean - v
		squares += off * off
		cubes += off * off * off
	}
	if squares == 0 {
		return 0
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}

// Bootstrap is what resampling tells of a statistic.
type Bootstrap struct {
	Value        float64 // of the data
	Acceleration float64
	Bias         float64    // z₀: the normal quantile of the share of replicates below Value
	Levels       [2]float64 // which quantiles of the replicates are the ends of BCa
	// BCa is bias-corrected and accelerated (Efron 1987), Percentile and Basic are for contrast.
	BCa, Percentile, Basic Interval
}

// FromReplicates makes intervals of replicates of a statistic; ends lie between order statistics on the scale of normal quantiles
// (Davison and Hinkley, Bootstrap Methods, 1997, equation 5.8). BCa is NaN when all replicates lie on one side.
func FromReplicates(data []float64, statistic Statistic, replicates []float64, level float64) Bootstrap {
	b := Bootstrap{Value: statistic(slices.Clone(data)), Acceleration: Acceleration(data, statistic)}
	sorted := slices.Sorted(slices.Values(replicates))
	low := 0.0
	for _, v := range sorted {
		switch {
		case v < b.Value:
			low++
		case v == b.Value:
			low += 0.5
		}
	}
	tail := (1 - level) / 2
	b.Percentile = Interval{orderQuantile(sorted, tail), orderQuantile(sorted, 1-tail)}
	b.Basic = Interval{2*b.Value - b.Percentile.High, 2*b.Value - b.Percentile.Low}
	share := low / float64(len(sorted))
	if !(share > 0 && share < 1) {
		b.Bias, b.Levels, b.BCa = math.NaN(), [2]float64{math.NaN(), math.NaN()}, Interval{math.NaN(), math.NaN()}
		return b
	}
	b.Bias = normalQuantile(share)
	for i, p := range []float64{tail, 1 - tail} {
		z := b.Bias + normalQuantile(p)
		b.Levels[i] = normalCDF(b.Bias + z/(1-b.Acceleration*z))
	}
	b.BCa = Interval{orderQuantile(sorted, b.Levels[0]), orderQuantile(sorted, b.Levels[1])}
	return b
}

// orderQuantile returns the p-quantile of sorted replicates, between order statistics on the normal scale.
func orderQuantile(sorted []float64, p float64) float64 {
	r := float64(len(sorted))
	rank := (r + 1) * p
	k := math.Floor(rank + 1e-9)
	switch {
	case math.IsNaN(p) || r == 0:
		return math.NaN()
	case k < 1:
		return sorted[0]
	case k >= r:
		return sorted[len(sorted)-1]
	case math.Abs(rank-k) < 1e-9:
		return sorted[int(k)-1]
	}
	a, b := sorted[int(k)-1], sorted[int(k)]
	from, to := normalQuantile(k/(r+1)), normalQuantile((k+1)/(r+1))
	return a + (normalQuantile(p)-from)/(to-from)*(b-a)
}

// Resample draws replicates of a statistic from data, with replacement. The same seed gives the same ones; of no
// data there are none.
func Resample(data []float64, statistic Statistic, replicates int, seed uint64) []float64 {
	if len(data) == 0 {
		return nil
	}
	random := rand.New(rand.NewPCG(seed, 0))
	out, drawn := make([]float64, replicates), make([]float64, len(data))
	for i := range out {
		for j := range drawn {
			drawn[j] = data[random.IntN(len(data))]
		}
		out[i] = statistic(drawn)
	}
	return out
}
