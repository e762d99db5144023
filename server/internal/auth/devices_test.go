package auth

import (
	"errors"
	"fmt"
	"testing"

	"hindsight/incident"
)

// TestGuessingFromManyAddresses: whoever guesses at one name from everywhere is slowed, and a browser that the user knows is not.
func TestGuessingFromManyAddresses(t *testing.T) {
	s, c := service(t)
	ctx := t.Context()
	user, err := s.CreateUser(ctx, "responder", "", password, incident.Viewer)
	if err != nil {
		t.Fatal(err)
	}
	known, err := s.Remember(ctx, user.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.Remember(ctx, user.ID, known); err != nil || again != known {
		t.Errorf("Remember of a known browser = %q, %v, want the same secret", again, err)
	}
	if other, err := s.Remember(ctx, "usr_other", known); err != nil || other == known {
		t.Errorf("Remember of another user's browser = the same secret, %v", err)
	}
	var throttled *ThrottledError
	n := 0
	for ; n < 2*freeAnywhere; n++ {
		if _, err := s.Authenticate(ctx, "responder", "wrong password!", Visit{Address: fmt.Sprint("192.0.2.", n)}); errors.As(err, &throttled) {
			break
		}
	}
	if n != freeAnywhere {
		t.Errorf("guesses from %d addresses were looked at, want %d", n, freeAnywhere)
	}
	if _, err := s.Authenticate(ctx, "responder", password, Visit{Address: "198.51.100.1", Device: "made up"}); !errors.As(err, &throttled) {
		t.Errorf("a browser that makes its secret up: %v, want it to wait", err)
	}
	if _, err := s.Authenticate(ctx, "responder", password, Visit{Address: "198.51.100.1", Device: known}); err != nil {
		t.Errorf("the user's own browser: %v", err)
	}
	c.t = c.t.Add(shortWait)
	if _, err := s.Authenticate(ctx, "responder", password, Visit{Address: "198.51.100.2"}); err != nil {
		t.Errorf("another browser of the user after %s: %v", shortWait, err)
	}
}
