package victorops

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var rotas = importers.Rotas{All: allTeams, Log: readLog}

// log is a team's on-call log: who went on and off call when.
type log struct {
	UserLogs []struct {
		UserID string `json:"userId"`
		Log    []struct {
			On, Off string
			Policy  struct{ Name, Slug string } `json:"escalationPolicy"`
		}
	} `json:"userLogs"`
}

func allTeams(ctx context.Context, in importers.Input) ([]importers.Rota, error) {
	found, err := teams(ctx, in)
	var all []importers.Rota
	for _, t := range found {
		all = append(all, importers.Rota{ID: t.Slug, Name: t.Name, Team: t.Name})
	}
	return all, err
}

func readLog(ctx context.Context, in importers.Input, r importers.Rota, from, to time.Time) (body json.RawMessage, shifts int, err error) {
	a, err := in.Client.Get(ctx, "/api-reporting/v1/team/"+url.PathEscape(r.ID)+"/oncall/log",
		url.Values{"start": {from.Format(time.RFC3339)}, "end": {to.Format(time.RFC3339)}})
	var l log
	if err == nil {
		err = a.JSON(&l)
	}
	for _, u := range l.UserLogs {
		shifts += len(u.Log)
	}
	return a.Body, shifts, err
}

// mapShifts turns a team's month into a roster. An escalation policy is what other systems call a schedule.
func mapShifts(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
	m, err := importers.ReadRosterMonth(raw)
	if err != nil {
		return importers.Draft{}, err
	}
	var l log
	if err := json.Unmarshal(m.Log, &l); err != nil {
		return importers.Draft{}, &importers.MapError{Field: "log", Reason: "this is no on-call log: " + err.Error()}
	}
	d := importers.NewRoster(shifts, raw.ExternalID, m.Rota.Team)
	for _, u := range l.UserLogs {
		for _, entry := range u.Log {
			s := incident.Shift{Person: incident.ID(u.UserID), PersonName: u.UserID,
				ScheduleRef: entry.Policy.Slug, ScheduleName: entry.Policy.Name, From: importers.ISO(entry.On), To: importers.ISO(entry.Off)}
			if s.ScheduleRef == "" && s.ScheduleName == "" {
				s.ScheduleRef, s.ScheduleName = m.Rota.ID, m.Rota.Name
			}
			m.AddShift(&d, "log.userLogs.log", entry.On+" "+entry.Off, s)
		}
	}
	slices.SortStableFunc(d.Roster.Shifts, func(a, b incident.Shift) int { return a.From.Compare(b.From) })
	return d, nil
}
