package analytics

import (
	"time"

	"hindsight/analytics/stats"
)

// Exhaustion says when a budget was, or will be, spent.
type Exhaustion struct {
	Spent time.Time // when it went, where it has; zero otherwise
	// Ongoing is when it will be spent if what is going on now goes on and nothing else happens; zero: nothing goes on, or it
	// ends first.
	Ongoing time.Time
	// Earliest and Latest bound when it will be spent at the pace of the window so far. Both zero: not at this rate.
	// Latest alone zero: perhaps not at all.
	Earliest, Latest time.Time
	Episodes         int    // merged stretches of impact that the pace was taken from
	Reason           string // why there is no projection; empty where there is one
}

// exhaustion projects a budget, in microseconds, over the rest of its window. The pace is what was spent so far; its bounds
// are those of a sum over a Poisson number of episodes (stats.WeightedPoisson, Level).
func exhaustion(profile []stats.Piece, w budgetWindow, allowed float64) Exhaustion {
	var e Exhaustion
	consumed := stats.Lost(profile)
	if consumed > allowed*(1+1e-9) {
		e.Spent = spentAt(profile, allowed)
		e.Reason = "it is spent"
		return e
	}
	if n := len(profile); n > 0 && !profile[n-1].Planned && profile[n-1].Impact > 0 {
		e.Ongoing = reach(profile, w, allowed, consumed, profile[n-1].Impact)
	}
	weights, past := episodes(profile), observed(profile)
	e.Episodes = len(weights)
	if len(weights) == 0 || past == 0 {
		e.Reason = "not at this rate: nothing was spent in the window"
		return e
	}
	in := stats.WeightedPoisson(weights, Level)
	e.Earliest = reach(profile, w, allowed, consumed, in.High/past)
	e.Latest = reach(profile, w, allowed, consumed, in.Low/past)
	if e.Earliest.IsZero() {
		e.Reason = "not at this rate"
	}
	return e
}

// spentAt returns when the profile had taken more than is allowed.
func spentAt(profile []stats.Piece, allowed float64) time.Time {
	for _, p := range profile {
		took := stats.Lost([]stats.Piece{p})
		if took > 0 && took >= allowed {
			return instant(p.From + int64(allowed/p.Impact))
		}
		allowed -= took
	}
	return time.Time{}
}

// reach returns when a budget is spent if pace is lost of every unit of time from now on, or zero when the window ends
// first. What was spent longer than a rolling window ago comes back.
func reach(profile []stats.Piece, w budgetWindow, allowed, consumed, pace float64) time.Time {
	at := w.past.To
	if !w.rolling {
		return cross(at, w.whole.To-at, consumed, pace, allowed)
	}
	for _, p := range profile {
		slope := pace - stats.Lost([]stats.Piece{p})/float64(p.Length())
		if t := cross(at, p.Length(), consumed, slope, allowed); !t.IsZero() {
			return t
		}
		at += p.Length()
		consumed += slope * float64(p.Length())
	}
	return time.Time{}
}

// cross returns when a line that begins at from reaches a height within a length of time, or zero.
func cross(from, length int64, height, slope, wanted float64) time.Time {
	if slope <= 0 || height+slope*float64(length) < wanted {
		return time.Time{}
	}
	return instant(from + int64(max(0, wanted-height)/slope))
}

// episodes returns what each merged stretch of impact took.
func episodes(profile []stats.Piece) []float64 {
	var out []float64
	going := false
	for _, p := range profile {
		took := stats.Lost([]stats.Piece{p})
		switch {
		case took > 0 && going:
			out[len(out)-1] += took
		case took > 0:
			out = append(out, took)
		}
		going = took > 0
	}
	return out
}

// observed returns the length of a profile outside maintenance.
func observed(profile []stats.Piece) float64 {
	var sum float64
	for _, p := range profile {
		if !p.Planned {
			sum += float64(p.Length())
		}
	}
	return sum
}
