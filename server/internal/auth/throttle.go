package auth

import (
	"sync"
	"time"

	"hindsight/incident"
)

// throttle slows guessing down per name and address together, so that nobody can lock out somebody
// else by guessing at their name from elsewhere; and per address, so that one address cannot try many
// names. It lives in memory: a restart forgives.
type throttle struct {
	now   func() time.Time
	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	wrong int
	until time.Time
}

const (
	freeTries   = 5  // per name and address
	freeAddress = 50 // per address
	freeCodes   = 20 // per user, from anywhere
	longestWait = 15 * time.Minute
	maxTracked  = 100_000
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, tries: map[string]tries{}}
}

// limit bounds the guesses that share a key.
type limit struct {
	key  string
	free int
}

func passwords(name, from string) (narrow, wide limit) {
	return limit{name + "\x00" + from, freeTries}, limit{from, freeAddress}
}

// codes bounds guesses at a second factor. Whoever gets so far knows the password, so that bounding them for the user
// wherever they come from locks nobody else out.
func codes(user incident.ID, from string) (narrow, wide limit) {
	return limit{"code\x00" + string(user) + "\x00" + from, freeTries}, limit{"code\x00" + string(user), freeCodes}
}

// try returns how long to wait before the next guess, or 0 after it has counted this one. It counts before the guess
// is looked at, so that many at once are no more than many in turn; succeeded takes it back.
func (t *throttle) try(narrow, wide limit) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if wait := max(t.tries[narrow.key].until.Sub(now), t.tries[wide.key].until.Sub(now)); wait > 0 {
		return wait
	}
	if len(t.tries) > maxTracked {
		t.forget()
	}
	t.count(narrow)
	t.count(wide)
	return 0
}

// count adds a wrong guess; behind the free ones each doubles the wait.
func (t *throttle) count(l limit) {
	e := t.tries[l.key]
	e.wrong++
	if over := e.wrong - l.free; over >= 0 {
		e.until = t.now().Add(min(longestWait, time.Second<<min(over, 20)))
	}
	t.tries[l.key] = e
}

// succeeded forgets the wrong guesses of the narrow limit, and takes one back from the wide one.
func (t *throttle) succeeded(narrow, wide limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, narrow.key)
	e := t.tries[wide.key]
	if e.wrong--; e.wrong < wide.free {
		e.until = time.Time{}
	}
	t.tries[wide.key] = e
}

// forget drops what no longer makes anybody wait; the caller holds the lock.
func (t *throttle) forget() {
	now := t.now()
	for key, e := range t.tries {
		if now.After(e.until) {
			delete(t.tries, key)
		}
	}
}
