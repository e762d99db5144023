package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// item is a record on its way to an incident.
type item struct {
	raw    incident.Raw
	fresh  freshness
	before *incident.Raw // the version before a deletion; nil when there is none to delete
	asked  string        // the id by which the source gave this record, when it was merged into it
	draft  importers.Draft
	err    error // why there is no draft
}

type freshness int

const (
	isNew freshness = iota
	isChanged
	isUnchanged
	isReplayed // stored before; mapped again
)

// mapped reports whether the item takes part in mapping: skipped records do not.
func (it *item) mapped() bool { return it.fresh != isUnchanged }

// batch is what one transaction writes.
type batch struct {
	collection importers.Collection
	items      []*item
	letters    []incident.DeadLetter
	pos        position
	total      int64         // records to expect in all; 0 when unknown
	through    time.Time     // all before it was read; zero when that is not known
	settled    []incident.ID // deliveries that the batch deals with
}

// page stores one page, and settles the deliveries that it came from.
func (p *pass) page(ctx context.Context, c importers.Collection, page importers.Page, settled []incident.ID) error {
	b := batch{collection: c, pos: p.pos.after(c.Name, page.Next), through: page.Through, settled: settled}
	if page.Total > 0 {
		b.total = p.pos.Before + page.Total
	}
	items, rejects, err := p.prepare(ctx, c, page)
	if err != nil {
		return fmt.Errorf("jobs: run %s: prepare %s: %w", p.run.ID, c.Name, err)
	}
	b.items = items
	for _, r := range rejects {
		b.letters = append(b.letters, p.rejected(c.Name, r))
	}
	p.mapAll(c, b.items)
	return p.commit(ctx, b)
}

// prepare finds out which records of a page bring anything new. A record without an id is a reject.
func (p *pass) prepare(ctx context.Context, c importers.Collection, page importers.Page) ([]*item, []importers.Reject, error) {
	eraser, err := p.eraser(ctx)
	if err != nil {
		return nil, nil, err
	}
	rejects := erasedRejects(eraser, page.Rejects)
	var ids []string
	for _, rec := range page.Records {
		ids = append(ids, clean(rec.ExternalID))
	}
	hashes, err := p.store.RawHashes(ctx, p.conn.ID, c.Name, ids)
	if err != nil {
		return nil, nil, err
	}
	versions := versions{pass: p, collection: c, hashes: hashes, read: map[string]*incident.Raw{}}
	var items []*item
	for _, rec := range page.Records {
		rec.Body, rec.Place = eraser.Body(rec.Body), eraser.Text(rec.Place)
		if rec.ExternalID = clean(rec.ExternalID); rec.ExternalID == "" {
			rejects = append(rejects, importers.Reject{Place: rec.Place, Reason: "the record has no id", Body: string(rec.Body)})
			continue
		}
		it, err := versions.add(ctx, rec)
		if err != nil {
			return nil, nil, fmt.Errorf("record %q: %w", rec.ExternalID, err)
		}
		items = append(items, it)
	}
	return items, rejects, nil
}

// eraser puts pseudonyms in the place of people who were erased, before anything of a record is stored. It is asked for with each
// page, for somebody may be erased while an import goes on.
func (p *pass) eraser(ctx context.Context) (*incident.Eraser, error) { return EraserOf(ctx, p.store) }

// EraserOf returns what replaces the people who were erased from a store.
func EraserOf(ctx context.Context, store incident.Reader) (*incident.Eraser, error) {
	names, err := store.Erased(ctx)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	salt, err := store.Setting(ctx, incident.ErasureSalt)
	return incident.NewEraser(salt, names), err
}

func erasedRejects(e *incident.Eraser, rejects []importers.Reject) []importers.Reject {
	out := slices.Clone(rejects)
	for i := range out {
		out[i].Body, out[i].Place, out[i].Reason = string(e.Body([]byte(out[i].Body))), e.Text(out[i].Place), e.Text(out[i].Reason)
	}
	return out
}

// versions knows the newest version of each record of a page, stored or read just now.
type versions struct {
	*pass
	collection importers.Collection
	hashes     map[string]string        // of the stored versions
	read       map[string]*incident.Raw // what the page brought
}

// add turns a record into the next version of what is known of it.
func (v *versions) add(ctx context.Context, rec importers.Record) (*item, error) {
	it := &item{raw: v.rawOf(rec), asked: clean(rec.Asked)}
	it.raw.Type = v.collection.Name
	prev, known, err := v.newest(ctx, rec)
	if err != nil {
		return nil, err
	}
	if known && v.collection.Combine != nil && !rec.Gone && !prev.Gone {
		body, err := v.collection.Combine(prev.Body, rec.Body)
		if err != nil {
			it.err = &importers.MapError{Reason: fmt.Sprintf("it does not fit what was read of it before: %v", err)}
			body = rec.Body
		}
		it.raw.Body = body
	}
	it.raw.Identify()
	switch {
	case !known:
		it.fresh = isNew
	case prev.Hash == it.raw.Hash && !v.waiting[record{it.raw.Type, it.raw.ExternalID}]:
		it.fresh = isUnchanged
	case prev.Hash == it.raw.Hash:
		it.fresh = isReplayed
	default:
		it.fresh = isChanged
	}
	if rec.Gone && known && !prev.Gone {
		it.before = prev
	}
	v.read[rec.ExternalID] = &it.raw
	if v.dry {
		v.preview.remember(it.raw, v.collection.Combine != nil)
	}
	return it, nil
}

// newest returns the newest version of rec's record. Bodies are fetched only where they are needed.
func (v *versions) newest(ctx context.Context, rec importers.Record) (*incident.Raw, bool, error) {
	if raw := v.read[rec.ExternalID]; raw != nil {
		return raw, true, nil
	}
	if raw := v.preview.raws[record{v.collection.Name, rec.ExternalID}]; raw != nil {
		return raw, true, nil
	}
	hash, ok := v.hashes[rec.ExternalID]
	if !ok {
		return nil, false, nil
	}
	raw := &incident.Raw{Connection: v.conn.ID, Type: v.collection.Name, ExternalID: rec.ExternalID, Hash: hash}
	raw.ID = raw.VersionID()
	if v.collection.Combine == nil && !rec.Gone {
		return raw, true, nil
	}
	stored, err := v.store.Raw(ctx, raw.ID)
	return stored, err == nil, err
}

func (p *pass) rawOf(rec importers.Record) incident.Raw {
	return incident.Raw{
		Connection: p.conn.ID, ExternalID: rec.ExternalID, Body: rec.Body, ReceivedAt: p.clock(),
		Via: p.via, Origin: clean(rec.Place), Gone: rec.Gone,
	}
}

// mapAll maps the items that need it, on two goroutines: Map is pure.
func (p *pass) mapAll(c importers.Collection, items []*item) {
	var wg sync.WaitGroup
	for half := range 2 {
		wg.Go(func() {
			for i := half; i < len(items); i += 2 {
				if it := items[i]; it.err == nil && (it.mapped() || p.dry) {
					p.mapItem(c, it)
				}
			}
		})
	}
	wg.Wait()
}

// commit writes a batch in one transaction. When the database refuses it, the halves are tried each
// by itself, down to the one record that it refuses, which becomes a dead letter; a database
// that refuses even that is out of order, and the run ends.
func (p *pass) commit(ctx context.Context, b batch) error {
	w, err := p.put(ctx, b)
	if err == nil {
		p.pos = b.pos
		p.preview.note(b, w)
		p.progress(p.run)
		return nil
	}
	if ctx.Err() != nil || errors.Is(err, errCanceled) || errors.Is(err, errLost) || len(b.items) == 0 {
		return fmt.Errorf("jobs: run %s: store a page: %w", p.run.ID, err)
	}
	p.log.Warn("jobs: the database refused records", "run", p.run.ID, "records", len(b.items), "err", err)
	first, second := b.split(p.pos)
	if len(b.items) == 1 {
		first.items = nil
		second.letters = append(second.letters, p.refused(b.items[0], err))
		second.items = nil
		return p.commit(ctx, second)
	}
	if err := p.commit(ctx, first); err != nil {
		return err
	}
	return p.commit(ctx, second)
}

// split returns the halves of a batch; only the second one moves the cursor from pos and holds the letters.
func (b batch) split(pos position) (first, second batch) {
	first, second = b, b
	n := len(b.items) / 2
	first.items, first.letters, first.pos, first.settled, first.through = b.items[:n], nil, pos, nil, time.Time{}
	second.items = b.items[n:]
	return first, second
}
