package analytics

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// timelines are the failures of some services, to look for those that meet. Services are numbered by name.
type timelines struct {
	ids     []incident.ID
	names   []string
	of      [][]int64       // when each service failed, ascending, more than TogetherWithin apart
	record  []stats.Stretch // in which anything is known of it; empty: it never failed at a known time
	events  []failure       // of all services, in time order
	one     map[[2]uint16]int
	noStart int
	cut     int
}

// failure is the first of a service's incidents within TogetherWithin.
type failure struct {
	at      int64
	service uint16
	named   []int32 // which of its incidents name other services, too, by number
}

// mention is an incident that counts, as far as Together needs it.
type mention struct {
	at         int64
	set        uint32
	connection uint32
}

// timelines collects the failures that q selects.
func (s *Snapshot) timelines(q Query) *timelines {
	p := s.population(q)
	parts := make([][]mention, len(p.s.chunks))
	shareOut(len(parts), workers(len(parts)), func(_, n int) {
		var in picked
		c := p.s.chunks[n]
		for _, i := range p.pickStarted(n, &in) {
			if c.services[i] != 0 && p.leftOut(c, int(i)) == 0 {
				parts[n] = append(parts[n], mention{c.started[i], c.services[i], c.connection[i]})
			}
		}
	})
	all := slices.Concat(parts...)
	slices.SortFunc(all, func(x, y mention) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.set, y.set)) })
	t := &timelines{one: map[[2]uint16]int{}}
	number := t.number(s, all)
	t.fail(s, all, number)
	t.observe(s, p, all, number)
	return t
}

// number numbers the services with the most mentions, by name, and returns the numbers of their codes.
func (t *timelines) number(s *Snapshot, all []mention) map[uint32]uint16 {
	mentions := map[uint32]int{}
	for _, m := range all {
		for _, code := range s.sets[m.set] {
			mentions[code]++
		}
	}
	codes := make([]uint32, 0, len(mentions))
	for code := range mentions {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(mentions[b], mentions[a]), strings.Compare(s.texts[a], s.texts[b]))
	})
	t.cut = max(0, len(codes)-mostTogether)
	codes = codes[:len(codes)-t.cut]
	name := func(code uint32) string { return s.Name(incident.ID(s.texts[code])) }
	slices.SortFunc(codes, func(a, b uint32) int {
		return cmp.Or(strings.Compare(name(a), name(b)), strings.Compare(s.texts[a], s.texts[b]))
	})
	out := map[uint32]uint16{}
	for i, code := range codes {
		out[code] = uint16(i)
		t.ids, t.names = append(t.ids, incident.ID(s.texts[code])), append(t.names, name(code))
	}
	t.of, t.record = make([][]int64, len(codes)), make([]stats.Stretch, len(codes))
	return out
}

// fail joins the incidents of a service to failures, and counts those that name two services.
func (t *timelines) fail(s *Snapshot, all []mention, number map[uint32]uint16) {
	last := make([]int, len(t.ids)) // its latest failure among events, and 1 more
	var services []uint16
	for n, m := range all {
		services = services[:0]
		for _, code := range s.sets[m.set] {
			if service, known := number[code]; known {
				services = append(services, service)
			}
		}
		slices.Sort(services)
		for i, a := range services {
			for _, b := range services[i+1:] {
				t.one[[2]uint16{a, b}]++
			}
		}
		if m.at == 0 {
			t.noStart++
			continue
		}
		for _, service := range services {
			at := last[service] - 1
			if at < 0 || m.at-t.events[at].at > TogetherWithin.Microseconds() {
				at = len(t.events)
				t.events = append(t.events, failure{at: m.at, service: service})
				t.of[service], last[service] = append(t.of[service], m.at), at+1
			}
			if len(services) > 1 {
				t.events[at].named = append(t.events[at].named, int32(n))
			}
		}
	}
}

// observe says of each service when anything is known of it: the record of the connections that tell of it, inside the period.
func (t *timelines) observe(s *Snapshot, p *population, all []mention, number map[uint32]uint16) {
	records := s.recordsBy(p.q.Sight)
	seen := map[[2]uint32]bool{}
	for _, m := range all {
		if key := [2]uint32{m.set, m.connection}; m.at == 0 || seen[key] {
			continue
		} else {
			seen[key] = true
		}
		r := records[m.connection]
		known := stats.Stretch{From: micros(r.from), To: micros(r.to) + 1}
		if p.from != 0 {
			known.From = max(known.From, p.from)
		}
		if p.to != 0 {
			known.To = min(known.To, p.to)
		}
		for _, code := range s.sets[m.set] {
			service, is := number[code]
			if !is {
				continue
			}
			have := &t.record[service]
			if have.Length() == 0 {
				*have = known
			}
			have.From, have.To = min(have.From, known.From), max(have.To, known.To)
		}
	}
}

// possible reports whether two services could have failed together as often as is listed.
func (t *timelines) possible(a, b int) bool {
	e, _ := t.exposure(a, b, 0)
	return e > 0 && len(t.of[a]) >= FewestTogether && len(t.of[b]) >= FewestTogether
}

// exposure is in proportion to how many meetings of a with b, moved later by a lag, chance would give in the time in which both are
// observed then: the failures of each in that time multiplied, divided by its length. length is that time.
func (t *timelines) exposure(a, b int, lag int64) (exposure float64, length int64) {
	moved := stats.Stretch{From: t.record[b].From + lag, To: t.record[b].To + lag}
	both := t.record[a].Clip(moved)
	if length = both.Length(); length == 0 {
		return 0, 0
	}
	n := within(t.of[a], both.From, both.To) * within(t.of[b], both.From-lag, both.To-lag)
	return float64(n) / float64(length) * float64(weeks(1)), length
}

// within counts the instants of a sorted list in [from, to).
func within(sorted []int64, from, to int64) int {
	low, _ := slices.BinarySearch(sorted, from)
	high, _ := slices.BinarySearch(sorted, to)
	return max(0, high-low)
}

// meetings counts for n services how often failures of two met, those of the second moved later by a lag: row by row, the first
// service's number times n and the second's.
type meetings struct {
	n     int
	cells []meeting
	first []int32 // without a lag: of the meetings, those in which the first failed before the second
}

// meeting is how often two services met, and when last: whole seconds since the first failure of all, so that the table is small
// enough to be quick. Failures of one service are an hour apart, so seconds tell them from each other.
type meeting struct{ count, last int32 }

// of returns how often a met b; without a lag, a is the smaller number.
func (m meetings) of(a, b int) int { return int(m.cells[a*m.n+b].count) }

// meet counts meetings. Each failure is in one meeting of a pair at most, and as many are found as there can be, for in time
// order the first that fit are taken. Without a lag, failures that share an incident meet but are not counted.
func (t *timelines) meet(lag int64) meetings {
	m := meetings{n: len(t.ids), cells: make([]meeting, len(t.ids)*len(t.ids))}
	for i := range m.cells {
		m.cells[i].last = math.MinInt32
	}
	if lag == 0 {
		m.first = make([]int32, len(m.cells))
		t.meetNow(m)
	} else {
		t.meetMoved(m, lag)
	}
	return m
}

// since returns whole seconds since the first failure.
func (t *timelines) since(at int64) int32 { return int32((at - t.events[0].at) / 1e6) }

func (t *timelines) meetNow(m meetings) {
	reach := TogetherWithin.Microseconds()
	from := 0
	for i, y := range t.events {
		for t.events[from].at < y.at-reach {
			from++
		}
		for _, x := range t.events[from:i] {
			a, b := int(x.service), int(y.service)
			cell := &m.cells[min(a, b)*m.n+max(a, b)]
			if a == b || cell.last >= t.since(x.at) {
				continue
			}
			cell.last = t.since(y.at)
			if shareNumber(x.named, y.named) {
				continue
			}
			cell.count++
			if y.at-x.at > sameMinute {
				m.first[a*m.n+b]++
			}
		}
	}
}

// moved is a failure of meetMoved: its time in seconds, and its service.
type moved struct {
	at      int32
	service uint16
}

// meetMoved walks both timelines in time order and looks from each failure back over those of the other one that are in reach.
func (t *timelines) meetMoved(m meetings, lag int64) {
	reach, n := TogetherWithin.Microseconds(), len(t.events)
	still, later := make([]moved, n), make([]moved, n)
	for i, e := range t.events {
		still[i], later[i] = moved{t.since(e.at), e.service}, moved{t.since(e.at + lag), e.service}
	}
	i, j, fromX, fromY := 0, 0, 0, 0
	for i < n || j < n {
		if j == n || i < n && t.events[i].at <= t.events[j].at+lag {
			for fromY < j && t.events[fromY].at+lag < t.events[i].at-reach {
				fromY++
			}
			x := still[i]
			row := m.cells[int(x.service)*m.n:][:m.n]
			for _, y := range later[fromY:j] {
				if cell := &row[y.service]; x.service != y.service && cell.last < y.at {
					cell.last = x.at
					cell.count++
				}
			}
			i++
			continue
		}
		for fromX < i && t.events[fromX].at < t.events[j].at+lag-reach {
			fromX++
		}
		y := later[j]
		for _, x := range still[fromX:i] {
			if cell := &m.cells[int(x.service)*m.n+int(y.service)]; x.service != y.service && cell.last < x.at {
				cell.last = y.at
				cell.count++
			}
		}
		j++
	}
}

// sameMinute is how close two beginnings are one: checks that run one after the other do not tell which failed first.
const sameMinute = 60 * 1e6

func shareNumber(a, b []int32) bool {
	return len(a) > 0 && len(b) > 0 && slices.ContainsFunc(a, func(n int32) bool { return slices.Contains(b, n) })
}
