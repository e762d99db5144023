package analytics

import (
	"slices"
	"sync"
)

// gathering is what one goroutine found of a Crossing. It is large, and kept for the next question.
type gathering struct {
	tiles [][]uint64 // packed hits, by tile
	long  []hit      // those that cannot be packed
	left  map[leftKey]int

	picked      picked
	row, column [chunkRows]uint32
	value       [chunkRows]int64
}

// hit is one incident in one cell of a tile.
type hit struct {
	tile  int
	cell  uint32
	value int64 // as measure has it, but for the reason why it does not count
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
		g.left, g.long = map[leftKey]int{}, g.long[:0]
		g.tiles = slices.Grow(g.tiles[:0], x.tiling.count)[:x.tiling.count]
		for t := range g.tiles {
			g.tiles[t] = g.tiles[t][:0]
		}
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

// add puts the picked incidents of a chunk into their tiles.
func (x *crosser) add(g *gathering, picked int) {
	tiling, tiles := x.tiling, g.tiles
	for k, row := range g.row[:picked] {
		column, value := g.column[k], g.value[k]
		if (row|column)&manyGroups != 0 || value <= wasLeftOut || value > tiling.longest {
			x.addMany(g, row, column, value)
			continue
		}
		tile, cell := tiling.place(row, column)
		tiles[tile] = append(tiles[tile], tiling.pack(cell, value))
	}
}

// addMany puts an incident that is in several cells, or does not count, or is too long to be packed, into its tiles.
func (x *crosser) addMany(g *gathering, row, column uint32, value int64) {
	rows, columns := x.rows.all(row), x.columns.all(column)
	for _, r := range rows {
		for _, c := range columns {
			if tile, cell := x.tiling.place(r, c); value > x.tiling.longest {
				g.long = append(g.long, hit{tile, cell, value})
			} else {
				g.tiles[tile] = append(g.tiles[tile], x.tiling.pack(cell, max(value, wasLeftOut)))
			}
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
