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

// count counts incidents without a duration, or takes them back.
func (c *CrossCell) count(why int64, n int) {
	switch why {
	case wasOpen:
		c.NOpen += n
	case wasMissing:
		c.NMissing += n
	case wasInvalid:
		c.NInvalid += n
	default:
		c.NLeftOut += n
	}
}

var crossShares = []float64{0.5, 0.9}

// fill works out the numbers of a cell.
func (c *CrossCell) fill(within int64) {
	if c.N == 0 {
		c.NWithin, c.MeanSeconds, c.MedianSeconds, c.P90Seconds = 0, 0, 0, 0
		return
	}
	total, longer := int64(0), uint64(0) // whole microseconds, so that the mean is exact
	for _, v := range c.values {
		total += v
		longer += uint64(within-v) >> 63 // the sign: neither is below 0, and a branch would be guessed wrong too often
	}
	c.NWithin = c.N - int(longer)
	c.MeanSeconds = float64(total) / 1e6 / float64(c.N)
	var quantiles [2]float64
	stats.Quantiles(c.values, 1e6, crossShares, quantiles[:])
	c.MedianSeconds, c.P90Seconds = quantiles[0], quantiles[1]
}

// sizes are how many incidents count in each group of both axes, by number; one in several cells of its group counts in each.
type sizes struct{ rows, columns []int }

func (x *crosser) sizes(cells [][]CrossCell) sizes {
	out := sizes{make([]int, len(x.rows.codes)), make([]int, len(x.columns.codes))}
	for r, row := range cells {
		for i := range row {
			n := row[i].Incidents()
			out.rows[r] += n
			out.columns[row[i].Column] += n
		}
	}
	return out
}

// table names and orders the groups and puts the cells in their places.
func (x *crosser) table(cells [][]CrossCell, size sizes, left map[leftKey]int) *Crossing {
	out := &Crossing{}
	ofRows, ofColumns := byGroup(left)
	place, moved := make([]int, len(x.columns.codes)), false
	for i, b := range x.columns.groups(size.columns, ofColumns) {
		out.Columns = append(out.Columns, b.group)
		place[b.acc], moved = i, moved || b.acc != uint32(i)
	}
	for _, b := range x.rows.groups(size.rows, ofRows) {
		out.Rows = append(out.Rows, b.group)
		row := cells[b.acc]
		if moved {
			row = slices.Clone(row)
			for i := range row {
				row[i].Column = place[row[i].Column]
			}
			slices.SortFunc(row, func(a, b CrossCell) int { return cmp.Compare(a.Column, b.Column) })
		}
		out.cells = append(out.cells, row)
	}
	return out
}

// byGroup returns the incidents left out of the groups of each axis, by group and reason.
func byGroup(left map[leftKey]int) (rows, columns map[uint32]map[uint32]int) {
	rows, columns = map[uint32]map[uint32]int{}, map[uint32]map[uint32]int{}
	for key, n := range left {
		if n == 0 {
			continue
		}
		out := rows
		if key.column {
			out = columns
		}
		if out[key.group] == nil {
			out[key.group] = map[uint32]int{}
		}
		out[key.group][key.reason] = n
	}
	return rows, columns
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
