package similar

import "slices"

// IgnoreCommon takes out of the texts at places, which come from one source, the words that more than
// limit of them have: the house style of a source says nothing about its texts. How rare words are counts as
// before. It returns those words, for Ignore. Call Refresh afterwards.
func (c *Corpus) IgnoreCommon(places []int, limit int) Words {
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
	common := Words{}
	for t, n := range seen {
		if n > limit {
			common[uint32(t)] = true
		}
	}
	return common
}

// Words is a set of words of one corpus, and of pieces of words.
type Words map[uint32]bool

// Ignore takes words out of the text at a place.
func (c *Corpus) Ignore(at int, words Words) {
	for _, t := range c.docs[at].views[whole].terms {
		if words[t] {
			c.lists[t] = slices.DeleteFunc(c.lists[t], func(p posting) bool { return p.doc == uint32(at) })
		}
	}
	for i, v := range c.docs[at].views {
		c.docs[at].views[i] = v.only(func(t uint32) bool { return !words[t] })
	}
	c.reckon(at)
}

// Keep lets go of the texts that keep does not accept, at once; how rare words are stays as it is.
func (c *Corpus) Keep(keep func(at int) bool) {
	for at := range c.docs {
		if !keep(at) {
			c.docs[at] = doc{gone: true}
		}
	}
	for t, list := range c.lists {
		c.lists[t] = slices.Clip(slices.DeleteFunc(slices.Clone(list), func(p posting) bool { return c.docs[p.doc].gone }))
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
