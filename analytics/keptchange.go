package analytics

import (
	"cmp"
	"maps"
	"slices"

	"hindsight/incident"
)

// renewal is a chunk before and after: nil, or with fewer rows in use, where it is new.
type renewal struct {
	old, new         *chunk
	oldUsed, newUsed int
}

// changes returns the chunks that differ between the answer and s; ok is false where to begin anew is cheaper.
func (k *kept) changes(s *Snapshot) (out []renewal, ok bool) {
	if s.rows < k.rows {
		return nil, false
	}
	for n, c := range s.chunks {
		x := renewal{new: c, newUsed: min(chunkRows, s.rows-n*chunkRows)}
		if n < len(k.chunks) {
			x.old, x.oldUsed = k.chunks[n], min(chunkRows, k.rows-n*chunkRows)
		}
		if x.old != x.new || x.oldUsed != x.newUsed {
			out = append(out, x)
		}
	}
	return out, len(out) <= max(farBehind, len(s.chunks)/8)
}

// stretch moves first and last to the changed incidents; false where the first or last one changed, so that nobody knows which is
// the first now. shown are the private incidents that sight sees now.
func (k *kept) stretch(changes []renewal, shown map[incident.ID]bool, sight incident.Sight) bool {
	p := k.crosser.p
	now := *p
	now.shown, now.q.Sight = shown, sight
	for _, x := range changes {
		for i, at := range p.starts(x.old, x.oldUsed) {
			if at != 0 && (at == k.first || at == k.last) && now.starts(x.new, x.newUsed)[i] != at {
				return false
			}
		}
	}
	for _, x := range changes {
		for _, at := range now.starts(x.new, x.newUsed) {
			if at != 0 && (k.first == 0 || at < k.first) {
				k.first = at
			}
			if at != 0 && (k.last == 0 || at > k.last) {
				k.last = at
			}
		}
	}
	return true
}

// starts returns when the rows of a chunk that the population selects started; 0 for others.
func (p *population) starts(c *chunk, used int) (out [chunkRows]int64) {
	var in picked
	for _, i := range p.startedIn(c, used, &in) {
		out[i] = c.started[i]
	}
	return out
}

// place is where an incident is in a Crossing.
type place struct {
	in          bool
	row, column uint32
	value       int64
}

// places returns where the rows of a chunk are.
func (x *crosser) places(c *chunk, used int) (out [chunkRows]place) {
	if used <= 0 {
		return out
	}
	var in picked
	var row, column [chunkRows]uint32
	var value [chunkRows]int64
	chosen := x.p.startedIn(c, used, &in)
	x.rows.number(c, chosen, &row)
	x.columns.number(c, chosen, &column)
	x.p.measure(c, chosen, &value)
	for k, i := range chosen {
		out[i] = place{true, row[k], column[k], value[k]}
	}
	return out
}

// mending changes the cells of an answer. Rows, cells and values are copied before they are written.
type mending struct {
	*kept
	rows  map[uint32]bool
	cells map[[2]uint32]bool
}

// apply moves the incidents that changed from the cells where they were to where they are.
func (k *kept) apply(before *crosser, changes []renewal) {
	m := mending{kept: k, rows: map[uint32]bool{}, cells: map[[2]uint32]bool{}}
	k.cells, k.left = slices.Clone(k.cells), maps.Clone(k.left)
	k.size = sizes{slices.Clone(k.size.rows), slices.Clone(k.size.columns)}
	for _, x := range changes {
		was, is := before.places(x.old, x.oldUsed), k.crosser.places(x.new, x.newUsed)
		for i := range is {
			if was[i] != is[i] {
				m.move(was[i], -1)
				m.move(is[i], 1)
			}
		}
	}
	m.finish()
}

// move takes an incident out of its cells, or puts it in.
func (m *mending) move(at place, by int) {
	if !at.in {
		return
	}
	rows, columns := m.crosser.rows.all(at.row), m.crosser.columns.all(at.column)
	for _, r := range rows {
		for _, c := range columns {
			m.cell(r, c).move(at.value, by)
			if at.value > wasLeftOut {
				m.size.rows[r] += by
				m.size.columns[c] += by
			}
		}
	}
	if len(rows) > 1 || len(columns) > 1 || at.value <= wasLeftOut {
		m.crosser.leave(m.left, rows, columns, at.value, by)
	}
}

// cell returns a cell that may be written. It is valid until the next call.
func (m *mending) cell(row, column uint32) *CrossCell {
	if !m.rows[row] {
		m.rows[row] = true
		m.kept.cells[row] = slices.Clone(m.kept.cells[row])
	}
	i, found := findCell(m.kept.cells[row], column)
	if !found {
		m.kept.cells[row] = slices.Insert(m.kept.cells[row], i, CrossCell{Column: int(column)})
	}
	c := &m.kept.cells[row][i]
	if key := [2]uint32{row, column}; !m.cells[key] {
		m.cells[key] = true
		c.values = slices.Clone(c.values)
	}
	return c
}

func findCell(row []CrossCell, column uint32) (int, bool) {
	return slices.BinarySearchFunc(row, int(column), func(c CrossCell, column int) int { return cmp.Compare(c.Column, column) })
}

func (c *CrossCell) move(value int64, by int) {
	switch {
	case value < 0:
		c.count(value, by)
	case by > 0:
		c.values = append(c.values, value)
	default:
		i := slices.Index(c.values, value)
		c.values[i] = c.values[len(c.values)-1]
		c.values = c.values[:len(c.values)-1]
	}
}

// finish works the touched cells out anew, and drops the empty ones.
func (m *mending) finish() {
	for key := range m.cells {
		row := m.kept.cells[key[0]]
		i, _ := findCell(row, key[1])
		c := &row[i]
		m.values += len(c.values) - c.N
		if c.N = len(c.values); c.Incidents()+c.NLeftOut == 0 {
			m.kept.cells[key[0]] = slices.Delete(row, i, i+1)
			continue
		}
		c.fill(m.crosser.within)
	}
}
