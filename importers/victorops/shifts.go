package victorops

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// A record is one team's log of one calendar month in UTC, "team-AbC123/2025-01", so that it stays the same however
// windows are cut.
const (
	month = "2006-01"
	whole = "*" // the whole window, to see whether there is anything in it
	short = 93 * day
)

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

func (l log) empty() bool {
	for _, u := range l.UserLogs {
		if len(u.Log) > 0 {
			return false
		}
	}
	return true
}

// place is where a walk through the logs stands; as a token "2025-01 team-AbC123 Platform".
type place struct {
	period string // a month, or whole
	team   team
}

func (p place) token() string { return p.period + " " + p.team.Slug + " " + p.team.Name }

func placeOf(token string) (p place) {
	p.period, token, _ = strings.Cut(token, " ")
	p.team.Slug, p.team.Name, _ = strings.Cut(token, " ")
	return p
}

// shiftPage reads one team's log of one month. Long windows are looked at as a whole first: most hold nothing from before
// the account was opened. The log is of the past, so the last month is the one that it is now at the server.
func shiftPage(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	p := placeOf(at.Token)
	if at.Token == "" {
		return behind(ctx, in, at, "")
	}
	from, to := at.From.UTC(), at.To.UTC()
	if p.period != whole {
		var err error
		if from, err = time.Parse(month, p.period); err != nil {
			return importers.Slice{}, fmt.Errorf("victorops: token %q: %w", at.Token, err)
		}
		to = from.AddDate(0, 1, 0)
	}
	body, l, err := readLog(ctx, in, p.team.Slug, from, to)
	switch {
	case importers.HasStatus(err, http.StatusNotFound): // the team was deleted meanwhile
		return behind(ctx, in, at, p.team.Slug)
	case p.period == whole && (importers.HasStatus(err, http.StatusBadRequest) || err == nil && !l.empty()):
		return importers.Slice{Next: place{from.Format(month), p.team}.token()}, nil
	case err != nil:
		return importers.Slice{}, err
	case p.period == whole:
		return behind(ctx, in, at, p.team.Slug)
	}
	now := in.Client.Now()
	var s importers.Slice
	if to.Before(earlier(at.To, now)) {
		s.Next = place{to.Format(month), p.team}.token()
	} else if s, err = behind(ctx, in, at, p.team.Slug); err != nil {
		return s, err
	}
	if l.empty() {
		return s, nil
	}
	record, err := json.Marshal(map[string]any{"team": p.team.Name, "over": to.Before(now), "log": body})
	s.Records = []importers.Record{{ExternalID: p.team.Slug + "/" + p.period, Body: record, At: from}}
	return s, err
}

// behind leads to the first page of the team behind slug, if there is one.
func behind(ctx context.Context, in importers.Input, at importers.At, slug string) (importers.Slice, error) {
	all, err := teams(ctx, in)
	if err != nil {
		return importers.Slice{}, err
	}
	i := slices.IndexFunc(all, func(t team) bool { return t.Slug > slug })
	if i < 0 {
		return importers.Slice{}, nil
	}
	period := at.From.UTC().Format(month)
	if at.To.Sub(at.From) > short {
		period = whole
	}
	return importers.Slice{Next: place{period, all[i]}.token()}, nil
}

func earlier(a, b time.Time) time.Time {
	if !a.IsZero() && a.Before(b) {
		return a
	}
	return b
}

func readLog(ctx context.Context, in importers.Input, slug string, from, to time.Time) (body json.RawMessage, l log, err error) {
	a, err := in.Client.Get(ctx, "/api-reporting/v1/team/"+url.PathEscape(slug)+"/oncall/log",
		url.Values{"start": {from.Format(time.RFC3339)}, "end": {to.Format(time.RFC3339)}})
	if err == nil {
		err = a.JSON(&l)
	}
	return a.Body, l, err
}

// mapShifts turns a team's month into a roster. A shift that began before the month or goes on behind it is cut at the
// month's ends: the months beside it hold the rest.
func mapShifts(raw incident.Raw, _ importers.Config) (importers.Draft, error) {
	var body struct {
		Team string
		Over bool // the month had ended when it was read
		Log  log
	}
	if err := json.Unmarshal(raw.Body, &body); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no on-call log: " + err.Error()}
	}
	slug, period, _ := strings.Cut(raw.ExternalID, "/")
	from, err := time.Parse(month, period)
	if err != nil {
		return importers.Draft{}, &importers.MapError{Field: "id", Value: importers.Line(raw.ExternalID), Reason: "the record's id is not a team's slug and a month"}
	}
	roster := &incident.Roster{Ref: incident.Ref{Type: shifts, ExternalID: raw.ExternalID}}
	d := importers.Draft{Roster: roster, Team: importers.Line(body.Team)}
	for _, u := range body.Log.UserLogs {
		for _, l := range u.Log {
			s := incident.Shift{Person: incident.ID(importers.Line(u.UserID)), PersonName: importers.Line(u.UserID),
				ScheduleRef: importers.Line(l.Policy.Slug), ScheduleName: importers.Line(l.Policy.Name), From: instant(l.On), To: instant(l.Off)}
			if s.ScheduleRef == "" && s.ScheduleName == "" {
				s.ScheduleRef, s.ScheduleName = importers.Line(slug), d.Team
			}
			end := from.AddDate(0, 1, 0)
			if s.To.IsZero() && body.Over {
				s.To = end
			}
			if s, ok := within(s, from, end); ok {
				roster.Shifts = append(roster.Shifts, s)
			} else {
				d.Warn("log.userLogs.log", importers.Line(l.On+" "+l.Off), "an entry without times in its month was left out")
			}
		}
	}
	slices.SortStableFunc(roster.Shifts, func(a, b incident.Shift) int { return a.From.Compare(b.From) })
	return d, nil
}

// within cuts a shift to its part from from to to; ok says that there is one. A shift that goes on stays open.
func within(s incident.Shift, from, to time.Time) (incident.Shift, bool) {
	if s.From.IsZero() && s.To.IsZero() || !s.From.Before(to) || !s.To.IsZero() && !s.To.After(from) || !s.To.IsZero() && s.To.Before(s.From) {
		return s, false
	}
	if s.From.Before(from) {
		s.From = from
	}
	if s.To.After(to) {
		s.To = to
	}
	return s, true
}
