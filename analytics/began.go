package analytics

import (
	"slices"
	"time"

	"hindsight/incident"
)

// Window is a stretch of time in which incidents of some services are looked for: From ≤ start < To.
type Window struct {
	Services []incident.ID
	From, To time.Time
}

// Began returns for each window how many incidents that count began in it and touched any of its services. q narrows
// them further; its period does not matter. A window without services has none.
func (s *Snapshot) Began(q Query, windows []Window) []int {
	counts := make([]int, len(windows))
	if len(windows) == 0 {
		return counts
	}
	q.From, q.To = windows[0].From, windows[0].To
	for _, w := range windows[1:] {
		if w.From.Before(q.From) {
			q.From = w.From
		}
		if w.To.After(q.To) {
			q.To = w.To
		}
	}
	codes, from, to := s.codesIn(windows), make([]int64, len(windows)), make([]int64, len(windows))
	for i, w := range windows {
		from[i], to[i] = micros(w.From), micros(w.To)
	}
	p := s.population(q)
	for r := range p.started() {
		if r.leftOut != 0 {
			continue
		}
		at, set := r.started[r.i], s.sets[r.services[r.i]]
		for i := range windows {
			if at >= from[i] && at < to[i] && slices.ContainsFunc(set, func(code uint32) bool { return codes[i][code] }) {
				counts[i]++
			}
		}
	}
	return counts
}

// codesIn returns the codes of each window's services.
func (s *Snapshot) codesIn(windows []Window) []map[uint32]bool {
	out := make([]map[uint32]bool, len(windows))
	for i, w := range windows {
		out[i] = map[uint32]bool{}
		for _, id := range w.Services {
			if code, ok := s.codeOf(string(id)); ok && code != 0 {
				out[i][code] = true
			}
		}
	}
	return out
}
