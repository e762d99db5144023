package analytics

import (
	"time"

	"hindsight/incident"
)

// record is what was written down through some connections.
type record struct {
	from, to time.Time // start of the earliest and of the latest incident; zero without any
	n        int       // incidents with a start
}

// missed is how many incidents must be missing behind the end of a record, at its rate, before it is called silent.
// Incidents cluster, so that a gap of fewer proves nothing.
const missed = 10

// silent reports whether the record ends so long before an instant that it cannot have gone on: at its own rate, 10 incidents
// or more would have come since. A record of a single incident has no rate.
func (r record) silent(at time.Time) bool {
	length := r.to.Sub(r.from)
	return r.n > 1 && length > 0 && at.Sub(r.to).Hours()/length.Hours()*float64(r.n-1) >= missed
}

// unwatched says why nothing is known of the incidents of q in a stretch of time, which is then not one without any: their record
// begins behind it, or had fallen silent before. It is empty where the record reaches into it, and where there is no record.
func (s *Snapshot) unwatched(q Query, from, to time.Time) string {
	return s.recordOf(s.sources(q)).unwatched(from, to, q.zone())
}

// FellSilent returns when the latest incident of q's record began, where that is so long before an instant that the record cannot
// have gone on; zero where it may have.
func (s *Snapshot) FellSilent(q Query, at time.Time) time.Time {
	if r := s.recordOf(s.sources(q)); r.silent(at) {
		return r.to
	}
	return time.Time{}
}

// unwatched is Snapshot.unwatched for incidents of one record.
func (r record) unwatched(from, to time.Time, zone *time.Location) string {
	day := func(t time.Time) string { return t.In(zone).Format("2 Jan 2006") }
	switch {
	case r.n == 0:
		return ""
	case !r.from.Before(to):
		return "the record begins on " + day(r.from) + " only"
	case r.silent(from):
		return "the record falls silent after " + day(r.to)
	}
	return ""
}

// sources are the connections that incidents of the queries came through.
func (s *Snapshot) sources(queries ...Query) map[uint32]bool {
	through := map[uint32]bool{}
	for _, q := range queries {
		for r := range s.population(q).started() {
			if r.started[r.i] != 0 {
				through[r.connection[r.i]] = true
			}
		}
	}
	return through
}

// recordOf returns the record of all incidents that came through some connections, but for private ones, of which nobody
// may learn.
func (s *Snapshot) recordOf(through map[uint32]bool) record {
	return recordOf(s.records(), through)
}

func recordOf(records map[uint32]record, through map[uint32]bool) record {
	var out record
	for connection, r := range records {
		if through[connection] {
			out = out.with(r)
		}
	}
	return out
}

// with joins two records.
func (r record) with(other record) record {
	if r.n == 0 || other.n > 0 && other.from.Before(r.from) {
		r.from = other.from
	}
	if other.to.After(r.to) {
		r.to = other.to
	}
	r.n += other.n
	return r
}

// records returns the record of each connection, private incidents aside. It must not be changed.
func (s *Snapshot) records() map[uint32]record { return s.recordsBy(incident.Sight{}) }

// recordsBy is records, with the private incidents that may be seen.
func (s *Snapshot) recordsBy(sight incident.Sight) map[uint32]record {
	switch sight = s.Reduce(sight); {
	case sight.All:
		return s.memo.records[1]()
	case sight.Blind():
		return s.memo.records[0]()
	}
	return remember(s, "records "+sight.Key(), func() map[uint32]record { return s.recordsOf(sight) })
}

// recordsOf works the records out.
func (s *Snapshot) recordsOf(sight incident.Sight) map[uint32]record {
	p := s.population(Query{Sight: sight})
	found := make([]map[uint32]*recordSpan, workers(len(s.chunks)))
	for w := range found {
		found[w] = map[uint32]*recordSpan{}
	}
	shareOut(len(s.chunks), len(found), func(worker, n int) {
		var in picked
		c, last := s.chunks[n], uint32(0)
		var x *recordSpan // of the connection last seen: as a rule the next row's, too
		for _, i := range p.pick(n, &in) {
			if at, code := c.started[i], c.connection[i]; at != 0 {
				if x == nil || code != last {
					x, last = spanOfRecord(found[worker], code), code
				}
				x.add(at)
			}
		}
	})
	out := map[uint32]record{}
	for _, part := range found {
		for code, x := range part {
			out[code] = out[code].with(record{instant(x.from), instant(x.to), x.n})
		}
	}
	return out
}

// recordSpan is a record in microseconds.
type recordSpan struct {
	from, to int64
	n        int
}

func spanOfRecord(all map[uint32]*recordSpan, code uint32) *recordSpan {
	if all[code] == nil {
		all[code] = &recordSpan{}
	}
	return all[code]
}

func (x *recordSpan) add(at int64) {
	if x.n == 0 || at < x.from {
		x.from = at
	}
	if x.n == 0 || at > x.to {
		x.to = at
	}
	x.n++
}
