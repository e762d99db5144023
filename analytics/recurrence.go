package analytics

import (
	"fmt"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Recurrence is what the incidents of one problem say together. Those that do not count are in no number but LeftOut.
type Recurrence struct {
	Now     time.Time
	N       int         // that count
	Undated int         // of N: of which nobody knows when they began
	Open    int         // of N: that still go on
	Begun   []time.Time // of N, ascending, UTC
	LeftOut []LeftOut
	// Starts are the beginnings of what happened, ascending, UTC: those of N, but of an alert flood only its first one. How often, how
	// far apart and whether more seldom is told by them.
	Starts  []time.Time
	Floods  int // alert floods of which several of N are alerts
	Flooded int // of N: in Floods
	// Services are those that the incidents touched, those left out too: most of them first.
	Services []incident.ID
	Year     Spent // the 12 months up to Now

	watched record // of the connections that they came through
}

// Spent is what the incidents of a stretch of time took.
type Spent struct {
	From, To time.Time
	N        int           // incidents that began in it and count
	Once     int           // of N, where those of one alert flood are one
	Measured int           // of N: with both ends
	Lasted   time.Duration // of Measured, added up: as long as users suffered, else as long as the record was open
	Services []ServiceLoss // by id; the one without an id is of incidents that name none
	Unclear  int           // of N: of which nobody knows how long users suffered; they are in no loss and no cost
}

// ServiceLoss is what a problem took from one service.
type ServiceLoss struct {
	Service incident.ID
	Lost    Estimate // in seconds, by weight of severity; stretches that overlap count once, maintenance not at all
	Cost    *Cost    // nil: no rate is set for it
}

// Amount is a range of money.
type Amount struct {
	Currency  string
	Low, High float64
}

// Costs adds up what the services cost, by currency in order of its name.
func (x Spent) Costs() []Amount {
	byCurrency := map[string]*Amount{}
	var names []string
	for _, s := range x.Services {
		if s.Cost == nil {
			continue
		}
		c := s.Cost.Rate.Currency
		if byCurrency[c] == nil {
			byCurrency[c], names = &Amount{Currency: c}, append(names, c)
		}
		byCurrency[c].Low += s.Cost.Low
		byCurrency[c].High += s.Cost.High
	}
	slices.Sort(names)
	out := make([]Amount, len(names))
	for i, c := range names {
		out[i] = *byCurrency[c]
	}
	return out
}

// Occurrences returns how often it happened: N, where those of one alert flood are one.
func (x Recurrence) Occurrences() int { return len(x.Starts) + x.Undated }

// Recurrences measures groups of incidents in one pass over the record, in the order of groups. Incidents that the snapshot does
// not know, and private ones that sight does not see, are in no number. The alerts of each of floods are one event.
func (s *Snapshot) Recurrences(groups [][]incident.ID, now time.Time, terms Terms, floods []Flood, sight incident.Sight) []Recurrence {
	in := map[incident.ID][]int{}
	for g, ids := range groups {
		for _, id := range ids {
			if !slices.Contains(in[id], g) {
				in[id] = append(in[id], g)
			}
		}
	}
	b := recurrences{s: s, p: s.population(Query{Now: now, Sight: sight}), now: now, terms: terms, rows: make([][]row, len(groups)),
		planned: map[uint32][]stats.Stretch{}, rest: map[incident.ID][]stats.Stretch{}, flood: floodsOf(floods)}
	sp := spanOf(impactSpan())
	maintenance, _ := s.codeOf(string(incident.Maintenance))
	for r := range b.p.all() {
		for _, g := range in[r.id[r.i]] {
			b.rows[g] = append(b.rows[g], r)
		}
		if r.kind[r.i] != maintenance {
			continue
		}
		if x := b.p.impact(r, sp); x.planned && x.Length() > 0 {
			for _, code := range s.sets[r.services[r.i]] {
				b.planned[code] = append(b.planned[code], x.Stretch)
			}
		}
	}
	out := make([]Recurrence, len(groups))
	for g, rows := range b.rows {
		out[g] = b.measure(rows)
	}
	return out
}

// recurrences is Recurrences at work.
type recurrences struct {
	s       *Snapshot
	p       *population
	now     time.Time
	terms   Terms
	rows    [][]row
	flood   map[incident.ID]int        // which flood an incident is of
	planned map[uint32][]stats.Stretch // maintenance, by code of the service
	rest    map[incident.ID][]stats.Stretch
}

func (b *recurrences) measure(rows []row) Recurrence {
	out := Recurrence{Now: b.now}
	left, through, touched := map[uint32]int{}, map[uint32]bool{}, map[uint32]int{}
	var counting []row
	events := map[int][]time.Time{} // by flood
	for _, r := range rows {
		for _, code := range b.s.sets[r.services[r.i]] {
			touched[code]++
		}
		if r.leftOut != 0 {
			left[r.leftOut]++
			continue
		}
		counting = append(counting, r)
		out.N++
		if !r.flags[r.i].has(isOver) {
			out.Open++
		}
		if r.started[r.i] == 0 {
			out.Undated++
			continue
		}
		through[r.connection[r.i]] = true
		at := instant(r.started[r.i])
		out.Begun = append(out.Begun, at)
		if f, is := b.flood[r.id[r.i]]; is {
			events[f] = append(events[f], at)
		} else {
			out.Starts = append(out.Starts, at)
		}
	}
	for _, of := range events {
		out.Starts = append(out.Starts, slices.MinFunc(of, time.Time.Compare))
		if len(of) > 1 {
			out.Floods, out.Flooded = out.Floods+1, out.Flooded+len(of)
		}
	}
	slices.SortFunc(out.Begun, time.Time.Compare)
	slices.SortFunc(out.Starts, time.Time.Compare)
	out.LeftOut = b.s.reasons(left)
	for _, x := range b.s.reasons(touched) {
		out.Services = append(out.Services, incident.ID(x.Reason))
	}
	out.watched = b.s.recordOf(through)
	out.Year = b.spent(counting, b.now.AddDate(-1, 0, 0))
	for _, at := range out.Starts {
		if !at.Before(out.Year.From) && at.Before(out.Year.To) {
			out.Year.Once++
		}
	}
	return out
}

// spent measures what the incidents that count took from a time up to now.
func (b *recurrences) spent(rows []row, from time.Time) Spent {
	x := Spent{From: from, To: b.now}
	w := stats.Stretch{From: from.UnixMicro(), To: b.now.UnixMicro()}
	sp, handled := spanOf(impactSpan()), spanOf(incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}})
	byService := map[uint32][]row{}
	for _, r := range rows {
		im := b.p.impact(r, sp)
		if im.Clip(w).Length() > 0 {
			for _, code := range b.servicesOf(r) {
				byService[code] = append(byService[code], r)
			}
		}
		if at := r.started[r.i]; at < w.From || at >= w.To {
			continue
		}
		x.N++
		if im.Length() == 0 {
			x.Unclear++
		}
		state, took := r.duration(r.i, sp, w.To)
		if state == incident.NotApplicable {
			state, took = r.duration(r.i, handled, w.To)
		}
		if state == incident.Recorded {
			x.Measured++
			x.Lasted += time.Duration(took) * time.Microsecond
		}
	}
	for code, rows := range byService {
		x.Services = append(x.Services, b.loss(code, rows, w))
	}
	slices.SortFunc(x.Services, func(a, b ServiceLoss) int { return compareIDs(a.Service, b.Service) })
	return x
}

func compareIDs(a, b incident.ID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// servicesOf returns the codes of what a row touched; 0 alone when it names nothing.
func (b *recurrences) servicesOf(r row) []uint32 {
	if codes := b.s.sets[r.services[r.i]]; len(codes) > 0 {
		return codes
	}
	return []uint32{0}
}

// loss measures and prices what incidents took from one service.
func (b *recurrences) loss(code uint32, rows []row, w stats.Stretch) ServiceLoss {
	service := incident.ID(b.s.texts[code])
	if _, known := b.rest[service]; !known {
		b.rest[service] = b.planned[code]
		for _, x := range b.s.timesOut([]incident.ID{service}) {
			b.rest[service] = append(b.rest[service], x.Stretch)
		}
	}
	l := &losses{p: b.p, weigh: b.terms.Weights.Of, combine: combination(b.terms.Weights), maintenance: b.rest[service], rows: rows}
	sp := spanOf(impactSpan())
	for _, r := range rows {
		l.outages = append(l.outages, stats.Outage{Stretch: b.p.impact(r, sp).Stretch, Impact: l.weigh(incident.Severity(r.severity[r.i]))})
	}
	x := ServiceLoss{Service: service, Lost: l.lost(w)}
	x.Cost = cost(x.Lost, service, b.terms.Rates)
	return x
}

// Last returns when the newest dated incident began; zero without any.
func (x Recurrence) Last() time.Time {
	if len(x.Begun) == 0 {
		return time.Time{}
	}
	return x.Begun[len(x.Begun)-1]
}

// Interval is the median time from one of Starts to the next, in seconds, with its order-statistic interval.
func (x Recurrence) Interval() Estimate {
	var gaps []float64
	for i := 1; i < len(x.Starts); i++ {
		gaps = append(gaps, x.Starts[i].Sub(x.Starts[i-1]).Seconds())
	}
	slices.Sort(gaps)
	e := quantile(gaps, 0.5)
	if !e.Known() {
		e.Reason = tooFew(len(x.Starts))
	}
	return e
}

// Silent says why the time behind Last proves nothing: the record had ended by then. It is empty while the record goes on.
func (x Recurrence) Silent() string {
	if x.watched.n > 0 && x.watched.silent(x.Now) {
		return "the record falls silent after " + x.watched.to.Format("2 Jan 2006")
	}
	return ""
}

// Trend tests whether the problem comes back more and more seldom, from its first incident, which begins the observation, to now, or
// to the end of the record where that has fallen silent.
func (x Recurrence) Trend() Gaps {
	g := Gaps{Starts: slices.Clone(x.Starts), To: x.Now}
	if x.Silent() != "" {
		g.To = x.watched.to
	}
	n := len(g.Starts)
	if n > 0 {
		g.From = g.Starts[0]
	}
	if n <= fewest || !g.From.Before(g.To) {
		g.Evidence = tooFew(n)
		g.Sentence = fmt.Sprintf("Too few incidents: %d; a trend of a problem needs %d.", n, fewest+1)
		return g
	}
	g.Trend = stats.Trending(since(g.From, g.Starts[1:]), g.To.Sub(g.From).Hours()/24, false)
	g.Evidence = evidence(g.Trend)
	g.Sentence = g.say()
	return g
}

// Rate compares the last 12 months with the 12 before, in the fixed words. Where the record does not reach back that far there is
// nothing to compare with.
func (x Recurrence) Rate() Verdict {
	now, before := x.year(x.Now), x.year(x.Now.AddDate(-1, 0, 0))
	v := JudgeRate(now, before)
	why := x.Silent()
	if begin := x.Now.AddDate(-2, 0, 0); why == "" && x.watched.from.After(begin) {
		why = "the record begins on " + x.watched.from.Format("2 Jan 2006") + " only"
	}
	if why != "" && v.Phrase != TooFew {
		v = Verdict{Phrase: CannotTell, Sentence: "Cannot tell: " + why + ".", NNow: now.N, NBefore: before.N, Ratio: unknown(v.Ratio.Method, now.N+before.N, why)}
	}
	return v
}

// year counts Starts of the 12 months up to a time, and of their weeks.
func (x Recurrence) year(to time.Time) Frequency {
	return x.between(to.AddDate(-1, 0, 0), to)
}

// between counts Starts of a stretch of time, and of its weeks.
func (x Recurrence) between(from, to time.Time) Frequency {
	f := Frequency{Days: to.Sub(from).Hours() / 24}
	f.Weeks = make([]int, int(f.Days/7))
	for _, at := range x.Starts {
		if at.Before(from) || !at.Before(to) {
			continue
		}
		f.N++
		if i := int(at.Sub(from) / week); i < len(f.Weeks) {
			f.Weeks[i]++
		}
	}
	return f
}
