package api

import (
	"context"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// ChangeEvent is something that was changed in what services run on.
type ChangeEvent struct {
	ID           incident.ID  `json:"id"`
	Kind         string       `json:"kind" doc:"deploy, config, flag, release or infra"`
	Number       string       `json:"number,omitempty"`
	Title        string       `json:"title"`
	Services     []NamedRef   `json:"services"`
	Environment  string       `json:"environment,omitempty"`
	StartedAt    *time.Time   `json:"started_at"`
	FinishedAt   *time.Time   `json:"finished_at"`
	Result       string       `json:"result" doc:"succeeded, failed, canceled, running or unknown"`
	ResultRaw    string       `json:"result_raw,omitempty"`
	Revision     string       `json:"revision,omitempty" doc:"commit, version or reference that was rolled out"`
	Actor        string       `json:"actor,omitempty"`
	URL          string       `json:"url,omitempty"`
	ConnectionID incident.ID  `json:"connection_id,omitempty"`
	ExternalID   string       `json:"external_id,omitempty"`
	Change       incident.Seq `json:"change" doc:"number of the change that last touched it"`
	After        *int         `json:"incidents_within_24h,omitempty" doc:"in lists: how many incidents that count and touched one of its services began within 24 hours after it; closeness in time, not a cause"`
}

// ChangeList is a page of change events, newest first.
type ChangeList struct {
	Items []ChangeEvent `json:"items"`
	Next  string        `json:"next,omitempty" doc:"cursor of the next page"`
}

// PeriodParams are the period and the page of a list.
type PeriodParams struct {
	From  string `query:"from" doc:"first day, month or instant"`
	To    string `query:"to" doc:"last day or month, or the instant behind the period"`
	TZ    string `query:"tz" default:"" doc:"zone of days and months, as in Europe/Berlin; UTC when empty"`
	Limit int    `query:"limit" doc:"1 to 500; 50 when empty"`
	After string `query:"after" doc:"cursor, as next gave it"`
}

// ChangeParams select change events.
type ChangeParams struct {
	PeriodParams
	Service []string `query:"service" doc:"name or id; repeat for alternatives"`
	Kind    []string `query:"kind" doc:"deploy, config, flag, release or infra; repeat for alternatives"`
	Source  []string `query:"source" doc:"source, or name or id of a connection; repeat for alternatives"`
}

func (s *Server) changes(ctx context.Context, v Viewer, p ChangeParams) (ChangeList, error) {
	asked := values(p.PeriodParams)
	asked["service"], asked["kind"], asked["source"] = p.Service, p.Kind, p.Source
	q, err := query.ParseChanges(asked, s.desk.Now())
	if err != nil {
		return ChangeList{}, err
	}
	f, err := s.desk.ChangeFilter(ctx, q, v.Sight())
	if err != nil {
		return ChangeList{}, err
	}
	found, next, err := s.desk.Store.ChangeEvents(ctx, f)
	list := ChangeList{each(found, changeEvent), next}
	for i, n := range s.desk.IncidentsAfter(found, v.Sight()) {
		list.Items[i].After = &n
	}
	return list, err
}

func changeEvent(c incident.ChangeEvent) ChangeEvent {
	return ChangeEvent{ID: c.ID, Kind: string(c.Kind), Number: c.Number, Title: c.Title,
		Services:    each(c.Services, func(x incident.ServiceUse) NamedRef { return NamedRef{x.Service, x.Name} }),
		Environment: c.Environment, StartedAt: when(c.StartedAt), FinishedAt: when(c.FinishedAt),
		Result: string(c.Result), ResultRaw: c.ResultRaw, Revision: c.Revision, Actor: c.Actor, URL: c.URL,
		ConnectionID: c.Ref.Connection, ExternalID: c.Ref.ExternalID, Change: c.Seq}
}

// maxNearby bounds the changes listed with an incident; they are those nearest to its start.
const maxNearby = 500

// NearbyChange is a change event that preceded an incident.
type NearbyChange struct {
	Change        ChangeEvent   `json:"change"`
	Stands        string        `json:"stands" doc:"confirmed or rejected by a person; else strongly suspected, suspected, says nothing, too few incidents to tell, or no suspect"`
	Sentence      string        `json:"sentence" doc:"how often a change comes before failures of the service, and how often it would by chance"`
	Service       incident.ID   `json:"service_id" doc:"of the incident: the one that was changed, or that needs what was changed"`
	Needed        incident.ID   `json:"needed_id,omitempty" doc:"what was changed, where the service is only configured to need it"`
	Within        int           `json:"within_minutes" doc:"how long before failures changes are counted"`
	Failures      int           `json:"failures" doc:"of the service before this one, up to a year back"`
	AfterAChange  int           `json:"failures_after_a_change"`
	Before        desk.Estimate `json:"share_after_a_change"`
	Base          desk.Estimate `json:"share_by_chance" doc:"the base rate: of the same failures, moved by whole weeks"`
	Lift          desk.Estimate `json:"lift"`
	MinutesBefore float64       `json:"minutes_before" doc:"from the change's start, or its finish where only that is known, to the incident's start; closeness in time, not a cause"`
}

// NearbyChanges is what was changed in an incident's services, and in what these need, in the 24 hours before it started, in time order.
// That is closeness in time, not a cause.
type NearbyChanges struct {
	Items     []NearbyChange `json:"items" doc:"at most the last 500"`
	StartedAt *time.Time     `json:"incident_started_at" doc:"null: not known, so there are no items"`
}

func (s *Server) incidentChanges(ctx context.Context, v Viewer, p IDParams) (NearbyChanges, error) {
	inc, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return NearbyChanges{}, err
	}
	found, err := s.desk.Suspects(ctx, inc, v.Sight())
	slices.Reverse(found)
	return NearbyChanges{each(found[max(0, len(found)-maxNearby):], func(x analytics.Suspect) NearbyChange {
		return NearbyChange{Change: changeEvent(x.Change), Stands: x.Words(), Sentence: x.Sentence(), Service: x.Service, Needed: x.Needed, Within: int(x.Risk.Within.Minutes()),
			Failures: x.Risk.Failures, AfterAChange: x.Risk.Near, Before: desk.Estimate(x.Risk.Before), Base: desk.Estimate(x.Risk.Base), Lift: desk.Estimate(x.Risk.Lift), MinutesBefore: x.Before.Minutes()}
	}), when(inc.StartedAt())}, err
}

// Shift is a stretch of time for which somebody is on call.
type Shift struct {
	ID           incident.ID `json:"id"`
	Schedule     NamedRef    `json:"schedule"`
	ScheduleRef  string      `json:"schedule_external_id,omitempty"`
	TeamID       incident.ID `json:"team_id,omitempty"`
	Person       *NamedRef   `json:"person" doc:"null: nobody"`
	From         time.Time   `json:"from"`
	To           *time.Time  `json:"to" doc:"null: no end is known"`
	Override     bool        `json:"override" doc:"somebody stands in for whom the schedule's rules would give"`
	Layer        string      `json:"layer,omitempty"`
	Level        int         `json:"level" doc:"of escalation, 1 is asked first; 0: not known"`
	ConnectionID incident.ID `json:"connection_id"`
}

// ShiftList is a page of shifts in the order in which they begin.
type ShiftList struct {
	Items []Shift `json:"items"`
	Next  string  `json:"next,omitempty" doc:"cursor of the next page"`
}

// ShiftParams select shifts.
type ShiftParams struct {
	PeriodParams
	Schedule []string `query:"schedule" doc:"id, the source's id, or exact name; repeat for alternatives"`
	Person   []string `query:"person" doc:"id or exact name; repeat for alternatives"`
	Team     []string `query:"team" doc:"name or id of the team that owns the schedule; repeat for alternatives"`
}

func (s *Server) shifts(ctx context.Context, v Viewer, p ShiftParams) (ShiftList, error) {
	asked := values(p.PeriodParams)
	asked["team"] = p.Team
	q, err := s.question(asked)
	if err != nil {
		return ShiftList{}, err
	}
	teams, err := s.desk.TeamIDs(q.Teams, v.Sight())
	if err != nil {
		return ShiftList{}, err
	}
	found, next, err := s.desk.Store.Shifts(ctx, incident.ShiftFilter{Schedules: p.Schedule, People: p.Person, Teams: teams,
		From: q.From, To: q.To, Limit: q.Limit, After: q.After})
	return ShiftList{each(found, shift), next}, err
}

// OnCall is who was on call in the schedules of an incident's teams when it started, as far as rosters tell.
type OnCall struct {
	StartedAt *time.Time `json:"incident_started_at" doc:"null: not known, so there are no items"`
	Teams     []NamedRef `json:"teams" doc:"those of the incident and its services; none: nothing says whose schedules to look at"`
	Items     []Shift    `json:"items" doc:"by schedule, then by level"`
}

func (s *Server) incidentOnCall(ctx context.Context, v Viewer, p IDParams) (OnCall, error) {
	inc, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return OnCall{}, err
	}
	teams := s.desk.TeamsOf(inc, v.Sight())
	shifts, err := s.desk.OnCallAt(ctx, teams, inc.StartedAt())
	return OnCall{when(inc.StartedAt()), each(teams, func(t incident.Team) NamedRef { return NamedRef{t.ID, t.Name} }), each(shifts, shift)}, err
}

func shift(x incident.Shift) Shift {
	out := Shift{ID: x.ID, Schedule: NamedRef{x.Schedule, x.ScheduleName}, ScheduleRef: x.ScheduleRef, TeamID: x.Team,
		From: x.From, To: when(x.To), Override: x.Override, Layer: x.Layer, Level: x.Level, ConnectionID: x.Ref.Connection}
	if x.Person != "" {
		out.Person = &NamedRef{x.Person, x.PersonName}
	}
	return out
}

// eventOps are the operations about change events and on-call shifts.
func (s *Server) eventOps() []operation {
	return []operation{
		get("/changes", "Deployments and other changes, newest first", s.changes),
		get("/incidents/{id}/changes", "Changes of its services in the 24 hours before it started, in time order; closeness in time, not a cause", s.incidentChanges),
		get("/incidents/{id}/oncall", "Who was on call in its teams' schedules when it started, as far as rosters tell", s.incidentOnCall),
		get("/shifts", "Who is on call when: shifts that overlap the period", s.shifts),
	}
}
