package analytics

import (
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
	services   codes // of sets
	tags       codes // of sets
	teams      codes
	sources    codes
	priorities codes
	kinds      codes
	severities [6]bool
	shown      map[incident.ID]bool // private incidents that may be seen; nil: none, or all by the query
	real       uint32

	looked      bool // first and last are known
	first, last int64
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
	s = s.of(q.Services)
	p := &population{s: s, q: q, from: micros(q.From), to: micros(q.To), span: spanOf(q.Span), shown: s.hidden.shownTo(q.Sight)}
	p.services = setsWith(s, q.Services)
	p.tags = setsWith(s, q.Tags)
	p.teams = codesOf(s, q.Teams)
	p.sources = codesOf(s, q.Connections)
	p.priorities = codesOf(s, q.Priorities)
	p.kinds = codesOf(s, q.Kinds)
	for i := range p.severities {
		p.severities[i] = len(q.Severities) == 0 || slices.Contains(q.Severities, incident.Severity(i))
	}
	p.real, _ = s.codeOf(string(incident.Real))
	return p
}

// codes are some codes of a dictionary, or numbers of sets: whether each is among them. nil binds nothing.
type codes []bool

func (x codes) has(code uint32) bool { return int(code) < len(x) && x[code] }

// with returns the codes and one more.
func (x codes) with(code uint32) codes {
	if missing := int(code) + 1 - len(x); missing > 0 {
		x = append(x, make(codes, missing)...)
	}
	x[code] = true
	return x
}

// codesOf returns the codes of the wanted texts, nil when nothing is wanted, which binds nothing.
func codesOf[T ~string](s *Snapshot, wanted []T) codes {
	if len(wanted) == 0 {
		return nil
	}
	out := codes{}
	for _, text := range wanted {
		if code, ok := s.codeOf(string(text)); ok {
			out = out.with(code)
		}
	}
	return out
}

// setsWith returns the sets that hold one of the wanted texts; nil when nothing is wanted.
func setsWith[T ~string](s *Snapshot, wanted []T) codes {
	if len(wanted) == 0 {
		return nil
	}
	out := codes{}
	for _, text := range wanted {
		code, ok := s.codeOf(string(text))
		if !ok {
			continue
		}
		for _, set := range s.setsOf(code) {
			out = out.with(set)
		}
	}
	return out
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
