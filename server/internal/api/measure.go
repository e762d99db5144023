package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/incident"
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

// SLATarget is a promise about a span of an incident's life.
type SLATarget struct {
	ID            incident.ID `json:"id,omitempty"`
	Name          string      `json:"name"`
	Span          string      `json:"span" doc:"from..to, as in opened..resolved"`
	WithinSeconds float64     `json:"within_seconds"`
	Priority      string      `json:"priority,omitempty" doc:"only incidents with this priority; empty: all"`
	Service       string      `json:"service,omitempty" doc:"only incidents of this service, by name or id; empty: all"`
	Goal          float64     `json:"goal" doc:"share that must be met, 0 to 1"`
}

// SLATargetList is all targets by name.
type SLATargetList struct {
	Items []SLATarget `json:"items"`
}

func (s *Server) listTargets(ctx context.Context, _ Viewer, _ none) (SLATargetList, error) {
	targets, err := s.desk.Store.SLATargets(ctx)
	return SLATargetList{each(targets, func(t incident.SLATarget) SLATarget {
		return SLATarget{t.ID, t.Name, t.Span.String(), t.Within.Seconds(), t.Priority, string(t.Service), t.Goal}
	})}, err
}

func (s *Server) createTarget(ctx context.Context, _ Viewer, _ none, body SLATarget) (SLATarget, error) {
	span, err := incident.ParseSpan(body.Span)
	if err != nil {
		return body, err
	}
	t, seq, err := s.desk.AddTarget(ctx, incident.SLATarget{Name: body.Name, Span: span, Within: time.Duration(body.WithinSeconds * float64(time.Second)),
		Priority: body.Priority, Goal: body.Goal}, body.Service)
	if err != nil {
		return body, err
	}
	s.desk.Wait(ctx, seq)
	body.ID = t.ID
	return body, nil
}

func (s *Server) deleteTarget(ctx context.Context, _ Viewer, p IDParams) (Deleted, error) {
	seq, err := s.desk.RemoveTarget(ctx, incident.ID(p.ID))
	s.desk.Wait(ctx, seq)
	return Deleted{true}, err
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
		get("/sla/targets", "Our own service-level targets", s.listTargets),
		write(http.MethodPost, "/sla/targets", "Add a target", incident.Editor, http.StatusCreated, s.createTarget),
		remove("/sla/targets/{id}", "Remove a target", incident.Editor, s.deleteTarget),
	}
}
