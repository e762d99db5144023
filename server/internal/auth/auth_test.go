package auth

import (
	"errors"
	"fmt"
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
	s.Words = func() []string { return []string{"Hindsight", "incidents.example.com", "Check-out API", "SRE"} }
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
		{"the product and a year", "someone", "Hindsight-2026!", incident.Viewer, "names that everybody here knows"},
		{"a service, spelt otherwise", "someone", "checkoutapi12345", incident.Viewer, "names that everybody here knows"},
		{"two names", "someone", "Example Incidents 1", incident.Viewer, "names that everybody here knows"},
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
	for i, good := range []string{"hindsight is a wonderful thing", "the sre plays the tuba", "forty-two blue cranes"} { // a name may be among other words, and short ones do not count
		if _, err := s.CreateUser(t.Context(), "good-"+string(rune('a'+i)), "", good, incident.Viewer); err != nil {
			t.Errorf("the password %q is refused: %v", good, err)
		}
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
	ada, err := s.CreateUser(ctx, "ada", "", password, incident.Admin)
	if err != nil {
		t.Fatal(err)
	}
	bot, err := s.CreateServiceAccount(ctx, "deploys", "Deployments", incident.Editor)
	if err != nil {
		t.Fatal(err)
	}
	plan := NewToken{Name: "nightly export", Owner: *bot, Abilities: []incident.Ability{incident.SeePrivate, incident.Write, incident.Read}, Lasts: 24 * time.Hour, By: ada.ID, Grants: incident.Abilities}
	secret, token, err := s.CreateToken(ctx, plan)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(token.Hash, secret) || !strings.HasPrefix(secret, "hst_") || token.Prefix != secret[:8] {
		t.Errorf("secret %q, hash %q, prefix %q", secret, token.Hash, token.Prefix)
	}
	may := func(what, want string) {
		t.Helper()
		got, owner, err := s.Token(ctx, secret, "192.0.2.7")
		if err != nil {
			t.Fatalf("%s: Token: %v", what, err)
		}
		if text := fmt.Sprint(got.Effective(owner)); text != want || !got.Sees() || got.UsedFrom != "192.0.2.7" || !got.UsedAt.Equal(c.t) {
			t.Errorf("%s: Token may %s, sees private ones %v, used at %s from %q; want %s", what, text, got.Sees(), got.UsedAt, got.UsedFrom, want)
		}
	}
	may("as made", "[read write]") // an editor does not see every private incident, so its token does not, either
	change := func(role incident.Role, disabled bool) {
		t.Helper()
		if _, err := s.ChangeUser(ctx, bot.ID, Change{Role: &role, Disabled: &disabled}); err != nil {
			t.Fatal(err)
		}
	}
	change(incident.Viewer, false)
	may("after its owner lost a role", "[read]")
	change(incident.Editor, true)
	if _, _, err := s.Token(ctx, secret, ""); !errors.Is(err, ErrOwner) {
		t.Errorf("a token of a disabled owner: %v, want ErrOwner", err)
	}
	change(incident.Editor, false)
	may("after all is as before", "[read write]")
	c.t = c.t.Add(25 * time.Hour)
	if _, _, err := s.Token(ctx, secret, ""); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("an expired token works: %v", err)
	}
	if err := s.Revoke(ctx, token.ID, ada.ID); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("Revoke of somebody else's token: %v, want ErrNotFound", err)
	}
	if err := s.Revoke(ctx, token.ID, bot.ID); err != nil {
		t.Errorf("Revoke: %v", err)
	}
}

func TestTokensAreRefused(t *testing.T) {
	s, _ := service(t)
	editor, err := s.CreateUser(t.Context(), "eddy", "", password, incident.Editor)
	if err != nil {
		t.Fatal(err)
	}
	own := append(incident.Editor.Abilities(), incident.SeePrivate)
	for _, tc := range []struct {
		name      string
		abilities []incident.Ability
		grants    []incident.Ability
		want      string
	}{
		{"none", nil, own, "choose at least one"},
		{"one that does not exist", []incident.Ability{incident.Read, "fly"}, own, "choose at least one"},
		{"more than the maker has", []incident.Ability{incident.Read, incident.Import}, []incident.Ability{incident.Read}, "you cannot give “import”"},
		{"more than the owner has", []incident.Ability{incident.Agree}, incident.Abilities, "eddy is editor and does not have “agree”"},
		{"what the owner sees of private incidents", []incident.Ability{incident.Read, incident.SeePrivate}, own, ""},
	} {
		_, _, err := s.CreateToken(t.Context(), NewToken{Name: tc.name, Owner: *editor, Abilities: tc.abilities, Grants: tc.grants})
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("a token with %s: %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestLastAdministrator: one who can sign in is always left, and a service account is none.
func TestLastAdministrator(t *testing.T) {
	s, _ := service(t)
	ctx := t.Context()
	first, err := s.CreateFirst(ctx, "ada", "", password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateServiceAccount(ctx, "robot", "", incident.Admin); err != nil {
		t.Fatal(err)
	}
	viewer, barred := incident.Viewer, true
	for _, c := range []Change{{Role: &viewer}, {Disabled: &barred}} {
		if _, err := s.ChangeUser(ctx, first.ID, c); err == nil || !strings.Contains(err.Error(), "last administrator") {
			t.Errorf("ChangeUser(%+v) of the last administrator: %v, want it refused", c, err)
		}
	}
	second, err := s.CreateUser(ctx, "bob", "", password, incident.Admin)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ChangeUser(ctx, first.ID, Change{Role: &viewer, By: first.ID}); err == nil || !strings.Contains(err.Error(), "another administrator") {
		t.Errorf("taking the role from oneself: %v, want it refused", err)
	}
	if _, err := s.ChangeUser(ctx, first.ID, Change{Role: &viewer, By: second.ID}); err != nil {
		t.Errorf("ChangeUser with another administrator left: %v", err)
	}
	if _, _, err := s.SignIn(ctx, "robot", "", "192.0.2.1", ""); !errors.Is(err, ErrSignIn) {
		t.Errorf("SignIn as a service account: %v, want ErrSignIn", err)
	}
}
