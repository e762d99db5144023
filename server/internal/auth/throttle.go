package auth

import (
	"sync"
	"time"

	"hindsight/incident"
)

// throttle slows guessing down per name and address together, so that nobody can lock out somebody
// else by guessing at their name from elsewhere; and per address, so that one address cannot try many
// names. Who guesses at one name from very many addresses is slowed, too, but for browsers that the user has signed in from
// before. It lives in memory: a restart forgives, and each replica counts for itself.
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
	freeTries    = 5  // per name and address
	freeAddress  = 50 // per address
	freeCodes    = 20 // per user, from anywhere
	freeAnywhere = 30 // per name, from browsers that are not known
	freeLogouts  = 20 // per address
	longestWait  = 15 * time.Minute
	shortWait    = 20 * time.Second
	maxTracked   = 100_000
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, tries: map[string]tries{}}
}

// limit bounds the guesses that share a key.
type limit struct {
	key     string
	free    int
	longest time.Duration // that one waits
}

// passwords bounds guesses at a user's password from an address.
func passwords(name, from string) []limit {
	return []limit{{name + "\x00" + from, freeTries, longestWait}, {from, freeAddress, longestWait}}
}

// anywhere bounds guesses at a name from everywhere together, by browsers that are not known to be the user's. The waits
// are short: they slow down whoever guesses from very many addresses, and a user at a new browser waits no longer.
func anywhere(name string) limit { return limit{"anywhere\x00" + name, freeAnywhere, shortWait} }

// codes bounds guesses at a second factor. Whoever gets so far knows the password, so that bounding them for the user
// wherever they come from locks nobody else out.
func codes(user incident.ID, from string) []limit {
	return []limit{{"code\x00" + string(user) + "\x00" + from, freeTries, longestWait}, {"code\x00" + string(user), freeCodes, longestWait}}
}

// logouts bounds logout tokens that are not valid, for looking at one can mean to ask the provider for its keys.
func logouts(from string) []limit { return []limit{{"logout\x00" + from, freeLogouts, longestWait}} }

// try returns how long to wait before the next guess, or 0 after it has counted this one. It counts before the guess
// is looked at, so that many at once are no more than many in turn; succeeded takes it back.
func (t *throttle) try(limits ...limit) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, l := range limits {
		if wait := t.tries[l.key].until.Sub(now); wait > 0 {
			return wait
		}
	}
	if len(t.tries) > maxTracked {
		t.forget()
	}
	for _, l := range limits {
		t.count(l)
	}
	return 0
}

// count adds a wrong guess; behind the free ones each doubles the wait.
func (t *throttle) count(l limit) {
	e := t.tries[l.key]
	e.wrong++
	if over := e.wrong - l.free; over >= 0 {
		e.until = t.now().Add(min(l.longest, time.Second<<min(over, 20)))
	}
	t.tries[l.key] = e
}

// succeeded forgets the wrong guesses of the first limit, the narrowest, and takes one back from the others.
func (t *throttle) succeeded(limits ...limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, limits[0].key)
	for _, l := range limits[1:] {
		e := t.tries[l.key]
		if e.wrong--; e.wrong < l.free {
			e.until = time.Time{}
		}
		t.tries[l.key] = e
	}
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
