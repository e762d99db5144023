package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics/calendar"
	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Clock is one clock of one incident: how a promise stands for it, with the evidence.
type Clock struct {
	Case
	Promise Promise
	State   SLAState
	Why     string         // it is neither met nor broken nor runs; else empty
	Running bool           // not stopped yet
	Now     calendar.State // of a running one of ours, whether it counts now; else empty
	// Start is where the clock began: at the last return when it was reset, unless an earlier run was late. Stop is zero
	// while it runs. Both are zero when not known.
	Start, Stop time.Time
	Elapsed     float64 // seconds on the clock: business time without pauses; 0 for what the source states
	Over        float64 // seconds beyond the promise, likewise; of what the source states by wall clock, 0 when it does not say
	// Due is when the clock reaches the promise, BreachAt the last instant at which it is still kept: they differ when the
	// hours end in between. Zero when the clock never gets there, and for what the source states.
	Due, BreachAt time.Time
	Pauses        []Pause
	// Calendar names the calendar and its version; empty and 0 when every second counts or the source states it.
	Calendar             string
	CalendarVersion      int
	Excused, ExcusedLate bool     // in time because of excluded time alone, excluded after the fact
	Says                 SLAState // what the source's own clocks of the same goal say beside ours; empty when it has none or does not say
}

// Pause is a stretch in which a clock stood still.
type Pause struct {
	From, To time.Time // To is zero for one that has not ended
	Why      string    // "in status On Hold"
	Late     bool      // excluded after the fact
}

// Clocks lists the clocks that stand in one of some states, newest first.
func (s *Snapshot) Clocks(q Query, agreements []Agreement, states ...SLAState) []Clock {
	out := s.population(q).clocks(agreements, func(r row, x reading) bool { return r.leftOut == 0 && slices.Contains(states, x.state) })
	slices.SortStableFunc(out, func(a, b Clock) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// ClocksOf returns every clock of one incident, whether it counts or not: those of its source first, then those of the
// agreements that cover it, in their order, as of now.
func ClocksOf(inc *incident.Incident, agreements []Agreement, now time.Time) []Clock {
	b := newBuilder()
	b.put(inc)
	s := &Snapshot{view: b.publish()}
	return s.population(Query{Now: now, Sight: incident.Sight{All: true}}).clocks(agreements, func(row, reading) bool { return true })
}

// clocks lists those that show what is asked for.
func (p *population) clocks(agreements []Agreement, show func(row, reading) bool) (out []Clock) {
	for _, judge := range append(p.s.stated(p), p.s.promised(agreements)...) {
		for r := range p.started() {
			for _, x := range judge.readings(r, p.now()) {
				if show(r, x) {
					out = append(out, p.clockOf(r, &judge, x))
				}
			}
		}
	}
	return out
}

// Breaches lists the clocks that broke their promise, newest first.
func (s *Snapshot) Breaches(q Query, agreements []Agreement) []Clock {
	return s.Clocks(q, agreements, SLABreached)
}

func (p *population) clockOf(r row, j *judge, x reading) Clock {
	c := Clock{Case: p.caseOf(r), Promise: j.promise, State: x.state, Running: x.running, Start: instant(x.run.From), Stop: instant(x.run.To),
		Elapsed: float64(x.elapsed) / 1e6, Over: float64(x.over) / 1e6, Excused: x.excused, ExcusedLate: x.late}
	if x.running {
		c.Stop = time.Time{}
	}
	c.Why = p.s.why(j, x)
	if j.terms == nil {
		c.Promise.Within = time.Duration(x.within) * time.Microsecond
		return c
	}
	c.Says = p.s.says(r, j.promise.Terms)
	if x.clock.Calendar == nil { // it never ran
		return c
	}
	if x.running {
		c.Now = x.clock.State(x.run.To)
	}
	due, isDue, until, ends := x.clock.Due(j.terms.within)
	if isDue {
		c.Due = instant(due)
	}
	if ends {
		c.BreachAt = instant(until)
	}
	c.Calendar, c.CalendarVersion = j.terms.hours.name, j.terms.hours.version
	c.Pauses = p.s.pauses(r, j.terms, x.run, x.running)
	return c
}

// why says in words why a clock is neither met nor broken nor runs.
func (s *Snapshot) why(j *judge, x reading) string {
	start, stop, _ := strings.Cut(strings.NewReplacer("_", " ", "|", " or ").Replace(j.promise.Terms.Span), "..")
	switch x.lack {
	case lacksStart:
		return "no time is recorded for " + start
	case lacksStop:
		return "it is over, and no time is recorded for " + stop
	case endsFirst:
		return "it ends before it begins"
	case notSaid:
		return "the source does not say whether it was kept"
	case canceled:
		status, raw := splitField(s.texts[x.status])
		return "canceled by status " + cmp.Or(raw, status)
	}
	return ""
}

// apart says reasons in words; two statuses of one name are one reason.
func (s *Snapshot) apart(j *judge, lacks map[lackKey]int) (out []Apart) {
	for key, n := range lacks {
		a := Apart{key.state, s.why(j, reading{lack: key.lack, status: key.status}), n}
		if i := slices.IndexFunc(out, func(o Apart) bool { return o.State == a.State && o.Reason == a.Reason }); i >= 0 {
			out[i].N += n
			continue
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Apart) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason)) })
	return out
}

// pauses lists, in time order and in words, when a clock stood still between its start and its stop.
func (s *Snapshot) pauses(r row, t *terms, run stats.Stretch, running bool) []Pause {
	var out []Pause
	add := func(x stats.Stretch, why string, late bool) {
		open := running && x.To == calendar.Forever
		if x = x.Clip(run); x.Length() == 0 {
			return
		}
		p := Pause{From: instant(x.From), To: instant(x.To), Why: why, Late: late}
		if open {
			p.To = time.Time{}
		}
		out = append(out, p)
	}
	in, statuses := r.history[r.i].stretches(t.pause, calendar.Forever)
	for i, x := range in {
		status, raw := splitField(s.texts[statuses[i]])
		add(x, "in status "+cmp.Or(raw, status), false)
	}
	if t.reopen == incident.Resume {
		for _, x := range r.history[r.i].returns(t.over) {
			add(x, "over, until it came back", false)
		}
	}
	for _, x := range t.exclusions {
		if x.binds(r) {
			add(x.Stretch, fmt.Sprintf("excluded: %s, approved by %s", x.Reason, x.Approver), x.AfterTheFact())
		}
	}
	slices.SortStableFunc(out, func(a, b Pause) int { return a.From.Compare(b.From) })
	return out
}

// says returns the word of the source's own clocks about what a promise is about: response when it stops at the
// acknowledgement, else resolution.
func (s *Snapshot) says(r row, p incident.SLAPromise) SLAState {
	_, stop, _ := strings.Cut(p.Span, "..")
	want, said := "resolution", SLAState("")
	if strings.Contains(stop, string(incident.Acked)) {
		want = "response"
	}
	for _, c := range r.cycles[r.i] {
		goal, _ := splitField(s.texts[c.promise])
		switch {
		case goal != want:
		case c.breached == 1:
			return SLABreached
		case c.breached == 0:
			said = SLAMet
		}
	}
	return said
}
