package follow

import (
	"context"
	"errors"
	"fmt"

	"hindsight/incident"
)

// load returns the changes behind after with the current state of what they name, and whether there
// are any. The state may be newer than the changes; then it comes again with its own change.
//
// One way serves both a sink that starts from nothing and one that is a change behind: a sink which
// stops halfway goes on from there, and a rebuilt one cannot differ from one that was kept up to date.
//
// A sink that needs facts alone gets incidents without their texts, and more of them at once; one that needs runbooks alone gets nothing else.
func load(ctx context.Context, store incident.Reader, after incident.Seq, of needs) (incident.Delta, bool, error) {
	batch, loadIncidents := batch, loadIncidents
	if of != everything {
		batch, loadIncidents = factsBatch, loadFacts
	}
	changes, err := store.Changes(ctx, after, batch)
	if err != nil {
		return incident.Delta{}, false, fmt.Errorf("follow: read changes behind %d: %w", after, err)
	}
	if len(changes) == 0 {
		return incident.Delta{}, false, nil
	}
	d := incident.Delta{Upto: changes[len(changes)-1].Seq, CaughtUp: len(changes) < batch}
	if !d.CaughtUp {
		// The last changes may fill their batch too. Without this nobody would say that they were the last.
		head, err := store.Head(ctx)
		if err != nil {
			return incident.Delta{}, false, fmt.Errorf("follow: read the feed's head: %w", err)
		}
		d.CaughtUp = d.Upto >= head
	}
	var ids, runbooks []incident.ID
	kinds := map[incident.EntityKind]bool{}
	for _, c := range changes {
		kinds[c.Kind] = true
		if c.Kind == incident.EntityIncident && of != runbooksAlone {
			ids = append(ids, c.ID)
		}
		if c.Kind == incident.EntityRunbook && of == runbooksAlone {
			runbooks = append(runbooks, c.ID)
		}
	}
	if err := loadRunbooks(ctx, store, runbooks, &d); err != nil {
		return incident.Delta{}, false, fmt.Errorf("follow: load changes %d to %d: %w", after+1, d.Upto, err)
	}
	if err := loadIncidents(ctx, store, ids, &d); err != nil {
		return incident.Delta{}, false, fmt.Errorf("follow: load changes %d to %d: %w", after+1, d.Upto, err)
	}
	if of == runbooksAlone {
		return d, true, nil
	}
	if err := loadCatalogue(ctx, store, kinds, &d); err != nil {
		return incident.Delta{}, false, fmt.Errorf("follow: load changes %d to %d: %w", after+1, d.Upto, err)
	}
	return d, true, nil
}

// loadIncidents fills in the incidents among ids; those that are not there any more are gone.
func loadIncidents(ctx context.Context, store incident.Reader, ids []incident.ID, d *incident.Delta) error {
	if len(ids) == 0 {
		return nil
	}
	found := make(map[incident.ID]bool, len(ids))
	live := make([]incident.ID, 0, len(ids))
	for inc, err := range store.Incidents(ctx, incident.Filter{IDs: ids, Sight: incident.Sight{All: true}}) {
		if err != nil {
			return err
		}
		d.Incidents = append(d.Incidents, inc)
		found[inc.ID] = true
		live = append(live, inc.ID)
	}
	for _, id := range ids {
		if !found[id] {
			d.Gone = append(d.Gone, id)
		}
	}
	var err error
	if d.Timelines, err = store.Timelines(ctx, live); err != nil {
		return err
	}
	d.Retrospectives, err = store.Retrospectives(ctx, live)
	return err
}

// loadFacts is loadIncidents for sinks that need no more than incident.Reader.Facts.
func loadFacts(ctx context.Context, store incident.Reader, ids []incident.ID, d *incident.Delta) (err error) {
	if len(ids) == 0 {
		return nil
	}
	if d.Incidents, err = store.Facts(ctx, ids); err != nil {
		return err
	}
	found := make(map[incident.ID]bool, len(ids))
	for _, inc := range d.Incidents {
		found[inc.ID] = true
	}
	for _, id := range ids {
		if !found[id] {
			d.Gone = append(d.Gone, id)
		}
	}
	return nil
}

// loadRunbooks fills in the runbooks among ids; those that are not there any more are gone.
func loadRunbooks(ctx context.Context, store incident.Reader, ids []incident.ID, d *incident.Delta) error {
	for _, id := range ids {
		r, err := store.Runbook(ctx, id)
		if err != nil && !errors.Is(err, incident.ErrNotFound) {
			return err
		}
		if err != nil || r.Deleted() {
			d.GoneRunbooks = append(d.GoneRunbooks, id)
			continue
		}
		d.Runbooks = append(d.Runbooks, *r)
	}
	return nil
}

// loadCatalogue fills in whole lists of the kinds that changed, empty rather than nil when the last
// entity of a kind is gone.
func loadCatalogue(ctx context.Context, store incident.Reader, kinds map[incident.EntityKind]bool, d *incident.Delta) (err error) {
	if kinds[incident.EntityService] {
		if d.Services, err = all(store.Services(ctx)); err != nil {
			return err
		}
	}
	if kinds[incident.EntityTeam] {
		if d.Teams, err = all(store.Teams(ctx)); err != nil {
			return err
		}
	}
	if kinds[incident.EntityProblem] {
		if d.Problems, err = all(store.Problems(ctx)); err != nil {
			return err
		}
	}
	if kinds[incident.EntityAnswer] || kinds[incident.EntityProblem] { // answers of old are in no change of their own
		if d.Answers, err = all(store.ProblemAnswers(ctx)); err != nil {
			return err
		}
	}
	if kinds[incident.EntityPolicy] {
		if d.Policies, err = all(store.Policies(ctx)); err != nil {
			return err
		}
	}
	return nil
}

func all[T any](list []T, err error) ([]T, error) {
	if list == nil {
		list = []T{}
	}
	return list, err
}
