package desk

import (
	"context"
	"slices"

	"hindsight/incident"
	"hindsight/server/internal/follow"
)

// VisibleProblems returns the problems with the members that the viewer may see, most members first; those of
// which fewer than two are left then are left out, so that none tells of a hidden incident. Until the snapshot has
// seen the whole record nobody knows what is private, and there are none.
func (d *Desk) VisibleProblems(ctx context.Context, sight incident.Sight) ([]incident.Problem, error) {
	if !sight.All && !d.CaughtUp() {
		return nil, nil
	}
	all, err := d.Store.Problems(ctx)
	if err != nil || sight.All {
		return all, err
	}
	snapshot := d.Live.Snapshot()
	var out []incident.Problem
	for _, p := range all {
		n := len(p.Members)
		p.Members = slices.DeleteFunc(p.Members, func(m incident.ProblemMember) bool { return snapshot.Hides(m.Incident, sight) })
		if len(p.Members) == n || active(p) >= 2 {
			out = append(out, p)
		}
	}
	return out, nil
}

// active counts the members that nobody has taken out.
func active(p incident.Problem) (n int) {
	for _, m := range p.Members {
		if !m.Removed {
			n++
		}
	}
	return n
}

// CaughtUp reports whether the snapshot has seen what was in the database at the start.
func (d *Desk) CaughtUp() bool {
	progress := d.Follow.Progress()
	i := slices.IndexFunc(progress, func(p follow.Progress) bool { return p.Sink == d.Live.Name() })
	return i >= 0 && progress[i].Ready()
}
