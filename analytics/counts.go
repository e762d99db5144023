package analytics

import (
	"time"

	"hindsight/analytics/stats"
)

// CountGroup says how many incidents started in one group.
type CountGroup struct {
	Group
	N int
	// Count is N with the exact Poisson (Garwood) interval: the range of long-run counts for the same
	// exposure that would not be surprising. Zero incidents have an upper bound too.
	Count Estimate
	// PerDay is Count divided by Days; without a value when the period has an open end.
	PerDay Estimate
	Days   float64 // observed days of 24 hours: the period up to Now; 0 when it has an open end
}

// Counts counts incidents group by group. Grouped by nothing or by a period, there are groups without
// incidents.
func (s *Snapshot) Counts(q Query) []CountGroup {
	p := s.population(q)
	buckets := collect(p, p.grouping(), func(n *int, _ row) { *n++ })
	out := make([]CountGroup, len(buckets))
	for i, b := range buckets {
		from, to := b.group.From, b.group.To
		if from.IsZero() {
			from, to = q.From, q.To
		}
		out[i] = countGroup(b.group, b.acc, observedDays(from, to, q.Now))
	}
	return out
}

func countGroup(head Group, n int, days float64) CountGroup {
	const method = "Poisson count with Garwood interval"
	in := stats.Garwood(n, Level)
	g := CountGroup{Group: head, N: n, Days: days, Count: estimate(float64(n), in, method, n)}
	if days <= 0 {
		g.PerDay = unknown(method, n, "the period has an open end")
		return g
	}
	g.PerDay = estimate(float64(n)/days, stats.Interval{Low: in.Low / days, High: in.High / days}, method, n)
	return g
}

// observedDays returns the length of the part of [from, to) before now, in days of 24 hours; 0 when an end
// is open.
func observedDays(from, to, now time.Time) float64 {
	if !now.IsZero() && (to.IsZero() || now.Before(to)) {
		to = now
	}
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return max(0, to.Sub(from).Hours()/24)
}
