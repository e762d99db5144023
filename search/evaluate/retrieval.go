package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"hindsight/incident"
	"hindsight/search/similar"
)

// ranking is a line of a retrieval's run file.
type ranking struct {
	Query  incident.ID   `json:"qid"`
	Ranked []incident.ID `json:"ranked"`
}

// depth is how many matches are measured.
const depth = 100

// system is one way to rank, and what it answered.
type system struct {
	name, suffix string // the suffix is added to the run file's name
	run          []ranking
}

// ours are the engine's own rankings, in the order of the systems; bleve comes last.
var ours = []similar.Ranking{similar.ByAll, similar.ByText, similar.ByAge, similar.ByBM25F, similar.ByTFIDF}

// ahead is how many documents bleve takes at once. In a temporal set it may so know of a few younger ones; they are taken out of its
// answers.
const ahead = 250

// retrieve asks every system for what is similar to each query. In a temporal set they have seen nothing younger than the
// query when they are asked, as on the minute of its import, and nothing younger has been taught.
func retrieve(ctx context.Context, d dataset) ([]*system, error) {
	e, err := similar.NewEngine(slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	plain, err := newPlainIndex()
	if err != nil {
		return nil, err
	}
	systems := []*system{{name: "similar, happening again"}, {name: "similar, text alone", suffix: ".text"}, {name: "similar, seen before", suffix: ".before"},
		{name: "BM25F", suffix: ".bm25f"}, {name: "TF-IDF", suffix: ".tfidf"}, {name: "bleve, BM25", suffix: ".bleve"}}
	slices.SortStableFunc(d.docs, func(a, b doc) int { return a.at.Compare(b.at) })
	if !d.temporal {
		if err := errors.Join(feed(ctx, e, d.docs), e.Learn(ctx)); err != nil {
			return nil, err
		}
	}
	queries := d.asked()
	for block := range slices.Chunk(d.docs, blockOf(d)) {
		if err := plain.add(block); err != nil {
			return nil, err
		}
		for i, doc := range block {
			if d.temporal {
				if err := feed(ctx, e, block[i:i+1]); err != nil {
					return nil, err
				}
			}
			if queries[doc.ID] {
				found := e.Rankings(doc.ID, depth, ours...)
				byBleve, err := plain.rank(doc)
				if err != nil {
					return nil, err
				}
				note(systems, doc, d, append(found, byBleve))
			}
			if err := e.Learn(ctx); err != nil {
				return nil, err
			}
		}
	}
	return systems, nil
}

// blockOf is how many documents bleve is given at once.
func blockOf(d dataset) int {
	if d.temporal {
		return ahead
	}
	return max(1, len(d.docs))
}

// asked holds the ids of the queries.
func (d dataset) asked() map[incident.ID]bool {
	out := map[incident.ID]bool{}
	for _, q := range d.queries {
		out[q.ID] = true
	}
	return out
}

// note keeps what each system answered to one query, without what is not older in a temporal set.
func note(systems []*system, q doc, d dataset, found [][]incident.ID) {
	for i, s := range systems {
		older := slices.DeleteFunc(found[i], func(id incident.ID) bool { return id == q.ID || d.temporal && !d.created(id).Before(q.at) })
		s.run = append(s.run, ranking{q.ID, older[:min(len(older), depth)]})
	}
}

func feed(ctx context.Context, e *similar.Engine, docs []doc) error {
	d := incident.Delta{Upto: e.Seq() + 1, CaughtUp: true}
	for _, doc := range docs {
		d.Incidents = append(d.Incidents, doc.incident())
	}
	return e.Apply(ctx, d)
}
