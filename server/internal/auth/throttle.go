package auth

import (
	"sync"
	"time"
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
	longestWait = 15 * time.Minute
	maxTracked  = 100_000
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, tries: map[string]tries{}}
}

// try returns how long to wait before the next guess, or 0 after it has counted this one. It counts before the guess
// is looked at, so that many at once are no more than many in turn; succeeded takes it back.
func (t *throttle) try(name, from string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if wait := max(t.tries[name+"\x00"+from].until.Sub(now), t.tries[from].until.Sub(now)); wait > 0 {
		return wait
	}
	if len(t.tries) > maxTracked {
		t.forget()
	}
	t.count(name+"\x00"+from, freeTries)
	t.count(from, freeAddress)
	return 0
}

// count adds a wrong guess; behind the free ones each doubles the wait.
func (t *throttle) count(key string, free int) {
	e := t.tries[key]
	e.wrong++
	if over := e.wrong - free; over >= 0 {
		e.until = t.now().Add(min(longestWait, time.Second<<min(over, 20)))
	}
	t.tries[key] = e
}

func (t *throttle) succeeded(name, from string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.tries, name+"\x00"+from)
	e := t.tries[from]
	if e.wrong--; e.wrong < freeAddress {
		e.until = time.Time{}
	}
	t.tries[from] = e
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
