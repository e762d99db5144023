package analytics

import (
	"iter"
	"slices"
	"strings"

	"hindsight/incident"
)

// population is a Query made ready for one snapshot: every filter is a table of codes, so that a
// row costs a few lookups.
type population struct {
	s          *Snapshot
	q          Query
	from, to   int64 // 0: open
	span       span
	services   []bool
	tags       []bool
	teams      map[uint32]bool
	sources    map[uint32]bool
	priorities map[uint32]bool
	kinds      map[uint32]bool
	severities [6]bool
	real       uint32
}

// row is one incident of a population.
type row struct {
	*chunk
	i       int
	leftOut uint32 // code of the reason why it does not count; 0 = it counts
}

// noStart is why an incident without any time cannot be placed in a period; every dictionary knows it
// under codeNoStart.
const (
	noStart            = "no start time"
	codeNoStart uint32 = 1
)

func (s *Snapshot) population(q Query) *population {
	p := &population{s: s, q: q, from: micros(q.From), to: micros(q.To), span: spanOf(q.Span)}
	p.services = setsWith(s, q.Services)
	p.tags = setsWith(s, q.Tags)
	p.teams = codesOf(s.texts, q.Teams)
	p.sources = codesOf(s.texts, q.Connections)
	p.priorities = codesOf(s.texts, q.Priorities)
	p.kinds = codesOf(s.texts, q.Kinds)
	for i := range p.severities {
		p.severities[i] = len(q.Severities) == 0 || slices.Contains(q.Severities, incident.Severity(i))
	}
	if i := slices.Index(s.texts, string(incident.Real)); i > 0 {
		p.real = uint32(i)
	}
	return p
}

// codesOf returns the codes of the wanted texts, nil when nothing is wanted, which binds nothing.
func codesOf[T ~string](texts []string, wanted []T) map[uint32]bool {
	if len(wanted) == 0 {
		return nil
	}
	codes := map[uint32]bool{}
	for code, text := range texts {
		if slices.Contains(wanted, T(text)) {
			codes[uint32(code)] = true
		}
	}
	return codes
}

// setsWith says of every set whether it holds one of the wanted texts; nil when nothing is wanted.
func setsWith[T ~string](s *Snapshot, wanted []T) []bool {
	if len(wanted) == 0 {
		return nil
	}
	codes := codesOf(s.texts, wanted)
	has := make([]bool, len(s.sets))
	for i, set := range s.sets {
		has[i] = slices.ContainsFunc(set, func(code uint32) bool { return codes[code] })
	}
	return has
}

// matches applies all filters but the period.
func (p *population) matches(c *chunk, i int) bool {
	f := c.flags[i]
	switch {
	case f.has(isGone), f.has(isPrivate) && !p.q.Private, !p.severities[c.severity[i]]:
		return false
	case p.services != nil && !p.services[c.services[i]], p.tags != nil && !p.tags[c.tags[i]]:
		return false
	case p.teams != nil && !p.teams[c.team[i]], p.sources != nil && !p.sources[c.connection[i]]:
		return false
	case p.priorities != nil && !p.priorities[c.priority[i]], p.kinds != nil && !p.kinds[c.kind[i]]:
		return false
	}
	return true
}

// now returns the instant of the query in microseconds.
func (p *population) now() int64 { return micros(p.q.Now) }

// leftOut returns the code of the reason why row i does not count.
func (p *population) leftOut(c *chunk, i int) uint32 {
	if c.started[i] == 0 && p.bounded() {
		return codeNoStart
	}
	if p.kinds == nil && c.kind[i] != p.real {
		return c.kind[i]
	}
	return c.reason[i]
}

// bounded reports whether the period has a bound, so that incidents without a start cannot be placed.
func (p *population) bounded() bool { return p.from != 0 || p.to != 0 }

// inPeriod reports whether row i started in the query's period. Rows without a start are in every
// period, but do not count in a bounded one: they are stated as left out.
func (p *population) inPeriod(c *chunk, i int) bool {
	at := c.started[i]
	return at == 0 || (p.from == 0 || at >= p.from) && (p.to == 0 || at < p.to)
}

// all yields every row that the filters select, whatever its period, in the order of rows.
func (p *population) all() iter.Seq[row] {
	return func(yield func(row) bool) {
		for n := 0; n < p.s.rows; n++ {
			c, i := p.s.chunks[n/chunkRows], n%chunkRows
			if p.matches(c, i) && !yield(row{c, i, p.leftOut(c, i)}) {
				return
			}
		}
	}
}

// started yields the rows that started in the period, and those without a start.
func (p *population) started() iter.Seq[row] {
	return func(yield func(row) bool) {
		for r := range p.all() {
			if p.inPeriod(r.chunk, r.i) && !yield(r) {
				return
			}
		}
	}
}

// customCode returns the code of the value of a field in row i, 0 when it has none.
func (s *Snapshot) customCode(r row, field string) uint32 {
	for _, code := range r.custom[r.i] {
		if name, _ := splitField(s.texts[code]); name == field {
			return code
		}
	}
	return 0
}

// joinField and splitField write a name and a value as one text of the dictionary.
func joinField(name, value string) string { return name + "\x00" + value }

func splitField(text string) (name, value string) {
	name, value, _ = strings.Cut(text, "\x00")
	return name, value
}

// sourceName returns the name of the system behind a connection, as its incidents state it; the
// connection's id when they do not.
func (s *Snapshot) sourceName(connection uint32) string {
	for n := range s.rows {
		c, i := s.chunks[n/chunkRows], n%chunkRows
		if c.connection[i] == connection && c.source[i] != 0 && !c.flags[i].has(isGone) {
			return s.texts[c.source[i]]
		}
	}
	return s.texts[connection]
}
