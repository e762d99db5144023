package analytics

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"hindsight/incident"
)

// SuspectWindows are the times before a failure within which a change is compared with chance: a change is judged by the shortest
// one that it is in, for what happened ten minutes before says more than what happened in the same day.
func SuspectWindows() []time.Duration {
	return []time.Duration{30 * time.Minute, 2 * time.Hour, 4 * time.Hour, 24 * time.Hour}
}

// Suspect is an incident and a change that was made within 24 hours before it.
type Suspect struct {
	Incident Case
	Change   incident.ChangeEvent
	Before   time.Duration // from the change to the incident
	Service  incident.ID   // of the incident: the one that was changed, or that needs what was changed
	Needed   incident.ID   // what was changed, where that is not Service itself
	Risk     ChangeRisk    // of Service, within the shortest of SuspectWindows, from its failures before this one
	Stated   AttributionBasis
	No       string // why the change is no suspect: "canceled", "another environment than production"; empty: it is one
}

// SuspectsOf sets an incident beside the changes of its services, and of what these are configured to need, that were made within
// 24 hours before; nearest first. changes are all on record of these services, as far back as q.From, so that it can be told what
// chance alone gives. q says from when on failures are compared, and what the viewer may see.
func (s *Snapshot) SuspectsOf(q Query, rule incident.DeliveryRule, inc *incident.Incident, changes []incident.ChangeEvent) []Suspect {
	x := struck{Case: caseOfIncident(inc)}
	for _, u := range inc.Services {
		x.services = append(x.services, u.Service)
	}
	return s.suspectsAmong(q, rule, []struck{x}, changes, changes)
}

// SuspectedAfter sets a change beside the incidents that count, began within 24 hours after it, and touched a service that it
// changed or that is configured to need one of those; nearest first. changes are as for SuspectsOf.
func (s *Snapshot) SuspectedAfter(q Query, rule incident.DeliveryRule, change incident.ChangeEvent, changes []incident.ChangeEvent) []Suspect {
	windows := SuspectWindows()
	after := q
	after.Services, after.GroupBy, after.Span = s.Needing(servicesIn(change)), ByNothing, incident.Span{}
	after.From, after.To = change.At(), change.At().Add(windows[len(windows)-1]+time.Microsecond)
	if len(after.Services) == 0 {
		return nil
	}
	return s.suspectsAmong(q, rule, s.struckIn(after), []incident.ChangeEvent{change}, changes)
}

func servicesIn(change incident.ChangeEvent) []incident.ID {
	var out []incident.ID
	for _, u := range change.Services {
		if u.Service != "" {
			out = append(out, u.Service)
		}
	}
	return out
}

// suspectsAmong sets incidents beside some of all changes.
func (s *Snapshot) suspectsAmong(q Query, rule incident.DeliveryRule, incidents []struck, some, changes []incident.ChangeEvent) []Suspect {
	needs, windows := s.Terms().Dependencies, SuspectWindows()
	last := windows[len(windows)-1]
	risks := map[riskKey]ChangeRisk{}
	var out []Suspect
	for _, c := range incidents {
		for _, change := range some {
			before := c.StartedAt.Sub(change.At())
			if c.StartedAt.IsZero() || before < 0 || before > last {
				continue
			}
			x := Suspect{Incident: c.Case, Change: change, Before: before, Stated: s.said(c.ID, change.ID), No: notMade(rule, change)}
			if x.Service, x.Needed = touched(needs, c.services, change); x.Service == "" {
				continue
			}
			i := slices.IndexFunc(windows, func(w time.Duration) bool { return before <= w })
			key := riskKey{x.Service, windows[i], micros(c.StartedAt)}
			if _, known := risks[key]; !known {
				risks[key] = s.riskBefore(q, rule, key, changes)
			}
			x.Risk = risks[key]
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(x, y Suspect) int {
		return cmp.Or(cmp.Compare(x.Before, y.Before), cmp.Compare(x.Change.ID, y.Change.ID), cmp.Compare(x.Incident.ID, y.Incident.ID))
	})
	return out
}

type riskKey struct {
	service incident.ID
	within  time.Duration
	before  int64
}

// riskBefore measures the failures of a service before an instant.
func (s *Snapshot) riskBefore(q Query, rule incident.DeliveryRule, key riskKey, changes []incident.ChangeEvent) ChangeRisk {
	q.Services, q.To = []incident.ID{key.service}, instant(key.before)
	for _, r := range s.ChangeRisks(q, rule, key.within, changes) {
		return r
	}
	return ChangeRisk{Service: key.service, Name: s.Name(key.service), Within: key.within, P: 1, Q: 1, Says: SuspicionTooFew,
		Before: share(0, 0), Base: unknown(riskMethod, 0, noFailureBefore), Lift: unknown(riskMethod, 0, noFailureBefore)}
}

const noFailureBefore = "no failure before this one while changes are on record"

// said returns what people say about a change and an incident: that it was the cause, or not, or NearInTime for nothing.
func (s *Snapshot) said(id, change incident.ID) AttributionBasis {
	switch cause := s.cause(id); {
	case cause == change:
		return SaidByPerson
	case cause != "", slices.Contains(s.rejections(id), change):
		return Denied
	}
	return NearInTime
}

// touched returns the service of an incident that a change touched, and what was changed where that is only needed by it.
func touched(needs []incident.Dependencies, services []incident.ID, change incident.ChangeEvent) (service, needed incident.ID) {
	is := func(id incident.ID) bool {
		return slices.ContainsFunc(change.Services, func(u incident.ServiceUse) bool { return u.Service == id })
	}
	for _, id := range services {
		if is(id) {
			return id, ""
		}
	}
	for _, id := range services {
		for _, other := range NeededBy(needs, id) {
			if is(other) {
				return id, other
			}
		}
	}
	return "", ""
}

// Words says in a word how a change stands to an incident: what people say, else what chance says.
func (x Suspect) Words() string {
	switch {
	case x.Stated == SaidByPerson:
		return "confirmed"
	case x.Stated == Denied:
		return "rejected"
	case x.No != "":
		return "no suspect"
	}
	return x.Risk.Says.Words()
}

// Sentence says what the word rests on.
func (x Suspect) Sentence() string {
	if x.No != "" {
		return "it was not made where users are: " + x.No
	}
	return x.Risk.Sentence()
}

// Needing returns the services that are configured to need one of some, directly or through others, and those themselves.
func (s *Snapshot) Needing(services []incident.ID) []incident.ID {
	needs, out := s.Terms().Dependencies, slices.Clone(services)
	for _, d := range needs {
		if !slices.Contains(out, d.Service) && slices.ContainsFunc(NeededBy(needs, d.Service), func(id incident.ID) bool { return slices.Contains(services, id) }) {
			out = append(out, d.Service)
		}
	}
	return out
}

// CasesByID describes some incidents that q may see, by id.
func (s *Snapshot) CasesByID(q Query, ids []incident.ID) map[incident.ID]Case {
	wanted := map[incident.ID]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	out := map[incident.ID]Case{}
	p := s.population(q)
	for r := range p.all() {
		if id := r.id[r.i]; wanted[id] {
			out[id] = p.caseOf(r)
		}
	}
	return out
}

// LaidTo lists the incidents of which a person says that a change brought them about, oldest first.
func (s *Snapshot) LaidTo(q Query, change incident.ID) []Case {
	var laid []incident.ID
	for _, part := range s.causes.parts {
		for id, cause := range part {
			if cause == change {
				laid = append(laid, id)
			}
		}
	}
	if len(laid) == 0 {
		return nil
	}
	out := slices.Collect(maps.Values(s.CasesByID(q, laid)))
	sortCases(out)
	return out
}
