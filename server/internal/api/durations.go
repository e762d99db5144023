package api

import (
	"context"
	"net/http"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// UserDuration is a duration that people here defined.
type UserDuration struct {
	Metric     string `json:"metric" doc:"its id in metric=, made from its name"`
	Name       string `json:"name"`
	Span       string `json:"span" doc:"from..to, as in detected|opened..mitigated"`
	Definition string `json:"definition"`
	Source     string `json:"source" doc:"which version, by whom"`
}

// UserDurationList is all of them by name.
type UserDurationList struct {
	Items []UserDuration `json:"items"`
}

// NewDuration defines a duration, or a new version of the one that has the name.
type NewDuration struct {
	Name     string      `json:"name"`
	Span     string      `json:"span" doc:"from..to, each side one or more milestones with | between them, of which the earliest known counts"`
	Calendar incident.ID `json:"calendar,omitempty" doc:"name or id of the calendar in whose business time it is counted; empty: wall clock"`
	Note     string      `json:"note,omitempty" doc:"why"`
}

func (s *Server) durations(context.Context, Viewer, none) (UserDurationList, error) {
	return UserDurationList{append([]UserDuration{}, each(s.desk.Live.Snapshot().UserMetrics(), func(m analytics.Metric) UserDuration {
		return UserDuration{m.ID, m.Title, m.Span.String(), m.Definition, m.Source}
	})...)}, nil
}

func (s *Server) saveDuration(ctx context.Context, v Viewer, _ none, body NewDuration) (desk.Measurements, error) {
	span, err := incident.ParseSpan(body.Span)
	if err != nil {
		return desk.Measurements{}, err
	}
	seq, err := s.desk.SaveDuration(ctx, body.Name, incident.UserDuration{From: span.From, To: span.To, Calendar: body.Calendar}, v.Name, body.Note)
	if err != nil {
		return desk.Measurements{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.measure(ctx, v, MeasureParams{Metric: incident.Slug(body.Name)})
}

func (s *Server) removeDuration(ctx context.Context, v Viewer, p IDParams) (Deleted, error) {
	seq, err := s.desk.RemoveDuration(ctx, p.ID, v.Name)
	if err == nil {
		s.desk.Wait(ctx, seq)
	}
	return Deleted{err == nil}, err
}

// RestatementList is what was noted, the newest first.
type RestatementList struct {
	Items []desk.Restatement `json:"items"`
}

// RestatementParams narrow restatements down.
type RestatementParams struct {
	Service string `query:"service" doc:"name or id: those of the figures of its incidents alone; empty: those of all incidents together"`
}

// restatements hides the names of private incidents from those who may not see them.
func (s *Server) restatements(ctx context.Context, v Viewer, p RestatementParams) (RestatementList, error) {
	all, err := s.desk.Restatements(ctx, p.Service, v.Sight())
	snapshot := s.desk.Live.Snapshot()
	for _, r := range all {
		for i, c := range r.Causes {
			if snapshot.Hides(c.Incident, v.Sight()) {
				r.Causes[i].Incident = ""
			}
		}
	}
	return RestatementList{append([]desk.Restatement{}, all...)}, err
}

// durationOps are the operations about durations that people define.
func (s *Server) durationOps() []operation {
	return []operation{
		get("/restatements", "Months that were over and whose figures changed afterwards, with what was changed in between", s.restatements),
		get("/durations", "Durations that were defined here; each is a metric", s.durations),
		write(http.MethodPost, "/durations", "Define a duration, or a new version of one; answers with its figures", incident.Write, http.StatusCreated, s.saveDuration),
		remove("/durations/{id}", "Take a duration back; its versions stay on record", incident.Write, s.removeDuration),
	}
}
