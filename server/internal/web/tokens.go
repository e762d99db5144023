package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/auth"
)

const (
	tokensPath    = "/admin/tokens"
	ownTokensPath = "/me/tokens"
)

// tokensPage lists all tokens, for administrators; ownTokensPage those of the viewer.
func (s *Server) tokensPage(r *request) (answer, error) {
	page, err := s.tokens(r, false, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) ownTokensPage(r *request) (answer, error) {
	page, err := s.tokens(r, true, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) tokens(r *request, mine bool, form frontend.Form) (frontend.TokensPage, error) {
	ctx := r.Request.Context()
	page := frontend.TokensPage{Shell: r.shell("API tokens", frontend.NavSettings), Mine: mine, Form: form, Grants: grants(r, mine)}
	if r.user == nil {
		return page, nil // visitors of the demonstration have none
	}
	tokens, err := s.Store.Tokens(ctx)
	if err != nil {
		return page, err
	}
	users, err := s.Store.Users(ctx)
	if err != nil {
		return page, err
	}
	if mine {
		tokens = slices.DeleteFunc(tokens, func(t incident.Token) bool { return t.Owner != r.user.ID })
	} else {
		page.Owners = owners(*r.user, users)
	}
	page.Tokens = tokenRows(tokens, users, s.Now())
	return page, nil
}

// grants are the abilities that the viewer may give to a token. One of their own may always see what they see themselves of private
// incidents.
func grants(r *request, mine bool) []incident.Ability {
	some := slices.Clone(r.viewer.Abilities)
	if mine {
		some = append(some, incident.SeePrivate)
	}
	return incident.SortAbilities(some)
}

// owners are whom an administrator may make tokens for: themselves and service accounts. Tokens of other people are made by those.
func owners(self incident.User, users []incident.User) []frontend.Choice {
	out := []frontend.Choice{{Value: string(self.ID), Label: "yourself, " + string(self.Role)}}
	for _, u := range users {
		if u.Service && !u.Disabled {
			out = append(out, frontend.Choice{Value: string(u.ID), Label: u.Name + ", " + string(u.Role)})
		}
	}
	return out
}

func tokenRows(tokens []incident.Token, users []incident.User, now time.Time) []frontend.TokenRow {
	byID := map[incident.ID]*incident.User{}
	for i, u := range users {
		byID[u.ID] = &users[i]
	}
	return each(tokens, func(t incident.Token) frontend.TokenRow {
		row := frontend.TokenRow{Token: t, Kept: t.Abilities, Expired: !t.ExpiresAt.IsZero() && now.After(t.ExpiresAt), By: "the command line"}
		if maker := byID[t.CreatedBy]; maker != nil {
			row.By = maker.Name
		}
		if owner := byID[t.Owner]; owner != nil {
			row.Owner, row.Service, row.Barred = owner.Name, owner.Service, owner.Disabled
			row.Kept, row.Lost = nil, nil
			for _, a := range t.Abilities {
				if a == incident.SeePrivate || owner.Role.May(a) {
					row.Kept = append(row.Kept, a)
				} else {
					row.Lost = append(row.Lost, a)
				}
			}
		} else if t.Owner != "" {
			row.Barred = true
		}
		return row
	})
}

func (s *Server) addToken(r *request) (answer, error)    { return s.makeToken(r, false) }
func (s *Server) addOwnToken(r *request) (answer, error) { return s.makeToken(r, true) }

func (s *Server) makeToken(r *request, mine bool) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	secret, err := s.newToken(r, mine)
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.tokens(r, mine, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	page, err := s.tokens(r, mine, frontend.Form{})
	page.Secret = secret
	return answer{page: page}, err
}

func (s *Server) newToken(r *request, mine bool) (secret string, err error) {
	days, err := strconv.Atoi(r.PostForm("days"))
	if err != nil || days < 0 || days > 3650 {
		return "", incident.Invalidf("days", "give a number of days from 0 (it does not expire) to 3,650")
	}
	n := auth.NewToken{Name: r.PostForm("name"), Owner: *r.user, Lasts: time.Duration(days) * 24 * time.Hour, By: r.user.ID, Grants: grants(r, mine)}
	for _, a := range r.PostFormArray("ability") {
		n.Abilities = append(n.Abilities, incident.Ability(a))
	}
	if id := incident.ID(r.PostForm("owner")); !mine && id != "" && id != r.user.ID {
		if n.Owner, err = s.account(r.Request.Context(), id); err != nil {
			return "", err
		}
	}
	secret, _, err = s.Auth.CreateToken(r.Request.Context(), n)
	return secret, err
}

// account returns a service account.
func (s *Server) account(ctx context.Context, id incident.ID) (incident.User, error) {
	u, err := s.Store.User(ctx, id)
	switch {
	case errors.Is(err, incident.ErrNotFound), err == nil && (!u.Service || u.Disabled):
		return incident.User{}, incident.Invalidf("owner", "choose yourself or a service account; people make their own tokens")
	case err != nil:
		return incident.User{}, err
	}
	return *u, nil
}

func (s *Server) deleteToken(r *request) (answer, error) {
	if err := s.Auth.Revoke(r.Request.Context(), incident.ID(r.Param("id")), ""); err != nil {
		return answer{}, err
	}
	return goTo(tokensPath, frontend.Flash{Kind: frontend.Done, Text: "The token does not work any more."})
}

func (s *Server) deleteOwnToken(r *request) (answer, error) {
	if r.user == nil {
		return answer{}, errForbidden
	}
	if err := s.Auth.Revoke(r.Request.Context(), incident.ID(r.Param("id")), r.user.ID); err != nil {
		return answer{}, err
	}
	return goTo(ownTokensPath, frontend.Flash{Kind: frontend.Done, Text: "The token does not work any more."})
}
