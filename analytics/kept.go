package analytics

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"hindsight/incident"
)

// keeper holds the order within the groups of the last questions that crossed two dimensions, so that the same question costs
// what has changed since. Live has one for all its snapshots; it may be used by many goroutines.
type keeper struct {
	mu     sync.Mutex
	kept   []*kept // the latest question last
	copied int     // chunks that were copied for changes, in all
}

const (
	mostKept = 8 // questions that are kept at most
	keptRows = 4 // values that they hold together at most, for each incident: 8 bytes each
)

// kept is a question with its answer as of one snapshot. It never changes.
type kept struct {
	key         string
	asOf        incident.Seq
	chunks      []*chunk
	rows        int
	crosser     *crosser
	first, last int64 // when its first and last incident started, 0 when none did
	cells       [][]CrossCell
	size        sizes
	left        map[leftKey]int
	values      int
	copied      int // keeper.copied then
}

// keyOf names a question that is worth keeping; it is empty where none of it is: few incidents are read quickly, and groups that
// must be looked for need a look at all. Now decides which periods there are, which is compared by itself.
func (s *Snapshot) keyOf(q Query, rows, columns Dimension, within time.Duration) string {
	if len(q.Services) > 0 || q.Calendar != nil || !keeps(rows) || !keeps(columns) {
		return ""
	}
	return fmt.Sprint(micros(q.From), micros(q.To), q.zone(), q.Severities, q.Kinds, s.Reduce(q.Sight).Key(), q.Span, rows, columns, within) +
		fmt.Sprintf("%q%q%q%q", q.Teams, q.Connections, q.Priorities, q.Tags)
}

func keeps(d Dimension) bool {
	return d == ByNothing || d == ByService || d == BySeverity || d.Period()
}

// find returns what is kept of a question, nil when nothing is.
func (k *keeper) find(key string) *kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.kept, func(x *kept) bool { return x.key == key })
	if i < 0 {
		return nil
	}
	x := k.kept[i]
	k.kept = append(slices.Delete(k.kept, i, i+1), x)
	return x
}

// keep takes an answer in the place of an older one, and drops those that were not asked for longest when they are too many.
func (k *keeper) keep(x *kept) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if i := slices.IndexFunc(k.kept, func(old *kept) bool { return old.key == x.key }); i >= 0 {
		if k.kept[i].asOf > x.asOf {
			return
		}
		k.kept = slices.Delete(k.kept, i, i+1)
	}
	x.copied = k.copied
	k.kept = append(k.kept, x)
	values := 0
	for _, x := range k.kept {
		values += x.values
	}
	for len(k.kept) > mostKept || len(k.kept) > 0 && values > keptRows*x.rows {
		values -= k.kept[0].values
		k.kept = slices.Delete(k.kept, 0, 1)
	}
}

// changed notes that chunks were copied for changes, and drops what is so far behind that it would keep too many old ones.
func (k *keeper) changed(copied, chunks int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.copied += copied
	k.kept = slices.DeleteFunc(k.kept, func(x *kept) bool { return k.copied-x.copied > max(farBehind, chunks/8) })
}

// farBehind is how many chunks may change before an answer that nobody asks for is dropped, however few there are.
const farBehind = 64

// cross is Cross with the help of what is kept.
func (s *Snapshot) cross(q Query, rows, columns Dimension, within time.Duration, key string) *Crossing {
	if old := s.keeper.find(key); old != nil && old.asOf <= s.asOf {
		if now := old.now(s, q, rows, columns); now != nil {
			if now.asOf != old.asOf {
				s.keeper.keep(now)
			}
			return now.crosser.table(now.cells, now.size, now.left)
		}
	}
	x := s.bare().crosser(q, rows, columns, within, s.ofAll(q))
	now := &kept{key: key, asOf: s.asOf, chunks: s.chunks, rows: s.rows, crosser: x}
	now.cells, now.left = x.work()
	now.size = x.sizes(now.cells)
	now.first, now.last = x.p.startsBetween()
	for _, row := range now.cells {
		for i := range row {
			now.values += row[i].N
		}
	}
	s.keeper.keep(now)
	return x.table(now.cells, now.size, now.left)
}

// bare returns s without what it has worked out, so that an answer that is kept does not keep that, too.
func (s *Snapshot) bare() *Snapshot { return &Snapshot{view: s.view, asOf: s.asOf} }

// ofAll returns when the first and the last incident of q started, where q selects all of them; nil where it does not.
func (s *Snapshot) ofAll(q Query) *kept {
	if !q.From.IsZero() || !q.To.IsZero() || len(q.Teams)+len(q.Connections)+len(q.Severities)+len(q.Priorities)+len(q.Tags)+len(q.Kinds) > 0 {
		return nil
	}
	var all record
	for _, r := range s.recordsBy(q.Sight) {
		all = all.with(r)
	}
	return &kept{first: micros(all.from), last: micros(all.to)}
}

// crosser makes a question ready; of one that is kept, when its first and last incident started is known.
func (s *Snapshot) crosser(q Query, rows, columns Dimension, within time.Duration, known *kept) *crosser {
	p := s.population(q)
	if known != nil {
		p.first, p.last, p.looked = known.first, known.last, true
	}
	x := &crosser{p: p, rows: p.axis(rows), columns: p.axis(columns), within: within.Microseconds()}
	x.tiling = newTiling(len(x.rows.codes), len(x.columns.codes))
	return x
}

// now brings the answer up to a snapshot; nil when that needs another look at all incidents.
func (k *kept) now(s *Snapshot, q Query, rows, columns Dimension) *kept {
	next := *k
	changes, ok := k.changes(s)
	if !ok || !next.stretch(changes, s.hidden.shownTo(q.Sight), q.Sight) {
		return nil
	}
	next.crosser = s.bare().crosser(q, rows, columns, time.Duration(k.crosser.within)*time.Microsecond, &next)
	if !k.crosser.rows.same(next.crosser.rows) || !k.crosser.columns.same(next.crosser.columns) {
		return nil
	}
	next.asOf, next.chunks, next.rows = s.asOf, s.chunks, s.rows
	next.apply(k.crosser, changes)
	return &next
}

// same reports whether two axes number the same groups.
func (a *axis) same(b *axis) bool {
	return slices.Equal(a.codes, b.codes) && slices.Equal(a.bounds, b.bounds)
}
