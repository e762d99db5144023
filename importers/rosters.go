package importers

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Rota is one of the things that have shifts of their own: a schedule, or a team where the source asks by team.
type Rota struct {
	ID   string `json:"id"` // as the source writes it; without blanks
	Name string `json:"name,omitempty"`
	Team string `json:"team,omitempty"` // name of the team that it belongs to; may be empty
}

// Rotas says how a source's shifts are read: a record for each rota and calendar month in UTC, "S1/2025-01", so that
// records stay the same however windows are cut, and a new month leaves the shifts of earlier ones alone.
type Rotas struct {
	// All lists the rotas, in any order.
	All func(ctx context.Context, in Input) ([]Rota, error)
	// Log returns what the source says about one of them from from to to, as it was answered, and how many shifts
	// that names. A rota that is not there any more is an answer 404.
	Log func(ctx context.Context, in Input, r Rota, from, to time.Time) (body json.RawMessage, shifts int, err error)
}

// Listing returns the walk through the months up to the one that it is now at the source. A month in which nobody is
// named makes no record. A window of more than a season is first asked for as a whole, since most of the time before
// a rota was set up holds nothing; a source that refuses so much with 400 is asked month by month.
func (r Rotas) Listing(window, maxWindow, lag time.Duration) *Listing {
	return &Listing{Page: r.page, Window: window, MaxWindow: maxWindow, Lag: lag}
}

const (
	rosterMonth  = "2006-01"
	wholeWindow  = "*"
	rosterSeason = 93 * 24 * time.Hour
)

// rotaPlace is where a walk stands. As a token it is JSON.
type rotaPlace struct {
	Period string `json:"period"` // a month, or wholeWindow
	Rota   Rota   `json:"rota"`
}

func (p rotaPlace) token() string {
	text, _ := json.Marshal(p) // of texts: it cannot fail
	return string(text)
}

func (r Rotas) page(ctx context.Context, in Input, at At) (Slice, error) {
	if at.Token == "" {
		return r.behind(ctx, in, at, "")
	}
	var p rotaPlace
	if err := json.Unmarshal([]byte(at.Token), &p); err != nil {
		return Slice{}, fmt.Errorf("importers: read token of rotas: %w", err)
	}
	if p.Period == wholeWindow {
		return r.look(ctx, in, at, p)
	}
	from, err := time.Parse(rosterMonth, p.Period)
	if err != nil {
		return Slice{}, fmt.Errorf("importers: read token of rotas: %w", err)
	}
	to := from.AddDate(0, 1, 0)
	body, shifts, err := r.Log(ctx, in, p.Rota, from, to)
	if HasStatus(err, http.StatusNotFound) {
		return r.behind(ctx, in, at, p.Rota.ID)
	}
	if err != nil {
		return Slice{}, err
	}
	now := in.Client.Now()
	s := Slice{Next: rotaPlace{to.Format(rosterMonth), p.Rota}.token()}
	if !to.Before(now) || !at.To.IsZero() && !to.Before(at.To) {
		if s, err = r.behind(ctx, in, at, p.Rota.ID); err != nil {
			return s, err
		}
	}
	if shifts > 0 {
		text, err := json.Marshal(RosterMonth{Rota: p.Rota, Over: to.Before(now), Log: body})
		if err != nil {
			return s, fmt.Errorf("importers: write the shifts of %s: %w", p.Rota.ID, err)
		}
		s.Records = []Record{{ExternalID: p.Rota.ID + "/" + p.Period, Body: text, At: from}}
	}
	return s, nil
}

// look asks for the whole window, and leads to its first month if anybody is named in it.
func (r Rotas) look(ctx context.Context, in Input, at At, p rotaPlace) (Slice, error) {
	_, shifts, err := r.Log(ctx, in, p.Rota, at.From.UTC(), at.To.UTC())
	switch {
	case HasStatus(err, http.StatusBadRequest), err == nil && shifts > 0:
		return Slice{Next: rotaPlace{at.From.UTC().Format(rosterMonth), p.Rota}.token()}, nil
	case err == nil, HasStatus(err, http.StatusNotFound):
		return r.behind(ctx, in, at, p.Rota.ID)
	}
	return Slice{}, err
}

// behind leads to the rota behind id, if there is one.
func (r Rotas) behind(ctx context.Context, in Input, at At, id string) (Slice, error) {
	all, err := r.All(ctx, in)
	if err != nil {
		return Slice{}, err
	}
	slices.SortFunc(all, func(a, b Rota) int { return cmp.Compare(a.ID, b.ID) })
	i := slices.IndexFunc(all, func(o Rota) bool { return o.ID > id })
	if i < 0 {
		return Slice{}, nil
	}
	period := at.From.UTC().Format(rosterMonth)
	if at.To.Sub(at.From) > rosterSeason {
		period = wholeWindow
	}
	return Slice{Next: rotaPlace{period, all[i]}.token()}, nil
}

// RosterMonth is the body of a record that Rotas made.
type RosterMonth struct {
	Rota Rota            `json:"rota"`
	Over bool            `json:"over,omitempty"` // the month had ended when it was read
	Log  json.RawMessage `json:"log"`            // as the source answered

	from, to time.Time
}

// ReadRosterMonth reads a record that Rotas made.
func ReadRosterMonth(raw incident.Raw) (RosterMonth, error) {
	var m RosterMonth
	if err := json.Unmarshal(raw.Body, &m); err != nil {
		return m, &MapError{Reason: "these are no shifts of a month: " + err.Error()}
	}
	_, period, _ := strings.Cut(raw.ExternalID, "/")
	from, err := time.Parse(rosterMonth, period)
	if err != nil {
		return m, &MapError{Field: "id", Value: Line(raw.ExternalID), Reason: "the record's id is not a schedule and a month"}
	}
	m.from, m.to = from, from.AddDate(0, 1, 0)
	return m, nil
}

// Cut returns a shift's part in the month; ok says that it has one. The months beside it hold the rest, so that no hour
// counts twice. A shift without an end goes to the end of a month that is over, and stays open in the one that is now.
func (m RosterMonth) Cut(s incident.Shift) (part incident.Shift, ok bool) {
	if s.From.Before(m.from) && !s.From.IsZero() || s.From.IsZero() && !s.To.IsZero() {
		s.From = m.from
	}
	if s.To.After(m.to) || s.To.IsZero() && m.Over {
		s.To = m.to
	}
	return s, !s.From.IsZero() && s.From.Before(m.to) && (s.To.IsZero() || s.To.After(s.From))
}
