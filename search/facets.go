package search

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hindsight/incident"
)

// FacetNames lists what results are counted by.
var FacetNames = []string{bySeverity: "severity", byStatus: "status", byService: "service", byTeam: "team", byPriority: "priority", byTag: "tag",
	byConnection: "connection", byKind: "kind", byOrigin: "origin"}

// Bucket counts the incidents that have a value.
type Bucket struct {
	Value string // for the filter: an id, "1", "resolved", …
	Label string // for people: "Checkout", "SEV1"; it is hostile until escaped
	Count int
}

// maxBuckets is how many values of a facet are returned, the most frequent ones.
const maxBuckets = 50

// facets counts each facet among the incidents that the rest of the filter selects: who has
// picked one severity still sees how many others there are.
func (c compiler) facets(all []*selection) map[string][]Bucket {
	out := map[string][]Bucket{}
	for facet, name := range FacetNames {
		lists := c.view.words[facet].known()
		counts := make([]int, len(lists))
		for _, s := range all {
			codes := s.part.codes[facet]
			s.without(facet).each(func(row uint32) { counts[codes[row]]++ })
		}
		values := map[string]int{}
		for code, n := range counts {
			if n > 0 {
				for _, v := range lists[code] {
					values[v] += n
				}
			}
		}
		out[name] = c.buckets(facet, values)
	}
	return out
}

// without returns the rows that are selected by everything but the facet's own condition.
func (s *selection) without(facet int) set {
	if s.picked[facet] == nil {
		return s.rows
	}
	rows := s.before.clone()
	for other, picked := range s.picked {
		if other != facet && picked != nil {
			rows.and(picked)
		}
	}
	return rows
}

// buckets returns the most frequent values, in order of their counts.
func (c compiler) buckets(facet int, values map[string]int) []Bucket {
	out := make([]Bucket, 0, len(values))
	for v, n := range values {
		out = append(out, Bucket{Value: v, Count: n})
	}
	slices.SortFunc(out, func(a, b Bucket) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value)) })
	out = out[:min(len(out), maxBuckets)]
	for i := range out {
		out[i].Label = c.label(facet, out[i].Value)
	}
	return out
}

func (c compiler) label(facet int, value string) string {
	switch facet {
	case bySeverity:
		n, _ := strconv.Atoi(value)
		return incident.Severity(n).String()
	case byConnection:
		for _, conn := range c.req.Connections {
			if string(conn.ID) == value {
				return conn.Name
			}
		}
	case byService:
		return c.view.catalog.serviceName(value)
	case byTeam:
		return c.view.catalog.teamName(value)
	}
	return value
}
