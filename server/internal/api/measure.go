package api

import (
	"context"

	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// MeasureParams ask for figures.
type MeasureParams struct {
	Sev      []string `query:"sev" doc:"1 to 5, or unset; repeat for alternatives"`
	Service  []string `query:"service" doc:"name or id"`
	Team     []string `query:"team"`
	Priority []string `query:"priority" doc:"as the source says it"`
	Kind     []string `query:"kind" doc:"instead of the rule that only real incidents count"`
	Tag      []string `query:"tag"`
	Source   []string `query:"source" doc:"name of a source or connection"`
	Range    string   `query:"range" doc:"30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y or all"`
	From     string   `query:"from" doc:"first day, month or instant"`
	To       string   `query:"to" doc:"last day or month, or the instant behind the period"`
	TZ       string   `query:"tz" doc:"zone of days and months; UTC when empty"`
	Metric   string   `query:"metric" default:"time_to_resolve" doc:"id of a metric, or a span such as opened..resolved"`
	GroupBy  string   `query:"group_by" doc:"service, team, severity, priority, source, week, month, quarter, year or custom:FIELD"`
}

func (s *Server) question(v map[string][]string) (query.Query, error) {
	return query.Parse(v, s.desk.Now())
}

func (s *Server) measure(ctx context.Context, v Viewer, p MeasureParams) (desk.Measurements, error) {
	q, err := s.question(values(p))
	if err != nil {
		return desk.Measurements{}, err
	}
	a, err := s.desk.Figures(ctx, q, v.Private())
	if err != nil {
		return desk.Measurements{}, err
	}
	return desk.Measure(s.desk.Live.Snapshot(), p.Metric, a)
}

func (s *Server) sla(ctx context.Context, v Viewer, p MeasureParams) (desk.Measurements, error) {
	p.Metric = "sla"
	return s.measure(ctx, v, p)
}

// Deleted confirms that something is gone.
type Deleted struct {
	Deleted bool `json:"deleted"`
}

// measureOps are the operations about numbers.
func (s *Server) measureOps() []operation {
	return []operation{
		get("/measurements", "Figures with their uncertainty", s.measure),
		get("/sla", "How service levels were kept", s.sla),
	}
}
