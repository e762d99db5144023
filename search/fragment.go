package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"hindsight/incident"
)

// Fragment is a passage of a text that matched. It is hostile until escaped.
type Fragment struct {
	Field    string // "title", "timeline", …: a name of Fields
	Segments []Segment
}

// Segment is a piece of a fragment, and whether it is what was looked for.
type Segment struct {
	Text string
	Mark bool
}

const (
	maxFragments = 4
	// A fragment shows the place with most marks within about two lines.
	fragmentBytes = 180
)

// hits adds fragments to the matches of one page. Positions of words are costly to read, so they are
// asked for these incidents alone, in a second query.
func (x *Index) hits(ctx context.Context, q query.Query, matches search.DocumentMatchCollection) ([]Hit, error) {
	out := make([]Hit, len(matches))
	at := map[string]int{}
	ids := make([]string, len(matches))
	for i, m := range matches {
		out[i] = Hit{ID: incident.ID(m.ID), Score: m.Score}
		at[m.ID], ids[i] = i, m.ID
	}
	if len(ids) == 0 {
		return out, nil
	}
	r := bleve.NewSearchRequestOptions(bleve.NewConjunctionQuery(bleve.NewDocIDQuery(ids), q), len(ids), 0, false)
	r.IncludeLocations = true
	for _, t := range texts {
		r.Fields = append(r.Fields, t.field)
	}
	located, err := x.bleve.SearchInContext(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("search: passages: %w", err)
	}
	for _, m := range located.Hits {
		out[at[m.ID]].Fragments = fragments(m)
	}
	return out, nil
}

// fragments cuts one passage from each field that matched, weightiest field first.
func fragments(m *search.DocumentMatch) []Fragment {
	var out []Fragment
	for _, t := range texts {
		text, ok := m.Fields[t.field].(string)
		spans := spansOf(m.Locations[t.field], len(text))
		if !ok || len(spans) == 0 || len(out) == maxFragments {
			continue
		}
		name := t.field
		if name == private {
			name = "timeline"
		}
		out = append(out, Fragment{name, cut(text, spans)})
	}
	return out
}

type span struct{ from, to int }

// spansOf returns the marked ranges in order, without overlaps.
func spansOf(locations search.TermLocationMap, size int) []span {
	var all []span
	for _, ls := range locations {
		for _, l := range ls {
			if l.Start < l.End && l.End <= uint64(size) {
				all = append(all, span{int(l.Start), int(l.End)})
			}
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out []span
	for _, s := range all {
		if len(out) == 0 || s.from >= out[len(out)-1].to {
			out = append(out, s)
		}
	}
	return out
}

// cut returns the stretch of text that holds most spans, marked.
func cut(text string, spans []span) []Segment {
	first, last := densest(spans)
	slack := max(0, fragmentBytes-(spans[last].to-spans[first].from)) / 2
	from := wordStart(text, spans[first].from-slack, spans[first].from)
	to := wordEnd(text, spans[last].to+slack, spans[last].to)
	var out []Segment
	add := func(part string, mark bool) {
		if part != "" {
			out = append(out, Segment{part, mark})
		}
	}
	if from > 0 {
		add("…", false)
	}
	pos := from
	for _, s := range spans[first : last+1] {
		add(oneLine(text[pos:s.from]), false)
		add(oneLine(text[s.from:s.to]), true)
		pos = s.to
	}
	add(oneLine(text[pos:to]), false)
	if to < len(text) {
		add("…", false)
	}
	return out
}

// densest returns the first and last index of the spans that fit into one fragment and are most.
func densest(spans []span) (first, last int) {
	for i, j := 0, 0; j < len(spans); j++ {
		for i < j && spans[j].to-spans[i].from > fragmentBytes {
			i++
		}
		if j-i > last-first {
			first, last = i, j
		}
	}
	return first, last
}

// wordStart moves from forward to the beginning of a word, at most to limit.
func wordStart(text string, from, limit int) int {
	if from <= 0 {
		return 0
	}
	if gap := strings.IndexAny(text[from:limit], " \n\t"); gap >= 0 {
		return from + gap + 1
	}
	for !utf8.RuneStart(text[from]) {
		from++
	}
	return from
}

// wordEnd moves to backward to the end of a word, at least to limit.
func wordEnd(text string, to, limit int) int {
	if to >= len(text) {
		return len(text)
	}
	if gap := strings.LastIndexAny(text[limit:to], " \n\t"); gap >= 0 {
		return limit + gap
	}
	for !utf8.RuneStart(text[to]) {
		to--
	}
	return to
}

func oneLine(text string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(text)
}
