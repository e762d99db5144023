package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/document"

	"hindsight/incident"
)

// batchSize keeps peak memory near 250 MB; larger batches gain little.
const batchSize = 1000

// apply brings the volume to d.Upto.
func (v *volume) apply(ctx context.Context, d incident.Delta) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.index == nil {
		if err := v.reopen(); err != nil {
			return err
		}
	}
	incidents := d.Incidents
	for len(incidents) > batchSize {
		if err := v.write(ctx, incidents[:batchSize], d, v.index.NewBatch()); err != nil {
			return fmt.Errorf("search: write batch before change %d: %w", d.Upto, err)
		}
		incidents = incidents[batchSize:]
	}
	last := v.index.NewBatch()
	for _, id := range d.Gone {
		last.Delete(string(id))
	}
	if err := v.setCatalog(last, d); err != nil {
		return err
	}
	last.SetInternal(seqKey, strconv.AppendInt(nil, int64(d.Upto), 10))
	if err := v.write(ctx, incidents, d, last); err != nil {
		return fmt.Errorf("search: write batch up to change %d: %w", d.Upto, err)
	}
	if err := v.renew(); err != nil {
		return err
	}
	v.seq.Store(int64(d.Upto))
	v.wrong.Store(nil)
	v.late.Store(nil)
	return nil
}

// write puts incidents into a batch and writes it.
func (v *volume) write(ctx context.Context, incidents []*incident.Incident, d incident.Delta, batch *bleve.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	docs := make([]*document.Document, len(incidents))
	const slice = 50 // worth a goroutine
	err := inParallel((len(incidents)+slice-1)/slice, func(i int) error {
		for at := i * slice; at < min(len(incidents), (i+1)*slice); at++ {
			inc := incidents[at]
			docs[at] = newDocument(inc, d.Timelines[inc.ID], d.Retrospectives[inc.ID])
		}
		return nil
	})
	for _, doc := range docs {
		err = errors.Join(err, batch.IndexAdvanced(doc))
	}
	if err != nil {
		return err
	}
	if err := v.index.Batch(batch); err != nil {
		v.wrong.Store(&err)
		return errors.Join(err, v.reopen())
	}
	return nil
}

// setCatalog puts a changed catalogue into the batch.
func (v *volume) setCatalog(batch *bleve.Batch, d incident.Delta) error {
	if d.Services == nil && d.Teams == nil {
		return nil
	}
	now := v.acquire()
	c := *now.catalog
	err := now.release()
	if d.Services != nil {
		c.Services = d.Services
	}
	if d.Teams != nil {
		c.Teams = d.Teams
	}
	stored, jsonErr := json.Marshal(c)
	if err := errors.Join(err, jsonErr); err != nil {
		return fmt.Errorf("search: write catalogue: %w", err)
	}
	batch.SetInternal(catalogKey, stored)
	return nil
}
