package desk

import (
	"context"
	"slices"

	"hindsight/incident"
	"hindsight/server/internal/follow"
)

// VisibleProblems returns the problems with the members that the viewer may see, most members first; those of
// which fewer than two are left then are left out, so that none tells of a private incident. Until the snapshot has
// seen the whole record nobody knows what is private, and there are none.
func (d *Desk) VisibleProblems(ctx context.Context, private bool) ([]incident.Problem, error) {
	if !private && !d.knowsPrivate() {
		return nil, nil
	}
	all, err := d.Store.Problems(ctx)
	if err != nil || private {
		return all, err
	}
	snapshot := d.Live.Snapshot()
	var out []incident.Problem
	for _, p := range all {
		n := len(p.Members)
		p.Members = slices.DeleteFunc(p.Members, func(m incident.ProblemMember) bool { return snapshot.Private(m.Incident) })
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

// knowsPrivate reports whether the snapshot has seen what was in the database at the start.
func (d *Desk) knowsPrivate() bool {
	progress := d.Follow.Progress()
	i := slices.IndexFunc(progress, func(p follow.Progress) bool { return p.Sink == d.Live.Name() })
	return i >= 0 && progress[i].Ready()
}
