package analytics

import "hindsight/incident"

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
	// Noise is how far two means of as many incidents as here differ by chance alone in 9 of 10 comparisons
	// when nothing has changed; nil below 2 incidents.
	Noise *float64

	Values []float64 // the recorded durations, ascending; belongs to the caller
}
