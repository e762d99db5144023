package desk

import (
	"context"
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
