package analytics

import (
	"math"
	"time"

	"hindsight/analytics/stats"
)

// Frequency is how often incidents started in a period.
type Frequency struct {
	N    int
	Days float64 // observed days of 24 hours; 0 when the period has an open end
	// Weeks are the counts of the whole stretches of seven days from the beginning of the period on: they have equal
	// exposure, and so tell how much counts vary. A last stretch that is not whole is not among them.
	Weeks []int
}

const week = 7 * 24 * time.Hour

// Frequency counts the incidents of q.
func (s *Snapshot) Frequency(q Query) Frequency {
	q.GroupBy = ByNothing
	head := s.Counts(q)[0]
	f := Frequency{N: head.N, Days: head.Days}
	if f.Days > 0 {
		f.Weeks = s.weeks(q, int(f.Days/7))
	}
	return f
}

// weeks counts the incidents of each of n stretches of seven days from q.From on.
func (s *Snapshot) weeks(q Query, n int) []int {
	counts := make([]int, n)
	p := s.population(q)
	for r := range p.started() {
		at := r.started[r.i]
		if i := (at - p.from) / week.Microseconds(); r.leftOut == 0 && at != 0 && int(i) < n {
			counts[i]++
		}
	}
	return counts
}

// clusterLevel is how unlikely so much variance must be of Poisson counts before counts are called clustered.
const clusterLevel = 0.05

// clustered reports whether the weeks of all periods together vary more than Poisson counts whose rate is the
// same within each period.
func clustered(periods ...Frequency) bool {
	var series [][]int
	for _, f := range periods {
		series = append(series, f.Weeks)
	}
	return stats.DispersionP(series...) < clusterLevel
}

// inflation returns by what clusters multiply the variance of the period's total: 1 + mean/size of the negative binomial
// law of its weeks; 1 when they vary no more than Poisson counts.
func (f Frequency) inflation() float64 {
	d := stats.Disperse(f.Weeks)
	if math.IsNaN(d.Fit.Size) {
		return 1
	}
	return 1 + d.Mean/d.Fit.Size
}

// change returns the ratio of two rates with the interval that suits the counts: exact for Poisson counts, that of the
// negative binomial law where counts cluster.
func change(now, before Frequency, level float64) stats.Change {
	if !clustered(now, before) {
		return stats.RateRatio(now.N, now.Days, before.N, before.Days, level)
	}
	return stats.ClusteredRatio(now.N, now.Days, now.inflation(), before.N, before.Days, before.inflation(), level)
}
