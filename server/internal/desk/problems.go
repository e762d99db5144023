package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/follow"
)

// Verdict is what a person says about a problem.
type Verdict struct {
	Action   string      // confirm, reject, reopen, rename, remove, restore
	Title    string      // for rename
	Incident incident.ID // for remove and restore: the member
}

// VerdictActions lists what a Verdict can do; each can be taken back by another one.
var VerdictActions = []string{"confirm", "reject", "reopen", "rename", "remove", "restore"}

// Decide applies a verdict in the name of by. Later runs of the grouping respect it.
func (d *Desk) Decide(ctx context.Context, id incident.ID, v Verdict, by string) (*incident.Problem, incident.Seq, error) {
	var p incident.Problem
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		found, err := tx.ProblemsByID([]incident.ID{id})
		if err != nil {
			return err
		}
		var known bool
		if p, known = found[id]; !known {
			return fmt.Errorf("desk: problem %s: %w", id, incident.ErrNotFound)
		}
		if err := v.apply(&p); err != nil {
			return err
		}
		p.By, p.At = by, d.Now().UTC()
		return tx.PutProblems([]incident.Problem{p})
	})
	return &p, seq, err
}

func (v Verdict) apply(p *incident.Problem) error {
	switch v.Action {
	case "confirm":
		p.State = incident.Confirmed
	case "reject":
		p.State = incident.Rejected
	case "reopen":
		p.State = incident.Suggested
	case "rename":
		title := strings.TrimSpace(v.Title)
		if title == "" || len(title) > 300 {
			return incident.Invalidf("title", "give 1 to 300 characters")
		}
		p.Title = title
		if p.State == incident.Suggested {
			p.State = incident.Confirmed // who gives it a name has recognised it
		}
	case "remove", "restore":
		i := slices.IndexFunc(p.Members, func(m incident.ProblemMember) bool { return m.Incident == v.Incident })
		if i < 0 {
			return incident.Invalidf("incident", "%q is not a member of this problem", v.Incident)
		}
		p.Members[i].Removed = v.Action == "remove"
	default:
		return incident.Invalidf("action", "%q is not one of %v", v.Action, VerdictActions)
	}
	return nil
}

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
