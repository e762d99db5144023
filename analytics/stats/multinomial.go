package stats

import (
	"math"
	"math/rand/v2"
)

// enoughAsFar is after how many random counts that stray as far a simulation has seen enough: the share is then known to about a
// seventh of itself.
const enoughAsFar = 50

// UniformByChance returns the share of random counts with the same total that stray at least as far from their exposure as
// these, by Pearson's chi-square, the ones seen counted in (Hope 1968): the test of Uniform for expected counts
// below 5. It is NaN where Uniform is. It draws at most so many times, and no more once 50 have strayed as far, which
// keeps the test valid (Besag and Clifford 1991); drawn says how many it drew. The same seed gives the same share.
func UniformByChance(counts []int, exposure []float64, draws int, seed uint64) (share float64, drawn int) {
	seen := Uniform(counts, exposure)
	if math.IsNaN(seen.ChiSquare) {
		return math.NaN(), 0
	}
	g := newGuide(exposure)
	random := rand.New(rand.NewPCG(seed, 0))
	cells := make([]float64, len(counts))
	asFar := 0
	for drawn < draws && asFar < enoughAsFar {
		drawn++
		clear(cells)
		for range seen.N {
			cells[g.cell(random.Float64())]++
		}
		chi := 0.0
		for i, e := range seen.Expected {
			if e > 0 {
				chi += (cells[i] - e) * (cells[i] - e) / e
			}
		}
		if chi >= seen.ChiSquare*(1-1e-12) {
			asFar++
		}
	}
	if asFar == enoughAsFar {
		return float64(asFar) / float64(drawn), drawn
	}
	return float64(asFar+1) / float64(drawn+1), drawn
}

// guide finds the cell of a random number in a step or two (Chen and Asau 1974): it knows in which cell each slot begins.
type guide struct {
	bounds []float64 // where cells end, as shares of the whole
	first  []int32   // the cell in which a slot begins
}

func newGuide(weights []float64) guide {
	g := guide{bounds: make([]float64, len(weights)), first: make([]int32, 4*len(weights))}
	whole, so := 0.0, 0.0
	for _, w := range weights {
		whole += w
	}
	last := 0
	for i, w := range weights {
		so += w
		g.bounds[i] = so / whole
		if w > 0 {
			last = i
		}
	}
	g.bounds[last] = 1 // whatever was lost in summing up
	for slot, cell := 0, 0; slot < len(g.first); slot++ {
		for g.bounds[cell] <= float64(slot)/float64(len(g.first)) {
			cell++
		}
		g.first[slot] = int32(cell)
	}
	return g
}

// cell returns the cell of u, 0 ≤ u < 1.
func (g guide) cell(u float64) int {
	cell := int(g.first[int(u*float64(len(g.first)))])
	for u >= g.bounds[cell] {
		cell++
	}
	return cell
}
