package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Promise is a service level that incidents are held against: one that the source states and
// judges itself, or a target of our own.
type Promise struct {
	Stated bool        // judged by the source (incident.SLACycle); else by the span and time of a target
	Key    string      // stable: "stated:resolution:P1 resolution", or the target's id
	Name   string      // for people
	ID     incident.ID // of the target; empty when Stated
	Within time.Duration
	Goal   float64 // share that must be met, 0 to 1; 0 when Stated, for sources do not say
}

// ComplianceGroup says how one promise was kept in one group.
// Rate is Met / (Met + Breached) with the Wilson interval. Numbers count clocks: one for each
// incident and target, and as many as the source ran for what it states.
type ComplianceGroup struct {
	Group
	Promise  Promise
	Met      int // exactly on time is met
	Breached int // also those still running that are past their time
	Running  int // not over, still in time: in neither
	Missing  int // an end is missing, or the source does not say
	Invalid  int // it ends before it begins
	Rate     Estimate
}

// Breach is an incident that broke a promise.
type Breach struct {
	Case
	Promise Promise
	Over    float64 // seconds past the promise, by wall clock; 0 when the source does not say
	Running bool    // not over yet
}

// SLAState is how one promise stands for one incident.
type SLAState string

const (
	SLAMet      SLAState = "met"
	SLABreached SLAState = "breached"
	SLARunning  SLAState = "running"
	SLAMissing  SLAState = "missing"
	SLAInvalid  SLAState = "invalid"
)

// SLA returns how every promise was kept, group by group: first what the sources state, by name, then the
// targets, in their order. Groups that a promise does not concern are left out; grouped by nothing or by a
// period, a target has its groups even when it concerned no incident.
func (s *Snapshot) SLA(q Query, targets []incident.SLATarget) []ComplianceGroup {
	p := s.population(q)
	g := p.grouping()
	always := q.GroupBy == ByNothing || q.GroupBy.Period()
	var out []ComplianceGroup
	for _, judge := range s.promises(p, targets) {
		buckets := collect(p, g, func(acc *ComplianceGroup, r row) {
			for _, v := range judge.verdicts(r, p.now()) {
				acc.count(v.state)
			}
		})
		for _, b := range buckets {
			if b.acc.total() == 0 && (judge.promise.Stated || !always) {
				continue
			}
			b.acc.Group, b.acc.Promise = b.group, judge.promise
			b.acc.Rate = share(b.acc.Met, b.acc.Met+b.acc.Breached)
			out = append(out, b.acc)
		}
	}
	return out
}

func (g *ComplianceGroup) count(state SLAState) {
	switch state {
	case SLAMet:
		g.Met++
	case SLABreached:
		g.Breached++
	case SLARunning:
		g.Running++
	case SLAMissing:
		g.Missing++
	case SLAInvalid:
		g.Invalid++
	}
}

func (g *ComplianceGroup) total() int {
	return g.Met + g.Breached + g.Running + g.Missing + g.Invalid
}

// share estimates a proportion.
func share(part, whole int) Estimate {
	const method = "share with Wilson interval"
	if whole == 0 {
		return unknown(method, 0, tooFew(0))
	}
	return estimate(float64(part)/float64(whole), stats.Wilson(part, whole, Level), method, whole)
}

// judge holds incidents against one promise.
type judge struct {
	promise Promise
	code    uint32 // of a stated promise
	target  incident.SLATarget
	span    span
	texts   targetCodes
}

// targetCodes are a target's filters as codes; ok is false where the snapshot knows no such value.
type targetCodes struct {
	services []bool          // sets that hold the service; nil: all
	priority map[uint32]bool // nil: all
}

// promises returns a judge for every promise that the sources state and for every target.
func (s *Snapshot) promises(p *population, targets []incident.SLATarget) []judge {
	seen := map[uint32]bool{}
	for r := range p.started() {
		for _, c := range r.cycles[r.i] {
			seen[c.promise] = true
		}
	}
	var out []judge
	for code := range seen {
		goal, name := splitField(s.texts[code])
		out = append(out, judge{code: code, promise: Promise{
			Stated: true, Key: "stated:" + goal + ":" + name, Name: cmp.Or(name, goal, "as the source states"),
		}})
	}
	slices.SortFunc(out, func(a, b judge) int { return cmp.Compare(a.promise.Key, b.promise.Key) })
	for _, t := range targets {
		out = append(out, s.target(t))
	}
	return out
}

func (s *Snapshot) target(t incident.SLATarget) judge {
	j := judge{target: t, span: spanOf(t.Span)}
	j.promise = Promise{Key: string(t.ID), Name: t.Name, ID: t.ID, Within: t.Within, Goal: t.Goal}
	if t.Service != "" {
		j.texts.services = setsWith(s, []incident.ID{t.Service})
	}
	if t.Priority != "" {
		j.texts.priority = codesOf(s.texts, []string{t.Priority})
	}
	return j
}

// ruling is what one promise means for one incident.
type ruling struct {
	state   SLAState
	over    int64 // microseconds past the promise
	running bool
}

// verdicts returns one ruling for each clock of the promise: none when it does not concern the
// incident, several when the source ran its clock several times.
func (j *judge) verdicts(r row, now int64) []ruling {
	if j.promise.Stated {
		return j.stated(r, now)
	}
	if j.texts.services != nil && !j.texts.services[r.services[r.i]] || j.texts.priority != nil && !j.texts.priority[r.priority[r.i]] {
		return nil
	}
	state, value := r.duration(r.i, j.span, now)
	return []ruling{rule(state, value, j.target.Within.Microseconds())}
}

// rule holds a duration against a target: exactly on time is met, and who is past it while still running
// has broken it already.
func rule(state incident.DurationState, value, within int64) ruling {
	switch {
	case state == incident.NotApplicable:
		return ruling{state: SLAMissing}
	case state == incident.Invalid:
		return ruling{state: SLAInvalid}
	case value > within:
		return ruling{state: SLABreached, over: value - within, running: state == incident.Pending}
	case state == incident.Pending:
		return ruling{state: SLARunning, running: true}
	}
	return ruling{state: SLAMet}
}

// stated returns what the source says. It knows the contract's calendar and pauses, so its word counts and
// is not recomputed.
func (j *judge) stated(r row, now int64) []ruling {
	var out []ruling
	for _, c := range r.cycles[r.i] {
		if c.promise != j.code {
			continue
		}
		running := c.stop == 0 && !r.flags[r.i].has(isOver)
		x := ruling{state: SLAMissing, running: running}
		switch {
		case c.breached == 1:
			x.state, x.over = SLABreached, c.overrun(now)
		case running:
			x.state = SLARunning
		case c.breached == 0:
			x.state = SLAMet
		}
		out = append(out, x)
	}
	return out
}

// overrun returns by how much the clock passed its target in wall-clock time, 0 when that is not known.
func (c cycle) overrun(now int64) int64 {
	stop := cmp.Or(c.stop, now)
	if c.target == 0 || c.start == 0 || stop == 0 {
		return 0
	}
	return max(0, stop-c.start-c.target)
}

// Breaches lists the incidents that broke a promise, newest first.
func (s *Snapshot) Breaches(q Query, targets []incident.SLATarget) []Breach {
	p := s.population(q)
	var out []Breach
	for _, judge := range s.promises(p, targets) {
		for r := range p.started() {
			if r.leftOut != 0 {
				continue
			}
			for _, v := range judge.verdicts(r, p.now()) {
				if v.state == SLABreached {
					out = append(out, Breach{p.caseOf(r), judge.promise, float64(v.over) / 1e6, v.running})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Breach) int { return b.StartedAt.Compare(a.StartedAt) })
	return out
}
