package e2e

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// clock is a time that goes on by itself and, where somebody waits for a turn at a source, jumps: what a vendor's quota
// stretches over minutes is seen at once.
type clock struct {
	mu    sync.Mutex
	begun time.Time     // by the machine's clock
	ahead time.Duration // that was jumped over
}

// autumn is when sources are walked through: all that their made-up systems hold lies before it.
var autumn = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)

func newClock() *clock { return &clock{begun: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return autumn.Add(time.Since(c.begun) + c.ahead)
}

// sleep jumps, but not beyond the patience of whoever waits.
func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	err := ctx.Err()
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		d, err = time.Until(end), context.DeadlineExceeded
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += max(d, 0)
	return err
}

// dated makes a server answer with this clock's time.
func (c *clock) dated(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", c.now().Format(http.TimeFormat))
		h.ServeHTTP(w, r)
	})
}
