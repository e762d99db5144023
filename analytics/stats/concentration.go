package stats

import (
	"math"
	"slices"
)

// Concentration says how unequally a total is spread over items: whether a few problems make most incidents. All
// numbers are NaN when there is no item or the total is 0.
type Concentration struct {
	// Gini is 0 when all items are equal, and (n−1)/n when one has all (Gini 1912); GiniCorrected reaches 1 then, and is NaN
	// for a single item.
	Gini, GiniCorrected float64
	HHI                 float64   // sum of squared shares (Herfindahl, Hirschman)
	Largest             float64   // share of the largest item
	TopFifth            float64   // share of the largest fifth of the items, rounded up
	ForFourFifths       int       // fewest items that hold 80 % or more; 0 when there is no total
	Lorenz              []float64 // share of the i least items together, for i from 0 to n
}

// Concentrate measures the concentration of values, which are not negative, in any order.
func Concentrate(values []float64) Concentration {
	sorted := slices.Sorted(slices.Values(values))
	n, total := float64(len(sorted)), sum(sorted)
	if !(total > 0) {
		nan := math.NaN()
		return Concentration{nan, nan, nan, nan, nan, 0, nil}
	}
	c := Concentration{Lorenz: []float64{0}}
	so, ranked := 0.0, 0.0
	for i, v := range sorted {
		so += v
		ranked += (2*float64(i+1) - n - 1) * v
		c.HHI += (v / total) * (v / total)
		c.Lorenz = append(c.Lorenz, so/total)
	}
	c.Gini = ranked / (n * total)
	c.GiniCorrected = c.Gini * n / (n - 1)
	c.Largest = sorted[len(sorted)-1] / total
	top := 0.0
	for i := range sorted {
		top += sorted[len(sorted)-1-i]
		if i+1 == int(math.Ceil(n*0.2-1e-9)) {
			c.TopFifth = top / total
		}
		if c.ForFourFifths == 0 && top/total >= 0.8-1e-12 {
			c.ForFourFifths = i + 1
		}
	}
	return c
}
