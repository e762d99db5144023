package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// RetroMoment is a line of the timeline that people tell in a retrospective.
type RetroMoment struct {
	ID        incident.ID   `json:"id"`
	Version   int           `json:"version"`
	At        time.Time     `json:"at"`
	About     int           `json:"about_minutes" doc:"how far the time may be off, either way; 0: it is exact"`
	Lane      string        `json:"lane" doc:"detection, diagnosis, mitigation, recovery or key"`
	Title     string        `json:"title"`
	Text      string        `json:"text,omitempty" doc:"Markdown"`
	KnownThen string        `json:"known_then,omitempty" doc:"what people knew and thought at the time"`
	Question  bool          `json:"open_question"`
	Events    []incident.ID `json:"event_ids" doc:"the imported events that it rests on, as far as you may read them"`
	Gone      int           `json:"events_gone,omitempty" doc:"events that it rests on and that no source tells any more"`
	AccountOf incident.ID   `json:"account_of,omitempty" doc:"the moment that it is another account of"`
	ChangedBy string        `json:"changed_by"`
	ChangedAt time.Time     `json:"changed_at"`
	Removed   bool          `json:"removed" doc:"it is not told any more, and can be put back"`
}

// RetroMoments is the timeline that people tell of an incident, with what the record shows of it.
type RetroMoments struct {
	Items       []RetroMoment      `json:"items" doc:"in time order, removed ones too"`
	Linked      []incident.ID      `json:"linked_incident_ids" doc:"other records of the incident, and what is a part of it; their events count as its own here"`
	Gaps        []RecordGap        `json:"gaps" doc:"stretches of at least 15 minutes, and a twentieth of the whole, of which nothing is recorded"`
	Suggestions []MomentSuggestion `json:"suggestions" doc:"moments that the record seems to tell; send back the keys that you accept"`
}

// RecordGap is a stretch of which nothing is recorded.
type RecordGap struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Minutes float64   `json:"minutes"`
}

// MomentSuggestion is a moment that the record seems to tell.
type MomentSuggestion struct {
	Key    string        `json:"key"`
	Reason string        `json:"reason"`
	At     time.Time     `json:"at"`
	About  int           `json:"about_minutes"`
	Lane   string        `json:"lane"`
	Title  string        `json:"title"`
	Events []incident.ID `json:"event_ids"`
}

// MomentBody is what somebody says of a moment; what is missing stays as it is.
type MomentBody struct {
	At        *time.Time     `json:"at,omitempty" doc:"of a new one without it: the time of its first event"`
	About     *int           `json:"about_minutes,omitempty"`
	Lane      *string        `json:"lane,omitempty" doc:"of a new one without it: key"`
	Title     *string        `json:"title,omitempty" doc:"of a new one without it: the words of its first event"`
	Text      *string        `json:"text,omitempty"`
	KnownThen *string        `json:"known_then,omitempty"`
	Question  *bool          `json:"open_question,omitempty"`
	Events    *[]incident.ID `json:"event_ids,omitempty"`
}

// NewMomentBody is a new moment, or the suggestions that are accepted.
type NewMomentBody struct {
	MomentBody
	AccountOf incident.ID `json:"account_of,omitempty" doc:"the moment that it is another account of"`
	Accept    []string    `json:"accept,omitempty" doc:"keys of suggestions; then nothing else is read"`
}

// MomentChange changes a moment, takes it out or puts it back.
type MomentChange struct {
	MomentBody
	Removed *bool `json:"removed,omitempty" doc:"then nothing else is read"`
}

func (b MomentBody) patch() desk.MomentPatch {
	p := desk.MomentPatch{At: b.At, Title: b.Title, Text: b.Text, KnownThen: b.KnownThen, Question: b.Question, Events: b.Events}
	if b.About != nil {
		about := time.Duration(*b.About) * time.Minute
		p.About = &about
	}
	if b.Lane != nil {
		lane := incident.MomentLane(*b.Lane)
		p.Lane = &lane
	}
	return p
}

func (s *Server) moments(ctx context.Context, v Viewer, p IDParams) (RetroMoments, error) {
	out := RetroMoments{Items: []RetroMoment{}, Linked: []incident.ID{}, Gaps: []RecordGap{}, Suggestions: []MomentSuggestion{}}
	story, err := s.desk.Story(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return out, err
	}
	suggested, err := s.desk.SuggestMoments(ctx, story, v.Sight())
	for _, m := range story.Moments {
		out.Items = append(out.Items, retroMoment(story, m))
	}
	for _, l := range story.Linked {
		out.Linked = append(out.Linked, l.ID)
	}
	for _, g := range story.Gaps {
		out.Gaps = append(out.Gaps, RecordGap{g.From, g.To, g.Length().Minutes()})
	}
	for _, x := range suggested {
		m := x.Moment
		out.Suggestions = append(out.Suggestions, MomentSuggestion{x.Key, x.Reason, m.At, int(m.About.Minutes()), string(m.Lane), m.Title, append([]incident.ID{}, m.Events...)})
	}
	return out, err
}

func retroMoment(s *desk.Story, m incident.Moment) RetroMoment {
	out := RetroMoment{ID: m.ID, Version: m.Version, At: m.At, About: int(m.About.Minutes()), Lane: string(m.Lane), Title: m.Title, Text: m.Text, KnownThen: m.KnownThen,
		Question: m.Question, Events: []incident.ID{}, Gone: s.Gone[m.ID], AccountOf: m.AccountOf, ChangedBy: m.ChangedBy, ChangedAt: m.ChangedAt, Removed: !m.RemovedAt.IsZero()}
	for _, id := range m.Events {
		if s.Event(id) != nil {
			out.Events = append(out.Events, id)
		}
	}
	return out
}

func (s *Server) addMoment(ctx context.Context, v Viewer, p IDParams, b NewMomentBody) (RetroMoments, error) {
	id := incident.ID(p.ID)
	var seq incident.Seq
	var err error
	if len(b.Accept) > 0 {
		_, seq, err = s.desk.AcceptMoments(ctx, id, b.Accept, v.Sight())
	} else {
		patch := b.patch()
		patch.AccountOf = b.AccountOf
		_, seq, err = s.desk.AddMoment(ctx, id, patch, v.Sight())
	}
	return s.momentsAfter(ctx, v, p, seq, err)
}

// momentsAfter answers a change with the whole timeline.
func (s *Server) momentsAfter(ctx context.Context, v Viewer, p IDParams, seq incident.Seq, err error) (RetroMoments, error) {
	if err != nil {
		return RetroMoments{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.moments(ctx, v, p)
}

// MomentParams name a moment, and the version that a change of it was made from.
type MomentParams struct {
	ID     string `path:"id"`
	Moment string `path:"moment"`
	Match  string `header:"If-Match" doc:"the version that you know: \"3\". What others changed since of other fields stays; where they changed one of yours the answer is 409, and says what they wrote. Without it yours replaces whatever is there"`
}

func (s *Server) changeMoment(ctx context.Context, v Viewer, p MomentParams, b MomentChange) (RetroMoments, error) {
	id, moment := incident.ID(p.ID), incident.ID(p.Moment)
	patch := b.patch()
	var err error
	if patch.Version, err = matchedVersion(p.Match); err != nil {
		return RetroMoments{}, err
	}
	var seq incident.Seq
	if b.Removed != nil {
		_, seq, err = s.desk.RemoveMoment(ctx, id, moment, *b.Removed, v.Sight())
	} else {
		_, seq, err = s.desk.ChangeMoment(ctx, id, moment, patch, v.Sight())
	}
	return s.momentsAfter(ctx, v, IDParams{ID: p.ID}, seq, err)
}

// matchedVersion reads If-Match as RFC 9110 has it, with one version; 0 for any.
func matchedVersion(header string) (int, error) {
	text := strings.TrimSpace(strings.TrimPrefix(header, "W/"))
	if text == "" || text == "*" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.Trim(text, `"`))
	if err != nil || n < 1 {
		return 0, &requestError{http.StatusBadRequest, "If-Match is the version that you know, as in If-Match: \"3\""}
	}
	return n, nil
}

// momentOps are the operations about the timeline that people tell.
func (s *Server) momentOps() []operation {
	return []operation{
		get("/incidents/{id}/retrospective/moments", "The timeline that people tell of an incident, with suggestions and gaps of the record", s.moments),
		write(http.MethodPost, "/incidents/{id}/retrospective/moments", "Tell a moment, or accept suggested ones", incident.Write, http.StatusCreated, s.addMoment),
		write(http.MethodPatch, "/incidents/{id}/retrospective/moments/{moment}", "Change a moment, take it out or put it back", incident.Write, http.StatusOK, s.changeMoment),
	}
}
