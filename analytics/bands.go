package analytics

import (
	"math"
	"slices"
	"time"

	"hindsight/analytics/stats"
)

// bandLevel is the level of the range in which a period's count is expected.
const bandLevel = 0.90

// Rhythm is how the counts of a selection vary from period to period.
type Rhythm struct {
	Counts []CountGroup // by the period that the query groups by, in time order
	// Expected is, for each of Counts, in which range its number would fall in 9 of 10 cases if it came as all the other
	// periods did. A period without observed days has none.
	Expected []Band
	// Dispersion is that of all whole weeks. Clustered says that they vary more than Poisson counts do: then
	// Expected is that of the negative binomial law, else gamma-Poisson by Jeffreys' prior.
	Dispersion stats.Dispersion
	Clustered  bool
	Weeks      int // whole weeks that were looked at
	Shifts     []RateShift
}

// Band is a range of counts.
type Band struct {
	Mean      float64
	Low, High int
	Outside   bool // the count lies outside
	Known     bool
}

// RateShift is a place where the level of weekly counts changes.
type RateShift struct {
	At            time.Time // beginning of the first week of the new level, UTC
	First, Last   time.Time // weeks that would explain the change about as well: twice the log-likelihood within 3.84
	Before, After float64   // incidents a week on either side
	Seen          int       // by how many of Penalties it is found; the standard one, Penalties[1], always does
}

// Penalties are what a change of level must gain to be called one, as multiples of the logarithm of the number of weeks and of
// the dispersion: lenient, standard and strict.
var Penalties = []float64{2, 3, 4}

// shortestLevel is how many weeks a level lasts at least.
const shortestLevel = 8

// Rhythm counts the incidents of q period by period. It returns no bands and no shifts for a selection without a start.
func (s *Snapshot) Rhythm(q Query) Rhythm {
	groups := s.Counts(q)
	if n := len(groups); n > 0 && groups[n-1].Key == "" {
		groups = groups[:n-1]
	}
	r := Rhythm{Counts: groups}
	if len(groups) == 0 {
		return r
	}
	q.From, q.To = groups[0].From, groups[len(groups)-1].To
	if q.Location != nil {
		q.From, q.To = q.From.In(q.Location), q.To.In(q.Location)
	}
	f := s.Frequency(q)
	r.Weeks, r.Dispersion, r.Clustered = len(f.Weeks), stats.Disperse(f.Weeks), clustered(f)
	r.expect()
	r.shifts(f.Weeks, q.From)
	return r
}

// expect works out where each count would fall if it came as all the others did.
func (r *Rhythm) expect() {
	total, days := 0, 0.0
	for _, g := range r.Counts {
		total, days = total+g.N, days+g.Days
	}
	r.Expected = make([]Band, len(r.Counts))
	for i, g := range r.Counts {
		if g.Days <= 0 || days-g.Days <= 0 {
			continue
		}
		law := stats.Predict(total-g.N, days-g.Days, g.Days)
		b := Band{Mean: law.Mu, Known: true}
		if size := r.Dispersion.Fit.Size; r.Clustered && !math.IsNaN(size) {
			// The sum of k weeks of one size is negative binomial with k times the size.
			law.Size = size * g.Days / 7
		}
		b.Low, b.High = law.Range(bandLevel)
		b.Outside = g.N < b.Low || g.N > b.High
		r.Expected[i] = b
	}
}

// shifts looks for changes of the level of weekly counts under each penalty, and keeps those of the standard one.
func (r *Rhythm) shifts(weeks []int, from time.Time) {
	if len(weeks) < 2*shortestLevel {
		return
	}
	counts := make([]float64, len(weeks))
	for i, n := range weeks {
		counts[i] = float64(n)
	}
	scale := math.Log(float64(len(weeks))) * r.withinDispersion(counts)
	var found []stats.Segments
	for _, p := range Penalties {
		found = append(found, stats.ChangesOfRate(counts, p*scale, shortestLevel))
	}
	standard := found[1]
	for i, at := range standard.Changes {
		x := RateShift{At: weekAt(from, at), Before: standard.Levels[i], After: standard.Levels[i+1]}
		left, right := 0, len(counts)
		if i > 0 {
			left = standard.Changes[i-1]
		}
		if i+1 < len(standard.Changes) {
			right = standard.Changes[i+1]
		}
		first, last := stats.RateChangeRange(counts[left:right], at-left)
		x.First, x.Last = weekAt(from, left+first), weekAt(from, left+last)
		for _, f := range found {
			if slices.ContainsFunc(f.Changes, func(other int) bool { return other >= left+first && other <= left+last }) {
				x.Seen++
			}
		}
		r.Shifts = append(r.Shifts, x)
	}
}

// withinDispersion returns by how much counts vary more than Poisson ones around a level that may change: the dispersion of the
// segments under the lenient penalty, at least 1. A change of level is not taken for clusters so.
func (r *Rhythm) withinDispersion(counts []float64) float64 {
	cut := stats.ChangesOfRate(counts, Penalties[0]*math.Log(float64(len(counts))), shortestLevel)
	var squares float64
	from := 0
	for i, level := range cut.Levels {
		to := len(counts)
		if i < len(cut.Changes) {
			to = cut.Changes[i]
		}
		for _, x := range counts[from:to] {
			if level > 0 {
				squares += (x - level) * (x - level) / level
			}
		}
		from = to
	}
	return math.Max(1, squares/float64(len(counts)-len(cut.Levels)))
}

func weekAt(from time.Time, n int) time.Time { return from.Add(time.Duration(n) * week).UTC() }
