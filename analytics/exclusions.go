package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// ExcludedTime is a stretch of time that is taken out of availability and budgets, and by whose word: an incident of planned
// maintenance, or an exclusion of a contract.
type ExcludedTime struct {
	From, To time.Time // inside the window of the figure
	Case     *Case     // the maintenance; nil for an exclusion
	// Of an exclusion.
	Contract     incident.ID
	ContractName string
	Reason       string
	Approver     string
	Late         bool // declared or approved when it had begun
}

// timeOut is an exclusion of a contract, inside the term of that.
type timeOut struct {
	stats.Stretch
	ExcludedTime
}

// timesOut returns what contracts exclude from a figure about some services: time that is excluded for each of them, and so
// time that is excluded for all services only where none is named.
func (s *Snapshot) timesOut(services []incident.ID) (out []timeOut) {
	for _, a := range s.agreements {
		if a.Problem != "" {
			continue
		}
		term := stats.Stretch{From: -forever, To: forever}
		if from, until := a.term(); !from.IsZero() || !until.IsZero() {
			term.From = micros(from)
			if !until.IsZero() {
				term.To = micros(until)
			}
		}
		for _, x := range a.Contract.Exclusions {
			named := !slices.ContainsFunc(services, func(id incident.ID) bool { return !slices.Contains(x.Services, id) })
			if x.AppliesTo == incident.ToClocks || len(x.Services) > 0 && (len(services) == 0 || !named) {
				continue
			}
			out = append(out, timeOut{stats.Stretch{From: micros(x.From), To: micros(x.Until)}.Clip(term),
				ExcludedTime{Contract: a.ID, ContractName: a.Name, Reason: x.Reason, Approver: x.Approver, Late: x.AfterTheFact()}})
		}
	}
	return out
}

// excludedIn returns the exclusions that reach into a window, as much as does.
func excludedIn(w stats.Stretch, all []timeOut) (out []ExcludedTime) {
	for _, x := range all {
		if part := x.Clip(w); part.Length() > 0 {
			x.ExcludedTime.From, x.ExcludedTime.To = instant(part.From), instant(part.To)
			out = append(out, x.ExcludedTime)
		}
	}
	return out
}

// excluded returns the maintenance and the exclusions that reach into a window, in time order.
func (l *losses) excluded(w stats.Stretch) []ExcludedTime {
	out := excludedIn(w, l.timesOut)
	for i, r := range l.planned {
		if part := l.maintenance[i].Clip(w); part.Length() > 0 {
			c := l.p.caseOf(r)
			out = append(out, ExcludedTime{From: instant(part.From), To: instant(part.To), Case: &c, Late: r.declared[r.i] > l.maintenance[i].From})
		}
	}
	slices.SortStableFunc(out, func(a, b ExcludedTime) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	return out
}
