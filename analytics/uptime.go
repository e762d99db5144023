package analytics

import "time"

// UptimeGroup says when what the group selects was affected inside [From, To). The stretch of impact of an
// incident runs from impact start or detection, whichever is known and first, to the end of impact or
// resolution; that of an open incident to the end of the window. Stretches that overlap count
// once. Planned maintenance is neither up nor down.
//
// Group.From and Group.To always hold the window: the query's period cut at Now, and where the query
// leaves the start open, from the first stretch on.
type UptimeGroup struct {
	Group

	Incidents int // with impact inside the window
	NMissing  int // of the period, but without a known start or end of impact: not in any number here
	NInvalid  int // impact ends before it begins: likewise
	NOpen     int // of Incidents: still going on

	Window      time.Duration // To − From
	Maintenance time.Duration // taken out of the window
	Down        time.Duration // union of the stretches of impact
	Up          time.Duration // Window − Maintenance − Down
	SumOfParts  time.Duration // impact added up incident by incident, for contrast: overlaps count twice

	Availability Estimate // 0 to 1; no interval: it is measured, not sampled
	// Failures counts the merged stretches that begin inside the window.
	Failures int
	// MTBF is Up / Failures in seconds (IEC 60050-192), with the chi-square interval for a window of fixed
	// length. Without failures only Low is known.
	MTBF Estimate
	// MTBSI is Window / Failures in seconds: start to start, over the whole window.
	MTBSI Estimate
	// StartToStart is (last start − first start) / (n − 1) in seconds over all incidents that started in the
	// period, merged or not. It ignores the quiet time before the first and after the last one, so
	// it is shorter than MTBSI; many tools call it MTBF.
	StartToStart Estimate
}
