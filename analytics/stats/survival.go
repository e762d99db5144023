package stats

import (
	"math"
	"slices"
	"sort"
)

// Survival is a Kaplan-Meier curve: the share of incidents that last longer than t, where some are still going on.
type Survival struct {
	N     int     // incidents
	Ended int     // of them
	Last  float64 // the longest time seen, final or not
	Steps []Step
}

// Step is an instant at which some ended.
type Step struct {
	Time   float64
	AtRisk int     // lasted at least until Time, those that were last seen at Time included
	Ended  int     // at Time
	Share  float64 // lasting longer than Time
	SE     float64 // of Share, Greenwood
	spread float64 // variance of log Share
}

// KaplanMeier returns the curve of durations of which some have not ended: ended[i] says whether times[i] is
// final or only the time so far (Kaplan and Meier 1958).
func KaplanMeier(times []float64, ended []bool) Survival {
	order := make([]int, len(times))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if times[a] < times[b] {
			return -1
		}
		if times[a] > times[b] {
			return 1
		}
		return 0
	})
	s := Survival{N: len(times)}
	if s.N > 0 {
		s.Last = times[order[s.N-1]]
	}
	share, spread := 1.0, 0.0
	for i := 0; i < len(order); {
		t, risk, n := times[order[i]], len(order)-i, 0
		for ; i < len(order) && times[order[i]] == t; i++ {
			if ended[order[i]] {
				n++
			}
		}
		if n == 0 {
			continue
		}
		s.Ended += n
		share *= float64(risk-n) / float64(risk)
		spread += float64(n) / (float64(risk) * float64(risk-n))
		s.Steps = append(s.Steps, Step{t, risk, n, share, share * math.Sqrt(spread), spread})
	}
	// A curve that ends at 0 has no spread there.
	if last := len(s.Steps) - 1; last >= 0 && s.Steps[last].Share == 0 {
		s.Steps[last].SE, s.Steps[last].spread = math.NaN(), math.NaN()
	}
	return s
}

// Band is how the pointwise interval of a curve is made.
type Band int

const (
	LogLog Band = iota // on the scale of log(−log S): never leaves [0, 1]
	Log                // on the scale of log S, cut at 1; the default of R
)

// Interval returns the pointwise interval of the share at step i; NaN where the curve has reached 0.
func (s Survival) Interval(i int, band Band, level float64) Interval {
	x, z := s.Steps[i], normalQuantile(1-(1-level)/2)
	if band == Log {
		half := z * math.Sqrt(x.spread)
		return Interval{x.Share * math.Exp(-half), math.Min(1, x.Share*math.Exp(half))}
	}
	half := z * math.Sqrt(x.spread) / math.Log(x.Share)
	return Interval{math.Pow(x.Share, math.Exp(-half)), math.Pow(x.Share, math.Exp(half))}
}

// Quantile returns the time by which the share p has ended: the first step with at most 1 − p left, or the
// middle of the stretch on which exactly that much is left, up to the longest time seen (as survfit of R). It is +Inf when the curve does
// not come down so far. The interval is where the band crosses 1 − p.
func (s Survival) Quantile(p float64, band Band, level float64) (float64, Interval) {
	value := s.crossing(p, func(i int) float64 { return s.Steps[i].Share })
	in := Interval{
		s.crossing(p, func(i int) float64 { return s.Interval(i, band, level).Low }),
		s.crossing(p, func(i int) float64 { return s.Interval(i, band, level).High }),
	}
	return value, in
}

// crossing returns where a falling curve, given by its value at each step, comes down to 1 − p.
func (s Survival) crossing(p float64, at func(i int) float64) float64 {
	const rounding = 1e-12
	left := 1 - p
	i := sort.Search(len(s.Steps), func(i int) bool { return !(at(i) > left+rounding) })
	switch {
	case i == len(s.Steps) || math.IsNaN(at(i)):
		return math.Inf(1)
	case math.Abs(at(i)-left) <= rounding && i+1 < len(s.Steps):
		return (s.Steps[i].Time + s.Steps[i+1].Time) / 2
	case math.Abs(at(i)-left) <= rounding:
		return (s.Steps[i].Time + s.Last) / 2
	}
	return s.Steps[i].Time
}

// RestrictedMean returns the mean duration cut at horizon, the area below the curve up to there, and its
// standard error.
func (s Survival) RestrictedMean(horizon float64) (mean, se float64) {
	var areas []float64 // below each step, up to the next one
	from, share := 0.0, 1.0
	for _, x := range s.Steps {
		if x.Time > horizon {
			break
		}
		mean += share * (x.Time - from)
		areas = append(areas, 0)
		from, share = x.Time, x.Share
		next := horizon
		if len(areas) < len(s.Steps) {
			next = math.Min(horizon, s.Steps[len(areas)].Time)
		}
		areas[len(areas)-1] = share * (next - from)
	}
	mean += share * (horizon - from)
	var tail, variance float64
	for i := len(areas) - 1; i >= 0; i-- {
		tail += areas[i]
		if x := s.Steps[i]; x.AtRisk > x.Ended {
			variance += tail * tail * float64(x.Ended) / (float64(x.AtRisk) * float64(x.AtRisk-x.Ended))
		}
	}
	return mean, math.Sqrt(variance)
}
