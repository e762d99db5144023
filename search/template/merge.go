package template

import "slices"

// insert adds a template, and returns the one that it became part of when there is evidence for a variable.
func (m *Miner) insert(e *entry) *entry {
	h := m.hash(e.pieces)
	e.id = name(e.pieces)
	m.exact[h], m.byID[e.id] = e, e
	if len(e.wild) > 0 {
		m.useWild(len(e.pieces), e.wild, 1)
	}
	for _, f := range m.marksOf(e, h) {
		if members := m.families[f.key]; len(members) > 0 && f.evidence(members, true) >= need(f.fixed) {
			return m.merge(append(slices.Clone(members), e), f.at)
		}
	}
	for _, f := range m.familiesOf(e, h) {
		members := append(m.families[f.key], e)
		m.families[f.key] = members
		e.families = append(e.families, f.key)
		if some, at := m.variable(f, members, e); len(at) > 0 {
			return m.merge(some, at)
		}
	}
	return e
}

// variable returns places of a family that have shown enough values, and the members that are one template then, of which
// the newest is one.
func (m *Miner) variable(f family, members []*entry, newest *entry) (some []*entry, at []int) {
	switch f.of {
	case aWord:
		if f.evidence(members, m.exact[f.masked] != nil) >= need(f.fixed) {
			return members, f.at
		}
	case aRecord:
		// Combinations are what is counted: four truth values make sixteen.
		if plainPoints*len(members) >= need(f.fixed) {
			return members, differing(members, f.at)
		}
	case openWords:
		if plainPoints*len(members) >= need(f.fixed) {
			return f.agreeing(members, newest)
		}
	}
	return nil, nil
}

// differing returns the places at which the members are not all the same.
func differing(members []*entry, at []int) []int {
	return slices.DeleteFunc(slices.Clone(at), func(i int) bool {
		return !slices.ContainsFunc(members, func(e *entry) bool { return e.pieces[i].text != members[0].pieces[i].text })
	})
}

// agreeing returns the places that have shown enough values each, and the members that are the same as the newest at all
// others.
func (f family) agreeing(members []*entry, newest *entry) (some []*entry, at []int) {
	var fixed []int
	for _, i := range f.at {
		seen := map[string]bool{}
		for _, e := range members {
			seen[e.pieces[i].text] = true
		}
		if plainPoints*len(seen) >= need(f.fixed) {
			at = append(at, i)
		} else {
			fixed = append(fixed, i)
		}
	}
	for _, e := range members {
		if len(differing([]*entry{e, newest}, fixed)) == 0 {
			some = append(some, e)
		}
	}
	return some, differing(some, at)
}

// merge makes one template of some, whose ids lead to it from now on.
func (m *Miner) merge(some []*entry, at []int) *entry {
	some = slices.Clone(some)
	into := &entry{pieces: slices.Clone(some[0].pieces), wild: slices.Clone(at)}
	for _, i := range at {
		into.pieces[i] = token{kind: several, gap: into.pieces[i].gap}
	}
	if e := m.exact[m.hash(into.pieces)]; e != nil && !slices.Contains(some, e) {
		some = append(some, e)
	}
	for _, e := range some {
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
	for _, key := range e.families {
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
		all = slices.Delete(all, i, i+1)
		if m.wilds[pieces] = all; len(all) == 0 {
			delete(m.wilds, pieces)
		}
	}
}
