package incident

import (
	"slices"
	"time"
)

// Gap is a stretch of an incident of which nothing is recorded.
type Gap struct{ From, To time.Time }

// Length is how long it is.
func (g Gap) Length() time.Duration { return g.To.Sub(g.From) }

// Stretch is a time of which something is recorded; of one moment both ends are the same.
type Stretch struct{ From, To time.Time }

// The rule of Gaps: a silence is pointed out from 15 minutes on, in long incidents from a twentieth of their length on, so that there
// are never more than 19.
const (
	shortestGap = 15 * time.Minute
	gapShare    = 20
)

// Gaps returns the silences between from and to, in time order: stretches of at least 15 minutes, and at least a twentieth of the whole,
// within which nothing of recorded falls. The ends count as recorded. There is none when from is not before to, or one of them is not known.
func Gaps(from, to time.Time, recorded []Stretch) []Gap {
	if from.IsZero() || to.IsZero() || !from.Before(to) {
		return nil
	}
	least := max(shortestGap, to.Sub(from)/gapShare)
	known := append(slices.Clone(recorded), Stretch{to, to})
	slices.SortFunc(known, func(a, b Stretch) int { return a.From.Compare(b.From) })
	var out []Gap
	last := from
	for _, s := range known {
		if s.From.After(to) {
			s.From = to
		}
		if s.From.Sub(last) >= least {
			out = append(out, Gap{last, s.From})
		}
		if s.To.After(last) {
			last = s.To
		}
	}
	return out
}
