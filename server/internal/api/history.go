package api

import (
	"context"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// ProblemStep is one step in the life of a problem.
type ProblemStep struct {
	Event      int64       `json:"event" doc:"its number, by which a verdict is undone"`
	Kind       string      `json:"kind" doc:"found, joined, left, merged, split, gone or judged"`
	IncidentID incident.ID `json:"incident_id,omitempty"`
	OtherID    incident.ID `json:"other_id,omitempty" doc:"the problem, or for same and apart the incident, on the other side"`
	Score      float64     `json:"score,omitempty"`
	Rule       string      `json:"rule" doc:"which rule, or which verdict"`
	By         string      `json:"by,omitempty" doc:"the person; empty: the grouping"`
	At         time.Time   `json:"at"`
	Undoes     int64       `json:"undoes,omitempty"`

	Changes []incident.FieldChange `json:"changes,omitempty" doc:"of the rule manage: what was edited"`
}

// ProblemHistory is the newest steps in the life of a problem, with what is measured of its members.
type ProblemHistory struct {
	Cohesion float64       `json:"cohesion" doc:"mean nearness of the members to each other, 0 to 1"`
	Service  MostFrequent  `json:"service"`
	Team     MostFrequent  `json:"team"`
	Category MostFrequent  `json:"category" doc:"of factors"`
	Items    []ProblemStep `json:"items"`
}

// MostFrequent is the value that most members have.
type MostFrequent struct {
	Name string `json:"name"`
	N    int    `json:"n"`
	Of   int    `json:"of" doc:"members of which any is known"`
}

// stepsShown is how many steps a history lists.
const stepsShown = 200

func (s *Server) problemHistory(ctx context.Context, v Viewer, p IDParams) (ProblemHistory, error) {
	events, err := s.desk.ProblemHistory(ctx, incident.ID(p.ID), stepsShown, v.Sight())
	if err != nil {
		return ProblemHistory{}, err
	}
	q, err := s.desk.ProblemQuality(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return ProblemHistory{}, err
	}
	return ProblemHistory{Cohesion: q.Cohesion, Service: MostFrequent(q.Service), Team: MostFrequent(q.Team), Category: MostFrequent(q.Category),
		Items: each(events, func(e incident.ProblemEvent) ProblemStep {
			return ProblemStep{e.N, string(e.Kind), e.Incident, e.Other, e.Score, e.Rule, e.By, e.At, e.Undoes, desk.ManagedChanges(e)}
		})}, nil
}
