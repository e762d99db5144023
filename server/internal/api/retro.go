package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// RetroStanding is where a retrospective that is written here stands.
type RetroStanding struct {
	Incident    incident.ID   `json:"incident_id"`
	Version     int           `json:"version" doc:"of title, owner, due date, state and sections; send it as If-Match"`
	Title       string        `json:"title"`
	Template    string        `json:"template"`
	State       string        `json:"state" doc:"draft, in_review, approved, published, revised or not_required"`
	Next        []string      `json:"next_states" doc:"that this one can be followed by"`
	Reason      string        `json:"reason,omitempty" doc:"why none is needed"`
	Owner       string        `json:"owner,omitempty" doc:"of the user who sees to it"`
	Due         *time.Time    `json:"due_at"`
	Number      int           `json:"published_version" doc:"0: none is yet"`
	PublishedAt *time.Time    `json:"published_at"`
	Reviews     []RetroReview `json:"reviews"`
	CreatedAt   time.Time     `json:"created_at"`
	CreatedBy   string        `json:"created_by"`
	ChangedAt   time.Time     `json:"changed_at"`
	ChangedBy   string        `json:"changed_by"`
}

// RetroReview is somebody's look at a retrospective before it is published.
type RetroReview struct {
	Name       string     `json:"name"`
	AskedBy    string     `json:"asked_by,omitempty"`
	Answer     string     `json:"answer,omitempty" doc:"approved or changes; left out while it is waited for"`
	Words      string     `json:"words,omitempty"`
	AnsweredAt *time.Time `json:"answered_at"`
}

// RetroBegin says how a retrospective is begun.
type RetroBegin struct {
	Template    string `json:"template,omitempty" doc:"name of a template; without it the rules choose"`
	NotRequired bool   `json:"not_required,omitempty" doc:"none is needed; reason says why"`
	Reason      string `json:"reason,omitempty"`
}

// RetroDetails changes a retrospective; what is left out stays.
type RetroDetails struct {
	Title *string `json:"title,omitempty"`
	Owner *string `json:"owner,omitempty" doc:"sign-in name of a user; an empty text is nobody"`
	Due   *string `json:"due_at,omitempty" doc:"RFC 3339, or a date; an empty text is none"`
}

// RetroMove lets a retrospective enter another state.
type RetroMove struct {
	State  string `json:"state" doc:"one of next_states; approved is entered by answers of reviewers"`
	Reason string `json:"reason,omitempty" doc:"why none is needed, for not_required"`
}

// RetroAsk asks people for a review.
type RetroAsk struct {
	Reviewers []string `json:"reviewers" doc:"sign-in names"`
}

// RetroAnswer is what a reviewer says.
type RetroAnswer struct {
	Answer string `json:"answer" doc:"approved, or changes"`
	Words  string `json:"words,omitempty" doc:"which changes are asked for"`
}

// MatchParams name an incident, and the version that a change of its retrospective was made from.
type MatchParams struct {
	ID    string `path:"id"`
	Match string `header:"If-Match" doc:"the version that you know: \"3\"; another one is 412. Without it the change is made to whichever there is"`
}

func retroStanding(r incident.Retro) RetroStanding {
	out := RetroStanding{Incident: r.Incident, Version: r.Version, Title: r.Title, Template: r.Template, State: string(r.State), Next: each(r.State.Next(), func(s incident.RetroState) string { return string(s) }),
		Reason: r.Reason, Owner: r.OwnerName, Due: when(r.Due), Number: r.Number, PublishedAt: when(r.PublishedAt), CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, ChangedAt: r.ChangedAt, ChangedBy: r.ChangedBy}
	out.Reviews = each(r.Reviews, func(x incident.RetroReview) RetroReview {
		return RetroReview{x.Name, x.AskedBy, string(x.Answer), x.Words, when(x.At)}
	})
	return out
}

func (s *Server) retroStanding(ctx context.Context, v Viewer, p IDParams) (RetroStanding, error) {
	w, err := s.desk.Writing(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return RetroStanding{}, err
	}
	carries(ctx, w.Incident)
	return retroStanding(w.Retro), nil
}

// standingAfter answers a change once search and figures know of it.
func (s *Server) standingAfter(ctx context.Context, r incident.Retro, seq incident.Seq, match string, err error) (RetroStanding, error) {
	if err != nil {
		return RetroStanding{}, unmatched(err, unquoted(match))
	}
	s.desk.Wait(ctx, seq)
	return retroStanding(r), nil
}

func (s *Server) beginRetro(ctx context.Context, v Viewer, p IDParams, b RetroBegin) (RetroStanding, error) {
	id := incident.ID(p.ID)
	if b.NotRequired {
		r, seq, err := s.desk.DeclineRetro(ctx, id, b.Template, b.Reason, v.Sight())
		return s.standingAfter(ctx, r, seq, "", err)
	}
	r, seq, err := s.desk.BeginRetro(ctx, id, b.Template, v.Sight())
	return s.standingAfter(ctx, r, seq, "", err)
}

func (s *Server) changeRetro(ctx context.Context, v Viewer, p MatchParams, b RetroDetails) (RetroStanding, error) {
	patch := desk.RetroPatch{Title: b.Title, Owner: b.Owner}
	base, err := matchedVersion(p.Match)
	if err != nil {
		return RetroStanding{}, err
	}
	if b.Due != nil {
		var due time.Time
		if *b.Due != "" {
			if due, err = time.Parse(time.RFC3339, endOfDay("due", *b.Due)); err != nil {
				return RetroStanding{}, incident.Invalidf("due_at", "%.40q is not a date, nor a time such as 2026-11-20T17:00:00Z", *b.Due)
			}
		}
		patch.Due = &due
	}
	r, seq, err := s.desk.ChangeRetro(ctx, incident.ID(p.ID), base, patch, v.Sight())
	return s.standingAfter(ctx, r, seq, p.Match, err)
}

func (s *Server) moveRetro(ctx context.Context, v Viewer, p MatchParams, b RetroMove) (RetroStanding, error) {
	base, err := matchedVersion(p.Match)
	if err != nil {
		return RetroStanding{}, err
	}
	to := incident.RetroState(b.State)
	if to == incident.RetroApproved || !slices.Contains(incident.RetroStates, to) {
		return RetroStanding{}, incident.Invalidf("state", "%.40q cannot be entered; give one of next_states, and approve with an answer", b.State)
	}
	r, seq, err := s.desk.MoveRetro(ctx, incident.ID(p.ID), base, to, b.Reason, v.Sight())
	return s.standingAfter(ctx, r, seq, p.Match, err)
}

func (s *Server) askRetroReview(ctx context.Context, v Viewer, p IDParams, b RetroAsk) (RetroStanding, error) {
	r, seq, err := s.desk.AskReview(ctx, incident.ID(p.ID), b.Reviewers, v.Sight())
	return s.standingAfter(ctx, r, seq, "", err)
}

func (s *Server) answerRetroReview(ctx context.Context, v Viewer, p MatchParams, b RetroAnswer) (RetroStanding, error) {
	if v.User == "" {
		return RetroStanding{}, &requestError{http.StatusForbidden, "a review is answered by a person; use a token that acts for a user"}
	}
	base, err := matchedVersion(p.Match)
	if err != nil {
		return RetroStanding{}, err
	}
	r, seq, err := s.desk.AnswerReview(ctx, incident.ID(p.ID), base, incident.ReviewAnswer(b.Answer), b.Words, v.Sight())
	return s.standingAfter(ctx, r, seq, p.Match, err)
}

// retroOps are the operations about retrospectives that are written here, beside their texts and moments.
func (s *Server) retroOps() []operation {
	const at = "/incidents/{id}/retrospective"
	return []operation{
		write(http.MethodPost, at, "Begin the retrospective of an incident, or say that none is needed", incident.Write, http.StatusCreated, s.beginRetro),
		get(at+"/details", "Where a retrospective that is written here stands", s.retroStanding),
		write(http.MethodPatch, at+"/details", "Change title, owner or due date of a retrospective", incident.Write, http.StatusOK, s.changeRetro),
		write(http.MethodPost, at+"/state", "Let a retrospective enter another state", incident.Write, http.StatusOK, s.moveRetro),
		write(http.MethodPost, at+"/review", "Ask people to review a retrospective", incident.Write, http.StatusOK, s.askRetroReview),
		write(http.MethodPost, at+"/answer", "Approve a retrospective that is in review, or ask for changes", incident.Write, http.StatusOK, s.answerRetroReview),
		get(at+"/heard", "How far a retrospective was heard: how many read it, what links to it, and where its factors were taken up", s.retroHeard),
		get(at+"/sections", "The sections of a retrospective, removed ones too", s.retroSections),
		write(http.MethodPost, at+"/sections", "Add, rename, move, remove or put back a section", incident.Write, http.StatusOK, s.changeRetroSections),
		get(at+"/files", "The images, attachments and frozen charts of a retrospective, removed ones too", s.retroAttachedList),
		s.attachRetro(),
		remove(at+"/files/{file}", "Take the content of a file away, also from published versions", incident.Write, s.removeRetroAttached),
		get(at+"/comments", "The comments on a retrospective", s.retroComments),
		write(http.MethodPost, at+"/comments", "Comment on a retrospective, or answer a comment", incident.Write, http.StatusCreated, s.addRetroComment),
		write(http.MethodPatch, at+"/comments/{comment}", "Resolve a comment, open it again or remove it", incident.Write, http.StatusOK, s.changeRetroComment),
		get(at+"/history", "The snapshots of a retrospective", s.retroSnapshots),
		write(http.MethodPost, at+"/history", "Keep a retrospective as it stands, under a name", incident.Write, http.StatusCreated, s.nameRetroSnapshot),
		get(at+"/history/{snapshot}", "A retrospective as it stood", s.retroSnapshot),
		write(http.MethodPost, at+"/history/{snapshot}/restore", "Put the text of a section back", incident.Write, http.StatusOK, s.restoreRetroSection),
		write(http.MethodPost, at+"/import/preview", "What a Markdown file would change in a retrospective", incident.Write, http.StatusOK, s.previewRetroFile),
		write(http.MethodPost, at+"/import", "Take the texts of a Markdown file over", incident.Write, http.StatusOK, s.takeRetroFile),
		write(http.MethodPost, at+"/rows/preview", "The rows that a document seems to tell", incident.Write, http.StatusOK, s.proposeRows),
		write(http.MethodPost, at+"/rows", "Take rows out of a document, all of them or none", incident.Write, http.StatusOK, s.takeRows),
		get("/retrospectives", "Retrospectives that are written here", s.retroList),
		get("/retrospectives/compliance", "How far the rules for retrospectives that were in force then are kept, step by step and by rule, team and service; without a period of the last 90 days", s.retroCompliance),
	}
}
