// Package limit keeps the server from being asked too often, too much or too slowly: rates by token, session and address, the
// size of a request, and how long its body may take. Start with New. Everything is in memory, and so each replica counts
// for itself and a restart forgets.
package limit

import (
	"math"
	"sync"
	"time"
)

// Rate is a token bucket: so many requests a second on average, and Burst at once after a rest.
type Rate struct {
	PerSecond float64
	Burst     float64
}

// most is how many keys a set of buckets holds; beyond it, those that are full again are forgotten, and then any.
const most = 100_000

// buckets holds a bucket for each key. It is safe for concurrent use.
type buckets struct {
	rate Rate
	now  func() time.Time
	mu   sync.Mutex
	held map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newBuckets(rate Rate, now func() time.Time) *buckets {
	return &buckets{rate: rate, now: now, held: map[string]bucket{}}
}

// take takes one from the bucket of key and returns 0, or how long until there is one again.
func (b *buckets) take(key string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	x, known := b.held[key]
	if !known {
		if len(b.held) >= most {
			b.forget(now)
		}
		x = bucket{b.rate.Burst, now}
	}
	x.left, x.at = b.filled(x, now), now
	if x.left < 1 {
		b.held[key] = x
		return time.Duration(math.Ceil((1 - x.left) / b.rate.PerSecond * float64(time.Second)))
	}
	x.left--
	b.held[key] = x
	return 0
}

// filled is what a bucket holds by now. A clock that goes back takes nothing away.
func (b *buckets) filled(x bucket, now time.Time) float64 {
	return min(b.rate.Burst, x.left+max(0, now.Sub(x.at).Seconds())*b.rate.PerSecond)
}

// forget makes room; the caller holds the lock.
func (b *buckets) forget(now time.Time) {
	for key, x := range b.held {
		if b.filled(x, now) >= b.rate.Burst {
			delete(b.held, key)
		}
	}
	for key := range b.held {
		if len(b.held) < most/2 {
			return
		}
		delete(b.held, key)
	}
}
