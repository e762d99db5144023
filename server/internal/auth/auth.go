package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hindsight/incident"
)

// How long a session lasts without a visit, and at most.
const (
	idleFor    = 7 * 24 * time.Hour
	sessionFor = 30 * 24 * time.Hour
	// seenEvery bounds how often a visit is written down.
	seenEvery = 5 * time.Minute
)

const maxName = 64 // bytes of a user's name

// ErrSignIn: the name or the password is wrong, or the user may not sign in. It does not say which.
var ErrSignIn = errors.New("name or password is wrong")

// ThrottledError: too many wrong guesses; try again after Wait.
type ThrottledError struct {
	Wait time.Duration
	At   string // what was guessed at: "passwords" or "codes"
}

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many wrong %s; try again in %s", e.At, incident.FormatDuration(e.Wait))
}

// Service answers who somebody is. It is safe for concurrent use.
type Service struct {
	// OnlyAdmins lets nobody but administrators sign in with a password. It is set before the first request.
	OnlyAdmins bool
	// Words returns the names of this place, which a password may not be made of alone; nil: there are none. It is set likewise.
	Words func() []string

	store    incident.Store
	now      func() time.Time
	guesses  guessing
	throttle *throttle
	first    sync.Mutex
	nobody   string // the hash of no password, compared when there is no such user
}

// New returns a Service over the store's users, sessions and tokens.
func New(store incident.Store, now func() time.Time) *Service {
	s := &Service{store: store, now: now, guesses: newGuessing(), throttle: newThrottle(now)}
	s.nobody = s.guesses.hash(NewSecret())
	return s
}

// SetUp reports whether there is a person. Service accounts do not make an installation.
func (s *Service) SetUp(ctx context.Context) (bool, error) {
	users, err := s.store.Users(ctx)
	return slices.ContainsFunc(users, func(u incident.User) bool { return !u.Service }), err
}

// CreateFirst adds the first administrator, and nobody once there is a user (ErrConflict).
func (s *Service) CreateFirst(ctx context.Context, name, display, password string) (*incident.User, error) {
	s.first.Lock()
	defer s.first.Unlock()
	if done, err := s.SetUp(ctx); err != nil || done {
		return nil, errors.Join(err, fmt.Errorf("%w: there is an administrator already", incident.ErrConflict))
	}
	return s.CreateUser(ctx, name, display, password, incident.Admin)
}

// CreateUser adds a person. ErrInvalid names the field at fault; ErrConflict: the name is taken.
func (s *Service) CreateUser(ctx context.Context, name, display, password string, role incident.Role) (*incident.User, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if err := checkName(name); err != nil {
		return nil, err
	}
	if err := s.CheckPassword(password, name); err != nil {
		return nil, err
	}
	return s.create(ctx, incident.User{Name: name, Display: display, Role: role}, password)
}

// CreateServiceAccount adds an account that tokens act for, and that nobody can sign in as. Errors are CreateUser's.
func (s *Service) CreateServiceAccount(ctx context.Context, name, display string, role incident.Role) (*incident.User, error) {
	return s.create(ctx, incident.User{Name: name, Display: display, Role: role, Service: true}, "")
}

func (s *Service) create(ctx context.Context, u incident.User, password string) (*incident.User, error) {
	u.Name = strings.ToLower(strings.TrimSpace(u.Name))
	if err := checkName(u.Name); err != nil {
		return nil, err
	}
	if !u.Role.Known() {
		return nil, incident.Invalidf("role", "%q is not a role; there are viewer, editor, manager and admin", u.Role)
	}
	if u.Display = strings.TrimSpace(u.Display); u.Display == "" {
		u.Display = u.Name
	}
	u.ID, u.CreatedAt = incident.NewID("usr"), s.now().UTC()
	if !u.Service {
		u.PasswordHash = s.guesses.hash(password)
	}
	_, err := s.store.Update(ctx, func(tx incident.Tx) error { return tx.PutUser(u) })
	if errors.Is(err, incident.ErrConflict) {
		return nil, fmt.Errorf("%w: there is already a user called %s", incident.ErrConflict, u.Name)
	}
	return &u, err
}

func checkName(name string) error {
	if len(name) < 2 || len(name) > maxName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._@+-") != "" {
		return incident.Invalidf("name", "use 2 to 64 of the characters a-z 0-9 . _ @ + -")
	}
	return nil
}

// SetPassword changes a password and signs the user out everywhere but in the session with keepHash.
func (s *Service) SetPassword(ctx context.Context, user incident.User, password, keepHash string) error {
	if user.Service {
		return incident.Invalidf("password", "a service account has tokens and no password")
	}
	if err := s.CheckPassword(password, user.Name); err != nil {
		return err
	}
	user.PasswordHash = s.guesses.hash(password)
	_, err := s.store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutUser(user); err != nil {
			return err
		}
		return tx.EndSessions(user.ID, keepHash, s.now(), incident.PasswordChanged)
	})
	return err
}

// CheckOwn checks the password of somebody who is signed in. Errors: ErrSignIn, *ThrottledError.
func (s *Service) CheckOwn(user incident.User, password, from string) error {
	limits := passwords(user.Name, from)
	if wait := s.throttle.try(limits...); wait > 0 {
		return &ThrottledError{wait, "passwords"}
	}
	if !s.guesses.matches(user.PasswordHash, password) {
		return ErrSignIn
	}
	s.throttle.succeeded(limits...)
	return nil
}

// SignIn checks a password and opens a session, without asking for a second factor. The secret goes into the browser's
// cookie and nowhere else. Errors: ErrSignIn, *ThrottledError.
func (s *Service) SignIn(ctx context.Context, name, password, from, agent string) (secret string, user *incident.User, err error) {
	v := Visit{Agent: agent, Address: from}
	user, err = s.Authenticate(ctx, name, password, v)
	if err != nil {
		return "", nil, err
	}
	secret, err = s.Open(ctx, user.ID, v)
	return secret, user, err
}

// Authenticate returns the user with this name and password. Whether they may have a session is for Factors.Next to
// say. Errors: ErrSignIn, *ThrottledError, *TurnedAwayError.
func (s *Service) Authenticate(ctx context.Context, name, password string, v Visit) (*incident.User, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) > maxName {
		name = "" // nobody's, and not worth remembering
	}
	user, err := s.store.UserByName(ctx, name)
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return nil, err
	}
	limits, err := s.limits(ctx, user, name, v)
	if err != nil {
		return nil, err
	}
	if wait := s.throttle.try(limits...); wait > 0 {
		return nil, &ThrottledError{wait, "passwords"}
	}
	hash := s.nobody
	if user != nil && user.PasswordHash != "" {
		hash = user.PasswordHash
	}
	if !s.guesses.matches(hash, password) || user == nil || user.Disabled || user.Service {
		return nil, ErrSignIn
	}
	s.throttle.succeeded(limits...)
	if s.OnlyAdmins && user.Role != incident.Admin {
		return nil, turnedAway("Passwords are for administrators here. Use single sign-on.")
	}
	return user, nil
}

// Session returns the user of a session and the session itself, or ErrNotFound when it has expired,
// was ended, or its user may not sign in any more. from is where it is seen now.
func (s *Service) Session(ctx context.Context, secret, from string) (*incident.User, *incident.Session, error) {
	session, err := s.store.Session(ctx, Hash(secret))
	if err != nil {
		return nil, nil, err
	}
	now := s.now().UTC()
	if !session.EndedAt.IsZero() || now.After(session.ExpiresAt) || now.Sub(session.SeenAt) > idleFor {
		return nil, nil, incident.ErrNotFound
	}
	user, err := s.store.User(ctx, session.User)
	if err != nil {
		return nil, nil, err
	}
	if user.Disabled || user.Service {
		return nil, nil, incident.ErrNotFound
	}
	if now.Sub(session.SeenAt) > seenEvery {
		session.SeenAt, session.Address = now, from
		if _, err := s.store.Update(ctx, func(tx incident.Tx) error { return tx.TouchSession(session.Hash, now, from) }); err != nil {
			return nil, nil, err
		}
	}
	return user, session, nil
}

// SignOut ends a session.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	_, err := s.store.Update(ctx, func(tx incident.Tx) error { return tx.EndSession(Hash(secret), s.now(), incident.SignedOut) })
	return err
}

// NewSecret returns 256 random bits as text that an address can hold.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Hash returns what is stored of a random secret. It needs no slow hash: 256 random bits cannot be
// guessed.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
