package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/server/internal/coedit"
	"hindsight/server/internal/desk"
)

// SectionParams name a section of a retrospective.
type SectionParams struct {
	ID   string `path:"id"`
	Slug string `path:"slug"`
}

// SectionText is the text of a section of a retrospective. The version is in ETag, too.
type SectionText struct {
	Slug    string `json:"slug"`
	Text    string `json:"text" doc:"Markdown; positions in it count UTF-16 code units"`
	Version int    `json:"version" doc:"how many updates the text has seen"`
	Who     string `json:"who" doc:"what the names of your clients begin with, before the dot"`
	Merged  bool   `json:"merged" doc:"what others wrote meanwhile is in it, too"`
}

// TextUpdate is one change of a text that was accepted.
type TextUpdate struct {
	Client  string          `json:"client" doc:"the editor that it came from; server: it was made of a whole text"`
	Changes json.RawMessage `json:"changes" doc:"as CodeMirror writes a ChangeSet"`
	Name    string          `json:"name" doc:"of whoever wrote it"`
	At      time.Time       `json:"at"`
}

// TextUpdates are updates in order; the last makes the version.
type TextUpdates struct {
	Version int          `json:"version"`
	Updates []TextUpdate `json:"updates"`
	More    bool         `json:"more" doc:"there are newer ones; ask again from version on"`
}

// SinceParams ask for what is newer than a version.
type SinceParams struct {
	SectionParams
	Since int `query:"since" doc:"the version that you have"`
}

// TextPush is what an editor has to send.
type TextPush struct {
	Version int               `json:"version" doc:"that the first update follows"`
	Client  string            `json:"client" doc:"your who, a dot, and 8 to 40 letters, digits, hyphens and underscores; the same when you send again"`
	Updates []json.RawMessage `json:"updates" doc:"1 to 500 changes that follow one another, each as CodeMirror writes a ChangeSet"`
}

// TextVersion is a version of a text.
type TextVersion struct {
	Version int `json:"version"`
}

// WriteParams say what a whole text was made of.
type WriteParams struct {
	SectionParams
	Match string `header:"If-Match" doc:"the version that the text was made of, in quotes"`
}

// WholeText takes the place of a section's text.
type WholeText struct {
	Text string  `json:"text"`
	Base *string `json:"base,omitempty" doc:"the text that yours was made of; with it, what others wrote meanwhile is merged"`
}

func (s *Server) writingOps() []operation {
	const path = "/incidents/{id}/retrospective/sections/{slug}"
	read := get(path, "The text of a section of a retrospective", s.sectionText)
	put := write(http.MethodPut, path, "Write the whole text of a section", incident.Write, http.StatusOK, s.writeText)
	for _, op := range []*operation{&read, &put} {
		op.serve = tagged(op.serve)
	}
	return []operation{
		read, put,
		get(path+"/updates", "What was written in a section since a version", s.textSince),
		write(http.MethodPost, path+"/updates", "Send an editor's changes of a section", incident.Write, http.StatusOK, s.pushText),
	}
}

// tagged puts the version of a text into the header of its answer.
func tagged(serve func(*gin.Context) (any, error)) func(*gin.Context) (any, error) {
	return func(c *gin.Context) (any, error) {
		answer, err := serve(c)
		if text, ok := answer.(SectionText); ok && err == nil {
			c.Header("ETag", `"`+strconv.Itoa(text.Version)+`"`)
		}
		return answer, err
	}
}

func (s *Server) sectionText(ctx context.Context, v Viewer, p SectionParams) (SectionText, error) {
	t, err := s.desk.SectionText(ctx, incident.ID(p.ID), p.Slug, v.Sight())
	return SectionText{t.Slug, t.Text, t.Version, desk.Who(ctx), false}, err
}

func (s *Server) textSince(ctx context.Context, v Viewer, p SinceParams) (TextUpdates, error) {
	since, more, err := s.desk.TextSince(ctx, incident.ID(p.ID), p.Slug, p.Since, v.Sight())
	if errors.Is(err, desk.ErrTextForgotten) {
		err = &requestError{http.StatusGone, err.Error()}
	}
	return TextUpdates{p.Since + len(since), textUpdates(since), more}, err
}

func textUpdates(since []incident.TextChange) []TextUpdate {
	out := make([]TextUpdate, len(since))
	for i, c := range since {
		out[i] = TextUpdate{c.Client, c.Changes, c.By, c.At}
	}
	return out
}

func (s *Server) pushText(ctx context.Context, v Viewer, p SectionParams, body TextPush) (TextVersion, error) {
	changes, err := desk.ParseUpdates(body.Updates)
	if err != nil {
		return TextVersion{}, err
	}
	accepted, err := s.desk.PushText(ctx, incident.ID(p.ID), p.Slug, desk.TextPush{Version: body.Version, Client: body.Client, Changes: changes}, v.Sight())
	var behind *desk.BehindError
	switch {
	case errors.As(err, &behind):
		err = &extendedError{err, func(p Problem) any { return behindProblem{p, behind.Version, textUpdates(behind.Since)} }}
	case errors.Is(err, desk.ErrTextForgotten):
		err = &requestError{http.StatusGone, err.Error()}
	}
	return TextVersion{body.Version + len(accepted)}, err
}

func (s *Server) writeText(ctx context.Context, v Viewer, p WriteParams, body WholeText) (SectionText, error) {
	if unquoted(p.Match) == "" {
		return SectionText{}, &requestError{http.StatusPreconditionRequired, `say in If-Match which version your text was made of: If-Match: "12"`}
	}
	version, err := strconv.Atoi(unquoted(p.Match))
	if err != nil || version < 0 {
		return SectionText{}, &requestError{http.StatusBadRequest, `If-Match is not a version in quotes, as in "12"`}
	}
	t, merged, err := s.desk.WriteText(ctx, incident.ID(p.ID), p.Slug, desk.TextWrite{Version: version, Text: body.Text, Base: body.Base}, v.Sight())
	var conflict *desk.MergeError
	switch {
	case errors.As(err, &conflict):
		err = &extendedError{err, func(p Problem) any {
			return mergeProblem{p, conflict.Version, conflict.Text, conflict.Merged.Text, conflict.Merged.Hunks}
		}}
	case errors.Is(err, desk.ErrTextChanged):
		err = &requestError{http.StatusPreconditionFailed, err.Error()}
	}
	return SectionText{t.Slug, t.Text, t.Version, desk.Who(ctx), merged}, err
}

// extendedError is told with more than a Problem has (RFC 9457, extension members).
type extendedError struct {
	error
	extend func(Problem) any
}

func (e *extendedError) Unwrap() error { return e.error }

type behindProblem struct {
	Problem
	Version int          `json:"version"`
	Updates []TextUpdate `json:"updates"`
}

type mergeProblem struct {
	Problem
	Version int           `json:"version"`
	Text    string        `json:"text"`
	Draft   string        `json:"draft"`
	Hunks   []coedit.Hunk `json:"hunks"`
}
