package jobs

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"hindsight/importers"
)

// read walks through the collections, each from its cursor. Over the network, incidents that are held as open are
// asked for too, and a reconciliation counts what there is.
func (p *pass) read(ctx context.Context, in importers.Input) error {
	if p.over() && !p.dry {
		if err := p.expect(ctx); err != nil {
			return err
		}
	}
	if err := p.readEach(ctx, in); err != nil || !p.over() || p.dry {
		return err
	}
	if err := p.refresh(ctx, in); err != nil || p.run.Via != viaReconcile {
		return err
	}
	return p.census(ctx, in)
}

// readEach reads the collections one after the other. One that cannot be read keeps no other from being read; when none
// could be, the run has failed.
func (p *pass) readEach(ctx context.Context, in importers.Input) error {
	var trouble error
	good := p.pos.Done // what was read before an interruption
	for i := p.pos.Done; i < len(p.source.Collections); i++ {
		c := p.source.Collections[i]
		pages := p.pagesOf(ctx, c, in)
		if pages == nil {
			continue
		}
		err := p.readAll(ctx, c, in, pages)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			good++
		} else {
			err = fmt.Errorf("jobs: run %s: read %s: %w", p.run.ID, c.Name, err)
			trouble = cmp.Or(trouble, err)
			if err := p.trouble(ctx, c, err); err != nil {
				return err
			}
			p.startLater(c, in)
		}
		p.pos = p.pos.finished(i, p.run.Read)
	}
	if good > 0 {
		return nil
	}
	return trouble
}

// startLater has the next poll begin a collection of which nothing could be read where this one was to begin.
func (p *pass) startLater(c importers.Collection, in importers.Input) {
	if p.follows() && p.pos.Next[c.Name] == nil && !in.Since.IsZero() {
		p.pos = p.pos.after(c.Name, c.Start(in.Since))
	}
}

// pagesOf returns a collection's pages, or nil when this run has none of it.
func (p *pass) pagesOf(ctx context.Context, c importers.Collection, in importers.Input) iter.Seq2[importers.Page, error] {
	switch {
	case p.over() && c.List != nil:
		return c.Pages(ctx, in, p.pos.Next[c.Name])
	case !p.over() && c.Read != nil:
		return c.Read(ctx, in, p.pos.Next[c.Name])
	}
	return nil
}

// readAll stores the pages of a collection.
func (p *pass) readAll(ctx context.Context, c importers.Collection, in importers.Input, pages iter.Seq2[importers.Page, error]) error {
	for page, err := range pages {
		if err == nil {
			page, err = p.touched(ctx, c, in, page)
		}
		if err != nil {
			return &sourceError{err}
		}
		err = ctx.Err()
		if err == nil {
			err = p.page(ctx, c, page, nil)
		}
		if err == nil && p.over() {
			p.note(c, page.Records)
			err = p.overhear(ctx, in)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
