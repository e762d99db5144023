package analytics

import (
	"math"
	"slices"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// DurationGroup describes how long q.Span took for the incidents of one group. Numbers are seconds.
type DurationGroup struct {
	Group
	Span incident.Span

	N        int // recorded: both ends known and in order; what all numbers are made from
	NOpen    int // begun, and the incident is not over
	NMissing int // an end is missing and will not come
	NInvalid int // it ends before it begins

	// Quantiles are linear (type 7, as percentile_cont), with distribution-free intervals from order
	// statistics. They need 6, 13, 36 and 72 incidents; below, the Reason says so.
	Median, P75, P90, P95 Estimate
	// Mean has no interval: for durations every common one is too narrow.
	Mean Estimate
	// Noise is how far two means of as many incidents as here differ by chance alone in 1 of 10 comparisons
	// when nothing has changed; nil below 2 incidents.
	Noise *float64

	// MedianWithOpen is the Kaplan-Meier median: open incidents count as lasting at least as long as they do by
	// now. Leaving them out makes a period with long open incidents look good.
	MedianWithOpen Estimate

	Values     []float64 // the recorded durations, ascending; belongs to the caller
	OpenValues []float64 // how long the open ones last by q.Now, ascending; likewise
}

// tally collects the durations of one group, in microseconds.
type tally struct {
	values, open     []int64
	missing, invalid int
}

func (t *tally) add(state incident.DurationState, value int64) {
	switch state {
	case incident.Recorded:
		t.values = append(t.values, value)
	case incident.Pending:
		t.open = append(t.open, value)
	case incident.Invalid:
		t.invalid++
	default:
		t.missing++
	}
}

// Durations measures q.Span group by group. Grouped by nothing, it returns one group even when nothing is
// selected.
func (s *Snapshot) Durations(q Query) []DurationGroup {
	p := s.population(q)
	now := p.now()
	buckets := collect(p, p.grouping(), func(t *tally, r row) {
		t.add(p.duration(r, now))
	})
	out := make([]DurationGroup, len(buckets))
	for i, b := range buckets {
		out[i] = b.acc.group(b.group, q.Span)
	}
	return out
}

// group turns the tally into numbers.
func (t *tally) group(head Group, sp incident.Span) DurationGroup {
	g := DurationGroup{Group: head, Span: sp, N: len(t.values), NOpen: len(t.open), NMissing: t.missing, NInvalid: t.invalid}
	g.Values, g.OpenValues = seconds(t.values), seconds(t.open)
	var total int64 // whole microseconds, so that the mean is exact
	for _, v := range t.values {
		total += v
	}
	g.Median, g.P75 = quantile(g.Values, 0.5), quantile(g.Values, 0.75)
	g.P90, g.P95 = quantile(g.Values, 0.9), quantile(g.Values, 0.95)
	g.Mean = mean(float64(total)/1e6, g.N)
	g.Noise = finite(stats.MeanNoise(stats.StandardDeviation(g.Values), float64(g.N), float64(g.N), 0.9))
	g.MedianWithOpen = g.medianWithOpen()
	return g
}

// seconds returns microseconds as seconds, ascending.
func seconds(us []int64) []float64 {
	slices.Sort(us)
	out := make([]float64, len(us))
	for i, v := range us {
		out[i] = float64(v) / 1e6
	}
	return out
}

// Survival returns the Kaplan-Meier curve of the group: the share of incidents that last longer than a
// time in seconds, open ones included as far as they go.
func (g DurationGroup) Survival() stats.Survival {
	ended := make([]bool, g.N+g.NOpen)
	for i := range g.N {
		ended[i] = true
	}
	return stats.KaplanMeier(slices.Concat(g.Values, g.OpenValues), ended)
}

func (g DurationGroup) medianWithOpen() Estimate {
	const method = "Kaplan-Meier median with log-log interval"
	if !g.Median.Known() {
		return unknown(method, g.N+g.NOpen, g.Median.Reason)
	}
	if g.NOpen == 0 {
		return g.Median // nothing is cut short: the plain median has the better interval
	}
	value, in := g.Survival().Quantile(0.5, stats.LogLog, Level)
	e := estimate(value, in, method, g.N+g.NOpen)
	if !e.Known() {
		e.Reason = "fewer than half are over"
	}
	return e
}

// NearestRank returns the smallest recorded duration with at least the share p of all at or below
// it, in seconds (percentile_disc); nil without any. It has no lower limit of incidents.
func (g DurationGroup) NearestRank(p float64) *float64 { return finite(stats.NearestRank(g.Values, p)) }

// quantile estimates one quantile of the ascending values, if there are enough to bound it.
func quantile(values []float64, p float64) Estimate {
	const method = "linear quantile with order-statistic interval"
	in := stats.QuantileInterval(values, p, Level)
	if math.IsInf(in.Low, 0) || math.IsInf(in.High, 0) {
		return unknown(method, len(values), tooFew(len(values)))
	}
	return estimate(stats.Quantile(values, p), in, method, len(values))
}

func mean(sum float64, n int) Estimate {
	const method = "arithmetic mean"
	if n == 0 {
		return unknown(method, 0, tooFew(0))
	}
	value := sum / float64(n)
	return Estimate{Value: &value, Method: method, N: n}
}

// SurvivalShare returns the share at a step of a curve with its pointwise log-log interval.
func SurvivalShare(curve stats.Survival, step int) Estimate {
	const method = "Kaplan-Meier share with log-log interval"
	return estimate(curve.Steps[step].Share, curve.Interval(step, stats.LogLog, Level), method, curve.N)
}

// CompareCurves tests whether the curves of two groups differ, open incidents included; why is not empty where there
// are too few to ask.
func CompareCurves(a, b DurationGroup) (test stats.LogRank, why string) {
	if min(a.N, b.N) < fewest {
		return test, tooFew(min(a.N, b.N))
	}
	var times []float64
	var ended []bool
	var group []int
	for i, g := range []DurationGroup{a, b} {
		for j, x := range slices.Concat(g.Values, g.OpenValues) {
			times, ended, group = append(times, x), append(ended, j < g.N), append(group, i)
		}
	}
	test = stats.CompareSurvival(times, ended, group, 2)
	if math.IsNaN(test.P) {
		return test, "all last equally long"
	}
	return test, ""
}
