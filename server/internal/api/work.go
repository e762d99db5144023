package api

import (
	"context"
	"net/http"

	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// DeliveryParams select deployments and the incidents that followed them.
type DeliveryParams struct {
	From    string   `query:"from" doc:"first day, month or instant"`
	To      string   `query:"to" doc:"last day or month, or the instant behind the period"`
	TZ      string   `query:"tz" default:"" doc:"zone of days and months, as in Europe/Berlin; UTC when empty"`
	Range   string   `query:"range" doc:"30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y or all"`
	Service []string `query:"service" doc:"name or id; repeat for alternatives"`
	Team    []string `query:"team" doc:"name or id; stands for the services that it owns"`
	Kind    []string `query:"kind" doc:"of change; deploy when empty"`
	Source  []string `query:"source" doc:"source, or name or id of a connection"`
}

func (s *Server) delivery(ctx context.Context, v Viewer, p DeliveryParams) (desk.DeliveryAnswer, error) {
	q, err := query.ParseChanges(values(p), s.desk.Now())
	if err != nil {
		return desk.DeliveryAnswer{}, err
	}
	asOf := s.desk.Live.Snapshot().AsOf()
	r, all, err := s.desk.Delivery(ctx, q, v.Sight())
	if err != nil {
		return desk.DeliveryAnswer{}, err
	}
	return desk.AnswerDelivery(r, asOf, all), nil
}

// DeliveryRule says which changes count as deployments and how far an incident may be from one.
type DeliveryRule struct {
	incident.DeliveryRule
	Version int    `json:"version,omitempty" doc:"0: the standard rule, which nobody has replaced"`
	Note    string `json:"note,omitempty" doc:"why, when it is set"`
}

func (s *Server) deliveryRule(ctx context.Context, _ Viewer, _ none) (DeliveryRule, error) {
	rule, version, err := s.desk.DeliveryRule(ctx)
	return DeliveryRule{DeliveryRule: rule, Version: version}, err
}

func (s *Server) setDeliveryRule(ctx context.Context, v Viewer, _ none, body DeliveryRule) (DeliveryRule, error) {
	seq, err := s.desk.SaveDeliveryRule(ctx, body.DeliveryRule, body.Version, v.Name, body.Note)
	if err != nil {
		return body, err
	}
	s.desk.Wait(ctx, seq)
	return s.deliveryRule(ctx, v, none{})
}

// PopulationParams select incidents, as for figures.
type PopulationParams struct {
	Sev      []string `query:"sev" doc:"1 to 5, or unset; repeat for alternatives"`
	Service  []string `query:"service" doc:"name or id"`
	Team     []string `query:"team"`
	Priority []string `query:"priority" doc:"as the source says it"`
	Tag      []string `query:"tag"`
	Source   []string `query:"source" doc:"name of a source or connection"`
	Range    string   `query:"range" doc:"30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y or all"`
	From     string   `query:"from" doc:"first day, month or instant"`
	To       string   `query:"to" doc:"last day or month, or the instant behind the period"`
	TZ       string   `query:"tz" doc:"zone of days and months; UTC when empty"`
}

func (s *Server) teamLoads(ctx context.Context, v Viewer, p PopulationParams) (desk.LoadAnswer, error) {
	q, err := s.question(values(p))
	if err != nil {
		return desk.LoadAnswer{}, err
	}
	r, err := s.desk.Load(ctx, q, v.Sight())
	return desk.AnswerLoad(r), err
}

// TeamHours are hours that are agreed on, and why.
type TeamHours struct {
	incident.TeamHours
	Note string `json:"note,omitempty"`
}

func (s *Server) setTeamHours(ctx context.Context, v Viewer, _ none, body TeamHours) (TeamHours, error) {
	seq, err := s.desk.SaveTeamHours(ctx, body.TeamHours, 0, v.Name, body.Note, v.Sight())
	if err == nil {
		s.desk.Wait(ctx, seq)
	}
	return body, err
}

func (s *Server) learning(ctx context.Context, v Viewer, p PopulationParams) (desk.LearningAnswer, error) {
	q, err := s.question(values(p))
	if err != nil {
		return desk.LearningAnswer{}, err
	}
	l, all, err := s.desk.Learning(ctx, q, v.Sight())
	return desk.AnswerLearning(l, all), err
}

func (s *Server) causes(ctx context.Context, v Viewer, p PopulationParams) (desk.CausesAnswer, error) {
	q, err := s.question(values(p))
	if err != nil {
		return desk.CausesAnswer{}, err
	}
	c, err := s.desk.Causes(ctx, q, v.Sight())
	return desk.AnswerCauses(c), err
}

// workOps are the operations about deployments, people's load and what was learnt.
func (s *Server) workOps() []operation {
	return []operation{
		get("/delivery", "Deployment frequency, change fail rate and recovery, with the base rate of chance beside them", s.delivery),
		get("/delivery/rule", "Which changes count as deployments, and the cap on attribution", s.deliveryRule),
		write(http.MethodPut, "/delivery/rule", "Put a new version of that rule in force", incident.Agree, http.StatusOK, s.setDeliveryRule),
		get("/load", "When incidents interrupt the people of each team; never about a person", s.teamLoads),
		write(http.MethodPut, "/load/hours", "Put business and sleep hours in force, of one team or of all that have none", incident.Agree, http.StatusOK, s.setTeamHours),
		get("/causes", "Factors that recur across services, services that fail together, and changes that failures follow, each against chance", s.causes),
		get("/learning", "Retrospectives, factors and action items that followed incidents, and repeats", s.learning),
	}
}
