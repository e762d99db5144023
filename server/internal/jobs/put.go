package jobs

import (
	"context"
	"fmt"
	"slices"

	"hindsight/incident"
)

// written is what a batch came to.
type written struct {
	run      incident.Run
	letters  []incident.DeadLetter
	resolved []string // external ids of records whose dead letters are settled
	found    found
	changes  map[string]int // incidents by the field that replaying changed
}

// put writes a batch and the run's row; a dry run only works them out.
func (p *pass) put(ctx context.Context, b batch) (*written, error) {
	var w *written
	if p.dry {
		d := p.desk(stockOf(ctx, p.store))
		w, err := p.work(ctx, d, b)
		if err != nil {
			return nil, err
		}
		p.run = w.run
		if p.each != nil {
			incs, _, _ := d.contents()
			err = p.each(d.stored, incs)
		}
		return w, err
	}
	err := p.save(ctx, func(tx incident.Tx) (incident.Run, error) {
		d := p.desk(stock{tx.IncidentsByID, tx.ChangeEventsByID, tx.RostersByID, tx.RunbooksByID})
		var err error
		if w, err = p.work(ctx, d, b); err != nil {
			return incident.Run{}, err
		}
		return w.run, p.putAll(tx, d, b, w)
	})
	if err != nil {
		return nil, err
	}
	p.settle(b, w)
	return w, nil
}

// work lays the batch's records on the incidents and events that they are about, and counts.
func (p *pass) work(ctx context.Context, d *desk, b batch) (*written, error) {
	w := &written{run: p.run, letters: slices.Clone(b.letters), changes: map[string]int{}}
	w.run.Warnings = slices.Clone(p.run.Warnings)
	w.run.Dead += int64(len(b.letters))
	w.run.Read += int64(len(b.letters) + len(b.items))
	if err := d.open(ctx, b.items); err != nil {
		return nil, err
	}
	last := map[record]*item{} // the last mapped version decides whether the record is dead
	for _, it := range b.items {
		if it.mapped() {
			last[it.record()] = it
		}
		if err := p.workItem(ctx, d, it, w); err != nil {
			return nil, fmt.Errorf("record %q: %w", it.raw.ExternalID, err)
		}
	}
	for _, it := range b.items {
		switch rec := it.record(); {
		case last[rec] != it:
		case it.err != nil:
			w.letters = append(w.letters, p.unmapped(it))
		case p.waiting[rec]:
			w.resolved = append(w.resolved, it.raw.ExternalID)
		}
	}
	w.found = d.found
	w.run.Cursor = b.pos.encode()
	if p.over() {
		w.run.Requests = p.client.Requests()
	}
	if b.total > 0 {
		w.run.Total = max(b.total, w.run.Read)
	}
	return w, nil
}

func (p *pass) workItem(ctx context.Context, d *desk, it *item, w *written) error {
	if it.err != nil {
		w.run.Dead++
		return nil
	}
	outcome := kept
	if it.mapped() {
		warn(&w.run, it.draft.Warnings)
		var changed []string
		var err error
		if outcome, changed, err = d.lay(ctx, it); err != nil {
			return err
		}
		if it.fresh == isReplayed && outcome == altered {
			for _, field := range changed {
				w.changes[field]++
			}
		}
	}
	if err := d.merge(ctx, it); err != nil {
		return err
	}
	switch {
	case outcome == kept:
		w.run.Unchanged++
	case it.fresh == isNew, it.fresh == isReplayed && outcome == made:
		w.run.New++
	default:
		w.run.Changed++
	}
	return nil
}

func (it *item) record() record { return record{it.raw.Type, it.raw.ExternalID} }

// putAll writes what the desk holds. Names come first, so that an incident never refers to nothing.
func (p *pass) putAll(tx incident.Tx, d *desk, b batch, w *written) error {
	var raws []incident.Raw
	for _, it := range b.items {
		if it.fresh == isNew || it.fresh == isChanged {
			raws = append(raws, it.raw)
		}
	}
	incs, timelines, retros := d.contents()
	services, teams, people := d.found.lists()
	steps := []func() error{
		func() error { return tx.PutRaws(raws) },
		func() error { return tx.PutTeams(teams) },
		func() error { return tx.PutServices(services) },
		func() error { return tx.PutPeople(people) },
		func() error { return tx.PutIncidents(incs) },
		func() error { return incident.Reunite(tx, d.touched) },
		func() error { return tx.PutTimeline(timelines) },
		func() error { return tx.PutRetrospectives(retros) },
		func() error { return tx.PutChangeEvents(d.changes.contents()) },
		func() error { return tx.PutRosters(d.rosters.contents()) },
		func() error { return tx.PutRunbooks(d.runbooks.contents()) },
		func() error { return tx.PutDeadLetters(w.letters) },
		func() error { return tx.ResolveDeadLetters(p.conn.ID, b.collection.Name, w.resolved, p.clock()) },
		func() error { return p.putFollowed(tx, b) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// putFollowed writes what later polls, deliveries and reconciliations go by.
func (p *pass) putFollowed(tx incident.Tx, b batch) error {
	var found []string
	for _, it := range b.items {
		if _, lost := p.lost[it.record()]; lost {
			found = append(found, it.raw.ExternalID)
		}
	}
	if len(found) > 0 {
		if err := tx.FindMissing(p.conn.ID, b.collection.Name, found); err != nil {
			return err
		}
	}
	if len(b.settled) > 0 {
		if err := tx.SettlePushes(b.settled, p.clock()); err != nil {
			return err
		}
	}
	if !p.follows() {
		return nil
	}
	return tx.PutHealth(p.healthAfter(b))
}

// healthAfter returns how far the connection is read once a batch is stored.
func (p *pass) healthAfter(b batch) incident.Health {
	h := p.health
	h.Cursor = b.pos.afresh().encode()
	if b.through.After(h.Through) {
		h.Through = b.through
	}
	return h
}

// settle takes over into the pass what a committed batch changed.
func (p *pass) settle(b batch, w *written) {
	p.names.add(w.found)
	if p.follows() {
		p.health = p.healthAfter(b)
	}
	for _, it := range b.items {
		delete(p.lost, it.record())
	}
	for _, l := range w.letters {
		p.waiting[record{l.Type, l.ExternalID}] = true
	}
	for _, id := range w.resolved {
		delete(p.waiting, record{b.collection.Name, id})
	}
}

func byID(ctx context.Context, store incident.Reader, ids []incident.ID) (map[incident.ID]*incident.Incident, error) {
	found := map[incident.ID]*incident.Incident{}
	if len(ids) == 0 {
		return found, nil
	}
	for inc, err := range store.Incidents(ctx, incident.Filter{IDs: ids, Sight: incident.Sight{All: true}, Deleted: true}) {
		if err != nil {
			return nil, err
		}
		found[inc.ID] = inc
	}
	return found, nil
}
