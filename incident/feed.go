package incident

// Delta is what the change feed brought, with the current state of everything that it names. The
// follower hands it to every sink in order. A sink that has applied a Delta is at position Upto; applying
// one twice changes nothing.
type Delta struct {
	Upto Seq
	// CaughtUp is false while more changes are known to follow at once: a sink may then put off
	// what is worth doing only once, as publishing a snapshot.
	CaughtUp bool

	Incidents      []*Incident // current state, without tombstones
	Timelines      map[ID][]TimelineEvent
	Retrospectives map[ID]Retrospective
	Gone           []ID // incidents of which only a tombstone is left

	// For sinks of runbooks, which get nothing else.
	Runbooks     []Runbook // current state, without tombstones
	GoneRunbooks []ID      // of which only a tombstone is left

	// The whole catalogue each time one of its entities changed; nil when none did.
	Services []Service
	Teams    []Team
	Problems []Problem
	Answers  []Answer
	Policies []Policy
}
