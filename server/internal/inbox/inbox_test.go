package inbox

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

func open(t *testing.T) (*store.Store, *Inbox, func()) {
	t.Helper()
	s := storetest.SQLite(t)
	if err := jobs.Attach(s); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	b := New(s, func() time.Time { return begun }, jobs.KindHear)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	end := sync.OnceFunc(func() {
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v, want that it was stopped", err)
		}
	})
	t.Cleanup(end)
	return s, b, end
}

func waiting(t *testing.T, s *store.Store, connection incident.ID) []incident.Push {
	t.Helper()
	ps, err := s.Pushes(t.Context(), connection, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

// Without an id of its own a delivery is known by its content for an hour, and with another address it is another.
func TestAlike(t *testing.T) {
	s := storetest.SQLite(t)
	if err := jobs.Attach(s); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 10, 0, 0, time.UTC)
	b := New(s, func() time.Time { return now }, jobs.KindHear)
	go b.Run(t.Context())
	sent := incident.Push{Connection: "con_1", Body: []byte("{}")}
	closing := sent
	closing.Query = map[string][]string{"close": {"1"}}
	for _, tc := range []struct {
		name string
		put  incident.Push
		wait time.Duration
		want int
	}{
		{"the first", sent, 0, 1}, {"sent again", sent, 20 * time.Minute, 1}, {"to another address", closing, 0, 2}, {"an hour later", sent, time.Hour, 3},
	} {
		now = now.Add(tc.wait)
		if err := b.Put(t.Context(), tc.put); err != nil {
			t.Fatal(err)
		}
		if got := len(waiting(t, s, "con_1")); got != tc.want {
			t.Errorf("%s: %d deliveries wait, want %d", tc.name, got, tc.want)
		}
	}
}

// Every delivery that was answered is stored, once, however many arrive at the same time.
func TestFlood(t *testing.T) {
	s, b, _ := open(t)
	var senders sync.WaitGroup
	for sender := range 50 {
		senders.Go(func() {
			for i := range 40 {
				key := fmt.Sprintf("%d-%d", sender%25, i) // each is sent twice
				if err := b.Put(t.Context(), incident.Push{Connection: "con_1", Key: key, Body: []byte("{}")}); err != nil {
					t.Errorf("Put(%s) = %v", key, err)
				}
			}
		})
	}
	senders.Wait()
	if got := len(waiting(t, s, "con_1")); got != 1000 {
		t.Errorf("%d deliveries wait, want 1000", got)
	}
}

func TestPutKeepsTheDelivery(t *testing.T) {
	s, b, _ := open(t)
	sent := incident.Push{Connection: "con_1", Header: map[string][]string{"X-Event": {"a"}}, Query: map[string][]string{"token": {"t"}}, Body: []byte("{\xff\x00}")}
	for range 2 { // without an id of its own, its content names it
		if err := b.Put(t.Context(), sent); err != nil {
			t.Fatal(err)
		}
	}
	got := waiting(t, s, "con_1")
	if len(got) != 1 || string(got[0].Body) != "{\xff\x00}" || got[0].Header["X-Event"][0] != "a" || got[0].Query["token"][0] != "t" {
		t.Errorf("stored %+v, want the one delivery as it was sent", got)
	}
	if h, err := s.Health(t.Context(), "con_1"); err != nil || h.HeardAt.IsZero() || h.Forged != 0 {
		t.Errorf("health = %+v, %v, want when it was heard", h, err)
	}
}

func TestForgedOnesAreCounted(t *testing.T) {
	s, b, _ := open(t)
	for range 3 {
		if err := b.Forged(t.Context(), "con_1"); err != nil {
			t.Fatal(err)
		}
	}
	if h, err := s.Health(t.Context(), "con_1"); err != nil || h.Forged != 3 || !h.HeardAt.IsZero() || len(waiting(t, s, "con_1")) != 0 {
		t.Errorf("health = %+v, %v, want 3 forged and nothing kept", h, err)
	}
}

// Whatever was answered before the program was stopped is stored.
func TestStop(t *testing.T) {
	s, b, end := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var senders sync.WaitGroup
	var answered atomic.Int64
	for sender := range 20 {
		senders.Go(func() {
			for i := range 1000 {
				if b.Put(ctx, incident.Push{Connection: "con_1", Key: fmt.Sprintf("%d-%d", sender, i)}) != nil {
					return
				}
				if answered.Add(1) == 500 {
					go func() { end(); cancel() }()
				}
			}
		})
	}
	senders.Wait()
	if got := int64(len(waiting(t, s, "con_1"))); got < answered.Load() || answered.Load() < 500 {
		t.Errorf("%d deliveries are stored, %d were answered", got, answered.Load())
	}
}
