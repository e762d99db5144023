package similar

import "slices"

// IgnoreCommon takes out of the texts at places, which come from one source, the words that more than
// limit of them have: the house style of a source says nothing about its texts. How rare words are counts as
// before. Call Refresh afterwards.
func (c *Corpus) IgnoreCommon(places []int, limit int) {
	seen := make([]int, len(c.terms))
	for _, at := range places {
		for _, view := range []int{whole, pieces} {
			for _, t := range c.docs[at].views[view].terms {
				seen[t]++
			}
		}
	}
	within := map[uint32]bool{}
	for _, at := range places {
		within[uint32(at)] = true
		for i, v := range c.docs[at].views {
			c.docs[at].views[i] = v.only(func(t uint32) bool { return seen[t] <= limit })
		}
	}
	for t := range c.lists {
		if seen[t] > limit {
			c.lists[t] = slices.DeleteFunc(c.lists[t], func(p posting) bool { return within[p.doc] })
		}
	}
}

// only returns the terms of v that keep accepts.
func (v vector) only(keep func(t uint32) bool) vector {
	var out vector
	for i, t := range v.terms {
		if keep(t) {
			out.terms, out.counts = append(out.terms, t), append(out.counts, v.counts[i])
		}
	}
	return out
}
