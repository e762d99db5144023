package similar

import "math"

// weights say how much each feature counts.
type weights [featureCount]float64

// defaults were fitted on titanium-dup (docs/similarity.md) and are the same for everybody.
var defaults = weights{
	ranked: 4.7, sameProse: 1.9, samePieces: 1.6, alike: 2.5, crossing: 2.5,
	services: 1.5, months: 2.1, weeks: 1.3,
}

// timeless returns the weights without those of nearness in time.
func (w weights) timeless() weights {
	w[months], w[weeks] = 0, 0
	return w
}

func (w weights) sum() (s float64) {
	for _, x := range w {
		s += x
	}
	return s
}

// score is the weighted mean of the features, 0 to 1, rounded to 4 decimals.
func (w weights) score(f features) float64 {
	var s float64
	for i, x := range f {
		s += w[i] * x
	}
	return math.Round(s/w.sum()*1e4) / 1e4
}

// part is what some features add to the score.
func (w weights) part(f features, of ...int) float64 {
	var s float64
	for _, i := range of {
		s += w[i] * f[i]
	}
	return s / w.sum()
}
