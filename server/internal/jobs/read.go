package jobs

import (
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
	for i := p.pos.Done; i < len(p.source.Collections); i++ {
		c := p.source.Collections[i]
		pages := p.pagesOf(ctx, c, in)
		if pages == nil {
			continue
		}
		if err := p.readAll(ctx, c, in, pages); err != nil {
			if err = p.trouble(c, err); err != nil {
				return fmt.Errorf("jobs: run %s: read %s: %w", p.run.ID, c.Name, err)
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		p.pos = p.pos.finished(i, p.run.Read)
	}
	if !p.over() || p.dry {
		return nil
	}
	if err := p.refresh(ctx, in); err != nil || p.run.Via != viaReconcile {
		return err
	}
	return p.census(ctx, in)
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
			err = ctx.Err()
		}
		if err == nil {
			page, err = p.touched(ctx, c, in, page)
		}
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
