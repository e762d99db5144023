package analytics

import "hindsight/analytics/stats"

// PerQuarter is how many seconds of a quarter the incidents of a problem are expected to last, if they come as often and last as long as in the
// last 12 months: a quarter of the number of incidents times their mean duration. The interval is that of the number alone (Garwood 1936); the
// spread of durations is not in it.
func (x Spent) PerQuarter() Estimate {
	const method = "a quarter of the incidents of 12 months times their mean duration, with the Garwood interval of the number"
	if x.Measured == 0 {
		return unknown(method, x.N, "of none is known how long it lasted")
	}
	mean := x.Lasted.Seconds() / float64(x.Measured) / 4
	in := stats.Garwood(x.N, Level)
	return estimate(float64(x.N)*mean, stats.Interval{Low: in.Low * mean, High: in.High * mean}, method, x.Measured)
}

// Lasted is how many seconds the incidents of a group lasted together: a total, counted and not sampled, so it has no interval.
func (g DurationGroup) Lasted() (seconds float64) {
	for _, v := range g.Values {
		seconds += v
	}
	return seconds
}
