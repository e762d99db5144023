// Package oidc lets a provider of OpenID Connect say who somebody is: OpenID Connect Core 1.0, the authorization code
// flow with PKCE (RFC 7636) and the issuer in the answer (RFC 9207), refresh, RP-Initiated Logout 1.0 and Back-Channel
// Logout 1.0. Who may join and as what is auth's business, cookies and pages are web's. Start with Provider.
package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Settings are what an operator says about the provider. Without an issuer there is none.
type Settings struct {
	Name                   string // as people call it
	Issuer                 string // exactly as the provider writes it
	ClientID, ClientSecret string // no secret: a public client
	Scopes                 []string
	GroupsClaim            string   // a name, or a path such as realm_access.roles
	WantGroups             bool     // whether groups decide anything
	ACR                    []string // values of acr, one of which the provider must say; none: it need say nothing
	AMR                    []string // methods, one of which must be in amr; none: likewise
	Recheck                time.Duration
}

// Where the provider sends browsers back to, and where it tells that somebody signed out, below the base URL.
const (
	CallbackPath = "/login/oidc/callback"
	LogoutPath   = "/login/oidc/logout"
)

const (
	skew       = time.Minute // by which the provider's clock may differ from ours
	foundFor   = time.Hour   // after which discovery is looked at again
	perRequest = 10 * time.Second
	maxAnswer  = 1 << 20 // bytes
)

// ErrUnreachable is in every error for which only the provider or the way to it is to blame; it may be gone soon.
var ErrUnreachable = errors.New("the provider does not answer as it should")

// Provider speaks to one provider. It is safe for concurrent use, and asks nothing before it is needed, so that the
// server starts and local users sign in while the provider is down.
type Provider struct {
	Settings
	base   string // our own address
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	found *found
}

// found is what discovery found.
type found struct {
	at       time.Time
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	oauth    oauth2.Config
	also     metadata
}

// metadata is what OpenID Connect Discovery 1.0, RP-Initiated Logout 1.0 and RFC 9207 add to what the library reads.
type metadata struct {
	EndSession  string   `json:"end_session_endpoint"`
	TokenAuth   []string `json:"token_endpoint_auth_methods_supported"`
	SendsIssuer bool     `json:"authorization_response_iss_parameter_supported"`
}

// New returns a Provider that is called through transport, by a server that browsers reach at base.
func New(s Settings, base string, transport http.RoundTripper, now func() time.Time) *Provider {
	client := &http.Client{Transport: bounded{transport}, Timeout: perRequest, CheckRedirect: sameOrigin}
	return &Provider{Settings: s, base: base, client: client, now: now}
}

// sameOrigin keeps secrets from being led elsewhere.
func sameOrigin(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) > 3 || req.URL.Scheme != first.Scheme || req.URL.Host != first.Host {
		return fmt.Errorf("oidc: %s leads to another server, %s, which is not followed", first.Host, req.URL.Host)
	}
	return nil
}

// bounded keeps answers from filling the memory.
type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(req)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, maxAnswer)
	}
	return res, err
}

// discover reads the provider's metadata, at most once an hour. What was found goes on to be used when the provider
// does not answer later.
func (p *Provider) discover(ctx context.Context) (*found, error) {
	p.mu.Lock()
	known := p.found
	p.mu.Unlock()
	if known != nil && p.now().Sub(known.at) < foundFor {
		return known, nil
	}
	fresh, err := p.look(ctx)
	if err != nil {
		if known != nil {
			return known, nil
		}
		return nil, err
	}
	p.mu.Lock()
	p.found = fresh
	p.mu.Unlock()
	return fresh, nil
}

func (p *Provider) look(ctx context.Context) (*found, error) {
	provider, err := oidc.NewProvider(p.context(ctx), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("oidc: discovery at %s: %w: %w", p.Issuer, ErrUnreachable, err)
	}
	f := &found{at: p.now(), provider: provider}
	if err := provider.Claims(&f.also); err != nil {
		return nil, fmt.Errorf("oidc: discovery at %s: %w: %w", p.Issuer, ErrUnreachable, err)
	}
	f.verifier = provider.Verifier(&oidc.Config{ClientID: p.ClientID, Now: func() time.Time { return p.now().Add(-skew) }})
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = p.authStyle(f.also.TokenAuth)
	f.oauth = oauth2.Config{ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: endpoint, RedirectURL: p.base + CallbackPath, Scopes: p.Scopes}
	return f, nil
}

// authStyle says how we prove to be the client. Trying would spend the code, which works once. Without a list
// client_secret_basic is meant (Discovery 1.0, section 3).
func (p *Provider) authStyle(methods []string) oauth2.AuthStyle {
	if p.ClientSecret == "" || len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// context carries our client to the libraries.
func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// LogoutURL is where the provider signs somebody out of itself and leads back to us (RP-Initiated Logout 1.0, section
// 2); empty when it cannot.
func (p *Provider) LogoutURL(ctx context.Context, g Grant, back string) string {
	f, err := p.discover(ctx)
	if err != nil || f.also.EndSession == "" {
		return ""
	}
	u, err := url.Parse(f.also.EndSession)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", p.base+back)
	if g.IDToken != "" {
		q.Set("id_token_hint", g.IDToken)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
