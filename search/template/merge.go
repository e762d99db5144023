package template

import (
	"slices"
	"strings"
)

const (
	// values is how many different words make a position variable, when there are fixedWords other words and more.
	values, fixedWords = 8, 4
	// fewestFixed other words have to stay.
	fewestFixed = 2
	// firstWords of a line may become variable.
	firstWords = 48
)

// need returns how many values a position needs to be variable: 8 beside four words and more that do not vary, and
// more in proportion where there are fewer: 11 beside three, 16 beside two. Short lines share words by chance ("X failed").
func need(fixed int) int {
	fixed = max(fixed, 1)
	return max(values, (values*fixedWords+fixed-1)/fixed)
}

// weight counts a name with a dot, a tilde or a number in it twice: states are plain words.
func weight(text string) int {
	if strings.ContainsAny(text, ".~<") {
		return 2
	}
	return 1
}

// insert adds a template, and returns the one that it became part of when the miner merged some.
func (m *Miner) insert(e *entry) *entry {
	h := m.hash(e.pieces)
	e.id = name(e.pieces)
	m.exact[h], m.byID[e.id] = e, e
	if len(e.wild) > 0 {
		m.useWild(len(e.pieces), e.wild, 1)
	}
	for _, f := range m.familiesOf(e, h) {
		members := append(m.families[f.key], e)
		m.families[f.key] = members
		e.members = append(e.members, f.key)
		if at := f.variable(members); len(at) > 0 {
			return m.merge(members, at)
		}
	}
	return e
}

// family names the templates that are the same but for some places.
type family struct {
	key    uint64
	at     []int // those places
	record bool  // they are the values of a record
	fixed  int   // words elsewhere
}

// familiesOf lists the families of a template: one for each of its words, and one for the values of a record.
func (m *Miner) familiesOf(e *entry, h uint64) []family {
	var words, slots []int
	for i, t := range e.pieces {
		if t.kind == word {
			words = append(words, i)
			if isSlot(e.pieces, i) {
				slots = append(slots, i)
			}
		}
	}
	var out []family
	if len(slots) > 1 {
		key := h + 1
		for _, at := range slots {
			key -= m.piece(at, e.pieces[at])
		}
		out = append(out, family{key, slots, true, len(words) - len(slots)})
	}
	if len(words) <= fewestFixed {
		return out
	}
	for _, at := range words[:min(len(words), firstWords)] {
		key := h - m.piece(at, e.pieces[at]) + uint64(at+2)<<32
		out = append(out, family{key, []int{at}, false, len(words) - 1})
	}
	return out
}

// variable returns the places of a family that have shown enough values. In a record all values that differ become
// variable together, because combinations are what is counted there.
func (f family) variable(members []*entry) []int {
	sum := 0
	for _, e := range members {
		if f.record {
			sum++
		} else {
			sum += weight(e.pieces[f.at[0]].text)
		}
	}
	if sum < need(f.fixed) || len(members) < 2 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(f.at), func(at int) bool {
		return !slices.ContainsFunc(members, func(e *entry) bool { return e.pieces[at].text != members[0].pieces[at].text })
	})
}

// merge makes one template of the members of a family, which become its former ids.
func (m *Miner) merge(members []*entry, at []int) *entry {
	members = slices.Clone(members)
	into := &entry{pieces: slices.Clone(members[0].pieces), wild: at}
	for _, i := range at {
		into.pieces[i] = token{kind: several, gap: into.pieces[i].gap}
	}
	if e := m.exact[m.hash(into.pieces)]; e != nil && !slices.Contains(members, e) {
		members = append(members, e)
	}
	for _, e := range members {
		into.wild = append(into.wild, e.wild...)
		into.count += e.count
		into.seen = max(into.seen, e.seen)
		into.former = append(append(into.former, e.former...), e.id)
		m.forget(e)
	}
	slices.Sort(into.wild)
	into.wild = slices.Compact(into.wild)
	into.pieces = own(into.pieces)
	id := name(into.pieces)
	into.former = slices.DeleteFunc(into.former, func(old ID) bool { return old == id })
	for _, old := range into.former {
		m.aliases[old] = id
	}
	return m.insert(into)
}

// forget takes a template out, with everything that the miner kept of it.
func (m *Miner) forget(e *entry) {
	delete(m.exact, m.hash(e.pieces))
	delete(m.byID, e.id)
	for _, old := range e.former {
		delete(m.aliases, old)
	}
	for _, key := range e.members {
		rest := slices.DeleteFunc(m.families[key], func(o *entry) bool { return o == e })
		if m.families[key] = rest; len(rest) == 0 {
			delete(m.families, key)
		}
	}
	if len(e.wild) > 0 {
		m.useWild(len(e.pieces), e.wild, -1)
	}
}

// useWild counts the templates in which these places became variable.
func (m *Miner) useWild(pieces int, at []int, by int) {
	all := m.wilds[pieces]
	i := slices.IndexFunc(all, func(w *wild) bool { return slices.Equal(w.at, at) })
	if i < 0 {
		m.wilds[pieces] = append(all, &wild{at, by})
		return
	}
	if all[i].users += by; all[i].users == 0 {
		m.wilds[pieces] = slices.Delete(all, i, i+1)
	}
}
