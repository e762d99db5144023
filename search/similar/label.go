package similar

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
