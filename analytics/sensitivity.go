package analytics

import (
	"math/rand/v2"
	"slices"

	"hindsight/analytics/stats"
)

// Sensitivity says how far a median of durations moves when the times at which they start are wrong by up to Error. Numbers are
// seconds by which the median moves.
type Sensitivity struct {
	Error float64
	// AllEarlier and AllLater are for starts that are all wrong the same way, by the whole of Error: it was earlier, so that
	// durations are longer, or later. A duration does not become negative.
	AllEarlier, AllLater float64
	// Low and High bound where the median moves in 95 of 100 simulated cases in which each start is wrong by itself, evenly
	// distributed up to Error either way.
	Low, High float64
	N         int
}

const (
	cases         = 1000
	mostSimulated = 2000 // of more durations the median hardly moves; a sample would show as much
)

// StartSensitivity returns the sensitivity of the median of durations, in seconds and in any order; ok is false when
// there are too few for a median. It gives the same numbers each time.
func StartSensitivity(durations []float64, within float64) (s Sensitivity, ok bool) {
	if len(durations) < fewest {
		return s, false
	}
	s = Sensitivity{Error: within, N: len(durations)}
	median := stats.Quantile(sorted(durations), 0.5)
	moved := func(by func() float64, values []float64) float64 {
		out := make([]float64, len(values))
		for i, d := range values {
			out[i] = max(0, d+by())
		}
		slices.Sort(out)
		return stats.Quantile(out, 0.5)
	}
	s.AllEarlier = moved(func() float64 { return within }, durations) - median
	s.AllLater = moved(func() float64 { return -within }, durations) - median
	random := rand.New(rand.NewPCG(15, 60))
	sample, base := durations, median
	if len(sample) > mostSimulated {
		sample = make([]float64, mostSimulated)
		for i, j := range random.Perm(len(durations))[:mostSimulated] {
			sample[i] = durations[j]
		}
		base = stats.Quantile(sorted(sample), 0.5)
	}
	shifts := make([]float64, cases)
	for i := range shifts {
		shifts[i] = moved(func() float64 { return within * (2*random.Float64() - 1) }, sample) - base
	}
	slices.Sort(shifts)
	s.Low, s.High = stats.Quantile(shifts, 0.025), stats.Quantile(shifts, 0.975)
	return s, true
}
