package analytics

import (
	"math"
	"slices"
	"time"

	"hindsight/analytics/stats"
)

// Levels is where the level of durations changes among incidents in the order of their starts.
type Levels struct {
	N      int // durations that were looked at
	Block  int // consecutive incidents that count as one, by their mean logarithm; 1 unless there are many
	Shifts []DurationShift
}

// DurationShift is a change of the level of durations.
type DurationShift struct {
	At            time.Time // start of the first incident of the new level, UTC
	First, Last   time.Time // starts of incidents at which a change would explain the durations about as well
	Before, After float64   // geometric means on either side, seconds
	Seen          int       // by how many of Penalties it is found; the standard one, Penalties[1], always does
}

const (
	shortestRun = 8    // incidents, or blocks of them, that a level lasts at least
	mostLooked  = 1000 // values in which changes are looked for: it takes steps by the square of their number
)

// LevelsOf looks for changes of the level among recorded durations, which are ascending by start: the best cut of their
// logarithms by least squares, with a penalty for each change of so many times the logarithm of the number of values and their
// variance around the level (Killick, Fearnhead and Eckley 2012). Those without a start do not count.
func LevelsOf(recorded []Dot) Levels {
	for len(recorded) > 0 && recorded[0].At == 0 {
		recorded = recorded[1:]
	}
	l := Levels{N: len(recorded), Block: max(1, (len(recorded)+mostLooked-1)/mostLooked)}
	values := blocks(recorded, l.Block)
	if len(values) < 2*shortestRun {
		return l
	}
	variance := stats.SuccessiveVariance(values)
	if !(variance > 0) {
		return l
	}
	var found []stats.Segments
	for _, p := range Penalties {
		found = append(found, stats.ChangesOfMean(values, p*variance*math.Log(float64(len(values))), shortestRun))
	}
	ends := append([]int{0}, append(slices.Clone(found[1].Changes), len(values))...)
	at := func(i int) time.Time { return recorded[min(i*l.Block, len(recorded)-1)].StartedAt() }
	for i, cut := range found[1].Changes {
		left, right := ends[i], ends[i+2]
		first, last := stats.MeanChangeRange(values[left:right], cut-left, variance)
		x := DurationShift{At: at(cut), First: at(left + first), Last: at(left + last),
			Before: math.Exp(found[1].Levels[i]), After: math.Exp(found[1].Levels[i+1])}
		for _, f := range found {
			if slices.ContainsFunc(f.Changes, func(other int) bool { return other >= left+first && other <= left+last }) {
				x.Seen++
			}
		}
		l.Shifts = append(l.Shifts, x)
	}
	return l
}

// blocks returns the mean logarithm of each so many consecutive durations.
func blocks(recorded []Dot, size int) []float64 {
	var out []float64
	for part := range slices.Chunk(recorded, size) {
		var sum float64
		for _, c := range part {
			sum += math.Log(math.Max(c.Seconds, shortest))
		}
		out = append(out, sum/float64(len(part)))
	}
	return out
}
