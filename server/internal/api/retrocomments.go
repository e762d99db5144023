package api

import (
	"context"
	"time"

	"hindsight/incident"
)

// RetroCommentList are the comments on a retrospective.
type RetroCommentList struct {
	Items []RetroComment `json:"items" doc:"the oldest first"`
}

// RetroComment is what somebody says about a retrospective.
type RetroComment struct {
	ID         incident.ID `json:"id"`
	Section    string      `json:"section,omitempty" doc:"slug; left out: about the whole"`
	Row        string      `json:"row,omitempty" doc:"moment:ID, factor:KEY or action:KEY"`
	Answers    incident.ID `json:"answers,omitempty" doc:"the comment that began the thread"`
	Quote      string      `json:"quote,omitempty" doc:"the words that it is about"`
	Text       string      `json:"text" doc:"Markdown"`
	By         string      `json:"by"`
	At         time.Time   `json:"at"`
	ResolvedAt *time.Time  `json:"resolved_at"`
	ResolvedBy string      `json:"resolved_by,omitempty"`
}

// NewRetroComment is a comment, or an answer to one.
type NewRetroComment struct {
	Text    string      `json:"text"`
	Section string      `json:"section,omitempty"`
	Row     string      `json:"row,omitempty"`
	Answers incident.ID `json:"answers,omitempty" doc:"the comment that began the thread; section and row are then its own"`
	Quote   string      `json:"quote,omitempty"`
}

// RetroCommentChange is done with a comment.
type RetroCommentChange struct {
	Action string `json:"action" doc:"resolve, reopen, or remove, which only who wrote it can"`
}

// RetroCommentParams name a comment.
type RetroCommentParams struct {
	ID      string `path:"id"`
	Comment string `path:"comment"`
}

func (s *Server) retroComments(ctx context.Context, v Viewer, p IDParams) (RetroCommentList, error) {
	if _, err := s.desk.Writing(ctx, incident.ID(p.ID), v.Sight()); err != nil {
		return RetroCommentList{}, err
	}
	all, err := s.desk.Comments(ctx, incident.ID(p.ID), v.Sight())
	return RetroCommentList{each(all, func(c incident.RetroComment) RetroComment {
		return RetroComment{c.ID, c.Slug, c.Row, c.Answers, c.Quote, c.Text, c.By, c.At, when(c.ResolvedAt), c.ResolvedBy}
	})}, err
}

func (s *Server) addRetroComment(ctx context.Context, v Viewer, p IDParams, b NewRetroComment) (RetroCommentList, error) {
	if w, err := s.desk.Writing(ctx, incident.ID(p.ID), v.Sight()); err != nil {
		return RetroCommentList{}, err
	} else if _, ok := w.Section(b.Section); b.Section != "" && !ok {
		return RetroCommentList{}, incident.Invalidf("section", "there is no section %.80q", b.Section)
	}
	c := incident.RetroComment{Incident: incident.ID(p.ID), Slug: b.Section, Row: b.Row, Answers: b.Answers, Quote: b.Quote, Text: b.Text}
	if _, err := s.desk.AddComment(ctx, c, v.Sight()); err != nil {
		return RetroCommentList{}, err
	}
	return s.retroComments(ctx, v, p)
}

func (s *Server) changeRetroComment(ctx context.Context, v Viewer, p RetroCommentParams, b RetroCommentChange) (RetroCommentList, error) {
	if err := s.desk.ChangeComment(ctx, incident.ID(p.ID), incident.ID(p.Comment), b.Action, v.Sight()); err != nil {
		return RetroCommentList{}, err
	}
	return s.retroComments(ctx, v, IDParams{ID: p.ID})
}
