package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// losses are what incidents took from one service up to an instant, with all that is not certain about it.
type losses struct {
	p       *population
	combine stats.Combine
	weigh   func(incident.Severity) float64

	outages     []stats.Outage // of known impact, beside their rows
	rows        []row
	maintenance []stats.Stretch
	planned     []row     // maintenance, beside its stretches
	timesOut    []timeOut // of contracts; their stretches are in maintenance behind those of planned
	unclear     []row     // the impact of which is not known, whenever they started
}

// Unclear counts incidents of a window whose impact is not, or not exactly, known.
type Unclear struct {
	NoStart []Case // nobody stated when impact began: in no number
	NoEnd   []Case // they are over, and nobody stated when impact ended: in no number
	Invalid []Case // impact ends before it begins, or as it begins: in no number
	Open    []Case // still going on: in the numbers, up to now
	About   []Case // a time of impact is a person's estimate: in the numbers as stated, and in no plus or minus
	Coarse  []Case // times known to the minute, hour or day: what the plus or minus comes from
	LeftOut []LeftOut
}

// losses collects the impacts on a service. weigh says what share is lost by severity.
func (s *Snapshot) losses(service incident.ID, now time.Time, sight incident.Sight, weigh func(incident.Severity) float64, combine stats.Combine) *losses {
	l := &losses{p: s.population(Query{Services: []incident.ID{service}, Now: now, Sight: sight}), weigh: weigh, combine: combine}
	sp := spanOf(impactSpan())
	for r := range l.p.all() {
		x := l.p.impact(r, sp)
		switch {
		case x.planned && x.Length() > 0:
			l.maintenance, l.planned = append(l.maintenance, x.Stretch), append(l.planned, r)
		case x.planned:
		case x.leftOut != 0, x.Length() == 0:
			l.unclear = append(l.unclear, r)
		default:
			l.outages = append(l.outages, stats.Outage{Stretch: x.Stretch, Impact: weigh(incident.Severity(r.severity[r.i]))})
			l.rows = append(l.rows, r)
		}
	}
	l.timesOut = s.timesOut([]incident.ID{service})
	for _, x := range l.timesOut {
		l.maintenance = append(l.maintenance, x.Stretch)
	}
	return l
}

// inFull weighs every incident alike.
func inFull(incident.Severity) float64 { return 1 }

// combination returns how impacts at one time add up.
func combination(w incident.ImpactWeights) stats.Combine {
	if w.Sum {
		return stats.CappedSum
	}
	return stats.Largest
}

// profile returns what was lost when in a window.
func (l *losses) profile(w stats.Stretch) []stats.Piece {
	return stats.Profile(w, l.outages, l.maintenance, l.combine)
}

// lost estimates the time that was lost in a window, in seconds. Low and High say how far the stated precision of times
// lets it be off; there is no such bound for estimated ones.
func (l *losses) lost(w stats.Stretch) Estimate {
	as := func(f shape) float64 {
		shaped := *l
		shaped.outages = l.shaped(f)
		return shaped.seconds(w)
	}
	return estimate(l.seconds(w), stats.Interval{Low: as(blur.shortest), High: as(blur.longest)}, lostMethod, len(l.within(w))).unlevelled()
}

// shape is how long an outage is taken to be, given what is not certain about its times.
type shape func(blur, stats.Stretch) stats.Stretch

// asStated takes times as they are.
func asStated(_ blur, s stats.Stretch) stats.Stretch { return s }

// shaped returns the outages in a shape.
func (l *losses) shaped(f shape) []stats.Outage {
	out := slices.Clone(l.outages)
	for i, r := range l.rows {
		out[i].Stretch = f(r.blur[r.i], out[i].Stretch)
	}
	return out
}

const lostMethod = "union of the stretches of impact, each by its weight; plus or minus what times known to the minute, hour or day leave open"

// unlevelled returns the estimate with bounds that are no confidence interval.
func (e Estimate) unlevelled() Estimate {
	e.Level = 0
	return e
}

// within returns the indices of the outages that reach into a window.
func (l *losses) within(w stats.Stretch) []int {
	var out []int
	for i, o := range l.outages {
		if o.Clip(w).Length() > 0 {
			out = append(out, i)
		}
	}
	return out
}

// uncertain lists what is not certain about a window. Incidents without known impact belong to the window in which they
// started.
func (l *losses) uncertain(w stats.Stretch) Unclear {
	var u Unclear
	left, sp := map[uint32]int{}, spanOf(impactSpan())
	for _, r := range inOrder(l.unclear) {
		at := r.started[r.i]
		switch inside := at == 0 || at >= w.From && at < w.To; {
		case !inside:
		case r.leftOut != 0:
			left[r.leftOut]++
		default:
			list := u.listOf(r, sp)
			*list = append(*list, l.p.caseOf(r))
		}
	}
	var open, about, coarse []row
	for _, i := range l.within(w) {
		r := l.rows[i]
		if l.outages[i].To == forever {
			open = append(open, r)
		}
		if b := r.blur[r.i]; b.about() {
			about = append(about, r)
		}
		if b := r.blur[r.i]; unit(b.from)+unit(b.to) > 0 {
			coarse = append(coarse, r)
		}
	}
	u.Open, u.About, u.Coarse, u.LeftOut = l.p.casesOf(open), l.p.casesOf(about), l.p.casesOf(coarse), l.p.s.reasons(left)
	return u
}

// inOrder returns the rows in the order of their starts, then their ids.
func inOrder(rows []row) []row {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b row) int {
		if x, y := a.started[a.i], b.started[b.i]; x != y {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a.id[a.i], b.id[b.i])
	})
	return rows
}

// casesOf describes rows, in their order.
func (p *population) casesOf(rows []row) []Case {
	var out []Case
	for _, r := range inOrder(rows) {
		out = append(out, p.caseOf(r))
	}
	return out
}

// listOf returns where an incident of unknown impact belongs.
func (u *Unclear) listOf(r row, impact span) *[]Case {
	switch from, to := r.earliest(r.i, impact.from), r.earliest(r.i, impact.to); {
	case from == 0:
		return &u.NoStart
	case to == 0:
		return &u.NoEnd
	}
	return &u.Invalid
}

// Unknown returns how many incidents are in no number because their impact is not known.
func (u Unclear) Unknown() int { return len(u.NoStart) + len(u.NoEnd) + len(u.Invalid) }

// first returns when the earliest incident of the service began; zero when none has a start.
func (l *losses) first() time.Time {
	var first int64
	for _, rows := range [][]row{l.rows, l.planned, l.unclear} {
		for _, r := range rows {
			if at := r.started[r.i]; at != 0 && (first == 0 || at < first) {
				first = at
			}
		}
	}
	return instant(first)
}

// late returns the maintenance inside a window that was declared only after it had begun, and how long all of it is,
// and how many there are of which nobody knows when they were declared.
func (l *losses) late(w stats.Stretch) (cases []Case, took time.Duration, unknown int) {
	var stretches []stats.Stretch
	for i, r := range l.planned {
		s := l.maintenance[i].Clip(w)
		switch {
		case s.Length() == 0:
		case r.declared[r.i] == 0:
			unknown++
		case r.declared[r.i] > l.maintenance[i].From:
			cases, stretches = append(cases, l.p.caseOf(r)), append(stretches, s)
		}
	}
	return cases, length(stats.Total(stats.Union(stretches))), unknown
}
