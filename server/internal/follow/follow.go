// Package follow keeps what is derived from the database up to date on this replica: the search index,
// the vectors of similar incidents, the columns in memory. Each of them is a [Sink]; a [Follower], the type
// to start with, reads the change feed and hands every sink what changed, with its current state.
//
// Work that must happen once per installation rather than once per replica is a job, not a sink:
// see server/internal/jobs.
package follow

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"hindsight/incident"
)

const (
	batch = 1000 // changes asked for at once
	// factsBatch is the same for sinks that need facts alone.
	factsBatch = 5000
	poll       = time.Second // a wake-up may be lost, so the feed is looked at this often
	longest    = time.Minute // longest pause after a failure
)

// Sink is something derived from the database. The follower calls its methods from one goroutine.
type Sink interface {
	// Name tells sinks apart in logs and metrics.
	Name() string
	// Seq returns the position up to which the sink has applied the feed, 0 when it is empty. It is the only
	// cursor there is: it must not run ahead of what would survive a crash together with it.
	Seq() incident.Seq
	// Apply takes over the current state of what changed and moves the sink to d.Upto. After an error
	// the same changes come again.
	Apply(ctx context.Context, d incident.Delta) error
}

// factsOnly is what a sink has that needs no more of incidents than incident.Reader.Facts, and nothing of their timelines and
// retrospectives.
type factsOnly interface{ FactsOnly() bool }

// runbooksOnly is what a sink has that follows runbooks and nothing else.
type runbooksOnly interface{ RunbooksOnly() bool }

// needs says what a sink is given.
type needs int

const (
	everything    needs = iota // but runbooks
	factsAlone                 // of incidents, and the catalogue
	runbooksAlone              // of which nothing else follows
)

func needsOf(s Sink) needs {
	if x, ok := s.(runbooksOnly); ok && x.RunbooksOnly() {
		return runbooksAlone
	}
	if x, ok := s.(factsOnly); ok && x.FactsOnly() {
		return factsAlone
	}
	return everything
}

// background is what a sink has that nobody waits for: it prepares something that will answer later, and ends when it is done.
type background interface {
	Background() bool
	Done() bool
}

func inBackground(s Sink) bool {
	b, ok := s.(background)
	return ok && b.Background()
}

// Lag is how far a sink is behind the feed.
type Lag struct {
	Changes int64     // change numbers that it has not applied
	Behind  bool      // it prepares something beside what answers, so that nobody waits for it
	Since   time.Time // when it was last up to date, or when the follower began; zero when it is up to date
}

// Progress is how far a sink has come towards where the feed stood when Run began.
type Progress struct {
	Sink     string
	At, Goal incident.Seq
}

// Ready reports whether the sink knows all that was known at the start.
func (p Progress) Ready() bool { return p.At >= p.Goal }

// Follower reads the change feed for its sinks. Each sink has a position and a pace of its own, so
// that one which is rebuilt or fails keeps no other one waiting.
type Follower struct {
	store incident.Store
	wake  <-chan struct{}
	log   *slog.Logger
	now   func() time.Time
	pause func(failures int) time.Duration
	lines []*line
	poke  chan struct{}

	mu    sync.Mutex
	head  incident.Seq  // of the feed, as last seen
	goal  incident.Seq  // the head when Run began; -1 before
	moved chan struct{} // closed and replaced whenever a sink moves
}

// line is the way from the feed to one sink.
type line struct {
	sink  Sink
	poke  chan struct{}
	at    incident.Seq // the sink's position; guarded by Follower.mu like what follows
	since time.Time
	ahead *ahead // of the goroutine that follows; nil where nothing is read ahead
}

// New returns a follower of store's feed. A value on wake says that there may be something new;
// wake may be nil.
func New(store incident.Store, wake <-chan struct{}, log *slog.Logger, sinks ...Sink) *Follower {
	f := &Follower{
		store: store, wake: wake, log: log, now: time.Now, pause: pause,
		poke: make(chan struct{}, 1), goal: -1, moved: make(chan struct{}),
	}
	for _, s := range sinks {
		f.lines = append(f.lines, &line{sink: s, poke: make(chan struct{}, 1), at: s.Seq()})
	}
	return f
}

// Run follows the feed until ctx ends, and returns nil then. A failing sink or database is logged and
// tried again; Run itself fails on neither.
func (f *Follower) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	f.look(ctx) // before any sink moves: who has caught up knows its goal
	for _, l := range f.lines {
		wg.Go(func() { f.follow(ctx, l) })
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-f.wake:
		case <-f.poke:
		case <-ticker.C:
		}
		f.look(ctx)
	}
}

// look reads where the feed stands and wakes the sinks that are behind.
func (f *Follower) look(ctx context.Context) {
	head, err := f.store.Head(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.log.Error("follow: the change feed cannot be read", "err", err)
		}
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head = head
	if f.goal < 0 {
		f.goal = head
	}
	for _, l := range f.lines {
		switch {
		case l.at >= head:
			l.since = time.Time{}
			continue
		case l.since.IsZero():
			l.since = f.now().UTC()
		}
		notify(l.poke)
	}
}

// follow brings one sink up to date each time it is poked.
func (f *Follower) follow(ctx context.Context, l *line) {
	defer func() {
		if l.ahead != nil {
			<-l.ahead.done
		}
	}()
	for failures := 0; ; {
		more, err := f.step(ctx, l)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			wait := f.pause(failures)
			f.log.Error("follow: a sink stays behind", "sink", l.sink.Name(), "at", l.sink.Seq(), "retry_in", wait, "err", err)
			sleep(ctx, wait)
		default:
			failures = 0
			if b, ok := l.sink.(background); ok && b.Done() {
				f.end(l)
				return
			}
			if !more {
				receive(ctx, l.poke)
			}
		}
	}
}

// step applies the next batch and reports whether more may follow at once. A sink's panic is an
// error like any other: what it holds can be rebuilt, so it need not take the program down.
func (f *Follower) step(ctx context.Context, l *line) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			more, err = false, fmt.Errorf("follow: %s panicked: %v\n%s", l.sink.Name(), p, debug.Stack())
		}
	}()
	after := l.sink.Seq()
	f.advance(l, after)
	d, found, err := l.next(ctx, f.store, after)
	if err != nil || !found {
		return false, err
	}
	if !d.CaughtUp {
		l.ahead = l.begin(ctx, f.store, d.Upto)
	}
	if err := l.sink.Apply(ctx, d); err != nil {
		return false, fmt.Errorf("follow: %s apply changes %d to %d: %w", l.sink.Name(), after+1, d.Upto, err)
	}
	if at := l.sink.Seq(); at < d.Upto {
		return false, fmt.Errorf("follow: %s is at %d after changes up to %d", l.sink.Name(), at, d.Upto)
	}
	f.advance(l, d.Upto)
	return !d.CaughtUp, nil
}

// end forgets a sink that is done.
func (f *Follower) end(l *line) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = slices.DeleteFunc(slices.Clone(f.lines), func(other *line) bool { return other == l })
}

// advance notes a sink's position and wakes those who wait for it.
func (f *Follower) advance(l *line, at incident.Seq) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l.at == at {
		return
	}
	l.at = at
	if at >= f.head {
		l.since = time.Time{}
	}
	close(f.moved)
	f.moved = make(chan struct{})
}

// WaitFor waits until every sink that answers has applied change seq, or until ctx ends, and reports whether they have. Who
// has just written calls it, with a deadline, before reading something derived.
func (f *Follower) WaitFor(ctx context.Context, seq incident.Seq) bool {
	for {
		reached, moved := f.reached(seq)
		if reached {
			return true
		}
		notify(f.poke)
		select {
		case <-ctx.Done():
			return false
		case <-moved:
		}
	}
}

func (f *Follower) reached(seq incident.Seq) (bool, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.lines {
		if l.at < seq && !inBackground(l.sink) {
			return false, f.moved
		}
	}
	return true, nil
}

// Lag returns how far each sink is behind the feed as it was last looked at, by the sink's name.
func (f *Follower) Lag() map[string]Lag {
	f.mu.Lock()
	defer f.mu.Unlock()
	lags := make(map[string]Lag, len(f.lines))
	for _, l := range f.lines {
		lags[l.sink.Name()] = Lag{Changes: int64(max(0, f.head-l.at)), Behind: inBackground(l.sink), Since: l.since}
	}
	return lags
}

// Progress returns how far each sink that answers has come since the start, in the order given to New. It is empty
// until the feed has been looked at for the first time.
func (f *Follower) Progress() []Progress {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.goal < 0 {
		return nil
	}
	var ps []Progress
	for _, l := range f.lines {
		if inBackground(l.sink) {
			continue
		}
		ps = append(ps, Progress{Sink: l.sink.Name(), At: l.at, Goal: f.goal})
	}
	return ps
}

// pause grows from a second to a minute.
func pause(failures int) time.Duration {
	return min(longest, time.Second<<min(failures-1, 6))
}

func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // a notice is waiting already
	}
}

func receive(ctx context.Context, c <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-c:
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
