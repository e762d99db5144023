package desk

import (
	"context"
	"reflect"
	"slices"

	"hindsight/incident"
	"hindsight/search/recurring"
	"hindsight/search/similar"
)

// Group finds what keeps coming back, in all incidents that exist, and stores what changed. What people decided
// stays.
func (d *Desk) Group(ctx context.Context) error {
	previous, err := d.Store.Problems(ctx)
	if err != nil {
		return err
	}
	var docs []similar.Document
	for inc, err := range d.Store.Incidents(ctx, incident.Filter{Private: true}) {
		if err != nil {
			return err
		}
		docs = append(docs, similar.DocumentOf(inc))
	}
	found, err := recurring.Group(ctx, docs, previous)
	if err != nil {
		return err
	}
	before := map[incident.ID]incident.Problem{}
	for _, p := range previous {
		before[p.ID] = p
	}
	changed := slices.DeleteFunc(slices.Clone(found), func(p incident.Problem) bool {
		old, known := before[p.ID]
		delete(before, p.ID)
		old.Seq, p.Seq = 0, 0
		return known && reflect.DeepEqual(old, p)
	})
	var gone []incident.ID
	for id := range before {
		gone = append(gone, id)
	}
	slices.Sort(gone)
	if len(changed)+len(gone) == 0 {
		return nil
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutProblems(changed); err != nil {
			return err
		}
		return tx.DeleteProblems(gone)
	})
	return err
}
