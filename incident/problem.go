package incident

import "time"

// Problem is a recurring cause behind several incidents. Machines suggest problems; people confirm them.
type Problem struct {
	ID      ID
	Seq     Seq
	Title   string // in the words of its members, or a person's
	State   ProblemState
	Terms   []string // the words that its members share, strongest first
	Members []ProblemMember
	Basis   string // "text" or "source" (the ticket system's own problem reference)
	By      string // who decided State; empty for suggestions
	At      time.Time
}

// ProblemState says who vouches for a problem.
type ProblemState string

const (
	Suggested ProblemState = "suggested"
	Confirmed ProblemState = "confirmed"
	Rejected  ProblemState = "rejected"
)

// ProblemMember is one incident of a problem and why it belongs.
type ProblemMember struct {
	Incident ID
	Score    float64  // 0 to 1; comparable within one problem only
	Reasons  []string // in words
	Removed  bool     // a person said that it does not belong; kept so that it is not suggested again
}
