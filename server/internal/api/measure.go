package api

import (
	"context"

	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// QuestionParams select incidents.
type QuestionParams struct {
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
}

// MeasureParams ask for figures.
type MeasureParams struct {
	QuestionParams
	Q       string `query:"q" doc:"search text: only incidents that it finds count"`
	Metric  string `query:"metric" default:"time_to_resolve" doc:"id of a metric, or a span such as opened..resolved"`
	GroupBy string `query:"group_by" doc:"service, team, severity, priority, source, week, month, quarter, year or custom:FIELD"`
}

// VerdictParams ask whether incidents became rarer or shorter.
type VerdictParams struct {
	QuestionParams
	Compare   string `query:"cmp" doc:"prev: the period of equal length just before; yoy: the same days a year earlier; none. Without a period the last twelve months of the record are compared with the twelve before"`
	Programme string `query:"programme" doc:"day on which a programme to improve reliability began; the growth parameter needs it"`
}

func (s *Server) verdicts(ctx context.Context, v Viewer, p VerdictParams) (desk.Verdicts, error) {
	q, err := s.question(values(p))
	if err != nil {
		return desk.Verdicts{}, err
	}
	a, err := s.desk.Figures(ctx, q, v.Sight())
	if err != nil {
		return desk.Verdicts{}, err
	}
	return desk.Judge(s.desk.Live.Snapshot(), a), nil
}

func (s *Server) question(v map[string][]string) (query.Query, error) {
	return query.Parse(v, s.desk.Now())
}

func (s *Server) measure(ctx context.Context, v Viewer, p MeasureParams) (desk.Measurements, error) {
	q, err := s.question(values(p))
	if err != nil {
		return desk.Measurements{}, err
	}
	snapshot, a, err := s.desk.Narrow(ctx, q, v.Sight())
	if err != nil {
		return desk.Measurements{}, err
	}
	return desk.Measure(snapshot, p.Metric, a)
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
		get("/verdicts", "Is it getting better?", s.verdicts),
		get("/sla", "How service levels were kept", s.sla),
	}
}
