package similar

import "slices"

// Common returns at most n words that most of the texts at places have, those that say most first: weighed
// by how many have them, how rare they are elsewhere, and double when they stand in titles.
func (c *Corpus) Common(places []int, n int) []string {
	inTitle, inWhole := map[uint32]int{}, map[uint32]int{}
	for _, at := range places {
		c.docs[at].eachWord(func(t uint32, titled, _ uint8) {
			inWhole[t]++
			if titled > 0 {
				inTitle[t]++
			}
		})
	}
	weights := map[uint32]float64{}
	for t, k := range inWhole {
		if 2*k > len(places) {
			weights[t] = float64(k+inTitle[t]) * c.idf(t)
		}
	}
	return c.heaviest(weights, n)
}

// Root returns the stem of a word, by which its forms are one; "" for a stop word, a long number, and what is
// no single word. It is not for use by two at the same time.
func (c *Corpus) Root(word string) string {
	if ws := c.reader.words(word); len(ws) > 0 {
		return ws[len(ws)-1].stem
	}
	return ""
}

// Roots returns the stems of all words of a text, as Root does.
func (c *Corpus) Roots(text string) []string {
	var out []string
	for _, w := range c.reader.words(text) {
		out = append(out, w.stem)
	}
	return out
}

// InTitles returns how many of the texts at places have one of the words in their titles, in any form.
func (c *Corpus) InTitles(places []int, words []string) int {
	terms := map[uint32]bool{}
	for _, w := range words {
		if t, known := c.ids[c.Root(w)]; known {
			terms[t] = true
		}
	}
	n := 0
	for _, at := range places {
		if slices.ContainsFunc(c.docs[at].views[title].terms, func(t uint32) bool { return terms[t] }) {
			n++
		}
	}
	return n
}
