package analytics

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Crossing is a table of groups by two dimensions: services by week, priorities by month. Rows and columns are in the order of
// [Group], and those without an incident are there where groups of one dimension would be. An incident of several services
// is in the row of each. It never changes and may be read by many goroutines.
type Crossing struct {
	Rows, Columns []Group
	cells         [][]CrossCell // row by row, in the order of columns, those that hold an incident
}

// Row returns the cells of a row that hold an incident, in the order of columns. They must not be changed.
func (x *Crossing) Row(row int) []CrossCell { return x.cells[row] }

// Cell returns a cell, which may hold no incident.
func (x *Crossing) Cell(row, column int) CrossCell {
	i, found := slices.BinarySearchFunc(x.cells[row], column, func(c CrossCell, column int) int { return cmp.Compare(c.Column, column) })
	if !found {
		return CrossCell{Column: column}
	}
	return x.cells[row][i]
}

// Cross measures q.Span for every pair of a row and a column, and how many of the durations are at most within; q.GroupBy does not
// matter. It reads the columns with as many goroutines as there are processors. Its figures are those of Durations, asked
// with each row's group alone and grouped by columns.
func (s *Snapshot) Cross(q Query, rows, columns Dimension, within time.Duration) *Crossing {
	p := s.population(q)
	x := &crosser{p: p, rows: p.axis(rows), columns: p.axis(columns), within: within.Microseconds()}
	gathered := x.gather()
	out := x.table(x.sumUp(x.byRow(gathered)), gathered)
	for _, g := range gathered {
		gatherings.Put(g)
	}
	return out
}

// crosser makes one Crossing.
type crosser struct {
	p             *population
	rows, columns *axis
	within        int64
}

// Durations in records are 0 or more; what is below says why there is none, or why the incident does not count.
const (
	wasOpen int64 = -1 - iota
	wasMissing
	wasInvalid
	wasLeftOut // less the code of the reason
)

// hit is one incident in one cell.
type hit struct {
	row, column uint32
	value       int64 // microseconds
}

// gathering is what one goroutine found.
type gathering struct {
	records  []hit
	perRow   []int           // records of each row; then where its next one goes
	left     map[leftKey]int // incidents left out of a group
	picked   picked
	row, col [chunkRows]uint32
	value    [chunkRows]int64
}

// leftKey names a group of one axis and a reason why incidents are left out.
type leftKey struct {
	column        bool
	group, reason uint32
}

// inSeveral is the reason of those that are not left out but in several cells of their group.
const inSeveral = 0

// gatherings are kept for the next question, for they are large.
var gatherings = sync.Pool{New: func() any { return new(gathering) }}

// gather reads all chunks.
func (x *crosser) gather() []*gathering {
	chunks := x.p.s.chunks
	out := make([]*gathering, workers(len(chunks)))
	for w := range out {
		out[w] = gatherings.Get().(*gathering)
		out[w].records, out[w].left = out[w].records[:0], map[leftKey]int{}
		out[w].perRow = slices.Grow(out[w].perRow[:0], len(x.rows.codes))[:len(x.rows.codes)]
		clear(out[w].perRow)
	}
	shareOut(len(chunks), len(out), func(worker, n int) {
		g, c := out[worker], chunks[n]
		in := x.p.pickStarted(n, &g.picked)
		x.rows.number(c, in, &g.row)
		x.columns.number(c, in, &g.col)
		x.p.measure(c, in, &g.value)
		for k := range in {
			x.add(g, g.row[k], g.col[k], g.value[k])
		}
	})
	return out
}

// add notes an incident in its cell, or in those of its lists of groups.
func (x *crosser) add(g *gathering, row, column uint32, value int64) {
	if (row|column)&manyGroups == 0 && value > wasLeftOut {
		g.records = append(g.records, hit{row, column, value})
		g.perRow[row]++
		return
	}
	rows, columns := x.rows.all(row), x.columns.all(column)
	for _, r := range rows {
		for _, c := range columns {
			g.records = append(g.records, hit{r, c, value})
			g.perRow[r]++
		}
	}
	reason, ofRow, ofColumn := uint32(inSeveral), len(columns)-1, len(rows)-1
	if value <= wasLeftOut {
		reason, ofRow, ofColumn = uint32(wasLeftOut-value), 1, 1
	}
	for _, r := range rows {
		g.left[leftKey{false, r, reason}] += ofRow
	}
	for _, c := range columns {
		g.left[leftKey{true, c, reason}] += ofColumn
	}
}

// all returns the groups behind a number.
func (a *axis) all(number uint32) []uint32 {
	if number&manyGroups != 0 {
		return a.several[number&^manyGroups]
	}
	return []uint32{number}
}

// measure writes the duration of each picked row, in microseconds, or why there is none.
func (p *population) measure(c *chunk, in []uint16, out *[chunkRows]int64) {
	now := p.now()
	for k, i := range in {
		if left := p.leftOut(c, int(i)); left != 0 {
			out[k] = wasLeftOut - int64(left)
			continue
		}
		state, value := p.duration(row{c, int(i), 0}, now)
		switch outcomeOf(state) {
		case Recorded:
			out[k] = value
		case Open:
			out[k] = wasOpen
		case Invalid:
			out[k] = wasInvalid
		default:
			out[k] = wasMissing
		}
	}
}
