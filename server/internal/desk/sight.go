package desk

import (
	"context"
	"errors"
	"slices"

	"hindsight/incident"
)

// MayReadRaw reports whether somebody who sees an incident may read the record that it was made of, which may hold what the mapping
// keeps private: who may read private events may, and where there is none, everybody who may write.
func (d *Desk) MayReadRaw(ctx context.Context, inc *incident.Incident, sight incident.Sight) (bool, error) {
	if !inc.SeenBy(sight) {
		return false, nil
	}
	if sight.Sees(inc.Team, inc.Audience) {
		return true, nil
	}
	events, err := d.Store.Timeline(ctx, inc.ID)
	return err == nil && !slices.ContainsFunc(events, func(e incident.TimelineEvent) bool { return e.Private }), err
}

// SeesAllOf reports whether somebody sees every incident of a connection, and so may read what an import says of its records.
func (d *Desk) SeesAllOf(ctx context.Context, connection incident.ID, sight incident.Sight) (bool, error) {
	if sight.All {
		return true, nil
	}
	f := incident.Filter{Connections: []incident.ID{connection}, Sight: incident.Sight{All: true}, Limit: 1}
	_, all, _, err := d.Store.Page(ctx, f)
	if err != nil {
		return false, err
	}
	f.Sight = sight
	_, seen, _, err := d.Store.Page(ctx, f)
	return seen == all, err
}

// MayReadWarnings reports whether somebody who may import, or not, may read what the runs of a connection say about values: these may be
// of private records.
func (d *Desk) MayReadWarnings(ctx context.Context, connection incident.ID, imports bool, sight incident.Sight) (bool, error) {
	if !imports {
		return false, nil
	}
	return d.SeesAllOf(ctx, connection, sight)
}

// MayJudge returns ErrNotFound, or for a problem to merge with ErrInvalid, where somebody does not see a problem, or an incident, another problem or a step that a verdict about it
// names. It is asked before Decide and Manage.
func (d *Desk) MayJudge(ctx context.Context, id incident.ID, v Verdict, sight incident.Sight) error {
	if _, err := d.Problem(ctx, id, sight); err != nil {
		return err
	}
	incidents := slices.Clone(v.Incidents)
	if v.Incident != "" {
		incidents = append(incidents, v.Incident)
	}
	if v.Other != "" && v.Action == "merge" {
		if _, err := d.Problem(ctx, v.Other, sight); errors.Is(err, incident.ErrNotFound) {
			return incident.Invalidf("other", "%q is no other problem", v.Other) // as Decide says of one that there is not
		} else if err != nil {
			return err
		}
	} else if v.Other != "" {
		incidents = append(incidents, v.Other)
	}
	for _, x := range incidents {
		if _, err := d.Incident(ctx, x, sight); err != nil {
			return err
		}
	}
	if v.Action != "undo" || sight.All {
		return nil
	}
	events, err := d.ProblemHistory(ctx, id, undoable, sight)
	if err == nil && v.Event != 0 && !slices.ContainsFunc(events, func(e incident.ProblemEvent) bool { return e.N == v.Event }) {
		err = incident.ErrNotFound
	}
	return err
}

// hiddenRaws returns those of some records whose incident may not be seen.
func (d *Desk) hiddenRaws(ctx context.Context, raws []*incident.Raw, sight incident.Sight) (map[incident.ID]bool, error) {
	letters := make([]incident.DeadLetter, len(raws))
	for i, r := range raws {
		letters[i] = incident.DeadLetter{ID: r.ID, Connection: r.Connection, Type: r.Type, ExternalID: r.ExternalID}
	}
	open, err := d.OpenLetters(ctx, letters, sight)
	hidden := map[incident.ID]bool{}
	for _, l := range letters {
		hidden[l.ID] = true
	}
	for _, l := range open {
		delete(hidden, l.ID)
	}
	return hidden, err
}

// incarnations is how many records of one external id a letter is looked for among.
const incarnations = 4

// OpenLetters leaves out the letters about records of which the incident may not be seen. Of a record that has become none nobody knows
// whether it is private.
func (d *Desk) OpenLetters(ctx context.Context, letters []incident.DeadLetter, sight incident.Sight) ([]incident.DeadLetter, error) {
	if sight.All || len(letters) == 0 {
		return letters, nil
	}
	idsOf := func(l incident.DeadLetter) (ids []incident.ID) {
		for n := range incarnations {
			ids = append(ids, incident.Ref{Connection: l.Connection, Type: l.Type, ExternalID: l.ExternalID, Incarnation: n}.ID())
		}
		return ids
	}
	var ids []incident.ID
	for _, l := range letters {
		ids = append(ids, idsOf(l)...)
	}
	hidden := map[incident.ID]bool{}
	for inc, err := range d.Store.Incidents(ctx, incident.Filter{IDs: ids, Sight: incident.Sight{All: true}, Deleted: true}) {
		if err != nil {
			return nil, err
		}
		hidden[inc.ID] = !inc.SeenBy(sight)
	}
	return slices.DeleteFunc(slices.Clone(letters), func(l incident.DeadLetter) bool {
		return slices.ContainsFunc(idsOf(l), func(id incident.ID) bool { return hidden[id] })
	}), nil
}
