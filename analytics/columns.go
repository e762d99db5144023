package analytics

import (
	"time"

	"hindsight/incident"
)

// chunkRows is how many incidents share a chunk. A change copies its chunk once per published snapshot, so
// smaller chunks make changes cheaper and scans a little slower.
const chunkRows = 256

// chunk holds the columns of chunkRows incidents. A chunk that a snapshot refers to is never written.
type chunk struct {
	id         [chunkRows]incident.ID
	number     [chunkRows]string
	title      [chunkRows]string
	started    [chunkRows]int64 // Unix microseconds, as all times here; 0 = not known
	milestones [milestoneCount][chunkRows]int64
	severity   [chunkRows]uint8
	flags      [chunkRows]flags
	anyFlags   flags             // those that a row has, or once had
	kind       [chunkRows]uint32 // in view.texts, as all codes but sets
	reason     [chunkRows]uint32 // why it does not count, its kind aside; 0 = it counts
	priority   [chunkRows]uint32
	team       [chunkRows]uint32
	connection [chunkRows]uint32
	source     [chunkRows]uint32 // name of the source, for people
	services   [chunkRows]uint32 // in view.sets
	tags       [chunkRows]uint32 // in view.sets
	reopened   [chunkRows]int32  // −1 = the source records no history
	factors    [chunkRows]uint32 // what contributed, in view.sets
	claimed    [chunkRows]uint32 // of factors: those that nobody here has confirmed, in view.sets
	declared   [chunkRows]int64  // when it was known here or at its source as what it is: see declaredAt
	blur       [chunkRows]blur
	custom     [chunkRows][]uint32
	cycles     [chunkRows][]cycle
	history    [chunkRows]*history // nil where the source has none
}

// cycle is a service-level clock as its source states it.
type cycle struct {
	promise  uint32 // "goal\x00name"
	breached int8   // 1 yes, 0 no, −1 not said
	start    int64
	stop     int64
	target   int64 // microseconds; 0 = not said
}

// flags are yes-or-no facts of a row.
type flags uint8

const (
	isPrivate flags = 1 << iota
	isOver
	isGone    // the row is free
	isAlert   // a machine opened it: its source is a pager or a monitor
	hasProse  // something that contributed is told in prose, and not among factors
	isCounted // it counts in every period: real, not left out, with a start
)

func (f flags) has(x flags) bool { return f&x != 0 }

// milestoneCount is the number of milestone columns: one per name of incident.MilestoneNames.
const milestoneCount = 8

// columnOf returns the milestone column of a name.
func columnOf(name incident.MilestoneName) int {
	for i, n := range incident.MilestoneNames {
		if n == name {
			return i
		}
	}
	return -1
}

// micros returns t as Unix microseconds, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is the inverse of micros.
func instant(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}

// earliest returns the earliest known time of row i among some milestone columns, 0 when there is none.
func (c *chunk) earliest(i int, columns []int) int64 {
	var first int64
	for _, col := range columns {
		if at := c.milestones[col][i]; at != 0 && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// span is an incident.Span with its names looked up.
type span struct{ from, to []int }

func spanOf(s incident.Span) span {
	var out span
	for _, n := range s.From {
		out.from = append(out.from, columnOf(n))
	}
	for _, n := range s.To {
		out.to = append(out.to, columnOf(n))
	}
	return out
}

// duration is incident.Milestones.Between on columns, in microseconds: the same four states.
func (c *chunk) duration(i int, s span, now int64) (incident.DurationState, int64) {
	from, to := c.earliest(i, s.from), c.earliest(i, s.to)
	switch {
	case from == 0, to == 0 && c.flags[i].has(isOver):
		return incident.NotApplicable, 0
	case to == 0:
		return incident.Pending, max(0, now-from)
	case to < from:
		return incident.Invalid, 0
	}
	return incident.Recorded, to - from
}
