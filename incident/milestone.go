package incident

import (
	"slices"
	"time"
)

// MilestoneName names a moment in an incident's life that durations are measured between.
type MilestoneName string

const (
	ImpactStarted MilestoneName = "impact_started" // users began to suffer; never filled in from Opened
	Detected      MilestoneName = "detected"       // first alert or report
	Opened        MilestoneName = "opened"         // the source made the record
	Acked         MilestoneName = "acknowledged"   // first human took it
	MitigatedAt   MilestoneName = "mitigated"      // users' suffering stopped or became minor
	ResolvedAt    MilestoneName = "resolved"       // last resolution, if now resolved
	ClosedAt      MilestoneName = "closed"
	ImpactEnded   MilestoneName = "impact_ended" // full normal service
)

// MilestoneNames lists the milestones in the order in which they normally happen.
var MilestoneNames = []MilestoneName{ImpactStarted, Detected, Opened, Acked, MitigatedAt, ResolvedAt, ImpactEnded, ClosedAt}

// Precision is how exactly the source states a time.
type Precision string

const (
	ToSecond Precision = "second"
	ToMinute Precision = "minute"
	ToHour   Precision = "hour"
	ToDay    Precision = "day"
	About    Precision = "about" // a person's estimate
)

// Precisions lists every precision, the finest first.
var Precisions = []Precision{ToSecond, ToMinute, ToHour, ToDay, About}

// Basis is where a milestone's time was taken from.
type Basis string

const (
	FromField  Basis = "field"   // a field of the source's record
	FromLog    Basis = "log"     // the source's history of the record
	FromText   Basis = "text"    // read out of prose
	Derived    Basis = "derived" // computed from other facts
	FromTwin   Basis = "twin"    // another record of the same incident states it; Field names that record
	FromPerson Basis = "person"  // set or corrected here
)

// A Milestone is one statement that something happened at a time. Statements are only ever added: an
// import replaces its own earlier statement, a person's correction stands beside it, and what
// is in force is Milestones.At.
type Milestone struct {
	Name      MilestoneName
	At        time.Time // UTC
	Precision Precision
	Basis     Basis
	Source    string    // "servicenow", or the user name of the person who set it
	Field     string    // the source's field or the passage it was read from; may be empty
	Reason    string    // why a person changed it
	StatedAt  time.Time // when a person stated it; zero for imported statements
}

// Milestones holds all statements about one incident, in any order.
type Milestones []Milestone

// Current returns the statement in force: the latest one by a person, else the source's own.
func (ms Milestones) Current(name MilestoneName) (Milestone, bool) {
	var best Milestone
	found := false
	for _, m := range ms {
		if m.Name != name {
			continue
		}
		if !found || m.outranks(best) {
			best, found = m, true
		}
	}
	return best, found && !best.At.IsZero()
}

// outranks orders statements: people before sources, later statements before earlier ones; the rest
// of the comparison only makes the outcome independent of the order of the slice.
func (m Milestone) outranks(o Milestone) bool {
	if p, q := m.Basis == FromPerson, o.Basis == FromPerson; p != q {
		return p
	}
	if !m.StatedAt.Equal(o.StatedAt) {
		return m.StatedAt.After(o.StatedAt)
	}
	if !m.At.Equal(o.At) {
		return m.At.Before(o.At)
	}
	return m.Source < o.Source
}

// At returns the time in force for name, or the zero time when it is not known.
func (ms Milestones) At(name MilestoneName) time.Time {
	m, _ := ms.Current(name)
	return m.At
}

// Set adds an imported statement, unless the time is zero: an unknown time is no statement.
func (ms *Milestones) Set(name MilestoneName, at time.Time, p Precision, b Basis, source, field string) {
	if at.IsZero() {
		return
	}
	*ms = append(*ms, Milestone{Name: name, At: at.UTC(), Precision: p, Basis: b, Source: source, Field: field})
}

// Stated returns the statements by people, which an import must carry over.
func (ms Milestones) Stated() Milestones {
	return slices.DeleteFunc(slices.Clone(ms), func(m Milestone) bool { return m.Basis != FromPerson })
}

// Timeline order of what is known, current statements only.
func (ms Milestones) Ordered() []Milestone {
	var out []Milestone
	for _, name := range MilestoneNames {
		if m, ok := ms.Current(name); ok {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Milestone) int { return a.At.Compare(b.At) })
	return out
}
