package analytics

import (
	"cmp"
	"slices"

	"hindsight/analytics/stats"
)

// CrossCell is what one cell of a Crossing holds. Its plain numbers are for computing on, comparing and charts; what is told to
// people are the estimates, which say how sure they are.
type CrossCell struct {
	Column                    int // place among Crossing.Columns
	N                         int // recorded durations; what all numbers are made from
	NOpen, NMissing, NInvalid int
	NLeftOut                  int // incidents that do not count; in none of the above
	NWithin                   int // of N: at most as long as Cross was asked for
	// Mean, MedianSeconds and P90Seconds are those of DurationGroup without their intervals and lower limits; 0 where N is 0.
	MeanSeconds, MedianSeconds, P90Seconds float64

	values []int64
}

// Incidents returns how many incidents of the cell count.
func (c CrossCell) Incidents() int { return c.N + c.NOpen + c.NMissing + c.NInvalid }

// Mean, Median, P90 and Within are the figures of the cell: those of DurationGroup, and the share of durations within the
// target with its Wilson interval.
func (c CrossCell) Mean() Estimate   { return mean(c.MeanSeconds*float64(c.N), c.N) }
func (c CrossCell) Median() Estimate { return quantile(c.seconds(), 0.5) }
func (c CrossCell) P90() Estimate    { return quantile(c.seconds(), 0.9) }
func (c CrossCell) Within() Estimate { return share(c.NWithin, c.N) }

// seconds returns the durations of the cell, ascending.
func (c CrossCell) seconds() []float64 { return seconds(slices.Clone(c.values)) }

// placed are the records of all rows: those of row r are columns and values from from[r] on.
type placed struct {
	columns []uint32
	values  []int64
	from    []int
}

// byRow sorts what was gathered by row: it counts first, so that every goroutine knows where to put its records.
func (x *crosser) byRow(gathered []*gathering) placed {
	rows := len(x.rows.codes)
	out := placed{from: make([]int, rows+1)}
	n := 0
	for r := range rows {
		out.from[r] = n
		for _, g := range gathered {
			n, g.perRow[r] = n+g.perRow[r], n
		}
	}
	out.from[rows] = n
	out.columns, out.values = make([]uint32, n), make([]int64, n)
	shareOut(len(gathered), len(gathered), func(_, w int) {
		g := gathered[w]
		for _, rec := range g.records {
			at := g.perRow[rec.row]
			g.perRow[rec.row]++
			out.columns[at], out.values[at] = rec.column, rec.value
		}
	})
	return out
}

// summing is what one goroutine needs to sum up rows.
type summing struct {
	cellOf []int32 // by column: 1 + the place of its cell, 0 where it has none yet
	ends   []int   // by place of the cell: where its next value goes
}

// sumUp makes the cells of all rows, with the numbers of columns for their places.
func (x *crosser) sumUp(all placed) [][]CrossCell {
	cells := make([][]CrossCell, len(x.rows.codes))
	free := make([]summing, workers(len(all.values)/chunkRows))
	for w := range free {
		free[w].cellOf = make([]int32, len(x.columns.codes))
	}
	shareOut(len(cells), len(free), func(worker, r int) {
		from, to := all.from[r], all.from[r+1]
		if from < to {
			cells[r] = free[worker].cells(all.columns[from:to], all.values[from:to])
			x.fill(cells[r])
		}
	})
	return cells
}

// cells sorts the records of a row by column.
func (s *summing) cells(columns []uint32, values []int64) []CrossCell {
	var out []CrossCell
	for k, column := range columns {
		if s.cellOf[column] == 0 {
			out = append(out, CrossCell{Column: int(column)})
			s.cellOf[column] = int32(len(out))
		}
		out[s.cellOf[column]-1].count(values[k])
	}
	slices.SortFunc(out, func(a, b CrossCell) int { return cmp.Compare(a.Column, b.Column) })
	n := 0
	s.ends = s.ends[:0]
	for i, c := range out {
		s.cellOf[c.Column] = int32(i + 1)
		s.ends = append(s.ends, n)
		n += c.N
	}
	own := make([]int64, n)
	for k, column := range columns {
		if values[k] >= 0 {
			at := &s.ends[s.cellOf[column]-1]
			own[*at] = values[k]
			*at++
		}
	}
	for i := range out {
		end := s.ends[i]
		out[i].values = own[end-out[i].N : end : end]
		s.cellOf[out[i].Column] = 0
	}
	return out
}

func (c *CrossCell) count(value int64) {
	switch {
	case value >= 0:
		c.N++
	case value == wasOpen:
		c.NOpen++
	case value == wasMissing:
		c.NMissing++
	case value == wasInvalid:
		c.NInvalid++
	default:
		c.NLeftOut++
	}
}

var crossShares = []float64{0.5, 0.9}

// fill works out the numbers of cells.
func (x *crosser) fill(cells []CrossCell) {
	var quantiles [2]float64
	for i := range cells {
		c := &cells[i]
		if c.N == 0 {
			continue
		}
		var total int64 // whole microseconds, so that the mean is exact
		for _, v := range c.values {
			total += v
			if v <= x.within {
				c.NWithin++
			}
		}
		c.MeanSeconds = float64(total) / 1e6 / float64(c.N)
		stats.Quantiles(c.values, 1e6, crossShares, quantiles[:])
		c.MedianSeconds, c.P90Seconds = quantiles[0], quantiles[1]
	}
}

// table names and orders the groups and puts the cells in their places.
func (x *crosser) table(cells [][]CrossCell, gathered []*gathering) *Crossing {
	out := &Crossing{}
	rowSizes, columnSizes := make([]int, len(x.rows.codes)), make([]int, len(x.columns.codes))
	for r, row := range cells {
		for _, c := range row {
			rowSizes[r] += c.Incidents()
			columnSizes[c.Column] += c.Incidents()
		}
	}
	rows := x.rows.groups(rowSizes, leftOf(gathered, false))
	columns := x.columns.groups(columnSizes, leftOf(gathered, true))
	place := make([]int, len(x.columns.codes))
	for i, b := range columns {
		out.Columns = append(out.Columns, b.group)
		place[b.acc] = i
	}
	for _, b := range rows {
		out.Rows = append(out.Rows, b.group)
		row := cells[b.acc]
		for i := range row {
			row[i].Column = place[row[i].Column]
		}
		slices.SortFunc(row, func(a, b CrossCell) int { return cmp.Compare(a.Column, b.Column) })
		out.cells = append(out.cells, row)
	}
	return out
}

// leftOf returns the incidents left out of the groups of one axis, by group and reason.
func leftOf(gathered []*gathering, column bool) map[uint32]map[uint32]int {
	out := map[uint32]map[uint32]int{}
	for _, g := range gathered {
		for key, n := range g.left {
			if key.column != column {
				continue
			}
			if out[key.group] == nil {
				out[key.group] = map[uint32]int{}
			}
			out[key.group][key.reason] += n
		}
	}
	return out
}

// groups names and orders the groups of an axis that hold an incident or are there without; acc is the number of each.
func (a *axis) groups(sizes []int, left map[uint32]map[uint32]int) []*bucket[uint32] {
	byCode := map[uint32]*bucket[uint32]{}
	always := a.always()
	for number, code := range a.codes {
		out := left[uint32(number)]
		if size := sizes[number] - out[inSeveral]; size > 0 || len(out) > 0 || slices.Contains(always, code) {
			delete(out, inSeveral)
			byCode[code] = &bucket[uint32]{code: code, size: size, left: out, acc: uint32(number)}
		}
	}
	return finish(a.p, a.grouping, byCode)
}
