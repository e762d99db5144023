package analytics

import (
	"math"
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
	Simulated int // durations that Low and High were simulated on; fewer than N: a sample of them
}

const (
	cases         = 1000
	mostSimulated = 500 // of more durations a sample is simulated
)

// StartSensitivity returns the sensitivity of the median of durations, in seconds and in any order; ok is false when
// there are too few for a median. It gives the same numbers each time. Of many durations, it simulates a sample: errors that are
// independent move the median of n by the inverse of the square root of n, and so the moves of the sample's are scaled.
func StartSensitivity(durations []float64, within float64) (s Sensitivity, ok bool) {
	if len(durations) < fewest {
		return s, false
	}
	s = Sensitivity{Error: within, N: len(durations), Simulated: min(len(durations), mostSimulated)}
	whole := newMedian(durations)
	s.AllEarlier = whole.moved(func() float64 { return within })
	s.AllLater = whole.moved(func() float64 { return -within })
	random := rand.New(rand.NewPCG(15, 60))
	sample, scale := whole, 1.0
	if len(durations) > mostSimulated {
		some := make([]float64, mostSimulated)
		for i := range some {
			some[i] = durations[random.IntN(len(durations))]
		}
		sample, scale = newMedian(some), math.Sqrt(mostSimulated/float64(len(durations)))
	}
	shifts := make([]float64, cases)
	for i := range shifts {
		shifts[i] = scale * sample.moved(func() float64 { return within * (2*random.Float64() - 1) })
	}
	slices.Sort(shifts)
	s.Low, s.High = stats.Quantile(shifts, 0.025), stats.Quantile(shifts, 0.975)
	return s, true
}

// median is the median of durations that may move. It counts in microseconds.
type median struct {
	durations, room []int64
	at              float64 // seconds
}

func newMedian(durations []float64) *median {
	m := &median{durations: make([]int64, len(durations)), room: make([]int64, len(durations))}
	for i, d := range durations {
		m.durations[i] = int64(math.Round(d * 1e6))
	}
	m.at = m.moved(func() float64 { return 0 })
	return m
}

// moved returns by how many seconds the median moves when each duration grows by so many; none gets below 0.
func (m *median) moved(by func() float64) float64 {
	for i, d := range m.durations {
		m.room[i] = max(0, d+int64(by()*1e6))
	}
	var now [1]float64
	stats.Quantiles(m.room, 1e6, []float64{0.5}, now[:])
	return now[0] - m.at
}
