package api

import (
	"cmp"
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"hindsight/incident"
	"hindsight/search/similar"
)

// TimelineEvent is one thing that happened.
type TimelineEvent struct {
	ID      incident.ID `json:"id"`
	At      time.Time   `json:"at"`
	Kind    string      `json:"kind"`
	Actor   string      `json:"actor,omitempty"`
	Text    string      `json:"text,omitempty"`
	Private bool        `json:"private"`
	RawKind string      `json:"raw_kind,omitempty"`
}

// Timeline is the events of an incident in time order.
type Timeline struct {
	Items []TimelineEvent `json:"items"`
}

func (s *Server) timeline(ctx context.Context, v Viewer, p IDParams) (Timeline, error) {
	inc, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return Timeline{}, err
	}
	reads := v.Sight().Sees(inc.Team, inc.Audience)
	events, err := s.desk.Store.Timeline(ctx, incident.ID(p.ID))
	out := Timeline{Items: []TimelineEvent{}}
	for _, e := range events {
		if e.Private && !reads {
			continue
		}
		out.Items = append(out.Items, TimelineEvent{e.ID, e.At, string(e.Kind), e.Actor, e.Text, e.Private, e.RawKind})
	}
	return out, err
}

// SimilarParams ask for similar incidents.
type SimilarParams struct {
	IDParams
	Limit int `query:"limit" default:"5" doc:"at most"`
}

// Match is an incident that looks alike, and why.
type Match struct {
	Incident Incident `json:"incident"`
	Score    float64  `json:"score" doc:"0 to 1"`
	Strength string   `json:"strength" doc:"strong, fair or faint; trust says how often each was right here"`
	Said     bool     `json:"said" doc:"a person said that one problem is behind both"`
	Reasons  []Reason `json:"reasons"`
	Known    *Known   `json:"known" doc:"the confirmed problem with a workaround that it belongs to; null: none"`
}

// Known is a problem whose workaround people wrote down.
type Known struct {
	Problem    incident.ID `json:"problem_id"`
	Title      string      `json:"title"`
	Workaround string      `json:"workaround" doc:"Markdown; written for the problem, not for the incident"`
}

// Reason is one part of a score, in words.
type Reason struct {
	Kind  string   `json:"kind"`
	Text  string   `json:"text"`
	Terms []string `json:"terms"`
	Part  float64  `json:"part" doc:"what it adds to the score"`
}

// SimilarList is the most similar incidents, best first.
type SimilarList struct {
	Items     []Match       `json:"items" doc:"what may be happening again: of what is equally alike, the nearest in time comes first"`
	Before    []Match       `json:"seen_before" doc:"those that began at least 90 days earlier, whatever the time between"`
	Apart     []incident.ID `json:"apart" doc:"left out because people said that another problem is behind them"`
	Trust     SimilarTrust  `json:"trust"`
	Taught    int           `json:"vectors_version" doc:"version of the vectors that are taught on the texts here; 0: none yet"`
	Abstained string        `json:"abstained,omitempty" doc:"why nothing is suggested"`
	AsOf      incident.Seq  `json:"as_of"`
}

// SimilarTrust is how good the suggestions are, by this installation's own history.
type SimilarTrust struct {
	History     HitRate            `json:"history" doc:"of the youngest 200 incidents at most that their source links to an earlier one: how often such a one was among the first five suggestions"`
	ByStrength  map[string]HitRate `json:"by_strength" doc:"of the pairs that people decided about: how many are the same"`
	Judgements  int                `json:"judgements" doc:"pairs that people decided about"`
	Learnt      bool               `json:"learnt" doc:"the order follows from judgements made here"`
	OrderBefore float64            `json:"order_before" doc:"how often the weights for everybody put a pair that is the same before one that is not; 0: not measured"`
	OrderLearnt float64            `json:"order_learnt" doc:"the same with weights learnt from other judgements"`
}

// HitRate is how often something was right, with a 95 % interval.
type HitRate struct {
	N     int     `json:"n"`
	Right int     `json:"right"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func similarTrust(t similar.Trust) SimilarTrust {
	out := SimilarTrust{History: HitRate(t.History), ByStrength: map[string]HitRate{}, Judgements: t.Learnt.Same + t.Learnt.Apart, Learnt: t.Learnt.InForce,
		OrderBefore: t.Learnt.Before, OrderLearnt: t.Learnt.After}
	for strength, r := range t.Rates {
		out.ByStrength[string(strength)] = HitRate(r)
	}
	return out
}

// PairVerdict is what a person says of two incidents.
type PairVerdict struct {
	Other   incident.ID `json:"other_id"`
	Verdict string      `json:"verdict" doc:"same: one problem is behind both; apart: there is not; undo: takes that back"`
}

func (s *Server) sayAlike(ctx context.Context, v Viewer, p IDParams, body PairVerdict) (SimilarList, error) {
	seq, err := s.desk.Say(ctx, incident.ID(p.ID), body.Other, body.Verdict, v.Name, v.Sight())
	if err != nil {
		return SimilarList{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.similar(ctx, v, SimilarParams{IDParams: p, Limit: similar.FirstOf})
}

// AnswerList is what people said of an incident and others, the newest step first.
type AnswerList struct {
	Items []AnswerStep `json:"items"`
}

// AnswerStep is a step in what people said of two incidents.
type AnswerStep struct {
	Other   incident.ID `json:"other_id"`
	Verdict string      `json:"verdict" doc:"same: one problem is behind both; apart: there is not; undo: what was said was taken back"`
	By      string      `json:"by"`
	At      time.Time   `json:"at"`
}

func (s *Server) answers(ctx context.Context, v Viewer, p IDParams) (AnswerList, error) {
	events, err := s.desk.Answered(ctx, incident.ID(p.ID), v.Sight())
	out := AnswerList{Items: []AnswerStep{}}
	for _, e := range events {
		other := e.A
		if e.A == incident.ID(p.ID) {
			other = e.B
		}
		out.Items = append(out.Items, AnswerStep{other, string(e.Verdict), e.By, e.At.UTC()})
	}
	return out, err
}

func (s *Server) similar(ctx context.Context, v Viewer, p SimilarParams) (SimilarList, error) {
	if _, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight()); err != nil {
		return SimilarList{}, err
	}
	answer := s.desk.Similar.Similar(incident.ID(p.ID), min(p.Limit, 50), v.Sight())
	out := SimilarList{Abstained: answer.None, AsOf: answer.AsOf, Taught: answer.Taught, Apart: append([]incident.ID{}, answer.Apart...), Trust: similarTrust(s.desk.Similar.Trust())}
	var err error
	if out.Items, err = s.matches(ctx, v, answer.Again); err != nil {
		return out, err
	}
	out.Before, err = s.matches(ctx, v, answer.Before)
	return out, err
}

// matches tells of each match that the viewer may see.
func (s *Server) matches(ctx context.Context, v Viewer, found []similar.Match) ([]Match, error) {
	ids := make([]incident.ID, len(found))
	for i, m := range found {
		ids[i] = m.ID
	}
	out := []Match{}
	incidents, err := s.load(ctx, ids, v.Sight())
	if err != nil {
		return out, err
	}
	byID := map[incident.ID]Incident{}
	for _, inc := range incidents {
		byID[inc.ID] = inc
	}
	known, err := s.desk.KnownProblems(ctx, ids, v.Sight())
	if err != nil {
		return out, err
	}
	for _, m := range found {
		inc, ok := byID[m.ID]
		if !ok {
			continue
		}
		match := Match{Incident: inc, Score: m.Score, Strength: string(m.Strength), Said: m.Said, Reasons: []Reason{}}
		for _, r := range m.Reasons {
			match.Reasons = append(match.Reasons, Reason{r.Kind, r.Text, append([]string{}, r.Terms...), r.Part})
		}
		for _, k := range known[m.ID] {
			if text := k.Workaround(); text != "" {
				match.Known = &Known{k.ID, k.Title, text}
			}
		}
		out = append(out, match)
	}
	return out, nil
}

// SuggestionList is what is probably true of an incident.
type SuggestionList struct {
	Items []Suggestion `json:"items" doc:"nothing where no guess is better than naming the most frequent value"`
}

// Suggestion is a guess from the words of an incident, and how good such guesses are.
type Suggestion struct {
	Kind     string  `json:"kind" doc:"team, severity or category (of a contributing factor)"`
	Value    string  `json:"value" doc:"id of the team, 1 to 5, or the category"`
	Rate     HitRate `json:"rate" doc:"how often the first guess was right for the youngest incidents that have a value, from older ones alone"`
	Frequent HitRate `json:"frequent" doc:"how often the most frequent value would have been right for the same"`
}

func (s *Server) suggestions(ctx context.Context, v Viewer, p IDParams) (SuggestionList, error) {
	out := SuggestionList{Items: []Suggestion{}}
	if _, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight()); err != nil {
		return out, err
	}
	for _, x := range s.desk.Suggest.Suggest(incident.ID(p.ID)) {
		out.Items = append(out.Items, Suggestion{string(x.Kind), x.Value, HitRate(x.Rate), HitRate(x.Frequent)})
	}
	return out, nil
}

// Retrospective is the document about an incident.
type Retrospective struct {
	Title    string    `json:"title"`
	State    string    `json:"state"`
	Authors  []string  `json:"authors"`
	Sections []Section `json:"sections"`
}

// Section is one part of it, in Markdown.
type Section struct {
	Slug  string `json:"slug"`
	Title string `json:"title"`
	Body  string `json:"body"`
}

func (s *Server) retrospective(ctx context.Context, v Viewer, p IDParams) (Retrospective, error) {
	if _, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight()); err != nil {
		return Retrospective{}, err
	}
	r, err := s.desk.Store.Retrospective(ctx, incident.ID(p.ID))
	if err != nil {
		return Retrospective{}, err
	}
	return Retrospective{r.Title, r.State, append([]string{}, r.Authors...),
		each(r.Sections, func(x incident.Section) Section { return Section(x) })}, nil
}

// RawRecord is a record as its source gave it.
type RawRecord struct {
	ID         incident.ID     `json:"id"`
	Type       string          `json:"type"`
	ExternalID string          `json:"external_id"`
	Hash       string          `json:"sha256"`
	ReceivedAt time.Time       `json:"received_at"`
	Via        string          `json:"via"`
	Place      string          `json:"place,omitempty"`
	JSON       json.RawMessage `json:"json,omitempty" doc:"the body, when it is JSON"`
	Text       string          `json:"text,omitempty" doc:"the body, when it is text"`
	Bytes      []byte          `json:"bytes,omitempty" doc:"the body in base64, when it is neither"`
}

func (s *Server) raw(ctx context.Context, v Viewer, p IDParams) (RawRecord, error) {
	inc, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return RawRecord{}, err
	}
	if may, err := s.desk.MayReadRaw(ctx, inc, v.Sight()); err != nil || !may || inc.RawID == "" {
		return RawRecord{}, cmp.Or(err, incident.ErrNotFound)
	}
	raw, err := s.desk.Store.Raw(ctx, inc.RawID)
	if err != nil {
		return RawRecord{}, err
	}
	out := RawRecord{ID: raw.ID, Type: raw.Type, ExternalID: raw.ExternalID, Hash: raw.Hash, ReceivedAt: raw.ReceivedAt, Via: raw.Via, Place: raw.Origin}
	switch {
	case json.Valid(raw.Body):
		out.JSON = raw.Body
	case utf8.Valid(raw.Body):
		out.Text = string(raw.Body)
	default:
		out.Bytes = raw.Body
	}
	return out, nil
}
