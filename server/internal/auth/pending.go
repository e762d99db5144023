package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"hindsight/incident"
)

// PendingFor is how long somebody whose password was right has time for the second step.
const PendingFor = 10 * time.Minute

// pendingAbout binds a sealed first step to what it is for; no user has such an id.
const pendingAbout = "first step of signing in"

// pending is what a browser keeps between the two steps of signing in, sealed: any replica can open it.
type pending struct {
	User     incident.ID
	Until    time.Time
	Password string // digest of the password's hash, so that a changed password ends the step
}

// Pend returns what the browser of somebody whose password was right brings along to the second step.
func (f *Factors) Pend(user incident.User) (string, error) {
	text, err := json.Marshal(pending{user.ID, f.now().UTC().Add(PendingFor), Hash(user.PasswordHash)})
	if err != nil {
		return "", err
	}
	sealed, err := f.safe.Seal(text, pendingAbout)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// Pending returns who did the first step; ErrSignIn: nobody, or too long ago, or they may not sign in any more.
func (f *Factors) Pending(ctx context.Context, kept string) (*incident.User, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(kept)
	if err != nil {
		return nil, ErrSignIn
	}
	text, err := f.safe.Open(sealed, pendingAbout)
	if err != nil {
		return nil, ErrSignIn
	}
	var p pending
	if err := json.Unmarshal(text, &p); err != nil || f.now().After(p.Until) {
		return nil, ErrSignIn
	}
	user, err := f.store.User(ctx, p.User)
	if err != nil {
		return nil, err
	}
	if user.Disabled || Hash(user.PasswordHash) != p.Password {
		return nil, ErrSignIn
	}
	return user, nil
}
