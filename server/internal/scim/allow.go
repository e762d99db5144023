package scim

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// Needs is the ability that a token must have.
const Needs = incident.Administer

// allow finds out whose token a request brings, and returns a context in which what it does is the token's. A browser's
// session does not do here.
func (s *Server) allow(r *http.Request, e endpoint) (context.Context, error) {
	ctx := r.Context()
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ctx, &Error{http.StatusUnauthorized, "", "send Authorization: Bearer and an API token"}
	}
	from, agent := auth.Address(ctx), r.UserAgent()
	agent = agent[:min(len(agent), 200)]
	token, owner, err := s.Tokens.Token(ctx, strings.TrimSpace(secret), from)
	if errors.Is(err, incident.ErrNotFound) {
		if s.NotBelieved != nil {
			s.NotBelieved(incident.Acting(ctx, incident.Actor{Kind: incident.ActorVisitor, From: from, Agent: agent}))
		}
		return ctx, &Error{http.StatusUnauthorized, "", "this token is unknown, has expired, or its owner may not act any more"}
	}
	if err != nil {
		return ctx, err
	}
	role := incident.Role("")
	if owner != nil {
		role = owner.Role
	}
	ctx = incident.Acting(ctx, incident.Actor{Kind: incident.ActorToken, ID: token.ID, Name: token.Name, Role: role, From: from, Agent: agent})
	if !slices.Contains(token.Effective(owner), Needs) {
		if s.Refused != nil {
			s.Refused(ctx, e.method+" "+Prefix+e.path, Needs)
		}
		return ctx, &Error{http.StatusForbidden, "", "this token lacks the ability " + string(Needs)}
	}
	if s.ReadOnly && r.Method != http.MethodGet {
		return ctx, &Error{http.StatusForbidden, "", "the demonstration is read-only"}
	}
	return ctx, nil
}
