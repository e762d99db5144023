package oidc

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"hindsight/incident"
)

// Attempt is a sign-in that was begun: what the browser keeps, in a cookie that only we read, until it comes back.
type Attempt struct {
	State, Nonce, Verifier string
	Next                   string      // the page to go on to
	Link                   incident.ID // of the user who wants to link the account; empty: to sign in
	At                     time.Time
}

// AttemptFor is how long somebody may take to sign in at the provider.
const AttemptFor = 15 * time.Minute

// ErrAttempt: the browser did not begin the sign-in that it comes back with, or did so too long ago.
var ErrAttempt = errors.New("this sign-in was begun in another browser, or too long ago")

// ErrToken is in every error about what the provider says and we do not believe.
var ErrToken = errors.New("what the provider says cannot be believed")

// ErrWeak: the provider signed somebody in, but in none of the ways that are asked for.
var ErrWeak = errors.New("the provider signed somebody in, but not in a way that is strong enough here")

// DeniedError is an answer of the provider that it does not vouch for somebody (RFC 6749, section 4.1.2.1).
type DeniedError struct{ Code, Description string }

func (e *DeniedError) Error() string {
	if e.Description == "" {
		return e.Code
	}
	return e.Code + ": " + e.Description
}

// Begin starts a sign-in and returns where to send the browser. again asks the provider to let people prove who they are
// even if it knows them (Core 1.0, section 3.1.2.1).
func (p *Provider) Begin(ctx context.Context, next string, link incident.ID, again bool) (Attempt, string, error) {
	f, err := p.discover(ctx)
	if err != nil {
		return Attempt{}, "", err
	}
	a := Attempt{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Next: next, Link: link, At: p.now().UTC()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " "))) // Core 1.0, section 3.1.2.1
	}
	if again {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return a, f.oauth.AuthCodeURL(a.State, options...), nil
}

func random() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Encode writes an attempt as the value of a cookie.
func (a Attempt) Encode() string {
	text, _ := json.Marshal(a) // of strings and a time of ours
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseAttempt reads what Encode wrote; anything else is ErrAttempt.
func ParseAttempt(value string) (a Attempt, err error) {
	text, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(text, &a) != nil || len(a.State) < 32 || len(a.Nonce) < 32 || len(a.Verifier) < 43 {
		return Attempt{}, ErrAttempt
	}
	return a, nil
}

// Finish takes what the provider gave the browser along, and returns whom it vouches for. Errors: ErrAttempt, ErrToken,
// ErrWeak, ErrUnreachable, *DeniedError.
func (p *Provider) Finish(ctx context.Context, a Attempt, back url.Values) (*Claims, Grant, error) {
	if subtle.ConstantTimeCompare([]byte(a.State), []byte(back.Get("state"))) != 1 || p.now().Sub(a.At) > AttemptFor || len(back["state"]) != 1 {
		return nil, Grant{}, ErrAttempt
	}
	f, err := p.discover(ctx)
	if err != nil {
		return nil, Grant{}, err
	}
	if iss := back.Get("iss"); iss != p.Issuer && (iss != "" || f.also.SendsIssuer) {
		return nil, Grant{}, fmt.Errorf("oidc: %w: the answer is from %q, want %q (RFC 9207)", ErrToken, iss, p.Issuer)
	}
	if code := back.Get("error"); code != "" {
		return nil, Grant{}, &DeniedError{code, back.Get("error_description")}
	}
	token, err := f.oauth.Exchange(p.context(ctx), back.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return nil, Grant{}, answered("exchange of the code", err)
	}
	c, raw, err := p.claims(ctx, f, token)
	if err != nil {
		return nil, Grant{}, err
	}
	if c == nil {
		return nil, Grant{}, fmt.Errorf("oidc: %w: there is no ID token in the answer; is openid among the scopes?", ErrToken)
	}
	if subtle.ConstantTimeCompare([]byte(c.nonce), []byte(a.Nonce)) != 1 {
		return nil, Grant{}, fmt.Errorf("oidc: %w: the ID token is of another sign-in (nonce)", ErrToken)
	}
	if err := p.strong(c); err != nil {
		return nil, Grant{}, err
	}
	return c, Grant{Refresh: token.RefreshToken, IDToken: raw}, p.complete(ctx, f, token, c)
}

// answered tells a provider that refuses from one that does not answer.
func answered(what string, err error) error {
	var e *oauth2.RetrieveError
	if errors.As(err, &e) && e.Response != nil && e.Response.StatusCode < http.StatusInternalServerError && e.ErrorCode != "" {
		return fmt.Errorf("oidc: %s: %w", what, &DeniedError{e.ErrorCode, e.ErrorDescription})
	}
	return fmt.Errorf("oidc: %s: %w: %w", what, ErrUnreachable, err)
}

// claims verifies the ID token of an answer: signature, issuer, audience, times, authorized party and the hash of the
// access token (Core 1.0, section 3.1.3.7). It returns nil when there is none.
func (p *Provider) claims(ctx context.Context, f *found, token *oauth2.Token) (*Claims, string, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok || raw == "" {
		return nil, "", nil
	}
	id, err := f.verifier.Verify(p.context(ctx), raw)
	if err != nil {
		return nil, "", fmt.Errorf("oidc: %w: %w", ErrToken, err)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return nil, "", fmt.Errorf("oidc: %w: %w", ErrToken, err)
		}
	}
	if id.IssuedAt.After(p.now().Add(skew)) {
		return nil, "", fmt.Errorf("oidc: %w: the ID token is from the future, %s; one of the clocks is wrong", ErrToken, id.IssuedAt.UTC().Format(time.RFC3339))
	}
	c, err := p.read(id)
	return c, raw, err
}

// complete asks for userinfo when the ID token leaves something out that counts.
func (p *Provider) complete(ctx context.Context, f *found, token *oauth2.Token, c *Claims) error {
	lacks := p.WantGroups && !c.GroupsKnown || c.Email == "" && p.asks("email")
	if !lacks || f.provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := f.provider.UserInfo(p.context(ctx), oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("oidc: userinfo: %w: %w", ErrUnreachable, err)
	}
	if info.Subject != c.Subject {
		return fmt.Errorf("oidc: %w: userinfo is about somebody else (sub)", ErrToken)
	}
	return c.add(info, p.GroupsClaim)
}

// Grant is what it takes to ask the provider again about somebody. It is secret.
type Grant struct {
	Refresh string `json:"refresh,omitempty"`
	IDToken string `json:"id,omitempty"`
}

// Again asks the provider whether it still vouches for somebody (Core 1.0, section 12). What it says of them now is nil
// when it says nothing new. A *DeniedError means that it does not vouch any more.
func (p *Provider) Again(ctx context.Context, subject string, g Grant) (*Claims, Grant, error) {
	f, err := p.discover(ctx)
	if err != nil {
		return nil, g, err
	}
	token, err := f.oauth.TokenSource(p.context(ctx), &oauth2.Token{RefreshToken: g.Refresh}).Token()
	if err != nil {
		return nil, g, answered("refresh", err)
	}
	g.Refresh = token.RefreshToken
	c, raw, err := p.claims(ctx, f, token)
	if err != nil {
		return nil, g, err
	}
	if c == nil {
		c = &Claims{Issuer: p.Issuer, Subject: subject}
	} else {
		g.IDToken = raw
	}
	if c.Subject != subject {
		return nil, g, fmt.Errorf("oidc: %w: the new ID token is about somebody else (sub)", ErrToken)
	}
	if err := p.complete(ctx, f, token, c); err != nil {
		return nil, g, err
	}
	return c, g, nil
}
