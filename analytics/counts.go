package analytics

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
