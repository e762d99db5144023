package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/incident"
)

// Group is the head of every row of a result: which part of the selection it is about.
//
// Groups of a period come in time order without gaps. Severities come worst first. All other groups
// come largest first. An incident of several services is in the group of each, so groups by service
// do not add up to the whole. Incidents without a value form a last group with an empty Key.
type Group struct {
	Key      string    // stable: a service's id, "SEV2", "2026-03", "2026-W09", "2026-Q1"; empty: no value
	Label    string    // for people: the service's name, "Mar 2026"
	From, To time.Time // of a period: its part inside the query's period, half open, UTC; zero otherwise
	// Partial says that only part of the calendar period is inside the query's period and before Now.
	Partial bool
	LeftOut []LeftOut // incidents that do not count, most frequent reason first
}

// LeftOut counts the incidents that were left out for one reason.
type LeftOut struct {
	Reason string // "drill", "canceled", or in the words of who excluded it
	N      int
}

// bucket collects what belongs to one group.
type bucket[T any] struct {
	code  uint32 // of the group's value; 0 = none
	size  int    // incidents that count
	left  map[uint32]int
	group Group
	acc   T
}

// collect sorts the rows into groups by what p's query asks for. add sees those that count.
func collect[T any](p *population, g *grouping, add func(acc *T, r row)) []*bucket[T] {
	byCode := map[uint32]*bucket[T]{}
	get := func(code uint32) *bucket[T] {
		b := byCode[code]
		if b == nil {
			b = &bucket[T]{code: code, left: map[uint32]int{}}
			byCode[code] = b
		}
		return b
	}
	for _, code := range g.always() {
		get(code)
	}
	for r := range p.started() {
		for _, code := range g.codes(r) {
			b := get(code)
			if r.leftOut != 0 {
				b.left[r.leftOut]++
				continue
			}
			b.size++
			add(&b.acc, r)
		}
	}
	return finish(p, g, byCode)
}

// finish names and orders the groups.
func finish[T any](p *population, g *grouping, byCode map[uint32]*bucket[T]) []*bucket[T] {
	out := make([]*bucket[T], 0, len(byCode))
	for code, b := range byCode {
		b.group = g.head(code)
		b.group.LeftOut = p.s.reasons(b.left)
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b *bucket[T]) int {
		if (a.code == 0) != (b.code == 0) {
			return cmp.Compare(b.code, a.code) // without a value last
		}
		if g.ordered() {
			return cmp.Compare(a.code, b.code)
		}
		return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.group.Label, b.group.Label), cmp.Compare(a.group.Key, b.group.Key))
	})
	return out
}

// reasons returns the counts in words, most frequent first.
func (s *Snapshot) reasons(counts map[uint32]int) []LeftOut {
	var out []LeftOut
	for code, n := range counts {
		out = append(out, LeftOut{s.texts[code], n})
	}
	slices.SortFunc(out, func(a, b LeftOut) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// grouping knows the groups of one query: which ones a row belongs to and what they are called.
type grouping struct {
	p       *population
	by      Dimension
	field   string // of a custom dimension
	only    codes  // services asked for; nil: all
	periods []period
	bounds  []int64 // where the periods begin, and where the last one ends
	one     [1]uint32
	several []uint32
}

func (p *population) grouping() *grouping { return p.groupingBy(p.q.GroupBy) }

func (p *population) groupingBy(by Dimension) *grouping {
	g := &grouping{p: p, by: by}
	switch {
	case g.by == ByService:
		g.only = codesOf(p.s, p.q.Services)
	case g.by.Period():
		g.setPeriods(p.extent())
	case len(g.by) > len(customPrefix) && g.by[:len(customPrefix)] == customPrefix:
		g.field = string(g.by[len(customPrefix):])
	}
	return g
}

// extent returns the period of the query; an open side ends at the first and behind the last incident, for
// whether anything was watched behind it nobody knows. A side that is given ends at Now unless an incident
// is later. Both are zero when there is nothing.
func (p *population) extent() (from, to time.Time) {
	first, last, now := p.from, p.to, p.now()
	if first != 0 && last != 0 && (now == 0 || now >= last) {
		return instant(first), instant(last)
	}
	lo, hi := p.startsBetween()
	if first == 0 {
		first = lo
	}
	if last == 0 && hi != 0 {
		last = hi + 1
	} else if now != 0 && now < last {
		last = now
		if hi != 0 {
			last = max(now, hi+1)
		}
	}
	return instant(first), instant(last)
}

// startsBetween returns when the first and the last row of the population started, 0 when none did.
func (p *population) startsBetween() (first, last int64) {
	if !p.looked {
		p.first, p.last = p.lookForStarts()
		p.looked = true
	}
	return p.first, p.last
}

func (p *population) lookForStarts() (first, last int64) {
	lo, hi := make([]int64, len(p.s.chunks)), make([]int64, len(p.s.chunks))
	shareOut(len(p.s.chunks), workers(len(p.s.chunks)), func(_, n int) {
		var in picked
		started := &p.s.chunks[n].started
		for _, i := range p.pickStarted(n, &in) {
			at := started[i]
			if at != 0 && (lo[n] == 0 || at < lo[n]) {
				lo[n] = at
			}
			if at != 0 && (hi[n] == 0 || at > hi[n]) {
				hi[n] = at
			}
		}
	})
	for n := range lo {
		if lo[n] != 0 && (first == 0 || lo[n] < first) {
			first = lo[n]
		}
		if hi[n] != 0 && (last == 0 || hi[n] > last) {
			last = hi[n]
		}
	}
	return first, last
}

func (g *grouping) setPeriods(from, to time.Time) {
	if from.IsZero() || !from.Before(to) {
		return
	}
	g.periods = periods(g.by, from, to, g.p.q.zone())
	for _, x := range g.periods {
		g.bounds = append(g.bounds, x.from.UnixMicro())
	}
	g.bounds = append(g.bounds, g.periods[len(g.periods)-1].to.UnixMicro())
}

// always returns the codes of groups that exist without an incident: periods, and the one group of all.
func (g *grouping) always() []uint32 {
	if g.by == ByNothing {
		return []uint32{0}
	}
	codes := make([]uint32, len(g.periods))
	for i := range codes {
		codes[i] = uint32(i + 1)
	}
	return codes
}

// codes returns the groups of a row. The slice is valid until the next call.
func (g *grouping) codes(r row) []uint32 {
	if g.by == ByService {
		return g.services(r)
	}
	g.one[0] = g.code(r)
	return g.one[:]
}

func (g *grouping) code(r row) uint32 {
	switch g.by {
	case ByNothing:
		return 0
	case ByTeam:
		return r.team[r.i]
	case BySeverity:
		return uint32(r.severity[r.i])
	case ByPriority:
		return r.priority[r.i]
	case BySource:
		return r.connection[r.i]
	}
	if g.field != "" {
		return g.p.s.customCode(r, g.field)
	}
	return g.periodCode(r.started[r.i])
}

// periodCode returns 1 + the index of the period that holds at, 0 when none does.
func (g *grouping) periodCode(at int64) uint32 {
	if at == 0 || len(g.bounds) == 0 || at < g.bounds[0] || at >= g.bounds[len(g.bounds)-1] {
		return 0
	}
	i, found := slices.BinarySearch(g.bounds, at)
	if found {
		i++
	}
	return uint32(i)
}

func (g *grouping) services(r row) []uint32 {
	set := g.p.s.sets[r.services[r.i]]
	if len(set) == 0 {
		g.one[0] = 0
		return g.one[:]
	}
	if g.only == nil {
		return set
	}
	g.several = g.several[:0]
	for _, code := range set {
		if g.only.has(code) {
			g.several = append(g.several, code)
		}
	}
	return g.several
}

// ordered reports whether groups come in the order of their codes.
func (g *grouping) ordered() bool { return g.by == BySeverity || g.by.Period() }

// head returns the name of a group, and its period where it is one.
func (g *grouping) head(code uint32) Group {
	text := g.p.s.texts
	switch {
	case g.by == ByNothing:
		return Group{Label: "all"}
	case g.by == BySeverity:
		return Group{Key: incident.Severity(code).String(), Label: incident.Severity(code).String()}
	case code == 0 && g.by.Period():
		return Group{Label: noStart}
	case code == 0:
		return Group{Label: "no " + g.noun()}
	case g.by.Period():
		return g.p.periodHead(g.periods[code-1])
	case g.field != "":
		_, value := splitField(text[code])
		return Group{Key: value, Label: value}
	case g.by == BySource:
		return Group{Key: text[code], Label: g.p.s.sourceName(code)}
	}
	return Group{Key: text[code], Label: g.p.s.Name(incident.ID(text[code]))}
}

func (g *grouping) noun() string {
	if g.field != "" {
		return g.field
	}
	return string(g.by)
}

// periodHead returns the part of a calendar period that the query observes.
func (p *population) periodHead(x period) Group {
	g := Group{Key: x.key, Label: x.label, From: x.from, To: x.to}
	if q := p.q; q.From.After(g.From) {
		g.From = q.From.UTC()
	}
	if q := p.q; !q.To.IsZero() && q.To.Before(g.To) {
		g.To = q.To.UTC()
	}
	now := p.q.Now
	g.Partial = !g.From.Equal(x.from) || !g.To.Equal(x.to) || !now.IsZero() && now.Before(g.To)
	return g
}
