package jobs

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	fetchSize   = 50             // records asked for by id and stored in one transaction
	goneAfter   = 12 * time.Hour // between the two times that a record is asked for in vain before it counts as deleted
	vanishShare = 5              // more than one in so many missing at once is lost permission, not deletion
	vanishFew   = 3              // but not so few

	openShare      = 48             // an open incident is asked for after so small a part of the time in which nothing happened to it
	longestSilence = 24 * time.Hour // between two requests for one record
)

// touched fetches the records that a page says have changed, each once in a run: what is fetched is
// newer than what told of it.
func (p *pass) touched(ctx context.Context, c importers.Collection, in importers.Input, page importers.Page) (importers.Page, error) {
	var ids []string
	for _, id := range slices.Compact(slices.Sorted(slices.Values(page.Touched))) {
		if rec := (record{c.Name, id}); !p.fetched[rec] {
			p.fetched[rec] = true
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 || c.Fetch == nil {
		return page, nil
	}
	fetched, rejects, err := p.byID(ctx, c, in, ids)
	if err != nil {
		return page, err
	}
	page.Records = append(slices.Clip(page.Records), fetched...)
	page.Rejects = append(slices.Clip(page.Rejects), rejects...)
	return page, nil
}

// expect notes the incidents that are held as open, and the records that were missing: not every source tells of
// every change, so those that the run does not come across are asked for at its end, where they are due.
func (p *pass) expect(ctx context.Context) error {
	open := slices.DeleteFunc(slices.Clone(incident.Statuses), incident.Status.Over)
	for inc, err := range p.store.Incidents(ctx, incident.Filter{Connections: []incident.ID{p.conn.ID}, Statuses: open, Sight: incident.Sight{All: true}}) {
		if err != nil {
			return fmt.Errorf("jobs: run %s: read open incidents: %w", p.run.ID, err)
		}
		last := inc.ExternalUpdatedAt
		if last.IsZero() {
			last = inc.ExternalCreatedAt
		}
		if p.due(inc.Ref.ExternalID, last, openShare) {
			p.unseen[record{inc.Ref.Type, inc.Ref.ExternalID}] = true
		}
	}
	for rec, since := range p.lost {
		if p.due(rec.externalID, since, 1) {
			p.unseen[rec] = true
		}
	}
	return nil
}

// due reports whether this run asks for a record that it does not come across: at each poll when something happened to
// it lately, and less often the longer nothing did.
func (p *pass) due(id string, last time.Time, share int) bool {
	return p.run.Via != viaPoll || last.IsZero() || asks(id, last, share, p.health.PolledAt, p.run.StartedAt)
}

// asks reports whether a poll now asks for a record when the poll before ended at polled and nothing has happened since
// last. The time between two requests is the longest of 5, 10, 20 minutes and so on to a day that is no longer than a
// share, such as a 48th, of that silence. Ids spread them, so that not all are asked for by one poll.
func asks(id string, last time.Time, share int, polled, now time.Time) bool {
	every := PollEvery
	for every < longestSilence && 2*every*time.Duration(share) <= now.Sub(last) {
		every *= 2
	}
	every = min(every, longestSilence)
	h := fnv.New32a()
	h.Write([]byte(id))
	turn := func(t time.Time) int64 { return (t.Unix() + int64(h.Sum32())) / int64(every/time.Second) }
	return every == PollEvery || turn(now) != turn(polled)
}

// note strikes off what the run came across.
func (p *pass) note(c importers.Collection, records []importers.Record) {
	for _, r := range records {
		delete(p.unseen, record{c.Name, r.ExternalID})
		delete(p.unseen, record{c.Name, r.Asked})
	}
}

// refresh asks for what was expected and not come across. A run that is interrupted goes on behind the last id.
func (p *pass) refresh(ctx context.Context, in importers.Input) error {
	for i := p.pos.Then.Collection; i < len(p.source.Collections) && !p.pos.Then.Census; i++ {
		c := p.source.Collections[i]
		var ids []string
		for rec := range p.unseen {
			if rec.typ == c.Name && rec.externalID > p.pos.Then.After {
				ids = append(ids, rec.externalID)
			}
		}
		slices.Sort(ids)
		if c.Fetch != nil {
			if err := p.trouble(ctx, c, p.ask(ctx, c, in, ids)); err != nil {
				return fmt.Errorf("jobs: run %s: refresh open %s: %w", p.run.ID, c.Name, err)
			}
		}
		p.pos.Then = errand{Collection: i + 1}
	}
	return nil
}

// ask fetches records by id and stores them. Those that the source does not give are noted as missing; asked
// for in vain again later, they are deleted.
func (p *pass) ask(ctx context.Context, c importers.Collection, in importers.Input, ids []string) error {
	for chunk := range slices.Chunk(ids, fetchSize) {
		if err := ctx.Err(); err != nil {
			return err
		}
		records, rejects, err := p.byID(ctx, c, in, chunk)
		if err != nil {
			return &sourceError{err}
		}
		before := p.pos.Then
		p.pos.Then = before.behind(chunk, unanswered(chunk, records, rejects))
		if len(records)+len(rejects) == 0 {
			continue
		}
		if err := p.page(ctx, c, importers.Page{Records: records, Rejects: rejects}, nil); err != nil {
			p.pos.Then = before
			return err
		}
	}
	return p.absent(ctx, c, p.pos.Then.IDs, p.pos.Then.Asked)
}

// notGiven returns those ids that no record came for.
func notGiven(ids []string, records []importers.Record) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return slices.ContainsFunc(records, func(r importers.Record) bool { return r.ExternalID == id || r.Asked == id })
	})
}

// absent decides about records that the source did not give, of asked in all. Where it hides what may not be seen, that
// says nothing.
func (p *pass) absent(ctx context.Context, c importers.Collection, ids []string, asked int) error {
	if c.Hides {
		return p.forget(ctx, c, ids)
	}
	if len(ids) == 0 {
		return nil
	}
	if len(ids) > vanishFew && len(ids)*vanishShare > asked {
		p.complain(fmt.Sprintf("%d of %d %s are not given any more; so many at once look like lost permissions, so nothing was deleted", len(ids), asked, c.Name))
		return nil
	}
	var gone importers.Page
	var fresh []incident.Missing
	for _, id := range ids {
		at, again := p.lost[record{c.Name, id}]
		switch {
		case !again:
			fresh = append(fresh, incident.Missing{Connection: p.conn.ID, Type: c.Name, ExternalID: id, Since: p.clock()})
		case p.clock().Sub(at) >= goneAfter:
			gone.Records = append(gone.Records, importers.Record{ExternalID: id, Gone: true, Place: "not given by the source any more"})
		}
	}
	if len(fresh) > 0 && !p.dry {
		if _, err := p.store.Update(ctx, func(tx incident.Tx) error { return tx.PutMissing(fresh) }); err != nil {
			return err
		}
	}
	if len(gone.Records) == 0 {
		return nil
	}
	return p.page(ctx, c, gone, nil)
}

// forget lets go of records that deliveries told of and that the source has not shown for so long that it will not.
func (p *pass) forget(ctx context.Context, c importers.Collection, ids []string) error {
	var late []string
	for _, id := range ids {
		if at, lost := p.lost[record{c.Name, id}]; lost && p.clock().Sub(at) >= goneAfter {
			late = append(late, id)
			delete(p.lost, record{c.Name, id})
		}
	}
	if len(late) == 0 {
		return nil
	}
	_, err := p.store.Update(ctx, func(tx incident.Tx) error { return tx.FindMissing(p.conn.ID, c.Name, late) })
	return err
}
