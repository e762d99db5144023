package analytics

import (
	"time"

	"hindsight/incident"
)

// Outcome names the incidents behind one number of a DurationGroup.
type Outcome string

const (
	AnyOutcome Outcome = ""         // all that count
	Recorded   Outcome = "recorded" // N
	Open       Outcome = "open"     // NOpen
	Missing    Outcome = "missing"  // NMissing
	Invalid    Outcome = "invalid"  // NInvalid
	Excluded   Outcome = "left_out" // Group.LeftOut
)

// Case is one incident as lists and dots need it.
type Case struct {
	ID        incident.ID
	Number    string // may be empty
	Title     string
	Severity  incident.Severity
	Priority  string
	StartedAt time.Time // UTC; zero when unknown
	Services  []string  // names
	Outcome   Outcome   // of q.Span
	Seconds   float64   // the duration when Recorded; so far, when Open; else 0
	Reason    string    // why it is left out; empty when it counts
}
