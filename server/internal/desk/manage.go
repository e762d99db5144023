package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// ManagePatch is what somebody wants to be different about how a problem is managed; nil leaves a field as it is.
type ManagePatch struct {
	Sight      incident.Sight // of the writer: a team that only hidden incidents name is not known
	Version    *int           // the newest one that its writer knows, 0: nobody had written anything; nil: whichever is
	Stage      *string        // one of incident.Stages
	Owner      *string        // id or name of a team, person or user that there is; empty: nobody
	Workaround *string
	Cause      *string
	ExitWords  *string
	ExitDays   *int
	Change     *string    // id of a change event, or the address of a change elsewhere; empty: none
	ResolvedAt *time.Time // of a problem that is, or becomes, resolved; without it that is now
}

// MeanwhileError is an ErrConflict: somebody else wrote about the problem after the version that a patch was made from.
type MeanwhileError struct {
	Now     incident.Management
	Changes []incident.FieldChange // since then; nil when that version is not known any more
}

func (e *MeanwhileError) Error() string {
	text := fmt.Sprintf("version %d was saved by %s meanwhile", e.Now.Version, e.Now.By)
	for i, c := range e.Changes {
		if i == 0 {
			text += "; it changed"
		}
		text += fmt.Sprintf(" %s from %.80q to %.80q", c.Field, c.Before, c.After)
	}
	return text + ". Load the problem and change that"
}

// Is makes errors.Is(err, incident.ErrConflict) true.
func (e *MeanwhileError) Is(target error) bool { return target == incident.ErrConflict }

// rewritten is how an edit changed what is managed.
type rewritten struct {
	Was, Is incident.Management
	Taken   bool // the edit took a suggested problem over, and so confirmed it
}

// ManagedChanges lists what a step of a problem's history changed in how it is managed; nil for other steps.
func ManagedChanges(e incident.ProblemEvent) []incident.FieldChange {
	var was undone
	if e.Kind != incident.ProblemJudged || len(e.Before) == 0 || json.Unmarshal(e.Before, &was) != nil || was.Managed == nil {
		return nil
	}
	return was.Managed.Was.Changes(was.Managed.Is)
}

// Manage applies a patch in the name of by. A suggested problem is confirmed by it, for who takes care of a problem has recognised it. It
// returns a *MeanwhileError when somebody else wrote first.
func (d *Desk) Manage(ctx context.Context, id incident.ID, p ManagePatch, by string) (incident.Management, incident.Seq, error) {
	lead, err := d.Store.Problem(ctx, id)
	if err != nil {
		return incident.Management{}, 0, err
	}
	fill, err := d.filler(ctx, p)
	if err != nil {
		return incident.Management{}, 0, err
	}
	var next incident.Management
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		now, err := managedProblem(tx, lead.ID)
		if err != nil {
			return err
		}
		if p.Version != nil && *p.Version != now.management.Version {
			return &MeanwhileError{Now: now.management}
		}
		if next, err = fill(tx, now.management, by); err != nil {
			return err
		}
		if len(now.management.Changes(next)) == 0 && now.problem.State == incident.Confirmed {
			next = now.management // it says what is there already
			return nil
		}
		return now.rewrite(tx, next)
	})
	var meanwhile *MeanwhileError
	if errors.As(err, &meanwhile) {
		meanwhile.Changes, err = d.changedSince(ctx, lead.ID, *p.Version, meanwhile.Now)
		return meanwhile.Now, 0, errors.Join(meanwhile, err)
	}
	return next, seq, err
}

// managed is a problem with what is managed about it, as a transaction found it.
type managed struct {
	problem    incident.Problem
	management incident.Management
}

func managedProblem(tx incident.Tx, id incident.ID) (managed, error) {
	problems, err := tx.ProblemsByID([]incident.ID{id})
	if err != nil {
		return managed{}, err
	}
	p, known := problems[id]
	switch {
	case !known:
		return managed{}, fmt.Errorf("desk: problem %s: %w", id, incident.ErrNotFound)
	case p.State == incident.Rejected:
		return managed{}, incident.Invalidf("state", "this problem was rejected; take that back first")
	}
	found, err := tx.ManagementsByID([]incident.ID{id})
	m, written := found[id]
	if !written {
		m = incident.Management{Problem: id, Stage: incident.StageOpen}
	}
	return managed{p, m}, err
}

// rewrite stores the next version and the step of the history that it is.
func (m managed) rewrite(tx incident.Tx, next incident.Management) error {
	was := undone{Managed: &rewritten{Was: m.management, Is: next, Taken: m.problem.State == incident.Suggested}}
	before, err := json.Marshal(was)
	if err != nil {
		return fmt.Errorf("desk: write down what was before: %w", err)
	}
	if err := tx.PutManagement(next); err != nil {
		return err
	}
	if was.Managed.Taken {
		m.problem.State, m.problem.By, m.problem.At = incident.Confirmed, next.By, next.At
		if err := tx.PutProblems([]incident.Problem{m.problem}); err != nil {
			return err
		}
	}
	return tx.AddProblemEvents([]incident.ProblemEvent{{Problem: m.problem.ID, Kind: incident.ProblemJudged, Rule: "manage", By: next.By, At: next.At, Before: before}})
}

// filler resolves the names in a patch, and returns what applies it to a version.
func (d *Desk) filler(ctx context.Context, p ManagePatch) (func(incident.Tx, incident.Management, string) (incident.Management, error), error) {
	var owner Owner
	var err error
	if p.Owner != nil && strings.TrimSpace(*p.Owner) != "" {
		if owner, err = d.owner(ctx, strings.TrimSpace(*p.Owner), p.Sight); err != nil {
			return nil, err
		}
	}
	return func(tx incident.Tx, m incident.Management, by string) (incident.Management, error) {
		m.Version, m.By, m.At = m.Version+1, by, d.Now().UTC().Truncate(time.Microsecond)
		if p.Owner != nil {
			m.Owner, m.OwnerName = owner.ID, owner.Name
		}
		for _, f := range []struct {
			from *string
			to   *string
		}{{p.Workaround, &m.Workaround}, {p.Cause, &m.Cause}, {p.ExitWords, &m.ExitWords}} {
			if f.from != nil {
				*f.to = strings.TrimSpace(strings.ReplaceAll(*f.from, "\r\n", "\n"))
			}
		}
		if p.ExitDays != nil {
			m.ExitDays = *p.ExitDays
		}
		if err := p.stage(&m); err != nil {
			return m, err
		}
		if err := p.change(tx, &m); err != nil {
			return m, err
		}
		return m, m.Validate()
	}, nil
}

// stage moves a problem on, and says when it was resolved.
func (p ManagePatch) stage(m *incident.Management) error {
	if p.Stage != nil {
		m.Stage = incident.Stage(*p.Stage)
	}
	switch {
	case m.Stage != incident.StageResolved:
		m.ResolvedAt = time.Time{}
	case p.ResolvedAt != nil && !p.ResolvedAt.IsZero():
		m.ResolvedAt = p.ResolvedAt.UTC()
	case m.ResolvedAt.IsZero():
		m.ResolvedAt = m.At
	}
	if m.ResolvedAt.After(m.At) || !m.ResolvedAt.IsZero() && m.ResolvedAt.Year() < firstYear {
		return incident.Invalidf("resolved_at", "give a time from %d on that is not in the future", firstYear)
	}
	return nil
}

// change links what removes the problem.
func (p ManagePatch) change(tx incident.Tx, m *incident.Management) error {
	if p.Change == nil {
		return nil
	}
	text := strings.TrimSpace(*p.Change)
	m.Change, m.ChangeURL = "", ""
	if text == "" || webAddress(text) {
		m.ChangeURL = text
		return nil
	}
	found, err := tx.ChangeEventsByID([]incident.ID{incident.ID(text)})
	if err == nil && (found[incident.ID(text)] == nil || found[incident.ID(text)].Deleted()) {
		err = incident.Invalidf("change", "%q is neither the id of a change that there is nor an http or https address", text)
	}
	m.Change = incident.ID(text)
	return err
}

// changedSince lists what was changed in how a problem is managed after one of its versions.
func (d *Desk) changedSince(ctx context.Context, id incident.ID, version int, now incident.Management) ([]incident.FieldChange, error) {
	events, err := d.Store.ProblemEvents(ctx, id, undoable)
	for _, e := range events {
		var was undone
		if len(e.Before) == 0 || json.Unmarshal(e.Before, &was) != nil || was.Managed == nil {
			continue
		}
		for _, m := range []incident.Management{was.Managed.Is, was.Managed.Was} {
			if m.Version == version {
				return m.Changes(now), err
			}
		}
	}
	return nil, err
}

// takeBack restores what was managed before, as a version of its own.
func (r rewritten) takeBack(tx incident.Tx, undo incident.ProblemEvent) error {
	found, err := tx.ManagementsByID([]incident.ID{undo.Problem})
	if err != nil {
		return err
	}
	was := r.Was
	was.Problem, was.Version, was.By, was.At = undo.Problem, found[undo.Problem].Version+1, undo.By, undo.At
	if was.Stage == "" {
		was.Stage = incident.StageOpen
	}
	if err := tx.PutManagement(was); err != nil || !r.Taken {
		return err
	}
	problems, err := tx.ProblemsByID([]incident.ID{undo.Problem})
	if p, known := problems[undo.Problem]; err == nil && known {
		p.State, p.By, p.At = incident.Suggested, "", time.Time{}
		err = tx.PutProblems([]incident.Problem{p})
	}
	return err
}

// adopt lets a problem that nobody wrote about take over what was written about one that becomes part of it.
func (j *judgement) adopt(tx incident.Tx, other incident.ID) error {
	found, err := tx.ManagementsByID([]incident.ID{j.now.ID, other})
	if err != nil || found[j.now.ID].Managed() || !found[other].Managed() {
		return err
	}
	next := found[other]
	next.Problem, next.Version, next.By, next.At = j.now.ID, found[j.now.ID].Version+1, j.by, j.at
	was := found[j.now.ID]
	if was.Version == 0 {
		was = incident.Management{Problem: j.now.ID, Stage: incident.StageOpen}
	}
	j.before.Managed = &rewritten{Was: was, Is: next}
	return tx.PutManagement(next)
}

// Owner is who can own a problem.
type Owner struct {
	ID   incident.ID
	Name string
	Kind string // "team", "person" or "user"
}

// Owners lists everybody who can own a problem: teams, then users, then the people that sources name.
func (d *Desk) Owners(ctx context.Context, sight incident.Sight) ([]Owner, error) {
	var out []Owner
	teams, err := d.Store.Teams(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		if sight.All || !d.Live.Snapshot().HidesTeam(t.ID, sight) {
			out = append(out, Owner{t.ID, t.Name, "team"})
		}
	}
	users, err := d.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		name := u.Display
		if name == "" {
			name = u.Name
		}
		if !u.Disabled {
			out = append(out, Owner{u.ID, name, "user"})
		}
	}
	people, err := d.Store.People(ctx)
	for _, p := range people {
		if p.Name != "" {
			out = append(out, Owner{p.ID, p.Name, "person"})
		}
	}
	return out, err
}

// owner finds one of Owners by id or name, the first of those with one name.
func (d *Desk) owner(ctx context.Context, name string, sight incident.Sight) (Owner, error) {
	all, err := d.Owners(ctx, sight)
	if err != nil {
		return Owner{}, err
	}
	slug := incident.Slug(name)
	for _, same := range []func(Owner) bool{
		func(o Owner) bool { return string(o.ID) == name },
		func(o Owner) bool { return o.Name == name },
		func(o Owner) bool { return slug != "" && incident.Slug(o.Name) == slug },
	} {
		if i := slices.IndexFunc(all, same); i >= 0 {
			return all[i], nil
		}
	}
	return Owner{}, incident.Invalidf("owner", "there is no team or person called %q here; those that there are were named by a source or have an account", name)
}
