package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// NewTrial bounds the estimate of a trial.
type NewTrial struct {
	Since *time.Time `json:"since,omitempty" doc:"from when on the import would read; left out, from the beginning"`
}

// Trial is what the newest records of a source would become, and what reading all of them takes. Nothing is imported.
type Trial struct {
	Read     int64          `json:"read" doc:"records that were read and mapped"`
	Known    int64          `json:"known" doc:"those of them that are here already"`
	Dead     int64          `json:"dead" doc:"those that cannot be mapped"`
	Cut      bool           `json:"cut" doc:"only some of the last three months were read"`
	Coverage map[string]int `json:"coverage" doc:"in how many records each field says anything"`
	Backfill Backfill       `json:"backfill"`
}

// Backfill is an estimate; what cannot be told is left out.
type Backfill struct {
	Counted        bool     `json:"counted" doc:"the source itself says how many records there are"`
	LeastIncidents int64    `json:"least_incidents,omitempty"`
	Incidents      int64    `json:"most_incidents,omitempty"`
	LeastRequests  int64    `json:"least_requests,omitempty"`
	Requests       int64    `json:"most_requests,omitempty"`
	Shortest       float64  `json:"shortest_seconds,omitempty"`
	Longest        float64  `json:"longest_seconds,omitempty"`
	Summary        string   `json:"summary"`
	Reasons        []string `json:"reasons" doc:"how it was reckoned, and why what is missing cannot be told"`
}

// BackfillOf renders an estimate, the same for the API and the command line.
func BackfillOf(b desk.Backfill) Backfill {
	return Backfill{b.Counted, b.LeastIncidents, b.Incidents, b.LeastRequests, b.Requests, b.Shortest.Seconds(), b.Longest.Seconds(), b.Summary, append([]string{}, b.Reasons...)}
}

func (s *Server) trial(ctx context.Context, v Viewer, p IDParams, body NewTrial) (Trial, error) {
	conn, err := s.desk.Store.Connection(ctx, incident.ID(p.ID))
	if err != nil {
		return Trial{}, err
	}
	source, err := s.desk.Source(conn.Source)
	if err == nil && source.API == nil {
		err = incident.Invalidf("id", "%s is not read over the network", source.Title)
	}
	if err != nil {
		return Trial{}, err
	}
	t, err := s.desk.TryLive(ctx, *conn, v.Sight())
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, incident.ErrInvalid) {
			err = &requestError{http.StatusBadGateway, "the source could not be read: " + err.Error()}
		}
		return Trial{}, err
	}
	b, err := s.desk.Backfill(ctx, *conn, moment(body.Since))
	out := Trial{Read: t.Read, Known: t.Changed + t.Unchanged, Dead: t.Dead, Cut: t.Cut, Coverage: map[string]int{}, Backfill: BackfillOf(b)}
	for _, c := range t.Coverage {
		out.Coverage[c.Field] = c.Filled
	}
	return out, err
}
