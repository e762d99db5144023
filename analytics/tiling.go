package analytics

import "math/bits"

// tiling cuts the cells of a Crossing into tiles: whole rows as a rule, several of them where there are many rows, and parts of one
// where there are few. The incidents of a tile are sorted into its cells at once, near the processor.
type tiling struct {
	rows, columns         int  // of the Crossing
	rowShift, columnShift uint // a tile has 1<<rowShift rows and 1<<columnShift columns, less at the edges
	across                int  // tiles beside each other
	count                 int
	valueBits             uint  // of a packed hit
	longest               int64 // duration that can be packed
}

const (
	fewestTiles = 64  // so that processors share them evenly
	mostTiles   = 512 // so that filling them stays near the processor
)

func newTiling(rows, columns int) tiling {
	t := tiling{rows: rows, columns: columns, columnShift: uint(bits.Len(uint(max(columns-1, 0))))}
	for rows>>t.rowShift > mostTiles {
		t.rowShift++
	}
	for t.columnShift > 0 && rows*(1+(columns-1)>>t.columnShift) < fewestTiles {
		t.columnShift--
	}
	t.across = 1 + max(columns-1, 0)>>t.columnShift
	t.count = (1 + max(rows-1, 0)>>t.rowShift) * t.across
	t.valueBits = 64 - t.rowShift - t.columnShift
	t.longest = int64(1)<<min(t.valueBits, 62) - 1 - int64(odds)
	return t
}

// pack writes a cell of a tile and a duration of at most longest, or one of the odds, into one number: half as much to move.
func (t *tiling) pack(cell uint32, value int64) uint64 {
	return uint64(cell)<<t.valueBits | uint64(value+int64(odds))
}

// unpack is the inverse of pack.
func (t *tiling) unpack(packed uint64) (cell uint32, value int64) {
	return uint32(packed >> t.valueBits), int64(packed&(1<<t.valueBits-1)) - int64(odds)
}

// place returns the tile of a cell, and its number in that.
func (t *tiling) place(row, column uint32) (tile int, cell uint32) {
	tile = int(row>>t.rowShift)*t.across + int(column>>t.columnShift)
	return tile, (row&(1<<t.rowShift-1))<<t.columnShift | column&(1<<t.columnShift-1)
}

// cells returns how many numbers of cells a tile has.
func (t *tiling) cells() int { return 1 << (t.rowShift + t.columnShift) }

// join puts the rows of tiles together.
func (t *tiling) join(tiles [][][]CrossCell) [][]CrossCell {
	out := make([][]CrossCell, t.rows)
	for r := range out {
		band, row := r>>t.rowShift*t.across, r&(1<<t.rowShift-1)
		if t.across == 1 {
			out[r] = tiles[band][row]
			continue
		}
		for _, tile := range tiles[band : band+t.across] {
			out[r] = append(out[r], tile[row]...)
		}
	}
	return out
}
