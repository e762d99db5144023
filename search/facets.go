package search

import (
	"context"
	"fmt"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search"

	"hindsight/incident"
)

// FacetNames lists what results are counted by.
var FacetNames = []string{"severity", "status", "service", "team", "priority", "tag", "connection", "kind", "origin"}

// Bucket counts the incidents that have a value.
type Bucket struct {
	Value string // for the filter: an id, "1", "resolved", …
	Label string // for people: "Checkout", "SEV1"; it is hostile until escaped
	Count int
}

// maxBuckets is how many values of a facet are returned, the most frequent ones.
const maxBuckets = 50

func facetField(name string) string {
	if name == "service" {
		return "service_id"
	}
	return name
}

func addFacets(r *bleve.SearchRequest, names []string) {
	for _, name := range names {
		r.AddFacet(name, bleve.NewFacetRequest(facetField(name), maxBuckets))
	}
}

// facets counts each facet among the incidents that the rest of the filter selects: who has
// picked one severity still sees how many others there are.
func (c compiler) facets(ctx context.Context, found *bleve.SearchResult) (map[string][]Bucket, error) {
	out := map[string][]Bucket{}
	for _, name := range FacetNames {
		result := found.Facets[name]
		if without, picked := without(c.req.Filter, name); picked {
			var err error
			if result, err = c.facet(ctx, name, without); err != nil {
				return nil, err
			}
		}
		out[name] = c.buckets(name, result)
	}
	return out, nil
}

func (c compiler) facet(ctx context.Context, name string, f incident.Filter) (*search.FacetResult, error) {
	q, err := c.compile(c.req.Query, f)
	if err != nil {
		return nil, err
	}
	r := bleve.NewSearchRequestOptions(q, 0, 0, false)
	addFacets(r, []string{name})
	found, err := c.index.bleve.SearchInContext(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("search: count %s of query %q: %w", name, c.req.Query, err)
	}
	return found.Facets[name], nil
}

// without returns f without its condition on a facet, and whether it had one.
func without(f incident.Filter, facet string) (incident.Filter, bool) {
	before := f
	switch facet {
	case "severity":
		f.Severities = nil
		return f, before.Severities != nil
	case "status":
		f.Statuses = nil
		return f, before.Statuses != nil
	case "service":
		f.Services = nil
		return f, before.Services != nil
	case "team":
		f.Teams = nil
		return f, before.Teams != nil
	case "priority":
		f.Priorities = nil
		return f, before.Priorities != nil
	case "tag":
		f.Tags = nil
		return f, before.Tags != nil
	case "connection":
		f.Connections = nil
		return f, before.Connections != nil
	case "kind":
		f.Kinds = nil
		return f, before.Kinds != nil
	}
	f.Origins = nil
	return f, before.Origins != nil
}

func (c compiler) buckets(name string, result *search.FacetResult) []Bucket {
	out := []Bucket{}
	for _, t := range result.Terms.Terms() {
		if t.Term != "" {
			out = append(out, Bucket{t.Term, c.label(name, t.Term), t.Count})
		}
	}
	return out
}

func (c compiler) label(name, value string) string {
	switch name {
	case "severity":
		n, _ := strconv.Atoi(value)
		return incident.Severity(n).String()
	case "connection":
		for _, conn := range c.req.Connections {
			if string(conn.ID) == value {
				return conn.Name
			}
		}
	}
	return c.index.catalog.Load().label(facetField(name), value)
}
