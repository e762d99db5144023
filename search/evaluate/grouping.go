package main

import (
	"context"

	"hindsight/incident"
	"hindsight/search/recurring"
)

// groups returns the problem that each document belongs to; documents without one are not keys.
func groups(ctx context.Context, d dataset) (map[incident.ID]string, error) {
	problems, err := recurring.Group(ctx, documents(d), nil, nil)
	return memberships(problems), err
}

// documents makes of a set what the engine groups.
func documents(d dataset) []recurring.Document {
	var out []recurring.Document
	for _, doc := range d.docs {
		out = append(out, recurring.NewDocument(doc.incident(), nil, incident.Retrospective{}))
	}
	return out
}

func memberships(problems []incident.Problem) map[incident.ID]string {
	out := map[incident.ID]string{}
	for _, p := range problems {
		for _, m := range p.Members {
			out[m.Incident] = string(p.ID)
		}
	}
	return out
}
