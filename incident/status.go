package incident

// Status is where an incident stands, in the field's common words.
// What the source itself said is kept beside it (Incident.StatusRaw).
type Status string

const (
	Triggered     Status = "triggered"
	Acknowledged  Status = "acknowledged"
	Investigating Status = "investigating"
	Mitigated     Status = "mitigated"
	Resolved      Status = "resolved"
	Closed        Status = "closed"
	Canceled      Status = "canceled" // opened by mistake
	Merged        Status = "merged"   // folded into another incident
	StatusUnknown Status = "unknown"  // the source's word is in no mapping table
)

// Statuses lists every status in the order of an incident's life.
var Statuses = []Status{Triggered, Acknowledged, Investigating, Mitigated, Resolved, Closed, Canceled, Merged, StatusUnknown}

// Over reports whether nobody is working on the incident any more.
func (s Status) Over() bool {
	switch s {
	case Resolved, Closed, Canceled, Merged:
		return true
	}
	return false
}

// Severity runs from 1, the worst, to 5. Zero means that nobody said.
type Severity int

const (
	SevUnknown Severity = iota
	Sev1
	Sev2
	Sev3
	Sev4
	Sev5
)

// Valid reports whether s is unknown or between 1 and 5.
func (s Severity) Valid() bool { return s >= SevUnknown && s <= Sev5 }

// String returns "SEV1" … "SEV5", or "unset".
func (s Severity) String() string {
	if s < Sev1 || s > Sev5 {
		return "unset"
	}
	return "SEV" + string(rune('0'+s))
}

// Kind says whether the record describes a disruption that really happened.
// Only Real incidents enter reliability numbers.
type Kind string

const (
	Real         Kind = "real"
	Drill        Kind = "drill"
	Test         Kind = "test"
	Maintenance  Kind = "maintenance"
	AfterTheFact Kind = "retrospective" // written down after the fact: it happened, but its times were never observed
	// Request is somebody's wish for something, such as access or a new machine, and no disruption. It counts in no figure and is in no
	// problem.
	Request Kind = "request"
)

// Kinds lists every kind, Real first.
var Kinds = []Kind{Real, Drill, Test, Maintenance, AfterTheFact, Request}

// Origin is the sort of system that the record came from.
type Origin string

const (
	OriginPager      Origin = "pager"
	OriginTicket     Origin = "ticket"
	OriginMonitor    Origin = "monitor"
	OriginStatusPage Origin = "status_page" // what was told to the public, not what was measured
	OriginFile       Origin = "file"
	OriginManual     Origin = "manual"
)

// Origins lists every origin.
var Origins = []Origin{OriginPager, OriginTicket, OriginMonitor, OriginStatusPage, OriginFile, OriginManual}
