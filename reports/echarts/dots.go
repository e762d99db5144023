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

// binCount is the number of rows, and of columns, that merged dots lie in.
const binCount = 40

// dots returns one mark per point, or one per cell of neighbours when there are too many.
func (b *builder) dots(s reports.Series) []item {
	if len(s.Points) <= manyDots {
		return b.items(s, nil)
	}
	return b.cells(s)
}

// cell is a place of dots that are too close to be told apart.
type cell struct {
	at reports.Point // the only one, or the middle of the cell
	n  int
}

// cells merges the points of each cell of a grid: 40 rows, and 40 columns where x has no categories. In
// categories a cell becomes a bar as wide as its share of the fullest one, so that all of them show the
// distribution; elsewhere a dot that grows with the number. Labels say how many.
func (b *builder) cells(s reports.Series) []item {
	cells := map[[2]int]*cell{}
	column, row := b.bins(true), b.bins(false)
	most := 0
	for _, p := range s.Points {
		key := [2]int{column.of(p.X), row.of(p.Y)}
		c := cells[key]
		if c == nil {
			c = &cell{at: p}
			cells[key] = c
		} else if c.n == 1 {
			c.at = reports.Point{X: column.middle(key[0]), Y: row.middle(key[1])}
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
	s.Points = []reports.Point{c.at}
	it := b.items(s, nil)[0]
	if c.n > 1 {
		it.Name = clean(fmt.Sprintf("%s: %s near %s", b.text(b.chart.X, c.at.X),
			reports.Format(reports.Count, float64(c.n)), b.text(b.chart.Y, c.at.Y)))
	}
	share := float64(c.n) / float64(most)
	if len(b.chart.X.Categories) > 0 {
		it.Symbol, it.SymbolSize = "rect", []float64{math.Max(2, math.Round(b.band()*share)), 4}
	} else {
		side := math.Round(dotSize * (1 + 2*math.Sqrt(share)))
		it.SymbolSize = []float64{side, side}
	}
	return it
}

// band is how wide a bar of merged dots may be, in pixels, so that it stays in its category on a chart of usual
// width and hides neither its neighbours nor the labels of the other axis.
func (b *builder) band() float64 { return math.Min(64, 560/float64(len(b.chart.X.Categories))) }

// bins divides an axis: into its categories, else into 40 parts of equal length on paper.
type bins struct {
	lo, span  float64 // logarithms when log; span 0: categories, or all values are one
	log, fits bool
}

func (b *builder) bins(x bool) bins {
	def := b.direction(x)
	if len(def.Categories) > 0 {
		return bins{fits: true}
	}
	lo, hi, _ := b.extent(x)
	if def.Log {
		lo, hi = math.Log(max(1, lo)), math.Log(max(1, hi))
	}
	return bins{lo: lo, span: hi - lo, log: def.Log}
}

func (n bins) of(x float64) int {
	switch {
	case n.fits:
		return int(x)
	case !(n.span > 0) || math.IsNaN(x):
		return 0
	case n.log:
		x = math.Log(max(1, x))
	}
	return min(binCount-1, int(binCount*(x-n.lo)/n.span))
}

// middle returns the value in the middle of a bin.
func (n bins) middle(i int) float64 {
	if n.fits {
		return float64(i)
	}
	x := n.lo + (float64(i)+0.5)*n.span/binCount
	if n.log {
		return math.Exp(x)
	}
	return x
}
