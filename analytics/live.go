package analytics

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hindsight/incident"
)

// Live follows the change feed and holds the newest Snapshot. It is a sink of the follower. Snapshots may be
// taken by many goroutines while one applies changes.
type Live struct {
	now     func() time.Time
	current atomic.Pointer[Snapshot]

	mu        sync.Mutex // guards what follows
	builder   *builder
	seq       incident.Seq
	published time.Time
	keeper    *keeper
}

// publishEvery is how long changes may wait for the next snapshot while more of them are known to follow.
const publishEvery = time.Second

// NewLive returns a Live before all changes. now is the clock that limits how often snapshots are
// published while it catches up.
func NewLive(now func() time.Time) *Live {
	l := &Live{now: now, builder: newBuilder(), published: now(), keeper: &keeper{}}
	l.current.Store(newSnapshot(l.builder.publish(), 0, l.keeper))
	return l
}

// Name identifies the sink to the follower.
func (l *Live) Name() string { return "analytics" }

// FactsOnly tells the follower that incidents need no more than incident.Reader.Facts reads.
func (l *Live) FactsOnly() bool { return true }

// Seq returns the number of the last change that was applied. Snapshot().AsOf() may be a second behind it while
// Live catches up.
func (l *Live) Seq() incident.Seq {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seq
}

// Apply takes in what changed. It publishes a snapshot when d says that the feed is caught up, else at
// most once a second. A canceled context stops it before it has changed anything.
func (l *Live) Apply(ctx context.Context, d incident.Delta) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take(d)
	l.seq = max(l.seq, d.Upto)
	if d.CaughtUp || l.now().Sub(l.published) >= publishEvery {
		l.keeper.changed(len(l.builder.owned), len(l.builder.chunks))
		l.current.Store(newSnapshot(l.builder.publish(), l.seq, l.keeper))
		l.published = l.now()
	}
	return nil
}

func (l *Live) take(d incident.Delta) {
	b := l.builder
	for _, inc := range d.Incidents {
		b.put(inc)
	}
	for _, id := range d.Gone {
		b.remove(id)
	}
	if d.Services != nil {
		b.services, b.named = slices.Clone(d.Services), false
	}
	if d.Teams != nil {
		b.teams, b.named = slices.Clone(d.Teams), false
	}
	if d.Policies != nil {
		b.policies = slices.Clone(d.Policies)
		b.agreements = agreements(b.policies)
	}
}

// Snapshot returns the newest published snapshot; never nil.
func (l *Live) Snapshot() *Snapshot { return l.current.Load() }
