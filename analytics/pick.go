package analytics

import "iter"

// picked are the places in a chunk of the rows that a population selects, ascending.
type picked [chunkRows]uint8 // a place is below chunkRows whatever it is, so that looking it up needs no check

// everyRow are all places of a chunk.
var everyRow = func() (all picked) {
	for i := range all {
		all[i] = uint8(i)
	}
	return all
}()

// used returns how many rows of a chunk are in use.
func (p *population) used(chunk int) int { return min(chunkRows, p.s.rows-chunk*chunkRows) }

// pick writes the rows of a chunk that the filters select into out and returns them. It applies one filter after the other to
// all rows, so that a filter that does not bind costs nothing.
func (p *population) pick(chunk int, out *picked) []uint8 {
	return p.pickIn(p.s.chunks[chunk], p.used(chunk), out)
}

// pickIn is pick for a chunk of which so many rows are in use.
func (p *population) pickIn(c *chunk, used int, out *picked) []uint8 {
	in := p.seen(c, used, out)
	if len(p.q.Severities) > 0 {
		in = keep(in, func(i uint8) bool { return p.severities[c.severity[i]] })
	}
	in = keepIn(in, &c.services, p.services)
	in = keepIn(in, &c.tags, p.tags)
	in = keepIn(in, &c.team, p.teams)
	in = keepIn(in, &c.connection, p.sources)
	in = keepIn(in, &c.priority, p.priorities)
	return keepIn(in, &c.kind, p.kinds)
}

// seen writes the rows of a chunk that are there and may be seen into out; as a rule these are all.
func (p *population) seen(c *chunk, used int, out *picked) []uint8 {
	hide, n := isGone, 0
	if !p.q.Sight.All {
		hide |= isPrivate
	}
	if !c.anyFlags.has(hide) {
		*out = everyRow
		return out[:used]
	}
	for i, f := range c.flags[:used] {
		out[n] = uint8(i)
		if !f.has(hide) || p.shown != nil && !f.has(isGone) && p.shown[c.id[i]] {
			n++
		}
	}
	return out[:n]
}

// pickStarted is pick for the rows that started in the period, and those without a start.
func (p *population) pickStarted(chunk int, out *picked) []uint8 {
	return p.startedIn(p.s.chunks[chunk], p.used(chunk), out)
}

// startedIn is pickStarted for a chunk of which so many rows are in use; there may be no chunk where none is.
func (p *population) startedIn(c *chunk, used int, out *picked) []uint8 {
	if used <= 0 {
		return nil
	}
	in := p.pickIn(c, used, out)
	if !p.bounded() {
		return in
	}
	return keep(in, func(i uint8) bool { return p.inPeriod(c, int(i)) })
}

// keepIn keeps the rows whose code is among the wanted ones; nil does not bind.
func keepIn(in []uint8, column *[chunkRows]uint32, wanted codes) []uint8 {
	if wanted == nil {
		return in
	}
	return keep(in, func(i uint8) bool { return wanted.has(column[i]) })
}

func keep(in []uint8, which func(i uint8) bool) []uint8 {
	n := 0
	for _, i := range in {
		if which(i) {
			in[n] = i
			n++
		}
	}
	return in[:n]
}

// all yields every row that the filters select, whatever its period, in the order of rows.
func (p *population) all() iter.Seq[row] { return p.rows((*population).pick) }

// started yields the rows that started in the period, and those without a start.
func (p *population) started() iter.Seq[row] { return p.rows((*population).pickStarted) }

func (p *population) rows(pick func(*population, int, *picked) []uint8) iter.Seq[row] {
	return func(yield func(row) bool) {
		var in picked
		for n, c := range p.s.chunks {
			for _, i := range pick(p, n, &in) {
				if !yield(row{c, int(i), p.leftOut(c, int(i))}) {
					return
				}
			}
		}
	}
}
