package desk

import (
	"context"
	"sync"
	"time"
)

const (
	looksKept   = 5 * time.Minute         // then it is looked again
	lookPatient = 1500 * time.Millisecond // how long a page waits for a look before it shows that one goes on
	mostLooks   = 16                      // that are kept
)

// Looks count over everything that is stored, which takes a while, for pages that show what would be done before it is: each look is
// made once for all who ask here, in the background, one after the other, and kept for some minutes. It is private to one server.
type Looks struct {
	begin func(f func(context.Context)) // in the background, until what NewLooks was given ends
	wait  func()
	now   func() time.Time

	mu  sync.Mutex
	all map[string]*looking
}

type looking struct {
	began time.Time
	ended chan struct{}
	mu    sync.Mutex
	said  any // what was found, or was found so far
	err   error
}

// NewLooks returns looks that end with ctx.
func NewLooks(ctx context.Context, now func() time.Time) *Looks {
	var going sync.WaitGroup
	turn := make(chan struct{}, 1)
	return &Looks{now: now, all: map[string]*looking{}, wait: going.Wait, begin: func(f func(context.Context)) {
		going.Go(func() {
			select {
			case turn <- struct{}{}:
				f(ctx)
				<-turn
			case <-ctx.Done():
			}
		})
	}}
}

// Wait returns when no look goes on any more; the context of NewLooks has ended.
func (l *Looks) Wait() { l.wait() }

// Look is a count, or as much of it as there is.
type Look[T any] struct {
	Said  T // zero while nothing was found yet
	Began time.Time
	Done  bool
}

// look returns what f finds, under a key that says what is looked for. It waits a moment for one that goes on.
func look[T any](ctx context.Context, l *Looks, key string, f func(ctx context.Context, soFar func(T)) (T, error)) (Look[T], error) {
	it, fresh := l.entry(key)
	if fresh {
		l.begin(func(ctx context.Context) {
			defer close(it.ended)
			said, err := f(ctx, func(said T) { it.say(said, nil) })
			it.say(said, err)
		})
	}
	patience := time.NewTimer(lookPatient)
	defer patience.Stop()
	out := Look[T]{Began: it.began}
	select {
	case <-it.ended:
		out.Done = true
	case <-patience.C:
	case <-ctx.Done():
	}
	it.mu.Lock()
	defer it.mu.Unlock()
	out.Said, _ = it.said.(T)
	if it.err != nil {
		l.forget(key)
	}
	return out, it.err
}

func (it *looking) say(said any, err error) {
	it.mu.Lock()
	defer it.mu.Unlock()
	it.said, it.err = said, err
}

// entry returns the look of a key, and whether it is to be begun.
func (l *Looks) entry(key string) (it *looking, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for k, old := range l.all {
		if now.Sub(old.began) > looksKept && over(old) || len(l.all) >= mostLooks && k != key && over(old) {
			delete(l.all, k)
		}
	}
	if it = l.all[key]; it != nil {
		return it, false
	}
	it = &looking{began: now.UTC(), ended: make(chan struct{})}
	l.all[key] = it
	return it, true
}

func over(it *looking) bool {
	select {
	case <-it.ended:
		return true
	default:
		return false
	}
}

// forget has the next one who asks look anew.
func (l *Looks) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, key)
}

// forgetAll does so for all keys, after something was done that changes what they would find.
func (l *Looks) forgetAll() {
	if l == nil {
		return // a command
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.all)
}
