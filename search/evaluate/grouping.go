package main

import (
	"context"

	"hindsight/incident"
	"hindsight/search/recurring"
)

// groups returns the problem that each document belongs to; documents without one are not keys.
func groups(ctx context.Context, d dataset) (map[incident.ID]string, error) {
	var docs []recurring.Document
	for _, doc := range d.docs {
		docs = append(docs, recurring.NewDocument(doc.incident(), nil, incident.Retrospective{}))
	}
	problems, err := recurring.Group(ctx, docs, nil)
	if err != nil {
		return nil, err
	}
	out := map[incident.ID]string{}
	for _, p := range problems {
		for _, m := range p.Members {
			out[m.Incident] = string(p.ID)
		}
	}
	return out, nil
}
