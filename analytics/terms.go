package analytics

import (
	"math"
	"slices"

	"hindsight/analytics/calendar"
	"hindsight/analytics/stats"
	"hindsight/incident"
)

// terms are a promise made ready for one snapshot.
type terms struct {
	span        span
	within      int64
	hours       hours
	from, until int64 // the contract is in force; 0 does not bind
	services    codes // of sets
	priorities  codes
	severities  [6]bool
	pause       map[uint32]bool // codes of statuses
	cancel      map[uint32]bool
	over        map[uint32]bool // whether a status is over, where that is known; nil unless reopen needs it
	reopen      incident.Reopen
	exclusions  []exclusion
}

type exclusion struct {
	incident.SLAExclusion
	stats.Stretch
	services codes // of sets
}

func (s *Snapshot) terms(a *Agreement, p incident.SLAPromise) *terms {
	measured, _ := incident.ParseSpan(p.Span) // one that cannot be read was refused, or measures nothing
	from, until := a.term()
	t := &terms{
		span: spanOf(measured), within: int64(math.Round(p.WithinSeconds * 1e6)), hours: a.hours(p), from: micros(from), until: micros(until),
		services: setsWith(s, p.Services), priorities: codesOf(s, p.Priorities), reopen: p.Reopen,
	}
	for i := range t.severities {
		t.severities[i] = len(p.Severities) == 0
	}
	for _, sev := range p.Severities {
		t.severities[sev] = true
	}
	if len(p.PauseIn) > 0 {
		t.pause = s.statusesLike(p.PauseIn)
	}
	if len(p.CancelOn) > 0 {
		t.cancel = s.statusesLike(p.CancelOn)
	}
	if p.Reopen != incident.RunOn {
		t.over = s.over()
	}
	for _, x := range a.Contract.Exclusions {
		if x.AppliesTo == incident.ToAvailability {
			continue
		}
		t.exclusions = append(t.exclusions, exclusion{x, stats.Stretch{From: micros(x.From), To: micros(x.Until)}, setsWith(s, x.Services)})
	}
	return t
}

// concern reports whether the promise is about row r.
func (t *terms) concern(r row) bool {
	at := r.started[r.i]
	switch {
	case t.from != 0 && (at == 0 || at < t.from), t.until != 0 && (at == 0 || at >= t.until):
		return false
	case t.services != nil && !t.services.has(r.services[r.i]), t.priorities != nil && !t.priorities.has(r.priority[r.i]):
		return false
	}
	return t.severities[r.severity[r.i]]
}

// reading is what a clock shows, with what it was read from.
type reading struct {
	state   SLAState
	running bool
	run     stats.Stretch // from the start that decided to the stop, or to now
	clock   calendar.Clock
	elapsed int64
	over    int64 // beyond the promise
	excused bool  // in time because of exclusions alone
	late    bool  // and one of them was approved after the fact
	lack    lack
	status  uint32 // that canceled the clock
	within  int64  // of what the source states, where it says
}

// lack is why a clock is neither met nor broken nor runs.
type lack uint8

const (
	_ lack = iota
	lacksStart
	lacksStop
	endsFirst
	notSaid
	canceled
)

// riskQuarters is how many quarters of its time a running clock has used when it is at risk.
const riskQuarters = 3

// read reads the clock of row r. It has no clock when the promise does not concern it.
func (t *terms) read(r row, now int64) (reading, bool) {
	if !t.concern(r) {
		return reading{}, false
	}
	from, stop := r.earliest(r.i, t.span.from), r.earliest(r.i, t.span.to)
	if status, is := t.canceled(r, from, stop); is {
		return reading{state: SLACanceled, lack: canceled, status: status}, true
	}
	switch {
	case from == 0:
		return reading{state: SLAMissing, lack: lacksStart}, true
	case stop == 0 && r.flags[r.i].has(isOver):
		return reading{state: SLAMissing, lack: lacksStop}, true
	case stop != 0 && stop < from:
		return reading{state: SLAInvalid, lack: endsFirst}, true
	}
	end := stop
	if stop == 0 {
		end = max(from, now)
	}
	var last reading
	for _, run := range t.runs(r, from, end, stop) {
		last = t.rule(r, run)
		last.running = stop == 0 && run.To == end
		if last.state == SLABreached {
			return last, true // one run that was late breaks the promise, whatever came later
		}
	}
	if last.running {
		last.state = SLARunning
		if last.elapsed*4 >= t.within*riskQuarters {
			last.state = SLAAtRisk
		}
	}
	return last, true
}

// canceled returns the first status that the incident came to and that ends its clock while that ran.
func (t *terms) canceled(r row, from, stop int64) (status uint32, is bool) {
	found, statuses := r.history[r.i].stretches(t.cancel, calendar.Forever)
	for i, s := range found {
		if s.To > from && (stop == 0 || s.From <= stop) {
			return statuses[i], true
		}
	}
	return 0, false
}

// runs returns the stretches that are each held against the promise: one, unless the clock is reset.
func (t *terms) runs(r row, from, end, stop int64) []stats.Stretch {
	var out []stats.Stretch
	if t.reopen == incident.Reset {
		for _, back := range r.history[r.i].returns(t.over) {
			if back.From > from && (stop == 0 || back.To < stop) {
				out, from = append(out, stats.Stretch{From: from, To: back.From}), back.To
			}
		}
	}
	return append(out, stats.Stretch{From: from, To: max(from, end)})
}

// rule holds one run against the promise: exactly on time is met.
func (t *terms) rule(r row, run stats.Stretch) reading {
	own, excluded := t.pauses(r), t.excluded(r)
	x := reading{state: SLAMet, run: run, clock: calendar.NewClock(t.hours.Calendar, run.From, slices.Concat(own, excluded))}
	if x.elapsed = x.clock.Elapsed(run.To); x.elapsed > t.within {
		x.state, x.over = SLABreached, x.elapsed-t.within
	} else if len(excluded) > 0 && calendar.NewClock(t.hours.Calendar, run.From, own).Elapsed(run.To) > t.within {
		x.excused = true
		x.late = slices.ContainsFunc(t.exclusions, func(e exclusion) bool { return e.AfterTheFact() && e.binds(r) && e.Clip(run).Length() > 0 })
	}
	return x
}

// pauses returns when the clock stands still by the incident's history.
func (t *terms) pauses(r row) []stats.Stretch {
	out, _ := r.history[r.i].stretches(t.pause, calendar.Forever)
	if t.reopen == incident.Resume {
		out = append(out, r.history[r.i].returns(t.over)...)
	}
	return out
}

// excluded returns the time that does not count for the services of row r.
func (t *terms) excluded(r row) (out []stats.Stretch) {
	for _, x := range t.exclusions {
		if x.binds(r) {
			out = append(out, x.Stretch)
		}
	}
	return out
}

func (x exclusion) binds(r row) bool { return x.services == nil || x.services.has(r.services[r.i]) }
