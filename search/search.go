package search

import (
	"context"
	"fmt"
	"time"

	"hindsight/incident"
)

// Request asks for one page of incidents.
type Request struct {
	Query Query
	// Filter narrows the query as it narrows a list of the store. Its zero Sort means the best match first
	// where the query asks for words, else the newest start first. Limit 0 is 50, and 1000 the most.
	// Deleted has no effect: the index holds no tombstones.
	Filter incident.Filter
	// Connections are all that exist: source:NAME finds them by name, and facets are labelled with it.
	Connections []incident.Connection
	// Views are the questions that view:NAME of Query stands for, by the text of its term. One that is not a key is ErrInvalid.
	// Each is compiled as it is, so that its Filter.Sight must be that of the request.
	Views  map[string]Request
	Facets bool
}

// Result is a page of incidents, best first.
type Result struct {
	Total  int // incidents that match, on all pages
	Hits   []Hit
	Next   string              // Filter.After of the next page; empty on the last one
	Facets map[string][]Bucket // by the names of FacetNames; nil unless asked for
	// Suggest is a query with other spelling that finds something, when nothing matches this one; else empty.
	Suggest string
	Took    time.Duration
	AsOf    incident.Seq // the answer includes every change up to this one
}

// Hit is one incident. Score is comparable within one result only.
type Hit struct {
	ID        incident.ID
	Score     float64
	Fragments []Fragment // one for each text field that matched, at most maxFragments; title first
}

const (
	defaultLimit = 50
	maxLimit     = 1000
)

// Search answers req. Private incidents and private timeline events that req.Filter.Sight does not see are absent from hits, totals,
// facets and suggestions, and from what rank and spelling are reckoned from. It returns
// incident.ErrInvalid for an unknown source and for a malformed cursor.
func (x *Index) Search(ctx context.Context, req Request) (Result, error) {
	begun := time.Now()
	v := x.current()
	defer v.release()
	out, err := answer(ctx, v, req)
	out.Took = time.Since(begun)
	return out, err
}

// answer reads one state of the index.
func answer(ctx context.Context, v *view, req Request) (Result, error) {
	c := compiler{v, req}
	by := v.orderOf(req)
	after, err := by.after(req.Filter.After)
	if err != nil {
		return Result{}, err
	}
	p, err := c.compile(req.Query)
	if err != nil {
		return Result{}, err
	}
	found, err := p.run(ctx)
	if err != nil {
		return Result{}, err
	}
	defer func() {
		for _, s := range found {
			forget(s.scores)
		}
	}()
	out := Result{AsOf: v.seq, Total: total(found)}
	page := best(found, by, after, limit(req)+1) // one more, to know whether a page follows
	if len(page) > limit(req) {
		page = page[:limit(req)]
		if out.Next, err = by.cursor(&page[len(page)-1]); err != nil {
			return Result{}, fmt.Errorf("search: cursor: %w", err)
		}
	}
	if out.Hits, err = p.passages(page); err != nil {
		return Result{}, err
	}
	if req.Facets {
		out.Facets = c.facets(found)
	}
	if out.Total == 0 {
		out.Suggest, err = c.suggest(ctx)
	}
	return out, err
}

// Matches returns all incidents that req asks for, in no order; see Search for who takes part. Limit, sort and facets of req have no effect.
func (x *Index) Matches(ctx context.Context, req Request) ([]incident.ID, error) {
	v := x.current()
	defer v.release()
	p, err := (compiler{v, req}).compile(req.Query)
	if err != nil {
		return nil, err
	}
	found, err := p.run(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]incident.ID, 0, total(found))
	for _, s := range found {
		s.rows.each(func(row uint32) {
			id, failed := s.part.segment.DocID(uint64(row))
			if failed != nil {
				err = fmt.Errorf("search: read an id: %w", failed)
			}
			out = append(out, incident.ID(id))
		})
		forget(s.scores)
	}
	return out, err
}

func total(found []*selection) int {
	n := 0
	for _, s := range found {
		n += s.rows.count()
	}
	return n
}

func limit(req Request) int {
	if req.Filter.Limit <= 0 {
		return defaultLimit
	}
	return min(req.Filter.Limit, maxLimit)
}
