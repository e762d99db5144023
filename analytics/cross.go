package analytics

import "time"

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
	i, found := findCell(x.cells[row], uint32(column))
	if !found {
		return CrossCell{Column: column}
	}
	return x.cells[row][i]
}

// Cross measures q.Span for every pair of a row and a column, and how many of the durations are at most within; q.GroupBy does not
// matter. It reads the columns with as many goroutines as there are processors, and of a question that was asked of an earlier
// snapshot only what has changed since. Its figures are those of Durations, asked
// with each row's group alone and grouped by columns.
func (s *Snapshot) Cross(q Query, rows, columns Dimension, within time.Duration) *Crossing {
	if key := s.keyOf(q, rows, columns, within); key != "" && s.keeper != nil {
		return s.cross(q, rows, columns, within, key)
	}
	x := s.crosser(q, rows, columns, within, nil)
	cells, left := x.work()
	return x.table(cells, x.sizes(cells), left)
}

// crosser makes one Crossing.
type crosser struct {
	p             *population
	rows, columns *axis
	tiling        tiling
	within        int64
}

// Durations are 0 or more; what is below says why there is none, or why the incident does not count.
const (
	wasOpen int64 = -1 - iota
	wasMissing
	wasInvalid
	wasLeftOut // less the code of the reason
)

// measure writes the duration of each picked row, in microseconds, or why there is none.
func (p *population) measure(c *chunk, in []uint8, out *[chunkRows]int64) {
	if len(p.span.from) == 1 && len(p.span.to) == 1 && p.q.Calendar == nil {
		p.measurePlain(c, in, out)
		return
	}
	for k, i := range in {
		out[k] = p.measured(c, int(i))
	}
}

// measurePlain is measure for spans between one milestone and another, which most are.
func (p *population) measurePlain(c *chunk, in []uint8, out *[chunkRows]int64) {
	from, to := &c.milestones[p.span.from[0]], &c.milestones[p.span.to[0]]
	for k, i := range in {
		if a, b := from[i], to[i]; a != 0 && b != 0 && a <= b && c.flags[i].has(isCounted) {
			out[k] = b - a
		} else {
			out[k] = p.measured(c, int(i))
		}
	}
}

func (p *population) measured(c *chunk, i int) int64 {
	if left := p.leftOut(c, i); left != 0 {
		return wasLeftOut - int64(left)
	}
	state, value := p.duration(row{c, i, 0}, p.now())
	switch outcomeOf(state) {
	case Recorded:
		return value
	case Open:
		return wasOpen
	case Invalid:
		return wasInvalid
	}
	return wasMissing
}
