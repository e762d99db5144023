package desk

import (
	"context"
	"reflect"
	"slices"

	"hindsight/incident"
	"hindsight/search/recurring"
	"hindsight/server/internal/jobs"
)

// Group finds what keeps coming back and stores what changed. What people decided stays. Where grouping everything takes long and was
// done a while ago, it places what has come since instead, and everything is grouped later; see GroupDue.
func (d *Desk) Group(ctx context.Context) error {
	d.grouped.mu.Lock()
	defer d.grouped.mu.Unlock()
	said, err := d.Store.ProblemAnswers(ctx)
	if err != nil {
		return err
	}
	if enough, err := d.placed(ctx, said); enough || err != nil {
		return err
	}
	return d.groupAll(ctx, said)
}

// groupedKinds are the kinds that problems are found among: what people wish for, over and over, is no disruption.
var groupedKinds = slices.DeleteFunc(slices.Clone(incident.Kinds), func(k incident.Kind) bool { return k == incident.Request })

// groupAll groups all incidents that exist.
func (d *Desk) groupAll(ctx context.Context, said []incident.Answer) error {
	began := d.Now()
	seq, err := d.Store.Head(ctx)
	if err != nil {
		return err
	}
	previous, err := d.Store.Problems(ctx)
	if err != nil {
		return err
	}
	docs, err := d.documents(ctx, incident.Filter{Kinds: groupedKinds, Sight: incident.Sight{All: true}})
	if err != nil {
		return err
	}
	book, err := recurring.Regroup(ctx, docs, previous, said)
	if err != nil {
		return err
	}
	if err := d.regroup(ctx, previous, book.Problems); err != nil {
		return err
	}
	d.grouped.book, d.grouped.said, d.grouped.seq, d.grouped.owed, d.grouped.ready = book, said, seq, false, d.Now()
	if took := d.Now().Sub(began); took >= quickly {
		d.grouped.ready = d.Now().Add(rest * took)
	}
	return nil
}

// regroup replaces the problems of the last grouping by those found now. A problem that somebody has decided about
// while they were being found stays as it is; the next grouping knows the decision.
func (d *Desk) regroup(ctx context.Context, previous, found []incident.Problem) error {
	before, seen := map[incident.ID]incident.Problem{}, map[incident.ID]incident.Seq{}
	for _, p := range previous {
		before[p.ID], seen[p.ID] = p, p.Seq
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
	ids := slices.Clone(gone)
	for _, p := range changed {
		ids = append(ids, p.ID)
	}
	if len(changed)+len(gone) == 0 {
		return nil
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		now, err := tx.ProblemsByID(ids)
		if err != nil {
			return err
		}
		moved := func(id incident.ID) bool { return now[id].Seq != seen[id] }
		if err := tx.PutProblems(slices.DeleteFunc(slices.Clone(changed), func(p incident.Problem) bool { return moved(p.ID) })); err != nil {
			return err
		}
		if err := tx.DeleteProblems(slices.DeleteFunc(slices.Clone(gone), moved)); err != nil {
			return err
		}
		return d.tell(tx, slices.DeleteFunc(recurring.Story(previous, found), func(e incident.ProblemEvent) bool {
			return moved(e.Problem) || e.Other != "" && moved(e.Other)
		}))
	})
	return err
}

// tell keeps what a grouping did, and lets the ids of problems that became part of another one lead there.
func (d *Desk) tell(tx incident.Tx, story []incident.ProblemEvent) error {
	for i := range story {
		story[i].At = d.Now().UTC()
		if story[i].Kind == incident.ProblemMerged {
			if err := tx.PutProblemAlias(story[i].Other, story[i].Problem); err != nil {
				return err
			}
		}
	}
	return tx.AddProblemEvents(story)
}

// GroupLater queues the work of Group, for a server to do.
func (d *Desk) GroupLater(ctx context.Context) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.Enqueue(incident.Job{Kind: jobs.KindGroup, ID: "all"}) })
	return err
}

// documents are incidents, as far as grouping compares them.
func (d *Desk) documents(ctx context.Context, which incident.Filter) ([]recurring.Document, error) {
	const batch = 500
	var out []recurring.Document
	var incs []*incident.Incident
	flush := func() error {
		ids := make([]incident.ID, len(incs))
		for i, inc := range incs {
			ids[i] = inc.ID
		}
		timelines, err := d.Store.Timelines(ctx, ids)
		if err != nil {
			return err
		}
		retros, err := d.Store.Retrospectives(ctx, ids)
		for _, inc := range incs {
			out = append(out, recurring.NewDocument(inc, timelines[inc.ID], retros[inc.ID]))
		}
		incs = nil
		return err
	}
	for inc, err := range d.Store.Incidents(ctx, which) {
		if err != nil {
			return nil, err
		}
		if incs = append(incs, inc); len(incs) == batch {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	return out, flush()
}
