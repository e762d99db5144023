package echarts

import "math"

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
)

// coarse and fine are the ticks of logarithmic axes, steps those of linear ones; all in seconds. They are
// functions because Go has no constant slices.
func coarse() []float64 {
	return []float64{1, 10, minute, 10 * minute, hour, 6 * hour, day, 7 * day, 30 * day, 365 * day, 3650 * day, 36500 * day}
}

func fine() []float64 {
	return []float64{1, 2, 5, 10, 20, 30, minute, 2 * minute, 5 * minute, 10 * minute, 20 * minute, 30 * minute,
		hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 3 * day, 7 * day, 14 * day, 30 * day,
		60 * day, 120 * day, 365 * day, 730 * day, 1825 * day, 3650 * day, 36500 * day}
}

func steps() []float64 {
	return []float64{1, 2, 5, 10, 15, 30, minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
		hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 5 * day, 7 * day, 14 * day, 30 * day,
		60 * day, 90 * day, 180 * day, 365 * day}
}

// logTicks returns ascending ticks, at least two, from the last one at or below lo to the first one at or
// above hi. Where the coarse ones would be only a few, it takes the fine ones.
func logTicks(lo, hi float64) []float64 {
	if lo > hi {
		lo, hi = minute, day
	}
	lo, hi = max(1, lo), max(1, hi)
	if ticks := between(coarse(), lo, hi); len(ticks) > 3 {
		return sparse(ticks)
	}
	return between(fine(), lo, hi)
}

// sparse drops every second tick where there are too many for a small chart, but neither end.
func sparse(ticks []float64) []float64 {
	if len(ticks) <= 8 {
		return ticks
	}
	var kept []float64
	for i, t := range ticks {
		if i%2 == 0 && i < len(ticks)-2 || i == len(ticks)-1 {
			kept = append(kept, t)
		}
	}
	return kept
}

// between cuts a ladder to what surrounds lo and hi.
func between(ladder []float64, lo, hi float64) []float64 {
	first, last := 0, len(ladder)-1
	for first < last-1 && ladder[first+1] <= lo {
		first++
	}
	for last > first+1 && ladder[last-1] >= hi {
		last--
	}
	ticks := ladder[first : last+1]
	top := ticks[len(ticks)-1]
	if hi <= top {
		return ticks
	}
	for top < hi { // longer than a hundred years: bad data, and still drawn
		top *= 10
	}
	return append(ticks, top)
}

// linearTicks returns 0 and up to six more ticks, the last one at or above hi.
func linearTicks(hi float64) []float64 {
	if hi <= 0 || math.IsInf(hi, 0) {
		hi = minute
	}
	ladder := steps()
	step := ladder[len(ladder)-1]
	for _, s := range ladder {
		if hi/s <= 6 {
			step = s
			break
		}
	}
	for hi/step > 6 {
		step *= 2
	}
	ticks := []float64{0}
	for at := step; ticks[len(ticks)-1] < hi; at += step {
		ticks = append(ticks, at)
	}
	return ticks
}
