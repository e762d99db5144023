package api

import (
	"context"
	"errors"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// Token is an API token without its secret.
type Token struct {
	ID        incident.ID        `json:"id"`
	Name      string             `json:"name"`
	Prefix    string             `json:"prefix,omitempty" doc:"how the secret begins"`
	Owner     incident.ID        `json:"owner_id,omitempty" doc:"user that it acts for; none for tokens of earlier versions"`
	Abilities []incident.Ability `json:"abilities" doc:"at most these, and never more than the owner has now; private: sees the private incidents that its owner sees"`
	CreatedBy incident.ID        `json:"created_by,omitempty" doc:"none: the command line"`
	CreatedAt *time.Time         `json:"created_at"`
	ExpiresAt *time.Time         `json:"expires_at" doc:"null: it does not expire"`
	UsedAt    *time.Time         `json:"used_at"`
	UsedFrom  string             `json:"used_from,omitempty" doc:"address of that use"`
}

// TokenList is all tokens.
type TokenList struct {
	Items []Token `json:"items"`
}

// TokenBody makes a token.
type TokenBody struct {
	Name      string             `json:"name"`
	Owner     incident.ID        `json:"owner_id,omitempty" doc:"a service account; left out: whom you act for"`
	Abilities []incident.Ability `json:"abilities"`
	Days      *int               `json:"days,omitempty" doc:"until it expires; left out: 90; 0: it does not expire"`
}

// NewToken is a token with its secret.
type NewToken struct {
	ID     incident.ID `json:"id"`
	Secret string      `json:"secret" doc:"given this once and stored nowhere"`
	Token  Token       `json:"token"`
}

func tokenOf(t incident.Token) Token {
	return Token{t.ID, t.Name, t.Prefix, t.Owner, append([]incident.Ability{}, t.Abilities...), t.CreatedBy, when(t.CreatedAt), when(t.ExpiresAt), when(t.UsedAt), t.UsedFrom}
}

func (s *Server) listTokens(ctx context.Context, _ Viewer, _ none) (TokenList, error) {
	tokens, err := s.desk.Store.Tokens(ctx)
	return TokenList{each(tokens, tokenOf)}, err
}

const (
	tokenDays    = 90
	maxTokenDays = 3650
)

func (s *Server) createToken(ctx context.Context, v Viewer, _ none, b TokenBody) (NewToken, error) {
	days := tokenDays
	if b.Days != nil {
		days = *b.Days
	}
	if days < 0 || days > maxTokenDays {
		return NewToken{}, incident.Invalidf("days", "give a number of days from 0 (it does not expire) to %d", maxTokenDays)
	}
	owner, err := s.ownerFor(ctx, v, b.Owner)
	if err != nil {
		return NewToken{}, err
	}
	secret, token, err := s.desk.Auth.CreateToken(ctx, auth.NewToken{Name: b.Name, Owner: owner, Abilities: b.Abilities, Lasts: time.Duration(days) * 24 * time.Hour, By: v.User, Grants: v.Abilities})
	return NewToken{token.ID, secret, tokenOf(token)}, err
}

// ownerFor returns whom a new token is to act for: the one who asks, or a service account. People make their own tokens.
func (s *Server) ownerFor(ctx context.Context, v Viewer, id incident.ID) (incident.User, error) {
	self := id == "" || id == v.User
	if self {
		id = v.User
	}
	u, err := s.desk.Store.User(ctx, id)
	switch {
	case errors.Is(err, incident.ErrNotFound), err == nil && (u.Disabled || !self && !u.Service):
		return incident.User{}, incident.Invalidf("owner_id", "name a service account; people make their own tokens")
	case err != nil:
		return incident.User{}, err
	}
	return *u, nil
}

func (s *Server) revokeToken(ctx context.Context, _ Viewer, p IDParams) (Deleted, error) {
	return Deleted{true}, s.desk.Auth.Revoke(ctx, incident.ID(p.ID), "")
}
