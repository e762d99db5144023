package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/seal"
)

// ErrCode: the code is wrong, or too old, or was used before.
var ErrCode = errors.New("this code is not right; each code works once and for about a minute, so wait for the next one and see that the clock of your device is right")

// setUpFor is how long a secret that was shown waits for its first code.
const setUpFor = 15 * time.Minute

// Factors asks for what people prove beside their password: codes that a device computes by the clock, and recovery
// codes. It is safe for concurrent use.
type Factors struct {
	*Service
	safe   *seal.Safe
	issuer string
}

// NewFactors returns the second factors of a Service's users. site is the address of the installation, which authenticator
// apps show beside the code.
func NewFactors(s *Service, safe *seal.Safe, site string) *Factors {
	issuer := "Hindsight"
	if u, err := url.Parse(site); err == nil && u.Hostname() != "" {
		issuer += " " + u.Hostname()
	}
	return &Factors{Service: s, safe: safe, issuer: issuer}
}

// Step is what is left to do for somebody whose password was right.
type Step int

const (
	Enter   Step = iota // nothing: they may have a session
	AskCode             // their second factor
	Enrol               // they have to set one up first
)

// Next says what a user whose password was right has to do.
func (f *Factors) Next(ctx context.Context, user incident.User) (Step, error) {
	factor, err := f.Of(ctx, user.ID)
	if err != nil || factor.On() {
		return AskCode, err
	}
	demanded, err := f.Demanded(ctx)
	if err != nil || slices.Contains(demanded, user.Role) {
		return Enrol, err
	}
	return Enter, nil
}

// Of returns the second factor of a user; the zero one with its user when there is none.
func (f *Factors) Of(ctx context.Context, user incident.ID) (incident.SecondFactor, error) {
	factor, err := f.store.SecondFactor(ctx, user)
	if errors.Is(err, incident.ErrNotFound) {
		return incident.SecondFactor{User: user}, nil
	}
	if err != nil {
		return incident.SecondFactor{}, err
	}
	return *factor, nil
}

// Enrolment is what a device needs to know, once.
type Enrolment struct {
	Secret string // base32, in groups of four
	QR     QR
}

// Begin draws a secret for a user, which counts once Confirm got a code of it. ErrConflict: they have a second factor.
func (f *Factors) Begin(ctx context.Context, user incident.User) error {
	secret := make([]byte, secretSize)
	rand.Read(secret)
	sealed, err := f.safe.Seal(secret, string(user.ID))
	if err != nil {
		return err
	}
	_, err = f.change(ctx, user.ID, func(factor *incident.SecondFactor) error {
		if factor.On() {
			return fmt.Errorf("%w: there is a second factor already; turn it off first", incident.ErrConflict)
		}
		factor.Secret, factor.CreatedAt = sealed, f.now().UTC()
		return nil
	}, nil)
	return err
}

// Unconfirmed returns the secret that Begin drew a while ago, or ErrNotFound when none waits for its first code any more.
func (f *Factors) Unconfirmed(ctx context.Context, user incident.User) (*Enrolment, error) {
	factor, err := f.Of(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	if !f.waits(factor) {
		return nil, incident.ErrNotFound
	}
	secret, err := f.safe.Open(factor.Secret, string(user.ID))
	if err != nil {
		return nil, err
	}
	drawn, err := drawQR(keyURI(f.issuer, user.Name, secret))
	return &Enrolment{grouped(base32Text.EncodeToString(secret)), drawn}, err
}

// waits reports whether a secret waits for its first code.
func (f *Factors) waits(factor incident.SecondFactor) bool {
	return !factor.On() && len(factor.Secret) > 0 && f.now().Sub(factor.CreatedAt) < setUpFor
}

// Confirm makes the secret that waits count, when code is one of it, ends all sessions but the one with keepHash, and
// returns the recovery codes, which are shown this once. Errors: ErrCode, *ThrottledError, ErrNotFound.
func (f *Factors) Confirm(ctx context.Context, user incident.User, code, from, keepHash string) ([]string, error) {
	limits := codes(user.ID, from)
	if wait := f.throttle.try(limits...); wait > 0 {
		return nil, &ThrottledError{wait, "codes"}
	}
	shown, stored := f.guesses.newRecovery()
	_, err := f.change(ctx, user.ID, func(factor *incident.SecondFactor) error {
		if !f.waits(*factor) {
			return incident.ErrNotFound
		}
		secret, err := f.safe.Open(factor.Secret, string(user.ID))
		if err != nil {
			return err
		}
		step, ok := matchCode(secret, plain(code), f.now(), 0)
		if !ok {
			return ErrCode
		}
		factor.ConfirmedAt, factor.Step, factor.Recovery = f.now().UTC(), step, stored
		return nil
	}, func(tx incident.Tx) error { return tx.EndSessions(user.ID, keepHash, f.now(), incident.FactorChanged) })
	if err != nil {
		return nil, err
	}
	f.throttle.succeeded(limits...)
	return shown, nil
}

// Check accepts a code of the user's device or a recovery code, each once. Errors: ErrCode, *ThrottledError, and
// seal.ErrSealed when the secret cannot be opened; recovery codes do not need it.
func (f *Factors) Check(ctx context.Context, user incident.ID, code, from string) error {
	limits := codes(user, from)
	if wait := f.throttle.try(limits...); wait > 0 {
		return &ThrottledError{wait, "codes"}
	}
	code = plain(code)
	spent := f.spendStep(code)
	if isRecovery(code) {
		factor, err := f.Of(ctx, user)
		if err != nil {
			return err
		}
		hash := f.guesses.recoveryHash(code, factor.Recovery.Salt) // outside the transaction: it takes a while
		spent = func(factor *incident.SecondFactor) error {
			if !spend(&factor.Recovery, hash) {
				return ErrCode
			}
			return nil
		}
	}
	_, err := f.change(ctx, user, func(factor *incident.SecondFactor) error {
		if !factor.On() {
			return ErrCode
		}
		return spent(factor)
	}, nil)
	if err == nil {
		f.throttle.succeeded(limits...)
	}
	return err
}

func (f *Factors) spendStep(code string) func(*incident.SecondFactor) error {
	return func(factor *incident.SecondFactor) error {
		secret, err := f.safe.Open(factor.Secret, string(factor.User))
		if err != nil {
			return err
		}
		step, ok := matchCode(secret, code, f.now(), factor.Step)
		if !ok {
			return ErrCode
		}
		factor.Step = step
		return nil
	}
}

// Renumber draws new recovery codes, which are shown this once; those before them do not work any more.
func (f *Factors) Renumber(ctx context.Context, user incident.ID) ([]string, error) {
	shown, stored := f.guesses.newRecovery()
	_, err := f.change(ctx, user, func(factor *incident.SecondFactor) error {
		if !factor.On() {
			return incident.ErrNotFound
		}
		factor.Recovery = stored
		return nil
	}, nil)
	return shown, err
}

// TurnOff ends a second factor with the password and a code, and all sessions but the one with keepHash. Errors:
// ErrSignIn, ErrCode, *ThrottledError.
func (f *Factors) TurnOff(ctx context.Context, user incident.User, password, code, from, keepHash string) error {
	if err := f.CheckOwn(user, password, from); err != nil {
		return err
	}
	if err := f.Check(ctx, user.ID, code, from); err != nil {
		return err
	}
	_, err := f.store.Update(ctx, func(tx incident.Tx) error {
		return errors.Join(tx.DeleteSecondFactor(user.ID), tx.EndSessions(user.ID, keepHash, f.now(), incident.FactorChanged))
	})
	return err
}

// Reset takes a second factor away from a user who lost it, and ends their sessions. by is who did it: the user is told at
// the next sign-in, until Told.
func (f *Factors) Reset(ctx context.Context, user incident.ID, by string) error {
	_, err := f.store.Update(ctx, func(tx incident.Tx) error {
		reset := incident.SecondFactor{User: user, ResetAt: f.now().UTC(), ResetBy: by}
		return errors.Join(tx.PutSecondFactor(reset), tx.EndSessions(user, "", f.now(), incident.FactorChanged))
	})
	return err
}

// Told says in words that a user's second factor was reset, once; empty: it was not.
func (f *Factors) Told(ctx context.Context, user incident.ID) (string, error) {
	factor, err := f.Of(ctx, user)
	if err != nil || factor.ResetAt.IsZero() {
		return "", err
	}
	words := fmt.Sprintf("Your second factor was reset by %s on %s. If you did not ask for it, tell whoever runs this, and set one up again.",
		factor.ResetBy, factor.ResetAt.Format("2 January 2006 at 15:04 UTC"))
	_, err = f.change(ctx, user, func(factor *incident.SecondFactor) error {
		factor.ResetAt, factor.ResetBy = time.Time{}, ""
		return nil
	}, nil)
	return words, err
}

// change lets edit change a user's second factor, or the zero one, with nobody between its reading and writing; also, when
// there is one, does something more in the same transaction.
func (f *Factors) change(ctx context.Context, user incident.ID, edit func(*incident.SecondFactor) error, also func(incident.Tx) error) (incident.Seq, error) {
	return f.store.Update(ctx, func(tx incident.Tx) error {
		factor, err := tx.SecondFactorOf(user)
		if errors.Is(err, incident.ErrNotFound) {
			factor, err = &incident.SecondFactor{User: user}, nil
		}
		if err != nil {
			return err
		}
		if err := edit(factor); err != nil {
			return err
		}
		if err := tx.PutSecondFactor(*factor); err != nil || also == nil {
			return err
		}
		return also(tx)
	})
}
