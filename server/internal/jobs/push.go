package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// heardAtOnce is how many deliveries one transaction settles.
const heardAtOnce = 100

// hear takes in the deliveries that wait for the connection. A run that goes on for hours does so between its
// pages, so that what is pushed meanwhile does not wait for its end.
func (p *pass) hear(ctx context.Context, in importers.Input) error {
	if p.source.Hook == nil || p.dry {
		return nil
	}
	for {
		pushes, err := p.store.Pushes(ctx, p.conn.ID, heardAtOnce)
		if err != nil {
			return fmt.Errorf("jobs: run %s: read deliveries: %w", p.run.ID, err)
		}
		if len(pushes) == 0 {
			return nil
		}
		if err := p.takeIn(ctx, in, pushes); err != nil {
			return fmt.Errorf("jobs: run %s: take in deliveries: %w", p.run.ID, err)
		}
	}
}

// takeIn stores what deliveries say, by collection, and settles them with it.
func (p *pass) takeIn(ctx context.Context, in importers.Input, pushes []incident.Push) error {
	defer func(via string) { p.via = via }(p.via)
	said := map[string][]importers.News{}
	settled := make([]incident.ID, len(pushes))
	var rejects []importers.Reject
	for i, push := range pushes {
		settled[i] = push.ID
		news, err := p.news(push)
		if err != nil {
			rejects = append(rejects, importers.Reject{Place: "delivery of " + push.ReceivedAt.Format(time.RFC3339), Reason: err.Error(), Body: string(push.Body)})
		}
		for _, n := range news {
			said[n.Collection] = append(said[n.Collection], n)
		}
	}
	last := len(p.source.Collections) - 1
	for i, c := range p.source.Collections {
		carried, fetched, err := p.told(ctx, c, in, said[c.Name])
		if err == nil {
			err = p.pageVia(ctx, viaPush, c, carried, nil)
		}
		var done []incident.ID
		if i == last { // the deliveries are settled once all that they say is stored
			fetched.Rejects, done = append(fetched.Rejects, rejects...), settled
		}
		if err == nil {
			err = p.pageVia(ctx, viaFetch, c, fetched, done)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pageVia stores a page of records that came some way, unless there is nothing to it.
func (p *pass) pageVia(ctx context.Context, via string, c importers.Collection, page importers.Page, settled []incident.ID) error {
	if len(page.Records)+len(page.Rejects)+len(settled) == 0 {
		return nil
	}
	p.via = via
	return p.page(ctx, c, page, settled)
}

// news reads a delivery. A panic of a source costs this delivery alone.
func (p *pass) news(push incident.Push) (news []importers.News, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("reading the delivery failed: %v", v)
		}
	}()
	d := importers.Delivery{Header: push.Header, Query: push.Query, Body: push.Body, At: push.ReceivedAt}
	news, err = p.source.Hook.Read(d, p.config())
	for _, n := range news {
		known := slices.ContainsFunc(p.source.Collections, func(c importers.Collection) bool { return c.Name == n.Collection })
		if err == nil && !known {
			err = fmt.Errorf("it speaks of %q, which is not read", n.Collection)
		}
	}
	return news, err
}

// told returns what deliveries say of one collection: the records that they carry, and those that are fetched by
// id. What the source does not give is set aside, so that it holds up no other: it is rejected with the reason and, where
// that may pass, asked for again by later polls.
func (p *pass) told(ctx context.Context, c importers.Collection, in importers.Input, news []importers.News) (carried, fetched importers.Page, err error) {
	var ids []string
	for _, n := range news {
		switch {
		case n.Gone:
			carried.Records = append(carried.Records, importers.Record{ExternalID: n.ID, Gone: true, Place: "a delivery said that it was deleted"})
		case n.Record != nil:
			carried.Records = append(carried.Records, *n.Record)
		case !slices.Contains(ids, n.ID):
			ids = append(ids, n.ID)
		}
	}
	if len(ids) == 0 || c.Fetch == nil || !p.over() {
		return carried, fetched, nil
	}
	fetched.Records, fetched.Rejects, err = p.byID(ctx, c, in, ids)
	if err == nil {
		p.note(c, fetched.Records)
		return carried, fetched, p.askLater(ctx, c, unanswered(ids, fetched.Records, fetched.Rejects))
	}
	if trouble := p.trouble(ctx, c, &sourceError{err}); trouble != nil {
		return carried, fetched, trouble
	}
	var failed failures
	for _, id := range ids {
		failed.add(id, err)
	}
	fetched.Rejects = failed.rejects
	return carried, fetched, p.askLater(ctx, c, failed.later)
}

// overhear takes in deliveries while the run does something else, whose end must not depend on them: where that fails,
// they wait for another run.
func (p *pass) overhear(ctx context.Context, in importers.Input) error {
	if p.deaf {
		return nil
	}
	err := p.hear(ctx, in)
	var parked *importers.Parked
	var refused *refusedError
	if err == nil || ctx.Err() != nil || errors.Is(err, errCanceled) || errors.Is(err, errLost) || errors.As(err, &parked) || errors.As(err, &refused) {
		return err
	}
	p.deaf = true
	p.log.Warn("jobs: deliveries could not be taken in", "source", p.source.Name, "run", p.run.ID, "err", err)
	p.complain("deliveries could not be taken in, and wait: " + clean(err.Error()))
	return nil
}

// askLater notes records that the source did not give when it was asked for them by id: it may a little later, so the
// next polls ask again, less and less often.
func (p *pass) askLater(ctx context.Context, c importers.Collection, ids []string) error {
	var late []incident.Missing
	for _, id := range ids {
		rec := record{c.Name, id}
		if _, known := p.lost[rec]; !known {
			late = append(late, incident.Missing{Connection: p.conn.ID, Type: c.Name, ExternalID: id, Since: p.clock()})
			p.lost[rec] = p.clock()
		}
	}
	if len(late) == 0 || p.dry {
		return nil
	}
	_, err := p.store.Update(ctx, func(tx incident.Tx) error { return tx.PutMissing(late) })
	return err
}

// Hear takes in the deliveries that wait for a connection. One run a day holds all of them. For errors see Run;
// ErrConflict: another run of the connection goes on, which takes them in itself. Those of a paused connection go on
// waiting, since its credentials were refused.
func (r *Runner) Hear(ctx context.Context, conn incident.Connection) (Outcome, error) {
	if h, err := r.store.Health(ctx, conn.ID); err != nil || !h.PausedAt.IsZero() {
		return Outcome{}, err
	}
	run := incident.Run{ID: incident.DeriveID("run", string(conn.ID), viaPush, r.clock().Format(time.DateOnly)), Via: viaPush, By: "source"}
	p, err := r.begin(ctx, conn, run, nil)
	if err != nil {
		return notBegun(run, err)
	}
	return p.finish(ctx, p.guarded(ctx, func(ctx context.Context) error {
		in := importers.Input{Config: p.config(), Now: p.clock()}
		if p.source.API != nil {
			if err := p.connect(ctx); err != nil {
				return err
			}
			in.Client = p.client
		}
		return p.hear(ctx, in)
	}))
}
