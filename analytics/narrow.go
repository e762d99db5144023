package analytics

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"hindsight/incident"
)

// memo holds what a snapshot has worked out already, for it never changes. It may be used by many goroutines.
type memo struct {
	mu     sync.Mutex
	narrow map[string]*narrowed
	rows   int // in narrow
	// answers are those of questions that one page asks several times, by remember's keys.
	answers map[string]any

	records [2]func() map[uint32]record // without and with private incidents
}

// mostAnswers is how many answers are remembered before all are forgotten.
const mostAnswers = 256

// remember returns the answer to a question of the snapshot, worked out when it is asked for the first time. What it returns
// must not be changed.
func remember[T any](s *Snapshot, key string, work func() T) T {
	s.memo.mu.Lock()
	known, ok := s.memo.answers[key].(T)
	s.memo.mu.Unlock()
	if ok {
		return known
	}
	answer := work()
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	if len(s.memo.answers) >= mostAnswers {
		clear(s.memo.answers)
	}
	s.memo.answers[key] = answer
	return answer
}

// key names which incidents the query selects of the snapshot, and as of when.
func (s *Snapshot) key(q Query) string {
	now := micros(q.Now)
	if !q.To.IsZero() && !q.Now.Before(q.To) {
		now = 0
	}
	return fmt.Sprint(micros(q.From), micros(q.To), now, q.zone(), q.Severities, q.Kinds, s.Reduce(q.Sight).Key()) +
		fmt.Sprintf("%q%q%q%q%q", q.Services, q.Teams, q.Connections, q.Priorities, q.Tags)
}

// narrowed is a snapshot of the incidents of some services; once makes it.
type narrowed struct {
	once sync.Once
	s    *Snapshot // nil: it would hold too much of the whole
}

// narrowest is how large a part of a snapshot its narrowed copies take together at the most: one of so many incidents.
const narrowest = 4

// of returns a snapshot whose chunks hold no incidents but those of the services, close together and in the same order. A page of
// one service asks dozens of questions, and few incidents are read faster than found among many. It is for reading rows
// alone: all else of it is of the whole.
func (s *Snapshot) of(services []incident.ID) *Snapshot {
	if len(services) == 0 || s.rows <= chunkRows || s.memo == nil {
		return s
	}
	ids := slices.Clone(services)
	slices.Sort(ids)
	var key strings.Builder
	for _, id := range ids {
		key.WriteString(string(id) + "\x00")
	}
	n := s.memo.narrowed(key.String())
	n.once.Do(func() { n.s = s.gather(services) })
	if n.s == nil {
		return s
	}
	return n.s
}

func (m *memo) narrowed(key string) *narrowed {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.narrow[key]
	if n == nil {
		n = &narrowed{}
		m.narrow[key] = n
	}
	return n
}

// gather copies the rows of services into chunks of their own; nil when that is not worth it.
func (s *Snapshot) gather(services []incident.ID) *Snapshot {
	wanted, places := setsWith(s, services), make([][]uint16, len(s.chunks))
	shareOut(len(s.chunks), workers(len(s.chunks)), func(_, n int) {
		column := &s.chunks[n].services
		for i := range min(chunkRows, s.rows-n*chunkRows) {
			if wanted.has(column[i]) {
				places[n] = append(places[n], uint16(i))
			}
		}
	})
	rows := 0
	for _, in := range places {
		rows += len(in)
	}
	if !s.memo.room(rows, s.rows/narrowest) {
		return nil
	}
	return s.rowsAt(places)
}

// rowsAt copies the rows at places, by chunk, into chunks of their own, close together and in the same order.
func (s *Snapshot) rowsAt(places [][]uint16) *Snapshot {
	out := &Snapshot{view: s.view, asOf: s.asOf}
	out.chunks, out.rows = nil, 0
	for n, in := range places {
		for _, i := range in {
			if out.rows%chunkRows == 0 {
				out.chunks = append(out.chunks, new(chunk))
			}
			out.chunks[out.rows/chunkRows].copyRow(out.rows%chunkRows, s.chunks[n], int(i))
			out.rows++
		}
	}
	return out
}

// room reports whether there is room for so many more rows, and takes it. What was narrowed before goes when there is not.
func (m *memo) room(rows, most int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if rows > most {
		return false
	}
	if m.rows+rows > most {
		clear(m.narrow)
		m.rows = 0
	}
	m.rows += rows
	return true
}

// copyRow copies row j of another chunk to row i.
func (c *chunk) copyRow(i int, from *chunk, j int) {
	c.id[i], c.number[i], c.title[i] = from.id[j], from.number[j], from.title[j]
	c.started[i] = from.started[j]
	for m := range c.milestones {
		c.milestones[m][i] = from.milestones[m][j]
	}
	c.anyFlags |= from.flags[j]
	c.severity[i], c.flags[i], c.kind[i], c.reason[i] = from.severity[j], from.flags[j], from.kind[j], from.reason[j]
	c.priority[i], c.team[i], c.connection[i], c.source[i] = from.priority[j], from.team[j], from.connection[j], from.source[j]
	c.services[i], c.tags[i], c.factors[i] = from.services[j], from.tags[j], from.factors[j]
	c.reopened[i], c.declared[i], c.blur[i] = from.reopened[j], from.declared[j], from.blur[j]
	c.custom[i], c.cycles[i], c.history[i] = from.custom[j], from.cycles[j], from.history[j]
}

// newMemo returns an empty one of s.
func newMemo(s *Snapshot) *memo {
	m := &memo{narrow: map[string]*narrowed{}, answers: map[string]any{}}
	for i, sight := range []incident.Sight{{}, {All: true}} {
		m.records[i] = sync.OnceValue(func() map[uint32]record { return s.recordsOf(sight) })
	}
	return m
}
