package api

import (
	"context"
	"encoding/json"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// NewForecast asks what a mapping would change.
type NewForecast struct {
	Mapping json.RawMessage `json:"mapping,omitempty" doc:"left out: the one in force"`
}

// Forecast is what mapping the stored records again would change. Nothing is written to make it.
type Forecast struct {
	Read    int64          `json:"read" doc:"records that were mapped again"`
	Kept    int64          `json:"kept" doc:"records that there are of the connection"`
	Cut     bool           `json:"cut" doc:"the time did not suffice for all: everything here is about the newest, read in number"`
	New     int64          `json:"new"`
	Changed int64          `json:"changed"`
	Dead    int64          `json:"dead"`
	Fields  map[string]int `json:"fields" doc:"in how many incidents each field would change"`
	Figures []Move         `json:"figures" doc:"of this connection's incidents, those that would move"`
}

// Move is a figure before and after.
type Move struct {
	Metric string        `json:"metric"`
	Value  string        `json:"value" doc:"which value of the metric, with its unit: median_seconds"`
	Title  string        `json:"title"`
	Period string        `json:"period" doc:"a quarter such as 2026 Q1, or all time; when cut, the newest records"`
	Before desk.Estimate `json:"before"`
	After  desk.Estimate `json:"after"`
}

// ForecastOf renders a forecast, the same for the API and the command line.
func ForecastOf(f desk.Forecast) Forecast {
	out := Forecast{Read: f.Read, Kept: f.Kept, Cut: f.Cut, New: f.New, Changed: f.Changed, Dead: f.Dead, Fields: map[string]int{},
		Figures: each(f.Figures, func(m desk.Move) Move { return Move{m.Metric, m.Value, m.Title, m.Period, m.Before, m.After} })}
	for field, n := range f.Changes {
		out.Fields[field] = n
	}
	return out
}

func (s *Server) forecast(ctx context.Context, v Viewer, p IDParams, body NewForecast) (Forecast, error) {
	conn, err := s.desk.Amended(ctx, incident.ID(p.ID), desk.Plan{Mapping: body.Mapping})
	if err != nil {
		return Forecast{}, err
	}
	f, err := s.desk.Foresee(ctx, conn, desk.ForecastTime, v.Sight())
	return ForecastOf(f), err
}

// MappingVersion is a mapping that a connection has or had.
type MappingVersion struct {
	Version int             `json:"version" doc:"map_version from which on it was in force"`
	Mapping json.RawMessage `json:"mapping"`
	SavedAt *time.Time      `json:"saved_at"`
	By      string          `json:"by,omitempty"`
}

// MappingList is the mappings of a connection, the newest first.
type MappingList struct {
	Items []MappingVersion `json:"items"`
}

func (s *Server) mappings(ctx context.Context, _ Viewer, p IDParams) (MappingList, error) {
	if _, err := s.desk.Store.Connection(ctx, incident.ID(p.ID)); err != nil {
		return MappingList{}, err
	}
	all, err := s.desk.Store.Mappings(ctx, incident.ID(p.ID))
	return MappingList{each(all, func(m incident.MappingVersion) MappingVersion {
		return MappingVersion{m.Version, m.Mapping, when(m.SavedAt), m.By}
	})}, err
}
