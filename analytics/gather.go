package analytics

import (
	"slices"
	"sync"
)

// gathering is what one goroutine found of a Crossing. It is large, and kept for the next question.
type gathering struct {
	cells  []uint32 // of each recorded duration, by number
	values []int64  // of each, in microseconds
	counts []uint32 // of recorded durations, by cell; then where the next one goes
	odd    []hit    // incidents without a duration, and those that do not count
	left   map[leftKey]int

	picked      picked
	row, column [chunkRows]uint32
	value       [chunkRows]int64
}

// hit is one incident in one cell.
type hit struct {
	cell  uint32
	value int64
}

// leftKey names a group of one axis and a reason why incidents are left out.
type leftKey struct {
	column        bool
	group, reason uint32
}

// inSeveral is the reason of those that are not left out but in several cells of their group.
const inSeveral = 0

var gatherings = sync.Pool{New: func() any { return new(gathering) }}

// gather reads all chunks.
func (x *crosser) gather() []*gathering {
	chunks := x.p.s.chunks
	out := make([]*gathering, workers(len(chunks)))
	for w := range out {
		g := gatherings.Get().(*gathering)
		g.cells, g.values, g.odd, g.left = g.cells[:0], g.values[:0], g.odd[:0], map[leftKey]int{}
		g.counts = slices.Grow(g.counts[:0], x.grid())[:x.grid()]
		clear(g.counts)
		out[w] = g
	}
	shareOut(len(chunks), len(out), func(worker, n int) {
		g, c := out[worker], chunks[n]
		in := x.p.pickStarted(n, &g.picked)
		x.rows.number(c, in, &g.row)
		x.columns.number(c, in, &g.column)
		x.p.measure(c, in, &g.value)
		x.add(g, len(in))
	})
	return out
}

// add notes the picked incidents of a chunk in their cells.
func (x *crosser) add(g *gathering, picked int) {
	columns, n := uint32(len(x.columns.codes)), len(g.cells)
	g.cells = slices.Grow(g.cells, picked)[:n+picked]
	g.values = slices.Grow(g.values, picked)[:n+picked]
	for k := range picked {
		row, column, value := g.row[k], g.column[k], g.value[k]
		if (row|column)&manyGroups != 0 || value < 0 {
			continue
		}
		cell := row*columns + column
		g.cells[n], g.values[n] = cell, value
		g.counts[cell]++
		n++
	}
	g.cells, g.values = g.cells[:n], g.values[:n]
	for k := range picked {
		if row, column, value := g.row[k], g.column[k], g.value[k]; (row|column)&manyGroups != 0 || value < 0 {
			x.addOdd(g, row, column, value)
		}
	}
}

// addOdd notes an incident that is in several cells, or has no duration, or does not count.
func (x *crosser) addOdd(g *gathering, row, column uint32, value int64) {
	rows, columns := x.rows.all(row), x.columns.all(column)
	for _, r := range rows {
		for _, c := range columns {
			cell := r*uint32(len(x.columns.codes)) + c
			if value < 0 {
				g.odd = append(g.odd, hit{cell, value})
				continue
			}
			g.cells, g.values = append(g.cells, cell), append(g.values, value)
			g.counts[cell]++
		}
	}
	x.leave(g.left, rows, columns, value, 1)
}

// leave counts an incident, or takes it back with -1, among those left out of its groups, or those in several cells of them.
func (x *crosser) leave(left map[leftKey]int, rows, columns []uint32, value int64, by int) {
	reason, ofRow, ofColumn := uint32(inSeveral), len(columns)-1, len(rows)-1
	if value <= wasLeftOut {
		reason, ofRow, ofColumn = uint32(wasLeftOut-value), 1, 1
	}
	if ofRow > 0 {
		for _, r := range rows {
			left[leftKey{false, r, reason}] += by * ofRow
		}
	}
	if ofColumn > 0 {
		for _, c := range columns {
			left[leftKey{true, c, reason}] += by * ofColumn
		}
	}
}

// all returns the groups behind a number.
func (a *axis) all(number uint32) []uint32 {
	if number&manyGroups != 0 {
		return a.several[number&^manyGroups]
	}
	return []uint32{number}
}

// leftOf adds up what all goroutines left out.
func leftOf(gathered []*gathering) map[leftKey]int {
	out := map[leftKey]int{}
	for _, g := range gathered {
		for key, n := range g.left {
			out[key] += n
		}
	}
	return out
}
