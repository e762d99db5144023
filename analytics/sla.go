package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Promise is a service level that incidents are held against: one that the source states and
// judges itself, or one of a contract of ours.
type Promise struct {
	Stated bool        // judged by the source (incident.SLACycle); else by the terms of a contract
	Key    string      // stable: "stated:resolution:P1 resolution", or the contract's id, "/" and the promise's name
	Name   string      // for people
	ID     incident.ID // of the contract; empty when Stated
	// Contract is the name of the contract and Version its version; empty and 0 for what is stated.
	Contract string
	Version  int
	Terms    incident.SLAPromise // zero when Stated
	Within   time.Duration
	Goal     float64 // share that must be met, 0 to 1; 0 when Stated, for sources do not say
}

// ComplianceGroup says how one promise was kept in one group.
// Rate is Met / (Met + Breached) with the Wilson interval. Numbers count clocks: one for each
// incident and promise, and as many as the source ran for what it states.
type ComplianceGroup struct {
	Group
	Promise     Promise
	Met         int // exactly on time is met
	Breached    int // also those still running that are past their time
	Running     int // not over, still in time: in neither
	AtRisk      int // of Running: three quarters of the time or more are used
	Missing     int // an end is missing, or the source does not say
	Invalid     int // it ends before it begins
	Canceled    int // a status ended the clock before it stopped
	Excused     int // of Met and Running: in time because of excluded time alone
	ExcusedLate int // of Excused: by time that was excluded after the fact
	// Apart says why the clocks of Missing, Invalid and Canceled are none of the others, the most frequent reason first.
	Apart []Apart
	Rate  Estimate

	lacks map[lackKey]int
}

// Apart is a reason for which clocks are neither met nor broken nor run.
type Apart struct {
	State  SLAState // SLAMissing, SLAInvalid or SLACanceled
	Reason string   // as Clock.Why
	N      int
}

type lackKey struct {
	state  SLAState
	lack   lack
	status uint32
}

// SLAState is how one promise stands for one incident.
type SLAState string

const (
	SLAMet      SLAState = "met"
	SLABreached SLAState = "breached"
	SLARunning  SLAState = "running"
	SLAAtRisk   SLAState = "at_risk" // running, and three quarters of the time or more are used
	SLAMissing  SLAState = "missing"
	SLAInvalid  SLAState = "invalid"
	SLACanceled SLAState = "canceled"
)

// SLA returns how every promise was kept, group by group: first what the sources state, by name, then the
// agreements, in their order. Groups that a promise does not concern are left out; grouped by nothing or by a
// period, a promise of ours has its groups even when it concerned no incident.
func (s *Snapshot) SLA(q Query, agreements []Agreement) []ComplianceGroup {
	p := s.population(q)
	return p.compliance(append(s.stated(p), s.promised(agreements)...))
}

func (p *population) compliance(judges []judge) []ComplianceGroup {
	g, by := p.grouping(), p.q.GroupBy
	always := by == ByNothing || by.Period()
	var out []ComplianceGroup
	for _, judge := range judges {
		buckets := collect(p, g, func(acc *ComplianceGroup, r row) {
			for _, x := range judge.readings(r, p.now()) {
				acc.count(x)
			}
		})
		for _, b := range buckets {
			if b.acc.total() == 0 && (judge.promise.Stated || !always) {
				continue
			}
			b.acc.Group, b.acc.Promise = b.group, judge.promise
			b.acc.Rate = share(b.acc.Met, b.acc.Met+b.acc.Breached)
			b.acc.Apart, b.acc.lacks = p.s.apart(&judge, b.acc.lacks), nil
			out = append(out, b.acc)
		}
	}
	return out
}

func (g *ComplianceGroup) count(x reading) {
	switch x.state {
	case SLAMet:
		g.Met++
	case SLABreached:
		g.Breached++
	case SLARunning:
		g.Running++
	case SLAAtRisk:
		g.Running++
		g.AtRisk++
	case SLAMissing:
		g.Missing++
	case SLAInvalid:
		g.Invalid++
	case SLACanceled:
		g.Canceled++
	}
	if x.lack != 0 {
		if g.lacks == nil {
			g.lacks = map[lackKey]int{}
		}
		g.lacks[lackKey{x.state, x.lack, x.status}]++
	}
	if x.excused {
		g.Excused++
	}
	if x.excused && x.late {
		g.ExcusedLate++
	}
}

func (g *ComplianceGroup) total() int {
	return g.Met + g.Breached + g.Running + g.Missing + g.Invalid + g.Canceled
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
	terms   *terms // of one of ours
}

// stated returns a judge for every promise that the sources state.
func (s *Snapshot) stated(p *population) []judge {
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
	return out
}

// promised returns a judge for every promise of agreements that can be counted.
func (s *Snapshot) promised(agreements []Agreement) []judge {
	var out []judge
	for _, a := range agreements {
		if a.Problem != "" {
			continue
		}
		for _, t := range a.Contract.Promises {
			p := Promise{Key: string(a.ID) + "/" + t.Name, Name: a.Name + ": " + t.Name, ID: a.ID, Contract: a.Name, Version: a.Version,
				Terms: t, Goal: t.Goal, Within: time.Duration(t.WithinSeconds * float64(time.Second))}
			if t.Name == a.Name {
				p.Name = t.Name
			}
			out = append(out, judge{promise: p, terms: s.terms(&a, t)})
		}
	}
	return out
}

// readings returns one reading for each clock of the promise: none when it does not concern the
// incident, several when the source ran its clock several times.
func (j *judge) readings(r row, now int64) []reading {
	if j.promise.Stated {
		return j.statedReadings(r, now)
	}
	x, ok := j.terms.read(r, now)
	if !ok {
		return nil
	}
	return []reading{x}
}

// statedReadings returns what the source says. It knows the contract's calendar and pauses, so its word counts and
// is not recomputed.
func (j *judge) statedReadings(r row, now int64) []reading {
	var out []reading
	for _, c := range r.cycles[r.i] {
		if c.promise != j.code {
			continue
		}
		x := reading{state: SLAMissing, lack: notSaid, within: c.target, running: c.stop == 0 && !r.flags[r.i].has(isOver), run: stats.Stretch{From: c.start, To: c.stop}}
		switch {
		case c.breached == 1:
			x.state, x.over = SLABreached, c.overrun(now)
		case x.running:
			x.state = SLARunning
		case c.breached == 0:
			x.state = SLAMet
		}
		if x.state != SLAMissing {
			x.lack = 0
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
