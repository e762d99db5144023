package main

import (
	"context"
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
	rank         func(d doc) ([]incident.ID, error)
	run          []ranking
}

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
	by := func(r similar.Ranking) func(doc) ([]incident.ID, error) {
		return func(q doc) ([]incident.ID, error) { return e.Rank(q.ID, depth, r), nil }
	}
	systems := []*system{
		{name: "similar, happening again", rank: by(similar.ByAll)},
		{name: "similar, text alone", suffix: ".text", rank: by(similar.ByText)},
		{name: "similar, seen before", suffix: ".before", rank: by(similar.ByAge)},
		{name: "BM25F", suffix: ".bm25f", rank: by(similar.ByBM25F)},
		{name: "TF-IDF", suffix: ".tfidf", rank: by(similar.ByTFIDF)},
		{name: "bleve, BM25", suffix: ".bleve", rank: plain.rank},
	}
	slices.SortStableFunc(d.docs, func(a, b doc) int { return a.at.Compare(b.at) })
	step := 1
	if !d.temporal {
		step = len(d.docs)
	}
	queries := d.asked()
	for docs := range slices.Chunk(d.docs, max(1, step)) {
		if err := feed(ctx, e, docs); err != nil {
			return nil, err
		}
		if err := plain.add(docs); err != nil {
			return nil, err
		}
		if !d.temporal {
			if err := e.Learn(ctx); err != nil {
				return nil, err
			}
		}
		for _, doc := range docs {
			if queries[doc.ID] {
				if err := ask(systems, doc, d); err != nil {
					return nil, err
				}
			}
		}
		if err := e.Learn(ctx); err != nil {
			return nil, err
		}
	}
	return systems, nil
}

// asked holds the ids of the queries.
func (d dataset) asked() map[incident.ID]bool {
	out := map[incident.ID]bool{}
	for _, q := range d.queries {
		out[q.ID] = true
	}
	return out
}

// ask notes what each system answers to one query, without what is not older in a temporal set.
func ask(systems []*system, q doc, d dataset) error {
	for _, s := range systems {
		found, err := s.rank(q)
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(id incident.ID) bool { return id == q.ID || d.temporal && !d.created(id).Before(q.at) })
		s.run = append(s.run, ranking{q.ID, found})
	}
	return nil
}

func feed(ctx context.Context, e *similar.Engine, docs []doc) error {
	d := incident.Delta{Upto: e.Seq() + 1, CaughtUp: true}
	for _, doc := range docs {
		d.Incidents = append(d.Incidents, doc.incident())
	}
	return e.Apply(ctx, d)
}
