package oncall

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var rotas = importers.Rotas{All: allRotas, Log: finalShifts}

// allRotas lists the schedules of the chosen teams.
func allRotas(ctx context.Context, in importers.Input) ([]importers.Rota, error) {
	teams, err := namesOf(ctx, in, "/api/v1/teams/")
	if err != nil {
		return nil, err
	}
	var all []importers.Rota
	for number := 1; ; number++ {
		a, err := get(ctx, in, "/api/v1/schedules/", url.Values{}, number)
		if err != nil {
			return nil, err
		}
		for _, raw := range a.Results {
			var s struct {
				ID, Name string
				Team     string `json:"team_id"`
			}
			if err := json.Unmarshal(raw, &s); err != nil {
				return nil, fmt.Errorf("oncall: read schedule: %w", err)
			}
			if s.ID != "" && wanted(in.Config, s.Team) {
				all = append(all, importers.Rota{ID: s.ID, Name: s.Name, Team: teams[s.Team]})
			}
		}
		if a.Next == "" || len(a.Results) == 0 || number > a.Pages {
			return all, nil
		}
	}
}

// finalShifts asks who was on call once rotations, overrides and swaps were put together. Ends are dates, whose
// midnight in UTC is meant; shifts over an end are cut there. The answer is never paged.
func finalShifts(ctx context.Context, in importers.Input, r importers.Rota, from, to time.Time) (json.RawMessage, int, error) {
	a, err := in.Client.Get(ctx, "/api/v1/schedules/"+url.PathEscape(r.ID)+"/final_shifts",
		url.Values{"start_date": {from.Format(time.DateOnly)}, "end_date": {to.Format(time.DateOnly)}})
	var found answer
	if err == nil {
		err = a.JSON(&found)
	}
	return a.Body, len(found.Results), err
}

// mapShifts turns a month of a schedule into a roster. Final shifts do not tell overrides apart.
func mapShifts(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
	m, err := importers.ReadRosterMonth(raw)
	if err != nil {
		return importers.Draft{}, err
	}
	var log struct {
		Results []struct {
			ID    string `json:"user_pk"`
			Name  string `json:"user_username"`
			Start string `json:"shift_start"`
			End   string `json:"shift_end"`
		}
	}
	if err := json.Unmarshal(m.Log, &log); err != nil {
		return importers.Draft{}, &importers.MapError{Field: "log", Reason: "these are no final shifts: " + err.Error()}
	}
	d := importers.NewRoster(shifts, raw.ExternalID, m.Rota.Team)
	for _, r := range log.Results {
		m.AddShift(&d, "log.results", r.Start+" "+r.End, incident.Shift{Person: incident.ID(r.ID), PersonName: r.Name,
			ScheduleRef: m.Rota.ID, ScheduleName: m.Rota.Name, From: importers.ISO(r.Start), To: importers.ISO(r.End)})
	}
	return d, nil
}
