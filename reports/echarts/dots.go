package echarts

import (
	"fmt"
	"math"
	"slices"

	"hindsight/reports"
)

// manyDots is the number of dots above which neighbours are drawn as one larger dot: more could neither be
// told apart nor drawn in time.
const manyDots = 1500

// dots returns one mark per point, or one per cell of neighbours when there are too many.
func (b *builder) dots(s reports.Series) []item {
	if len(s.Points) <= manyDots {
		return b.items(s, nil)
	}
	return b.cells(s)
}

// cell is a place of dots that are too close to be told apart.
type cell struct {
	first reports.Point
	n     int
}

// cells merges the points of each cell of a grid: 60 rows, and 60 columns where x has no categories. In
// categories a cell becomes a bar as wide as its share of the fullest one, so that all of them show the
// distribution; elsewhere a dot that grows with the number. Labels say how many.
func (b *builder) cells(s reports.Series) []item {
	cells := map[[2]int]*cell{}
	column, row := b.binner(true), b.binner(false)
	most := 0
	for _, p := range s.Points {
		key := [2]int{column(p.X), row(p.Y)}
		c := cells[key]
		if c == nil {
			c = &cell{first: p}
			cells[key] = c
		}
		c.n++
		most = max(most, c.n)
	}
	keys := make([][2]int, 0, len(cells))
	for key := range cells {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	out := make([]item, 0, len(keys))
	for _, key := range keys {
		out = append(out, b.merged(s, *cells[key], most))
	}
	return out
}

func (b *builder) merged(s reports.Series, c cell, most int) item {
	s.Points = []reports.Point{c.first}
	it := b.items(s, nil)[0]
	if c.n > 1 {
		it.Link = ""
		it.Name = fmt.Sprintf("%s: %s near %s", b.text(b.chart.X, c.first.X),
			reports.Format(reports.Count, float64(c.n)), b.text(b.chart.Y, c.first.Y))
	}
	share := float64(c.n) / float64(most)
	if len(b.chart.X.Categories) > 0 {
		it.Symbol, it.SymbolSize = "rect", []float64{math.Max(2, math.Round(64*share)), 4}
	} else {
		side := math.Round(dotSize * (1 + 2*math.Sqrt(share)))
		it.SymbolSize = []float64{side, side}
	}
	return it
}

// binner returns the function that puts a value of X or Y into one of 60 bins, or into its category.
func (b *builder) binner(x bool) func(float64) int {
	def := b.direction(x)
	if len(def.Categories) > 0 {
		return func(x float64) int { return int(x) }
	}
	at := func(x float64) float64 { return x }
	if def.Log {
		at = func(x float64) float64 { return math.Log(max(1, x)) }
	}
	lo, hi, _ := b.extent(x)
	span := at(hi) - at(lo)
	return func(x float64) int {
		if !(span > 0) || math.IsNaN(x) {
			return 0
		}
		return int(60 * (at(x) - at(lo)) / span)
	}
}
