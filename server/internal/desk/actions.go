package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// ActionEdit is what a person does to an action item of an incident.
type ActionEdit struct {
	Key string // empty: a new one
	incident.ActionChange
	Decide  string // the field of which Theirs says who is right, the item here or its issue, instead
	Theirs  bool
	Undo    bool   // take back the last edit instead
	Version string // of the item as the writer saw it; another one is ErrConflict. Empty: Seen alone is compared
}

// EditAction applies an edit of an action item of an incident that the viewer may see, in the name of by, and returns the item as it is then.
// One that undoing took away comes back with its key alone. What somebody else changed meanwhile is an *incident.ActionClash.
func (d *Desk) EditAction(ctx context.Context, id incident.ID, e ActionEdit, by string, sight incident.Sight) (incident.ActionStatement, incident.Seq, error) {
	added := string(incident.NewID("act"))
	var out incident.ActionStatement
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return out, 0, err
	}
	a, err := d.tellable(ctx)
	if err != nil {
		return out, 0, err
	}
	owners, err := d.whoOwns(ctx, a)
	if err != nil {
		return out, 0, err
	}
	if word, said := e.Set["url"]; said {
		e.Set = maps.Clone(e.Set)
		if e.Set["url"], err = d.issueAddress(ctx, strings.TrimSpace(word)); err != nil {
			return out, 0, err
		}
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		inc, err := seenIn(tx, id, sight)
		if err != nil {
			return err
		}
		key := e.Key
		if key == "" {
			key = added
		} else if err := e.known(inc); err != nil {
			return err
		}
		was, _ := inc.ActionStatement(key) // a new one was nobody's
		switch {
		case e.Undo:
			err = inc.UndoAction(key, by, d.Now().UTC())
		case e.Decide != "":
			err = inc.DecideIssue(key, e.Decide, e.Theirs, by, d.Now().UTC())
		default:
			err = inc.EditAction(key, e.ActionChange, by, d.Now().UTC())
		}
		if err != nil {
			return err
		}
		if out, err = inc.ActionStatement(key); err != nil {
			out = incident.ActionStatement{ActionItem: incident.ActionItem{Key: key}}
		}
		return cmp.Or(a.add(tx, d.givenNotices(ctx, a, owners, inc, was.ActionItem, out.ActionItem)), tx.PutIncidents([]*incident.Incident{inc}))
	})
	return out, seq, err
}

// known returns why an edit of an item that is there cannot be made.
func (e ActionEdit) known(inc *incident.Incident) error {
	now, err := inc.ActionStatement(e.Key)
	if err != nil {
		return fmt.Errorf("desk: action item %s of incident %s: %w", e.Key, inc.ID, err)
	}
	if e.Version != "" && e.Version != now.Version() {
		return fmt.Errorf("desk: action item %s is at version %s: %w", e.Key, now.Version(), incident.ErrConflict)
	}
	return nil
}

// The groups of open work, in the order of lists.
const (
	ActionsOverdue = "overdue"
	ActionsSoon    = "soon"   // due within ActionsSoonDays
	ActionsVerify  = "verify" // done, and somebody said how or until when to see whether it worked
	ActionsLater   = "later"  // due later, or without a due time
)

// ActionGroups lists the groups of open work.
var ActionGroups = []string{ActionsOverdue, ActionsSoon, ActionsVerify, ActionsLater}

// ActionsSoonDays is how many days ahead something is due soon.
const ActionsSoonDays = 14

// ActionQuery asks for action items. Values of one field are alternatives; different fields must all hold.
type ActionQuery struct {
	Owners   []string // names; "me" the viewer and their teams, "none" nobody
	Teams    []string // of the incident, ids or names
	Services []string
	Kinds    []string
	States   []string // empty: open work, in groups
	Effects  []string // of ActionEffects: only what is done, and of which the data say one of these
	Groups   []string // of ActionGroups; empty: all
	VerifyBy bool     // only what should have been verified by now
	Skip     int
	Limit    int // of each group; 0: 50
}

// FoundAction is an action item with its incident.
type FoundAction struct {
	incident.ActionStatement
	Incident *incident.Incident
	Effect   ActionEffect
}

// ActionGroup is a part of a list of action items.
type ActionGroup struct {
	Name  string // of ActionGroups; empty where states were asked for
	Total int
	Items []FoundAction
}

// Actions lists action items that the viewer may see. Asked for states it is one group, in order of due times.
func (d *Desk) Actions(ctx context.Context, q ActionQuery, sight incident.Sight) ([]ActionGroup, error) {
	f, err := d.actionFilter(ctx, q, sight)
	if err != nil {
		return nil, err
	}
	if len(q.Effects) > 0 {
		return d.actionsByEffect(ctx, q, f, sight)
	}
	names := q.Groups
	if len(q.States) > 0 {
		names = []string{""}
	} else if len(names) == 0 {
		names = ActionGroups
	}
	var out []ActionGroup
	for _, name := range names {
		g := ActionGroup{Name: name}
		part, err := inGroup(f, name, d.Now().UTC())
		if err != nil {
			return nil, err
		}
		if q.VerifyBy && name == ActionsVerify {
			part.VerifyTo = d.Now().UTC()
		}
		var places []incident.ActionPlace
		if places, g.Total, err = d.Store.Actions(ctx, part); err != nil {
			return nil, err
		}
		if g.Items, err = d.judgedAt(ctx, places, sight); err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// inGroup narrows a filter down to a group of open work.
func inGroup(f incident.ActionFilter, name string, now time.Time) (incident.ActionFilter, error) {
	soon := now.AddDate(0, 0, ActionsSoonDays)
	if name != "" {
		f.States = []string{incident.ActionOpen, incident.ActionInProgress}
	}
	switch name {
	case "":
	case ActionsOverdue:
		f.DueTo = now
	case ActionsSoon:
		f.DueFrom, f.DueTo = now, soon
	case ActionsVerify:
		f.States, f.Verifiable = []string{incident.ActionDone}, true
	case ActionsLater:
		f.DueFrom, f.Undated = soon, true
	default:
		return f, incident.Invalidf("group", "%q is not one of %s", name, strings.Join(ActionGroups, ", "))
	}
	return f, nil
}

// actionFilter resolves the names of a question.
func (d *Desk) actionFilter(ctx context.Context, q ActionQuery, sight incident.Sight) (incident.ActionFilter, error) {
	f := incident.ActionFilter{Kinds: q.Kinds, States: q.States, Sight: sight, Skip: q.Skip, Limit: q.Limit}
	for _, x := range []struct {
		field       string
		given, from []string
	}{{"kind", q.Kinds, incident.ActionKinds}, {"state", q.States, incident.ActionStates}} {
		for _, v := range x.given {
			if !slices.Contains(x.from, v) {
				return f, incident.Invalidf(x.field, "%q is not one of %s", v, strings.Join(x.from, ", "))
			}
		}
	}
	r := names{d.Live.Snapshot(), sight}
	var err error
	if f.Services, err = r.services("service", q.Services); err != nil {
		return f, err
	}
	if f.Teams, err = r.teams(q.Teams); err != nil {
		return f, err
	}
	for _, owner := range q.Owners {
		switch owner {
		case "none":
			f.Owners = append(f.Owners, "")
		case "me":
			mine, err := d.calledMe(ctx, sight)
			if err != nil {
				return f, err
			}
			f.Owners = append(f.Owners, mine...)
		default:
			f.Owners = append(f.Owners, owner)
		}
	}
	return f, nil
}

// calledMe returns the names by which the viewer and their teams own action items: those of the user, and those of the people that sources
// name with the user's address. It is never empty.
func (d *Desk) calledMe(ctx context.Context, sight incident.Sight) ([]string, error) {
	if sight.User == "" {
		return nil, incident.Invalidf("owner", "“me” is for people who are signed in")
	}
	u, err := d.Store.User(ctx, sight.User)
	if err != nil {
		return nil, err
	}
	out := []string{u.Name}
	for _, name := range []string{u.Display, u.Email} {
		if name != "" {
			out = append(out, name)
		}
	}
	if u.Email != "" {
		people, err := d.Store.People(ctx)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			if p.Email == u.Email && p.Name != "" {
				out = append(out, p.Name)
			}
		}
	}
	teams, err := d.Store.Teams(ctx)
	for _, t := range teams {
		if slices.Contains(sight.Teams, t.ID) {
			out = append(out, t.Name)
		}
	}
	return out, err
}

// actionsAt reads the incidents of places, and returns the items that stand there, in their order.
func (d *Desk) actionsAt(ctx context.Context, places []incident.ActionPlace, sight incident.Sight) ([]FoundAction, error) {
	var ids []incident.ID
	for _, p := range places {
		if !slices.Contains(ids, p.Incident) {
			ids = append(ids, p.Incident)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	incs := map[incident.ID]*incident.Incident{}
	for inc, err := range d.Store.Incidents(ctx, incident.Filter{IDs: ids, Sight: sight}) {
		if err != nil {
			return nil, err
		}
		incs[inc.ID] = inc
	}
	var out []FoundAction
	for _, p := range places {
		inc := incs[p.Incident]
		if inc == nil || p.Pos >= len(inc.Actions) { // it changed since the list was read
			continue
		}
		if x, err := inc.ActionStatement(inc.ActionKey(p.Pos)); err == nil {
			out = append(out, FoundAction{ActionStatement: x, Incident: inc})
		}
	}
	return out, nil
}

// mostActions is how many action items an export has at most.
const mostActions = 10_000

// AllActions lists every action item that a question selects, at most 10,000 of a group; all is false when there are more.
func (d *Desk) AllActions(ctx context.Context, q ActionQuery, sight incident.Sight) (groups []ActionGroup, all bool, err error) {
	const at = 500
	q.Skip, q.Limit, all = 0, at, true
	for q.Skip < mostActions {
		part, err := d.Actions(ctx, q, sight)
		if err != nil {
			return nil, false, err
		}
		more := false
		for i, g := range part {
			if q.Skip == 0 {
				groups = append(groups, g)
			} else {
				groups[i].Items = append(groups[i].Items, g.Items...)
			}
			more = more || g.Total > q.Skip+at
		}
		if !more {
			return groups, true, nil
		}
		q.Skip += at
	}
	return groups, false, nil
}

// ActionOwners are those who have most of the open work that the viewer may see.
func (d *Desk) ActionOwners(ctx context.Context, sight incident.Sight) ([]incident.ActionOwner, error) {
	const most = 30
	return d.Store.ActionOwners(ctx, incident.ActionFilter{States: []string{incident.ActionOpen, incident.ActionInProgress, incident.ActionDone}, Sight: sight}, most)
}
