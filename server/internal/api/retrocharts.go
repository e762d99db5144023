package api

import (
	"context"
	"net/http"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// RetroChartChoices are the charts that can be frozen into a retrospective.
type RetroChartChoices struct {
	Items   []RetroChartChoice `json:"items"`
	Days    []int              `json:"days" doc:"how long the period may be, which ends with the day of the incident"`
	Service string             `json:"service" doc:"of the incident, which charts are about; empty: it has none, and they are about all"`
}

// RetroChartChoice is a chart of the catalogue.
type RetroChartChoice struct {
	ID    string `json:"id"`
	Title string `json:"title" doc:"the question that it answers"`
}

// RetroChartWish says which chart is to be frozen.
type RetroChartWish struct {
	Chart string `json:"chart" doc:"id of the catalogue"`
	Days  int    `json:"days,omitempty" doc:"30, 90 or 365; 90 when left out"`
	All   bool   `json:"all_services,omitempty"`
}

// RetroFrozen is a chart as it was frozen, and how a text refers to it.
type RetroFrozen struct {
	RetroAttached
	Data     incident.FrozenChart `json:"chart"`
	Markdown string               `json:"markdown" doc:"to be put into a text"`
}

func (s *Server) retroChartChoices(ctx context.Context, v Viewer, p IDParams) (RetroChartChoices, error) {
	out := RetroChartChoices{Items: []RetroChartChoice{}, Days: desk.ChartDays}
	w, err := s.desk.Writing(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return out, err
	}
	for _, d := range reports.Catalog() {
		out.Items = append(out.Items, RetroChartChoice{d.ID, d.Title})
	}
	if len(w.Incident.Services) > 0 {
		out.Service = w.Incident.Services[0].Name
	}
	return out, nil
}

func retroFrozen(f incident.RetroFile) (RetroFrozen, error) {
	z, err := desk.FrozenIn(f)
	return RetroFrozen{retroAttached(f), z, f.Markdown(desk.ChartCaption(z), false)}, err
}

func (s *Server) freezeRetroChart(ctx context.Context, v Viewer, p IDParams, b RetroChartWish) (RetroFrozen, error) {
	f, err := s.desk.FreezeChart(ctx, s.draw, incident.ID(p.ID), desk.ChartWish{Chart: b.Chart, Days: b.Days, All: b.All}, v.Sight())
	if err != nil {
		return RetroFrozen{}, err
	}
	return retroFrozen(f)
}

func (s *Server) retroChart(ctx context.Context, v Viewer, p RetroAttachedParams) (RetroFrozen, error) {
	f, err := s.desk.RetroFile(ctx, incident.ID(p.ID), p.File, v.Sight())
	if err != nil {
		return RetroFrozen{}, err
	}
	return retroFrozen(*f)
}

// retroChartOps are the operations about frozen charts.
func (s *Server) retroChartOps() []operation {
	const at = "/incidents/{id}/retrospective/charts"
	return []operation{
		get(at, "The charts that can be frozen into a retrospective", s.retroChartChoices),
		write(http.MethodPost, at, "Freeze a chart as it is now into a retrospective", incident.Write, http.StatusCreated, s.freezeRetroChart),
		get("/incidents/{id}/retrospective/frozen/{file}", "What a frozen chart was drawn from", s.retroChart),
	}
}
