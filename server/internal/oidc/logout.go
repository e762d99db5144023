package oidc

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Logout is what a provider says when somebody signed out there, or was signed out.
type Logout struct {
	Subject, Session string // one of them may be empty
	IssuedAt         time.Time
}

const maxLogoutToken = 16 << 10 // bytes

// VerifyLogout checks a logout token (Back-Channel Logout 1.0, section 2.6): signature, issuer, audience, times, the
// event, somebody whom it is about, and that it is no ID token. Errors: ErrToken, ErrUnreachable.
func (p *Provider) VerifyLogout(ctx context.Context, raw string) (Logout, error) {
	if len(raw) > maxLogoutToken || !mayBeLogout(raw) {
		return Logout{}, fmt.Errorf("oidc: %w: this is no logout token", ErrToken)
	}
	f, err := p.discover(ctx)
	if err != nil {
		return Logout{}, err
	}
	t, err := f.verifier.VerifyLogout(p.context(ctx), raw)
	if err != nil {
		return Logout{}, fmt.Errorf("oidc: %w: %w", ErrToken, err)
	}
	if t.IssuedAt.IsZero() || t.IssuedAt.After(p.now().Add(skew)) {
		return Logout{}, fmt.Errorf("oidc: %w: the logout token does not say when it was issued, or is from the future", ErrToken)
	}
	return Logout{Subject: t.Subject, Session: t.SessionID, IssuedAt: t.IssuedAt}, nil
}

// mayBeLogout looks at the header of a token before anything is asked of the provider. The type should be said, and many
// providers do not say it; another one is a token for something else.
func mayBeLogout(raw string) bool {
	head, rest, ok := strings.Cut(raw, ".")
	if !ok || strings.Count(rest, ".") != 1 {
		return false
	}
	text, err := base64.RawURLEncoding.DecodeString(head)
	var header struct {
		Type string `json:"typ"`
	}
	if err != nil || json.Unmarshal(text, &header) != nil {
		return false
	}
	switch strings.ToLower(strings.TrimPrefix(strings.ToLower(header.Type), "application/")) {
	case "", "jwt", "logout+jwt":
		return true
	}
	return false
}

// LogoutBefore is the time before which sessions were opened that a logout is about. A token that comes again, later, ends
// none that were opened since.
func (l Logout) LogoutBefore() time.Time { return l.IssuedAt.Add(skew) }
