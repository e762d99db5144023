package analytics

import (
	"slices"
	"time"

	"hindsight/incident"
)

// Likeness is the incidents that an action item should have kept from coming back, where no problem says which: those that touched a
// service of its own incident and to which one of its factors contributed. Names of factors follow the taxonomy.
type Likeness struct {
	Services []string // names
	Factors  []string // as the taxonomy has them, else as they are spelt most often
	Recurrence
	cases *alike
	rows  []row // that count and are seen, with a start, by start
}

// Comparable reports whether the incident has both a service and a factor.
func (l Likeness) Comparable() bool { return len(l.Services) > 0 && len(l.Factors) > 0 }

// FirstAfter returns the first of the incidents that began at or after a time; false when there is none.
func (l Likeness) FirstAfter(at time.Time) (Case, bool) {
	from := micros(at)
	i := slices.IndexFunc(l.rows, func(r row) bool { return r.started[r.i] >= from })
	if i < 0 {
		return Case{}, false
	}
	return l.cases.f.p.caseOf(l.rows[i]), true
}

// alike finds incidents by service and factor. It is made in one pass over the snapshot, and then asked for any number of items.
type alike struct {
	f     *factorReader
	names []string // of factors, by their numbers
	rowOf map[incident.ID]row
	by    map[alikeKey][]row // those that count and have a start
}

type alikeKey struct {
	service uint32
	factor  int
}

func (s *Snapshot) alike() *alike {
	return remember(s, "alike", func() *alike {
		a := &alike{f: s.factorReader(Query{Sight: incident.Sight{All: true}}), rowOf: map[incident.ID]row{}, by: map[alikeKey][]row{}}
		for r := range a.f.p.all() {
			factors, services := a.f.of(r), s.sets[r.services[r.i]]
			if len(factors) == 0 || len(services) == 0 {
				continue
			}
			a.rowOf[r.id[r.i]] = r
			if r.leftOut != 0 || r.started[r.i] == 0 {
				continue
			}
			for _, x := range factors {
				for _, code := range services {
					key := alikeKey{code, x}
					a.by[key] = append(a.by[key], r)
				}
			}
		}
		for x := range a.f.keys {
			a.names = append(a.names, a.f.name(x))
		}
		return a
	})
}

// Alike returns the incidents like one, itself included, that a viewer may see. The zero Likeness, which is not Comparable, is of one that
// nobody knows here or that has no service or no factor. The alerts of each of floods are one event.
func (s *Snapshot) Alike(id incident.ID, now time.Time, floods []Flood, sight incident.Sight) Likeness {
	a := s.alike()
	own, known := a.rowOf[id]
	if !known || s.Hides(id, sight) {
		return Likeness{}
	}
	l := Likeness{cases: a, Recurrence: Recurrence{Now: now}}
	seen, shown := map[incident.ID]bool{}, s.hidden.shownTo(sight)
	for _, code := range s.sets[own.services[own.i]] {
		l.Services = append(l.Services, s.Name(incident.ID(s.texts[code])))
	}
	for _, code := range s.sets[own.factors[own.i]] {
		x := a.f.byCode[code]
		if slices.Contains(l.Factors, a.names[x]) {
			continue
		}
		l.Factors = append(l.Factors, a.names[x])
		for _, service := range s.sets[own.services[own.i]] {
			for _, r := range a.by[alikeKey{service, x}] {
				if hidden := r.flags[r.i].has(isPrivate) && !sight.All && !shown[r.id[r.i]]; !hidden && !seen[r.id[r.i]] {
					seen[r.id[r.i]] = true
					l.rows = append(l.rows, r)
				}
			}
		}
	}
	l.count(s, floods)
	return l
}

// count puts the rows in order and notes when they began, each flood once.
func (l *Likeness) count(s *Snapshot, floods []Flood) {
	slices.SortFunc(l.rows, func(a, b row) int { return int(min(1, max(-1, a.started[a.i]-b.started[b.i]))) })
	through, flood, counted := map[uint32]bool{}, floodsOf(floods), map[int]bool{}
	for _, r := range l.rows {
		through[r.connection[r.i]] = true
		l.N++
		at := instant(r.started[r.i])
		l.Begun = append(l.Begun, at)
		if f, is := flood[r.id[r.i]]; is {
			if counted[f] {
				continue
			}
			counted[f] = true
		}
		l.Starts = append(l.Starts, at)
	}
	l.watched = s.recordOf(through)
}
