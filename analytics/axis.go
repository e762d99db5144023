package analytics

import (
	"maps"
	"math/bits"
	"slices"

	"hindsight/incident"
)

// axis numbers the groups of one side of a Crossing from 0 on, so that a chunk of rows gets its groups by lookups alone.
type axis struct {
	*grouping
	codes   []uint32 // of the groups, by number
	numbers []uint32 // of the groups, by code; for services by set
	several [][]uint32
	slots   slots
}

// manyGroups marks the number of a list of groups, for rows that belong to several.
const manyGroups uint32 = 1 << 31

func (p *population) axis(by Dimension) *axis {
	a := &axis{grouping: p.groupingBy(by)}
	switch {
	case by == ByNothing:
		a.codes = []uint32{0}
	case by == BySeverity:
		a.count(uint32(len(p.severities)))
	case by == ByService:
		a.numberServices()
	case by.Period():
		a.numberPeriods()
	default:
		a.survey()
	}
	return a
}

// count makes every code below n its own number.
func (a *axis) count(n uint32) {
	for code := range n {
		a.codes = append(a.codes, code)
	}
}

// numberPeriods numbers the periods in their order, and what is in none behind them, as groups are ordered, too.
func (a *axis) numberPeriods() {
	for i := range a.periods {
		a.codes = append(a.codes, uint32(i+1))
	}
	a.codes = append(a.codes, 0)
	a.slots = slotsOf(a.bounds)
}

// numberServices numbers the services that are asked for; number 0 is none.
func (a *axis) numberServices() {
	s := a.p.s
	a.codes = []uint32{0}
	a.numbers = make([]uint32, len(s.sets))
	lists := map[uint32][]uint32{}
	for _, code := range s.serviceCodes {
		if a.only != nil && !a.only.has(code) {
			continue
		}
		number := uint32(len(a.codes))
		a.codes = append(a.codes, code)
		for _, set := range s.setsOf(code) {
			if a.numbers[set] == 0 {
				a.numbers[set] = number
				continue
			}
			if lists[set] == nil {
				lists[set] = []uint32{a.numbers[set]}
			}
			lists[set] = append(lists[set], number)
		}
	}
	for _, set := range slices.Sorted(maps.Keys(lists)) {
		a.numbers[set] = manyGroups | uint32(len(a.several))
		a.several = append(a.several, lists[set])
	}
}

// survey numbers the values that occur.
func (a *axis) survey() {
	p := a.p
	seen := make([][]bool, workers(len(p.s.chunks)))
	for w := range seen {
		seen[w] = make([]bool, len(p.s.texts))
	}
	shareOut(len(p.s.chunks), len(seen), func(worker, n int) {
		var in picked
		for _, i := range p.pickStarted(n, &in) {
			seen[worker][a.code(row{p.s.chunks[n], int(i), 0})] = true
		}
	})
	a.numbers = make([]uint32, len(p.s.texts))
	for code := range a.numbers {
		if slices.ContainsFunc(seen, func(s []bool) bool { return s[code] }) {
			a.numbers[code] = uint32(len(a.codes))
			a.codes = append(a.codes, uint32(code))
		}
	}
}

// number writes the number of the group of each picked row, or of its list of groups, into out.
func (a *axis) number(c *chunk, in []uint8, out *[chunkRows]uint32) {
	switch {
	case a.by == ByNothing:
		clear(out[:len(in)])
	case a.by == ByService:
		lookUp(&c.services, a.numbers, in, out)
	case a.by == ByTeam:
		lookUp(&c.team, a.numbers, in, out)
	case a.by == ByPriority:
		lookUp(&c.priority, a.numbers, in, out)
	case a.by == BySource:
		lookUp(&c.connection, a.numbers, in, out)
	case a.by == BySeverity:
		for k, i := range in {
			out[k] = uint32(min(c.severity[i], uint8(incident.Sev5)))
		}
	case a.by.Period():
		none := uint32(len(a.periods))
		for k, i := range in {
			out[k] = min(a.slots.code(c.started[i])-1, none) // code 0 less 1 is a large number
		}
	default:
		for k, i := range in {
			out[k] = a.numbers[a.code(row{c, int(i), 0})]
		}
	}
}

func lookUp(column *[chunkRows]uint32, numbers []uint32, in []uint8, out *[chunkRows]uint32) {
	for k, i := range in {
		out[k] = numbers[column[i]]
	}
}

// slots find the period of an instant: time is cut into slots of a power of two microseconds, 5 hours as a rule, and a table
// has the period in which each slot begins, so that at most a step or two remain. Where periods begin is their own matter,
// whatever zones do.
type slots struct {
	bounds []int64 // as grouping.bounds
	shift  int
	first  []uint32 // code of the period in which a slot begins
}

const (
	slotShift = 34 // 2^34 µs are 5 hours
	mostSlots = 1 << 16
)

func slotsOf(bounds []int64) slots {
	if len(bounds) == 0 {
		return slots{}
	}
	whole := uint64(bounds[len(bounds)-1] - bounds[0])
	s := slots{bounds: bounds, shift: max(slotShift, bits.Len64(whole/mostSlots))}
	for at, code := bounds[0], uint32(1); at < bounds[len(bounds)-1]; at += 1 << s.shift {
		for at >= bounds[code] {
			code++
		}
		s.first = append(s.first, code)
	}
	return s
}

// code is grouping.periodCode.
func (s *slots) code(at int64) uint32 {
	if at == 0 || len(s.bounds) == 0 || at < s.bounds[0] || at >= s.bounds[len(s.bounds)-1] {
		return 0
	}
	code := s.first[(at-s.bounds[0])>>s.shift]
	for at >= s.bounds[code] {
		code++
	}
	return code
}
