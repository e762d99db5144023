package auth

import (
	"context"
	"encoding/base32"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/seal"
)

const here = "10.0.0.1"

// factors returns second factors with a user who has none yet.
func factors(t *testing.T) (*Factors, incident.User, *clock) {
	t.Helper()
	s, c := service(t)
	safe, err := seal.OpenSafe(seal.Keyring{}, t.TempDir(), false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.CreateUser(t.Context(), "ann", "", password, incident.Admin)
	if err != nil {
		t.Fatal(err)
	}
	return NewFactors(s, safe, "https://hindsight.example.com"), *u, c
}

// device is what an authenticator app keeps: it knows the text that people copy, and the clock.
type device struct {
	t      *testing.T
	secret []byte
	c      *clock
}

func (d device) code() string { return hotp(d.secret, uint64(d.c.t.Unix()/30)) }

// enrolled sets up a second factor as a user would, and returns the device and the recovery codes.
func enrolled(t *testing.T, f *Factors, u incident.User, c *clock) (device, []string) {
	t.Helper()
	ctx := t.Context()
	if err := f.Begin(ctx, u); err != nil {
		t.Fatal(err)
	}
	e, err := f.Unconfirmed(ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(e.Secret, " ", ""))
	if err != nil || len(secret) != 20 {
		t.Fatalf("the secret %q is %d bytes, %v, want 20", e.Secret, len(secret), err)
	}
	d := device{t, secret, c}
	shown, err := f.Confirm(ctx, u, d.code(), here, "")
	if err != nil {
		t.Fatalf("Confirm: %v", err)
	}
	return d, shown
}

func next(t *testing.T, f *Factors, u incident.User) Step {
	t.Helper()
	step, err := f.Next(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return step
}

func TestEnrolmentCountsAfterItsFirstCode(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	if err := f.Begin(ctx, u); err != nil {
		t.Fatal(err)
	}
	if got := next(t, f, u); got != Enter {
		t.Errorf("a secret without a code: Next = %v, want Enter", got)
	}
	stored, err := f.store.SecondFactor(ctx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := f.Unconfirmed(ctx, u); err != nil || strings.Contains(string(stored.Secret), strings.ReplaceAll(e.Secret, " ", "")) {
		t.Errorf("the secret is stored in clear, or %v", err)
	}
	if _, err := f.safe.Open(stored.Secret, "usr_other"); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("the secret opens for another user: %v", err)
	}
	if _, err := f.Confirm(ctx, u, "000000", here, ""); !errors.Is(err, ErrCode) {
		t.Errorf("Confirm with a wrong code: %v", err)
	}
	c.t = c.t.Add(setUpFor)
	if _, err := f.Unconfirmed(ctx, u); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("a secret waits for ever: %v", err)
	}
	_, shown := enrolled(t, f, u, c)
	if got := next(t, f, u); got != AskCode || len(shown) != 10 {
		t.Errorf("after Confirm: Next = %v with %d recovery codes, want AskCode with 10", got, len(shown))
	}
	if err := f.Begin(ctx, u); !errors.Is(err, incident.ErrConflict) {
		t.Errorf("Begin again: %v, want ErrConflict", err)
	}
}

func TestACodeIsAcceptedOnce(t *testing.T) {
	f, u, c := factors(t)
	d, _ := enrolled(t, f, u, c)
	if err := f.Check(t.Context(), u.ID, d.code(), here); !errors.Is(err, ErrCode) {
		t.Errorf("the code that confirmed: %v, want ErrCode", err)
	}
	c.t = c.t.Add(30 * time.Second)
	code := d.code()
	var accepted atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if f.Check(context.WithoutCancel(t.Context()), u.ID, code[:3]+" "+code[3:], here) == nil {
				accepted.Add(1)
			}
		})
	}
	all.Wait()
	if got := accepted.Load(); got != 1 {
		t.Errorf("one code four times at once was accepted %d times", got)
	}
}

func TestRecoveryCodesWorkOnceEach(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	_, shown := enrolled(t, f, u, c)
	left := func() int {
		factor, err := f.Of(ctx, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(factor.Recovery.Hashes)
	}
	if err := f.Check(ctx, u.ID, " "+strings.ToUpper(shown[3])+" ", here); err != nil || left() != 9 {
		t.Errorf("a recovery code in capitals: %v, %d left, want 9", err, left())
	}
	if err := f.Check(ctx, u.ID, shown[3], here); !errors.Is(err, ErrCode) || left() != 9 {
		t.Errorf("the same again: %v, %d left", err, left())
	}
	again, err := f.Renumber(ctx, u.ID)
	if err != nil || left() != 10 {
		t.Errorf("Renumber: %v, %d left", err, left())
	}
	if err := f.Check(ctx, u.ID, shown[0], here); !errors.Is(err, ErrCode) {
		t.Errorf("a code of the old set: %v", err)
	}
	f.safe = lost(t)
	if err := f.Check(ctx, u.ID, again[0], here); err != nil {
		t.Errorf("a recovery code without the key: %v", err)
	}
	if err := f.Check(ctx, u.ID, "123456", here); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("a device's code without the key: %v, want ErrSealed", err)
	}
}

// lost returns a safe that lacks the key.
func lost(t *testing.T) *seal.Safe {
	t.Helper()
	ring, err := seal.ParseKeys(strings.Repeat("ab", 32), "HINDSIGHT_SECRET_KEY")
	if err != nil {
		t.Fatal(err)
	}
	safe, err := seal.OpenSafe(ring, t.TempDir(), false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return safe
}

func TestGuessingCodesIsSlowedFromAnywhere(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	d, _ := enrolled(t, f, u, c)
	var throttled *ThrottledError
	for range freeTries {
		if err := f.Check(ctx, u.ID, "000000", here); !errors.Is(err, ErrCode) {
			t.Fatal(err)
		}
	}
	if err := f.Check(ctx, u.ID, "000000", here); !errors.As(err, &throttled) || !strings.Contains(err.Error(), "codes") {
		t.Errorf("sixth guess from one address: %v", err)
	}
	c.t = c.t.Add(30 * time.Second)
	for n := range freeCodes - freeTries {
		if err := f.Check(ctx, u.ID, "000000", "10.0.1."+string(rune('a'+n))); !errors.Is(err, ErrCode) {
			t.Fatalf("guess %d from elsewhere: %v", n, err)
		}
	}
	if err := f.Check(ctx, u.ID, d.code(), "10.0.2.1"); !errors.As(err, &throttled) {
		t.Errorf("after %d guesses from many addresses: %v, want a wait", freeCodes, err)
	}
	c.t = c.t.Add(time.Minute)
	if err := f.Check(ctx, u.ID, d.code(), "10.0.2.1"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestTurningOffNeedsPasswordAndCode(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	d, _ := enrolled(t, f, u, c)
	c.t = c.t.Add(time.Minute)
	mine, err := f.Open(ctx, u.ID, Visit{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := f.Open(ctx, u.ID, Visit{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.TurnOff(ctx, u, "wrong password!", d.code(), here, ""); !errors.Is(err, ErrSignIn) {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := f.TurnOff(ctx, u, password, "000000", here, ""); !errors.Is(err, ErrCode) {
		t.Errorf("with a wrong code: %v", err)
	}
	if err := f.TurnOff(ctx, u, password, d.code(), here, Hash(mine)); err != nil || next(t, f, u) != Enter {
		t.Errorf("with both: %v", err)
	}
	if _, _, err := f.Session(ctx, mine, ""); err != nil {
		t.Errorf("the session that turned it off: %v", err)
	}
	if _, _, err := f.Session(ctx, other, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("another session goes on: %v", err)
	}
}

func TestResetIsToldOnce(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	enrolled(t, f, u, c)
	secret, err := f.Open(ctx, u.ID, Visit{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Reset(ctx, u.ID, "root"); err != nil || next(t, f, u) != Enter {
		t.Fatalf("Reset: %v", err)
	}
	if _, _, err := f.Session(ctx, secret, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("a session survives the reset: %v", err)
	}
	if words, err := f.Told(ctx, u.ID); err != nil || !strings.Contains(words, "by root on 20 November 2026 at 10:00 UTC") {
		t.Errorf("Told = %q, %v", words, err)
	}
	if words, err := f.Told(ctx, u.ID); err != nil || words != "" {
		t.Errorf("Told again = %q, %v, want nothing", words, err)
	}
}

func TestRolesThatNeedASecondFactor(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	viewer, err := f.CreateUser(ctx, "bob", "", password, incident.Viewer)
	if err != nil {
		t.Fatal(err)
	}
	other, err := f.CreateUser(ctx, "eve", "", password, incident.Admin)
	if err != nil {
		t.Fatal(err)
	}
	session, err := f.Open(ctx, other.ID, Visit{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Demand(ctx, []incident.Role{incident.Admin}, u.ID); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("Demand by somebody without one: %v, want ErrInvalid", err)
	}
	if err := f.Demand(ctx, []incident.Role{"owner"}, u.ID); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("Demand of an unknown role: %v, want ErrInvalid", err)
	}
	enrolled(t, f, u, c)
	if err := f.Demand(ctx, []incident.Role{incident.Admin}, u.ID); err != nil {
		t.Fatal(err)
	}
	if a, b, d := next(t, f, *viewer), next(t, f, *other), next(t, f, u); a != Enter || b != Enrol || d != AskCode {
		t.Errorf("Next of a viewer, an administrator without and one with = %v, %v, %v, want Enter, Enrol, AskCode", a, b, d)
	}
	if _, _, err := f.Session(ctx, session, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("an administrator without one stays signed in: %v", err)
	}
	if err := f.Demand(ctx, nil, u.ID); err != nil || next(t, f, *other) != Enter {
		t.Errorf("Demand of nobody: %v", err)
	}
}

func TestFirstStepIsNoSession(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	kept, err := f.Pend(u)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Pending(ctx, kept); err != nil || got.ID != u.ID {
		t.Errorf("Pending = %v, %v", got, err)
	}
	if _, _, err := f.Session(ctx, kept, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("the first step opens a session: %v", err)
	}
	for name, forged := range map[string]string{"nothing": "", "no base64": "%%%", "changed": kept[:len(kept)-2] + "AA"} {
		if _, err := f.Pending(ctx, forged); !errors.Is(err, ErrSignIn) {
			t.Errorf("%s: %v, want ErrSignIn", name, err)
		}
	}
	if err := f.SetPassword(ctx, u, "another good password", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Pending(ctx, kept); !errors.Is(err, ErrSignIn) {
		t.Errorf("after a new password: %v, want ErrSignIn", err)
	}
	c.t = c.t.Add(PendingFor + time.Second)
	if _, err := f.Pending(ctx, kept); !errors.Is(err, ErrSignIn) {
		t.Errorf("after ten minutes: %v, want ErrSignIn", err)
	}
}

func TestResealOfSecondFactors(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	d, _ := enrolled(t, f, u, c)
	before, _ := f.Of(ctx, u.ID)
	if n, err := f.Reseal(ctx); n != 1 || err != nil {
		t.Errorf("Reseal = %d, %v", n, err)
	}
	after, _ := f.Of(ctx, u.ID)
	if string(before.Secret) == string(after.Secret) {
		t.Error("Reseal left the sealed secret as it was")
	}
	c.t = c.t.Add(time.Minute)
	if err := f.Check(ctx, u.ID, d.code(), here); err != nil {
		t.Errorf("a code after Reseal: %v", err)
	}
	f.safe = lost(t)
	if n, err := f.CheckSecrets(ctx); n != 0 || !errors.Is(err, seal.ErrSealed) || !strings.Contains(err.Error(), string(u.ID)) {
		t.Errorf("CheckSecrets without the key = %d, %v", n, err)
	}
}

func TestConfirmationLastsTenMinutes(t *testing.T) {
	f, u, c := factors(t)
	ctx := t.Context()
	secret, err := f.Open(ctx, u.ID, Visit{Agent: "Browser/1.0"})
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := f.Session(ctx, secret, "")
	if err != nil || !f.Confirmed(*session) {
		t.Errorf("just signed in: %v", err)
	}
	c.t = c.t.Add(confirmedFor)
	if f.Confirmed(*session) {
		t.Error("ten minutes later it is still confirmed")
	}
	renewed, err := f.Renew(ctx, *session)
	if err != nil {
		t.Fatal(err)
	}
	if _, again, err := f.Session(ctx, renewed, ""); err != nil || !f.Confirmed(*again) || again.Agent != "Browser/1.0" {
		t.Errorf("the new session: %v, %v", again, err)
	}
	if _, _, err := f.Session(ctx, secret, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("the old secret still works: %v", err)
	}
}
