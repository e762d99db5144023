package analytics

import (
	"fmt"
	"time"

	"hindsight/incident"
)

// periodOf returns q in one group for another period.
func periodOf(q Query, from, to time.Time) Query {
	q.From, q.To, q.GroupBy, q.Span = from, to, ByNothing, incident.Span{}
	return q
}

// members lists what is behind the figures of a report: none are the changes that are no deployments, out the incidents that do
// not count.
func (b *book) members(r DeliveryReport, none []Member, out []Case) Members {
	m := Members{"deployments": none}
	failed := map[incident.ID]FailedDeployment{}
	for _, f := range r.Failures {
		failed[f.Change.ID] = f
	}
	for i := len(b.deployed) - 1; i >= 0; i-- {
		d := b.deployed[i]
		if d.at < micros(r.From) || d.at >= micros(r.To) {
			continue
		}
		m["deployments"] = append(m["deployments"], memberOfChange(d.event, Counted, ""))
		f, bad := failed[d.event.ID]
		if !bad {
			m["failed"] = append(m["failed"], memberOfChange(d.event, Beside, ""))
			continue
		}
		m["failed"] = append(m["failed"], memberOfChange(d.event, Counted, f.why()))
		part, why := f.recovery()
		m["recovery"] = append(m["recovery"], memberOfChange(d.event, part, why))
	}
	for _, a := range r.Attributions {
		part := Beside
		if a.Near {
			part = Counted
		}
		m["near"] = append(m["near"], Member{Case: a.Case, Part: part, Why: string(a.Basis)})
	}
	for _, c := range out {
		m["near"] = append(m["near"], Member{Case: c, Part: NotIn, Why: c.Reason})
	}
	return m
}

// why says what a failure rests on.
func (f FailedDeployment) why() string {
	switch f.Basis {
	case SaidBySource:
		return "its source says that it failed"
	case SaidByPerson:
		return "a person laid an incident to it"
	}
	return fmt.Sprintf("near in time: %s", incidents(len(f.Incidents)))
}

// recovery says how a failure stands in the time to recovery.
func (f FailedDeployment) recovery() (Part, string) {
	switch {
	case f.Unknown:
		return NotIn, "recovered at a time that nobody knows"
	case f.Recovered.IsZero():
		return NotIn, "not recovered yet"
	}
	return Counted, "after " + incident.FormatDuration(max(0, f.Recovered.Sub(f.Change.At())))
}

func memberOfChange(c incident.ChangeEvent, part Part, why string) Member {
	m := Member{Case: Case{Title: c.Title, StartedAt: c.At()}, Change: c.ID, Part: part, Why: why}
	for _, u := range c.Services {
		m.Services = append(m.Services, u.Name)
	}
	return m
}
