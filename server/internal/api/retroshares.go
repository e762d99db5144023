package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/redact"
	"hindsight/server/internal/retrodoc"
)

// RetroLink is a link by which people outside read a retrospective, without its address, of which only a fingerprint is kept.
type RetroLink struct {
	ID        incident.ID `json:"id"`
	State     string      `json:"state" doc:"open, expired or revoked; one of a private incident opens nothing either"`
	Profile   string      `json:"profile"`
	Sections  []string    `json:"sections" doc:"slugs of those that go along"`
	Words     []string    `json:"words" doc:"masked besides"`
	Kept      []string    `json:"kept" doc:"keys of maskings that were undone"`
	Version   int         `json:"published_version" doc:"that it shows"`
	FrozenAt  time.Time   `json:"frozen_at" doc:"when what it shows was made"`
	CreatedBy string      `json:"created_by,omitempty"`
	CreatedAt time.Time   `json:"created_at"`
	ExpiresAt time.Time   `json:"expires_at"`
	RevokedAt *time.Time  `json:"revoked_at"`
	RevokedBy string      `json:"revoked_by,omitempty"`
	Opened    int         `json:"opened" doc:"how often"`
	OpenedAt  *time.Time  `json:"opened_at" doc:"when it was last"`
}

// RetroLinkList are the links of a retrospective.
type RetroLinkList struct {
	Items []RetroLink `json:"items" doc:"the newest first"`
}

// RetroLinkTerms say what people outside read.
type RetroLinkTerms struct {
	Profile  string   `json:"profile" doc:"customers, partners or whole"`
	Sections []string `json:"sections,omitempty" doc:"slugs; without them those that the profile lets go along"`
	Words    []string `json:"words,omitempty" doc:"to be masked besides"`
	Kept     []string `json:"kept,omitempty" doc:"keys of maskings, as a preview has them, that may be read all the same"`
}

// RetroLinkSeen says what people outside read, and that somebody looked at it.
type RetroLinkSeen struct {
	RetroLinkTerms
	Digest string `json:"digest" doc:"of the preview by the same terms; 409 when that would show something else now"`
}

// RetroLinkBody makes a link.
type RetroLinkBody struct {
	RetroLinkSeen
	ExpiresAt time.Time `json:"expires_at" doc:"within a year"`
}

// RetroLinkPreview is what people outside would read, and why.
type RetroLinkPreview struct {
	Digest   string         `json:"digest" doc:"to be sent with a link that is to show this"`
	Version  int            `json:"published_version"`
	Sections []string       `json:"sections" doc:"slugs of those that go along"`
	Text     string         `json:"text" doc:"Markdown, as people outside download it"`
	Maskings []RetroMasking `json:"maskings"`
}

// RetroMasking is one thing that was masked, wherever it stood.
type RetroMasking struct {
	Key   string `json:"key" doc:"for kept"`
	Kind  string `json:"kind"`
	Was   string `json:"was" doc:"as it stood first"`
	Reads string `json:"reads"`
	Count int    `json:"count"`
	Kept  bool   `json:"kept"`
}

// NewRetroLink is a link with its address.
type NewRetroLink struct {
	URL  string    `json:"url" doc:"given this once and stored nowhere"`
	Link RetroLink `json:"link"`
}

// RetroLinkParams name a link.
type RetroLinkParams struct {
	ID   string `path:"id"`
	Link string `path:"link"`
}

// retroLinkOps are the operations about links for people outside.
func (s *Server) retroLinkOps() []operation {
	const at = "/incidents/{id}/retrospective/links"
	list := get(at, "The links by which people outside read a retrospective", s.retroLinks)
	list.needs = incident.Write
	return []operation{
		list,
		write(http.MethodPost, at+"/preview", "What people outside would read of the version that was published last", incident.Write, http.StatusOK, s.previewRetroLink),
		write(http.MethodPost, at, "Make a link that shows what a preview showed", incident.Write, http.StatusCreated, s.makeRetroLink),
		write(http.MethodPut, at+"/{link}", "Let a link show what a preview showed; its address stays", incident.Write, http.StatusOK, s.refreshRetroLink),
		remove(at+"/{link}", "Revoke a link", incident.Write, s.revokeRetroLink),
	}
}

func (t RetroLinkTerms) terms() desk.ShareTerms {
	return desk.ShareTerms{Profile: redact.Profile(t.Profile), Sections: t.Sections, Words: t.Words, Kept: t.Kept}
}

func (s *Server) retroLink(x incident.RetroShare) RetroLink {
	list := func(l []string) []string { return append([]string{}, l...) }
	return RetroLink{x.ID, string(x.State(s.desk.Now())), x.Profile, list(x.Sections), list(x.Words), list(x.Kept), x.Number, x.FrozenAt.UTC(), x.CreatedByName, x.CreatedAt.UTC(), x.ExpiresAt.UTC(),
		when(x.RevokedAt), x.RevokedBy, x.Used, when(x.UsedAt)}
}

func (s *Server) retroLinks(ctx context.Context, v Viewer, p IDParams) (RetroLinkList, error) {
	all, err := s.desk.Shares(ctx, incident.ID(p.ID), v.Sight())
	return RetroLinkList{each(all, s.retroLink)}, err
}

func (s *Server) previewRetroLink(ctx context.Context, v Viewer, p IDParams, b RetroLinkTerms) (RetroLinkPreview, error) {
	x, err := s.desk.PreviewShare(ctx, incident.ID(p.ID), b.terms(), v.Sight())
	if err != nil {
		return RetroLinkPreview{}, err
	}
	return RetroLinkPreview{x.Digest, x.Number, append([]string{}, x.Terms.Sections...), string(retrodoc.Shared(x.Document)), each(x.Maskings, func(m redact.Masking) RetroMasking {
		return RetroMasking{m.Key, string(m.Kind), m.Was, m.Instead, m.Count, m.Kept}
	})}, nil
}

func (s *Server) makeRetroLink(ctx context.Context, v Viewer, p IDParams, b RetroLinkBody) (NewRetroLink, error) {
	token, x, err := s.desk.MakeShare(ctx, incident.ID(p.ID), b.terms(), b.ExpiresAt, b.Digest, v.Sight())
	if err != nil {
		return NewRetroLink{}, err
	}
	return NewRetroLink{s.desk.ShareURL(token), s.retroLink(x)}, nil
}

func (s *Server) refreshRetroLink(ctx context.Context, v Viewer, p RetroLinkParams, b RetroLinkSeen) (RetroLink, error) {
	x, err := s.desk.RefreshShare(ctx, incident.ID(p.ID), incident.ID(p.Link), b.terms(), b.Digest, v.Sight())
	if err != nil {
		return RetroLink{}, err
	}
	return s.retroLink(x), nil
}

func (s *Server) revokeRetroLink(ctx context.Context, v Viewer, p RetroLinkParams) (RetroLinkList, error) {
	if err := s.desk.RevokeShare(ctx, incident.ID(p.ID), incident.ID(p.Link), v.Sight()); err != nil {
		return RetroLinkList{}, err
	}
	return s.retroLinks(ctx, v, IDParams{ID: p.ID})
}
