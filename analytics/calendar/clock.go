package calendar

import (
	"iter"
	"math"
	"slices"

	"hindsight/analytics/stats"
)

// Forever is the end of a pause that has not ended.
const Forever = math.MaxInt64

// Clock counts business time from Start on, but not in its pauses. A pause takes away business time alone: it
// does not matter in which order hours and pauses are applied.
type Clock struct {
	Calendar *Calendar
	Start    int64
	pauses   []stats.Stretch // in order, apart
}

// NewClock returns a clock that starts at an instant and stands still in pauses, which may overlap.
func NewClock(c *Calendar, start int64, pauses []stats.Stretch) Clock {
	return Clock{c, start, stats.Union(pauses)}
}

// Elapsed returns what the clock shows at an instant; 0 before its start.
func (c Clock) Elapsed(at int64) int64 {
	sum := c.Calendar.Elapsed(c.Start, at)
	for _, p := range c.pauses {
		sum -= c.Calendar.Elapsed(max(p.From, c.Start), min(p.To, at))
	}
	return sum
}

// Due returns the first instant at which the clock shows target, and the last one until which it does not show more. The two
// differ when target is reached just as hours end or a pause begins: due on Friday at 17:00, and still met on
// Saturday. due is false, and at 0, when the clock never gets there; ends is false when it never goes beyond.
func (c Clock) Due(target int64) (at int64, due bool, until int64, ends bool) {
	if target == 0 {
		at, due = c.Start, true
	}
	left := target
	for s := range c.running() {
		if due || s.Length() > left {
			until, ends = s.From+left, true
			if !due {
				at, due = until, true
			}
			return at, due, until, ends
		}
		if left -= s.Length(); left == 0 {
			at, due = s.To, true
		}
	}
	return at, due, 0, false
}

// running yields the stretches in which the clock runs, in order. One may go on where the last one ended.
func (c Clock) running() iter.Seq[stats.Stretch] {
	return func(yield func(stats.Stretch) bool) {
		for open := range c.Calendar.after(c.Start) {
			for _, s := range without(open, c.pauses) {
				if !yield(s) {
					return
				}
			}
			if n := len(c.pauses); n > 0 && c.pauses[n-1].To == Forever && open.To >= c.pauses[n-1].From {
				return
			}
		}
	}
}

// without returns what is left of s.
func without(s stats.Stretch, taken []stats.Stretch) []stats.Stretch {
	var out []stats.Stretch
	for _, p := range taken {
		if part := (stats.Stretch{From: s.From, To: min(s.To, p.From)}); part.Length() > 0 {
			out = append(out, part)
		}
		s.From = max(s.From, p.To)
	}
	if s.Length() > 0 {
		out = append(out, s)
	}
	return out
}

// State says whether a clock counts.
type State string

const (
	Running      State = "running"
	Paused       State = "paused"
	OutsideHours State = "outside_hours"
)

// State returns whether the clock counts at an instant; in a pause outside the hours it is paused.
func (c Clock) State(at int64) State {
	inside := func(p stats.Stretch) bool { return p.From <= at && at < p.To }
	switch {
	case slices.ContainsFunc(c.pauses, inside):
		return Paused
	case c.Calendar.Open(at):
		return Running
	}
	return OutsideHours
}
