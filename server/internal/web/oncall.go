package web

import (
	"context"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	onCallPath     = "/oncall"
	schedulesShown = 50 // a search narrows them down
	comingShown    = 4  // shifts of one schedule
)

func (s *Server) onCall(r *request) (answer, error) {
	ctx := r.Request.Context()
	connected, err := s.ShiftConnections(ctx)
	if err != nil {
		return answer{}, err
	}
	duties, all, err := s.Duties(ctx)
	if err != nil {
		return answer{}, err
	}
	page := frontend.OnCallPage{Shell: r.shell("On call", frontend.NavServices, frontend.Link{Label: "Services", Path: servicesPath}), Query: strings.TrimSpace(r.Query("q")),
		Until: s.Now().UTC().Add(desk.DutyAhead), Cut: !all, Connected: connectionLinks(connected), MayEdit: r.viewer.MayChange(incident.Import),
		Sources: s.sourceLinks(func(x importers.Source) bool { return x.Shifts })}
	rows, err := s.dutyRows(ctx, r, duties)
	if err != nil {
		return answer{}, err
	}
	words := strings.ToLower(page.Query)
	for _, row := range rows {
		if strings.Contains(strings.ToLower(row.Name+"\n"+row.Team.Label), words) {
			page.Rows = append(page.Rows, row)
		}
	}
	if page.Total = len(page.Rows); page.Total > schedulesShown {
		page.Rows = page.Rows[:schedulesShown]
	}
	if page.Query != "" {
		page.Empty = frontend.Empty{Kind: frontend.NothingMatches}
	}
	return show(page)
}

func (s *Server) dutyRows(ctx context.Context, r *request, duties []desk.Duty) ([]frontend.DutyRow, error) {
	connections, err := s.connectionNames(ctx)
	teams := s.knownTeams(r)
	return each(duties, func(d desk.Duty) frontend.DutyRow {
		row := frontend.DutyRow{Name: scheduleName(d.First), Source: sourceOf(d.First, connections), Now: d.Now, Coming: d.Coming[:min(len(d.Coming), comingShown)]}
		if name := teams[d.First.Team]; name != "" {
			row.Team = frontend.Link{Label: name, Path: incidentsPath + "?team=" + queryEscape(string(d.First.Team))}
		}
		row.More = len(d.Coming) - len(row.Coming)
		return row
	}), err
}

// knownTeams are the names of the teams that the viewer may know.
func (s *Server) knownTeams(r *request) map[incident.ID]string {
	known := map[incident.ID]string{}
	for _, t := range s.Live.Snapshot().Teams(r.viewer.Sight()) {
		known[t.ID] = t.Name
	}
	return known
}

// scheduleName is what people call a schedule: without a name, the source's id of it.
func scheduleName(x incident.Shift) string {
	if x.ScheduleName == "" {
		return x.ScheduleRef
	}
	return x.ScheduleName
}

func sourceOf(x incident.Shift, connections map[incident.ID]string) frontend.Link {
	if connections[x.Ref.Connection] == "" {
		return frontend.Link{}
	}
	return frontend.Link{Label: connections[x.Ref.Connection], Path: frontend.ConnectionPath(x.Ref.Connection)}
}

// fillOnCall tells whose shift it was when an incident started. Where nothing tells of shifts there is nothing to say.
func (s *Server) fillOnCall(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	connected, err := s.ShiftConnections(ctx)
	if err != nil || len(connected) == 0 {
		return err
	}
	teams := s.TeamsOf(page.Incident, r.viewer.Sight())
	page.OnCall = &frontend.DutyThen{Note: "Not known: no schedule of its teams has a shift on record for that time."}
	switch {
	case page.Incident.StartedAt().IsZero():
		page.OnCall.Note = "Not known, since its start is not known."
		return nil
	case len(teams) == 0:
		page.OnCall.Note = "Not known: neither the incident nor its services name a team, whose schedules would tell."
		return nil
	}
	shifts, err := s.OnCallAt(ctx, teams, page.Incident.StartedAt())
	if err != nil {
		return err
	}
	connections, err := s.connectionNames(ctx)
	known := s.knownTeams(r)
	page.OnCall.Rows = each(shifts, func(x incident.Shift) frontend.ShiftRow {
		return frontend.ShiftRow{Shift: x, Name: scheduleName(x), Team: known[x.Team], Source: sourceOf(x, connections)}
	})
	return err
}
