package analytics

import (
	"fmt"
	"math"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// UptimeGroup says when what the group selects was affected inside [From, To). The stretch of impact of an
// incident runs from impact start or detection, whichever is known and first, to the end of impact or
// resolution; that of an open incident to the end of the window. Stretches that overlap count
// once. Planned maintenance (incidents of that kind) and what contracts exclude is neither up nor down.
//
// Group.From and Group.To always hold the window: the query's period cut at Now, and where the query
// leaves a side open, from the first or to the last known instant of impact. LeftOut, NMissing and NInvalid are
// about incidents that started inside the window.
type UptimeGroup struct {
	Group

	Incidents int // with impact inside the window
	NOpen     int // of them: still going on
	NMissing  int // the start or the end of impact is not known, or both are one instant: in no number but StartToStart
	NInvalid  int // impact ends before it begins: likewise

	Window      time.Duration  // To − From
	Maintenance time.Duration  // taken out of the window, with what contracts exclude
	Excluded    []ExcludedTime // of Maintenance: by contracts, inside the window
	Down        time.Duration  // union of the stretches of impact
	Up          time.Duration  // Window − Maintenance − Down
	SumOfParts  time.Duration  // impact added up incident by incident, for contrast: overlaps count twice

	Availability Estimate // Up / (Window − Maintenance), 0 to 1; no interval: it is measured, not sampled
	// Failures counts the merged stretches that begin inside the window.
	Failures int
	// MTBF is Up / Failures in seconds (IEC 60050-192), with the chi-square interval for a window of fixed
	// length. Without failures only Low is known.
	MTBF Estimate
	// MTBSI is Window / Failures in seconds: start to start, over the whole window.
	MTBSI Estimate
	// StartToStart is (last start − first start) / (n − 1) in seconds over all incidents that count and started in
	// the window, merged or not. It ignores the quiet time before the first and after the last one, so
	// it tends to be shorter than MTBSI; many tools call it MTBF.
	StartToStart Estimate

	gone string // why the sources tell nothing of the window, which holds no impact; or ""
}

// impact is what one incident means for uptime.
type impact struct {
	stats.Stretch // empty when it is not known
	state         incident.DurationState
	started       int64
	leftOut       uint32
	connection    uint32 // that it came through
	planned       bool   // maintenance
}

// impactSpan is the stretch of time in which users suffer, as far as known.
func impactSpan() incident.Span {
	return incident.Span{
		From: []incident.MilestoneName{incident.ImpactStarted, incident.Detected},
		To:   []incident.MilestoneName{incident.ImpactEnded, incident.ResolvedAt},
	}
}

// forever is behind every window.
const forever = math.MaxInt64

// Uptime returns availability and time between failures group by group. Grouped by nothing, all that
// the query selects is one thing that is down whenever any of it is.
func (s *Snapshot) Uptime(q Query) []UptimeGroup {
	p := s.population(q)
	groups := p.impacts()
	window, records := p.window(groups), s.recordsBy(q.Sight)
	var out []UptimeGroup
	for _, b := range groups {
		about := q.Services
		if q.GroupBy == ByService {
			about = []incident.ID{incident.ID(b.group.Key)}
		}
		if q.GroupBy.Period() {
			return p.uptimeByPeriod(b.acc, window, s.timesOut(about), recordOf(records, through(b.acc)))
		}
		b.group.From, b.group.To = instant(window.From), instant(window.To)
		out = append(out, p.uptime(b.group, window, b.acc, s.timesOut(about), recordOf(records, through(b.acc))))
	}
	return out
}

// through returns the connections that impacts were read through.
func through(impacts []impact) map[uint32]bool {
	out, last := map[uint32]bool{}, uint32(0)
	for _, x := range impacts {
		if x.started != 0 && (x.connection != last || len(out) == 0) {
			last = x.connection
			out[last] = true
		}
	}
	return out
}

// impacts collects the impacts of every group, whatever their time; calendar periods are one group, for
// an impact may reach into several.
func (p *population) impacts() []*bucket[[]impact] {
	g := p.grouping()
	if g.by.Period() {
		g = &grouping{p: p}
	}
	sp := spanOf(impactSpan())
	byCode := map[uint32]*bucket[[]impact]{}
	for _, code := range g.always() {
		byCode[code] = &bucket[[]impact]{code: code}
	}
	for r := range p.all() {
		x := p.impact(r, sp)
		for _, code := range g.codes(r) {
			b := byCode[code]
			if b == nil {
				b = &bucket[[]impact]{code: code}
				byCode[code] = b
			}
			if x.leftOut == 0 {
				b.size++
			}
			b.acc = append(b.acc, x)
		}
	}
	return finish(p, g, byCode)
}

func (p *population) impact(r row, sp span) impact {
	x := impact{started: r.started[r.i], leftOut: r.leftOut, connection: r.connection[r.i]}
	x.planned = p.kinds == nil && r.reason[r.i] == 0 && p.s.texts[r.kind[r.i]] == string(incident.Maintenance)
	var length int64
	x.state, length = r.duration(r.i, sp, 0)
	from := r.earliest(r.i, sp.from)
	switch {
	case x.state == incident.Pending:
		x.Stretch = stats.Stretch{From: from, To: forever}
	case x.state == incident.Recorded && length > 0:
		x.Stretch = stats.Stretch{From: from, To: from + length}
	case x.state == incident.Recorded:
		x.state = incident.NotApplicable
	}
	return x
}

// window returns the observed part of the query's period.
func (p *population) window(groups []*bucket[[]impact]) stats.Stretch {
	w := stats.Stretch{From: p.from, To: p.to}
	first, last := int64(forever), int64(math.MinInt64)
	for _, b := range groups {
		for _, x := range b.acc {
			if x.leftOut == 0 && x.started != 0 {
				first, last = min(first, x.started), max(last, x.started+1)
			}
			if x.leftOut == 0 && x.state == incident.Recorded {
				first, last = min(first, x.From), max(last, x.To)
			}
		}
	}
	switch now := p.now(); {
	case now != 0 && (w.To == 0 || now < w.To):
		w.To = now
	case w.To == 0 && first != forever:
		w.To = last
	}
	if w.From == 0 {
		w.From = min(first, w.To) // nothing known: an empty window
	}
	w.To = max(w.To, w.From)
	return w
}

// uptimeByPeriod measures every calendar period of the window on its own.
func (p *population) uptimeByPeriod(all []impact, window stats.Stretch, off []timeOut, known record) []UptimeGroup {
	if window.Length() == 0 {
		return nil
	}
	ps := periods(p.q.GroupBy, instant(window.From), instant(window.To), p.q.zone())
	parts := make([][]impact, len(ps))
	var unplaced []impact
	for _, x := range all {
		if x.started == 0 {
			unplaced = append(unplaced, x)
			continue
		}
		from, to := x.started, x.started+1
		if x.Length() > 0 {
			from, to = min(from, x.From), max(to, x.To)
		}
		i, _ := slices.BinarySearchFunc(ps, from, func(x period, at int64) int {
			if x.to.UnixMicro() <= at {
				return -1
			}
			return 1
		})
		for ; i < len(ps) && ps[i].from.UnixMicro() < to; i++ {
			parts[i] = append(parts[i], x)
		}
	}
	out := make([]UptimeGroup, len(ps))
	for i, x := range ps {
		head := p.periodHead(x)
		w := stats.Stretch{From: x.from.UnixMicro(), To: x.to.UnixMicro()}.Clip(window)
		head.From, head.To = instant(w.From), instant(w.To)
		head.Partial = !head.From.Equal(x.from) || !head.To.Equal(x.to)
		out[i] = p.uptime(head, w, parts[i], off, known)
	}
	if len(unplaced) > 0 {
		out = append(out, p.uptime(Group{Label: noStart}, stats.Stretch{}, unplaced, nil, known))
	}
	return out
}

// uptime measures one group in one window. known is the record of what the group is about: where it does not reach, that nothing is
// written down is no sign of health.
func (p *population) uptime(head Group, w stats.Stretch, impacts []impact, off []timeOut, known record) UptimeGroup {
	g := UptimeGroup{Group: head, Excluded: excludedIn(w, off)}
	left := map[uint32]int{}
	var outages []stats.Outage
	var stretches, maintenance []stats.Stretch
	var starts []int64
	for _, x := range off {
		maintenance = append(maintenance, x.Stretch)
	}
	for _, x := range impacts {
		inside := x.started >= w.From && x.started < w.To || x.started == 0
		switch {
		case x.planned:
			maintenance = append(maintenance, x.Stretch)
		case x.leftOut != 0:
		case x.Clip(w).Length() > 0:
			g.Incidents++
			if x.state == incident.Pending {
				g.NOpen++
			}
			outages = append(outages, stats.Outage{Stretch: x.Stretch, Impact: 1})
			stretches = append(stretches, x.Stretch)
		case inside && x.state == incident.Invalid:
			g.NInvalid++
		case inside && x.state == incident.NotApplicable:
			g.NMissing++
		}
		switch {
		case inside && x.leftOut != 0:
			left[x.leftOut]++
		case inside && x.started != 0:
			starts = append(starts, x.started)
		}
	}
	g.LeftOut = p.s.reasons(left)
	if g.Incidents == 0 && w.Length() > 0 {
		g.gone = known.unwatched(instant(w.From), instant(w.To), p.q.zone())
	}
	g.Failures = len(stats.Episodes(w, stretches, maintenance))
	g.measure(stats.Measure(w, outages, maintenance, stats.Largest))
	g.StartToStart = startToStart(starts)
	return g
}

// measure fills in everything that follows from the downtime and the number of failures.
func (g *UptimeGroup) measure(d stats.Downtime) {
	g.Window, g.Maintenance = length(d.Observed), length(d.Excluded)
	g.Down, g.SumOfParts = length(d.Any), length(d.Sum)
	g.Up = g.Window - g.Maintenance - g.Down
	g.Availability = g.availability(d)

	up := g.Up.Seconds()
	f := stats.MTBF(up, g.Failures, Level, false)
	g.MTBF = estimate(f.Mean, f.Interval, "uptime per failure with chi-square interval", g.Failures)
	g.MTBSI = Estimate{Method: "window per failure", N: g.Failures}
	switch {
	case g.blind(d) != "":
		g.MTBF, g.MTBSI = unknown(g.MTBF.Method, g.Failures, g.blind(d)), unknown(g.MTBSI.Method, g.Failures, g.blind(d))
	case g.Failures == 0:
		g.MTBF.Reason, g.MTBSI.Reason = "no failure", "no failure"
	default:
		g.MTBSI.Value = finite(g.Window.Seconds() / float64(g.Failures))
	}
}

// blind returns why nothing can be said about uptime, or "". Incidents of which none has a known stretch of
// impact are no sign of health.
func (g *UptimeGroup) blind(d stats.Downtime) string {
	switch unclear := g.NMissing + g.NInvalid; {
	case d.Base == 0:
		return "nothing was observed"
	case g.Incidents == 0 && unclear == 1:
		return "the impact of 1 incident is not known"
	case g.Incidents == 0 && unclear > 0:
		return fmt.Sprintf("the impact of %d incidents is not known", unclear)
	}
	return g.gone
}

func (g *UptimeGroup) availability(d stats.Downtime) Estimate {
	const method = "union of the stretches of impact"
	if why := g.blind(d); why != "" {
		return unknown(method, g.Incidents, why)
	}
	value := float64(d.Base-d.Any) / float64(d.Base)
	return Estimate{Value: &value, Method: method, N: g.Incidents}
}

func startToStart(starts []int64) Estimate {
	const method = "mean gap between starts"
	if len(starts) < 2 {
		return unknown(method, len(starts), tooFew(len(starts)))
	}
	gap := float64(slices.Max(starts)-slices.Min(starts)) / 1e6 / float64(len(starts)-1)
	return Estimate{Value: &gap, Method: method, N: len(starts)}
}

func length(us int64) time.Duration { return time.Duration(us) * time.Microsecond }
