package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hindsight/importers"
	"hindsight/incident"
)

// replaySize is how many stored records one transaction replays.
const replaySize = 500

// Remap maps every stored record of conn again, without its source: after a change of its mapping, or of
// the program. Only incidents that come out different are written; the outcome's Changes say in what.
// A dry run works out the same and writes nothing. For run, progress and errors see Run.
func (r *Runner) Remap(ctx context.Context, conn incident.Connection, run incident.Run, progress func(incident.Run)) (Outcome, error) {
	run.Via = viaRemap
	p, err := r.begin(ctx, conn, run, progress)
	if err != nil {
		return notBegun(run, err)
	}
	p.recount()
	return p.finish(ctx, p.guarded(ctx, p.replayAll))
}

// RetryDeadLetters maps the records behind waiting dead letters of conn again: those with the given ids, or all
// when there are none. Of which no record is stored, the source is asked for by id, where it can be. Letters of what could
// not even be read as a record keep waiting.
// For run, progress and errors see Run.
func (r *Runner) RetryDeadLetters(ctx context.Context, conn incident.Connection, ids []incident.ID, run incident.Run, progress func(incident.Run)) (Outcome, error) {
	run.Via = viaRetry
	p, err := r.begin(ctx, conn, run, progress)
	if err != nil {
		return notBegun(run, err)
	}
	p.recount()
	return p.finish(ctx, p.guarded(ctx, func(ctx context.Context) error { return p.retry(ctx, ids) }))
}

// recount starts the counts afresh: a replay that was interrupted begins again.
func (p *pass) recount() {
	p.run.Read, p.run.New, p.run.Changed, p.run.Unchanged, p.run.Dead = 0, 0, 0, 0, 0
	p.run.Warnings, p.run.Cursor = nil, nil
}

func (p *pass) replayAll(ctx context.Context) error {
	return p.replayEach(ctx, func(*incident.Raw) bool { return true }, p.replayBatch)
}

// replayEach hands the stored records that are wanted to replay, in batches of one type.
func (p *pass) replayEach(ctx context.Context, wanted func(*incident.Raw) bool, replay func(context.Context, []incident.Raw) error) error {
	var raws []incident.Raw
	for raw, err := range p.store.LatestRaws(ctx, p.conn.ID) {
		if err != nil {
			return fmt.Errorf("jobs: run %s: read stored records: %w", p.run.ID, err)
		}
		if raw.Gone || !wanted(raw) {
			continue
		}
		if full := len(raws) == replaySize; full || len(raws) > 0 && raws[0].Type != raw.Type {
			if err := replay(ctx, raws); err != nil {
				return err
			}
			raws = nil
		}
		raws = append(raws, *raw)
	}
	return replay(ctx, raws)
}

// retry replays the records behind dead letters, in order of their types.
func (p *pass) retry(ctx context.Context, ids []incident.ID) error {
	letters, err := p.store.DeadLetters(ctx, p.conn.ID, everything)
	if err != nil {
		return fmt.Errorf("jobs: run %s: read dead letters: %w", p.run.ID, err)
	}
	byType, unread := map[string][]incident.Raw{}, map[string][]string{}
	for _, l := range letters {
		if len(ids) > 0 && !slices.Contains(ids, l.ID) {
			continue
		}
		raw, err := p.store.Raw(ctx, l.RawID)
		if errors.Is(err, incident.ErrNotFound) {
			if l.ExternalID != "" && p.fetches(l.Type) {
				unread[l.Type] = append(unread[l.Type], l.ExternalID)
			} else {
				p.run.Read++
				p.run.Dead++
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("jobs: run %s: read record of dead letter %s: %w", p.run.ID, l.ID, err)
		}
		byType[raw.Type] = append(byType[raw.Type], *raw)
	}
	for _, raws := range byType {
		for part := range slices.Chunk(raws, replaySize) {
			if err := p.replayBatch(ctx, part); err != nil {
				return err
			}
		}
	}
	return p.askAgain(ctx, unread)
}

// fetches reports whether records of a type can be asked for by id.
func (p *pass) fetches(typ string) bool {
	return p.source.API != nil && slices.ContainsFunc(p.source.Collections, func(c importers.Collection) bool { return c.Name == typ && c.Fetch != nil })
}

// askAgain asks the source for records, by type and external id, of which only dead letters are there.
func (p *pass) askAgain(ctx context.Context, unread map[string][]string) error {
	if len(unread) == 0 {
		return nil
	}
	if err := p.connect(ctx); err != nil {
		return err
	}
	in := importers.Input{Config: p.config(), Client: p.client, Now: p.clock()}
	for _, c := range p.source.Collections {
		for chunk := range slices.Chunk(unread[c.Name], fetchSize) {
			if err := p.tryAgain(ctx, c, in, chunk); err != nil {
				return fmt.Errorf("jobs: run %s: ask for %s again: %w", p.run.ID, c.Name, err)
			}
		}
	}
	return nil
}

func (p *pass) tryAgain(ctx context.Context, c importers.Collection, in importers.Input, ids []string) error {
	records, rejects, err := p.byID(ctx, c, in, ids)
	if err != nil {
		return p.trouble(ctx, c, &sourceError{err})
	}
	for _, id := range unanswered(ids, records, rejects) {
		rejects = append(rejects, importers.Reject{ExternalID: id, Place: "asked for by its id", Reason: "the source does not give it: it was deleted there, or the key does not see it"})
	}
	return p.page(ctx, c, importers.Page{Records: records, Rejects: rejects}, nil)
}

// replayBatch maps stored records of one type again. Records of a type that the source no longer has
// are left alone.
func (p *pass) replayBatch(ctx context.Context, raws []incident.Raw) error {
	if err := ctx.Err(); err != nil || len(raws) == 0 {
		return err
	}
	i := slices.IndexFunc(p.source.Collections, func(c importers.Collection) bool { return c.Name == raws[0].Type })
	if i < 0 {
		return nil
	}
	b := batch{collection: p.source.Collections[i], pos: p.pos}
	for _, raw := range raws {
		b.items = append(b.items, &item{raw: raw, fresh: isReplayed})
	}
	p.mapAll(b.collection, b.items)
	return p.commit(ctx, b)
}
