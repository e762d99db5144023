package analytics

// ReopenedGroup says how many incidents came back after they had been resolved.
// Rate is Reopened / Resolved with the Wilson interval.
type ReopenedGroup struct {
	Group
	Resolved int // resolved or closed at least once, and the source records returns
	Reopened int // of them: came back at least once
	Returns  int // how often, in all
	Open     int // never resolved yet: not in the rate
	Missing  int // the source records no history: not in the rate
	Rate     Estimate
}
