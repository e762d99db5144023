package analytics

import "hindsight/incident"

// Snapshot is every incident as of one number of the change feed. It never changes and may be read by
// many goroutines at once.
type Snapshot struct {
	asOf incident.Seq
}
