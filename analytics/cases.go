package analytics

import (
	"fmt"
	"slices"
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

// outcomeOf translates the state of a duration.
func outcomeOf(state incident.DurationState) Outcome {
	switch state {
	case incident.Recorded:
		return Recorded
	case incident.Pending:
		return Open
	case incident.Invalid:
		return Invalid
	}
	return Missing
}

// Case is one incident as lists and dots need it.
type Case struct {
	ID        incident.ID
	Number    string // may be empty
	Title     string
	Severity  incident.Severity
	Priority  string
	StartedAt time.Time // UTC; zero when unknown
	Services  []string  // names
	Outcome   Outcome   // of q.Span; AnyOutcome when the query measures none
	Seconds   float64   // the duration when both ends are known; so far, when Open; else 0
	Reason    string    // why it is left out; empty when it counts
}

// Cases lists the incidents behind a number of Durations(q), oldest first. q.GroupBy does not matter: narrow the
// other fields to open one group.
func (s *Snapshot) Cases(q Query, which Outcome) []Case {
	p := s.population(q)
	var out []Case
	for r := range p.started() {
		outcome, _ := p.outcome(r)
		if which == outcome || which == AnyOutcome && outcome != Excluded {
			out = append(out, p.caseOf(r))
		}
	}
	sortCases(out)
	return out
}

// Touched returns the ids of all incidents that count and touched a service, whenever they began. It must not be changed.
func (s *Snapshot) Touched(service incident.ID, sight incident.Sight) map[incident.ID]bool {
	return remember(s, fmt.Sprintf("touched %q %s", service, s.Reduce(sight).Key()), func() map[incident.ID]bool {
		out := map[incident.ID]bool{}
		for r := range s.population(Query{Services: []incident.ID{service}, Sight: sight}).started() {
			if r.leftOut == 0 {
				out[r.id[r.i]] = true
			}
		}
		return out
	})
}

// outcome returns how row r stands in the span of the query, and its duration in microseconds.
func (p *population) outcome(r row) (Outcome, int64) {
	state, value := p.duration(r, p.now())
	switch {
	case r.leftOut != 0:
		return Excluded, value
	case len(p.q.Span.From) == 0:
		return AnyOutcome, 0
	}
	return outcomeOf(state), value
}

// caseOf describes row r.
func (p *population) caseOf(r row) Case {
	outcome, value := p.outcome(r)
	c := Case{
		ID: r.id[r.i], Number: r.number[r.i], Title: r.title[r.i],
		Severity: incident.Severity(r.severity[r.i]), Priority: p.s.texts[r.priority[r.i]],
		StartedAt: instant(r.started[r.i]), Outcome: outcome, Seconds: float64(value) / 1e6, Reason: p.s.texts[r.leftOut],
	}
	for _, code := range p.s.sets[r.services[r.i]] {
		c.Services = append(c.Services, p.s.Name(incident.ID(p.s.texts[code])))
	}
	slices.Sort(c.Services)
	return c
}
