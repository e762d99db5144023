package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/oidc"
)

// Vouched is what a provider says of somebody, as auth takes it.
func (d *Desk) vouched(c *oidc.Claims) auth.Vouched {
	return auth.Vouched{By: d.SSO.Name, Issuer: c.Issuer, Subject: c.Subject, Name: c.Name, Display: c.Display, Email: c.Email,
		Verified: c.Verified, Groups: c.Groups}
}

// SignOn finishes a sign-in at the provider and opens a session. Errors: those of oidc.Provider.Finish and
// *auth.TurnedAwayError.
func (d *Desk) SignOn(ctx context.Context, a oidc.Attempt, back url.Values, visit auth.Visit) (secret string, user *incident.User, err error) {
	claims, grant, err := d.SSO.Finish(ctx, a, back)
	if err != nil {
		return "", nil, err
	}
	if user, err = d.Auth.Welcome(ctx, d.Joining, d.vouched(claims)); err != nil {
		return "", nil, err
	}
	proof := auth.Proof{Issuer: claims.Issuer, Subject: claims.Subject, Session: claims.Session, Short: grant.Refresh == ""}
	if proof.Grant, err = d.sealGrant(user.ID, grant); err != nil {
		return "", nil, err
	}
	secret, err = d.Auth.OpenVouched(ctx, user.ID, visit, proof)
	return secret, user, err
}

// LinkSignOn finishes a sign-in at the provider that a user began in order to link the account there.
func (d *Desk) LinkSignOn(ctx context.Context, a oidc.Attempt, back url.Values, user incident.ID) (*oidc.Claims, error) {
	if a.Link == "" || a.Link != user {
		return nil, oidc.ErrAttempt
	}
	claims, _, err := d.SSO.Finish(ctx, a, back)
	if err != nil {
		return nil, err
	}
	return claims, d.Auth.Link(ctx, user, d.vouched(claims))
}

// A grant is sealed about its user, and about what it is: a secret of a connection in its place stays shut.
func about(user incident.ID) string { return "grant of user " + string(user) }

func (d *Desk) sealGrant(user incident.ID, g oidc.Grant) ([]byte, error) {
	text, err := json.Marshal(g)
	if err != nil {
		return nil, err
	}
	return d.Safe.Seal(text, about(user))
}

func (d *Desk) openGrant(s incident.Session) (g oidc.Grant, err error) {
	text, err := d.Safe.Open(s.Grant, about(s.User))
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal(text, &g)
}

// ProviderLogoutURL is where the user of a session signs out at the provider, too; empty when the provider has no such
// place, or had no part in the session.
func (d *Desk) ProviderLogoutURL(ctx context.Context, s *incident.Session) string {
	if d.SSO == nil || s == nil || s.Issuer != d.SSO.Issuer {
		return ""
	}
	grant, err := d.openGrant(*s)
	if err != nil { // the provider then asks the user
		d.Log.Warn("the grant of a session cannot be opened", "err", err)
	}
	return d.SSO.LogoutURL(ctx, grant, "/login")
}

// ProviderLogout ends the sessions that a logout token is about, and returns how many they were.
func (d *Desk) ProviderLogout(ctx context.Context, token string) (int, error) {
	l, err := d.SSO.VerifyLogout(ctx, token)
	if err != nil {
		return 0, err
	}
	n := 0
	_, err = d.Store.Update(ctx, func(tx incident.Tx) (err error) {
		n, err = tx.EndProviderSessions(d.SSO.Issuer, l.Subject, l.Session, l.LogoutBefore(), d.Now(), incident.ProviderEnded)
		return err
	})
	return n, err
}

// Due reports whether the provider should be asked again about a session.
func (d *Desk) Due(s incident.Session) bool {
	return d.SSO != nil && s.Issuer == d.SSO.Issuer && s.Grant != nil && d.Now().Sub(s.CheckedAt) >= d.SSO.Recheck
}

// refusals are the answers to a refresh token which mean that the provider does not vouch for the user any more
// (RFC 6749, section 5.2; OpenID Connect Core 1.0, section 3.1.2.6). Others are about us.
var refusals = []string{"invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"}

// Recheck asks the provider about the user of a session, unless another request does so, and ends the session when it
// does not vouch for them any more. A provider that does not answer changes nothing: it is asked again next time.
func (d *Desk) Recheck(ctx context.Context, user incident.User, s incident.Session) error {
	now := d.Now()
	mine := false
	_, err := d.Store.Update(ctx, func(tx incident.Tx) (err error) {
		mine, err = tx.ClaimCheck(s.Hash, now.Add(-d.SSO.Recheck).Add(time.Microsecond), now)
		return err
	})
	if err != nil || !mine {
		return err
	}
	grant, err := d.openGrant(s)
	if err != nil {
		return d.refuse(ctx, user, s, err)
	}
	if grant.Refresh == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second) // a new refresh token must not be lost
	defer cancel()
	claims, grant, err := d.SSO.Again(ctx, s.Subject, grant)
	var denied *oidc.DeniedError
	switch {
	case errors.As(err, &denied) && slices.Contains(refusals, denied.Code), errors.Is(err, oidc.ErrToken):
		return d.refuse(ctx, user, s, err)
	case err != nil:
		d.Log.Warn("the provider of single sign-on cannot be asked again about a user", "user", user.Name, "err", err)
		return nil
	}
	return d.confirmed(ctx, user, s, claims, grant)
}

// confirmed keeps what the provider gave for next time, and follows what it says of the user's groups.
func (d *Desk) confirmed(ctx context.Context, user incident.User, s incident.Session, c *oidc.Claims, g oidc.Grant) error {
	sealed, err := d.sealGrant(user.ID, g)
	if err != nil {
		return err
	}
	if _, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutGrant(s.Hash, sealed) }); err != nil {
		return err
	}
	if d.SSO.WantGroups && !c.GroupsKnown {
		return nil
	}
	if c.Email == "" {
		c.Email, c.Verified = user.Email, true // it said nothing of the address, so it stands as it was
	}
	var away *auth.TurnedAwayError
	if _, err = d.Auth.Welcome(ctx, d.Joining, d.vouched(c)); errors.As(err, &away) {
		return d.refuse(ctx, user, s, err)
	}
	return err
}

func (d *Desk) refuse(ctx context.Context, user incident.User, s incident.Session, why error) error {
	d.Log.Info("a session ends, since single sign-on does not confirm its user", "user", user.Name, "err", why)
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.EndSession(s.Hash, d.Now(), incident.ProviderRefused) })
	return err
}
