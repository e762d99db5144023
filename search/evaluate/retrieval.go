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

// retrieve asks the engine for what is similar to each query. In a temporal set the engine has
// seen nothing younger than the query when it is asked, as on the minute of its import.
func retrieve(ctx context.Context, d dataset) ([]ranking, error) {
	e, err := similar.NewEngine(slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if !d.temporal {
		if err := feed(ctx, e, d.docs); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(d.docs, func(a, b doc) int { return a.at.Compare(b.at) })
	asked := map[incident.ID]bool{}
	for _, q := range d.queries {
		asked[q.ID] = true
	}
	created := map[incident.ID]doc{}
	var out []ranking
	for i, doc := range d.docs {
		created[doc.ID] = doc
		if d.temporal {
			if err := feed(ctx, e, d.docs[i:i+1]); err != nil {
				return nil, err
			}
		}
		if !asked[doc.ID] {
			continue
		}
		r := ranking{Query: doc.ID, Ranked: []incident.ID{}}
		for _, m := range e.Similar(doc.ID, depth, true).Matches {
			if !d.temporal || created[m.ID].at.Before(doc.at) {
				r.Ranked = append(r.Ranked, m.ID)
			}
		}
		out = append(out, r)
	}
	return out, nil
}

func feed(ctx context.Context, e *similar.Engine, docs []doc) error {
	d := incident.Delta{Upto: e.Seq() + 1}
	for _, doc := range docs {
		d.Incidents = append(d.Incidents, doc.incident())
	}
	return e.Apply(ctx, d)
}
