package analytics

import "time"

// Group is the head of every row of a result: which part of the selection it is about.
//
// Groups of a period come in time order without gaps. Severities come worst first. All other groups
// come largest first. An incident of several services is in the group of each, so groups by service
// do not add up to the whole. Incidents without a value form a last group with an empty Key.
type Group struct {
	Key      string    // stable: a service's id, "SEV2", "2026-03", "2026-W09", "2026-Q1"; empty: no value
	Label    string    // for people: the service's name, "Mar 2026"
	From, To time.Time // of a period: its part inside the query's period, half open, UTC; zero otherwise
	// Partial says that only part of the calendar period is inside the query's period and before Now.
	Partial bool
	LeftOut []LeftOut // incidents that do not count, most frequent reason first
}

// LeftOut counts the incidents that were left out for one reason.
type LeftOut struct {
	Reason string // "drill", "canceled", or in the words of who excluded it
	N      int
}
