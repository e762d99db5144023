package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// The rule of alert floods.
const (
	// FloodGap is how soon after the one before an alert belongs to the same flood.
	FloodGap = 5 * time.Minute
	// FewestInFlood is how many alerts make a flood.
	FewestInFlood = 5
	// floodTimes is how many times as many alerts as usual a flood has at least.
	floodTimes = 10
	// floodAround is how far before and behind a period floods are looked for that reach into it.
	floodAround = 24 * time.Hour
)

// Flood is many alerts that are one event. Nothing is stored about it: it is found again from the incidents.
type Flood struct {
	// Lead is the incident that stands for the flood: the first one that people opened about the same services while it went on, or
	// else the first alert.
	Lead   incident.ID
	Others []incident.ID // the alerts but Lead, in time order
	From   time.Time     // of the first alert, and of the last
	To     time.Time
	Usual  float64 // alerts that these services have in so long a time otherwise
	// Counted is how many of the alerts, and of Lead, count in figures.
	Counted  int
	Services []string // names, at most three
	Opened   bool     // people opened Lead
}

// Alerts returns how many alerts the flood has, Lead among them if it is one.
func (f Flood) Alerts() int {
	if f.Opened {
		return len(f.Others)
	}
	return len(f.Others) + 1
}

// Floods finds the alert floods of q that touch its period, in time order. Alerts are incidents that a pager or a monitor opened, also
// those that do not count. In time order, an alert belongs to a flood whose last alert is at most FloodGap before it when the two
// share a service, one of their services is configured to need the other's, or they came through the same connection and their
// titles have the same template; an alert that belongs to two joins them. FewestInFlood alerts, and ten times as many as the same
// services have in so long a time otherwise, are a flood.
//
// template returns what titles of one kind have in common. Only the alerts of the period, and of a day before and behind it, are
// looked at: a chain without a gap for longer than that begins with the day before.
//
// The answer is remembered without regard to template, of which there is one.
func (s *Snapshot) Floods(q Query, template func(title string) string) []Flood {
	q.Span, q.GroupBy, q.Now = incident.Span{}, ByNothing, time.Time{}
	return remember(s, "floods "+s.key(q), func() []Flood { return s.floods(q, template) })
}

func (s *Snapshot) floods(q Query, template func(title string) string) []Flood {
	from, to := q.From, q.To
	if !from.IsZero() {
		q.From = from.Add(-floodAround)
	}
	if !to.IsZero() {
		q.To = to.Add(floodAround)
	}
	f := &floods{s: s, p: s.population(q), template: template, needs: needers(s.Terms().Dependencies)}
	var alerts, others []row
	for r := range f.p.started() {
		switch {
		case r.started[r.i] == 0:
		case r.flags[r.i].has(isAlert):
			alerts = append(alerts, r)
		default:
			others = append(others, r)
		}
	}
	sortRows(alerts)
	sortRows(others)
	for _, r := range alerts {
		f.take(r)
	}
	f.closed = append(f.closed, f.open...)
	var out []Flood
	for _, x := range f.closed {
		if flood, is := f.judge(x, others); is && !flood.To.Before(from) && (to.IsZero() || flood.From.Before(to)) {
			out = append(out, flood)
		}
	}
	slices.SortFunc(out, func(a, b Flood) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Lead, b.Lead)) })
	return out
}

func sortRows(rows []row) {
	slices.SortFunc(rows, func(x, y row) int {
		return cmp.Or(cmp.Compare(x.started[x.i], y.started[y.i]), cmp.Compare(x.id[x.i], y.id[y.i]))
	})
}

// floods joins alerts to chains.
type floods struct {
	s        *Snapshot
	p        *population
	template func(string) string
	needs    map[incident.ID]map[incident.ID]bool
	open     []*chain
	closed   []*chain
}

// chain is alerts of which each belongs to one before it.
type chain struct {
	rows     []row
	services []uint32
	kinds    []kind
	last     int64
}

// kind is what alerts of one check have in common.
type kind struct {
	connection uint32
	template   string
}

// take puts an alert, which is not before those taken so far, into its chain.
func (f *floods) take(r row) {
	at := r.started[r.i]
	mine := &chain{rows: []row{r}, services: f.s.sets[r.services[r.i]], kinds: []kind{{r.connection[r.i], f.template(r.title[r.i])}}, last: at}
	still := f.open[:0]
	var into *chain
	for _, c := range f.open {
		switch {
		case at-c.last > FloodGap.Microseconds():
			f.closed = append(f.closed, c)
			continue
		case !f.related(c, mine):
		case into == nil:
			into = c
		default:
			into.join(c)
			continue
		}
		still = append(still, c)
	}
	if f.open = still; into != nil {
		into.join(mine)
		return
	}
	f.open = append(f.open, mine)
}

func (c *chain) join(other *chain) {
	c.rows, c.last = append(c.rows, other.rows...), max(c.last, other.last)
	c.services, c.kinds = united(c.services, other.services), united(c.kinds, other.kinds)
}

// united returns what is in a or b, and leaves both as they are.
func united[T comparable](a, b []T) []T {
	for _, x := range b {
		if !slices.Contains(a, x) {
			a = append(slices.Clip(a), x)
		}
	}
	return a
}

// related reports whether an alert, as a chain of itself, belongs to a chain.
func (f *floods) related(c, alert *chain) bool {
	for _, k := range alert.kinds {
		if k.template != "" && slices.Contains(c.kinds, k) {
			return true
		}
	}
	for _, code := range alert.services {
		if slices.Contains(c.services, code) {
			return true
		}
		for _, other := range c.services {
			if len(f.needs) == 0 {
				break
			}
			if a, b := incident.ID(f.s.texts[code]), incident.ID(f.s.texts[other]); needOf(f.needs, a, b) != NoNeed {
				return true
			}
		}
	}
	return false
}

// judge says whether a chain is a flood, and who leads it.
func (f *floods) judge(c *chain, others []row) (Flood, bool) {
	if len(c.rows) < FewestInFlood {
		return Flood{}, false
	}
	sortRows(c.rows) // two chains that were joined
	first := c.rows[0].started[c.rows[0].i]
	out := Flood{From: instant(first), To: instant(c.last), Usual: f.usual(c, first)}
	if float64(len(c.rows)) < floodTimes*out.Usual {
		return Flood{}, false
	}
	lead := c.rows[0]
	if r, found := f.opened(c, first, others); found {
		lead, out.Opened = r, true
		if r.leftOut == 0 {
			out.Counted++
		}
	}
	out.Lead = lead.id[lead.i]
	for _, r := range c.rows {
		if r.leftOut == 0 {
			out.Counted++
		}
		if id := r.id[r.i]; id != out.Lead {
			out.Others = append(out.Others, id)
		}
	}
	for _, code := range c.services {
		out.Services = append(out.Services, f.s.Name(incident.ID(f.s.texts[code])))
	}
	slices.Sort(out.Services)
	out.Services = out.Services[:min(len(out.Services), 3)]
	return out, true
}

// opened returns the first incident that people opened about one of a chain's services while it went on.
func (f *floods) opened(c *chain, first int64, others []row) (row, bool) {
	gap := FloodGap.Microseconds()
	i, _ := slices.BinarySearchFunc(others, first-gap, func(r row, at int64) int { return cmp.Compare(r.started[r.i], at) })
	for ; i < len(others) && others[i].started[others[i].i] <= c.last+gap; i++ {
		r := others[i]
		if slices.ContainsFunc(f.s.sets[r.services[r.i]], func(code uint32) bool { return slices.Contains(c.services, code) }) {
			return r, true
		}
	}
	return row{}, false
}

// usual returns how many alerts a chain's services have in the time that it took, and a gap, but for its own ones.
func (f *floods) usual(c *chain, first int64) float64 {
	rates := f.s.alertRates(f.p.q.Sight)
	n, record := -len(c.rows), stats.Stretch{}
	for _, code := range c.services {
		x := rates[code]
		n += x.n
		if record.Length() == 0 {
			record = x.record
		}
		record.From, record.To = min(record.From, x.record.From), max(record.To, x.record.To)
	}
	length := float64(record.Length())
	if n <= 0 || length <= 0 {
		return 0
	}
	return float64(n) / length * float64(c.last-first+FloodGap.Microseconds())
}

// alertRate is how many alerts name a service, and from the first to the last of them.
type alertRate struct {
	n      int
	record stats.Stretch
}

// alertRates counts the alerts of each service, by its code.
func (s *Snapshot) alertRates(sight incident.Sight) map[uint32]alertRate {
	return remember(s, "alert rates "+s.Reduce(sight).Key(), func() map[uint32]alertRate {
		out := map[uint32]alertRate{}
		for r := range s.population(Query{Sight: sight}).all() {
			at := r.started[r.i]
			if at == 0 || !r.flags[r.i].has(isAlert) {
				continue
			}
			for _, code := range s.sets[r.services[r.i]] {
				x, known := out[code]
				if !known {
					x.record = stats.Stretch{From: at, To: at}
				}
				x.n++
				x.record.From, x.record.To = min(x.record.From, at), max(x.record.To, at)
				out[code] = x
			}
		}
		return out
	})
}

// Sentence says what a flood is: "41 alerts of checkout within 6m, each at most 5m after the one before; usually next to none in so
// long a time".
func (f Flood) Sentence() string {
	of := ""
	for i, name := range f.Services {
		of += [3]string{" of ", ", ", ", "}[i] + name
	}
	usual := Few(f.Usual)
	if f.Usual < 0.05 {
		usual = "next to none"
	}
	return fmt.Sprintf("%d alerts%s within %s, each at most %s after the one before; usually %s in so long a time",
		f.Alerts(), of, incident.FormatDuration(f.Length()), incident.FormatDuration(FloodGap), usual)
}

// Length returns how long the flood went on, at least a minute.
func (f Flood) Length() time.Duration { return max(f.To.Sub(f.From), time.Minute) }

// Once returns how many incidents less there are when the incidents of each flood that count are counted once.
func Once(floods []Flood) (less int) {
	for _, f := range floods {
		less += max(0, f.Counted-1)
	}
	return less
}

// floodsOf tells of each incident that is of a flood which one that is.
func floodsOf(floods []Flood) map[incident.ID]int {
	out := map[incident.ID]int{}
	for i, f := range floods {
		for _, id := range append(slices.Clip(f.Others), f.Lead) {
			out[id] = i
		}
	}
	return out
}
