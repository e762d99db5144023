package auth

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store/storetest"
)

const password = "correct horse battery"

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func service(t *testing.T) (*Service, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
	return New(storetest.SQLite(t), c.now), c
}

func TestPasswordHashes(t *testing.T) {
	g := newGuessing()
	hash := g.hash(password)
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash = %s, want argon2id with 19 MiB and two passes", hash)
	}
	// Made by the argon2 command of the reference implementation, as golang.org/x/crypto's tests record it.
	const published = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$Bo1ismRVk2qm6+YAYLCmWHDb+j3fjUH3"
	for _, tc := range []struct {
		name, hash, password string
		want                 bool
	}{
		{"own", hash, password, true},
		{"wrong", hash, password + "x", false},
		{"published", published, "password", true},
		{"empty hash", "", "", false},
		{"absurd cost", "$argon2id$v=19$m=4294967295,t=1,p=1$c29tc2FsdA$AAAA", "x", false},
		{"other algorithm", strings.Replace(published, "argon2id", "argon2i", 1), "password", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := g.matches(tc.hash, tc.password); got != tc.want {
				t.Errorf("matches(%s) = %v, want %v", tc.hash, got, tc.want)
			}
		})
	}
}

func TestUsersAreChecked(t *testing.T) {
	s, _ := service(t)
	if _, err := s.CreateUser(t.Context(), " Admin@Example.com ", "", password, incident.Admin); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, user, password string
		role                 incident.Role
		want                 string
	}{
		{"short password", "someone", "short", incident.Viewer, "12 characters"},
		{"password is the name", "someonesomeone", "someonesomeone", incident.Viewer, "without the user name"},
		{"password holds the name", "someone@example.com", "I am SomeOne else", incident.Viewer, "without the user name"},
		{"one of the commonest", "someone", "1qaz2wsx3edc", incident.Viewer, "guessed first"},
		{"a common one made long", "someone", "Password123456", incident.Viewer, "guessed first"},
		{"a common one twice", "someone", "sunshinesunshine", incident.Viewer, "guessed first"},
		{"spaces in the name", "some one", password, incident.Viewer, "2 to 64"},
		{"unknown role", "someone", password, "owner", "not a role"},
		{"name taken, other case", "ADMIN@example.com", password, incident.Viewer, "already a user"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := s.CreateUser(t.Context(), tc.user, "", tc.password, tc.role)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("CreateUser = %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestSessions(t *testing.T) {
	s, c := service(t)
	ctx := t.Context()
	if _, err := s.CreateUser(ctx, "someone", "Someone", password, incident.Editor); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.SignIn(ctx, "someone", "wrong password!", "10.0.0.1", ""); !errors.Is(err, ErrSignIn) {
		t.Errorf("wrong password: %v", err)
	}
	if _, _, err := s.SignIn(ctx, "nobody", password, "10.0.0.1", ""); !errors.Is(err, ErrSignIn) {
		t.Errorf("unknown user: %v", err)
	}
	secret, _, err := s.SignIn(ctx, "SomeOne", password, "10.0.0.1", "Browser/1.0")
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := s.SignIn(ctx, "someone", password, "10.0.0.2", "Browser/2.0")
	if err != nil {
		t.Fatal(err)
	}
	user, session, err := s.Session(ctx, secret, "")
	if err != nil || user.Name != "someone" || session.Agent != "Browser/1.0" {
		t.Fatalf("Session = %v, %v, %v", user, session, err)
	}
	if _, _, err := s.Session(ctx, secret+"x", ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("forged secret: %v", err)
	}
	if err := s.SetPassword(ctx, *user, "another good password", session.Hash); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(ctx, other, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("the other session survives a new password: %v", err)
	}
	c.t = c.t.Add(idleFor + time.Minute)
	if _, _, err := s.Session(ctx, secret, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("an idle session survives: %v", err)
	}
}

func TestGuessingIsSlowedWithoutLockingOthersOut(t *testing.T) {
	s, c := service(t)
	ctx := t.Context()
	if _, err := s.CreateUser(ctx, "someone", "", password, incident.Viewer); err != nil {
		t.Fatal(err)
	}
	var throttled *ThrottledError
	for range freeTries {
		if _, _, err := s.SignIn(ctx, "someone", "wrong password!", "10.0.0.9", ""); !errors.Is(err, ErrSignIn) {
			t.Fatal(err)
		}
	}
	if _, _, err := s.SignIn(ctx, "someone", password, "10.0.0.9", ""); !errors.As(err, &throttled) {
		t.Errorf("sixth guess from one address: %v", err)
	}
	if _, _, err := s.SignIn(ctx, "someone", password, "10.0.0.1", ""); err != nil {
		t.Errorf("the user is locked out by somebody else's guesses: %v", err)
	}
	c.t = c.t.Add(2 * time.Second)
	if _, _, err := s.SignIn(ctx, "someone", password, "10.0.0.9", ""); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestGuessesAtOnceAreCounted(t *testing.T) {
	s, _ := service(t)
	var guesses sync.WaitGroup
	var looked atomic.Int32
	for range 4 * freeTries {
		guesses.Go(func() {
			if _, _, err := s.SignIn(t.Context(), "someone", "wrong password!", "10.0.0.9", ""); errors.Is(err, ErrSignIn) {
				looked.Add(1)
			}
		})
	}
	guesses.Wait()
	if got := looked.Load(); got != freeTries {
		t.Errorf("%d guesses at once: %d were looked at, want %d", 4*freeTries, got, freeTries)
	}
}

func TestSigningInIsNoGuess(t *testing.T) {
	s, _ := service(t)
	if _, err := s.CreateUser(t.Context(), "someone", "", password, incident.Viewer); err != nil {
		t.Fatal(err)
	}
	for n := range freeAddress + 5 {
		if _, _, err := s.SignIn(t.Context(), "someone", password, "10.0.0.1", ""); err != nil {
			t.Fatalf("right password for the %dth time: %v", n+1, err)
		}
	}
}

func TestTokens(t *testing.T) {
	s, c := service(t)
	ctx := t.Context()
	secret, token, err := s.CreateToken(ctx, "nightly export", incident.Viewer, "", 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(token.Hash, secret) || !strings.HasPrefix(secret, "hst_") {
		t.Errorf("secret %q, hash %q", secret, token.Hash)
	}
	if got, err := s.Token(ctx, secret); err != nil || got.Role != incident.Viewer {
		t.Errorf("Token = %v, %v", got, err)
	}
	c.t = c.t.Add(25 * time.Hour)
	if _, err := s.Token(ctx, secret); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("an expired token works: %v", err)
	}
}
