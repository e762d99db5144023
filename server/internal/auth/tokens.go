package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// ErrOwner: a token is good, and the user that it acts for may not act any more.
var ErrOwner = fmt.Errorf("the user that this token acts for may not act any more: %w", incident.ErrNotFound)

// shownOf is how many characters of a token's secret are kept to recognise it by: too few of 43 to help a guess.
const shownOf = len("hst_") + 4

// NewToken says what a token is to be. Lasts 0 means that it does not expire.
type NewToken struct {
	Name      string
	Owner     incident.User
	Abilities []incident.Ability
	Lasts     time.Duration
	By        incident.ID        // who makes it; empty: the command line
	Grants    []incident.Ability // that the maker may give
}

// CreateToken makes an API token. The secret is shown once; only its hash is kept. Nobody gives an ability that they lack, and none that
// the owner lacks, but for SeePrivate: a token with it sees what its owner sees of private incidents. Errors: ErrInvalid with the field.
func (s *Service) CreateToken(ctx context.Context, n NewToken) (secret string, token incident.Token, err error) {
	if n.Name = strings.TrimSpace(n.Name); n.Name == "" || len(n.Name) > 100 {
		return "", token, incident.Invalidf("name", "say in at most 100 characters what the token is for")
	}
	if n.Lasts < 0 {
		return "", token, incident.Invalidf("days", "a token cannot have expired before it is made")
	}
	abilities := incident.SortAbilities(n.Abilities)
	if err := checkAbilities(n, abilities); err != nil {
		return "", token, err
	}
	secret = "hst_" + NewSecret()
	token = incident.Token{ID: incident.NewID("tok"), Name: n.Name, Hash: Hash(secret), Prefix: secret[:shownOf], Owner: n.Owner.ID, Abilities: abilities,
		CreatedBy: n.By, CreatedAt: s.now().UTC()}
	if n.Lasts > 0 {
		token.ExpiresAt = token.CreatedAt.Add(n.Lasts)
	}
	_, err = s.store.Update(ctx, func(tx incident.Tx) error { return tx.PutToken(token) })
	return secret, token, err
}

func checkAbilities(n NewToken, abilities []incident.Ability) error {
	if len(abilities) == 0 || len(abilities) < len(n.Abilities) && hasUnknown(n.Abilities) {
		return incident.Invalidf("abilities", "choose at least one of %s", join(incident.Abilities))
	}
	for _, a := range abilities {
		switch {
		case !slices.Contains(n.Grants, a):
			return incident.Invalidf("abilities", "you cannot give “%s”, which you do not have", a)
		case a != incident.SeePrivate && !n.Owner.Role.May(a):
			return incident.Invalidf("abilities", "%s is %s and does not have “%s”; a token has no more than its owner", n.Owner.Name, n.Owner.Role, a)
		}
	}
	return nil
}

func hasUnknown(some []incident.Ability) bool {
	return slices.ContainsFunc(some, func(a incident.Ability) bool { return !slices.Contains(incident.Abilities, a) })
}

func join(some []incident.Ability) string {
	words := make([]string, len(some))
	for i, a := range some {
		words[i] = string(a)
	}
	return strings.Join(words, ", ")
}

// Token returns the token with this secret and its owner, nil for one that acts for nobody, and notes the use. Errors: ErrNotFound
// when there is none or it has expired, ErrOwner.
func (s *Service) Token(ctx context.Context, secret, from string) (*incident.Token, *incident.User, error) {
	token, err := s.store.TokenByHash(ctx, Hash(secret))
	if err != nil {
		return nil, nil, err
	}
	now := s.now().UTC()
	if !token.ExpiresAt.IsZero() && now.After(token.ExpiresAt) {
		return nil, nil, incident.ErrNotFound
	}
	var owner *incident.User
	if token.Owner != "" {
		owner, err = s.store.User(ctx, token.Owner)
		switch {
		case errors.Is(err, incident.ErrNotFound) || err == nil && owner.Disabled:
			return nil, nil, ErrOwner
		case err != nil:
			return nil, nil, fmt.Errorf("auth: owner of token %s: %w", token.ID, err)
		}
	}
	if now.Sub(token.UsedAt) > seenEvery {
		token.UsedAt, token.UsedFrom = now, from
		if _, err := s.store.Update(ctx, func(tx incident.Tx) error { return tx.TouchToken(token.ID, now, from) }); err != nil {
			return nil, nil, err
		}
	}
	return token, owner, nil
}

// Revoke ends a token. owner, when it is not empty, has to be the token's: ErrNotFound otherwise.
func (s *Service) Revoke(ctx context.Context, id, owner incident.ID) error {
	token, err := s.store.Token(ctx, id)
	if err != nil {
		return err
	}
	if owner != "" && token.Owner != owner {
		return incident.ErrNotFound
	}
	_, err = s.store.Update(ctx, func(tx incident.Tx) error { return tx.DeleteToken(id) })
	return err
}
