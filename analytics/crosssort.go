package analytics

import "slices"

// work reads all incidents and makes the cells of all rows, with the numbers of columns for their places, and counts those left out.
func (x *crosser) work() ([][]CrossCell, map[leftKey]int) {
	gathered := x.gather()
	begins, total := make([]int, x.tiling.count), 0
	for tile := range begins {
		begins[tile] = total
		for _, g := range gathered {
			total += len(g.tiles[tile]) + g.longOf(tile)
		}
	}
	values, tiles := make([]int64, total), make([][][]CrossCell, x.tiling.count)
	sorters := make([]sorter, workers(total/chunkRows))
	shareOut(len(tiles), len(sorters), func(worker, tile int) { tiles[tile] = x.sort(&sorters[worker], tile, gathered, values[begins[tile]:]) })
	left := leftOf(gathered)
	for _, g := range gathered {
		gatherings.Put(g)
	}
	return x.tiling.join(tiles), left
}

// sorter sorts the incidents of one tile after the other into cells.
type sorter struct {
	ends []uint32       // of the values of each cell
	odd  [][odds]uint32 // of each cell: how often each of the reasons from wasOpen on
}

// odds is how many reasons there are for an incident without a duration, being left out included.
const odds = int(wasOpen-wasLeftOut) + 1

func oddOf(value int64) int { return int(wasOpen - value) }

// sort puts the durations of a tile into values, cell by cell, and returns the cells of each of its rows.
func (x *crosser) sort(s *sorter, tile int, gathered []*gathering, values []int64) [][]CrossCell {
	t, cells := &x.tiling, x.tiling.cells()
	s.ends, s.odd = slices.Grow(s.ends[:0], cells)[:cells], slices.Grow(s.odd[:0], cells)[:cells]
	clear(s.ends)
	clear(s.odd)
	s.count(t, tile, gathered)
	used, total := 0, uint32(0)
	for cell, n := range s.ends {
		if n > 0 || s.odd[cell] != [odds]uint32{} {
			used++
		}
		s.ends[cell] = total // where the next one goes; its end when all are there
		total += n
	}
	s.put(t, tile, gathered, values)
	return x.cellsOf(s, tile, used, values)
}

// count counts what was gathered of a tile in its cells.
func (s *sorter) count(t *tiling, tile int, gathered []*gathering) {
	for _, g := range gathered {
		for _, packed := range g.tiles[tile] {
			if cell, value := t.unpack(packed); value >= 0 {
				s.ends[cell]++
			} else {
				s.odd[cell][oddOf(value)]++
			}
		}
		for _, h := range g.long {
			if h.tile == tile {
				s.ends[h.cell]++
			}
		}
	}
}

// put puts the durations of a tile where their cells are.
func (s *sorter) put(t *tiling, tile int, gathered []*gathering, values []int64) {
	for _, g := range gathered {
		for _, packed := range g.tiles[tile] {
			if cell, value := t.unpack(packed); value >= 0 {
				values[s.ends[cell]] = value
				s.ends[cell]++
			}
		}
		for _, h := range g.long {
			if h.tile == tile {
				values[s.ends[h.cell]] = h.value
				s.ends[h.cell]++
			}
		}
	}
}

// longOf returns how many of a tile could not be packed.
func (g *gathering) longOf(tile int) (n int) {
	for _, h := range g.long {
		if h.tile == tile {
			n++
		}
	}
	return n
}

// cellsOf makes the cells of a tile, of which so many hold an incident.
func (x *crosser) cellsOf(s *sorter, tile, used int, values []int64) [][]CrossCell {
	t := x.tiling
	first, width, from := tile%t.across<<t.columnShift, 1<<t.columnShift, uint32(0)
	all, rows := make([]CrossCell, 0, used), make([][]CrossCell, 1<<t.rowShift)
	for row := range rows {
		begin := len(all)
		for column := range width {
			cell := row*width + column
			to, odd := s.ends[cell], &s.odd[cell]
			if to == from && *odd == [odds]uint32{} {
				continue
			}
			all = all[:len(all)+1]
			c := &all[len(all)-1]
			c.Column, c.N, c.values = first+column, int(to-from), values[from:to:to]
			c.NOpen, c.NMissing, c.NInvalid, c.NLeftOut = int(odd[0]), int(odd[1]), int(odd[2]), int(odd[3])
			c.fill(x.within)
			from = to
		}
		rows[row] = all[begin:len(all):len(all)]
	}
	return rows
}
