package search

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

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
	Facets      bool
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

// Search answers req. Private incidents and private timeline events take part only if
// req.Filter.Private is set: otherwise they are absent from hits, totals, facets and suggestions. It returns
// incident.ErrInvalid for an unknown source and for a malformed cursor.
func (x *Index) Search(ctx context.Context, req Request) (Result, error) {
	asOf := x.Seq()
	c := compiler{x, req}
	q, err := c.compile(req.Query, req.Filter)
	if err != nil {
		return Result{}, err
	}
	found, order, err := x.run(ctx, q, req)
	if err != nil {
		return Result{}, err
	}
	out := Result{Total: int(found.Total), Took: found.Took, AsOf: asOf}
	if out.Next, err = next(found, order, limit(req)); err != nil {
		return Result{}, err
	}
	if out.Hits, err = x.hits(ctx, q, found.Hits); err != nil {
		return Result{}, err
	}
	if req.Facets {
		if out.Facets, err = c.facets(ctx, found); err != nil {
			return Result{}, err
		}
	}
	if out.Total == 0 {
		out.Suggest, err = c.suggest(ctx)
	}
	return out, err
}

func limit(req Request) int {
	if req.Filter.Limit <= 0 {
		return defaultLimit
	}
	return min(req.Filter.Limit, maxLimit)
}

// run executes the one query that decides which incidents match, in which order.
func (x *Index) run(ctx context.Context, q query.Query, req Request) (*bleve.SearchResult, search.SortOrder, error) {
	order := orderOf(req)
	r := bleve.NewSearchRequestOptions(q, limit(req)+1, 0, false) // one more, to know whether a page follows
	r.SortByCustom(order)
	if req.Filter.After != "" {
		after, err := decodeCursor(req.Filter.After, len(order))
		if err != nil {
			return nil, nil, err
		}
		r.SetSearchAfter(after)
	}
	if req.Facets {
		addFacets(r, FacetNames)
	}
	found, err := x.bleve.SearchInContext(ctx, r)
	if err != nil {
		return nil, nil, fmt.Errorf("search: query %q: %w", req.Query, err)
	}
	return found, order, nil
}

// orderOf breaks every tie, so that pages neither overlap nor leave gaps.
func orderOf(req Request) search.SortOrder {
	by := func(field string, desc bool) search.SearchSort {
		return &search.SortField{Field: field, Desc: desc, Type: search.SortFieldAsNumber}
	}
	id := &search.SortDocID{}
	switch req.Filter.Sort {
	case incident.OldestFirst:
		return search.SortOrder{by("order", false), id}
	case incident.WorstFirst:
		return search.SortOrder{by("rank", false), by("order", true), id}
	case incident.RecentlyMoved:
		return search.SortOrder{by("seq", true), id}
	case "":
		if req.Query.Words() {
			return search.SortOrder{&search.SortScore{Desc: true}, by("order", true), id}
		}
	}
	return search.SortOrder{by("order", true), id}
}

// next cuts the hits to a page, and returns the cursor behind its last one: its sort values. It is "" when nothing
// follows.
func next(found *bleve.SearchResult, order search.SortOrder, limit int) (string, error) {
	if len(found.Hits) <= limit {
		return "", nil
	}
	found.Hits = found.Hits[:limit]
	last := found.Hits[limit-1]
	values := make([]string, len(order))
	for i, by := range order {
		switch by.(type) {
		case *search.SortScore:
			values[i] = strconv.FormatFloat(last.Score, 'g', -1, 64)
		case *search.SortDocID:
			values[i] = last.ID
		default:
			values[i] = last.DecodedSort[i]
		}
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("search: cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

func decodeCursor(text string, n int) ([]string, error) {
	var values []string
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &values)
	}
	if err != nil || len(values) != n {
		return nil, incident.Invalidf("after", "%q is no cursor of this list; leave it out to begin with the first page", text)
	}
	for _, v := range values[:n-1] {
		if _, err := strconv.ParseFloat(v, 64); err != nil {
			return nil, incident.Invalidf("after", "%q is no cursor of this list; leave it out to begin with the first page", text)
		}
	}
	return values, nil
}
